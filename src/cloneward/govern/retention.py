"""What may go: records whose period is over and that no hold keeps. A hold always wins, and what is unclear stays."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from cloneward.model.retention import Hold, Kept, Kind


class Holds:
    """The holds that are in force at one moment, looked up by what they name."""

    def __init__(self, holds: Iterable[Hold], now: datetime) -> None:
        self._held = {(hold.scope, hold.value) for hold in holds if hold.is_in_force(now)}

    def keep(self, record: Kept) -> bool:
        """Say whether any of them keeps a record."""
        named = (("record", record.id), ("case", record.case), ("person", record.person))
        return any(name in self._held for name in named)


def list_expired(
    records: Iterable[Kept], holds: Iterable[Hold], now: datetime, periods: Mapping[Kind, timedelta]
) -> Iterator[Kept]:
    """Give the records that must go at a time, one by one.

    Args:
        records: in any order; one held at a time.
        holds: all, those that were lifted too.
        now: a record goes when its period is over by then, to the moment.
        periods: by kind; a kind without one is kept for good.
    """
    in_force = Holds(holds, now)
    ends = {kind: now - period for kind, period in periods.items()}
    for record in records:
        end = ends.get(record.kind)
        if end is not None and record.since <= end and not in_force.keep(record):
            yield record


def list_of_person(records: Iterable[Kept], holds: Iterable[Hold], now: datetime, person: str) -> Iterator[Kept]:
    """Give the records of a person that may go at their wish, whatever their age; what a hold keeps stays."""
    in_force = Holds(holds, now)
    return (record for record in records if record.person == person and not in_force.keep(record))
