"""Passages that something stands between."""

from dataclasses import replace

import pytest

from cloneward.judge.joined import count_once, measure_passage
from cloneward.model.finding import Match, Span

WITHIN = {"least": 15, "between": 600}


TEXT = "".join(f"{number:05} " for number in range(1_000))


def match(*groups):
    """Give a match of groups: where each begins in the target and in the item, and its words of six characters."""
    spans = [
        Span(target=(at, at + 6 * words), item=(place, place + 6 * words), words=words, group=number)
        for number, (at, place, words) in enumerate(groups)
    ]
    return Match(item="i", page="p", value=0.1, spans=tuple(spans))


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([], 0),
        ([(0, 0, 10)], 10),
        ([(0, 0, 30), (180 + 600, 180, 25)], 55),  # put in by the target
        ([(0, 0, 30), (180, 9000, 25)], 55),  # left out of the item
        ([(0, 0, 30), (180 + 601, 180, 25)], 30),
        ([(0, 500, 30), (200, 0, 25)], 30),  # another order
        ([(0, 0, 20), (300, 120, 21), (600, 250, 22), (2000, 2000, 50)], 63),
        ([(0, 0, 20), (300, 900, 14), (600, 140, 21)], 41),  # a cell between them, from elsewhere
        ([(0, 0, 30), (180 + 80, 180 + 200, 25)], 55),
        ([(0, 0, 30), (180 + 81, 180 + 200, 25)], 30),  # next to each other in neither
        ([(0, 0, 14), (100, 100, 14), (200, 200, 14)], 14),
        ([(0, 0, 50), (5000, 5000, 15), (5100, 5100, 15)], 50),
    ],
)
def test_groups_that_follow_one_another_are_one_passage(groups, words):
    """Groups in one order count together that are near each other on the page, and next to each other in one text."""
    assert measure_passage(match(*groups), TEXT, **WITHIN) == words


def test_spans_of_a_group_count_together():
    """A group reaches from its first span to its last, and has the words of all."""
    first, second = Span(target=(0, 60), item=(0, 60), words=10), Span(target=(90, 150), item=(80, 140), words=10)
    third = Span(target=(750, 810), item=(170, 230), words=20, group=1)
    match = Match(item="i", page="p", value=0.1, spans=(first, second, third))
    assert measure_passage(match, TEXT, **WITHIN) == 40


def test_what_a_page_repeats_counts_once():
    """A run of words that a passage has several times, within a group or in the next, has its words once."""
    again = match((0, 0, 20), (120, 200, 20), (240, 400, 21))
    assert measure_passage(again, TEXT[:120] * 2 + TEXT, **WITHIN) == 41
    spans = tuple(replace(span, item=(at * 120, at * 120 + 120), group=0) for at, span in enumerate(again.spans))
    assert measure_passage(replace(again, spans=spans), TEXT[:120] * 2 + TEXT, **WITHIN) == 41


def test_words_that_do_not_count_everywhere_count_where_they_do():
    """Of a repeated run the place with most words is taken."""
    spans = [
        Span(target=(at, at + 120), item=(at, at + 120), words=words) for at, words in ((0, 3), (120, 20), (240, 5))
    ]
    assert measure_passage(Match(item="i", page="p", value=0.1, spans=tuple(spans)), TEXT[:120] * 3, **WITHIN) == 20


def test_words_of_an_item_count_once_on_all_pages():
    """What two pages, or two places of one, have alike counts once; of each item apart."""
    spans = tuple(Span(target=(at, at + 60), item=(at, at + 60), words=10, group=at) for at in (0, 60, 120))
    here = Match(item="i", page="p", value=0.1, spans=spans)
    there = replace(here, page="q", spans=spans[:1])
    other = replace(there, item="j")
    texts = {"p": TEXT[:60] * 2 + TEXT[120:], "q": TEXT}
    assert count_once([here, there, other], texts) == {"i": 20, "j": 10}
    assert count_once([], {}) == {}
