"""Bytes to text, as a browser would read them, whatever they declare."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

# A page may declare its charset within its first 1,024 bytes (WHATWG HTML, 13.2.3.2).
_PRESCAN_BYTES = 1024
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{1,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Encodings whose bytes look like plain ASCII, so that UTF-8 would accept them and read nonsense.
_ASCII_LOOKALIKES = frozenset({"iso2022_jp"})


def decode(content: bytes, told: str | None = None) -> tuple[str, bool]:
    """Give the text and whether every byte made sense.

    Order: byte-order mark, UTF-8 if the bytes are valid UTF-8, the charset that the server told, the one that the page
    declares, a guess from the bytes. UTF-8 goes before any declaration because bytes that are valid UTF-8 by chance are
    all but unheard of, and wrong declarations are common.
    """
    text, is_clean, _ = _decode(content, told)
    return text, is_clean


def to_utf8(content: bytes, told: str | None = None) -> tuple[bytes, bool]:
    """Give the text as `decode` does, in UTF-8: what is UTF-8 already is given as it is."""
    text, is_clean, encoding = _decode(content, told)
    return content if is_clean and encoding == "utf-8" else text.encode(errors="ignore"), is_clean


def _decode(content: bytes, told: str | None) -> tuple[str, bool, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode_with(content, encoding)
    declared = _known(told) or _declared_encoding(content)
    if declared in _ASCII_LOOKALIKES:
        return _decode_with(content, declared)
    try:
        return content.decode("utf-8"), True, "utf-8"
    except UnicodeDecodeError:
        return _decode_with(content, declared or _known(detect_encoding(content)) or "cp1252")


def _declared_encoding(content: bytes) -> str | None:
    found = _DECLARED.search(content, 0, _PRESCAN_BYTES)
    return _known(found[1].decode("ascii")) if found else None


def _known(name: str | None) -> str | None:
    """Give Python's name of an encoding that the web knows; none for any other codec, which a page must not choose."""
    encoding = map_encoding_to_html5(name or "", fallback_utf8=False)
    # WHATWG: what declares UTF-16 in ASCII bytes cannot be UTF-16.
    return None if encoding is None or encoding.startswith("utf-16") else encoding


def _decode_with(content: bytes, encoding: str) -> tuple[str, bool, str]:
    try:
        return content.decode(encoding), True, encoding
    except UnicodeError:
        return content.decode(encoding, errors="replace"), False, encoding
