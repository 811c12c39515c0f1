"""From an address to sealed evidence, a straight line: visit, describe, pack, seal, stamp.

An address is visited from several vantages where it may be cloaked; then what they were given is compared, and the
smallest request is looked for that brings out what only some of them saw.
"""

import getpass
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Final
from urllib.parse import urlsplit

from cloneward.capture.matrix import Difference, compare_renderings
from cloneward.capture.page import describe_capture, list_attachments
from cloneward.capture.plain import Plain
from cloneward.capture.plan import IsOurs, Plan, list_links
from cloneward.capture.recipe import Recipe, Shows, find_recipe
from cloneward.capture.stop import Screened, Stop
from cloneward.clock import Clock
from cloneward.errors import Unavailable
from cloneward.fetch.pace import Pace
from cloneward.model.case import SealState
from cloneward.model.codec import encode
from cloneward.model.content import Problem
from cloneward.model.evidence import Attachment, Capture, Seal, capture_id
from cloneward.model.vantage import Bounds, Rendering, Vantage
from cloneward.ports import Browser
from cloneward.seal.sealing import HALFWAY, Evidence
from cloneward.seal.stamps import Ask
from cloneward.settings import Settings
from cloneward.store.lock import hold_lock
from cloneward.url import canonical, host_of
from cloneward.workflows.captured import Captured, find_list, is_answered, note_clock
from cloneward.workflows.evidence import keep_capture
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.halt import Halt
from cloneward.workflows.quarantine import Quarantine
from cloneward.workflows.sample import Sample

GAP_S: Final = 2.0
"""Seconds between two visits of pages of one site, whatever is asked of them in between."""

LOCK_S: Final = 60.0
"""Seconds that the writing of one capture may wait for that of another in the same workspace."""

_SAME = 0.5  # likeness to the first vantage below which a vantage was given something else
RECIPE: Final = "recipe"
"""Name of the vantage from which the smallest request is made, and of what is kept of it."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be captured: by whom, what for, from which vantages and within which bounds.

    `pages`: of the site, the first with them. `listed`: where the address is that of a sitemap or feed, of those named
    there. `workflow`: id of the durable one that asks; it captures once from each vantage, however often it is run.
    `is_ours`: says which links are followed first. The bytes of `bounds` are those of all pages together, its
    seconds those of each.
    """

    url: str
    vantages: Sequence[Vantage]
    operator: str
    purpose: str
    bounds: Bounds = field(default_factory=Bounds)
    pages: int = 1
    listed: int = 1
    is_ours: IsOurs = lambda _: False
    workflow: str = ""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One capture under seal, what was given there page by page, and why anything is missing."""

    vantage: Vantage
    capture: Capture
    seal: Seal
    renderings: tuple[Rendering, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def rendering(self) -> Rendering:
        """What was given at the address itself."""
        return self.renderings[0]


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A vantage from which nothing could be had, and why."""

    vantage: Vantage
    error: Unavailable


