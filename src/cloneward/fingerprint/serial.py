"""What a page says, read from its tree as the parser writes it out: one pass over bytes, and no call for each node.

The parser has built the tree of a hostile page, and writes it out with every element closed, every value quoted and
every sign escaped (WHATWG HTML, 13.3), so nothing here guesses at mark-up. Where another tree may be written alike,
`read_serial` gives none, and the tree itself must be asked:

- a drawing (SVG, MathML) holds an element that in HTML has bare text, no end or a tree of its own, and there may not;
- a formula holds a title, or the canonical link has an empty address, or none;
- a script has `<!--` and then `<script` in it, and so may have its own end tag in its text (13.2.5.27);
- bare text runs to the end of the page, or frames have put the body out of the tree;
- more than `_DEEPEST` elements stand in one another.
"""

import re
from collections.abc import Iterable, Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.names import UNKNOWN, find_traits, make_table
from cloneward.fingerprint.tree import ALWAYS_READ, EDGE, HIDING_STYLES, INLINE, INVISIBLE, QUOTED, Reading

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Tag = tuple[int, int, int]

_DEEPEST = 1024
_LT, _GT, _SLASH, _BANG, _QUERY, _DASH, _EQUALS, _QUOTE, _AND, _BLANK, _S = (ord(sign) for sign in '<>/!?-="& s')
_EDGE = EDGE[0]
# Bytes beyond the end, for those that look a few ahead.
_AHEAD = 8
# The ampersand comes last, since it begins them all.
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", "\xa0"), ("&amp;", "&"))
_LESS, _GREATER, _NO_BREAK = (ord(escape[1]) for escape in ("&lt;", "&gt;", "&nbsp;"))

# Traits of an element; the first four are also those of all that stands in it.
_BODY, _HIDDEN, _DRAWING, _TEMPLATE = (1 << bit for bit in range(4))
_IN_LINE, _VOID, _BARE, _SHOWN, _LINK, _QUOTED, _HEAD, _UNSURE = (1 << bit for bit in range(4, 12))
_INHERITED = _BODY | _HIDDEN | _DRAWING | _TEMPLATE
_TRAITS: dict[int, Iterable[str]] = {
    _BODY: ["body"],
    _HIDDEN: INVISIBLE,
    _DRAWING: ["math", "svg"],
    _TEMPLATE: ["template"],
    _IN_LINE: INLINE,
    _VOID: "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(),
    _BARE: "iframe noembed noframes plaintext script style xmp".split(),
    _SHOWN: ALWAYS_READ,
    _LINK: ["a"],
    _QUOTED: QUOTED,
    _HEAD: ["html", "link", "meta", "title"],
    _UNSURE: ["frameset", "plaintext"],
}
# Columns of the table of open elements: name, own traits, those of what stands around, where the address begins and
# ends, where the text begins, and how much was seen before it.
_NAME, _OWN, _AROUND, _FIRST, _LAST, _START, _BEFORE = range(7)
_NO_MARK = -1
# Letters and digits of a name that one number can hold, six bits each; no name of interest has more.
_LONGEST = 10

_ATTRIBUTE = re.compile(rb' (.[^=]*)="([^"]*)"', re.DOTALL)
_META = re.compile(rb"og:site_name|article:published_time", re.IGNORECASE)
_HTML_SPACE = re.compile(r"[ \t\n\f\r]+")


def read_serial(html: bytes) -> Reading | None:
    """Read a page from its tree as written out; none if the tree itself must be asked."""
    padded = np.frombuffer(html + bytes(_AHEAD), np.uint8)
    raw, marks, addresses, tags, is_sure = _read_elements(padded, *_TABLE, _STYLES)
    canonical = _find_canonical(html, tags)
    if not is_sure or canonical == "":
        return None
    meta = _read_meta(html, tags)
    return Reading(
        raw=raw.tobytes(),
        marks=marks,
        addresses=_undo(addresses.tobytes()).split(EDGE.decode())[:-1],
        title=_find_title(html, tags),
        site_name=meta.get("og:site_name", ""),
        language=_read_values(html[: tags[0][1]]).get("lang", ""),
        canonical=canonical,
        published_at=meta.get("article:published_time", ""),
    )


def _find_title(html: bytes, tags: Sequence[Tag]) -> str:
    for start, end, traits in tags:
        if html.startswith(b"<title", start):
            return "" if traits & _HIDDEN else _undo(html[end : html.index(b"<", end)])
    return ""


def _find_canonical(html: bytes, tags: Sequence[Tag]) -> str | None:
    for start, end, _ in tags:
        if html.startswith(b"<link", start) and b"canonical" in html[start:end].lower():
            values = _read_values(html[start:end])
            if "href" in values and "canonical" in _HTML_SPACE.split(values.get("rel", "").lower()):
                return values["href"]
    return None


