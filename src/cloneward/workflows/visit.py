"""Reads one address of the web, and not again what has not changed since it was last read."""

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cloneward.archive.feed import is_feed
from cloneward.archive.media import take_media
from cloneward.archive.sitemap import is_sitemap
from cloneward.archive.stream import Stream
from cloneward.clock import Clock
from cloneward.errors import InputError, Unavailable
from cloneward.fetch.http import Fetcher, Response
from cloneward.model.content import Media, Problem
from cloneward.model.ids import digest_bytes
from cloneward.store.answers import Answer
from cloneward.store.writer import ItemWriter
from cloneward.url import canonical

_SNIFFED_BYTES = 4096
_OK, _NOT_MODIFIED = 200, 304
_HTML = ("text/html", "application/xhtml+xml")
_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.1"
_ACCEPT_MEDIA = "image/avif, image/webp, image/*;q=0.9, video/*;q=0.8"
# A day that a sitemap names may end so long after it began in UTC, and clocks may differ by so much.
_DAY = timedelta(hours=36)
_MARGIN = timedelta(hours=1)


@dataclass(frozen=True)
class Document:
    """What an address gave, now or when it was last read."""

    answer: Answer
    body: bytes
    problems: tuple[Problem, ...] = ()

    @property
    def url(self) -> str:
        """Where it was found in the end."""
        return self.answer.final_url

    @property
    def media(self) -> str:
        """The media type that was stated, in lower case; empty for none."""
        return self.answer.content_type.partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        """Whether it is read as HTML: as that it was sent, or as no other kind of text."""
        return self.media in _HTML or not self.media.startswith("text/")


@dataclass(frozen=True)
class Reader:
    """Reads addresses for one purpose, at the pace of the door.

    With a store, what addresses gave is kept there, and is given again in place of what has not changed since: where a
    sitemap says so, without asking, and else where the server says so to a conditional request. So a page that was read
    is never lost by a kill before it was registered. `is_anew`: all is asked for as if nothing were kept.
    """

    fetcher: Fetcher
    clock: Clock
    purpose: str
    store: ItemWriter | None = None
    is_anew: bool = False

    def read(self, url: str, changed_at: str | None = None) -> Document:
        """Give what is at an address, or was there when it was last read, if that has not changed since.

        Args:
            url: of a page, sitemap or feed.
            changed_at: when it last changed, as a sitemap says; RFC 3339, or a day.

        Raises:
            InputError: it is no web address, or what it gives is an error page.
            RefusedError: the door does not lead there.
            Unavailable: nothing answers there.
        """
        held = self._recall(url)
        if held is not None and _is_settled(changed_at, held.answer.read_at):
            return held
        response = self._get(url, held)
        if held is not None and response.status == _NOT_MODIFIED:
            if response.final_url == held.url:
                return self._keep(replace(held, answer=replace(held.answer, read_at=self.clock.now())))
            response = self._get(url)  # it speaks of another page than the one we know
        _expect_page(url, response)
        document = Document(self._note(url, response), response.body, response.problems)
        return self._keep(document) if _is_readable(document) else document

    def read_media(self, url: str) -> Media | Problem:
        """Give the picture or video at an address. One that was read before is not asked for again, unless all is.

        With a store its bytes are kept there, and memory holds none. Where nothing answers, what was read before stays.

        Raises:
            InputError, RefusedError, Unavailable: as `read`.
        """
        held = None if self.store is None else self.store.find_answer(canonical(url))
        if held is None or self.is_anew:
            try:
                return self._fetch_media(url)
            except Unavailable:
                if held is None:
                    raise
        found = take_media(url, held[1])
        return found if isinstance(found, Problem) else replace(found.media, content=b"")

    def _fetch_media(self, url: str) -> Media | Problem:
        response = self.fetcher.get(url, purpose=self.purpose, accept=_ACCEPT_MEDIA)
        _expect_page(url, response)
        if not response.is_whole:
            why = "; ".join(problem.text for problem in response.problems)
            raise Unavailable(f"{url} came in part: {why}", hint="try again, or raise fetch.max_bytes")
        found = take_media(url, response.body)
        if isinstance(found, Problem) or self.store is None:
            return found if isinstance(found, Problem) else found.media
        self.store.keep_answer(self._note(url, response), response.body)
        return replace(found.media, content=b"")

    def _get(self, url: str, held: Document | None = None) -> Response:
        unless = {"etag": held.answer.etag, "last-modified": held.answer.last_modified} if held else None
        return self.fetcher.get(url, purpose=self.purpose, accept=_ACCEPT, unless=unless)

    def _recall(self, url: str) -> Document | None:
        found = None if self.store is None or self.is_anew else self.store.find_answer(canonical(url))
        return None if found is None else Document(*found)

    def _keep(self, document: Document) -> Document:
        if self.store is not None:
            self.store.keep_answer(document.answer, document.body)
        return document

    def _note(self, url: str, response: Response) -> Answer:
        return Answer(
            url=canonical(url),
            final_url=response.final_url,
            digest=digest_bytes(response.body),
            content_type=response.header("content-type"),
            etag=_take_header(response, "etag"),
            last_modified=_take_header(response, "last-modified"),
            read_at=self.clock.now(),
        )


def detect_kind(body: bytes) -> str:
    """Tell what was given by its first bytes: sitemap, feed or page."""
    head = Stream(io.BytesIO(body)).read(_SNIFFED_BYTES)
    if is_sitemap(head):
        return "sitemap"
    return "feed" if is_feed(head) else "page"


def _expect_page(url: str, response: Response) -> None:
    if response.status != _OK:
        hint = "look at it in a browser; its redirects and errors are told by its server"
        raise InputError(f"{url} answered with status {response.status}", hint=hint)


def _is_settled(changed_at: str | None, read_at: datetime) -> bool:
    """Say whether what a sitemap dates had surely changed for the last time when it was read."""
    if changed_at is None:
        return False
    is_day = "T" not in changed_at
    moment = datetime.fromisoformat(changed_at)
    return moment.replace(tzinfo=moment.tzinfo or UTC) + (_DAY if is_day else timedelta()) + _MARGIN <= read_at


def _is_readable(document: Document) -> bool:
    """Say whether it came whole and may hold what we read: pictures and films that a sitemap names are not kept."""
    media = document.media
    is_text = not media or media in _HTML or media.startswith("text/") or detect_kind(document.body) != "page"
    return is_text and not document.problems


def _take_header(response: Response, name: str) -> str:
    """Give a header that we can send back; empty for none."""
    value = response.header(name)
    return value if value.isascii() and value.isprintable() else ""
