"""Where a page shows the values of a record, in whatever order and dress: runs of tokens, found in one pass."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.tokens import Tokens, tokenise
from cloneward.match.counts import Day, Number, read_days, read_numbers
from cloneward.match.fields import SHORT_TOKENS, Values, is_one_word, list_asked, strip_words
from cloneward.model.content import Extract
from cloneward.model.finding import Agreement

MOST_BESIDE = 200_000
"""Characters beside the visible text that are read."""
MOST_LINKS = 2_000
"""Addresses of links that are read, of at most `_ADDRESS` characters each."""

_ADDRESS = 300
_PLACES = 32  # of one token on the page from which runs are followed: what stands more often says less
_STRICT_PLACES = 256  # the same, of a handle's first token
_LEAST_PART = 0.7  # of a changed text's tokens that must be there
_MOST_SUBJECT = 500  # tokens beside the text that say whom it is about
_LEAST_HEAD = 2  # tokens of what was cut off
_CUT = ("…", "...", "..")
_JOINTS = "._-"
_EDGE = 24  # code points around a stretch that are looked at
_ABOVE = 200  # the same, for the handle of whoever wrote it
_BELOW = 300  # the same, for lines that may be a part of it
_AROUND = 60  # the same, where it may run on in the lines around
_HANDLE = re.compile(r"(?<![\w.])@\w")
_BACK = re.compile(r"[\w\n]")
_APART = 10_000  # code points between the text and what stands beside it, for nearness


@dataclass(frozen=True, eq=False)
class PageFacts:
    """What a page says: its visible text, then its title and what stands beside it, then addresses of its links.

    `said`: all of it, a line each. `text_end`, `beside_end`: where in it the first two end. `gaps`: uint32, for each
    token the character between it and the next one if it joins them (`mia.suvor`), 1 if there is none, else 0.
    """

    said: str
    tokens: Tokens
    gaps: NDArray[np.uint32]
    text_end: int
    beside_end: int
    links: tuple[tuple[int, int, int], ...]

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The places of the tokens, ascending by hash."""
        return np.argsort(self.tokens.hashes, kind="stable")

    @cached_property
    def ordered(self) -> NDArray[np.uint64]:
        """The hashes, ascending."""
        return self.tokens.hashes[self.order]

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers of the text and of what stands beside it, but those that are of a day."""
        days = Spans((day.start, day.end) for day in self.days)
        return [
            number for number in read_numbers(self.said[: self.beside_end]) if not days.meet(number.start, number.end)
        ]

    @cached_property
    def days(self) -> list[Day]:
        """The days of the same."""
        return read_days(self.said[: self.beside_end])

    @cached_property
    def has_emoji(self) -> bool:
        """Whether the page shows any emoji, so that it does not take them out."""
        return bool(strip_words(self.said[: self.beside_end]))

    def list_subject(self) -> NDArray[np.uint64]:
        """Give the keys of what stands beside the text: of the title, before all."""
        starts = self.tokens.starts
        first, last = np.searchsorted(starts, (self.text_end, self.beside_end))
        last = min(last, first + _MOST_SUBJECT)
        return list_asked(self.tokens.hashes[first:last], self.tokens.lines[first:last])[0]

    def to_target(self, start: int, end: int) -> tuple[int, int]:
        """Give a stretch of `said` as one of the visible text: of an address its link, of what stands beside none."""
        if end <= self.text_end:
            return start, end
        if start < self.beside_end or not self.links:
            return 0, 0
        _, first, last = self.links[max(0, bisect_right(self.links, (start, len(self.said), 0)) - 1)]
        return first, last

    def find_line(self, start: int, end: int) -> tuple[str, str]:
        """Give the emoji right before and right behind a stretch of `said`, on its line, up to the nearest word."""
        before, after = self.said[max(0, start - _EDGE) : start], self.said[end : end + _EDGE]
        return strip_words(_BACK.split(before)[-1]), strip_words(_BACK.split(after)[0])

    def stands_alone(self, first: int, last: int) -> bool:
        """Tell whether some tokens of the visible text are whole lines of it, and nothing was cut off them."""
        lines, end = self.tokens.lines, int(self.tokens.ends[last - 1])
        if end > self.text_end or _is_cut(self.said, end) or (first and lines[first - 1] == lines[first]):
            return False
        return last == lines.size or bool(lines[last] != lines[last - 1])

    def read_block(self, first: int, last: int) -> str:
        """Give the lines that some tokens of the text are, with those without words right above and below, as one."""
        starts, ends = self.tokens.starts, self.tokens.ends
        start, end = int(starts[first]), int(ends[last - 1])
        above = self.said[max(start - _BELOW, int(ends[first - 1]) if first else 0) : start].split("\n")
        stop = min(end + _BELOW, int(starts[last]) if last < starts.size else self.text_end)
        below = self.said[end:stop].split("\n")
        lines = [*above[min(first, 1) :], self.said[start:end], *(below[:-1] if last < starts.size else below)]
        return " ".join(" ".join(lines).split())

    def is_cut_below(self, end: int) -> bool:
        """Tell whether something was cut off what follows a place, on its line or on the next that holds anything."""
        rest, *below = self.said[end : min(end + _BELOW, self.text_end)].split("\n")
        following = [line for line in below if line.strip()][:1]
        return any(line.rstrip().endswith(_CUT) for line in (rest, *following))

    def is_signed(self, start: int) -> bool:
        """Tell whether a handle stands right above a stretch of `said`, as that of whom a profile is of."""
        return _HANDLE.search(self.said, max(0, start - _ABOVE), start) is not None

    def read_around(self, start: int, end: int) -> str:
        """Give a stretch of `said` with what stands around it, of this line and the next ones, as one line."""
        return " ".join(self.said[max(0, start - _AROUND) : end + _AROUND].split())

    def to_place(self, start: int) -> int:
        """Give where a stretch stands among others, for nearness."""
        if start < self.text_end:
            return start
        return start + _APART if start < self.beside_end else self.to_target(start, start + 1)[0]


def read_page(extract: Extract, beside: str = "") -> PageFacts:
    """Give what a page says; linear in its length."""
    visible = f"{extract.text}\n"
    aside = f"{extract.title}\n{beside[:MOST_BESIDE]}\n"
    offset = len(visible) + len(aside)
    pieces = [visible, aside]
    links: list[tuple[int, int, int]] = []
    seen: set[str] = set()
    for link in extract.links[:MOST_LINKS]:
        address = link.address[:_ADDRESS].replace("\n", " ")
        if address in seen:
            continue
        seen.add(address)
        links.append((offset, link.start, link.end))
        pieces.append(f"{address}\n")
        offset += len(address) + 1
    said = "".join(pieces)
    tokens = tokenise(said)
    return PageFacts(
        said, tokens, _find_gaps(said, tokens), len(visible) - 1, len(visible) + len(aside) - 1, tuple(links)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A text of a record as a page shows it.

    `first`, `last`: half-open tokens of the page. `start`, `end`: the same in code points of `PageFacts.said`. `shown`:
    bool, for each token of the text. `place`: where it stands, for nearness. `is_marked`: what is missing at its end
    was cut off by a mark.
    """

    first: int
    last: int
    start: int
    end: int
    place: int
    agreement: Agreement
    shown: NDArray[np.bool_]
    is_marked: bool = False


