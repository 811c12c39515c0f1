"""What is kept for a time only, and what keeps it longer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

Kind = Literal["vault", "working", "quarantine"]
"""Kinds of records that are kept for a time: clear ids, working copies, withheld material."""
Scope = Literal["case", "person", "record"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


class Kept(NamedTuple):
    """A record that is kept for a time: since when, and by what a hold may name it, its case and keyed person."""

    id: str
    kind: Kind
    since: datetime
    case: str | None = None
    person: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """That all records of a case, of a person (a keyed code), or one record must stay, until it is lifted."""

    id: str
    scope: Scope
    value: str
    lifted_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Say whether it holds; one that is to be lifted later does."""
        return self.lifted_at is None or self.lifted_at > now


@dataclass(frozen=True, kw_only=True)
class StopMark:
    """That a person said: this must not be kept. `kind` of the digits: `sha256`, or `pdq` for all that is like it."""

    kind: Literal["sha256", "pdq"]
    digits: str
    address: str
    capture: str | None = None
