"""What harm to people the matches are evidence of. Each is told with its evidence, or is absent.

The facts of an item are its owner's, as told at import. That it was gone when a page was seen needs a time at which
we ourselves saw the page: what an archive says is told as a claim, and is no harm (decision 0025).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cloneward.judge.priority import Dates, read_moment
from cloneward.model.case import Harm, Reason
from cloneward.model.content import Item
from cloneward.model.finding import Match

_DAY = len("2026-11-24")

Told = Iterator[tuple[Harm | None, Reason]]


@dataclass(frozen=True, kw_only=True)
class Harmed:
    """The harms, what tells them, and how many people, and items that are not public, are concerned."""

    harms: tuple[Harm, ...] = ()
    reasons: tuple[Reason, ...] = ()
    persons: int = 0
    login_only: int = 0


@dataclass(frozen=True, eq=False)
class _Sight:
    """One match: its position, its item, and when its page was seen, by us or as an archive says."""

    at: int
    item: Item
    proven: datetime | None
    archived: datetime | None


def find_harms(matches: Mapping[int, Match], items: Mapping[str, Item], seen: Mapping[str, Dates]) -> Harmed:
    """Give what the matches are evidence of.

    Args:
        matches: those that count, by their positions in the verdict.
        items: at least those in the matches, by id.
        seen: dates of pages, by address.
    """
    sights = [_join(at, items[match.item], seen.get(match.page, Dates())) for at, match in matches.items()]
    told = (*_tell_personal(sights), *_tell_closed(sights), *_tell_gone(sights), *_tell_minors(sights))
    return Harmed(
        harms=tuple(harm for harm, _ in told if harm is not None),
        reasons=tuple(reason for _, reason in told),
        persons=len(_list_persons(sights)),
        login_only=_count_items(filter(_is_closed, sights)),
    )


def is_personal(item: Item) -> bool:
    """Say whether an item is known to be of people."""
    return item.kind == "profile" or item.person is not None or bool(item.subjects)


def _join(at: int, item: Item, dates: Dates) -> _Sight:
    return _Sight(at, item, read_moment(dates.proven), read_moment(dates.archived))


def _tell_personal(sights: Sequence[_Sight]) -> Told:
    chosen = [sight for sight in sights if is_personal(sight.item)]
    if chosen:
        people = len(_list_persons(chosen))
        of = f", of {people:,} people on record" if people else ""
        text = f"matched items that are profiles, or of people: {_count_items(chosen):,}{of}"
        yield "personal_data", _argue("personal_data", text, chosen)


def _tell_closed(sights: Sequence[_Sight]) -> Told:
    chosen = [sight for sight in sights if _is_closed(sight)]
    if chosen:
        dates = [moment for sight in chosen if (moment := read_moment(sight.item.visibility_since))]
        since = f"the first of them since {min(dates):%Y-%m-%d}" if dates else "since when is not on record"
        text = f"matched items that their source does not show to everybody: {_count_items(chosen):,}, {since}"
        yield "login_only", _argue("login_only", text, chosen)


def _tell_gone(sights: Sequence[_Sight]) -> Told:
    proven = {sight: told for sight in sights if (told := _tell_end(sight.item, sight.proven))}
    claimed = {sight: told for sight in sights if (told := _tell_end(sight.item, sight.archived))}
    if proven:
        first = next(iter(proven.values()))
        text = (
            f"matched items that were gone at their source when their page was seen: {_count_items(proven):,}; {first}"
        )
        yield "deleted_at_source", _argue("deleted_at_source", text, proven)
    elif claimed:
        first = next(iter(claimed.values()))
        text = (
            f"an archive dates pages after {_count_items(claimed):,} matched items were gone at their source: {first}"
        )
        yield None, _argue("deleted_at_source_claimed", f"{text}; anyone can write such a date", claimed)


def _tell_end(item: Item, seen: datetime | None) -> str:
    """Say what had become of an item when a page was seen; nothing where it was still there, or that is not known."""
    private_since = item.visibility_since if item.visibility == "private" else None
    ends = {"was deleted": item.deleted_at, "expired": item.expires_at, "was made private": private_since}
    for what, text in ends.items():
        end = _read_end(text)
        if seen and end and end < seen:
            return f"one {what} on {end:%Y-%m-%d %H:%M}, its page is of {seen:%Y-%m-%d %H:%M} UTC"
    return ""


def _read_end(text: str | None) -> datetime | None:
    """Read when something ended; that of a day without a time is the end of that day."""
    moment = read_moment(text)
    is_day = len((text or "").strip()) == _DAY
    return moment + timedelta(days=1) if moment and is_day else moment


def _tell_minors(sights: Sequence[_Sight]) -> Told:
    chosen = [sight for sight in sights if sight.item.minor]
    if chosen:
        text = f"matched items that their owner records as of a minor: {_count_items(chosen):,}"
        yield "minors", _argue("minors", text, chosen)


def _is_closed(sight: _Sight) -> bool:
    """Say whether an item is not public; one that was closed only after we saw the page was open to it."""
    since = read_moment(sight.item.visibility_since)
    was_open = bool(since and sight.proven and sight.proven < since)
    return sight.item.visibility in {"login", "private"} and not was_open


def _list_persons(sights: Iterable[_Sight]) -> set[str]:
    return {person for sight in sights for person in (sight.item.person, *sight.item.subjects) if person}


def _count_items(sights: Iterable[_Sight]) -> int:
    return len({sight.item.id for sight in sights})


def _argue(code: str, text: str, sights: Iterable[_Sight]) -> Reason:
    return Reason(code=code, text=text, weight=0.0, pro=True, evidence=tuple(sight.at for sight in sights))
