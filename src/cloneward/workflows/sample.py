"""The pages of one capture as they come: the address itself, then what the plan says, within bounds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cloneward.archive.sitemap import Link as Named
from cloneward.capture.plan import Link, Plan, list_links
from cloneward.capture.stop import Screened
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.model.content import Problem
from cloneward.model.vantage import Rendering


@dataclass
class Sample:
    """What was given so far, and what was not; `end`: what ended the visits before their time, if anything did."""

    visits: list[Screened]
    problems: list[Problem] = field(default_factory=list)
    end: BaseException | None = None

    @property
    def renderings(self) -> tuple[Rendering, ...]:
        """What was given, page by page."""
        return tuple(visit.rendering for visit in self.visits)

    @property
    def size_bytes(self) -> int:
        """The bytes of all bodies."""
        return sum(len(exchange.body) for one in self.renderings for exchange in one.exchanges)

    def take_links(self, named: Iterable[Named | Problem]) -> Iterator[Link]:
        """Give the links of a sitemap or feed, and keep its problems."""
        for one in named:
            if isinstance(one, Problem):
                self.problems.append(one)
            else:
                yield Link(one.url)

    def follow(
        self, plan: Plan, most: int, visit: Callable[[str], Screened], max_bytes: int, *, is_deep: bool = False
    ) -> None:
        """Visit at most so many of the pages that a plan has, and with `is_deep` of those that they link to.

        A page that cannot be had is told, and counts. Ended from outside, what came before is kept, with the end.
        """
        try:
            for _ in range(most):
                url = plan.choose()
                if url is None:
                    return
                if self.size_bytes >= max_bytes:
                    self.problems.append(
                        _tell("pages_capped", "the bytes that a capture may take ran out", self.visits)
                    )
                    return
                self._visit(url, plan, visit, is_deep=is_deep)
        except (KeyboardInterrupt, SystemExit) as end:
            self.end = end
            self.problems.append(_tell("capture_ended", "the run was ended from outside", self.visits))
            return
        if plan.choose() is not None:
            self.problems.append(_tell("pages_capped", "there are more", self.visits))

    def _visit(self, url: str, plan: Plan, visit: Callable[[str], Screened], *, is_deep: bool) -> None:
        try:
            self.visits.append(visit(url))
        except (InputError, RefusedError, Unavailable) as error:
            self.problems.append(Problem(code="address_unreadable", page=url, text=str(error), hint=error.hint))
            return
        if is_deep:
            plan.add(list_links(self.visits[-1].rendering))


def _tell(code: str, why: str, visits: Sequence[Screened]) -> Problem:
    text = f"pages that were visited: {len(visits):,}; {why}"
    return Problem(code=code, page=visits[0].rendering.url, text=text)