@dataclass(frozen=True)
class Job:
    """Captures addresses for one owner, at a pace. `ask` asks time-stamp authorities; `plain` makes single requests.

    What `stop` finds goes into the quarantine before anything of a visit is written or given. `gatherer` reads the
    sitemaps that a sitemap names. `permit` returns if somebody may capture an address, and raises RefusedError if not.
    `lacks`: why there is no browser, if there is none.
    """

    browser: Browser
    plain: Plain
    evidence: Evidence
    ask: Ask
    clock: Clock
    pace: Pace
    stop: Stop
    quarantine: Quarantine
    gatherer: Gatherer
    permit: Callable[[str, str], None]
    halt: Halt = field(default_factory=Halt)
    lacks: Problem | None = None

    def take(self, order: Order) -> Iterator[Taken | Missed]:
        """Capture an address from each vantage, one after the other; each is under seal when it is given.

        A vantage that gets no answer does not stop the others: a site may answer to some alone. Ended from outside
        between two pages, what was received is sealed and given before the end goes on.

        Raises:
            InputError: it is no web address.
            RefusedError: the operator may not, or the guard does not let us there.
            Unavailable: nothing answers there, to nobody.
        """
        url = canonical(order.url)
        self.permit(order.operator, url)
        missed: list[Missed] = []
        for vantage in order.vantages:
            try:
                first = self._visit(url, vantage, order.bounds)
            except Unavailable as error:
                missed.append(Missed(vantage=vantage, error=error))
                if len(missed) == len(order.vantages):
                    raise
                yield missed[-1]
                continue
            sample = Sample([first])
            self._visit_further(sample, vantage, order)
            yield self._keep(sample, vantage, order)
            if sample.end is not None:
                raise sample.end

    def find_recipe(self, order: Order, vantage: Vantage, shows: Shows) -> tuple[Recipe, Taken]:
        """Look for the smallest request that shows what a vantage saw, and capture it, with the recipe."""
        url = canonical(order.url)

        def ask(headers: Mapping[str, str]) -> Rendering:
            self.halt.check()
            self.pace.wait(host_of(url), GAP_S)
            return self.plain.ask(url, dict(headers), order.bounds)

        return self.repeat(order, vantage, find_recipe(url, vantage, "", ask, shows))

    def repeat(self, order: Order, vantage: Vantage, recipe: Recipe) -> tuple[Recipe, Taken]:
        """Capture an address by the plain request of a recipe, and keep the recipe with it."""
        url = canonical(order.url)
        self.halt.check()
        self.pace.wait(host_of(url), GAP_S)
        screened = self.stop.check(self.plain.ask(url, dict(recipe.headers), order.bounds))
        made_at = screened.rendering.ended_at
        note = Attachment(url=url, kind=RECIPE, media_type="application/json", made_at=made_at, content=encode(recipe))
        return recipe, self._keep(Sample([screened]), replace(vantage, name=RECIPE), order, note)

    def _visit(self, url: str, vantage: Vantage, bounds: Bounds) -> Screened:
        self.halt.check()
        self.pace.wait(host_of(url), GAP_S)
        rendering = self.browser.render(url, vantage, bounds)
        if not is_answered(rendering):  # a plain request raises why, by who must act
            rendering = self.plain.render(url, vantage, bounds)
        return self.stop.check(rendering)

    def _visit_further(self, sample: Sample, vantage: Vantage, order: Order) -> None:
        """Visit further pages of the site as the plan says, until there are as many as were ordered."""
        (first,) = sample.renderings
        listed = find_list(first)
        plan = Plan(first.final_url or first.url, order.is_ours)

        def visit(url: str) -> Screened:
            return self._visit(
                url, vantage, replace(order.bounds, max_bytes=order.bounds.max_bytes - sample.size_bytes)
            )

        if listed is not None:
            plan.add(sample.take_links(self.gatherer.list_pages(listed)))
            sample.follow(plan, order.listed, visit, order.bounds.max_bytes)
        elif order.pages > 1:
            plan.add(list_links(first))
            sample.follow(plan, order.pages - 1, visit, order.bounds.max_bytes, is_deep=True)

    def _keep(self, sample: Sample, vantage: Vantage, order: Order, *notes: Attachment) -> Taken:
        """Pack and seal the pages of one capture, one process at a time: its number is free only until then."""
        renderings = sample.renderings
        self.evidence.folder.mkdir(exist_ok=True)
        lock = hold_lock(self.evidence.folder / "lock", self.clock, wait_s=LOCK_S)
        with self.halt.hold(), lock:
            self._sweep()
            capture = _describe(renderings, vantage, self._name(renderings[0].url, vantage, order.workflow), order)
            for visit in sample.visits:
                self.quarantine.keep(visit.withheld, capture=capture.id, who=order.operator)
            exchanges = chain.from_iterable(one.exchanges for one in renderings)
            attachments = chain(
                chain.from_iterable(map(list_attachments, renderings)), [note_clock(renderings[0])], notes
            )
            seal = keep_capture(self.evidence, capture, exchanges, attachments, self.clock)
        problems = [*chain.from_iterable(one.problems for one in renderings), *sample.problems]
        if self.lacks is not None:
            problems.append(self.lacks)
        sample.end = sample.end or self.halt.end
        if self.evidence.authorities and sample.end is None:
            seal, why = self.evidence.stamp(capture.id, self.ask, who=order.operator, at=self.clock.now())
            problems += why
        return Taken(vantage=vantage, capture=capture, seal=seal, renderings=renderings, problems=tuple(problems))

    def _sweep(self) -> None:
        """Remove what killed runs left halfway: nobody writes there beside whoever holds the lock."""
        for path in self.evidence.folder.glob(f"{HALFWAY}/*"):
            shutil.rmtree(path, ignore_errors=True)

    def _name(self, url: str, vantage: Vantage, workflow: str) -> str:
        """Give the id of the next capture of an address from a vantage; one that was cut short is taken up again."""
        if workflow:
            return capture_id(url, vantage.name, workflow, "render")
        names = (capture_id(url, vantage.name, f"capture/{number}", "render") for number in count())
        return next(name for name in names if not (self.evidence.folder / name).exists())


