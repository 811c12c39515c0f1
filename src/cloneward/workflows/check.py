"""The main job, a straight line: read, extract, match, judge. Opens no case and needs no durable engine."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from cloneward import __version__
from cloneward.archive.folder import RawPage, spell_path
from cloneward.archive.sources import read_texts
from cloneward.clock import Clock
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fingerprint.beside import read_beside
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.winnow import fingerprint
from cloneward.judge.policy import Policy, Target, judge
from cloneward.judge.priority import Dates
from cloneward.match.find import Found, count_site, find_matches
from cloneward.match.loss import Beside, trace_item
from cloneward.match.records import find_records
from cloneward.match.support import find_support
from cloneward.model.case import Verdict, WhyNot
from cloneward.model.content import Extract, Problem
from cloneward.model.finding import Match
from cloneward.protect.register import primary_language
from cloneward.url import host_of, join_hosts
from cloneward.workflows.captured import Captured, find_failure, is_shown, list_pages, look_in_capture
from cloneward.workflows.gather import Gatherer, tell_unread
from cloneward.workflows.library import Library
from cloneward.workflows.looks import MAX_LOOKS, NO_FILES, Files, open_target
from cloneward.workflows.pictures import Look, Pictures, look_at, look_on_web, read_target

TOOL = f"cloneward/{__version__}"
Keep = Callable[[str, str, str], None]
"""Takes the target, the page and its extracted text."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A verdict, and the texts of the pages in its matches, which their offsets count in.

    `pictures`: for each match of a picture, the bytes of the page's and the digest of ours, if they were to be kept.
    `captured`: what the target's address gave, where it was captured.
    """

    verdict: Verdict
    texts: dict[str, str]
    pictures: Sequence[tuple[Match, bytes, str]] = ()
    captured: Captured | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one run of `check` is told.

    `keeps_pictures`: those of pages that match are kept, for a report. `capture`: captures an address, and gives it
    under seal; without it an address is read plainly, by `gatherer`.
    """

    library: Library
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    each: bool = False
    why_not: str | None = None
    keep: Keep | None = None
    gatherer: Gatherer | None = None
    capture: Callable[[str], Captured] | None = None
    keeps_pictures: bool = False

    def run(self, given: Path | str) -> Iterator[Checked]:
        """Judge a folder, a file or an address of the web as one site, or with `each` every page of it alone.

        One with nothing at it is a verdict of its own, unknown with a problem: the other targets go on. Addresses,
        given as text, take a gatherer.
        """
        if isinstance(given, str) and self.gatherer is not None:
            yield from self._run_address(given, self.gatherer)
            return
        target = Path(given)
        try:
            pages = read_target(target) if self.library.gallery else read_texts(target)
        except InputError as error:
            missing = Problem(code="target_missing", page=None, text=str(error), hint=error.hint)
            yield self._judge(spell_path(target), _name_site(target), iter([missing]))
            return
        files = open_target(target, _name_site(target))
        look = look_at(self.library.gallery, target, files, keeps=self.keeps_pictures)
        if not self.each:
            yield self._judge(spell_path(target), _name_site(target), pages, _Beside(files, look))
            return
        for page in pages:
            yield self._judge(_name_page(target, page), _name_site(target), iter([page]), _Beside(look=look))

    def _run_address(self, url: str, gatherer: Gatherer) -> Iterator[Checked]:
        site = host_of(url)
        try:
            if self.capture is not None:
                yield from self._run_captured(url, self.capture(url), gatherer)
                return
            pages = gatherer.gather(url)
        except (InputError, RefusedError, Unavailable) as error:
            yield self._judge(url, site, iter([tell_unread(error)]))
            return
        look = look_on_web(self.library.gallery, gatherer, keeps=self.keeps_pictures)
        yield from self._judge_pages(url, site, pages, _Beside(look=look))

    def _run_captured(self, url: str, captured: Captured, gatherer: Gatherer) -> Iterator[Checked]:
        """Judge what a capture holds; an error page only where it shows something of ours."""
        gallery, first = self.library.gallery, captured.renderings[0]
        if captured.is_plain:
            look = look_on_web(gallery, gatherer, keeps=self.keeps_pictures)
        else:
            look = look_in_capture(gallery, captured.renderings, keeps=self.keeps_pictures)
        failure = find_failure(first)
        is_gone = failure is not None and not is_shown(self.library, first)
        pages = iter(()) if is_gone else list_pages(captured.renderings)
        problems = (*captured.problems, *([failure] if failure and is_gone else []))
        yield from self._judge_pages(url, captured.site, chain(problems, pages), _Beside(look=look, captured=captured))

    def _judge_pages(
        self, url: str, site: str, pages: Iterator[RawPage | Problem], beside: "_Beside"
    ) -> Iterator[Checked]:
        if not self.each:
            yield self._judge(url, site, pages, beside)
            return
        for page in pages:
            name = (page.address if isinstance(page, RawPage) else page.page) or url
            yield self._judge(name, site, iter([page]), beside)

    def judge_page(self, page: RawPage) -> Checked:
        """Judge one page that lies in no file, under its address."""
        return self._judge(page.address, page.address, iter([page]))

    def _judge(
        self,
        name: str,
        site_name: str,
        pages: Iterator[RawPage | Problem],
        beside: "_Beside | None" = None,
    ) -> Checked:
        began_s = self.clock.monotonic_s()
        beside = beside or _Beside()
        captured = beside.captured
        site = _Site(beside.files, Pictures(self.library.gallery, beside.look, keeps=self.keeps_pictures))
        for page in pages:
            self._read(name, page, site)
        site_name = site_name if captured else site.name_host() or site_name
        target = Target(
            name=name,
            site=site_name,
            found=count_site(site.found),
            extracts=site.extracts,
            items=self.library.items,
            seen=site.seen,
            priority={item: self.library.date(item) for item in site.dated},
            languages=frozenset(site.languages),
            problems=(*site.problems, *site.pictures.tell()),
            shown=tuple(site.shown),
            pictures=len(site.pictures.compared),
            videos=len(site.pictures.watched),
            support=tuple(site.support),
            read_original=self.library.read_original,
            seal=captured.seal if captured else None,
        )
        today = self.clock.now().date().isoformat()
        verdict = judge(target, self.library.owner, today=today, policy=self.policy, tool=TOOL)
        if self.why_not is not None:
            verdict = replace(verdict, why_not=self._explain(self.why_not, site))
        took_s = round(self.clock.monotonic_s() - began_s, 4)
        captured_at = min(site.captured_at, default=None)
        texts = {page: content.text for page, content in site.extracts.items()}
        verdict = replace(verdict, captured_at=captured_at, took_s=took_s)
        return Checked(verdict=verdict, texts=texts, pictures=site.pictures.kept, captured=captured)

    def _explain(self, item: str, site: "_Site") -> WhyNot:
        hot = self.library.index.text.set_aside
        if item not in self.library.items:
            return trace_item(item, None, site.found, hot)
        beside = Beside(
            media=self.library.count_media(item),
            compared=len(site.pictures.compared) + len(site.pictures.watched),
            has_fields=bool(self.library.read_records([item])),
            shown=site.shown,
        )
        return trace_item(item, self.library.load([item])[0], site.found, hot, beside)

    def _read(self, name: str, page: RawPage | Problem, site: "_Site") -> None:
        if isinstance(page, Problem):
            site.problems.append(page)
            return
        if page.seen_at:
            site.captured_at.append(page.seen_at)
        content = extract(page.content, "html" if page.is_html else "text", page.charset)
        site.problems += [replace(problem, page=page.address) for problem in content.problems]
        if self.keep is not None:
            self.keep(name, page.address, content.text)
        found = find_matches(page.address, fingerprint(content.text), self.library.index, self.library.load)
        site.found.append(found)
        shown = [*self._find_records(page, content), *site.pictures.compare(page)]
        site.shown += shown
        site.languages |= {primary_language(content.language)} - {""}
        site.add_host(page, is_matched=bool(found.matches or shown))
        # a template is a site's; of pages judged alone, each look would cost as much as the verdict
        if found.matches and page.is_html and not self.each and len(site.extracts) < MAX_LOOKS:
            best = found.matches[0]
            ours = self.library.look(best.item)
            site.support += find_support(best, site.files.look(page), ours, self.library.aside)
        if found.matches or shown:
            site.extracts[page.address] = content
            if content.published_at or page.seen_at:
                site.seen[page.address] = _date_page(page, content)
                site.dated |= dict.fromkeys((*found.items, *(match.item for match in shown)))

    def _find_records(self, page: RawPage, content: Extract) -> list[Match]:
        if not len(self.library.records):
            return []
        beside = read_beside(page.content) if page.is_html else ""
        return find_records(page.address, content, self.library.records, self.library.read_records, beside)


