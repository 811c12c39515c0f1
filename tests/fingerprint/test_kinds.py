"""Kinds and versions."""

import pytest

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.kinds import Kind, require_same


def test_only_like_is_compared_with_like():
    """Another kind or version is an error with a hint, never a wrong answer."""
    require_same(Kind("text", 1), Kind("text", 1))
    for other in (Kind("text", 2), Kind("short", 1)):
        with pytest.raises(VersionMismatch, match="text/1 cannot be compared") as caught:
            require_same(Kind("text", 1), other)
        assert caught.value.hint
