"""Entries from feeds: RSS 2.0 and its older kin, Atom 1.0, JSON Feed 1.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import msgspec

from cloneward.archive.moment import parse_mail_date, parse_moment
from cloneward.archive.xml import MAX_BYTES, Element, Visitor, read_xml, root_name
from cloneward.model.content import Problem

# Feeds carry some dozen entries, archives of whole sites some thousand.
MAX_ENTRIES = 50_000
_ROOTS = frozenset({"rss", "feed", "RDF"})
_JSON_FEED = b"https://jsonfeed.org/version/1"
_SNIFFED_BYTES = 4_096


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `id` is the feed's own name for it, or else its address; `content` the fullest that the feed gives."""

    id: str
    url: str | None = None
    title: str = ""
    published_at: str | None = None
    content: str = ""
    is_html: bool = True


@dataclass(frozen=True, kw_only=True)
class Feed:
    """The entries of a feed in its order, and what is wrong with it."""

    title: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


def is_feed(head: bytes) -> bool:
    """Tell by the first bytes, unpacked, whether a document is a feed."""
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{"):
        return _JSON_FEED in head[:_SNIFFED_BYTES].replace(b"\\/", b"/")
    return root_name(head) in _ROOTS


def read_feed(content: bytes, base: str = "") -> Feed:
    """Give the entries of a feed; never raises on hostile bytes.

    Args:
        content: the feed, without any coding.
        base: where it was found, to complete addresses that are not whole.
    """
    if not content.strip():
        return Feed(problems=(Problem(code="page_empty", page=None, text="the feed is empty"),))
    if content.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{"):
        return _read_json(content, base)
    reader = _Reader(base)
    problems = read_xml(content, Visitor(reader.open, reader.close))
    reader.finish()
    return _make_feed(reader.title, reader.entries, problems)


def _make_feed(title: str, entries: list[Entry], problems: tuple[Problem, ...]) -> Feed:
    named = tuple(entry for entry in entries if entry.id)
    if len(named) < len(entries):
        text = f"{len(entries) - len(named):,} entries have neither an id nor an address, and were left out"
        problems = (*problems, Problem(code="entry_unnamed", page=None, text=text, hint="give each a guid or a link"))
    if not named and not problems:
        text = "there is no entry in the feed"
        problems = (Problem(code="no_pages", page=None, text=text, hint="look whether it is one"),)
    return Feed(title=title, entries=named, problems=problems)


@dataclass
class _Draft:
    """An entry while it is read; of several contents the one of the highest rank is kept, the first of equals."""

    ids: str = ""
    url: str = ""
    title: str = ""
    published_at: str | None = None
    changed_at: str | None = None
    content: str = ""
    is_html: bool = True
    rank: int = 0

    def offer(self, rank: int, content: str, *, is_html: bool) -> None:
        if rank > self.rank and content.strip():
            self.rank, self.content, self.is_html = rank, content, is_html

    def finish(self, base: str) -> Entry:
        url = _join(base, self.url)
        return Entry(
            id=self.ids or url or "",
            url=url,
            title=" ".join(self.title.split()),
            published_at=self.published_at or self.changed_at,
            content=self.content,
            is_html=self.is_html,
        )


@dataclass
class _Reader:
    base: str
    title: str = ""
    entries: list[Entry] = field(default_factory=list)
    draft: _Draft | None = None
    depth: int = 0

    def open(self, path: list[Element]) -> None:
        """Begin an entry; one within another means that the first was not closed."""
        last = path[-1]
        if last.name in {"item", "entry"} and len(path) > 1 and not last.verbatim:
            self.finish()
            self.draft, self.depth = _Draft(), len(path)
        elif last.attributes.get("type") == "xhtml":
            last.verbatim = True

    def close(self, path: list[Element]) -> None:
        """Take what an element said of the entry, or of the feed, that it stands in directly."""
        last, depth = path[-1], len(path)
        if self.draft is None:
            if last.name == "title" and depth in {2, 3} and not self.title:
                self.title = " ".join(last.text.split())
        elif depth == self.depth:
            self.finish()
        elif depth == self.depth + 1:
            _take(self.draft, last)

    def finish(self) -> None:
        """End the entry at hand, whole or not."""
        if self.draft is not None and len(self.entries) < MAX_ENTRIES:
            self.entries.append(self.draft.finish(self.base))
        self.draft = None


def _take(draft: _Draft, element: Element) -> None:
    text, attributes = element.text.strip(), element.attributes
    match element.name:
        case "guid" | "id":
            draft.ids = draft.ids or text
            is_link = element.name == "guid" and attributes.get("isPermaLink", "true").strip().lower() == "true"
            if is_link and text.startswith(("http://", "https://")):
                draft.url = draft.url or text
        case "link" if attributes.get("rel", "alternate") == "alternate":
            draft.url = attributes.get("href", "").strip() or text or draft.url
        case "title":
            draft.title = draft.title or text
        case "pubDate":
            draft.published_at = parse_mail_date(text) or parse_moment(text)
        case "published" | "dc:date" | "issued":
            draft.published_at = draft.published_at or parse_moment(text)
        case "updated" | "modified":
            draft.changed_at = parse_moment(text)
        case _:
            _take_content(draft, element)


def _take_content(draft: _Draft, element: Element) -> None:
    """Take the content that the element holds: HTML in RSS, and in Atom what its type says."""
    kind = element.attributes.get("type", "")
    match element.name:
        case "content:encoded":
            draft.offer(4, element.text, is_html=True)
        case "content" if "src" not in element.attributes:
            draft.offer(3, element.text, is_html=kind not in {"", "text", "text/plain"})
        case "description":
            draft.offer(2, element.text, is_html=True)
        case "summary":
            draft.offer(1, element.text, is_html=kind in {"html", "xhtml", "text/html"})
        case _:
            pass


def _read_json(content: bytes, base: str) -> Feed:
    cut = content[:MAX_BYTES]
    try:
        document = msgspec.json.decode(cut.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text = f"it is no JSON: {error}"
        return Feed(
            problems=(Problem(code="json_broken", page=None, text=text, hint="look whether it came over whole"),)
        )
    items = document.get("items") if isinstance(document, dict) else None
    entries = [
        _read_item(item, base)
        for item in (items if isinstance(items, list) else [])[:MAX_ENTRIES]
        if isinstance(item, dict)
    ]
    return _make_feed(_text(document, "title"), entries, ())


def _read_item(item: Mapping[str, Any], base: str) -> Entry:
    draft = _Draft(
        ids=_text(item, "id").strip(),
        url=_text(item, "url").strip(),
        title=_text(item, "title"),
        published_at=parse_moment(_text(item, "date_published")),
        changed_at=parse_moment(_text(item, "date_modified")),
    )
    draft.offer(3, _text(item, "content_html"), is_html=True)
    draft.offer(2, _text(item, "content_text"), is_html=False)
    draft.offer(1, _text(item, "summary"), is_html=False)
    return draft.finish(base)


def _text(item: Any, name: str) -> str:  # noqa: ANN401  whatever JSON holds
    value = item.get(name) if isinstance(item, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # ids that are numbers: JSON Feed says to take them so
    return value if isinstance(value, str) else ""


def _join(base: str, url: str) -> str | None:
    try:
        return urljoin(base, url) if url else None
    except ValueError:
        return None
