"""The layout of a page: which tags stand in which, under which class names, whatever its text; and its files.

It is read from the bytes a second time, and only for pages that share text with an item: reading text takes the tree
apart, and costs no more for it.
"""

import re
from dataclasses import dataclass, field
from hashlib import blake2b

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cloneward.fingerprint.bounds import bound_markup
from cloneward.fingerprint.charset import to_utf8
from cloneward.fingerprint.extract import MAX_BYTES
from cloneward.fingerprint.kinds import Kind, Traits
from cloneward.fingerprint.tree import INLINE

STRUCTURE = Kind("structure", 1)
PATH_TAGS = 6
"""Tags of a path, the innermost ones: deeper boxes tell no more, and one more around all would change every path."""

MAX_FEATURES = 10_000
"""Features of one page that are looked at, in reading order; real pages have some hundreds."""

MAX_FILES = 64
"""Files of one page that are looked at, in reading order."""

# Numbers in class names are those of the page, as in `postid-4711`.
_NUMBER = re.compile(r"\d+")
_ICON_TAGS = frozenset({"icon", "apple-touch-icon", "mask-icon"})
_FILE_TAGS = frozenset({"stylesheet", "preload"})


@dataclass(frozen=True)
class Layout:
    """What a page looks like and is made of. `files` and `icons` are raw addresses, as written in it."""

    structure: Traits
    files: tuple[str, ...] = ()
    icons: tuple[str, ...] = ()


def read_layout(content: bytes) -> Layout:
    """Give the layout of a page of HTML; never raises on hostile bytes."""
    html, _ = to_utf8(content[:MAX_BYTES])
    html, _ = bound_markup(html)
    tree = LexborHTMLParser(html)
    icons: list[str] = []
    files: list[str] = []
    for node in tree.css("link[rel][href],img[src],script[src]"):
        kinds = set((node.attributes.get("rel") or "").lower().split())
        if kinds & _ICON_TAGS:
            icons.append(node.attributes.get("href") or "")
        elif node.tag != "link" or kinds & _FILE_TAGS:
            files.append(node.attributes.get("src") or node.attributes.get("href") or "")
    walk = _Walk()
    if tree.body is not None:
        walk.read(tree.body)
    values = (blake2b(feature.encode("utf-8", "replace"), digest_size=8).hexdigest() for feature in walk.features)
    return Layout(
        structure=Traits.of(STRUCTURE, values),
        files=tuple(dict.fromkeys(files))[:MAX_FILES],
        icons=tuple(dict.fromkeys(icons))[:MAX_FILES],
    )


@dataclass(slots=True)
class _Walk:
    """One pass over the tree without recursion. What stands within the text (links, emphasis) is no layout."""

    features: set[str] = field(default_factory=set)
    _paths: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, body: LexborNode) -> None:
        stack: list[tuple[LexborNode, str]] = []
        path = self._visit(body, "")
        node = body.child
        while (node is not None or stack) and len(self.features) < MAX_FEATURES:
            if node is None:
                node, path = stack.pop()
                node = node.next
                continue
            child = node.child
            inner = self._visit(node, path)
            if child is None:
                node = node.next
            else:
                stack.append((node, path))
                node, path = child, inner

    def _visit(self, node: LexborNode, path: str) -> str:
        """Note what an element adds, and give the path of what stands in it."""
        tag = node.tag or ""
        if tag[:1] == "-":
            return path
        names = node.attributes.get("class")
        if names:
            self.features.update(f".{_NUMBER.sub('0', name)}" for name in names.split())
        if tag in INLINE:
            return path
        inner = self._join(path, tag)
        self.features.add(inner)
        return inner

    def _join(self, path: str, tag: str) -> str:
        known = self._paths.get((path, tag))
        if known is None:
            tags = [*path.split("/"), tag] if path else [tag]
            known = self._paths[path, tag] = "/".join(tags[-PATH_TAGS:])
        return known