class Spans:
    """Stretches of a page, joined where they touch, to be asked which others they meet."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def meet(self, start: int, end: int) -> bool:
        """Tell whether a stretch stands in one of them, wholly or in part."""
        at = bisect_right(self._ends, start)
        return at < len(self._starts) and self._starts[at] < end


def find_sightings(page: PageFacts, texts: Sequence[str], values: Values) -> list[Sighting | None]:
    """Give for each text, and its tokens, the best place at which the page shows it, or none."""
    strict = np.array([is_one_word(text) for text in texts], np.bool_)
    shown, best = _locate(
        values.tokens.hashes,
        _find_gaps(values.said, values.tokens),
        values.bounds,
        strict,
        page.tokens.hashes,
        page.gaps,
        page.ordered,
        page.order,
    )
    found: list[Sighting | None] = [None] * len(texts)
    for number in np.flatnonzero(best[:, 1]).tolist():
        mask = shown[values.bounds[number] : values.bounds[number + 1]]
        found[number] = _judge(page, mask, best[number].tolist(), is_strict=bool(strict[number]))
    return found


def _judge(page: PageFacts, mask: NDArray[np.bool_], row: list[int], *, is_strict: bool) -> Sighting | None:
    first, last, run, head, where = row
    size, covered = mask.size, int(mask.sum())
    agreement: Agreement
    is_marked = False
    if run == size:
        agreement = "exact"
    elif is_strict:
        return None
    elif covered == size and last - first <= size + SHORT_TOKENS:
        agreement = "reordered"
    elif head == run >= _LEAST_HEAD and (is_marked := _is_cut(page.said, int(page.tokens.ends[where + run - 1]))):
        agreement = "truncated"
    elif size > SHORT_TOKENS and covered >= _LEAST_PART * size and last - first <= size + SHORT_TOKENS:
        agreement = "changed"
    elif head == run >= _LEAST_HEAD and _ends_line(page.said, int(page.tokens.ends[where + run - 1])):
        agreement = "truncated"
    else:
        return None
    if agreement == "truncated":
        first, last = where, where + run
        mask = np.arange(size) < run
    start, end = int(page.tokens.starts[first]), int(page.tokens.ends[last - 1])
    return Sighting(first, last, start, end, page.to_place(start), agreement, mask, is_marked)


def _is_cut(said: str, end: int) -> bool:
    """Tell whether a text breaks off by a mark, within the word after `end` or right behind it."""
    rest = said[end : end + 30].lstrip(" ").split("\n", 1)[0]
    return rest.startswith(_CUT) or rest.split(" ", 1)[0].endswith(_CUT)


def _ends_line(said: str, end: int) -> bool:
    """Tell whether no word follows in the line."""
    rest = said[end : end + 30].split("\n", 1)[0]
    return len(rest) < 30 and not any(character.isalnum() for character in rest)  # noqa: PLR2004


def _find_gaps(text: str, tokens: Tokens) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), np.uint32)
    gaps = np.zeros(len(tokens), np.uint32)
    if gaps.size > 1:
        ends, widths = tokens.ends[:-1], tokens.starts[1:] - tokens.ends[:-1]
        between = codes[ends]
        joins = (widths == 1) & np.isin(between, [ord(joint) for joint in _JOINTS])
        gaps[:-1] = np.where(joins, between, widths == 0)
    return gaps


@numba.njit(cache=True)
def _locate(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    values: NDArray[np.uint64],
    value_gaps: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    strict: NDArray[np.bool_],
    page: NDArray[np.uint64],
    page_gaps: NDArray[np.uint32],
    ordered: NDArray[np.uint64],
    order: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Give which tokens of the values are shown, and for each value a row.

    A row is the first and the last token of the page, the length of the longest run, the same if it begins the value,
    else 0, and where that run begins.
    """
    shown = np.zeros(values.size, np.bool_)
    best = np.zeros((bounds.size - 1, 5), np.int64)
    for number in range(bounds.size - 1):
        start, end = bounds[number], bounds[number + 1]
        value, gaps = values[start:end], value_gaps[start:end]
        longest, where, offset = _find_longest(value, gaps, strict[number], page, page_gaps, ordered, order)
        if not longest:
            continue
        first, last = where, where + longest
        shown[start + offset : start + offset + longest] = True
        if longest < end - start and not strict[number]:
            first, last = _cover(value, shown[start:end], page, where - offset, first, last)
        best[number, 0] = first
        best[number, 1] = last
        best[number, 2] = longest
        best[number, 3] = longest if offset == 0 else 0
        best[number, 4] = where
    return shown, best


