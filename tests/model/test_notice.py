"""Notices as values."""

from dataclasses import FrozenInstanceError

import pytest

from cloneward.model.codec import decode, encode
from cloneward.model.notice import Notice
from tests.act.briefs import brief


def test_a_notice_is_kept_as_json():
    """A notice that went through JSON is the same notice, its report too."""
    notice = Notice(action="a1", subject="s", text="t\n", report=b'{"a":1}')
    assert decode(encode(notice), Notice) == notice


def test_a_brief_is_never_edited():
    """What a paper is written from is a value."""
    with pytest.raises(FrozenInstanceError):
        brief().signer = "Eve"
