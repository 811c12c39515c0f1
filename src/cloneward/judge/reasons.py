"""The arguments: why it may be a copy, and all that speaks against. Codes are stable and documented.

Weights are in nats and belong to the policy version: they say how the arguments compare, and are set by hand until
a calibration replaces them. A reason that decides by rule, or only informs, weighs 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cloneward.judge.wording import print_share
from cloneward.model.case import Likeness, Reason, Standing
from cloneward.model.finding import Match, SiteMatches

# One nat for each ten words of the longest group, up to six: beyond that, what is left is a common source, which
# no length of agreement can exclude (1 in 400).
_WORDS_PER_NAT = 10
_MAX_NATS = 6.0
_ITEM_WHOLE = 0.8

CODES: Mapping[str, str] = {
    "shared_text": "Words of the target that stand in passages shared with protected items.",
    "long_passage": "The longest passage that both texts have in the same order.",
    "whole_item": "Nearly all of one protected item stands on the target.",
    "many_items": "Passages come from several protected items.",
    "no_shared_text": "No passage of the shortest length that is always found is shared.",
    "nothing_read": "No text of the target could be read.",
    "passage_short": "What is shared is shorter than the policy counts.",
    "own_site": "The target is on a domain of the owner.",
    "licensed_partner": "A licence that still runs lets this site show the matched items.",
    "quotation": "All that is shared is short and its source is named nearby.",
    "partly_quotation": "Some of what is shared is short and its source is named nearby.",
    "common_words_set_aside": "Words of templates and common phrases were not counted.",
    "direction_unknown": "Nothing tells who published the text first.",
    "candidates_left_out": "A page shares text with more items than were aligned; its figures are lower bounds.",
    "not_captured": "The target was read from files; no sealed capture proves what its site served.",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """The figures of one target that rules and reasons share."""

    matches: Sequence[Match]
    found: SiteMatches
    share: float
    words: int
    covered: int
    longest_group: int
    item_share: float


def argue(
    case: Case, likeness: Likeness, standing: Standing, quoted: Mapping[int, str], partial_words: int
) -> tuple[Reason, ...]:
    """Give the reasons, those for first."""
    reasons = [*_argue_for(case), *_argue_against(case, likeness, standing, quoted, partial_words)]
    return tuple(sorted(reasons, key=lambda reason: not reason.pro))


def _argue_for(case: Case) -> Iterator[Reason]:
    if not case.matches:
        return
    by_group = max(range(len(case.matches)), key=lambda at: max(case.matches[at].group_words().values()))
    by_share = max(range(len(case.matches)), key=lambda at: case.matches[at].value)
    yield Reason(
        code="long_passage",
        text=f"the longest passage that both texts share in the same order has {case.longest_group:,} words",
        weight=round(min(_MAX_NATS, case.longest_group / _WORDS_PER_NAT), 2),
        pro=True,
        evidence=(by_group,),
    )
    yield Reason(
        code="shared_text",
        text=f"{case.covered:,} of the {case.words:,} words that count ({print_share(case.share)}) are shared",
        weight=round(case.share * 3, 2),
        pro=True,
        evidence=tuple(range(len(case.matches))),
    )
    if case.item_share >= _ITEM_WHOLE:
        text = f"{print_share(case.item_share)} of one protected item stands on the target"
        yield Reason(code="whole_item", text=text, weight=1.0, pro=True, evidence=(by_share,))
    count = len(case.found.items)
    if count > 1:
        text = f"passages come from {count:,} protected items"
        yield Reason(code="many_items", text=text, weight=1.0, pro=True)


def _argue_against(
    case: Case, likeness: Likeness, standing: Standing, quoted: Mapping[int, str], partial_words: int
) -> Iterator[Reason]:
    if not case.words:
        text = "no text of the target could be read"
        yield Reason(code="nothing_read", text=text, weight=0.0, pro=False)
    elif not case.matches:
        text = f"of its {case.words:,} words, none stand in a passage shared with a protected item"
        yield Reason(code="no_shared_text", text=text, weight=-_MAX_NATS, pro=False)
    elif likeness == "none":
        text = f"the longest shared passage has {case.longest_group:,} words; fewer than {partial_words} do not count"
        yield Reason(code="passage_short", text=text, weight=-3.0, pro=False)
    if standing == "own":
        yield Reason(code="own_site", text="the target is on a domain of the owner", weight=0.0, pro=False)
    if standing == "licensed":
        text = "a licence that still runs lets this site show the matched items"
        yield Reason(code="licensed_partner", text=text, weight=0.0, pro=False)
    if quoted:
        named = ", ".join(sorted(set(quoted.values()))[:3])
        is_all = len(quoted) == len(case.matches)
        text = f"{'all' if is_all else 'some'} of what is shared is short and its source is named nearby: {named}"
        code = "quotation" if is_all else "partly_quotation"
        yield Reason(code=code, text=text, weight=0.0 if is_all else -1.0, pro=False, evidence=tuple(quoted))
    if case.found.hot_words:
        text = f"{case.found.hot_words:,} words of templates and common phrases were set aside"
        yield Reason(code="common_words_set_aside", text=text, weight=0.0, pro=False)
    if case.found.left_out:
        text = f"{case.found.left_out:,} further items share words with a page and were not aligned"
        yield Reason(code="candidates_left_out", text=text, weight=0.0, pro=False)
    if case.matches:
        text = "nothing tells who published the shared text first"
        yield Reason(code="direction_unknown", text=text, weight=-0.5, pro=False)
    text = "the target was read from files; no sealed capture proves what its site served"
    yield Reason(code="not_captured", text=text, weight=0.0, pro=False)
