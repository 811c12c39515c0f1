"""Renders verdicts as one self-contained page that a lawyer can read, print and put on file.

The page runs no script, loads nothing and links nowhere but into itself. What others wrote reaches it as
escaped text only; their addresses are shown in a form that no program turns into a link. Its size is bounded
whatever the number of targets and matches, and what the bounds leave out is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import zip_longest
from typing import Final, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cloneward.judge import wording
from cloneward.judge.exhibit import Exhibit, MatchView, TextView, view_listed, view_match, view_texts
from cloneward.judge.passages import count
from cloneward.judge.pictures import PictureView, Room
from cloneward.model.case import Reason, Verdict
from cloneward.model.finding import Match
from cloneward.url import ascii_host, host_of

TARGETS: Final = 200
"""Targets with a section of their own; the others stand in the overview only."""

OVERVIEW_ROWS: Final = 2_000
"""Targets in the overview."""

MATCHES: Final = 50
"""Matches shown with both sides, in the whole report: every target's strongest first, then the second, …"""

MATCH_ROWS: Final = 200
"""Further matches listed in a table, for each target; fewer where there are many targets."""

ALL_MATCH_ROWS: Final = 2_000
"""The same, in the whole report."""

ENTRIES: Final = 50
"""Problems or reasons in one list."""

POSITIONS: Final = 12
"""Positions of evidence under one reason."""

ALL_CHARACTERS: Final = 400_000
"""Characters of all texts that are reproduced in full, in the whole report."""

_HOST = re.compile(r"[a-z0-9][a-z0-9.:-]{0,99}")

_SUPPORT: Final = frozenset({"structure", "asset", "icon"})
"""Kinds of matches that have nothing to show; they are listed."""

_ORDER: Final = ("text", "record", "video", "image")
"""Kinds of matches that are shown, as they follow one another."""

_SHOWN: Final = {
    "same_picture": ("picture", "image"),
    "same_video": ("video", "image"),
    "same_record": ("record", "item"),
}
"""Reasons whose evidence are pictures, videos and records that count: the noun, and what tells one from another."""

Entry = TypeVar("Entry")

_NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The first entries of a list, and how many more there were."""

    shown: tuple[object, ...]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its name and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class EvidenceView:
    """A position that a reason rests on; `anchor` where the report shows it."""

    text: str
    anchor: str | None


@dataclass(frozen=True, kw_only=True)
class ReasonView:
    """One reason with its weight in words and its evidence."""

    code: str
    text: str
    weight: str
    evidence: Listing


@dataclass(frozen=True, kw_only=True)
class TargetView:
    """One target's section."""

    anchor: str
    number: int
    site: str
    verdict: Verdict
    sentence: str
    ascii_host: str
    captured_at: str | None
    screenshot: PictureView | None
    screenshot_page: str
    figures: tuple[Figure, ...]
    findings: tuple[tuple[str, str], ...]
    reasons_for: Listing
    reasons_against: Listing
    not_compared: tuple[str, ...]
    problems: Listing
    matches: tuple[MatchView, ...]
    rows: tuple[MatchView, ...]
    matches_left_out: int
    texts: tuple[TextView, ...]
    texts_left_out: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One target's line in the overview."""

    number: int
    anchor: str | None
    site: str
    target: str
    verdict: str
    share_of_target: str
    share_of_item_max: str
    words: int
    pages: int
    items_matched: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of the report's bounds one target may use."""

    matches: int
    rows: int


