"""Who was first: what the dates on both sides prove, and what they merely claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cloneward.model.case import Direction
from cloneward.model.finding import Match

# Dates of pages often name a day without a zone; nearer than this, they tell nothing.
_MARGIN = timedelta(days=1)
# The part of the shared words that dated pages must cover before they speak for the whole target.
_MAJORITY = 0.5


@dataclass(frozen=True, kw_only=True)
class Dates:
    """RFC 3339 or ISO 8601, none where unknown. `claimed`: what a page or owner says; `proven`: when it was seen.

    Of an item, `proven` is when its text was sealed in our records; of a page, when somebody kept a copy of it.
    """

    claimed: str | None = None
    proven: str | None = None


def find_direction(
    matches: Iterable[Match], items: Mapping[str, Dates], pages: Mapping[str, Dates]
) -> tuple[Direction, str]:
    """Give who was first, with the dates that say so in words.

    Theirs: a copy of their page was kept before we even claim to have published. Ours: they date their page after our
    text was sealed. A date that only its owner vouches for proves nothing in its owner's favour.
    """
    words = {"ours_first": 0, "theirs_first": 0}
    told = {"ours_first": "", "theirs_first": ""}
    total = 0
    for match in matches:
        shared = sum(span.words for span in match.spans)
        total += shared
        ours, theirs = items.get(match.item, Dates()), pages.get(match.page, Dates())
        direction, text = _compare(ours, theirs)
        if direction != "unknown":
            words[direction] += shared
            told[direction] = told[direction] or text
    for direction in ("theirs_first", "ours_first"):
        if total and words[direction] >= _MAJORITY * total:
            return direction, told[direction]
    return "unknown", "nothing tells who published the shared text first"


def _compare(ours: Dates, theirs: Dates) -> tuple[Direction, str]:
    kept, published = read_moment(theirs.proven), read_moment(ours.claimed)
    sealed, dated = read_moment(ours.proven), read_moment(theirs.claimed)
    if kept and published and kept + _MARGIN < published:
        return "theirs_first", f"a copy of the page was kept on {kept:%Y-%m-%d}; ours is of {published:%Y-%m-%d}"
    if sealed and dated and sealed + _MARGIN < dated:
        return "ours_first", f"the page is dated {dated:%Y-%m-%d}, after our text was sealed on {sealed:%Y-%m-%d}"
    return "unknown", ""


def read_moment(text: str | None) -> datetime | None:
    """Read a date or time as UTC; none for what cannot be read, a time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
