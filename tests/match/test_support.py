"""What supports a likeness in words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import VersionMismatch
from cloneward.fingerprint.asset import ASSET, ICON
from cloneward.fingerprint.kinds import TRAITS, Kind, Traits
from cloneward.fingerprint.layout import STRUCTURE
from cloneward.match.support import MIN_FEATURES, PLAIN, Look, estimate_jaccard, find_support
from cloneward.model.finding import Match
from cloneward.model.ids import digest_text

TEXT = Match(item="i", page="p", value=0.5)
NONE = Traits(STRUCTURE)


def values(start, end):
    """Give as many digests as there are numbers."""
    return frozenset(digest_text(str(number))[:16] for number in range(start, end))


def traits(start, end, kind=STRUCTURE):
    """Give the sketch of as many digests."""
    return Traits.of(kind, values(start, end))


SETS = st.frozensets(st.sampled_from(sorted(values(0, 60))))


@given(SETS, SETS, SETS)
def test_small_sets_are_compared_exactly(left, right, aside):
    """Below the size of a sketch it is the Jaccard similarity itself: symmetric, in [0, 1], 1 for the same set."""
    one, two, off = Traits(STRUCTURE, left), Traits(STRUCTURE, right), Traits(STRUCTURE, aside)
    both = (left | right) - aside
    expected = len((left & right) - aside) / len(both) if both else 0.0
    assert estimate_jaccard(one, two, off) == estimate_jaccard(two, one, off) == expected
    assert estimate_jaccard(one, one, NONE) == (1.0 if left else 0.0)


@pytest.mark.parametrize(("shared", "own"), [(0, 900), (300, 600), (450, 450), (800, 100), (900, 0)])
@pytest.mark.parametrize("small", [1, 8])
def test_large_sets_are_estimated(shared, own, small):
    """Above it the estimate is within four standard errors, though the two differ in size, and with a part aside."""
    left, right = traits(0, shared + own), traits(own, own + shared + own // small)
    exact = shared / (own + shared + own // small)
    assert abs(estimate_jaccard(left, right, NONE) - exact) < 4 * 0.5 / TRAITS**0.5
    aside = Traits(STRUCTURE, values(0, own // 2))
    exact = shared / (own - own // 2 + shared + own // small)
    assert abs(estimate_jaccard(left, right, aside) - exact) < 4 * 0.5 / TRAITS**0.5


def test_versions_are_not_compared():
    """Another version of either side, or of what is set aside, is an error and never an answer."""
    newer = Traits(Kind("structure", 2), values(0, 20))
    old = traits(0, 20)
    for sides in ((old, newer, NONE), (newer, old, NONE), (old, old, newer)):
        with pytest.raises(VersionMismatch, match="cannot be compared"):
            estimate_jaccard(*sides)
    with pytest.raises(VersionMismatch):
        list(find_support(TEXT, Look(icons=traits(0, 1, ASSET)), Look(), PLAIN))


def test_each_kind_is_one_match():
    """Layout, files and icon are matches of the same page and item without spans, each with its measure."""
    theirs = Look(structure=traits(0, 40), assets=traits(0, 3, ASSET), icons=traits(0, 2, ICON))
    ours = Look(structure=traits(10, 50), assets=traits(1, 4, ASSET), icons=traits(1, 2, ICON))
    assert list(find_support(TEXT, theirs, ours)) == [
        Match(item="i", page="p", kind="structure", measure="jaccard", value=0.6),
        Match(item="i", page="p", kind="asset", measure="jaccard", value=0.5),
        Match(item="i", page="p", kind="icon", measure="hamming", value=0.0),
    ]


def test_what_says_nothing_is_no_match():
    """Layouts of a few tags, and files of which none is the same, are not told."""
    few = Look(structure=traits(0, MIN_FEATURES - 1), assets=traits(0, 3, ASSET), icons=traits(0, 1, ICON))
    other = replace(few, assets=traits(3, 6, ASSET), icons=traits(1, 2, ICON))
    assert list(find_support(TEXT, few, other)) == list(find_support(TEXT, PLAIN, PLAIN)) == []


def test_what_many_have_is_set_aside():
    """What stands in the background is no likeness: a shared template leaves nothing to compare."""
    look = Look(structure=traits(0, 40), assets=traits(0, 3, ASSET), icons=traits(0, 1, ICON))
    assert list(find_support(TEXT, look, look, aside=look)) == []
    part = Look(structure=traits(0, 20))
    theirs = replace(look, structure=traits(0, 60))
    assert next(find_support(TEXT, theirs, look, aside=part)).value == 0.5
