"""The arguments: why it may be a copy, and all that speaks against. Codes are stable and documented.

Weights are in nats and belong to the policy version: they say how the arguments compare, and are set by hand until
a calibration replaces them. A reason that decides by rule, or only informs, weighs 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cloneward.judge.borrowed import Borrowed
from cloneward.judge.frames import count_ordered
from cloneward.judge.harms import Harmed
from cloneward.judge.priority import Told
from cloneward.judge.wording import print_share
from cloneward.model.case import Direction, Likeness, Reason, Standing, VerdictName
from cloneward.model.finding import Match, SiteMatches

# One nat for each ten words of the longest group, up to six: beyond that, what is left is a common source, which
# no length of agreement can exclude (1 in 400).
_WORDS_PER_NAT = 10
_MAX_NATS = 6.0
WHOLE_ITEM: Final = 0.8
"""Share of an item from which on all of it is said to stand on a target."""
# Likeness of layouts that is told: pages of two makers reach it only where one program made both (decision 0012).
_SAME_LAYOUT = 0.7
# What one picture or video of ours adds beyond this, and each of them: as twenty words and ten.
_SHOWN_NATS = 2.0
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
    "same_picture": "Pages show pictures that are ours, found again by what they show.",
    "same_record": "Fields of a protected record stand together on a page.",
    "same_video": "A video shows key frames of one of ours, in the same order.",
    "frames_few": "A video shares fewer key frames in the same order than the policy counts.",
    "no_shared_picture": "None of the pictures that were compared is ours.",
    "no_words": "The target has no words; its pictures and videos were compared.",
    "source_linked": "Pages with pictures, videos or records of ours link to us. It excuses nothing.",
    "personal_data": "Matched items are profiles, or of people on record.",
    "login_only": "Matched items are not shown to everybody at their source.",
    "deleted_at_source": "An item was gone at its source when we saw the page: deleted, expired or made private.",
    "deleted_at_source_claimed": "The same, by the date of an archive. A claim: it makes no harm.",
    "minors": "The owner records matched items as of a minor.",
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
    "ours_first": "The target dates its page after ours was sealed.",
    "theirs_first": "We saw the target's page before our earliest date.",
    "theirs_first_claimed": "An archive dates the target's page before our earliest date. A claim: it decides nothing.",
    "direction_unknown": "Nothing proves who published the text first.",
    "candidates_left_out": "A page shares text with more items than were aligned; its figures are lower bounds.",
    "captured": "A sealed capture holds what the site of the target served.",
    "not_captured": "No sealed capture proves what the site of the target served.",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """The figures of one target that rules and reasons share.

    `matches`: those of text. In the verdict they are followed by `shown`, the pictures, videos and records that count,
    by `weak`, those that do not, and by `support`, which says what else is alike. `pictures`, `videos`: how many were
    compared. `linked`: positions of those in `shown` whose page links to us. `passages`: the words of the longest
    passage of each of the matches of text. `said`: the words of each item on the target, repeated ones once.
    """

    matches: Sequence[Match]
    found: SiteMatches
    share: float
    words: int
    covered: int
    item_share: float
    passages: Sequence[int]
    said: Mapping[str, int]
    shown: Sequence[Match] = ()
    weak: Sequence[Match] = ()
    support: Sequence[Match] = ()
    pictures: int = 0
    videos: int = 0
    linked: tuple[int, ...] = ()
    is_captured: bool = False

    @property
    def longest_passage(self) -> int:
        """The words of the longest passage of all."""
        return max(self.passages, default=0)

    def list_shown(self) -> dict[int, Match]:
        """Give the pictures, videos and records that count, by their positions."""
        return dict(enumerate(self.shown, len(self.matches)))

    def list_counted(self) -> list[int]:
        """Give the positions of the matches with words that count."""
        return [at for at, match in enumerate(self.matches) if any(span.words for span in match.spans)]


@dataclass(frozen=True)
class Part:
    """What the rules made of one part of a case: its words, or its pictures, videos and records.

    `dates`: what tells the direction.
    """

    verdict: VerdictName
    likeness: Likeness
    standing: Standing
    direction: Direction
    dates: Told


@dataclass(frozen=True)
class Judged:
    """What the rules made of a case: of both of its parts, and of the one that weighs more, which is the verdict's.

    `quoted`: matches that are quotations of ours. `borrowed`: what we quote.
    """

    words: Part
    shown: Part
    main: Part
    quoted: Mapping[int, str]
    borrowed: Borrowed
    harmed: Harmed
    partial_words: int


def argue(case: Case, judged: Judged) -> tuple[Reason, ...]:
    """Give the reasons, those for first."""
    reasons = [
        *_argue_for(case, judged),
        *_argue_shown(case, judged),
        *_argue_capture(case),
        *judged.harmed.reasons,
        *_argue_support(case, judged),
        *_argue_likeness(case, judged),
        *_argue_standing(case, judged),
    ]
    return tuple(sorted(reasons, key=lambda reason: not reason.pro))


def _argue_capture(case: Case) -> Iterator[Reason]:
    if case.is_captured and case.list_counted():
        text = "what the site of the target served lies under seal, by a capture of our own"
        yield Reason(code="captured", text=text, weight=0.0, pro=True)


def _argue_for(case: Case, judged: Judged) -> Iterator[Reason]:
    if not case.list_counted():
        return
    if judged.words.direction == "ours_first":
        yield Reason(code="ours_first", text=judged.words.dates.text, weight=1.0, pro=True)
    by_passage = max(range(len(case.matches)), key=lambda at: case.passages[at])
    by_share = max(range(len(case.matches)), key=lambda at: case.matches[at].value)
    yield Reason(
        code="long_passage",
        text=f"the longest passage that both texts share in the same order has {case.longest_passage:,} words",
        weight=round(min(_MAX_NATS, case.longest_passage / _WORDS_PER_NAT), 2),
        pro=True,
        evidence=(by_passage,),
    )
    yield Reason(
        code="shared_text",
        text=f"{case.covered:,} of the {case.words:,} words that count ({print_share(case.share)}) are shared",
        weight=round(case.share * 3, 2),
        pro=True,
        evidence=tuple(range(len(case.matches))),
    )
    if case.item_share >= WHOLE_ITEM:
        text = f"{print_share(case.item_share)} of one protected item stands on the target"
        yield Reason(code="whole_item", text=text, weight=1.0, pro=True, evidence=(by_share,))
    count = len(case.found.items)
    if count > 1:
        text = f"passages come from {count:,} protected items"
        yield Reason(code="many_items", text=text, weight=1.0, pro=True)


def _argue_shown(case: Case, judged: Judged) -> Iterator[Reason]:
    """Say which pictures, videos and records of ours are shown; whether they are weighed with words or alone."""
    shown = case.list_shown()
    pictures, videos, records = (
        {at: match for at, match in shown.items() if match.kind == kind} for kind in ("image", "video", "record")
    )
    if pictures:
        number = len({match.image for match in pictures.values()})
        of = f" of {case.pictures:,} that were compared" if case.pictures >= number else ""
        text = f"pictures of the target that are ours, by what they show: {number:,}{of}"
        yield _for("same_picture", text, _SHOWN_NATS + number, tuple(pictures))
    if videos:
        most = max(count_ordered(match.frames) for match in videos.values())
        number = len({match.image for match in videos.values()})
        text = (
            f"videos of the target with key frames of ours in the same order: {number:,}; most frames of one: {most:,}"
        )
        yield _for("same_video", text, _SHOWN_NATS + most, tuple(videos))
    if records:
        most = max(len(match.fields) for match in records.values())
        number = len({match.item for match in records.values()})
        text = f"records of ours whose fields stand together on a page: {number:,}; most fields of one: {most:,}"
        yield _for("same_record", text, float(most), tuple(records))
    if shown and judged.words.direction != "ours_first" and judged.shown.direction == "ours_first":
        yield _for("ours_first", judged.shown.dates.text, 1.0, ())


def _argue_support(case: Case, judged: Judged) -> Iterator[Reason]:
    """Say what else is alike where words or pictures are, and why that may be so without any copying."""
    if judged.main.likeness == "none" or judged.main.direction == "common_source":
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
    first = len(case.matches) + len(case.shown) + len(case.weak)
    return tuple(
        first + at
        for at, match in enumerate(case.support)
        if match.kind == kind and (kind != "structure" or match.value >= _SAME_LAYOUT)
    )


def _argue_likeness(case: Case, judged: Judged) -> Iterator[Reason]:
    """Argue that it is less alike than it looks, and say what was set aside."""
    has_words = bool(case.words or case.found.hot_words)
    if not (has_words or case.pictures or case.videos or case.shown):
        yield _against("nothing_read", "no text of the target could be read", 0.0)
    elif not has_words:
        text = f"the target has no words; pictures compared: {case.pictures:,}, videos: {case.videos:,}"
        yield _against("no_words", text, 0.0)
    elif not case.matches:
        text = f"of its {case.words:,} words that count, none stand in a passage shared with a protected item"
        yield _against("no_shared_text", text, 0.0 if case.shown else -_MAX_NATS)
    elif case.list_counted() and (judged.words.likeness == "none" or judged.words.direction == "common_source"):
        bound = judged.partial_words
        text = f"the longest shared passage has {case.longest_passage:,} words; fewer than {bound} do not count"
        yield _against("passage_short", text, 0.0 if case.shown else -3.0)
    yield from _argue_weak(case)
    if judged.words.direction == "common_source":
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


def _argue_weak(case: Case) -> Iterator[Reason]:
    """Say which pictures and videos were compared and do not count."""
    if case.weak:
        most = max(len(match.frames) for match in case.weak)
        text = (
            f"videos that share few key frames with ours, or in another order: {len(case.weak):,}, of at most {most:,}"
        )
        first = len(case.matches) + len(case.shown)
        yield _against("frames_few", text, 0.0, tuple(range(first, first + len(case.weak))))
    if case.pictures and not any(match.kind == "image" for match in case.shown):
        yield _against("no_shared_picture", f"none of the {case.pictures:,} pictures compared is ours", -1.0)


def _argue_standing(case: Case, judged: Judged) -> Iterator[Reason]:
    """Argue that it may be shown, or was there first, and say what is not known."""
    parts = (judged.words, judged.shown) if case.matches or case.shown else ()
    if judged.main.standing in _STANDINGS:
        code, text = _STANDINGS[judged.main.standing]
        yield _against(code, text, 0.0)
    if judged.quoted:
        named = ", ".join(sorted(set(judged.quoted.values()))[:_NAMED])
        is_all = judged.quoted.keys() >= set(case.list_counted())
        text = f"{'all' if is_all else 'some'} of what is shared is short and its source is named nearby: {named}"
        code, weight = ("quotation", 0.0) if is_all else ("partly_quotation", -1.0)
        yield _against(code, text, weight, tuple(judged.quoted))
    if case.linked:
        text = f"matches of pictures, videos or records whose page links to us: {len(case.linked):,}"
        yield _against("source_linked", text, -1.0, case.linked)
    first = next((part.dates.text for part in parts if part.direction == "theirs_first"), "")
    if first:
        yield _against("theirs_first", first, 0.0)
    claim = next((part.dates.claim for part in parts if part.dates.claim), "")
    if claim:
        yield _against("theirs_first_claimed", claim, 0.0)
    if parts and judged.main.direction == "unknown":
        yield _against("direction_unknown", judged.main.dates.text, -0.5)
    if not case.is_captured:
        yield _against("not_captured", "no sealed capture proves what the site of the target served", 0.0)


_STANDINGS: Mapping[Standing, tuple[str, str]] = {
    "own": ("own_site", "the target is on a domain of the owner"),
    "licensed": ("licensed_partner", "a licence that still runs lets this site show the matched items"),
    "archive": ("archive", "the host is a web archive, which keeps pages of others and says so"),
    "intermediary": ("intermediary", "the host passes pages of others on: a cache, translator, reader or preview"),
}


def _for(code: str, text: str, weight: float, evidence: tuple[int, ...]) -> Reason:
    return Reason(code=code, text=text, weight=min(_MAX_NATS, weight), pro=True, evidence=evidence)


def _against(code: str, text: str, weight: float, evidence: tuple[int, ...] = ()) -> Reason:
    return Reason(code=code, text=text, weight=weight, pro=False, evidence=evidence)
