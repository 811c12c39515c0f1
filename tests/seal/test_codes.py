"""Tests of keyed codes."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from cloneward.protect.proof import make_claim
from cloneward.seal.codes import CODE_BYTES, PERSONS, derive_key, make_code

KEY = bytes(range(32))
people = st.text(max_size=40)


def test_never_another():
    """A code is what it was in the first release: another one would make strangers of all people on record."""
    assert derive_key(KEY, PERSONS).hex() == hmac.new(KEY, b"key of codes\0persons\x01", hashlib.sha256).hexdigest()
    assert make_code(derive_key(KEY, PERSONS), "user-1") == "616777d7a913f5a28418aaee94c84f05"


@given(people, people)
def test_one_code_a_person(one, other):
    """The same id has the same code, another id another one, and a code is 128 bits in hexadecimal."""
    key = derive_key(KEY, PERSONS)
    code = make_code(key, one)
    assert len(bytes.fromhex(code)) == CODE_BYTES
    assert (make_code(key, other) == code) == (one == other)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_each_key_and_purpose_has_its_own(one, other):
    """Codes of two sites, and of two purposes of one site, have nothing in common."""
    codes = {make_code(derive_key(key, purpose), "u") for key in (one, other) for purpose in (PERSONS, "accounts")}
    assert len(codes) == len({one, other}) * 2


def test_what_is_published_tells_no_key():
    """The token that the owner publishes to prove a domain is no key of codes, whatever the domain is called."""
    assert make_claim("owner.test", KEY).token != derive_key(KEY, PERSONS).hex()


def test_any_text_has_a_code():
    """Half a character, as odd programs write them, has a code that is not that of the sign in its place."""
    assert make_code(KEY, "\ud800") != make_code(KEY, "?")
