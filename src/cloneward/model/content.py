"""What an owner protects and what a page says: items, pages and the marks found in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cloneward.errors import Problem as Problem  # noqa: PLC0414 a noun too, made further down since `fetch` gives it

ItemKind = Literal["page", "profile", "post", "photo", "video", "story", "listing", "article"]
Rights = Literal["own", "licensed", "user"]
Visibility = Literal["public", "login", "private"]


@dataclass(frozen=True, kw_only=True)
class Region:
    """A stretch of the extracted text under one mark: a link, or a quotation element.

    `start` and `end` are half-open code points of the text; `address` is the raw `href` or `cite`, or empty.
    """

    start: int
    end: int
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Extract:
    """The visible text of a page and what surrounds it.

    `text`: blocks joined by one newline, white space collapsed to single spaces, nothing else changed.
    Every offset in the product counts code points of this text.
    """

    text: str
    title: str = ""
    site_name: str = ""
    language: str | None = None
    canonical: str | None = None
    published_at: str | None = None
    links: tuple[Region, ...] = ()
    quotes: tuple[Region, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page as read: where it lay, the digest of its bytes, and its extract.

    `address` is a URL, or a path relative to the target.
    """

    address: str
    digest: str
    extract: Extract


@dataclass(frozen=True, kw_only=True)
class Item:
    """What an owner asks us to protect. The id never changes while the address does not.

    `person` and `subjects` are keyed codes of 32 hexadecimal digits (seal/codes.py), never the ids that the owner
    uses. What was not told is none.
    """

    id: str
    kind: ItemKind = "page"
    url: str | None = None
    title: str = ""
    digest: str
    text_digest: str
    words: int
    rights: Rights = "own"
    mandate: bool | None = None
    person: str | None = None
    subjects: tuple[str, ...] = ()
    minor: bool | None = None
    visibility: Visibility | None = None
    visibility_since: str | None = None
    published_at: str | None = None
    expires_at: str | None = None
    deleted_at: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Media:
    """A picture or a video: the address at which it lies, as the owner or the page wrote it, and its bytes.

    `content` holds the bytes, or else the file at `path` does, as those of a video that memory is no place for; where
    neither does, they are kept already, under `digest`. That is empty where nobody needs it.
    """

    address: str
    content: bytes = b""
    path: Path | None = None
    digest: str = ""
    is_video: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemVersion:
    """What an item said from one moment to another, as its owner tells it: text, fields, or a digest alone."""

    since: str | None = None
    until: str | None = None
    text: str | None = None
    fields: Mapping[str, Any] | None = None
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemRecord:
    """An item as its owner hands it over: one record of an import, times in UTC. What is not told is none.

    `id` is the owner's. At least one of `text`, `html`, `fields`, `images` and `videos` is told. `person` is whose
    content it is, `subjects` are the people shown: opaque ids of the owner's, or in what is kept their keyed codes.
    `mandate`: that person lets us act for the work. `media_digests`: of what `images` and then `videos` refer to, as
    far as it was read; empty where one was not.
    """

    id: str
    kind: ItemKind = "page"
    url: str | None = None
    title: str = ""
    language: str | None = None
    text: str | None = None
    html: str | None = None
    fields: Mapping[str, Any] | None = None
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    media_digests: tuple[str, ...] = ()
    rights: Rights = "own"
    mandate: bool | None = None
    person: str | None = None
    subjects: tuple[str, ...] = ()
    minor: bool | None = None
    visibility: Visibility | None = None
    visibility_since: str | None = None
    published_at: str | None = None
    expires_at: str | None = None
    deleted_at: str | None = None
    versions: tuple[ItemVersion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Registered:
    """An item, the address under which it is found again, the bytes it was made from, and its extracted text.

    `rank`: of items with the same text, the one whose rank is first in the order of text stands for all; an item
    without a rank stands for itself alone. `record`: what the owner says of it, with people as keyed codes; none of a
    page or a file. Where the digest of the item is that of one of its `media`, that holds its bytes, and `body` none.
    """

    item: Item
    address: str
    body: bytes
    text: str
    rank: str | None = None
    media: tuple[Media, ...] = ()
    record: ItemRecord | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What we hold for an address: the item and the digest of the bytes last read there.

    `is_shared`: it was read at other addresses too.
    """

    id: str
    digest: str
    is_shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A partner's licence: who may show which of our addresses (beginnings, `*` for any), and until which day."""

    domain: str
    may_show: tuple[str, ...] = ("*",)
    until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who asks: the registered domains that are theirs, the names people know them by, and whom they licensed.

    `languages`: primary subtags of the items' languages; empty where that of any item is unknown.
    """

    domains: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    languages: frozenset[str] = frozenset()
