"""Bounds what a page can make a parser do, before it is parsed.

Building the tree takes time that grows with depth times length, and with the square of a tag's attributes: 100,000
nested tags or attributes, half a megabyte, would take minutes. Browsers stop at a depth of 512; so do we, by taking
out the start tags beyond it, keeping their text, and by leaving a tag its first 512 attributes.

Formatting tags that are left open are opened anew in every block that follows (13.2.4.3), so that the tree grows with
their number times that of the blocks: 800 KB would take 19 GB. How many may be open at once depends on the page's tags.

One linear pass reads the tags as the tokenizer of WHATWG HTML, 13.2.5, does, and counts for each name the tags that
were opened and not closed. Once it cannot be sure what the parser will see, closings no longer count, so that the count
is never too small: when a script may hide its own end, and when a drawing (SVG, MathML) holds a title or style with
tags in it, which are text in HTML and tags in a drawing, or a tag that ends the drawing. In a drawing every name
nests, unless its tag ends in `/>`.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.names import find_traits, make_table

MAX_DEPTH = 512
"""Chromium's limit on the depth of a tree."""

MAX_ATTRIBUTES = 512
"""Attributes of one tag that are read; real tags have a few dozen at most."""

MAX_FORMATS = 32
"""Formatting tags that may be open at once; of real pages hardly any leaves more than a few open."""

MAX_REOPENED = 2_000_000
"""Formatting elements that may come to stand in a tree because of open tags: some 400 bytes of memory each."""

# A page below this many characters costs less than 0.1 s and 30 MB, whatever it holds.
_HARMLESS = 4_096
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_NAMES = np.uint64(1 << 12)
_LT, _GT, _SLASH, _BANG, _QUERY, _DASH, _EQUALS, _DOUBLE, _SINGLE = (ord(sign) for sign in "<>/!?-=\"'")
_BLANK = 32  # white space and controls end here
_BEFORE_NAME, _IN_NAME, _AFTER_NAME, _BEFORE_VALUE = range(4)


@numba.njit(cache=True)
def _hash_name(codes: NDArray[np.uint8], at: int) -> tuple[np.uint64, int]:
    """Give the hash of the tag name that begins here, lower-cased, and where it ends."""
    value = _FNV_OFFSET
    while at < codes.size:
        code = codes[at]
        if code <= _BLANK or code in (_SLASH, _GT):
            break
        if 65 <= code <= 90:  # noqa: PLR2004  A to Z
            code += np.uint8(32)
        value = (value ^ np.uint64(code)) * _FNV_PRIME
        at += 1
    return value, at


def _hash_names(names: list[str]) -> NDArray[np.uint64]:
    codes = (np.frombuffer(name.encode(), np.uint8) for name in names)
    return np.array([_hash_name(name, 0)[0] for name in codes], np.uint64)


_FLAT, _RAW, _DRAWING, _LEAVES_DRAWING, _HOLDS_HTML, _FORMAT = (1 << bit for bit in range(6))
_TRAITS = {
    # Never nest by themselves: void elements, and those that the next of their kind closes.
    _FLAT: "a area base br col dd dt embed hr img input li link meta nobr option p param rp rt source tbody td tfoot "
    "th thead tr track wbr",
    _RAW: "iframe noembed noframes script style textarea title xmp",
    _DRAWING: "math svg",
    # 13.2.6.5: tags that end any drawing they stand in.
    _LEAVES_DRAWING: "b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6 head hr i img "
    "li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
    # 13.2.4.3, but for `a` and `nobr`, of which only one is ever open.
    _FORMAT: "b big code em font i s small strike strong tt u",
    _HOLDS_HTML: "annotation-xml desc foreignobject mi mn mo ms mtext title",
}
_HASHES = {trait: _hash_names(names.split()) for trait, names in _TRAITS.items()}
_DRAWINGS, _HTML_IN_DRAWINGS = _HASHES[_DRAWING], _HASHES[_HOLDS_HTML]
_TABLE = make_table({trait: hashes.view(np.int64).tolist() for trait, hashes in _HASHES.items()})


