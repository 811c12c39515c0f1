"""Bounds how deep a page can nest, before it is parsed.

Building the tree takes time that grows with depth times length: 100,000 nested tags, half a megabyte, would take
minutes. Browsers stop at a depth of 512; so do we, by taking out the start tags beyond it and keeping their text.

One linear pass reads the tags as the tokenizer of WHATWG HTML, 13.2.5, does, and counts for each name the tags that
were opened and not closed. Once a script may hide its own end (a comment in it that opens another script), closings no
longer count, so that the count is never too small.
"""

import numba
import numpy as np
from numpy.typing import NDArray

MAX_DEPTH = 512
"""Chromium's limit on the depth of a tree."""

# Tags below this many cannot cost more than about 0.1 s, however they nest.
_HARMLESS_TAGS = 4_000
# Never nest by themselves: void elements, and those that the next of their kind closes.
_FLAT = (
    "a area base br col dd dt embed hr img input li link meta nobr option p param rp rt source tbody td tfoot th "
    "thead tr track wbr"
).split()
_RAW = "iframe noembed noframes script style textarea title xmp".split()
_FNV_OFFSET = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_NAMES = 1 << 12
_LT, _GT, _SLASH, _BANG, _QUERY, _DASH, _EQUALS, _DOUBLE, _SINGLE = (ord(sign) for sign in "<>/!?-=\"'")
_BLANK = 32  # white space and controls end here
_BEFORE_NAME, _IN_NAME, _AFTER_NAME, _BEFORE_VALUE = range(4)


def limit_nesting(html: str) -> tuple[str, int]:
    """Give the page with start tags beyond `MAX_DEPTH` taken out, and how many were."""
    if html.count("<") - html.count("</") <= _HARMLESS_TAGS:
        return html, 0
    codes = np.frombuffer(html.encode("utf-32-le", errors="replace"), np.uint32)
    cuts = _find_excess(codes, _hash_names(_FLAT), _hash_names(_RAW), MAX_DEPTH)
    if not len(cuts):
        return html, 0
    parts: list[str] = []
    last = 0
    for start, end in cuts:
        parts.append(html[last:start])
        last = end
    return " ".join([*parts, html[last:]]), len(cuts)


def _hash_names(names: list[str]) -> NDArray[np.uint64]:
    codes = (np.frombuffer(name.encode("utf-32-le"), np.uint32) for name in names)
    return np.array([_hash_name(name, 0)[0] for name in codes], np.uint64)


@numba.njit(cache=True)
def _hash_name(codes: NDArray[np.uint32], at: int) -> tuple[np.uint64, int]:
    """Give the hash of the tag name that begins here, lower-cased, and where it ends."""
    value = _FNV_OFFSET
    while at < codes.size:
        code = codes[at]
        if code <= _BLANK or code in (_SLASH, _GT):
            break
        if 65 <= code <= 90:  # noqa: PLR2004  A to Z
            code += np.uint32(32)
        value = (value ^ np.uint64(code)) * _FNV_PRIME
        at += 1
    return value, at


@numba.njit(cache=True)
def _find_excess(  # noqa: C901, PLR0912  a tokenizer reads best as the one table that the standard gives
    codes: NDArray[np.uint32], flat: NDArray[np.uint64], raw: NDArray[np.uint64], deepest: int
) -> list[tuple[int, int]]:
    """Give the ranges of the start tags beyond the depth, in order."""
    cuts = [(0, 0)]
    is_open = np.zeros(_NAMES, np.int32)  # by hash: names that collide only make the count greater
    depth = 0
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
            at = _end_of_tag(codes, at)
            if _contains(raw, name):
                at, hides_end = _skip_raw(codes, at, name)
                is_doubtful = is_doubtful or hides_end
            elif not _contains(flat, name):
                if depth >= deepest:
                    cuts.append((start, at))
                else:
                    is_open[name % np.uint64(_NAMES)] += 1
                    depth += 1
        elif sign == _SLASH and at + 2 < codes.size and _is_letter(codes[at + 2]):
            name, at = _hash_name(codes, at + 2)
            at = _end_of_tag(codes, at)
            slot = name % np.uint64(_NAMES)
            if is_open[slot] > 0 and not is_doubtful:
                is_open[slot] -= 1
                depth -= 1
        elif sign == _BANG and at + 3 < codes.size and codes[at + 2] == _DASH and codes[at + 3] == _DASH:
            at = _end_of_comment(codes, at + 4)
        elif sign in (_BANG, _QUERY, _SLASH):
            while at < codes.size and codes[at] != _GT:
                at += 1
        else:
            at += 1
    return cuts[1:]


@numba.njit(cache=True)
def _is_letter(code: int) -> bool:
    return 65 <= (code & ~32) <= 90  # noqa: PLR2004  A to Z, a to z


@numba.njit(cache=True)
def _contains(names: NDArray[np.uint64], wanted: np.uint64) -> bool:
    for name in names:  # noqa: SIM110  numba compiles no generator here
        if name == wanted:
            return True
    return False


@numba.njit(cache=True)
def _end_of_tag(codes: NDArray[np.uint32], at: int) -> int:
    """Give the place after the tag's `>`; a quoted value, which only follows an equals sign, may hold one."""
    state = _BEFORE_NAME
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
            state = _IN_NAME
    return min(at, codes.size)


@numba.njit(cache=True)
def _end_of_comment(codes: NDArray[np.uint32], at: int) -> int:
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
def _skip_raw(codes: NDArray[np.uint32], at: int, name: np.uint64) -> tuple[int, bool]:
    """Give where the end tag of an element that holds text stands, and whether the parser may see it elsewhere.

    Only a script can hide its end tag, in a comment that opens another script (13.2.5.20, double escaped).
    """
    escaped = False
    doubtful = False
    while at < codes.size - 2:
        if codes[at] == _LT:
            if codes[at + 1] == _SLASH and _hash_name(codes, at + 2)[0] == name:
                break
            escaped = escaped or codes[at + 1] == _BANG
            doubtful = doubtful or (escaped and _hash_name(codes, at + 1)[0] == name)
        at += 1
    return at, doubtful
