"""The evidence for a reader: each match with its two texts or pictures side by side, and the texts in full.

Spans are numbered in the order of the target's text and carry the same number on both sides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cloneward.fingerprint.thumbnail import Thumbnail
from cloneward.judge import wording
from cloneward.judge.fields import RecordView, view_record
from cloneward.judge.harms import is_personal
from cloneward.judge.passages import (
    Cut,
    Range,
    choose_spans,
    count,
    cut_text,
    find_visible,
    find_windows,
    fit_range,
    number_spans,
    split_blocks,
)
from cloneward.judge.pictures import Pair, PairView, Room, view_pairs
from cloneward.model.case import Verdict
from cloneward.model.content import Item, ItemRecord
from cloneward.model.finding import Span
from cloneward.model.ids import digest_text

FULL_CHARACTERS: Final = 20_000
"""Characters of one text that is reproduced in full."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_SHARES: Final = frozenset({"containment", "jaccard"})


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A verdict and what it rests on.

    Spans count the code points of these very texts: `pages` by address for a span's `target`, and for a field's;
    `items` by id for its `item`. `pictures`, by a match's position: one pair of a picture, one for each key frame of
    a video. `records`: by id, with the version that a match names. What is missing is reported as not at hand.
    `screenshot`: of the page with the strongest match, where it was captured, and its address.
    """

    verdict: Verdict
    pages: Mapping[str, str]
    items: Mapping[str, tuple[Item, str]]
    pictures: Mapping[int, Sequence[Pair]] = field(default_factory=dict)
    records: Mapping[str, ItemRecord] = field(default_factory=dict)
    screenshot: tuple[str, Thumbnail] | None = None


@dataclass(frozen=True, kw_only=True)
class SideView:
    """One of the two texts of a match: the passages, and which spans have their number in them."""

    cut: Cut
    numbers: frozenset[int]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MatchView:
    """A match for the reader: `number` is its rank, `links` are the spans numbered on both sides."""

    anchor: str
    number: int
    kind: str
    noun: str
    page: str
    item: str
    title: str
    item_url: str
    item_facts: str
    language: str
    words: int
    spans: int
    longest: int
    value: str
    measure: str
    target_side: SideView | None = None
    item_side: SideView | None = None
    links: frozenset[int] = frozenset()
    left_out: str = ""
    image: str = ""
    transform: str = ""
    pairs: tuple[PairView, ...] = ()
    frames_left_out: int = 0
    record: RecordView | None = None


@dataclass(frozen=True, kw_only=True)
class TextView:
    """A compared text in full, as far as the limit allows."""

    label: str
    address: str
    language: str
    digest: str
    blocks: tuple[str, ...]
    left_out: int


def view_listed(exhibit: Exhibit, at: int, anchor: str, rank: int) -> MatchView:
    """Prepare a match without its texts and pictures. The title of an item of people may name one: it is left out."""
    match = exhibit.verdict.matches[at]
    item = exhibit.items[match.item][0] if match.item in exhibit.items else None
    names = item is not None and match.kind != "text" and is_personal(item)
    return MatchView(
        anchor=f"{anchor}-m{rank}",
        number=rank,
        kind=match.kind,
        noun=wording.NOUNS[match.kind],
        page=wording.shorten(wording.defang_address(match.page)),
        item=wording.shorten(match.item, 100),
        title=wording.shorten(item.title) if item and not names else "",
        item_url=wording.shorten(item.url or "") if item else "",
        item_facts=_tell_item(item),
        language=_read_language(item),
        words=sum(span.words for span in match.spans),
        spans=len(match.spans),
        longest=max(match.group_words().values(), default=0),
        value=wording.print_share(match.value) if match.measure in _SHARES else f"{match.value:,.6g}",
        measure=wording.MEASURES[match.measure],
        image=wording.shorten(wording.defang_address(match.image or "")),
        transform=wording.say_sentence(wording.tell_transform(match.transform)) if match.transform else "",
    )


def view_match(exhibit: Exhibit, at: int, anchor: str, rank: int, room: Room) -> MatchView:
    """Prepare a match with its two texts, pictures or records side by side; pictures as far as there is room."""
    match = exhibit.verdict.matches[at]
    if match.kind != "text":
        return _view_shown(exhibit, at, view_listed(exhibit, at, anchor, rank), room)
    spans = number_spans(match.spans)
    chosen = choose_spans(spans)
    page_text = exhibit.pages.get(match.page)
    item_text = exhibit.items[match.item][1] if match.item in exhibit.items else None
    target_side = view_side(page_text, {number: span.target for number, span in spans.items()}, chosen)
    item_side = view_side(item_text, {number: span.item for number, span in spans.items()}, chosen)
    links = target_side.numbers & item_side.numbers
    listed = view_listed(exhibit, at, anchor, rank)
    return replace(
        listed,
        target_side=target_side,
        item_side=item_side,
        links=links,
        left_out=_tell_left_out(spans, links) if page_text and item_text else "",
    )


def _view_shown(exhibit: Exhibit, at: int, listed: MatchView, room: Room) -> MatchView:
    match = exhibit.verdict.matches[at]
    if match.kind == "record":
        record = exhibit.records.get(match.item)
        view = view_record(match, exhibit.pages.get(match.page), record, is_masked=not room.shows_people)
        return replace(listed, record=view)
    pairs = view_pairs(match, exhibit.pictures.get(at, ()), listed.number, room)
    return replace(listed, pairs=pairs, frames_left_out=max(len(match.frames) - len(pairs), 0))


def view_side(text: str | None, wanted: Mapping[int, Range], chosen: Iterable[int]) -> SideView:
    """Prepare one text: cut to its passages, or a note where it is not at hand."""
    if not text:
        return SideView(cut=(), numbers=frozenset(), note="The text is not at hand and cannot be shown.")
    fitted = {number: fit_range(text, bounds) for number, bounds in wanted.items()}
    ranges = {number: bounds for number, bounds in fitted.items() if bounds}
    windows = find_windows(text, [ranges[number] for number in chosen if number in ranges])
    strays = len(wanted) - len(ranges)
    note = f"{count(strays, 'span')} not marked: outside the text at hand." if strays else ""
    return SideView(cut=cut_text(text, ranges, windows), numbers=find_visible(ranges, windows), note=note)


def view_texts(exhibit: Exhibit, shown: Sequence[int], allowance: int) -> tuple[tuple[TextView, ...], int]:
    """Prepare the texts of the shown matches of text in full, each once; also give how many had no room."""
    matches = [match for at in shown if (match := exhibit.verdict.matches[at]).kind == "text"]
    views = [
        _view_text("target page", wording.defang_address(page), exhibit.pages[page])
        for page in dict.fromkeys(match.page for match in matches)
        if exhibit.pages.get(page)
    ]
    for item, text in (
        exhibit.items[id_] for id_ in dict.fromkeys(match.item for match in matches) if id_ in exhibit.items
    ):
        if text:
            views.append(_view_text("protected item", item.url or item.title or item.id, text, _read_language(item)))
    kept: list[TextView] = []
    for view in views:
        allowance -= sum(map(len, view.blocks))
        if allowance < 0:
            break
        kept.append(view)
    return tuple(kept), len(views) - len(kept)


def _tell_left_out(spans: Mapping[int, Span], links: frozenset[int]) -> str:
    """Say how many spans have no number on both sides, and their words."""
    absent = [span for number, span in spans.items() if number not in links]
    if not absent:
        return ""
    words = sum(span.words for span in absent)
    return f"{count(len(absent), 'span')} with {count(words, 'word')} not shown in the passages below."


def _tell_item(item: Item | None) -> str:
    if item is None:
        return "not among the items at hand"
    published = wording.read_time(item.published_at)
    rights = {"own": "the owner's own", "licensed": "licensed to the owner", "user": "a user's"}[item.rights]
    return f"{item.kind}, {rights}, " + (f"published {published}" if published else "date of publication not known")


def _read_language(item: Item | None) -> str:
    language = item.language if item else None
    return language if language and _LANGUAGE.fullmatch(language) else ""


def _view_text(label: str, address: str, text: str, language: str = "") -> TextView:
    return TextView(
        label=label,
        address=wording.shorten(address),
        language=language,
        digest=digest_text(text),
        blocks=split_blocks(text[:FULL_CHARACTERS]),
        left_out=len(text[FULL_CHARACTERS:].split()),
    )
