"""What is watched, and what an address that is watched has come to, and by what."""

from dataclasses import dataclass
from typing import Final, Literal

from cloneward.errors import Failure

State = Literal["live", "changed", "empty", "parked", "suspended", "cloaked", "moved", "back", "unreachable"]
Cause = Literal["content", "redirect", "status"] | Failure

SHOWN: Final[frozenset[State]] = frozenset({"live", "back", "cloaked"})
"""States in which somebody is shown the copy at the address itself."""

GONE: Final[frozenset[State]] = frozenset({"empty", "parked", "suspended", "unreachable"})
"""States in which there is no site: nobody is shown anything of its own."""


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
    """What one vantage saw at a visit, or all together, and the ids of its captures; none where nothing was given.

    `successor`: id of a capture of another whole page that stands there now, in place of what was compared.
    """

    revisit: Revisit
    captures: tuple[str, ...] = ()
    successor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An address that is visited again and again.

    `against`: id of the sealed capture that it is compared with. `is_watched`: it is visited when that is due;
    else it is known from captures alone, and compared with what it last showed. `has_notice`: a notice is open,
    so it is looked at often. `visits`: how many were made, which numbers the next. `since`: when it came to its
    state, and `next_at`: when the next visit is due; both RFC 3339 in UTC. `state`, `cause` and `since` are none
    before the first visit.
    """

    id: str
    url: str
    against: str
    has_notice: bool
    visits: int
    next_at: str
    is_watched: bool = True
    state: State | None = None
    cause: Cause | None = None
    evidence: str = ""
    since: str | None = None
    captures: tuple[str, ...] = ()

    @property
    def before(self) -> State | None:
        """The state that the next visit is told beside. Where nobody watches for a copy, a site that stands is live."""
        return self.state if self.is_watched or self.state in GONE else "live"


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One visit that is to be made: by its number, from 0, of a watch as it stood then."""

    watch: Watch
    vantages: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id of the workflow that makes it: the same however often it is begun."""
        return f"watch/{self.watch.id}/{self.watch.visits}"
