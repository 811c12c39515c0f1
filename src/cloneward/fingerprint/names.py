"""Names of elements as numbers, and what is known of each: what kernels ask at every tag."""

from collections.abc import Iterable, Mapping

import numba
import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""No name's number."""

_SLOTS = 256  # a power of two, and enough for most names to stand in their own slot


def make_table(traits: Mapping[int, Iterable[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give names, and beside each the sum of its traits, as `find_traits` takes them.

    Args:
        traits: the names that have a trait, by trait; each trait is one bit.
    """
    names = np.full(_SLOTS, UNKNOWN, np.int64)
    sums = np.zeros(_SLOTS, np.int64)
    for trait, named in traits.items():
        for name in named:
            slot = _find_slot(name, names)
            names[slot] = name
            sums[slot] |= trait
    return names, sums


@numba.njit(cache=True)
def find_traits(name: int | np.int64, names: NDArray[np.int64], sums: NDArray[np.int64]) -> int:
    """Give the sum of a name's traits; 0 if it is not in the table."""
    traits: int = sums[_find_slot(name, names)]
    return traits


@numba.njit(cache=True)
def _find_slot(name: int | np.int64, names: NDArray[np.int64]) -> int | np.int64:
    """Give where a name stands, or the free slot where it would: the next one, if another name stands in its own."""
    last = names.size - 1
    slot = (name * 0x9E3779B1 >> 20) & last
    while names[slot] not in (name, UNKNOWN):
        slot = (slot + 1) & last
    return slot
