"""What a page says, read from its tree node by node: the reference, and the way for pages that `serial.py` leaves."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser, LexborNode

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
"""Elements that stand within a line; all others begin and end a block."""

INVISIBLE = frozenset("iframe noscript object script style svg template".split())
"""Not what `hidden` hides: tabs, answers and one text for each system lie there until a script shows them."""

HIDING_STYLES = ("display:none", "display: none", "visibility:hidden", "visibility: hidden")
ALWAYS_READ = frozenset({"html", "body"})
"""Pages hide the whole of themselves until a script shows it: hidden from us too, they would hold no text."""

QUOTED = frozenset({"blockquote", "q"})

EDGE = b"\0"
"""Stands for the edge of a block until white space is collapsed; no HTML parser lets a NUL through."""

_HIDDEN = ",".join([*sorted(INVISIBLE), *(f'[style*="{style}" i]' for style in HIDING_STYLES)])


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """What a page says: its visible text, the links and quotations in it, and its head as it stands there.

    `raw`: UTF-8, white space not yet collapsed, with an `EDGE` where a block begins or ends. `marks`: int64, shape
    (n, 3), where each begins and ends in `raw`, in bytes, and whether it is a link. `addresses`: one for each mark.
    """

    raw: bytes
    marks: NDArray[np.int64]
    addresses: list[str]
    title: str
    site_name: str
    language: str
    canonical: str | None
    published_at: str


def read_tree(tree: LexborHTMLParser) -> Reading:
    """Read a page from its tree, which is taken apart."""
    meta = {_meta_name(node): node.attributes.get("content") or "" for node in tree.css("meta")}
    root = tree.css_first("html")
    canonical = tree.css_first('link[rel~="canonical" i][href]')
    title = tree.css_first("title")
    for node in tree.css(_HIDDEN):
        if node.tag not in ALWAYS_READ:
            node.decompose()
    walk = _Walk()
    if tree.body is not None:
        walk.read(tree.body)
    return Reading(
        raw=b"".join(walk.parts),
        marks=np.array(walk.marks, np.int64).reshape(-1, 3),
        addresses=walk.addresses,
        title=title.text() if title else "",
        site_name=meta.get("og:site_name", ""),
        language=(root.attributes.get("lang") if root else None) or "",
        canonical=canonical.attributes.get("href") if canonical else None,
        published_at=meta.get("article:published_time", ""),
    )


def _meta_name(node: LexborNode) -> str:
    return (node.attributes.get("property") or node.attributes.get("name") or "").lower()


@dataclass(slots=True)
class _Walk:
    """One pass over the tree without recursion: a page may nest a million tags deep."""

    parts: list[bytes] = field(default_factory=list)
    marks: list[tuple[int, int, bool]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def read(self, body: LexborNode) -> None:
        add = self.parts.append
        at = 0
        stack: list[tuple[LexborNode, str, int]] = []
        node = body.child
        while node is not None or stack:
            if node is None:
                node, tag, start = stack.pop()
                if tag not in INLINE:
                    add(EDGE)
                    at += 1
                self._mark(node, tag, start, at)
                node = node.next
                continue
            tag = node.tag or ""
            if tag == "-text":
                text = (node.text_content or "").encode(errors="replace")
                add(text)
                at += len(text)
                node = node.next
                continue
            if tag not in INLINE and tag[:1] != "-":
                add(EDGE)
                at += 1
            child = node.child
            if child is None:
                node = node.next
            else:
                stack.append((node, tag, at))
                node = child

    def _mark(self, node: LexborNode, tag: str, start: int, end: int) -> None:
        is_link = tag == "a"
        address = node.attributes.get("href" if is_link else "cite") or ""
        if tag in QUOTED or (is_link and address):
            self.marks.append((start, end, is_link))
            self.addresses.append(address)