def bound_markup(html: bytes) -> tuple[bytes, int]:
    """Give the page, in UTF-8, with what is beyond the bounds taken out, and from how many tags."""
    if len(html) <= _HARMLESS:
        return html, 0
    formats = max(1, min(MAX_FORMATS, MAX_REOPENED // html.count(b"<"))) if b"<" in html else MAX_FORMATS
    cuts = _find_excess(np.frombuffer(html, np.uint8), *_TABLE, MAX_DEPTH, formats)
    if not len(cuts) or len(html.decode()) <= _HARMLESS:  # a character may have up to four bytes
        return html, 0
    parts: list[bytes] = []
    last = 0
    for start, end in cuts:
        parts.append(html[last:start])
        last = end
    return b" ".join([*parts, html[last:]]), len(cuts)


@numba.njit(cache=True)
def _find_excess(  # noqa: C901, PLR0912, PLR0915  a tokenizer reads best as the one table that the standard gives
    codes: NDArray[np.uint8], names: NDArray[np.int64], sums: NDArray[np.int64], deepest: int, formats: int
) -> list[tuple[int, int]]:
    """Give the ranges of what is beyond the bounds, in order: start tags, or attributes of one."""
    cuts = [(0, 0)]
    is_open = np.zeros(_NAMES, np.int32)  # by hash: names that collide only make the count greater
    depth = 0
    format_depth = 0
    at = 0
    is_doubtful = False
    while at < codes.size - 1:
        if codes[at] != _LT:
            at += 1
            continue
        start = at
        sign = codes[at + 1]
        if _is_letter(sign):
            name, at = _hash_name(codes, at + 1)
            at, surplus = _end_of_tag(codes, at)
            in_drawing = _any_open(is_open, _DRAWINGS)
            traits = find_traits(np.int64(name), names, sums)
            is_raw = traits & _RAW != 0
            if is_raw:
                end, is_plain, hides_end = _end_of_raw(codes, at, name)
                is_doubtful = is_doubtful or hides_end or (in_drawing and not is_plain)
                is_raw = is_plain or not in_drawing
            if in_drawing and not _any_open(is_open, _HTML_IN_DRAWINGS):
                is_doubtful = is_doubtful or traits & _LEAVES_DRAWING != 0
                is_flat = codes[at - 2] == _SLASH and not is_doubtful
            else:
                is_flat = not in_drawing and traits & _FLAT != 0
            counts = not is_raw and not is_flat
            is_format = counts and traits & _FORMAT != 0
            if (counts and depth >= deepest) or (is_format and format_depth >= formats):
                cuts.append((start, at))
                continue
            if surplus:
                cuts.append((surplus, at - 1))
            if counts:
                is_open[name % _NAMES] += 1
                depth += 1
                format_depth += is_format
            elif is_raw:
                at = end
        elif sign == _SLASH and at + 2 < codes.size and _is_letter(codes[at + 2]):
            name, at = _hash_name(codes, at + 2)
            at, surplus = _end_of_tag(codes, at)
            if surplus:
                cuts.append((surplus, at - 1))
            if is_open[name % _NAMES] > 0 and not is_doubtful:
                is_open[name % _NAMES] -= 1
                depth -= 1
                format_depth -= find_traits(np.int64(name), names, sums) & _FORMAT != 0
        elif sign == _BANG and at + 3 < codes.size and codes[at + 2] == _DASH and codes[at + 3] == _DASH:
            at = _end_of_comment(codes, at + 4)
        elif sign in (_BANG, _QUERY, _SLASH):
            while at < codes.size and codes[at] != _GT:
                at += 1
        else:
            at += 1
    return cuts[1:]


@numba.njit(cache=True)
def _any_open(is_open: NDArray[np.int32], names: NDArray[np.uint64]) -> bool:
    for name in names:  # noqa: SIM110  numba compiles no generator here
        if is_open[name % _NAMES] > 0:
            return True
    return False


@numba.njit(cache=True)
def _is_letter(code: int) -> bool:
    return 65 <= (code & ~32) <= 90  # noqa: PLR2004  A to Z, a to z


@numba.njit(cache=True)
def _end_of_tag(codes: NDArray[np.uint8], at: int) -> tuple[int, int]:  # noqa: C901  the same table
    """Give the place after the tag's `>`, and where its surplus attributes begin, or 0.

    A quoted value may hold a `>`; only after an equals sign does a quote begin one.
    """
    state = _BEFORE_NAME
    attributes = 0
    surplus = 0
    while at < codes.size:
        code = codes[at]
        at += 1
        if state == _BEFORE_VALUE and code in (_DOUBLE, _SINGLE):
            while at < codes.size and codes[at] != code:
                at += 1
            at += 1
            state = _BEFORE_NAME
        elif code == _GT:
            break
        elif code <= _BLANK:
            state = state if state in (_BEFORE_NAME, _BEFORE_VALUE) else _AFTER_NAME
        elif state == _BEFORE_VALUE:  # an unquoted value: quotes in it mean nothing
            while at < codes.size and codes[at] > _BLANK and codes[at] != _GT:
                at += 1
            state = _BEFORE_NAME
        elif code == _SLASH:
            state = _BEFORE_NAME
        elif code == _EQUALS and state != _BEFORE_NAME:
            state = _BEFORE_VALUE
        else:
            if state != _IN_NAME:
                attributes += 1
                if attributes == MAX_ATTRIBUTES + 1:
                    surplus = at - 1
            state = _IN_NAME
    return min(at, codes.size), surplus


@numba.njit(cache=True)
def _end_of_comment(codes: NDArray[np.uint8], at: int) -> int:
    """Give the place after `-->` or `--!>`; `<!-->` and `<!--->` are whole comments."""
    dashes = 2
    while at < codes.size:
        code = codes[at]
        at += 1
        if code == _GT and dashes >= 2:  # noqa: PLR2004
            break
        if code == _DASH:
            dashes += 1
        elif code != _BANG or dashes < 2:  # noqa: PLR2004
            dashes = 0
    return at


@numba.njit(cache=True)
def _end_of_raw(codes: NDArray[np.uint8], at: int, name: np.uint64) -> tuple[int, bool, bool]:
    """Give where the end tag of an element that holds text stands, if it holds no tag, and if it may hide its end.

    Only a script can hide it: in a comment that opens another script (13.2.5.20, double escaped).
    """
    is_plain = True
    escaped = False
    hides_end = False
    while at < codes.size - 2:
        if codes[at] == _LT:
            if codes[at + 1] == _SLASH and _hash_name(codes, at + 2)[0] == name:
                break
            is_plain = False
            escaped = escaped or codes[at + 1] == _BANG
            hides_end = hides_end or (escaped and _hash_name(codes, at + 1)[0] == name)
        at += 1
    return at, is_plain, hides_end
