"""From where and as whom an address is visited, and what a visitor there was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cloneward.errors import Problem
from cloneward.model.evidence import Exchange

Device = Literal["desktop", "firefox", "android", "app", "iphone"]
"""`firefox` is one on a desktop computer, `app` the browser within an app on an Android phone."""


@dataclass(frozen=True, kw_only=True)
class Vantage:
    """From where and as whom we look; `name` is what records call it.

    `languages`: tags of BCP 47, the most wanted first. `visits`: how often the address is visited in a row; the last
    counts. `timezone`: of the tz database; the machine's where empty. `source`: our own address that we come from, and
    `country` where that is; the system's choice where empty. `is_recorded`: through the recording proxy, whose TLS a
    site can tell from a browser's. `dwell_s`: how long the page is looked at, moved over and scrolled through.
    """

    name: str
    device: Device = "desktop"
    languages: tuple[str, ...] = ("en-US", "en")
    referrer: str = ""
    visits: int = 1
    timezone: str = ""
    source: str = ""
    country: str = ""
    is_recorded: bool = True
    dwell_s: float = 1.5


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What one visit may take, at most: bytes on the wire, seconds, and characters of a document that are kept."""

    max_bytes: int = 64 * 1024 * 1024
    timeout_s: float = 45.0
    max_document: int = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Document:
    """What one frame of a page had become after it was looked at: its address and its DOM, written out as HTML."""

    url: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What a visitor was given.

    `documents`: the page's own first, then those of its frames. `viewport`, `full_page`: PNG; empty where none could be
    taken. `certificates`: by host, those that it showed, DER, its own first. `addresses`: by host, what the name
    servers gave. `not_recorded`: kinds of traffic by name, each with the reason. `tools`: version by name.
    """

    url: str
    final_url: str
    title: str = ""
    started_at: str
    ended_at: str
    documents: tuple[Document, ...] = ()
    viewport: bytes = b""
    full_page: bytes = b""
    console: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    certificates: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_recorded: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