def render_report(exhibits: Sequence[Exhibit], *, made_at: datetime, shows_people: bool = False) -> str:
    """Give the report as one HTML page (UTF-8 when written): the same input gives the same page.

    Args:
        exhibits: shown in this order; an overview comes first when there are several.
        made_at: an aware time, printed in UTC.
        shows_people: whether pictures may be sharp, and values of records in the clear.
    """
    shown = exhibits[:TARGETS]
    shares = share_bounds([len(_rank_shown(exhibit.verdict.matches)) for exhibit in shown])
    targets = []
    allowance = ALL_CHARACTERS
    room = Room(shows_people=shows_people)
    for number, (exhibit, share) in enumerate(zip(shown, shares, strict=True), start=1):
        target = view_target(exhibit, number, share, allowance, room)
        allowance -= sum(sum(map(len, text.blocks)) for text in target.texts)
        targets.append(target)
    rows = take_entries([view_row(exhibit, number) for number, exhibit in enumerate(exhibits, 1)], OVERVIEW_ROWS)
    return _load_template().render(
        name=name_report(exhibits),
        made_at=wording.print_time(made_at),
        made_at_machine=made_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        tools=sorted({exhibit.verdict.tool for exhibit in exhibits}),
        policies=sorted({exhibit.verdict.policy for exhibit in exhibits}),
        total=len(exhibits),
        shows_people=shows_people,
        has_shown=any(match.kind != "text" for target in targets for match in target.matches),
        rows=rows,
        targets=targets,
    )


def name_report(exhibits: Sequence[Exhibit]) -> str:
    """Give the page's title; a target's name enters it only where it is a plain host name."""
    first = exhibits[0].verdict.site if exhibits else ""
    if not _HOST.fullmatch(first):
        return f"Likeness report on {count(len(exhibits), 'target')}"
    more = len(exhibits) - 1
    return f"Likeness report on {first}" + (f" and {count(more, 'other target')}" if more else "")


