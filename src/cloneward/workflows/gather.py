"""Reads what an address of the web gives: a page, or the pages that a sitemap or a feed there names."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from cloneward.archive.feed import read_feed
from cloneward.archive.folder import RawPage
from cloneward.archive.payload import read_charset
from cloneward.archive.sitemap import Link, Seen, read_sitemap
from cloneward.clock import format_utc
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.model.content import Media, Problem
from cloneward.url import host_of
from cloneward.workflows.visit import Document, Reader, detect_kind

CHECKED_PAGES = 50
"""Pages of a stranger's sitemap or feed that one check reads: a sample, not the whole site."""


_MOST_SILENCES = 5  # of one host in a row: with the time that each takes, half a minute is lost on it at most


def is_address(text: str) -> bool:
    """Say whether a source or target is an address of the web and no path."""
    return text.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class Gatherer:
    """Reads what an address names, at most so many pages where `most` says so."""

    reader: Reader
    most: int | None = None
    _silences: Counter[str] = field(default_factory=Counter)

    def gather(self, url: str) -> Iterator[RawPage | Problem]:
        """Give the page at an address, or the pages named there, one by one, with problems in place of the others.

        Raises:
            InputError: it is no web address, or what it gives is an error page; raised at once.
            RefusedError: the door does not lead there.
            Unavailable: nothing answers there.
        """
        return self._read(self.reader.read(url))

    def read_media(self, url: str) -> Media | Problem:
        """Give the picture or video at an address, or why there is none; a host that does not answer is left alone."""
        host = host_of(url)
        if self._silences[host] >= _MOST_SILENCES:
            text = f"its host did not answer {_MOST_SILENCES} times in a row, and was not asked again"
            return Problem(code="image_unread", page=None, text=text, hint="run it again later")
        try:
            found = self.reader.read_media(url)
        except Unavailable as error:
            self._silences[host] += 1
            return _tell_media(error)
        except (InputError, RefusedError) as error:
            return _tell_media(error)
        self._silences[host] = 0
        return found

    def list_pages(self, first: Document) -> Iterator[Link | Problem]:
        """Give the pages that a sitemap or feed names, each once, and those of the sitemaps that it names in turn.

        Only these sitemaps are asked for; nothing is given where the document is a page itself.
        """
        seen = Seen()
        seen.is_new(first.url)
        names = _NAMES_PAGES.get(detect_kind(first.body))
        queue = deque([(names, first)] if names else [])
        while queue:
            read_names, document = queue.popleft()
            named = read_names(document)
            yield from _locate_problems((*document.problems, *named.problems), document.url)
            yield from (link for link in named.pages if seen.is_new(link.url))
            for link in named.sitemaps:
                if seen.is_new(link.url):
                    further = self._ask(link)
                    if isinstance(further, Problem):
                        yield further
                    else:
                        queue.append((_name_by_sitemap, further))

    def _read(self, first: Document) -> Iterator[RawPage | Problem]:
        if detect_kind(first.body) == "page":
            yield from self._give(first)
            return
        read = 0
        for named in self.list_pages(first):
            if isinstance(named, Problem):
                yield named
            elif read == self.most:
                text = f"{read} pages were read, and more are named"
                yield Problem(code="pages_capped", page=first.url, text=text)
                return
            else:
                read += 1
                yield from self._visit(named)

    def _visit(self, link: Link) -> Iterator[RawPage | Problem]:
        document = self._ask(link)
        if isinstance(document, Problem):
            yield document
        else:
            yield from self._give(document)

    def _ask(self, link: Link) -> Document | Problem:
        """Ask for one of many addresses; what goes wrong is told, and the others go on."""
        try:
            return self.reader.read(link.url, link.changed_at)
        except (InputError, RefusedError, Unavailable) as error:
            return Problem(code="address_unreadable", page=link.url, text=str(error), hint=error.hint)

    def _give(self, document: Document) -> Iterator[RawPage | Problem]:
        yield from _locate_problems(document.problems, document.url)
        yield RawPage(
            document.url,
            document.body,
            is_html=document.is_html,
            url=document.url,
            seen_at=format_utc(document.answer.read_at),
            charset=read_charset(document.answer.content_type),
            is_fetched=True,
        )


def _tell_media(error: InputError | RefusedError | Unavailable) -> Problem:
    return Problem(code="image_unread", page=None, text=str(error), hint=error.hint)


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

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()


def _name_by_sitemap(document: Document) -> _Named:
    sitemap = read_sitemap(document.body)
    return _Named(sitemap.pages, sitemap.sitemaps, sitemap.problems)


def _name_by_feed(document: Document) -> _Named:
    feed = read_feed(document.body, document.url)
    return _Named(tuple(Link(entry.url) for entry in feed.entries if entry.url), problems=feed.problems)


_NAMES_PAGES: dict[str, Callable[[Document], _Named]] = {"sitemap": _name_by_sitemap, "feed": _name_by_feed}


def _locate_problems(problems: tuple[Problem, ...], page: str) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, page=problem.page or page)
