"""The visible text of a page, with offsets that everything else counts in.

A page is hostile: whatever its bytes, this gives what it could read, and the problems. All visible text is kept,
menus and footers too: for finding copies, recall counts, and the template is recognised later by how often it
recurs (measured: cutting to "main content" loses over half of the text on 5 to 7 of 100 real pages).
"""

from dataclasses import dataclass, field
from typing import Literal

import numba
import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cloneward.fingerprint.bounds import MAX_ATTRIBUTES, MAX_DEPTH, bound_markup
from cloneward.fingerprint.charset import to_utf8
from cloneward.model.content import Extract, Problem, Region

Media = Literal["html", "text"]
_Mark = tuple[int, int, str]

# What a page may weigh; the rest is not read, and said so. Real pages over 16 MB are all but unknown.
MAX_BYTES = 16 * 1024 * 1024
# Share of control bytes above which the bytes are no text (images, archives, programs).
_MAX_CONTROL_SHARE = 0.05
_CONTROL_SAMPLE_BYTES = 4096
_FIRST_PRINTABLE = 32
_CONTROLS_OF_TEXT = (9, 10, 12, 13, 27)  # tab, line feed, form feed, return, and the escape of ISO-2022

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
# Not what `hidden` hides: tabs, answers and one text for each system lie there until a script shows them.
_INVISIBLE = (
    "script,style,template,noscript,iframe,object,svg,"
    '[style*="display:none" i],[style*="display: none" i],[style*="visibility:hidden" i],'
    '[style*="visibility: hidden" i]'
)
# Pages hide the whole of themselves until a script shows it: hidden from us too, they would hold no text.
_ALWAYS_READ = frozenset({"html", "body"})
_QUOTES = frozenset({"blockquote", "q"})
_MARKED = _QUOTES | {"a"}
# Unicode's White_Space and the four ASCII separators, spelt out so that no newer Python changes a stored offset.
_SPACES = [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F]
_IS_SPACE = np.isin(np.arange(0x3001), [*_SPACES, 0x205F, 0x3000])
# What was seen since the last visible character, when white space is collapsed.
_NOTHING, _SPACE, _BLOCK = 0, 1, 2
# Stands for the edge of a block until white space is collapsed; no HTML parser lets a NUL through.
_EDGE = "\0"


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
    if not content.strip():
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
        plain, _ = _collapse(html.decode().replace("\0", " ").replace("\n", _EDGE))
        return Extract(text=plain, problems=tuple(problems))
    return _extract_html(html, tuple(problems))


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = np.frombuffer(content[:_CONTROL_SAMPLE_BYTES], np.uint8)
    control = (sample < _FIRST_PRINTABLE) & ~np.isin(sample, _CONTROLS_OF_TEXT)
    return bool(control.mean() > _MAX_CONTROL_SHARE)


def _extract_html(html: bytes, problems: tuple[Problem, ...]) -> Extract:
    html, cut = bound_markup(html)
    if cut:
        bounds = f"deeper than {MAX_DEPTH} or with over {MAX_ATTRIBUTES} attributes"
        text = f"{cut:,} tags {bounds} were taken out or shortened; all text was kept"
        problems = (*problems, Problem(code="markup_cut", page=None, text=text))
    tree = LexborHTMLParser(html)
    meta = {_meta_name(node): node.attributes.get("content") or "" for node in tree.css("meta")}
    root = tree.css_first("html")
    canonical = tree.css_first('link[rel~="canonical" i][href]')
    title = tree.css_first("title")
    for node in tree.css(_INVISIBLE):
        if node.tag not in _ALWAYS_READ:
            node.decompose()
    walk = _Walk()
    if tree.body is not None:
        walk.read(tree.body)
    text, positions = _collapse("".join(walk.parts))
    return Extract(
        text=text,
        title=" ".join((title.text() if title else "").split()),
        site_name=" ".join(meta.get("og:site_name", "").split()),
        language=(root.attributes.get("lang") if root else None) or None,
        canonical=canonical.attributes.get("href") if canonical else None,
        published_at=meta.get("article:published_time") or None,
        links=_moved(walk.links, positions),
        quotes=_moved(walk.quotes, positions),
        problems=problems,
    )


def _meta_name(node: LexborNode) -> str:
    return (node.attributes.get("property") or node.attributes.get("name") or "").lower()


@dataclass(slots=True)
class _Walk:
    """One pass over the tree without recursion: a page may nest a million tags deep."""

    parts: list[str] = field(default_factory=list)
    links: list[_Mark] = field(default_factory=list)
    quotes: list[_Mark] = field(default_factory=list)

    def read(self, body: LexborNode) -> None:
        add = self.parts.append
        at = 0
        stack: list[tuple[LexborNode, str, int]] = []
        node = body.child
        while node is not None or stack:
            if node is None:
                node, tag, start = stack.pop()
                if tag not in INLINE:
                    add(_EDGE)
                    at += 1
                if tag in _MARKED:
                    self._mark(node, tag, start, at)
                node = node.next
                continue
            tag = node.tag or ""
            if tag == "-text":
                text = node.text_content or ""
                add(text)
                at += len(text)
                node = node.next
                continue
            if tag not in INLINE and tag[:1] != "-":
                add(_EDGE)
                at += 1
            child = node.child
            if child is None:
                node = node.next
            else:
                stack.append((node, tag, at))
                node = child

    def _mark(self, node: LexborNode, tag: str, start: int, end: int) -> None:
        if tag == "a":
            address = node.attributes.get("href")
            if address:
                self.links.append((start, end, address))
        elif tag in _QUOTES:
            self.quotes.append((start, end, node.attributes.get("cite") or ""))


def _moved(marks: list[_Mark], positions: NDArray[np.int32]) -> tuple[Region, ...]:
    """Bring marks from raw to collapsed offsets, in reading order."""
    raw = np.array([(start, end) for start, end, _ in marks], np.int64).reshape(-1, 2)
    moved = zip(*positions[raw].T.tolist(), [address for _, _, address in marks], strict=True)
    return tuple(Region(start=start, end=end, address=address) for start, end, address in sorted(moved))


def _collapse(raw: str) -> tuple[str, NDArray[np.int32]]:
    """Collapse white space; give the text and, for each raw offset, the offset in it."""
    codes = np.frombuffer(raw.encode("utf-32-le", errors="replace"), np.uint32)
    kept, positions = _collapse_codes(codes, _IS_SPACE)
    return kept.tobytes().decode("utf-32-le"), positions


@numba.njit(cache=True)
def _collapse_codes(
    codes: NDArray[np.uint32], is_space: NDArray[np.bool_]
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Runs of white space become one space, or one newline where a block edge lies in the run."""
    kept = np.empty(codes.size, np.uint32)
    positions = np.empty(codes.size + 1, np.int32)
    size = 0
    gap = _NOTHING
    for index in range(codes.size):
        code = codes[index]
        positions[index] = size
        if code == 0:
            gap = _BLOCK
        elif code < is_space.size and is_space[code]:
            gap = max(gap, _SPACE)
        else:
            if gap != _NOTHING and size:
                kept[size] = ord("\n") if gap == _BLOCK else ord(" ")
                size += 1
                positions[index] = size
            gap = _NOTHING
            kept[size] = code
            size += 1
    positions[codes.size] = size
    return kept[:size].copy(), positions