def share_bounds(matches: Sequence[int]) -> list[Share]:
    """Deal the matches that are shown, one to each target in turn until none is left to deal."""
    dealt = [0] * len(matches)
    left = MATCHES
    while left:
        open_targets = [at for at, number in enumerate(matches) if number > dealt[at]][:left]
        if not open_targets:
            break
        for at in open_targets:
            dealt[at] += 1
        left -= len(open_targets)
    rows = min(MATCH_ROWS, ALL_MATCH_ROWS // max(len(matches), 1))
    return [Share(matches=number, rows=rows) for number in dealt]


def view_row(exhibit: Exhibit, number: int) -> RowView:
    """Prepare a target's line of the overview."""
    verdict = exhibit.verdict
    return RowView(
        number=number,
        anchor=f"t{number}" if number <= TARGETS else None,
        site=name_site(verdict),
        target=wording.shorten(wording.defang_address(verdict.target)),
        verdict=verdict.verdict.replace("_", " "),
        share_of_target=_print_share(verdict, verdict.share_of_target),
        share_of_item_max=_print_share(verdict, verdict.share_of_item_max),
        words=verdict.words,
        pages=verdict.pages,
        items_matched=verdict.items_matched,
    )


def view_target(exhibit: Exhibit, number: int, share: Share, allowance: int, room: Room) -> TargetView:
    """Prepare one target's section; `allowance` is how many characters its full texts may have together."""
    verdict = exhibit.verdict
    anchor = f"t{number}"
    ranked = rank_matches(verdict.matches)
    shown = sorted(_rank_shown(verdict.matches)[: share.matches], key=lambda at: _ORDER.index(verdict.matches[at].kind))
    rows = [at for at in ranked if at not in shown][: share.rows]
    matches = tuple(view_match(exhibit, at, anchor, rank, room) for rank, at in enumerate(shown, start=1))
    listed = tuple(view_listed(exhibit, at, anchor, rank) for rank, at in enumerate(rows, len(shown) + 1))
    anchors = {at: view.anchor for at, view in zip([*shown, *rows], [*matches, *listed], strict=True)}
    texts, texts_left_out = view_texts(exhibit, shown, allowance)
    return TargetView(
        anchor=anchor,
        number=number,
        site=name_site(verdict),
        verdict=verdict,
        sentence=wording.tell_verdict(verdict, count(verdict.items_matched, "protected item"), count_shown(verdict)),
        ascii_host=_find_ascii(verdict),
        captured_at=wording.read_time(verdict.captured_at),
        screenshot=room.view(exhibit.screenshot[1], "Screenshot of the target") if exhibit.screenshot else None,
        screenshot_page=wording.shorten(wording.defang_address(exhibit.screenshot[0])) if exhibit.screenshot else "",
        figures=view_figures(verdict),
        findings=view_findings(verdict),
        reasons_for=view_reasons(verdict, anchors, pro=True),
        reasons_against=view_reasons(verdict, anchors, pro=False),
        not_compared=tuple(wording.NOT_COMPARED[code] for code in verdict.not_compared),
        problems=take_entries(verdict.problems, ENTRIES),
        matches=matches,
        rows=listed,
        matches_left_out=len(ranked) - len(shown) - len(rows),
        texts=texts,
        texts_left_out=texts_left_out,
        addresses=list_addresses(verdict, [*shown, *rows]),
    )


def is_judged(verdict: Verdict) -> bool:
    """Say whether anything could be compared; if not, what was found is not known, rather than nothing."""
    return verdict.verdict != "unknown"


def _print_share(verdict: Verdict, share: float) -> str:
    """Print a share of words, if there are any."""
    return wording.print_share(share) if verdict.words and is_judged(verdict) else _NOT_KNOWN


def name_site(verdict: Verdict) -> str:
    """Give what the target is called in headings."""
    return wording.shorten(wording.defang_host(verdict.site) or wording.defang_address(verdict.target), 100)


def _find_ascii(verdict: Verdict) -> str:
    """Give the ASCII form of a host name that has other letters; else nothing."""
    host = verdict.site or host_of(verdict.target)
    return "" if host.isascii() else wording.defang_host(ascii_host(host))


def count_shown(verdict: Verdict) -> str:
    """Count the pictures, videos and records that count: `2 pictures and 1 record`; nothing where there are none."""
    told = []
    for reason in verdict.reasons:
        if reason.code in _SHOWN:
            noun, identity = _SHOWN[reason.code]
            matches = [verdict.matches[at] for at in reason.evidence if isinstance(at, int)]
            told.append(count(len({getattr(match, identity) for match in matches}), noun))
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def rank_matches(matches: Sequence[Match]) -> list[int]:
    """Give the positions of the matches: of text with most words in spans first, of other kinds as they come."""
    words = [sum(span.words for span in match.spans) for match in matches]
    values = [match.value if match.kind == "text" else 0.0 for match in matches]
    return sorted(range(len(matches)), key=lambda at: (-words[at], -values[at], at))


def _rank_shown(matches: Sequence[Match]) -> list[int]:
    """Give those that have something to show: texts and others by turns, so that neither leaves the other no place."""
    ranked = [at for at in rank_matches(matches) if matches[at].kind not in _SUPPORT]
    texts = [at for at in ranked if matches[at].kind == "text"]
    others = [at for at in ranked if matches[at].kind != "text"]
    turns = zip_longest(texts, others)
    return [at for turn in turns for at in turn if at is not None]


def view_figures(verdict: Verdict) -> tuple[Figure, ...]:
    """Prepare the figures, each with its definition."""
    figures = [
        Figure(
            name="Share of the target",
            value=_print_share(verdict, verdict.share_of_target),
            meaning=(
                "Words of the target that stand in shared spans, divided by all its words that count. "
                "Not counted are page furniture (what stands on half or more of its pages, when it has "
                "four or more) and phrases so common that they prove nothing."
            ),
        ),
        Figure(
            name="Greatest share of one item",
            value=_print_share(verdict, verdict.share_of_item_max),
            meaning="The part of its words that stands in spans, for the item that was found most completely.",
        ),
        Figure(
            name="Words that count",
            value=f"{verdict.words:,}",
            meaning="Words of the target that were compared, without page furniture and common phrases.",
        ),
        Figure(
            name="Pages",
            value=f"{verdict.pages:,}",
            meaning="Pages of the target that were read.",
        ),
        Figure(
            name="Items matched",
            value=f"{verdict.items_matched:,}",
            meaning="Protected items of which a span, a picture, a key frame or a record was found in the target.",
        ),
    ]
    if verdict.persons_affected:
        meaning = "People on record whose content the matched items are, or whom they show."
        figures.append(Figure(name="Persons affected", value=f"{verdict.persons_affected:,}", meaning=meaning))
    if verdict.login_only_items:
        meaning = "Matched items that the protected site shows to people who are logged in, or to those chosen."
        figures.append(Figure(name="Items that are not public", value=f"{verdict.login_only_items:,}", meaning=meaning))
    if verdict.score is not None and verdict.base_rate is not None:
        figures.append(_view_score(verdict.score, verdict.base_rate))
    return tuple(figures)


def view_findings(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Prepare what was found on each question, as pairs of a name and a sentence."""
    harms = "; ".join(wording.HARMS[harm] for harm in verdict.harms)
    return (
        ("Likeness", wording.LIKENESS[verdict.likeness] if is_judged(verdict) else "not judged"),
        ("Standing", wording.STANDING[verdict.standing]),
        ("Which came first", wording.DIRECTION[verdict.direction]),
        ("Harms with evidence", harms or "none on record"),
        ("Where it is hosted", wording.HOST[verdict.host]),
    )


def view_reasons(verdict: Verdict, anchors: Mapping[int, str], *, pro: bool) -> Listing:
    """Prepare the reasons of one side, heaviest first."""
    chosen = [reason for reason in verdict.reasons if reason.pro == pro]
    chosen.sort(key=lambda reason: -abs(reason.weight))
    return take_entries([_view_reason(reason, verdict, anchors) for reason in chosen], ENTRIES)


def list_addresses(verdict: Verdict, positions: Iterable[int]) -> tuple[str, ...]:
    """Give the addresses of the target, its listed pages and their pictures as they were recorded, each once."""
    matches = [verdict.matches[at] for at in positions]
    pages = [address for match in matches for address in (match.page, match.image) if address]
    return tuple(dict.fromkeys(wording.shorten(address, 2_000) for address in [verdict.target, *pages]))


def take_entries(entries: Sequence[Entry], limit: int) -> Listing:
    """Give the first entries and the number of the others."""
    return Listing(shown=tuple(entries[:limit]), left_out=max(len(entries) - limit, 0))


def _view_score(score: float, base_rate: float) -> Figure:
    return Figure(name="Score", value=wording.print_share(score), meaning=wording.tell_score(base_rate))


def _view_reason(reason: Reason, verdict: Verdict, anchors: Mapping[int, str]) -> ReasonView:
    order: dict[int | str, int] = {position: rank for rank, position in enumerate(anchors)}
    pages: dict[str, str] = {}
    for at, anchor in anchors.items():
        pages.setdefault(verdict.matches[at].page, anchor)
    evidence = [
        EvidenceView(
            text=_name_position(position, anchors)
            if isinstance(position, int)
            else wording.shorten(wording.defang_address(position)),
            anchor=anchors.get(position) if isinstance(position, int) else pages.get(position),
        )
        for position in sorted(reason.evidence, key=lambda position: order.get(position, len(order)))[:POSITIONS]
    ]
    listing = Listing(shown=tuple(evidence), left_out=max(len(reason.evidence) - POSITIONS, 0))
    return ReasonView(
        code=reason.code,
        text=wording.say_sentence(wording.shorten(reason.text)),
        weight=wording.print_weight(reason.weight),
        evidence=listing,
    )


def _name_position(position: int, anchors: Mapping[int, str]) -> str:
    anchor = anchors.get(position)
    return f"Match {anchor.rpartition('m')[2]}" if anchor else f"a match that is not shown (record {position})"


@cache
def _load_template() -> Template:
    """Load the template once; every value is escaped, and one that does not exist is a bug, not a blank."""
    environment = Environment(
        loader=PackageLoader("cloneward.judge"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["parts"] = wording.split_hidden
    environment.filters["count"] = count
    environment.filters["defang"] = wording.defang_address
    environment.filters["shorten"] = wording.shorten
    return environment.get_template("report.html.jinja")