@dataclass(frozen=True)
class _Beside:
    """What is at hand beside the pages of a target."""

    files: Files = field(default_factory=lambda: NO_FILES)
    look: Look = lambda _: None
    captured: Captured | None = None


@dataclass
class _Site:
    """What has been read of one target so far."""

    files: Files
    pictures: Pictures
    found: list[Found] = field(default_factory=list)
    extracts: dict[str, Extract] = field(default_factory=dict)
    seen: dict[str, Dates] = field(default_factory=dict)
    dated: dict[str, None] = field(default_factory=dict)
    languages: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    support: list[Match] = field(default_factory=list)
    shown: list[Match] = field(default_factory=list)
    captured_at: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    matched_hosts: set[str] = field(default_factory=set)

    def add_host(self, page: RawPage, *, is_matched: bool) -> None:
        """Remember where a page was captured."""
        hosts = {host_of(page.url)} if page.url else set()
        self.hosts |= hosts
        self.matched_hosts |= hosts if is_matched else set()

    def name_host(self) -> str:
        """Give the site that the pages with matches were captured at; empty, with a problem, where it is not one."""
        hosts = self.matched_hosts or self.hosts
        name = join_hosts(hosts)
        if hosts and not name:
            text = f"its pages were captured at {len(hosts):,} hosts, {', '.join(sorted(hosts)[:3])} among them"
            hint = "judge every page alone, with --each"
            self.problems.append(Problem(code="several_sites", page=None, text=text, hint=hint))
        return name


