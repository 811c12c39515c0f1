"""From an address to sealed evidence, a straight line: visit, describe, pack, seal, stamp.

An address is visited from several vantages where it may be cloaked; then what they were given is compared, and the
smallest request is looked for that brings out what only some of them saw.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from cloneward.capture.matrix import Difference, compare_renderings
from cloneward.capture.page import describe_capture, list_attachments
from cloneward.capture.plain import Plain
from cloneward.capture.recipe import Recipe, find_recipe
from cloneward.capture.stop import Screened, Stop
from cloneward.clock import Clock
from cloneward.errors import Unavailable
from cloneward.fetch.pace import Pace
from cloneward.model.codec import encode
from cloneward.model.content import Problem
from cloneward.model.evidence import Attachment, Capture, Seal, capture_id
from cloneward.model.vantage import Bounds, Rendering, Vantage
from cloneward.ports import Browser
from cloneward.seal.sealing import Evidence
from cloneward.seal.stamps import Ask
from cloneward.url import canonical, host_of
from cloneward.workflows.evidence import keep_capture
from cloneward.workflows.quarantine import Quarantine

GAP_S: Final = 2.0
"""Seconds between two visits of pages of one site, whatever is asked of them in between."""

_SAME = 0.5  # likeness to the first vantage below which a vantage was given something else
RECIPE: Final = "recipe"
"""Name of the vantage from which the smallest request is made, and of what is kept of it."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be captured: by whom, what for, from which vantages and within which bounds."""

    url: str
    vantages: Sequence[Vantage]
    operator: str
    purpose: str
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One capture under seal, what was given there, and why anything is missing."""

    vantage: Vantage
    capture: Capture
    seal: Seal
    rendering: Rendering
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A vantage from which nothing could be had, and why."""

    vantage: Vantage
    error: Unavailable


@dataclass(frozen=True)
class Job:
    """Captures addresses for one owner, at a pace. `ask` asks time-stamp authorities; `plain` makes single requests.

    What `stop` finds goes into the quarantine before anything of a visit is written or given.
    """

    browser: Browser
    plain: Plain
    evidence: Evidence
    ask: Ask
    clock: Clock
    pace: Pace
    stop: Stop
    quarantine: Quarantine

    def take(self, order: Order) -> Iterator[Taken | Missed]:
        """Capture an address from each vantage, one after the other; each is under seal when it is given.

        A vantage that gets no answer does not stop the others: a site may answer to some alone.

        Raises:
            InputError: it is no web address.
            RefusedError: the guard does not let us there.
            Unavailable: nothing answers there, to nobody.
        """
        url = canonical(order.url)
        missed: list[Missed] = []
        for vantage in order.vantages:
            self._wait(url)
            try:
                rendering = self.browser.render(url, vantage, order.bounds)
            except Unavailable as error:
                missed.append(Missed(vantage=vantage, error=error))
                if len(missed) == len(order.vantages):
                    raise
                yield missed[-1]
                continue
            yield self._keep(self.stop.check(rendering), vantage, order)

    def find_recipe(self, order: Order, vantage: Vantage, shows: Callable[[Rendering], bool]) -> tuple[Recipe, Taken]:
        """Look for the smallest request that shows what a vantage saw, and capture it, with the recipe."""
        url = canonical(order.url)

        def ask(headers: Mapping[str, str]) -> Rendering:
            self._wait(url)
            return self.plain.ask(url, dict(headers), order.bounds)

        recipe = find_recipe(url, vantage, "", ask, shows)
        screened = self.stop.check(ask(recipe.headers))
        made_at = screened.rendering.ended_at
        note = Attachment(url=url, kind=RECIPE, media_type="application/json", made_at=made_at, content=encode(recipe))
        return recipe, self._keep(screened, replace(vantage, name=RECIPE), order, note)

    def _keep(self, screened: Screened, vantage: Vantage, order: Order, *notes: Attachment) -> Taken:
        rendering = screened.rendering
        capture = describe_capture(
            rendering,
            vantage,
            capture=self._name(rendering.url, vantage),
            operator=order.operator,
            purpose=order.purpose,
        )
        self.quarantine.keep(screened.withheld, capture=capture.id, who=order.operator)
        attachments = (*list_attachments(rendering), *notes)
        seal = keep_capture(self.evidence, capture, rendering.exchanges, attachments, self.clock)
        problems: tuple[Problem, ...] = ()
        if self.evidence.authorities:
            seal, problems = self.evidence.stamp(capture.id, self.ask, who=order.operator, at=self.clock.now())
        return Taken(
            vantage=vantage, capture=capture, seal=seal, rendering=rendering, problems=(*rendering.problems, *problems)
        )

    def _name(self, url: str, vantage: Vantage) -> str:
        """Give the id of the next capture of an address from a vantage; one that was cut short is taken up again."""
        names = (capture_id(url, vantage.name, f"capture/{number}", "render") for number in count())
        return next(name for name in names if not (self.evidence.folder / name).exists())

    def _wait(self, url: str) -> None:
        self.pace.wait(host_of(url), GAP_S)


def compare_taken(taken: Sequence[Taken]) -> tuple[Difference, ...]:
    """Give how far what each vantage was given differs from what the first was."""
    return compare_renderings({one.vantage.name: one.rendering for one in taken})


def find_odd(differences: Sequence[Difference]) -> Difference | None:
    """Give the vantage that was given most words and something else than some other was: there is a cloak."""
    told = [one for one in differences if one.jaccard is not None]
    if not any((one.jaccard or 0.0) < _SAME for one in told):
        return None
    return max(told, key=lambda one: one.words)


def is_alike(seen: Rendering) -> Callable[[Rendering], bool]:
    """Give what says whether something shows what was seen: most of its runs of words."""

    def shows(given: Rendering) -> bool:
        _, difference = compare_renderings({"seen": seen, "given": given})
        return (difference.jaccard or 0.0) >= _SAME

    return shows