def take_one(job: Job, order: Order) -> Captured:
    """Capture an address from the first vantage of an order, and give what can be compared.

    Raises:
        InputError, RefusedError, Unavailable: as `Job.take`.
    """
    taken = next(job.take(replace(order, vantages=order.vantages[:1])))
    if isinstance(taken, Missed):  # never: of one vantage that is raised
        raise taken.error
    name = taken.capture.id
    seal = SealState(id=taken.seal.id, path=f"evidence/{name}", state=taken.seal.state)
    return Captured(renderings=taken.renderings, seal=seal, problems=taken.problems)


def make_order(settings: Settings, url: str, vantages: Sequence[Vantage]) -> Order:
    """Give the order for an address by the settings: a sample of a site's top, sitemap or feed, else one page."""
    rules = settings.capture
    is_top = urlsplit(canonical(url))[2:4] == ("/", "")
    return Order(
        url=url,
        vantages=vantages,
        operator=rules.operator or getpass.getuser(),
        purpose=rules.purpose,
        bounds=Bounds(max_bytes=rules.max_bytes, timeout_s=rules.timeout_s),
        pages=rules.pages if is_top else 1,
        listed=rules.pages,
    )


def _describe(renderings: Sequence[Rendering], vantage: Vantage, name: str, order: Order) -> Capture:
    """Give what is told of all pages of a capture together."""
    first, *others = (
        describe_capture(one, vantage, capture=name, operator=order.operator, purpose=order.purpose)
        for one in renderings
    )
    missing: dict[str, str] = {}
    for one in (first, *others):
        missing = {**one.not_recorded, **missing}
    return replace(
        first,
        ended_at=renderings[-1].ended_at,
        visits=tuple(chain.from_iterable(one.visits for one in (first, *others))),
        recorded=tuple(dict.fromkeys(chain.from_iterable(one.recorded for one in (first, *others)))),
        not_recorded=missing,
    )


def compare_taken(taken: Sequence[Taken]) -> tuple[Difference, ...]:
    """Give how far what each vantage was given differs from what the first was."""
    return compare_renderings({one.vantage.name: one.rendering for one in taken})


def find_odd(differences: Sequence[Difference]) -> Difference | None:
    """Give the vantage that was given most words and something else than some other was: there is a cloak."""
    told = [one for one in differences if one.jaccard is not None]
    if not any((one.jaccard or 0.0) < _SAME for one in told):
        return None
    return max(told, key=lambda one: one.words)


def choose_seen(taken: Sequence[Taken], is_ours: Shows) -> tuple[Taken, Shows] | None:
    """Give the vantage whose request is to be made small, and what says whether another request shows the same.

    That is content of ours, where some vantages were given it and others not; else most of what the vantage with most
    words was given, where what others were given differs. None where there is no cloak.
    """
    ours = [one for one in taken if is_ours(one.rendering)]
    if ours and len(ours) < len(taken):
        return ours[0], is_ours
    odd = find_odd(compare_taken(taken))
    if odd is None:
        return None
    seen = next(one for one in taken if one.vantage.name == odd.vantage)
    return seen, is_alike(seen.rendering)


def is_alike(seen: Rendering) -> Shows:
    """Give what says whether something shows what was seen: most of its runs of words."""

    def shows(given: Rendering) -> bool:
        _, difference = compare_renderings({"seen": seen, "given": given})
        return (difference.jaccard or 0.0) >= _SAME

    return shows
