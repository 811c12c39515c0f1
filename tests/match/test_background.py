"""Text that many sites share."""

from pathlib import Path

import numpy as np
import pytest

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.background import add_background, load_common, read_background
from cloneward.match.mark import Listed, mark_tokens

LICENCE = Path(__file__).parents[2] / "LICENSE"
COOKIES = (
    "We use cookies to personalise content and ads, to provide social media features and to analyse our traffic. We "
    "also share information about your use of our site with our social media, advertising and analytics partners."
)


def share_of(text, listed):
    """Give the share of a text's words under listed fingerprints."""
    page = fingerprint(text)
    return mark_tokens(len(page.tokens), page.sketch, Listed.of(listed)).mean()


def test_licences_and_notices_are_shipped():
    """The Apache licence, as any project carries it, and a usual cookie notice are known as common."""
    assert share_of(LICENCE.read_text("utf-8"), load_common()) > 0.95
    assert share_of(COOKIES, load_common()) > 0.7
    assert (np.diff(load_common().astype(np.float64)) >= 0).all()


def test_an_owner_adds_a_background(tmp_path):
    """What an owner adds is common beside what is shipped, and adding it twice changes nothing."""
    file = tmp_path / "background.npy"
    wire = fingerprint(" ".join(f"wire{number}" for number in range(100))).sketch
    assert read_background(file) is load_common()
    count = add_background(file, [wire])
    assert add_background(file, [wire]) == count == len(wire)
    assert np.isin(wire.hashes, read_background(file)).all()
    assert np.isin(load_common(), read_background(file)).all()


def test_other_kinds_are_refused(tmp_path):
    """Fingerprints of another version cannot be told from text of ours."""
    other = Sketch(Kind("text", 0), np.array([1], np.uint64), np.array([0], np.int32))
    with pytest.raises(VersionMismatch):
        add_background(tmp_path / "b.npy", [other])


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x93NUMPY"])
def test_damage_is_told(tmp_path, content):
    """A background that cannot be read is an error with a hint, not an empty one."""
    file = tmp_path / "background.npy"
    file.write_bytes(content)
    with pytest.raises(EvidenceError, match="damaged") as caught:
        read_background(file)
    assert "--background" in caught.value.hint
    with pytest.raises(EvidenceError, match="damaged"):
        add_background(file, [])
    assert file.read_bytes() == content
