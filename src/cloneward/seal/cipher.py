"""Bytes that only the holder of a key can read, each under a key of its own, bound to what they are."""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloneward.errors import EvidenceError

SALT_BYTES: Final = 32
"""Of chance for each value: two of them never meet, so no nonce is ever used twice under one key."""
_INFO = b"cloneward cipher 1"
_NONCE: Final = bytes(12)  # always the same: the key is used once


def encrypt(key: bytes, content: bytes, about: str, salt: bytes) -> bytes:
    """Give the bytes encrypted: the salt, then ChaCha20-Poly1305 under a key derived from it (RFC 8439, RFC 5869).

    Args:
        key: 32 bytes that serve nothing else.
        content: at most 2 GiB.
        about: what they are and whose; the same must be said to read them, so two values cannot be exchanged.
        salt: 32 bytes by chance, never used before.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt of {len(salt)} bytes, not {SALT_BYTES}")
    return salt + _derive(key, salt).encrypt(_NONCE, content, about.encode("utf-8", "surrogatepass"))


def decrypt(key: bytes, closed: bytes, about: str) -> bytes:
    """Give what was encrypted.

    Raises:
        EvidenceError: it was changed, or is another value or of another key.
    """
    try:
        about_bytes = about.encode("utf-8", "surrogatepass")
        return _derive(key, closed[:SALT_BYTES]).decrypt(_NONCE, closed[SALT_BYTES:], about_bytes)
    except InvalidTag as error:
        hint = "restore it and its key from the same backup"
        raise EvidenceError(f"what was encrypted as {about[:80]!r} cannot be read", hint=hint) from error


def _derive(key: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(hashes.SHA256(), 32, salt=salt, info=_INFO).derive(key))
