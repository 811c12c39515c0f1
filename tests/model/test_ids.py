"""Tests of cloneward.model.ids."""

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from cloneward.model.ids import digest_bytes, digest_text, item_id

ANY = st.text(st.characters())  # lone surrogates too


@given(st.binary())
def test_digest_is_sha256(content):
    """The digest of bytes is their SHA-256, so anyone can compute it again."""
    assert digest_bytes(content) == hashlib.sha256(content).hexdigest()


@given(ANY)
def test_text_digest_is_that_of_its_file(text):
    """The digest of a text is that of the file in which it is written, lone surrogates and all."""
    assert digest_text(text) == digest_bytes(text.encode("utf-8", "replace"))


@given(ANY)
def test_item_id_has_one_shape(source):
    """An id is 25 characters that no shell, path or URL minds, whatever it is made from."""
    assert re.fullmatch(r"i[0-9a-f]{24}", item_id(source))


@given(st.text(), st.text())
def test_item_id_tells_apart(one, other):
    """The same source gives the same id, another gives another."""
    assert (item_id(one) == item_id(other)) == (one == other)


def test_item_id_stays():
    """The id of an address never changes between releases: stored records are found by it."""
    assert item_id("https://example.org/") == "i8198d1bac40a1033653a78e4"