def _read_meta(html: bytes, tags: Sequence[Tag]) -> dict[str, str]:
    meta = {}
    for start, end, _ in tags:
        if html.startswith(b"<meta", start) and _META.search(html, start, end):
            values = _read_values(html[start:end])
            meta[(values.get("property") or values.get("name") or "").lower()] = values.get("content", "")
    return meta


def _read_values(tag: bytes) -> dict[str, str]:
    return {name.decode(): _undo(value) for name, value in _ATTRIBUTE.findall(tag)}


def _undo(escaped: bytes) -> str:
    text = escaped.decode()
    if "&" in text:
        for escape, sign in _ESCAPES:
            text = text.replace(escape, sign)
    return text


@numba.njit(cache=True)
def _read_name(html: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Give the name that begins here as a number, or `UNKNOWN` for a long or strange one; and where it ends.

    A name ends at a space, the name of an element also at `>`, that of an attribute at the next `=`.
    """
    name = 0
    start = at
    while at < html.size - _AHEAD:
        sign = html[at]
        if 97 <= sign <= 122:  # noqa: PLR2004  a to z
            name = name << 6 | (sign - 96)
        elif 48 <= sign <= 57:  # noqa: PLR2004  0 to 9
            name = name << 6 | (sign - 20)
        elif sign in (_BLANK, stop):
            break
        else:
            start = -html.size
        at += 1
    return (name if at - start <= _LONGEST else UNKNOWN), at


def _number(name: str) -> int:
    return int(_read_name(np.frombuffer(name.encode() + bytes(_AHEAD), np.uint8), 0, _GT)[0])


_TABLE = make_table({trait: map(_number, names) for trait, names in _TRAITS.items()})
_HREF, _CITE, _STYLE, _SCRIPT = map(_number, ("href", "cite", "style", "script"))
_WIDEST = 1 + max(map(len, HIDING_STYLES))
_STYLES = np.array([list(style.ljust(_WIDEST, "\0").encode()) for style in HIDING_STYLES], np.uint8)


@numba.njit(cache=True)
def _read_elements(  # noqa: C901, PLR0912, PLR0915  one branch for each thing that is written out
    html: Bytes, names: Numbers, sums: Numbers, styles: Bytes
) -> tuple[Bytes, Numbers, Bytes, list[Tag], bool]:
    """Give the raw text, its marks, their addresses, the tags of the head, and whether no other tree is written so.

    Each address, as it is escaped, ends in a NUL. A tag: its first and last byte, and the traits of what stands in its
    element.
    """
    raw = np.empty(html.size, np.uint8)
    addresses = np.empty(html.size, np.uint8)
    stack = np.empty((_DEEPEST, 7), np.int64)
    marks, tags = [(0, 0, 0)], [(0, 0, 0)]
    at = size = length = depth = seen = around = 0
    is_sure = True
    while is_sure and at < html.size - _AHEAD:
        is_seen = around & (_BODY | _HIDDEN) == _BODY
        if html[at] != _LT:
            end = _find(html, at, _LT)
            if is_seen:
                size = _add_text(html, at, end, raw, size)
                seen += 1
            at = end
            continue
        sign = html[at + 1]
        if sign == _BANG:
            at = _end_of_comment(html, at + 4)
            seen += is_seen
            continue
        if sign == _QUERY:
            at = _find(html, at, _GT) + 1
            if is_seen:
                raw[size] = _EDGE
                size += 1
                seen += 1
            continue
        if sign == _SLASH:
            name, at = _read_name(html, at + 2, _GT)
            at += 1
            depth -= 1
            if depth < 0 or stack[depth, _NAME] != name:
                is_sure = False
                break
            own, around, start = stack[depth, _OWN], stack[depth, _AROUND], stack[depth, _START]
            if is_seen and not own & _IN_LINE:
                raw[size] = _EDGE
                size += 1
            if start != _NO_MARK and seen > stack[depth, _BEFORE]:
                marks.append((start, size, own & _LINK))
                length = _copy(html, stack[depth, _FIRST], stack[depth, _LAST], addresses, length)
                addresses[length] = _EDGE
                length += 1
            continue
        tag = at
        name, at = _read_name(html, at + 1, _GT)
        own = find_traits(name, names, sums)
        at, hides, first, last = _read_attributes(html, at, _HREF if own & _LINK else _CITE, styles)
        inner = around | (own & _INHERITED)
        if hides and not own & _SHOWN:
            inner |= _HIDDEN
        is_sure = not own & _UNSURE and not (around & _DRAWING and own & (_BARE | _VOID | _TEMPLATE))
        if own & _HEAD and not inner & _TEMPLATE:
            is_sure = is_sure and inner & (_DRAWING | _HIDDEN) != _DRAWING
            tags.append((tag, at, inner))
        is_seen = around & _BODY != 0 and not inner & _HIDDEN
        if is_seen:
            seen += 1
            if not own & _IN_LINE:
                raw[size] = _EDGE
                size += 1
        if own & _VOID:
            continue
        if depth == _DEEPEST:
            is_sure = False
            break
        is_mark = is_seen and (own & _QUOTED or (own & _LINK and first < last))
        stack[depth, _NAME] = name
        stack[depth, _OWN] = own
        stack[depth, _AROUND] = around
        stack[depth, _FIRST] = first
        stack[depth, _LAST] = last
        stack[depth, _START] = size if is_mark else _NO_MARK
        stack[depth, _BEFORE] = seen
        depth += 1
        around = inner
        if own & _BARE and is_sure:
            end, is_sure = _end_of_bare(html, at, name)
            if is_seen and end > at:
                size = _copy(html, at, end, raw, size)
                seen += 1
            at = end
    return raw[:size], _to_rows(marks), addresses[:length], tags[1:], is_sure and depth == 0 and len(tags) > 1


@numba.njit(cache=True)
def _to_rows(marks: list[tuple[int, int, int]]) -> Numbers:
    rows = np.empty((len(marks) - 1, 3), np.int64)
    for row in range(rows.shape[0]):
        rows[row, 0], rows[row, 1], rows[row, 2] = marks[row + 1]
    return rows


@numba.njit(cache=True)
def _find(html: Bytes, at: int, sign: int) -> int:
    while at < html.size - _AHEAD and html[at] != sign:
        at += 1
    return at


@numba.njit(cache=True)
def _copy(html: Bytes, at: int, end: int, text: Bytes, size: int) -> int:
    """Add bytes to the text as they stand; give its new size."""
    while at < end:
        text[size] = html[at]
        size += 1
        at += 1
    return size


@numba.njit(cache=True)
def _add_text(html: Bytes, at: int, end: int, text: Bytes, size: int) -> int:
    """Add to the text what is escaped here, a no-break space as a plain one, as it ends anyhow; give its new size."""
    while at < end:
        sign = html[at]
        at += 1
        if sign != _AND:
            text[size] = sign
        elif html[at] == _LESS:
            text[size] = _LT
            at += len("lt;")
        elif html[at] == _GREATER:
            text[size] = _GT
            at += len("gt;")
        elif html[at] == _NO_BREAK:
            text[size] = _BLANK
            at += len("nbsp;")
        else:
            text[size] = sign
            at += len("amp;")
        size += 1
    return size


@numba.njit(cache=True)
def _read_attributes(html: Bytes, at: int, wanted: int, styles: Bytes) -> tuple[int, bool, int, int]:
    """Give the place after the tag's `>`, whether its element is hidden, and where the wanted value stands."""
    hides = False
    first = last = 0
    while html[at] == _BLANK:
        name, _ = _read_name(html, at + 1, _EQUALS)
        start = _find(html, at + 2, _EQUALS) + 2  # a name may begin with an equals sign
        at = _find(html, start, _QUOTE)
        if name == _STYLE:
            hides = _contains_any(html, start, at, styles)
        elif name == wanted:
            first, last = start, at
        at += 1
    return at + 1, hides, first, last


@numba.njit(cache=True)
def _contains_any(html: Bytes, at: int, end: int, words: Bytes) -> bool:
    """Tell whether one of the words, each ended by a NUL, stands here in letters of any case."""
    while at < end:
        for word in words:
            length = 0
            while word[length] and word[length] == _lower(html[at + length]):
                length += 1
            if not word[length]:
                return True
        at += 1
    return False


@numba.njit(cache=True)
def _lower(sign: int) -> int:
    return sign + 32 if 65 <= sign <= 90 else sign  # noqa: PLR2004  A to Z


@numba.njit(cache=True)
def _end_of_comment(html: Bytes, at: int) -> int:
    while at < html.size - _AHEAD:
        if html[at] == _DASH and html[at + 1] == _DASH and html[at + 2] == _GT:
            return at + 3
        at += 1
    return at


@numba.njit(cache=True)
def _end_of_bare(html: Bytes, at: int, name: int) -> tuple[int, bool]:
    """Give where the end tag stands of an element whose text is not escaped, and whether it surely is its own."""
    has_comment = False
    while at < html.size - _AHEAD:
        sign = html[at + 1]
        if html[at] != _LT:
            pass
        elif sign == _SLASH:
            found, end = _read_name(html, at + 2, _GT)
            if found == name and html[end] == _GT:
                return at, True
        elif sign == _BANG:
            has_comment = has_comment or html[at + 2] == _DASH
        elif name == _SCRIPT and has_comment and _lower(sign) == _S:
            break
        at += 1
    return at, False
