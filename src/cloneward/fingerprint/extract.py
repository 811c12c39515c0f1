"""The visible text of a page, with offsets that everything else counts in.

A page is hostile: whatever its bytes, this gives what it could read, and the problems. All visible text is kept,
menus and footers too: for finding copies, recall counts, and the template is recognised later by how often it
recurs (measured: cutting to "main content" loses over half of the text on 5 to 7 of 100 real pages).
"""

from typing import Literal

import msgspec
import numba
import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from cloneward.fingerprint.bounds import MAX_ATTRIBUTES, MAX_DEPTH, bound_markup
from cloneward.fingerprint.charset import to_utf8
from cloneward.fingerprint.serial import read_serial
from cloneward.fingerprint.tree import EDGE, Reading, read_tree
from cloneward.model.content import Extract, Problem, Region

Media = Literal["html", "text"]

# What a page may weigh; the rest is not read, and said so. Real pages over 16 MB are all but unknown.
MAX_BYTES = 16 * 1024 * 1024
# Share of control bytes above which the bytes are no text (images, archives, programs).
_MAX_CONTROL_SHARE = 0.05
_CONTROL_SAMPLE_BYTES = 4096
_OF_TEXT = {9, 10, 12, 13, 27}  # tab, line feed, form feed, return, and the escape of ISO-2022
_CONTROLS = bytes({*range(32)} - _OF_TEXT)

# Unicode's White_Space and the four ASCII separators, spelt out so that no newer Python changes a stored offset.
_SPACES = [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F]
_IS_SPACE = np.isin(np.arange(0x3001), [*_SPACES, 0x205F, 0x3000])
# What was seen since the last visible character, when white space is collapsed.
_NOTHING, _SPACE, _BLOCK = 0, 1, 2
# msgspec makes them several times faster than Python would.
_REGIONS = tuple[Region, ...]


def extract(content: bytes, media: Media = "html", charset: str | None = None) -> Extract:
    """Give the visible text of a page and the marks in it; never raises on hostile bytes.

    Args:
        content: the page's bytes.
        media: HTML, or plain text.
        charset: what its server declared, if it did.
    """
    problems: list[Problem] = []
    if len(content) > MAX_BYTES:
        text = f"the page has {len(content):,} bytes; the first {MAX_BYTES:,} were read"
        problems.append(Problem(code="page_truncated", page=None, text=text))
        content = content[:MAX_BYTES]
    if not content or content.isspace():
        problems.append(Problem(code="page_empty", page=None, text="the page is empty"))
        return Extract(text="", problems=tuple(problems))
    if _is_binary(content):
        hint = "only HTML and plain text can be read here"
        problems.append(Problem(code="not_text", page=None, text="the bytes are not text", hint=hint))
        return Extract(text="", problems=tuple(problems))
    html, is_clean = to_utf8(content, charset)
    if not is_clean:
        text_ = "some bytes make no sense in the page's charset; they were replaced"
        problems.append(Problem(code="charset_broken", page=None, text=text_))
    if media == "text":
        raw = html.replace(b"\0", b" ").replace(b"\n", EDGE)
        text, _ = _collapse(raw)
        return Extract(text=text, problems=tuple(problems))
    return _extract_html(html, tuple(problems))


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = content[:_CONTROL_SAMPLE_BYTES]
    others = sample.translate(None, delete=_CONTROLS)
    return (len(sample) - len(others)) / len(sample) > _MAX_CONTROL_SHARE


def _extract_html(html: bytes, problems: tuple[Problem, ...]) -> Extract:
    html, cut = bound_markup(html)
    if cut:
        bounds = f"deeper than {MAX_DEPTH}, with over {MAX_ATTRIBUTES} attributes or of formats that pile up"
        text = f"{cut:,} tags {bounds} were taken out or shortened; all text was kept"
        problems = (*problems, Problem(code="markup_cut", page=None, text=text))
    reading = _read(html)
    text, positions = _collapse(reading.raw)
    links, quotes = _move(reading, positions)
    return Extract(
        text=text,
        title=" ".join(reading.title.split()),
        site_name=" ".join(reading.site_name.split()),
        language=reading.language or None,
        canonical=reading.canonical,
        published_at=reading.published_at or None,
        links=links,
        quotes=quotes,
        problems=problems,
    )


def _read(html: bytes) -> Reading:
    tree = LexborHTMLParser(html)
    # Of `<!` at the very end lexbor 3.1 makes a comment with the text that it last read, which may hold `-->`.
    serial = tree.root.html if tree.root and not html.endswith(b"<!") else None
    return (read_serial(serial.encode()) if serial else None) or read_tree(tree)


def _move(reading: Reading, positions: NDArray[np.int32]) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """Give links and quotations by collapsed offsets, in reading order."""
    starts, ends = positions[reading.marks[:, :2]].T.tolist()
    marks = sorted(zip(starts, ends, reading.addresses, reading.marks[:, 2].tolist(), strict=True))
    links = [{"start": start, "end": end, "address": address} for start, end, address, is_link in marks if is_link]
    quotes = [{"start": start, "end": end, "address": address} for start, end, address, is_link in marks if not is_link]
    return msgspec.convert(links, _REGIONS), msgspec.convert(quotes, _REGIONS)


def _collapse(raw: bytes) -> tuple[str, NDArray[np.int32]]:
    """Collapse white space; give the text and, for each raw offset in bytes, the offset in it."""
    kept, positions = _collapse_bytes(np.frombuffer(raw, np.uint8), _IS_SPACE)
    return kept.tobytes().decode(), positions


@numba.njit(cache=True)
def _collapse_bytes(raw: NDArray[np.uint8], is_space: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Runs of white space become one space, or one newline where a block edge lies in the run."""
    kept = np.empty(raw.size, np.uint8)
    positions = np.empty(raw.size + 1, np.int32)
    at = size = position = 0
    gap = _NOTHING
    while at < raw.size:
        code, width = _read_code(raw, at)
        positions[at] = position
        if code == 0:
            gap = _BLOCK
        elif code < is_space.size and is_space[code]:
            gap = max(gap, _SPACE)
        else:
            if gap != _NOTHING and size:
                kept[size] = ord("\n") if gap == _BLOCK else ord(" ")
                size += 1
                position += 1
                positions[at] = position
            gap = _NOTHING
            for offset in range(width):
                kept[size + offset] = raw[at + offset]
            size += width
            position += 1
        at += width
    positions[raw.size] = position
    return kept[:size], positions


@numba.njit(cache=True)
def _read_code(raw: NDArray[np.uint8], at: int) -> tuple[np.int64, int]:
    """Give the code point that begins here in valid UTF-8 (RFC 3629, 3), and its width in bytes."""
    lead = np.int64(raw[at])
    if lead < 0x80:  # noqa: PLR2004
        return lead, 1
    if lead < 0xE0:  # noqa: PLR2004
        return (lead & 0x1F) << 6 | (raw[at + 1] & 0x3F), 2
    code = (lead & 0x0F) << 12 | (raw[at + 1] & 0x3F) << 6 | (raw[at + 2] & 0x3F)
    if lead < 0xF0:  # noqa: PLR2004
        return code, 3
    return code << 6 | (raw[at + 3] & 0x3F), 4
