"""Who was first: what the dates on both sides prove, and what they merely claim."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cloneward.model.case import Direction
from cloneward.model.finding import Match

# Dates of pages often name a day without a zone; nearer than this, they tell nothing.
_MARGIN = timedelta(days=1)
# The part of the shared words, or pictures and records, that dated pages must cover before they speak for all.
_MAJORITY = 0.5


@dataclass(frozen=True, kw_only=True)
class Dates:
    """RFC 3339 or ISO 8601, none where unknown. `claimed`: what a page or owner says; `proven`: when we saw it.

    Of an item, `proven` is when its text was sealed in our records; of a page, when we ourselves fetched it.
    `archived` is when an archive that somebody handed over says that a copy of the page was kept: a claim as well.
    """

    claimed: str | None = None
    proven: str | None = None
    archived: str | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the dates say in words. `claim`: that they were first, as an archive says and nothing proves; or empty."""

    text: str
    claim: str = ""


def find_direction(
    matches: Iterable[Match], items: Mapping[str, Dates], pages: Mapping[str, Dates]
) -> tuple[Direction, Told]:
    """Give who was first, with the dates that say so in words.

    Text counts by its words; of pictures, videos and records each match counts alike. They are asked about apart.

    Theirs: we saw their page before we even claim to have published. Ours: they date their page after our text was
    sealed. A date that only its owner vouches for proves nothing in its owner's favour; nor does an archive's, which
    anyone can write: it is told as a claim, and decides nothing (decision 0017).
    """
    words = dict.fromkeys(("theirs_first", "ours_first", "claim"), 0)
    told = dict.fromkeys(words, "")
    total = 0
    kinds: set[str] = set()
    for match in matches:
        shared = sum(span.words for span in match.spans) if match.kind == "text" else 1
        kinds.add(match.kind)
        total += shared
        ours, theirs = items.get(match.item, Dates()), pages.get(match.page, Dates())
        for name, text in _compare(ours, theirs):
            words[name] += shared
            told[name] = told[name] or text
    counted = {name for name in words if total and words[name] >= _MAJORITY * total}
    if "theirs_first" in counted:
        return "theirs_first", Told(text=told["theirs_first"])
    claim = told["claim"] if "claim" in counted else ""
    if "ours_first" in counted:
        return "ours_first", Told(text=told["ours_first"], claim=claim)
    what = "shared text" if kinds <= {"text"} else "pictures, videos or records"
    return "unknown", Told(text=f"nothing proves who published the {what} first", claim=claim)


def _compare(ours: Dates, theirs: Dates) -> Iterator[tuple[str, str]]:
    """Give what the dates of one page and one item say: one direction at most, and a claim beside it."""
    seen, archived, published = map(read_moment, (theirs.proven, theirs.archived, ours.claimed))
    sealed, dated = read_moment(ours.proven), read_moment(theirs.claimed)
    if seen and published and seen + _MARGIN < published:
        yield "theirs_first", f"we saw the page on {seen:%Y-%m-%d}; ours is of {published:%Y-%m-%d}"
    elif sealed and dated and sealed + _MARGIN < dated:
        yield "ours_first", f"the page is dated {dated:%Y-%m-%d}, after ours was sealed on {sealed:%Y-%m-%d}"
    if archived and published and archived + _MARGIN < published:
        what = f"an archive says that it kept the page on {archived:%Y-%m-%d}"
        yield "claim", f"{what}, and ours is of {published:%Y-%m-%d}; anyone can write such a date"


def read_moment(text: str | None) -> datetime | None:
    """Read a date or time as UTC; none for what cannot be read, a time without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
