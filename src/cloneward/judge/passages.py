"""Cuts a text to the passages around its shared spans, for a reader.

Offsets count code points of the extracted text and are applied before anything is escaped or made visible,
so no sign of the text can shift a mark. The output is bounded whatever the input: a long text is shortened to
what stands around the chosen spans, and a long span to its two ends; what is left out is counted and said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cloneward.model.finding import Span

Range = tuple[int, int]

CONTEXT: Final = 400
"""Characters shown before and after a span: about five printed lines."""

WHOLE: Final = 2_000
"""A text of at most so many characters (less than a printed page) is shown whole."""

SPAN_EDGE: Final = 1_200
"""Characters shown at each end of a span that is longer than twice this."""

SHOWN_CHARACTERS: Final = 10_000
"""What the chosen spans of one match may cost on each side, in characters, their surroundings included."""

SHOWN_SPANS: Final = 40
"""Spans chosen in one match; others are marked too where a passage that is shown has them."""

_MENDING: Final = 40
"""How far a cut may move to fall between two words."""

_WORTH_CUTTING: Final = 200
"""Fewer characters than these are shown rather than left out."""

_LONG_WORD: Final = 20
"""Mean characters a word above which a script without spaces is assumed, and characters are counted instead."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text under the same spans: `depth` of them, of which those in `starts` begin here."""

    text: str
    depth: int = 0
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of the text as paragraphs (one for each block), each a row of pieces."""

    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A stretch left out: how long it is, and whether all of it lies within one span."""

    words: int
    characters: int
    is_copied: bool = False

    @property
    def amount(self) -> str:
        """Words, or characters where the script puts no spaces between words."""
        if self.characters > _LONG_WORD * max(self.words, 1):
            return count(self.characters, "character")
        return count(self.words, "word")


Cut = tuple[Passage | Gap, ...]


def count(number: int, noun: str, plural: str = "") -> str:
    """Give `1 page`, `1,200 pages`; `plural` where it is not the noun and an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number_spans(spans: Sequence[Span]) -> dict[int, Span]:
    """Give the spans their numbers from 1, in the order of the target's text."""
    ordered = sorted(spans, key=lambda span: (span.target, span.item))
    return dict(enumerate(ordered, start=1))


def choose_spans(spans: Mapping[int, Span]) -> frozenset[int]:
    """Choose the spans whose surroundings are shown: the longest first, as far as the limits allow."""
    chosen: set[int] = set()
    cost = 0
    for number in sorted(spans, key=lambda number: (-spans[number].words, number))[:SHOWN_SPANS]:
        span = spans[number]
        length = max(span.target[1] - span.target[0], span.item[1] - span.item[0])
        cost += min(length, 2 * SPAN_EDGE) + 2 * CONTEXT
        if chosen and cost > SHOWN_CHARACTERS:
            break
        chosen.add(number)
    return frozenset(chosen)


def fit_range(text: str, wanted: Range) -> Range | None:
    """Give the range without white space at its beginning, or nothing where it does not lie in the text."""
    start, end = wanted
    if not 0 <= start < end <= len(text):
        return None
    start = end - len(text[start:end].lstrip())
    return (start, end) if start < end else None


def find_windows(text: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Give the stretches of the text to show: all of a short text, else what stands around the ranges."""
    if len(text) <= WHOLE:
        return ((0, len(text)),) if text else ()
    wanted: list[Range] = []
    for start, end in ranges:
        if end - start <= 2 * SPAN_EDGE:
            wanted.append((start - CONTEXT, end + CONTEXT))
        else:
            wanted += [(start - CONTEXT, start + SPAN_EDGE), (end - SPAN_EDGE, end + CONTEXT)]
    return _mend_edges(text, _merge_windows(wanted, len(text)))


def cut_text(text: str, ranges: Mapping[int, Range], windows: Sequence[Range]) -> Cut:
    """Give the windows as marked passages and what lies between them as gaps."""
    cut: list[Passage | Gap] = []
    at = 0
    for start, end in windows:
        if start > at:
            cut.append(_make_gap(text, at, start, ranges))
        cut.append(Passage(paragraphs=_split_paragraphs(text, start, end, ranges)))
        at = end
    if windows and at < len(text):
        cut.append(_make_gap(text, at, len(text), ranges))
    return tuple(cut)


def find_visible(ranges: Mapping[int, Range], windows: Sequence[Range]) -> frozenset[int]:
    """Give the spans whose beginning stands in a window, which is where their number is."""
    return frozenset(number for number, (at, _) in ranges.items() if any(start <= at < end for start, end in windows))


def split_blocks(text: str) -> tuple[str, ...]:
    """Give the blocks of a text, without empty ones."""
    return tuple(block for block in text.split("\n") if block.strip())


def _merge_windows(wanted: Sequence[Range], length: int) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(wanted):
        start = 0 if first < _WORTH_CUTTING else first
        end = length if last > length - _WORTH_CUTTING else last
        if merged and start - merged[-1][1] < _WORTH_CUTTING:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _mend_edges(text: str, windows: Iterable[Range]) -> tuple[Range, ...]:
    """Move each edge inwards to the nearest space, where there is one close by."""
    mended = []
    for start, end in windows:
        if start > 0:
            start += text[start : start + _MENDING].find(" ") + 1  # noqa: PLW2901  the edge, mended
        if end < len(text):
            space = text[end - _MENDING : end].rfind(" ")
            end -= _MENDING - space if space >= 0 else 0  # noqa: PLW2901  the edge, mended
        mended.append((start, end))
    return tuple(mended)


def _make_gap(text: str, start: int, end: int, ranges: Mapping[int, Range]) -> Gap:
    is_copied = any(first <= start and end <= last for first, last in ranges.values())
    return Gap(words=len(text[start:end].split()), characters=end - start, is_copied=is_copied)


def _split_paragraphs(text: str, start: int, end: int, ranges: Mapping[int, Range]) -> tuple[tuple[Piece, ...], ...]:
    near = {number: bounds for number, bounds in ranges.items() if bounds[0] < end and bounds[1] > start}
    paragraphs = []
    at = start
    for line in text[start:end].split("\n"):
        pieces = _split_pieces(text, at, at + len(line), near)
        at += len(line) + 1
        if pieces:
            paragraphs.append(pieces)
    return tuple(paragraphs)


def _split_pieces(text: str, start: int, end: int, ranges: Mapping[int, Range]) -> tuple[Piece, ...]:
    inside = {number: bounds for number, bounds in ranges.items() if bounds[0] < end and bounds[1] > start}
    edges = {edge for bounds in inside.values() for edge in bounds if start < edge < end}
    return tuple(
        Piece(
            text=text[left:right],
            depth=sum(first <= left and right <= last for first, last in inside.values()),
            starts=tuple(sorted(number for number, bounds in inside.items() if bounds[0] == left)),
        )
        for left, right in pairwise(sorted({start, end} | edges))
    )
