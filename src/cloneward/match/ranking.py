"""Which records a page is compared with: those that share the rarest keys with it, all its keys looked up at once."""

import math

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.match.fields import BAGS, LINES, PAIRS, list_asked
from cloneward.match.index import Index
from cloneward.match.segment import find_runs
from cloneward.match.sightings import PageFacts

MOST_CANDIDATES = 32
"""Records that are compared with one page at most."""

_OF_SUBJECT = 3.0  # nats for what a page's title says, or what stands beside its text: whom it is about
_OF_LINES = 2.0  # of the rarity of whole lines: a long value that stands there whole
_OF_PAIRS = 0.01  # of the rarity of pairs beyond what tells one record: they follow from one another
_SHARED_MOST = 1_000  # records from which on a key says too little to look its owners up
_LOOKED_UP = 200_000  # entries of the index that are read for one page, the rarest keys first


def rank_records(facts: PageFacts, index: Index) -> list[tuple[float, str]]:
    """Give the items that share rare keys with a page and the nats of these, the rarest together first."""
    keys, kinds = list_asked(facts.tokens.hashes, facts.tokens.lines)
    keys, firsts = np.unique(keys, return_index=True)
    kinds = kinds[firsts]
    runs = [find_runs(keys, part.segment.hashes, part.segment.directory) for part in index.parts]
    places = [
        np.searchsorted(keys, part.segment.hashes[begins]) for part, (begins, _) in zip(index.parts, runs, strict=True)
    ]
    counts = np.zeros(keys.size, np.int64)
    for place, (begins, ends) in zip(places, runs, strict=True):
        counts[place] += ends - begins
    common = math.log(len(index) + 1)
    weights = common - np.log(np.maximum(counts, 1)) + _OF_SUBJECT * np.isin(keys, facts.list_subject(), kind="sort")
    limit = _limit_shared(counts)
    ranked: list[tuple[float, str]] = []
    for part, place, (begins, ends) in zip(index.parts, places, runs, strict=True):
        kept = counts[place] <= limit
        owners, rarities = _sum_weights(
            begins[kept], ends[kept], weights[place[kept]], kinds[place[kept]], part.segment.owners, part.alive
        )
        pairs = rarities[:, PAIRS]
        sums = rarities[:, BAGS] + _OF_LINES * rarities[:, LINES] + np.minimum(pairs, common) + _OF_PAIRS * pairs
        best = np.argsort(-sums, kind="stable")[:MOST_CANDIDATES]
        ranked += [(float(sums[at]), part.segment.item(int(owners[at]))) for at in best.tolist() if sums[at] >= common]
    return sorted(ranked, key=lambda entry: (-entry[0], entry[1]))


def _limit_shared(counts: NDArray[np.int64]) -> int:
    """Give up to how many records a key may be shared by, so that not too many are read."""
    ordered = np.sort(counts[(counts > 0) & (counts <= _SHARED_MOST)])
    within = np.flatnonzero(np.cumsum(ordered) <= _LOOKED_UP)
    return int(ordered[within[-1]]) if within.size else 0


@numba.njit(cache=True)
def _sum_weights(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    weights: NDArray[np.float64],
    kinds: NDArray[np.int8],
    owners: NDArray[np.uint32],
    alive: NDArray[np.bool_],
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Give the living owners of some stretches of a segment, and for each the weights it meets, summed by kind."""
    total = (ends - begins).sum()
    size = 64
    while size < 2 * total:
        size *= 2
    items = np.zeros(size, np.uint32)
    sums = np.zeros((size, 3), np.float64)
    used = np.zeros(size, np.bool_)
    for run in range(begins.size):
        kind = kinds[run]
        for at in range(begins[run], ends[run]):
            owner = owners[at]
            if not alive[owner]:
                continue
            slot = np.int64(owner) * 0x9E3779B1 & (size - 1)
            while used[slot] and items[slot] != owner:
                slot = (slot + 1) & (size - 1)
            used[slot] = True
            items[slot] = owner
            sums[slot, kind] += weights[run]
    return items[used], sums[used]
