"""Ids without chance or time: a step run twice gives the same id, so a crash between steps doubles nothing."""

import hashlib


def digest_bytes(content: bytes) -> str:
    """Give the SHA-256 of `content` as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_text(text: str) -> str:
    """Give the SHA-256 of the text in UTF-8; lone surrogates, which UTF-8 cannot hold, count as `?`."""
    return digest_bytes(text.encode("utf-8", errors="replace"))


def item_id(source: str) -> str:
    """Give the id of an item from its canonical address, or from the digest of its text where it has none.

    24 hexadecimal digits: among 10^9 items the chance of one collision is below 10^-11.
    """
    return "i" + digest_bytes(source.encode("utf-8", errors="replace"))[:24]
