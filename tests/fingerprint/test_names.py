"""Names of elements as numbers."""

from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.names import UNKNOWN, find_traits, make_table

NUMBERS = st.integers(0, 2**62) | st.integers(0, 300).map(lambda number: number << 28)  # many of one slot


@given(st.dictionaries(NUMBERS, st.integers(1, 7), max_size=120), NUMBERS)
def test_each_name_has_its_traits(known, other):
    """Each name has the sum of the traits it was given, wherever it stands; any other has none."""
    table = make_table({trait: [name for name, traits in known.items() if traits & trait] for trait in (1, 2, 4)})
    assert {name: find_traits(name, *table) for name in known} == known
    assert find_traits(other, *table) == known.get(other, 0)
    assert find_traits(UNKNOWN, *table) == 0
