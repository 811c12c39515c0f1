"""What is watched, and what an address that is watched has come to, and by what."""

from dataclasses import dataclass
from typing import Final, Literal

from cloneward.errors import Failure

State = Literal["live", "changed", "empty", "parked", "suspended", "cloaked", "moved", "back", "unreachable"]
Cause = Literal["content", "redirect", "status"] | Failure

SHOWN: Final[frozenset[State]] = frozenset({"live", "back", "cloaked"})
"""States in which somebody is shown the copy at the address itself."""


@dataclass(frozen=True, kw_only=True)
class Revisit:
    """What one visit of a watched address found: its state, what makes it so, and what shows that.

    `evidence`: a status, an address, a phrase or a share, with the vantage that saw it. `containment`: the part of the
    sealed capture's distinct runs of words that is still there, in [0, 1]; none where nothing could be compared.
    """

    state: State
    cause: Cause
    evidence: str
    containment: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one vantage saw at a visit, or all together, and the ids of its captures; none where nothing was given."""

    revisit: Revisit
    captures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An address that is visited again and again.

    `against`: id of the sealed capture that it is compared with. `has_notice`: a notice is open, so it is looked at
    often. `visits`: how many were made, which numbers the next. `since`: when it came to its state, and `next_at`: when
    the next visit is due; both RFC 3339 in UTC. `state`, `cause` and `since` are none before the first visit.
    """

    id: str
    url: str
    against: str
    has_notice: bool
    visits: int
    next_at: str
    state: State | None = None
    cause: Cause | None = None
    evidence: str = ""
    since: str | None = None
    captures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One visit that is to be made: by its number, from 0, of a watch as it stood then."""

    watch: Watch
    vantages: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id of the workflow that makes it: the same however often it is begun."""
        return f"watch/{self.watch.id}/{self.watch.visits}"