def _date_page(page: RawPage, content: Extract) -> Dates:
    """Give when a page was there, by whether we saw it or an archive says so."""
    if page.is_fetched:
        return Dates(claimed=content.published_at, proven=page.seen_at)
    return Dates(claimed=content.published_at, archived=page.seen_at)


def _name_page(target: Path, page: RawPage | Problem) -> str:
    address = page.address if isinstance(page, RawPage) else page.page
    if isinstance(page, RawPage) and page.position is not None:
        return f"{spell_path(target)}#{address}"
    return spell_path(target if address is None or target.is_file() else f"{target}/{address}")


def _name_site(target: Path) -> str:
    """Give the host that a folder is named after, as `wget --mirror` names it; else the target's own name."""
    if os.path.isdir(target):  # noqa: PTH112  Path.is_dir raises where no file can have that name
        return spell_path(_name_folder(target))
    # a link is named by where it leads
    name = _name_folder(Path(os.path.realpath(target)).parent if os.path.islink(target) else target.parent)  # noqa: PTH114
    return spell_path(name if "." in name else target.name)


@lru_cache(maxsize=64)
def _name_folder(folder: Path) -> str:
    """Give the real name of a folder; once for all pages in it."""
    return Path(os.path.realpath(folder)).name  # Path.resolve raises at a link to itself
