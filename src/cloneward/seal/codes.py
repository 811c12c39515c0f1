"""Keyed codes: what stands in our records for the id of a person. The same each time, and without a way back.

Who has the records and not the key can neither tell whose code it is nor try ids until one fits. Who has both can try:
so the key lies outside the workspace (store/keys.py). Two sites have two keys, and their codes have nothing in common.
"""

import hashlib
import hmac

PERSONS = "persons"
"""Purpose of the codes of people: of whose content an item is, and of whom it shows."""
CODE_BYTES = 16
"""Among 10^9 people the chance that two have one code is below 10^-20."""


def derive_key(key: bytes, purpose: str) -> bytes:
    """Give the key of one purpose, 32 bytes: neither `key` nor that of another purpose can be told from it.

    Source: a single step of HKDF-Expand (RFC 5869, 2.3), whose input key is uniform already.
    """
    return hmac.digest(key, b"key of codes\0" + purpose.encode() + b"\x01", "sha256")


def make_code(key: bytes, value: str) -> str:
    """Give the code of a value under a key of its purpose, as 32 hexadecimal digits: BLAKE2b, keyed (RFC 7693)."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=CODE_BYTES, key=key).hexdigest()
