"""Which pages of a site a capture holds: a sample, first those that seem to show what is ours, then the nearest.

Only links are followed that a visitor could read, within the site, and none that may do something: log in or out,
buy, delete, send. What a page links to is a stranger's to choose, so it is bounded.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.model.vantage import Rendering
from cloneward.url import canonical, host_of, registered_domain

MAX_LINKS: Final = 2_000
"""Links of one page that are looked at."""

_LEAST_KEY = 3  # letters and digits: `/p/12` and `/a` name nothing
_MAX_KEY = 200
_MAX_FIELDS = 20
_GENERIC: Final = frozenset(
    "about archive blog category contact content default home http https impressum index main news page post posts "
    "privacy profile profiles search tag terms user users view www".split()
)
# As a whole part of a path or a query: as a word among others it stands in the titles of pages.
_ACTIONS: Final = re.compile(
    r"(?i)(?:wp-)?log-?(?:in|out|off)|sign-?(?:in|out|up|off)|register|delete|remove|(?:un)?subscribe|(?:add-to-)?cart|"
    r"checkout|buy|order|pay|vote|confirm|download|report|share|auth|admin|wp-admin"
)
_FILES: Final = frozenset(
    ".7z .apk .avi .avif .css .csv .dmg .doc .docx .exe .gif .gz .ico .jpeg .jpg .js .json .m4a .mov .mp3 .mp4 .msi "
    ".pdf .png .ppt .pptx .rar .rss .svg .tar .tgz .webm .webp .woff .woff2 .xls .xlsx .xml .zip".split()
)
_BETWEEN: Final = re.compile(r"[/?&=;]")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Link:
    """Where a page leads, whole, and the words that it says so with; empty of a picture, or where a list names it."""

    address: str
    text: str = ""


IsOurs = Callable[[Link], bool]
"""Says whether a link seems to lead to something of ours."""


class Plan:
    """The pages of one site that are still to be visited, each once, the most telling first."""

    def __init__(self, first: str, is_ours: IsOurs) -> None:
        """Begin at the address at which the first page was found; it is not visited again."""
        self._site = registered_domain(host_of(first))
        self._first = _split_path(first)
        self._is_ours = is_ours
        self._order = count()
        self._seen = {_name(first)}
        self._waiting: list[tuple[bool, int, int, str]] = []

    def add(self, links: Iterable[Link]) -> None:
        """Take in the links of a page; those that lead elsewhere, or may do something, are left out."""
        for link in islice(links, MAX_LINKS):
            name = _name(link.address)
            if name and name not in self._seen and self._may_visit(name):
                self._seen.add(name)
                place = (not self._is_ours(link), self._measure(name), next(self._order), name)
                heapq.heappush(self._waiting, place)

    def choose(self) -> str | None:
        """Give the address to visit next; none where no page is left."""
        return heapq.heappop(self._waiting)[-1] if self._waiting else None

    def _may_visit(self, address: str) -> bool:
        parts = urlsplit(address)
        is_file = PurePosixPath(parts.path).suffix.lower() in _FILES
        is_act = any(
            _ACTIONS.fullmatch(PurePosixPath(unquote(part)).stem)
            for part in _BETWEEN.split(parts.path + "?" + parts.query)
        )
        return registered_domain(host_of(address)) == self._site and not is_file and not is_act

    def _measure(self, address: str) -> int:
        """Give how many steps lead there from the first page: up to what both have in common, and down again."""
        there = _split_path(address)
        shared = 0
        for ours, theirs in zip(self._first, there, strict=False):
            if ours != theirs:
                break
            shared += 1
        return len(self._first) + len(there) - 2 * shared


def list_links(rendering: Rendering) -> Iterator[Link]:
    """Give where the documents of a visit lead, in reading order."""
    for document in rendering.documents:
        content = extract(document.html.encode("utf-8", "replace"), "html")
        for link in content.links[:MAX_LINKS]:
            try:
                address = urljoin(document.url, link.address.strip())
            except ValueError:  # as an address with half a bracket
                continue
            yield Link(address, content.text[link.start : link.end])


def list_keys(address: str, title: str) -> Iterator[str]:
    """Give by what a link to an item of ours, or to its copy, may be known: its title, the last part of its address.

    None of them is a word that any site has, as `index`.
    """
    yield from filter(None, map(_spell_key, (title, *_list_tails(address))))


def is_known(link: Link, keys: frozenset[str]) -> bool:
    """Say whether a link is known by one of the keys of our items."""
    return not keys.isdisjoint(list_keys(link.address, link.text))


def _list_tails(address: str) -> Iterator[str]:
    """Give the last part of the path, without its suffix, and that of each value of the query, which may be a path."""
    try:
        parts = urlsplit(address)
        values = [value for _, value in parse_qsl(parts.query, max_num_fields=_MAX_FIELDS)]
    except ValueError:
        return
    for path in (parts.path, *values):
        yield PurePosixPath(unquote(path.partition("?")[0]).rstrip("/")).stem


def _spell_key(text: str) -> str:
    key = " ".join(_WORD.findall(text[:_MAX_KEY].casefold()))
    letters = key.replace(" ", "")
    return "" if len(letters) < _LEAST_KEY or letters.isdecimal() or key in _GENERIC else key


def _name(address: str) -> str:
    """Give an address as it is told from others; empty where it is none of the web."""
    try:
        return canonical(address)
    except InputError:
        return ""


def _split_path(address: str) -> list[str]:
    return [part for part in urlsplit(address).path.split("/") if part]
