"""Reads what an address of the web gives: a page, or the pages that a sitemap or a feed there names."""

import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cloneward.archive.feed import is_feed, read_feed
from cloneward.archive.folder import RawPage
from cloneward.archive.sitemap import Seen, is_sitemap, read_sitemap
from cloneward.archive.stream import Stream
from cloneward.clock import Clock, format_utc
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.http import Fetcher, Response
from cloneward.model.content import Problem

CHECKED_PAGES = 50
"""Pages of a stranger's sitemap or feed that one check reads: a sample, not the whole site."""

_SNIFFED_BYTES = 4096
_OK = 200
_HTML = ("text/html", "application/xhtml+xml")
_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.1"


def is_address(text: str) -> bool:
    """Say whether a source or target is an address of the web and no path."""
    return text.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class Gatherer:
    """Reads addresses for one purpose, at the pace of the door, at most so many pages where `most` says so."""

    fetcher: Fetcher
    clock: Clock
    purpose: str
    most: int | None = None

    def gather(self, url: str) -> Iterator[RawPage | Problem]:
        """Give the page at an address, or the pages named there, one by one, with problems in place of the others.

        Raises:
            InputError: it is no web address, or what it gives is an error page; raised at once.
            RefusedError: the door does not lead there.
            Unavailable: nothing answers there.
        """
        response = self.fetcher.get(url, purpose=self.purpose, accept=_ACCEPT)
        if response.status != _OK:
            hint = "look at it in a browser; its redirects and errors are told by its server"
            raise InputError(f"{url} answered with status {response.status}", hint=hint)
        return self._read(response)

    def _read(self, response: Response) -> Iterator[RawPage | Problem]:
        seen = Seen()
        seen.is_new(response.final_url)
        names = _NAMES_PAGES.get(_kind_of(response))
        if names is None:
            yield from self._give(response)
            return
        queue = deque([(names, response)])
        read = 0
        while queue:
            read_names, document = queue.popleft()
            named = read_names(document)
            yield from _locate_problems((*document.problems, *named.problems), document.final_url)
            for address in named.pages:
                if not seen.is_new(address):
                    continue
                if read == self.most:
                    text = f"{read} pages were read, and more are named"
                    yield Problem(code="pages_capped", page=response.final_url, text=text)
                    return
                read += 1
                yield from self._visit(address)
            for address in named.sitemaps:
                if seen.is_new(address):
                    further = self._ask(address)
                    if isinstance(further, Problem):
                        yield further
                    else:
                        queue.append((_name_by_sitemap, further))

    def _visit(self, address: str) -> Iterator[RawPage | Problem]:
        response = self._ask(address)
        if isinstance(response, Problem):
            yield response
        else:
            yield from self._give(response)

    def _ask(self, address: str) -> Response | Problem:
        """Ask for one of many addresses; what goes wrong is told, and the others go on."""
        try:
            response = self.fetcher.get(address, purpose=self.purpose, accept=_ACCEPT)
        except (InputError, RefusedError, Unavailable) as error:
            return Problem(code="address_unreadable", page=address, text=str(error), hint=error.hint)
        if response.status != _OK:
            return Problem(code="address_unreadable", page=address, text=f"it answered with status {response.status}")
        return response

    def _give(self, response: Response) -> Iterator[RawPage | Problem]:
        yield from _locate_problems(response.problems, response.final_url)
        media = response.header("content-type").split(";")[0].strip().lower()
        yield RawPage(
            response.final_url,
            response.body,
            is_html=media in _HTML or not media.startswith("text/"),
            url=response.final_url,
            seen_at=format_utc(self.clock.now()),
            charset=response.charset or None,
            is_fetched=True,
        )


def tell_unread(error: InputError | RefusedError | Unavailable) -> Problem:
    """Say that an address could not be read, by who must act."""
    if isinstance(error, RefusedError):
        return Problem(code="target_refused", page=None, text=str(error), hint=error.hint)
    if isinstance(error, Unavailable):
        return Problem(code="target_unavailable", page=None, text=str(error), hint=error.hint)
    return Problem(code="target_missing", page=None, text=str(error), hint=error.hint)


@dataclass(frozen=True)
class _Named:
    """What a document names."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def _kind_of(response: Response) -> str:
    head = Stream(io.BytesIO(response.body)).read(_SNIFFED_BYTES)
    if is_sitemap(head):
        return "sitemap"
    return "feed" if is_feed(head) else "page"


def _name_by_sitemap(response: Response) -> _Named:
    sitemap = read_sitemap(response.body)
    return _Named(
        tuple(link.url for link in sitemap.pages), tuple(link.url for link in sitemap.sitemaps), sitemap.problems
    )


def _name_by_feed(response: Response) -> _Named:
    feed = read_feed(response.body, response.final_url)
    return _Named(tuple(entry.url for entry in feed.entries if entry.url), problems=feed.problems)


_NAMES_PAGES: dict[str, Callable[[Response], _Named]] = {"sitemap": _name_by_sitemap, "feed": _name_by_feed}


def _locate_problems(problems: tuple[Problem, ...], page: str) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, page=problem.page or page)
