"""A segment: an immutable part of the index, in memory or mapped from a file.

An inverted list of (fingerprint, item), sorted, with a directory over the leading bits, so that a look-up touches one
or two lines of memory.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch, require_same
from cloneward.match.mapped import open_arrays, pack_names, read_name, write_arrays

_MAGIC = "cloneward segment 1"
_FIELDS = ("hashes", "owners", "directory", "names", "ends", "states")
_STATE_BYTES = 32
_WIDE = 1 << 32
_REACH = 8  # hashes of one line of memory: a place of the directory has four at most, nearly always
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: neighbours fall far apart


@dataclass(frozen=True, eq=False)
class Segment:
    """The fingerprints of some items.

    `hashes`: uint64, shape (p,), ascending. `owners`: uint32, shape (p,), places of items. `directory`: uint32, or
    uint64 from 2**32 hashes on, shape (2**bits + 1,), where the hashes with each leading bits begin. `names`: uint8,
    the ids in UTF-8, one after the other; `ends`: uint64, shape (n,), where each ends. `states`: uint8, shape (n, 32),
    the digest of each item's text.
    """

    kind: Kind
    hashes: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    directory: NDArray[np.uint32 | np.uint64]
    names: NDArray[np.uint8]
    ends: NDArray[np.uint64]
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        """Give the number of items."""
        return int(self.ends.size)

    def item(self, place: int) -> str:
        """Give the id of the item at a place."""
        return read_name(self._names, self.ends, place)

    @cached_property
    def _names(self) -> memoryview:
        """The names as bytes: a part of an array takes several times as long as one of these."""
        return self.names.data

    def state(self, place: int) -> str:
        """Give the digest of the text that the item at a place was indexed with."""
        digest: bytes = self.states[place].tobytes()
        return digest.hex()

    @property
    def name(self) -> str:
        """The file's name: what it holds decides it, so the same items give the same file."""
        content = hashlib.sha256(f"{self.kind}".encode())
        content.update(self.names.tobytes())
        content.update(self.ends.tobytes())
        content.update(self.states.tobytes())
        return f"{content.hexdigest()[:32]}.seg"


def build_segment(kind: Kind, entries: Iterable[tuple[str, str, Sketch]]) -> Segment:
    """Make a segment of items, each with the digest of its text and its sketch; no id may come twice.

    Keeps 12 bytes a fingerprint and a directory of about 1 to 2 more; takes about 50 while it works.

    Raises:
        VersionMismatch: the sketches are not of that kind and version.
    """
    items: list[str] = []
    states: list[str] = []
    parts: list[NDArray[np.uint64]] = []
    for item, state, sketch in entries:
        require_same(sketch.kind, kind)
        items.append(item)
        states.append(state)
        parts.append(np.unique(sketch.hashes))
    hashes = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    owners = np.repeat(np.arange(len(parts), dtype=np.uint32), [part.size for part in parts])
    return _assemble(kind, items, states, hashes, owners)


