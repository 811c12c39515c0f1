"""Passages that something stands between: what a page puts into our text, or leaves out of it (decision 0023).

A forum has its counters between two posts, a copyist drops the code between two paragraphs. The groups of spans on both
sides are then too far apart to be one, and each may be too short to count. In one of the texts they still stand next to
each other: that tells them from sentences that two references took from a third.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cloneward.model.finding import Match, Span

# What may stand between them in the text that runs on: a line of print at most, as a full stop or a row of navigation.
_NEXT = 80


@dataclass
class _Group:
    """One group of spans: the first and the last, and the words of each run, once however often it is repeated."""

    first: Span
    last: Span
    runs: dict[str, int]

    def count_words(self) -> int:
        """Give its words without repetitions."""
        return sum(self.runs.values())


def measure_passage(match: Match, text: str, *, least: int, between: int) -> int:
    """Give the words in spans of the longest passage that a page shares with an item; 0 where there are no spans.

    A passage is a group of spans, or several in the same order in both texts that are near each other on the page, and
    next to each other in one of the texts. Runs that it repeats, as references do, say no more the second time.

    Args:
        match: its spans in the order of the target.
        text: of the page, in which the spans stand.
        least: words of a group from which on it is joined with another; shorter ones, as cells of a table, are not.
        between: characters that may stand between two of them on the page.
    """
    longest = 0
    runs: dict[str, int] = {}
    before = None
    for group in _list_groups(match, text):
        longest = max(longest, group.count_words())
        if group.count_words() < least:
            continue
        runs = runs | group.runs if before and _follows(group, before, between) else group.runs
        longest, before = max(longest, sum(runs.values())), group
    return longest


def count_once(matches: Iterable[Match], texts: Mapping[str, str]) -> dict[str, int]:
    """Give the words in spans of each matched item on the whole target, what is said again counted once.

    Args:
        matches: of text, on any page.
        texts: of the pages, by address.
    """
    runs: dict[str, dict[str, int]] = {}
    for match in matches:
        known = runs.setdefault(match.item, {})
        for group in _list_groups(match, texts[match.page]):
            known |= group.runs
    return {item: sum(known.values()) for item, known in runs.items()}


def _list_groups(match: Match, text: str) -> Iterator[_Group]:
    groups: dict[int, _Group] = {}
    for span in match.spans:
        group = groups.setdefault(span.group, _Group(span, span, {}))
        run = text[slice(*span.target)]
        group.runs[run] = max(span.words, group.runs.get(run, 0))
        group.last = span
    yield from groups.values()


def _follows(group: _Group, before: _Group, between: int) -> bool:
    put_in = group.first.target[0] - before.last.target[1]
    left_out = group.first.item[0] - before.last.item[1]
    return 0 <= put_in <= between and left_out >= 0 and min(put_in, left_out) <= _NEXT
