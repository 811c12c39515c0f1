"""The pictures and videos that a page shows: the addresses of their files, as written in it.

Read from the bytes a second time, and only where pictures are protected. What scripts load is found where the page
names it in an attribute that loaders read, as `data-src`; what styles draw, only where the page holds the style.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cloneward.fingerprint.bounds import bound_markup
from cloneward.fingerprint.charset import to_utf8
from cloneward.fingerprint.extract import MAX_BYTES

MAX_PICTURES: Final = 300
"""Of one page, in reading order; real pages have some dozens."""

MAX_VIDEOS: Final = 20
"""Of one page, in reading order."""

_MAX_ADDRESS: Final = 16 * 1024 * 1024  # characters: a picture written into the page itself
_SHOWN: Final = (
    "img,picture source,input[type=image],image,video,video source,object[data],embed[src],"
    "meta[property],meta[name],link[rel][href],a[href],[style],[data-background-image],[data-bg]"
)
_PICTURE_NAMES: Final = ("src", "data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_SET_NAMES: Final = ("srcset", "data-srcset", "data-lazy-srcset")
_META_PICTURES: Final = frozenset(
    {"og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"}
)
_META_VIDEOS: Final = frozenset({"og:video", "og:video:url", "og:video:secure_url", "twitter:player:stream"})
_PICTURE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp")
_VIDEO_SUFFIXES: Final = (".mp4", ".webm", ".mov", ".m4v", ".ogv", ".mkv")
_DRAWN: Final = re.compile(r"""url\(\s*(?:"([^"]{1,4096})"|'([^']{1,4096})'|([^()"'\s]{1,4096}))\s*\)""", re.IGNORECASE)
_SIZE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)[wx]")  # of a picture in a srcset: its width or density


@dataclass(frozen=True)
class Shown:
    """Raw addresses of the pictures and videos of a page, each once, in reading order.

    `left_out`: how many more there were.
    """

    pictures: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    left_out: int = 0


def list_media(content: bytes) -> Shown:
    """Give what a page of HTML shows; never raises on hostile bytes."""
    html, _ = to_utf8(content[:MAX_BYTES])
    html, _ = bound_markup(html)
    tree = LexborHTMLParser(html)
    pictures: dict[str, None] = {}
    videos: dict[str, None] = {}
    for node in tree.css(_SHOWN):
        attributes = {name: value for name, value in node.attributes.items() if value}
        pictures |= dict.fromkeys(_clean(_list_pictures(node, attributes)))
        videos |= dict.fromkeys(_clean(_list_videos(node, attributes)))
    left_out = max(0, len(pictures) - MAX_PICTURES) + max(0, len(videos) - MAX_VIDEOS)
    return Shown(tuple(pictures)[:MAX_PICTURES], tuple(videos)[:MAX_VIDEOS], left_out)


def choose_largest(candidates: str) -> str | None:
    """Give the address of the largest picture of a `srcset`; none where there is none."""
    return max(_list_candidates(candidates), key=lambda one: one[0], default=(0.0, None))[1]


def _list_candidates(candidates: str) -> Iterator[tuple[float, str]]:
    """Give sizes and addresses; an address may hold commas, and one at its end closes it."""
    tokens = candidates.split()[::-1]
    while tokens:
        address = tokens.pop().lstrip(",")
        if not address:
            continue
        size, comma, rest = "", "", ""
        if tokens and not address.endswith(","):
            size, comma, rest = tokens.pop().partition(",")
        if comma and rest:
            tokens.append(rest)
        told = _SIZE.fullmatch(size)
        yield float(told[1]) if told else 1.0, address.rstrip(",")


def _clean(addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        clean = address.strip()
        if clean and len(clean) <= _MAX_ADDRESS and not clean.startswith(("#", "javascript:")):
            yield clean


def _list_pictures(node: LexborNode, attributes: Mapping[str, str]) -> Iterator[str]:
    tag = node.tag or ""
    if tag in {"img", "input"}:
        yield from (attributes[name] for name in _PICTURE_NAMES if name in attributes)
    if tag in {"img", "source"}:
        largest = (choose_largest(attributes[name]) for name in _SET_NAMES if name in attributes)
        yield from filter(None, largest)
    if tag == "image":
        yield attributes.get("href") or attributes.get("xlink:href") or ""
    if tag == "video":
        yield attributes.get("poster", "")
    yield from _list_named(node, attributes, _META_PICTURES, _PICTURE_SUFFIXES)
    if tag == "link" and "image_src" in attributes.get("rel", "").lower().split():
        yield attributes.get("href", "")
    if "style" in attributes:
        yield from (first or second or third for first, second, third in _DRAWN.findall(attributes["style"]))
    yield from (attributes[name] for name in ("data-background-image", "data-bg") if name in attributes)


def _list_videos(node: LexborNode, attributes: Mapping[str, str]) -> Iterator[str]:
    tag = node.tag or ""
    if tag == "video" or (tag == "source" and node.parent is not None and node.parent.tag == "video"):
        yield from (attributes[name] for name in ("src", "data-src") if name in attributes)
    yield from _list_named(node, attributes, _META_VIDEOS, _VIDEO_SUFFIXES)


def _list_named(
    node: LexborNode, attributes: Mapping[str, str], names: frozenset[str], suffixes: tuple[str, ...]
) -> Iterator[str]:
    """Give what a meta element names, and files that are linked or embedded under the name of such a file."""
    if node.tag == "meta":
        if (attributes.get("property") or attributes.get("name", "")).lower() in names:
            yield attributes.get("content", "")
    elif node.tag in {"a", "object", "embed"}:
        address = attributes.get("href") or attributes.get("data") or attributes.get("src") or ""
        if address.partition("?")[0].partition("#")[0].lower().endswith(suffixes):
            yield address
