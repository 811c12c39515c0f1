"""Tests of what only the holder of a key can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError
from cloneward.seal.cipher import SALT_BYTES, decrypt, encrypt

KEY, SALT = b"k" * 32, b"s" * SALT_BYTES
CLOSED = encrypt(KEY, b"ann@example.org", "vault p1", SALT)


@given(st.binary(max_size=300), st.text(max_size=20), st.binary(min_size=32, max_size=32))
def test_there_and_back(content, about, salt):
    """What was encrypted is read again, whatever it is."""
    assert decrypt(KEY, encrypt(KEY, content, about, salt), about) == content


def test_tells_nothing():
    """The value does not stand in it, and another salt gives other bytes throughout."""
    other = encrypt(KEY, b"ann@example.org", "vault p1", b"t" * SALT_BYTES)
    assert b"ann" not in CLOSED
    assert sum(left == right for left, right in zip(CLOSED, other, strict=True)) < 8


@pytest.mark.parametrize("at", range(len(CLOSED)))
def test_changes_are_found(at):
    """Each byte counts."""
    changed = bytearray(CLOSED)
    changed[at] ^= 1
    with pytest.raises(EvidenceError):
        decrypt(KEY, bytes(changed), "vault p1")


@pytest.mark.parametrize(
    ("key", "closed", "about"),
    [
        (b"x" * 32, CLOSED, "vault p1"),
        (KEY, CLOSED, "vault p2"),
        (KEY, CLOSED[:-1], "vault p1"),
        (KEY, b"", "vault p1"),
    ],
    ids=["key", "exchanged", "cut", "empty"],
)
def test_others_are_refused(key, closed, about):
    """Another key, a value that stands in another's place, and one that was cut are not read."""
    with pytest.raises(EvidenceError, match="cannot be read"):
        decrypt(key, closed, about)


def test_needs_its_salt():
    """Chance of another length is refused: a short one could repeat."""
    with pytest.raises(ValueError, match="8 bytes"):
        encrypt(KEY, b"", "", b"12345678")
