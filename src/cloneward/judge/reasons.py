"""The arguments: why it may be a copy, and all that speaks against. Codes are stable and documented.

Weights are in nats and belong to the policy version: they say how the arguments compare, and are set by hand until
a calibration replaces them. A reason that decides by rule, or only informs, weighs 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cloneward.judge.borrowed import Borrowed
from cloneward.judge.priority import Told
from cloneward.judge.wording import print_share
from cloneward.model.case import Direction, Likeness, Reason, Standing
from cloneward.model.finding import Match, SiteMatches

# One nat for each ten words of the longest group, up to six: beyond that, what is left is a common source, which
# no length of agreement can exclude (1 in 400).
_WORDS_PER_NAT = 10
_MAX_NATS = 6.0
_ITEM_WHOLE = 0.8
# Likeness of layouts that is told: pages of two makers reach it only where one program made both (decision 0012).
_SAME_LAYOUT = 0.7
# Sources that one reason names.
_NAMED = 3

CODES: Mapping[str, str] = {
    "shared_text": "Words of the target that stand in passages shared with protected items.",
    "long_passage": "The longest passage that both texts have in the same order.",
    "whole_item": "Nearly all of one protected item stands on the target.",
    "many_items": "Passages come from several protected items.",
    "same_template": "Pages have the layout of the items that they share text with. It supports, and decides nothing.",
    "same_assets": "Pages carry files that are, byte for byte, ours. It supports, and decides nothing.",
    "same_icon": "Pages show an icon that is, byte for byte, ours. It supports, and decides nothing.",
    "template_shared": "Sites of one open-source template look alike without any copying.",
    "no_shared_text": "No passage of the shortest length that is always found is shared.",
    "nothing_read": "No text of the target could be read.",
    "passage_short": "What is shared is shorter than the policy counts.",
    "own_site": "The target is on a domain of the owner.",
    "licensed_partner": "A licence that still runs lets this site show the matched items.",
    "quotation": "All that is shared is short and its source is named nearby.",
    "partly_quotation": "Some of what is shared is short and its source is named nearby.",
    "common_words_set_aside": "Words of templates and common phrases, and numbers, were not counted.",
    "borrowed": "The owner's own page shows the words as a quotation and names another source. They are not counted.",
    "common_source": "What is shared comes from elsewhere: licences, notices, quotations.",
    "archive": "The host is a web archive.",
    "intermediary": "The host is a cache, translator, reader or preview.",
    "ours_first": "The target dates its page after our text was sealed.",
    "theirs_first": "We saw the target's page before our earliest date.",
    "theirs_first_claimed": "An archive dates the target's page before our earliest date. A claim: it decides nothing.",
    "direction_unknown": "Nothing proves who published the text first.",
    "candidates_left_out": "A page shares text with more items than were aligned; its figures are lower bounds.",
    "not_captured": "No sealed capture proves what the site of the target served.",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """The figures of one target that rules and reasons share.

    `support`: matches of other kinds than text, which follow `matches` in the verdict.
    """

    matches: Sequence[Match]
    found: SiteMatches
    share: float
    words: int
    covered: int
    longest_group: int
    item_share: float
    support: Sequence[Match] = ()

    def list_counted(self) -> list[int]:
        """Give the positions of the matches with words that count."""
        return [at for at, match in enumerate(self.matches) if any(span.words for span in match.spans)]


@dataclass(frozen=True)
class Judged:
    """What the rules made of a case.

    `dates`: what tells the direction. `quoted`: matches that are quotations of ours. `borrowed`: what we quote.
    """

    likeness: Likeness
    standing: Standing
    direction: Direction
    dates: Told
    quoted: Mapping[int, str]
    borrowed: Borrowed
    partial_words: int


def argue(case: Case, judged: Judged) -> tuple[Reason, ...]:
    """Give the reasons, those for first."""
    reasons = [
        *_argue_for(case, judged),
        *_argue_support(case, judged),
        *_argue_likeness(case, judged),
        *_argue_standing(case, judged),
    ]
    return tuple(sorted(reasons, key=lambda reason: not reason.pro))


def _argue_for(case: Case, judged: Judged) -> Iterator[Reason]:
    if not case.list_counted():
        return
    if judged.direction == "ours_first":
        yield Reason(code="ours_first", text=judged.dates.text, weight=1.0, pro=True)
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


def _argue_support(case: Case, judged: Judged) -> Iterator[Reason]:
    """Say what else is alike where words are, and why that may be so without any copying."""
    if judged.likeness == "none" or judged.direction == "common_source":
        return
    at = {kind: _find_kind(case, kind) for kind in ("structure", "asset", "icon")}
    if at["structure"]:
        text = (
            f"pages that have the layout of the item they share text with, of those compared: {len(at['structure']):,}"
        )
        yield Reason(code="same_template", text=text, weight=0.5, pro=True, evidence=at["structure"])
        text = "a template that many use looks the same without any copying; only those of a background were set aside"
        yield _against("template_shared", text, -0.5, at["structure"])
    if at["asset"]:
        text = f"pages with files that are, byte for byte, those of the item, of those compared: {len(at['asset']):,}"
        yield Reason(code="same_assets", text=text, weight=1.0, pro=True, evidence=at["asset"])
    if at["icon"]:
        text = "the icon is, byte for byte, that of a protected item"
        yield Reason(code="same_icon", text=text, weight=0.5, pro=True, evidence=at["icon"])


def _find_kind(case: Case, kind: str) -> tuple[int, ...]:
    """Give the positions, in the verdict, of the supporting matches of a kind; of layouts, those that are alike."""
    first = len(case.matches)
    return tuple(
        first + at
        for at, match in enumerate(case.support)
        if match.kind == kind and (kind != "structure" or match.value >= _SAME_LAYOUT)
    )


def _argue_likeness(case: Case, judged: Judged) -> Iterator[Reason]:
    """Argue that it is less alike than it looks, and say what was set aside."""
    if not case.words and not case.found.hot_words:
        yield _against("nothing_read", "no text of the target could be read", 0.0)
    elif not case.matches:
        text = f"of its {case.words:,} words that count, none stand in a passage shared with a protected item"
        yield _against("no_shared_text", text, -_MAX_NATS)
    elif case.list_counted() and (judged.likeness == "none" or judged.direction == "common_source"):
        bound = judged.partial_words
        text = f"the longest shared passage has {case.longest_group:,} words; fewer than {bound} do not count"
        yield _against("passage_short", text, -3.0)
    if judged.direction == "common_source":
        text = f"{case.found.common_words:,} shared words come from elsewhere: licences, notices or quotations"
        yield _against("common_source", text, 0.0)
    elif case.found.hot_words:
        text = f"{case.found.hot_words:,} words of templates and common phrases, and numbers, were set aside"
        yield _against("common_words_set_aside", text, 0.0)
    if judged.borrowed.words:
        named = ", ".join(judged.borrowed.sources[:_NAMED])
        text = f"our own page shows {judged.borrowed.words:,} of the shared words as a quotation and names {named}"
        yield _against("borrowed", text, 0.0, judged.borrowed.matches)
    if case.found.left_out:
        text = f"{case.found.left_out:,} further items share words with a page and were not aligned"
        yield _against("candidates_left_out", text, 0.0)


def _argue_standing(case: Case, judged: Judged) -> Iterator[Reason]:
    """Argue that it may be shown, or was there first, and say what is not known."""
    if judged.standing in _STANDINGS:
        code, text = _STANDINGS[judged.standing]
        yield _against(code, text, 0.0)
    if judged.quoted:
        named = ", ".join(sorted(set(judged.quoted.values()))[:_NAMED])
        is_all = judged.quoted.keys() >= set(case.list_counted())
        text = f"{'all' if is_all else 'some'} of what is shared is short and its source is named nearby: {named}"
        code, weight = ("quotation", 0.0) if is_all else ("partly_quotation", -1.0)
        yield _against(code, text, weight, tuple(judged.quoted))
    if case.matches and judged.direction == "theirs_first":
        yield _against("theirs_first", judged.dates.text, 0.0)
    if case.matches and judged.dates.claim:
        yield _against("theirs_first_claimed", judged.dates.claim, 0.0)
    if case.matches and judged.direction == "unknown":
        yield _against("direction_unknown", judged.dates.text, -0.5)
    text = "no sealed capture proves what the site of the target served"
    yield _against("not_captured", text, 0.0)


_STANDINGS: Mapping[Standing, tuple[str, str]] = {
    "own": ("own_site", "the target is on a domain of the owner"),
    "licensed": ("licensed_partner", "a licence that still runs lets this site show the matched items"),
    "archive": ("archive", "the host is a web archive, which keeps pages of others and says so"),
    "intermediary": ("intermediary", "the host passes pages of others on: a cache, translator, reader or preview"),
}


def _against(code: str, text: str, weight: float, evidence: tuple[int, ...] = ()) -> Reason:
    return Reason(code=code, text=text, weight=weight, pro=False, evidence=evidence)
