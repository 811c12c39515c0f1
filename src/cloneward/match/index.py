"""The index: which items share fingerprints with a page, without comparing with every one.

It is a list of immutable segments and a manifest that is replaced by rename, so a crash while writing leaves the old
one valid. It finds every item that shares a run of at least `RUN` words that are not hot, and its answers agree with
`find_exactly`, which compares with all.
"""

import json
import math
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import EvidenceError
from cloneward.fingerprint.kinds import Kind, Sketch, require_same
from cloneward.fingerprint.winnow import TEXT, Sketches
from cloneward.match.mapped import REBUILD, replace_file
from cloneward.match.mark import Listed
from cloneward.match.segment import (
    Segment,
    build_segment,
    find_frequent,
    merge_segments,
    open_segment,
    rank_each,
    rank_owners,
    write_segment,
)

HOT_ITEMS = 1_000
"""Items from which on a fingerprint says nothing about which of them was copied."""
HOT_SHARE = 0.02
"""Share of the items from which on a fingerprint is the owner's template, menus, series and standing notes."""
HOT_MIN_ITEMS = 10
"""Below this many items it is not: a post stands on its own page, and on those of its day, author and subjects."""
SEGMENT_SIZE = 30_000_000
"""Fingerprints that a segment is made of at once: 50,000 long pages or 150,000 short ones, 2 GB while it is made."""
_MERGED_AT = 8
"""Segments from which on those of like size are merged."""
_PLACE = (1 << 32) - 1  # where `rank_owners` has the place of an item
_MANIFEST = "manifest.json"
NOTHING = np.empty(0, np.uint64)
"""No fingerprints."""
_Ranked = tuple[int, int, int]
"""How many fingerprints an item shares, negative; the number of its part; its place there."""


@dataclass(frozen=True, eq=False)
class Part:
    """A segment and which of its items are alive: bool, one for each; the others were removed or changed."""

    segment: Segment
    alive: NDArray[np.bool_]

    def count(self) -> int:
        """Give the number of living items."""
        return int(self.alive.sum())


@dataclass(frozen=True, eq=False)
class Index:
    """The fingerprints of all items.

    `hot`: uint64, ascending: fingerprints on a fiftieth of the items (and on ten) or on a thousand. `common`:
    those that stand on items and in the background. Both retrieve nothing. `mark`: what the caller last said it is an
    index of.
    """

    kind: Kind
    parts: tuple[Part, ...]
    hot: NDArray[np.uint64]
    common: NDArray[np.uint64]
    mark: str = ""

    @cached_property
    def set_aside(self) -> NDArray[np.uint64]:
        """The fingerprints that retrieve nothing and whose words do not count, ascending."""
        return np.union1d(self.hot, self.common)

    @cached_property
    def _listed(self) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        listed = Listed.of(self.set_aside)
        return listed.hashes, listed.endings

    def __len__(self) -> int:
        """Give the number of items."""
        return sum(part.count() for part in self.parts)

    def candidates(
        self, sketch: Sketch, most: int | None = None, least: float = 0.0
    ) -> tuple[list[tuple[str, int]], int]:
        """Give the items that share fingerprints, with how many, the most first, and the number of all such items.

        Args:
            sketch: what is looked up.
            most: how many are named.
            least: only those that share this part of what the first shares are.

        Raises:
            VersionMismatch: the sketch is of another kind or version.
        """
        require_same(sketch.kind, self.kind)
        best: list[_Ranked] = []
        total = 0
        for number, part in enumerate(self.parts):
            s = part.segment
            ranked, items = rank_owners(
                sketch.hashes, *self._listed, s.hashes, s.owners, s.directory, part.alive, least
            )
            best += _unpack(ranked[:most].tolist(), number)
            total += items
        return self._name(best, most, least), total

    def candidates_each(
        self, sketches: Sketches, most: int, least: float = 0.0
    ) -> Iterator[tuple[list[tuple[str, int]], int]]:
        """Give what `candidates` gives, for each of many texts: one call for all, which is sooner.

        Raises:
            VersionMismatch: the sketches are of another kind or version.
        """
        require_same(sketches.kind, self.kind)
        tables = []
        for part in self.parts:
            s = part.segment
            arrays = rank_each(
                sketches.hashes,
                sketches.ends,
                *self._listed,
                s.hashes,
                s.owners,
                s.directory,
                part.alive,
                most,
                least,
            )
            tables.append([array.tolist() for array in arrays])
        starts = [0] * len(tables)
        for text in range(len(sketches)):
            best: list[_Ranked] = []
            for number, (ranked, ends, _) in enumerate(tables):
                best += _unpack(ranked[starts[number] : ends[text]], number)
                starts[number] = ends[text]
            yield self._name(best, most, least), sum(items[text] for _, _, items in tables)

    def _name(self, best: list["_Ranked"], most: int | None, least: float) -> list[tuple[str, int]]:
        best.sort()
        return [
            (self.parts[number].segment.item(place), -shared)
            for shared, number, place in best[:most]
            if shared <= least * best[0][0]
        ]

    def states(self) -> Iterator[tuple[str, str]]:
        """Give each item with the digest of the text that it was indexed with."""
        for part in self.parts:
            for place in np.flatnonzero(part.alive).tolist():
                yield part.segment.item(place), part.segment.state(place)


def _unpack(ranked: list[int], number: int) -> list[_Ranked]:
    return [(entry >> 32, number, entry & _PLACE) for entry in ranked]


def build_index(
    sketches: Iterable[tuple[str, Sketch]], background: NDArray[np.uint64] = NOTHING, kind: Kind = TEXT
) -> Index:
    """Make an index in memory; `background` is ascending.

    Raises:
        VersionMismatch: the sketches are not all of that kind and version.
    """
    segment = build_segment(kind, ((item, "00" * 32, sketch) for item, sketch in sketches))
    part = Part(segment, np.ones(len(segment), np.bool_))
    return Index(kind, (part,), _find_hot([part]), _find_common([part], background))