@numba.njit(cache=True)
def _find_longest(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    value: NDArray[np.uint64],
    gaps: NDArray[np.uint32],
    is_strict: np.bool_,
    page: NDArray[np.uint64],
    page_gaps: NDArray[np.uint32],
    ordered: NDArray[np.uint64],
    order: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Give the longest run of a value on the page: its length, where it begins there, and where in the value.

    Of a strict one only the whole counts, joined as it is and to nothing else.
    """
    longest, where, offset = 0, 0, 0
    for at in range(1 if is_strict else value.size):
        if longest >= value.size - at:
            break
        place = np.searchsorted(ordered, value[at])
        stop = min(place + (_STRICT_PLACES if is_strict else _PLACES), ordered.size)
        while place < stop and ordered[place] == value[at]:
            begin = order[place]
            place += 1
            if at > 0 and begin > 0 and page[begin - 1] == value[at - 1]:
                continue
            length = _measure_run(value[at:], page[begin:])
            if length > longest and (not is_strict or _stands_alone(gaps, page_gaps, begin, length)):
                longest, where, offset = length, begin, at
    return longest, where, offset


@numba.njit(cache=True)
def _measure_run(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> int:
    length = 0
    while length < min(left.size, right.size) and left[length] == right[length]:
        length += 1
    return length


@numba.njit(cache=True)
def _stands_alone(gaps: NDArray[np.uint32], page_gaps: NDArray[np.uint32], begin: int, length: int) -> bool:
    """Tell whether a run is the whole value and one word of the page, joined as the value is and to nothing else."""
    size = gaps.size
    if length < size or (begin > 0 and page_gaps[begin - 1]) or page_gaps[begin + size - 1]:
        return False
    inner: bool = (page_gaps[begin : begin + size - 1] == gaps[: size - 1]).all()
    return inner


@numba.njit(cache=True)
def _cover(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    value: NDArray[np.uint64], shown: NDArray[np.bool_], page: NDArray[np.uint64], begin: int, first: int, last: int
) -> tuple[int, int]:
    """Mark what else of a value stands around its longest run: of a short one each word, of a text runs of two."""
    size = value.size
    least = 1 if size <= SHORT_TOKENS else 2
    slack = size - 1 if size <= SHORT_TOKENS else size // 2 + 2
    for place in range(max(0, begin - slack), min(page.size, begin + size + slack)):
        for at in range(size):
            if page[place] != value[at] or shown[at]:
                continue
            length = _measure_run(value[at:], page[place:])
            if length >= least:
                shown[at : at + length] = True
                first, last = min(first, place), max(last, place + length)
    return first, last