def merge_segments(parts: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Segment:
    """Make one segment of what is alive in several of one kind; alive is bool, one for each item."""
    items: list[str] = []
    states: list[str] = []
    hashes: list[NDArray[np.uint64]] = []
    owners: list[NDArray[np.uint32]] = []
    for segment, alive in parts:
        places = np.flatnonzero(alive)
        moved = np.zeros(len(segment), np.uint32)
        moved[places] = np.arange(len(items), len(items) + places.size, dtype=np.uint32)
        kept = alive[segment.owners]
        hashes.append(segment.hashes[kept])
        owners.append(moved[segment.owners[kept]])
        items += [segment.item(place) for place in places.tolist()]
        states += [segment.state(place) for place in places.tolist()]
    return _assemble(parts[0][0].kind, items, states, np.concatenate(hashes), np.concatenate(owners))


def write_segment(folder: Path, segment: Segment) -> str:
    """Write a segment and give its name; it is on the disk when this returns, or not there at all."""
    name = segment.name
    write_arrays(folder / name, _MAGIC, segment.kind, {field: getattr(segment, field) for field in _FIELDS})
    return name


def open_segment(file: Path, kind: Kind) -> Segment:
    """Map a segment; reading it costs nothing until it is asked.

    Raises:
        VersionMismatch: it holds fingerprints of another kind or version.
        EvidenceError: it is missing or damaged.
    """
    return Segment(kind=kind, **open_arrays(file, _MAGIC, kind, _FIELDS))


def _assemble(
    kind: Kind, items: Sequence[str], states: Sequence[str], hashes: NDArray[np.uint64], owners: NDArray[np.uint32]
) -> Segment:
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    names, ends = pack_names(items)
    return Segment(
        kind=kind,
        hashes=hashes,
        owners=owners[order],
        directory=_directory(hashes),
        names=names,
        ends=ends,
        states=np.frombuffer(b"".join(map(bytes.fromhex, states)), np.uint8).reshape(-1, _STATE_BYTES),
    )


def _directory(hashes: NDArray[np.uint64]) -> NDArray[np.uint32 | np.uint64]:
    bits = max(1, int(hashes.size).bit_length() - 2)
    edges = np.arange(1, 1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    places = np.concatenate(([0], np.searchsorted(hashes, edges), [hashes.size]))
    return places.astype(np.uint32 if hashes.size < _WIDE else np.uint64)


@numba.njit(cache=True)
def rank_owners(  # noqa: PLR0913, PLR0917  numba passes no object of ours, so each array comes alone
    wanted: NDArray[np.uint64],
    aside: NDArray[np.uint64],
    endings: NDArray[np.bool_],
    hashes: NDArray[np.uint64],
    owners: NDArray[np.uint32],
    directory: NDArray[np.uint32 | np.uint64],
    alive: NDArray[np.bool_],
    least: float,
) -> tuple[NDArray[np.int64], int]:
    """Give the living items that share wanted fingerprints which are not set aside, those that share most first.

    Args:
        wanted: what is looked up.
        aside, endings: what retrieves nothing, as `Listed` has it.
        hashes, owners, directory: those of a segment.
        alive: which of its items are.
        least: only those items are given that share this part of what the first shares.

    Returns:
        int64, shape (n,), ascending: how many are shared, negative, in the upper 32 bits; the item's place below. And
        how many items share any.
    """
    begins, ends = find_runs(wanted, hashes, directory)
    runs = _keep_runs(begins, ends, hashes, aside, endings)
    _read_ahead(owners, begins[:runs])
    total = (ends[:runs] - begins[:runs]).sum()
    size = _size_table(min(total, alive.size))
    places = np.empty(size, np.uint32)
    counts = np.zeros(size, np.int32)
    taken = np.empty(total, np.int64)
    met = 0
    for run in range(runs):
        for index in range(begins[run], ends[run]):
            owner = owners[index]
            slot = np.uint64(owner) * _SPREAD >> np.uint64(32) & np.uint64(size - 1)
            while counts[slot] and places[slot] != owner:
                slot = (slot + np.uint64(1)) & np.uint64(size - 1)
            taken[met] = slot
            met += counts[slot] == 0
            places[slot] = owner
            counts[slot] += 1
    items = 0
    most = 0
    for at in range(met):
        slot = taken[at]
        if alive[places[slot]]:
            taken[items] = slot
            items += 1
            most = max(most, int(counts[slot]))
    ranked = np.empty(items, np.int64)
    kept = 0
    for at in range(items):
        shared = np.int64(counts[taken[at]])
        ranked[kept] = (-shared << 32) + places[taken[at]]
        kept += int(shared >= least * most)
    ranked = ranked[:kept]
    ranked.sort()
    return ranked, items


@numba.njit(cache=True)
def rank_each(  # noqa: PLR0913, PLR0917  see above
    wanted: NDArray[np.uint64],
    stops: NDArray[np.int64],
    aside: NDArray[np.uint64],
    endings: NDArray[np.bool_],
    hashes: NDArray[np.uint64],
    owners: NDArray[np.uint32],
    directory: NDArray[np.uint32 | np.uint64],
    alive: NDArray[np.bool_],
    most: int,
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give what `rank_owners` gives for each of many texts, up to `most` of the first.

    Args:
        wanted: what is looked up, of one text after the other.
        stops: where what is looked up for each text ends.
        aside, endings, hashes, owners, directory, alive, least: as for one.
        most: how many are given of each.

    Returns:
        The first of each text, those of one after those of the other; where those of each end; and for each how many
        items share any.
    """
    ranked = np.empty(stops.size * min(most, alive.size), np.int64)
    ends = np.empty(stops.size, np.int64)
    items = np.empty(stops.size, np.int64)
    start = 0
    end = 0
    for text in range(stops.size):
        of_text = wanted[start : stops[text]]
        found, items[text] = rank_owners(of_text, aside, endings, hashes, owners, directory, alive, least)
        size = min(most, found.size)
        ranked[end : end + size] = found[:size]
        start = stops[text]
        end += size
        ends[text] = end
    return ranked[:end], ends, items


@numba.njit(cache=True)
def find_runs(
    wanted: NDArray[np.uint64], hashes: NDArray[np.uint64], directory: NDArray[np.uint32 | np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where each fingerprint that the segment has begins and ends in it: int64, one each, as they are asked.

    Nearly all of the time is waiting for memory. So the directory is read for all of them, then the lines that each
    may stand on, and only then is anything decided: reads that depend on no decision are under way together. Of the
    `_REACH` hashes from there on all are compared, which is less work than one wrong guess when to stop.
    """
    shift = np.uint64(65)
    size = directory.size
    while size:
        size >>= 1
        shift -= np.uint64(1)
    begins = np.empty(wanted.size, np.int64)
    ends = np.empty(wanted.size, np.int64)
    reach = min(_REACH, hashes.size)
    for at in range(wanted.size):
        begins[at] = directory[wanted[at] >> shift]
    begins = np.minimum(begins, hashes.size - reach)
    if reach:
        _read_ahead(hashes, begins)
        _read_ahead(hashes, begins + (reach - 1))
    runs = 0
    for at in range(wanted.size):
        value = wanted[at]
        start = np.uint64(begins[at])
        less = 0
        same = 0
        for step in range(reach):
            here = hashes[start + np.uint64(step)]
            less += here < value
            same += here == value
        begin = begins[at] + less
        end = begin + same
        if less + same == reach:  # a run of many owners, or behind one
            while begin < hashes.size and hashes[begin] < value:
                begin += 1
            end = max(begin, end)
            while end < hashes.size and hashes[end] == value:
                end += 1
        begins[runs] = begin
        ends[runs] = end
        runs += end > begin
    return begins[:runs], ends[:runs]


@numba.njit(cache=True)
def _read_ahead(values: NDArray[np.uint64 | np.uint32], places: NDArray[np.int64]) -> NDArray[np.uint64 | np.uint32]:
    """Read what stands at the places, so that the lines of memory are at hand; they are kept, or nothing were read."""
    read = np.empty(places.size, values.dtype)
    for at in range(places.size):
        read[at] = values[places[at]]
    return read


@numba.njit(cache=True)
def _keep_runs(
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    aside: NDArray[np.uint64],
    endings: NDArray[np.bool_],
) -> int:
    """Move each run that counts to the front, once, and give their number."""
    size = _size_table(begins.size)
    met = np.full(size, -1, np.int64)
    runs = 0
    for at in range(begins.size):
        begin = begins[at]
        slot: int = begin & (size - 1)
        while met[slot] not in (-1, begin):
            slot = (slot + 1) & (size - 1)
        if met[slot] == begin:
            continue
        met[slot] = begin
        if endings[hashes[begin] & np.uint64(endings.size - 1)]:
            place = np.searchsorted(aside, hashes[begin])
            if place < aside.size and aside[place] == hashes[begin]:
                continue
        begins[runs] = begin
        ends[runs] = ends[at]
        runs += 1
    return runs


@numba.njit(cache=True)
def _size_table(entries: int) -> int:
    """Give the slots of a hash table for so many entries: a power of two, at most half full."""
    size = 64
    while size < 2 * entries:
        size *= 2
    return size


@numba.njit(cache=True)
def find_frequent(
    hashes: NDArray[np.uint64], owners: NDArray[np.uint32], alive: NDArray[np.bool_], least: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Give the fingerprints that at least so many living items have, ascending, and how many have each."""
    found = np.empty(64, np.uint64)
    counts = np.empty(64, np.int64)
    total = 0
    start = 0
    while start < hashes.size:
        end = start
        count = 0
        while end < hashes.size and hashes[end] == hashes[start]:
            count += alive[owners[end]]
            end += 1
        if count >= least:
            if total == found.size:
                found = np.concatenate((found, np.empty(total, np.uint64)))
                counts = np.concatenate((counts, np.empty(total, np.int64)))
            found[total] = hashes[start]
            counts[total] = count
            total += 1
        start = end
    return found[:total], counts[:total]
