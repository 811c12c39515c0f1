"""What a page says outside its visible text: its description, and the data that its scripts are given.

Viewer sites that are drawn by scripts leave their text to those; what they will show is in the page all the same.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_CHARACTERS = 200_000
"""Of all that is given."""

_MOST_SCRIPTS = 50
_MOST_DEPTH = 64
_MOST_VALUES = 20_000
_METAS = "meta[content]"
_DATA = 'script[type="application/json"], script[type="application/ld+json"]'


def read_beside(content: bytes) -> str:
    """Give what a page of HTML says outside its visible text, a value a line; never raises on hostile bytes."""
    tree = LexborHTMLParser(content)
    lines: dict[str, None] = {}
    size = 0
    for line in _list_values(tree):
        kept = " ".join(line.split())
        if kept and kept not in lines:
            size += len(kept) + 1
            if size > MOST_CHARACTERS:
                break
            lines[kept] = None
    return "\n".join(lines)


def _list_values(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css(_METAS):
        yield node.attributes.get("content") or ""
    for node in tree.css(_DATA)[:_MOST_SCRIPTS]:
        yield from _list_leaves(_decode(node))


def _decode(node: LexborNode) -> Any:  # noqa: ANN401  as strangers wrote it
    try:
        return msgspec.json.decode(node.text(deep=True))
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return None


def _list_leaves(raw: Any) -> Iterator[str]:  # noqa: ANN401  as strangers wrote it
    stack = [(raw, 0)]
    told = 0
    while stack and told < _MOST_VALUES:
        value, depth = stack.pop()
        told += 1
        if isinstance(value, dict | list) and depth < _MOST_DEPTH:
            inner = list(value.values() if isinstance(value, dict) else value)[:_MOST_VALUES]
            stack += [(one, depth + 1) for one in reversed(inner)]
        elif isinstance(value, str):
            yield value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield str(value)