def open_index(folder: Path, kind: Kind = TEXT) -> Index:
    """Open the index in a folder; an empty one where there is none yet.

    Raises:
        VersionMismatch: it holds fingerprints of another kind or version.
        EvidenceError: it is damaged.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        require_same(Kind(manifest["kind"], manifest["version"]), kind)
        parts = tuple(_open_part(folder, entry, kind) for entry in manifest["segments"])
        hot, common = (np.array(manifest[name], np.uint64) for name in ("hot", "common"))
        return Index(kind, parts, hot, common, manifest["mark"])
    except FileNotFoundError:
        return Index(kind, (), NOTHING, NOTHING)
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"the index in {folder} is damaged: {error}", hint=REBUILD) from error


@dataclass(frozen=True, eq=False)
class Change:
    """What an index is to become: items added, each with the digest of its text, and items gone.

    An item that changed is gone and added. `background`: uint64, ascending, fingerprints of text that many share.
    """

    added: Iterable[tuple[str, str, Sketch]] = ()
    gone: AbstractSet[str] = frozenset()
    background: NDArray[np.uint64] = field(default_factory=lambda: NOTHING)
    mark: str = ""


def update_index(folder: Path, index: Index, change: Change) -> Index:
    """Write an index as changed, and give it as it is on the disk. One writer at a time; readers keep what they opened.

    Raises:
        VersionMismatch: a sketch is of another kind or version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [Part(part.segment, part.alive & ~_places_of(part.segment, change.gone)) for part in index.parts]
    for chunk in _cut(change.added):
        segment = build_segment(index.kind, chunk)
        parts.append(Part(segment, np.ones(len(segment), np.bool_)))
    parts = _merge_parts([part for part in parts if part.alive.any()])
    names = [_keep_segment(folder, part.segment) for part in parts]
    manifest = {
        "kind": index.kind.name,
        "version": index.kind.version,
        "mark": change.mark,
        "hot": _find_hot(parts).tolist(),
        "common": _find_common(parts, change.background).tolist(),
        "segments": [
            {"name": name, "dead": np.flatnonzero(~part.alive).tolist()}
            for name, part in zip(names, parts, strict=True)
        ],
    }
    replace_file(folder / _MANIFEST, json.dumps(manifest).encode())
    for file in folder.iterdir():
        if file.name != _MANIFEST and file.name not in names:
            file.unlink()
    return open_index(folder, index.kind)


def hot_limit(items: int) -> int:
    """Give from how many items on a fingerprint is hot."""
    return min(HOT_ITEMS, max(HOT_MIN_ITEMS, math.ceil(items * HOT_SHARE)))


def _find_hot(parts: list[Part]) -> NDArray[np.uint64]:
    """Give the fingerprints that are hot over all parts.

    One that enough items have, has its share of them in at least one part: only those are counted.
    """
    least = hot_limit(sum(part.count() for part in parts))
    share = -(-least // max(1, len(parts)))
    near = [find_frequent(p.segment.hashes, p.segment.owners, p.alive, share)[0] for p in parts]
    hashes = np.unique(np.concatenate(near)) if near else np.empty(0, np.uint64)
    counts = sum((_count_items(part, hashes) for part in parts), np.zeros(hashes.size, np.int64))
    return hashes[counts >= least]


def _find_common(parts: list[Part], background: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Give the fingerprints of the background that stand on living items."""
    counts = sum((_count_items(part, background) for part in parts), np.zeros(background.size, np.int64))
    return background[counts > 0]


def _count_items(part: Part, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Give how many living items of a part have each of the fingerprints."""
    starts = np.searchsorted(part.segment.hashes, hashes, "left")
    ends = np.searchsorted(part.segment.hashes, hashes, "right")
    counts = np.zeros(hashes.size, np.int64)
    for place in np.flatnonzero(ends > starts).tolist():
        counts[place] = part.alive[part.segment.owners[starts[place] : ends[place]]].sum()
    return counts


def _merge_parts(parts: list[Part]) -> list[Part]:
    """Merge parts of like size once there are many, and any that is mostly dead: each item is rewritten rarely."""
    mostly_dead = [part for part in parts if part.count() * 2 < part.alive.size]
    if len(parts) < _MERGED_AT and not mostly_dead:
        return parts
    ordered = sorted(parts, key=Part.count)
    merged = mostly_dead or ordered[: len(ordered) // 2 + 1]
    segment = merge_segments([(part.segment, part.alive) for part in merged])
    rest = [part for part in parts if all(part is not other for other in merged)]
    return [*rest, Part(segment, np.ones(len(segment), np.bool_))]


def _places_of(segment: Segment, items: AbstractSet[str]) -> NDArray[np.bool_]:
    mask = np.zeros(len(segment), np.bool_)
    if items:
        mask[[place for place in range(len(segment)) if segment.item(place) in items]] = True
    return mask


def _open_part(folder: Path, entry: dict[str, object], kind: Kind) -> Part:
    segment = open_segment(folder / str(entry["name"]), kind)
    alive = np.ones(len(segment), np.bool_)
    alive[np.array(entry["dead"], np.int64)] = False
    return Part(segment, alive)


def _keep_segment(folder: Path, segment: Segment) -> str:
    name = segment.name
    return name if (folder / name).exists() else write_segment(folder, segment)


def _cut(entries: Iterable[tuple[str, str, Sketch]]) -> Iterator[list[tuple[str, str, Sketch]]]:
    chunk: list[tuple[str, str, Sketch]] = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += len(entry[2])
        if size >= SEGMENT_SIZE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
