"""The score: what moves it, how far, and what a base rate does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge.score import give_score, list_figures

SHARES = st.floats(0, 1)
RATES = st.floats(1e-6, 1 - 1e-6)


def score(share, item_share, items=1, base_rate=0.5):
    """Score a target of 1,000 words, what it shares standing on so many items."""
    covered = round(1000 * share)
    figures = list_figures(share=share, item_share=item_share, covered=covered, matched=covered * items)
    return give_score(figures, base_rate)


@given(SHARES, SHARES, SHARES, st.integers(1, 50))
def test_sharing_more_never_lowers_it(one, other, fixed, items):
    """More of the target or of an item shared gives no lower score, and words on more items no higher one."""
    low, high = sorted((one, other))
    assert give_score((low, fixed, 0.0), 0.5) <= give_score((high, fixed, 0.0), 0.5)
    assert give_score((fixed, low, 0.0), 0.5) <= give_score((fixed, high, 0.0), 0.5)
    assert score(fixed, fixed, items + 1) <= score(fixed, fixed, items)


@given(SHARES, SHARES, st.integers(1, 1000), RATES)
def test_evidence_is_bounded(share, item_share, items, base_rate):
    """Whatever is shared, the odds move at most 99 to 1 away from those of the base rate."""
    said = score(share, item_share, items, base_rate)
    prior = base_rate / (1 - base_rate)
    assert prior / 99 * (1 - 1e-6) <= said / (1 - said) <= prior * 99 * (1 + 1e-6)


def test_base_rate_multiplies_the_odds():
    """The same evidence at one in 1,001 has a thousandth of the odds that it has at even ones."""
    even, rare = score(0.3, 0.1), score(0.3, 0.1, base_rate=1 / 1001)
    assert rare / (1 - rare) == pytest.approx(even / (1 - even) / 1000)


def test_full_copy_is_as_sure_as_it_gets():
    """A page copied whole reaches the bound; a short passage in a page of others is near even odds."""
    assert score(1.0, 1.0) == pytest.approx(0.99)
    assert 0.3 < score(0.05, 0.05) < 0.7


def test_passage_on_many_items_counts_less():
    """What stands on three items of ours is likelier a notice than what stands on one."""
    assert score(0.1, 0.1, items=3) < 0.2 < score(0.1, 0.1)


def test_nothing_covered_has_figures_too():
    """Without a covered word there is no crowd to count."""
    assert list_figures(share=0.0, item_share=0.0, covered=0, matched=0) == (0.0, 0.0, 0.0)
