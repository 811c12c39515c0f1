"""Passages that something stands between: what a page puts into our text, or leaves out of it (decision 0023).

A forum has its counters between two posts, a copyist drops the code between two paragraphs. The groups of spans on both
sides are then too far apart to be one, and each may be too short to count. In one of the texts they still stand next to
each other: that tells them from sentences that two references took from a third.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cloneward.model.finding import Match

Range = tuple[int, int]

# What may stand between them in the text that runs on: a full stop, a link to edit, some five words.
_NEXT = 30


@dataclass(frozen=True)
class _Group:
    """One group of spans: where it stands in both texts, and its words."""

    target: Range
    item: Range
    words: int

    @property
    def size(self) -> tuple[int, int]:
        """Its characters and words: two passages that have as many of both are the same, nearly always."""
        return self.target[1] - self.target[0], self.words


def measure_passage(match: Match, *, least: int, between: int) -> int:
    """Give the words in spans of the longest passage that a page shares with an item; 0 where there are no spans.

    A passage is a group of spans, or several in the same order in both texts that are near each other on the page, and
    next to each other in one of the texts.

    Args:
        match: its spans in the order of the target.
        least: words of a group from which on it is joined with another; shorter ones, as cells of a table, are not.
        between: characters that may stand between two of them on the page.
    """
    longest = max(match.group_words().values(), default=0)
    words = 0
    before = None
    seen: set[tuple[int, int]] = set()
    for group in _list_groups(match):
        if group.words < least:
            continue
        if not (before and _follows(group, before, between)):
            words = 0
            seen.clear()
        # a sentence that an item and a page repeat, as references do, says no more the second time
        words += 0 if group.size in seen else group.words
        seen.add(group.size)
        longest, before = max(longest, words), group
    return longest


def _list_groups(match: Match) -> Iterator[_Group]:
    groups: dict[int, _Group] = {}
    for span in match.spans:
        known = groups.get(span.group)
        if known is None:
            groups[span.group] = _Group(span.target, span.item, span.words)
        else:
            target, item = (known.target[0], span.target[1]), (known.item[0], span.item[1])
            groups[span.group] = _Group(target, item, known.words + span.words)
    yield from groups.values()


def _follows(group: _Group, before: _Group, between: int) -> bool:
    put_in, left_out = group.target[0] - before.target[1], group.item[0] - before.item[1]
    return 0 <= put_in <= between and left_out >= 0 and min(put_in, left_out) <= _NEXT
