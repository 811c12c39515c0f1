"""Which protected pictures a page's picture shows: as a whole, or cut, framed, turned a little, mirrored, written on.

The index is a list of immutable segments and a manifest that is replaced by rename, so a crash while writing leaves the
old one valid. Pictures have names, as the digest of their bytes, and stand in it once, whatever shows them. They are
found by PDQ, which looks at the whole, and by points that vote for the picture they are of; what is found by points is
then compared in full.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import EvidenceError
from cloneward.fingerprint.kinds import Kind, require_same
from cloneward.fingerprint.local import LOCAL, mirror_spots
from cloneward.fingerprint.photo import PicturePrint
from cloneward.match.geometry import Check, Points, check_pair, measure_sides
from cloneward.match.hamming import find_near
from cloneward.match.mapped import REBUILD, replace_file
from cloneward.match.points import (
    PointSegment,
    build_points,
    count_votes,
    merge_points,
    open_points,
    write_points,
)
from cloneward.match.transform import tell_plain, tell_transform
from cloneward.model.finding import Measure, Transform

LEAST_VOTES = 5
"""Points near to one of a picture, from which on the two are compared in full."""
MOST_COMPARED = 50
"""Pictures that are compared in full, those with most votes, for each of the picture and its mirror image."""
ENOUGH_POINTS = 32
"""Of each of two pictures that are near as a whole: with as many, points and brightness must agree too."""
SEGMENT_SIZE = 20_000
"""Pictures that a segment is made of at once: some 400 MB while it is made."""
MOST_MERGED = 60_000
"""Pictures that a segment is merged of, at most."""
_MERGED_AT = 8
_MANIFEST = "manifest.json"


@dataclass(frozen=True, eq=False)
class PhotoPart:
    """A segment and which of its pictures are alive: bool, one for each; the others were removed.

    `files`: the names of its two files, where it is on the disk.
    """

    segment: PointSegment
    alive: NDArray[np.bool_]
    files: tuple[str, ...] = ()

    def count(self) -> int:
        """Give the number of living pictures."""
        return int(self.alive.sum())


@dataclass(frozen=True, eq=False)
class PhotoIndex:
    """The fingerprints of all pictures. `mark`: what the caller last said it is an index of."""

    parts: tuple[PhotoPart, ...] = ()
    mark: str = ""

    def __len__(self) -> int:
        """Give the number of pictures."""
        return sum(part.count() for part in self.parts)

    def names(self) -> Iterator[str]:
        """Give the name of each picture."""
        for part in self.parts:
            yield from map(part.segment.item, np.flatnonzero(part.alive).tolist())


@dataclass(frozen=True)
class PhotoMatch:
    """A protected picture that a page's picture shows.

    `measure`: `hamming`, the bits of PDQ that differ, where the whole is near, and no points that ought to agree do
    not; otherwise `inliers`, the points that agree, where brightness agrees too.
    """

    picture: str
    measure: Measure
    value: int
    transform: Transform


def build_photos(entries: Iterable[tuple[str, PicturePrint]]) -> PhotoIndex:
    """Make an index in memory, of pictures by name; of one name the last counts.

    Raises:
        VersionMismatch: the fingerprints are of another version.
    """
    return PhotoIndex((_make_part(build_points(list(dict(entries).items()))),))


def open_photos(folder: Path) -> PhotoIndex:
    """Open the index in a folder; an empty one where there is none yet.

    Raises:
        VersionMismatch: it holds fingerprints of another version.
        EvidenceError: it is damaged.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        require_same(Kind(manifest["kind"], manifest["version"]), LOCAL)
        return PhotoIndex(tuple(_open_part(folder, entry) for entry in manifest["segments"]), manifest["mark"])
    except FileNotFoundError:
        return PhotoIndex()
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"the index in {folder} is damaged: {error}", hint=REBUILD) from error


def update_photos(
    folder: Path,
    index: PhotoIndex,
    added: Iterable[tuple[str, PicturePrint]] = (),
    gone: AbstractSet[str] = frozenset(),
    mark: str = "",
) -> PhotoIndex:
    """Write an index as changed, and give it as it is on the disk; what is added replaces what has its name.

    One writer at a time; readers keep what they opened. Holds `SEGMENT_SIZE` of what is added in memory, and puts them
    in under the mark of before, so that a run that was ended goes on from there.

    Raises:
        VersionMismatch: a fingerprint is of another version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = _leave_out(index.parts, gone)
    for chunk in _cut(added):
        part = _make_part(build_points(list(chunk.items())))
        parts = _write_parts(folder, [*_leave_out(parts, chunk.keys()), part], index.mark)
    parts = _write_parts(folder, _merge_parts([part for part in parts if part.alive.any()]), mark)
    needed = {_MANIFEST, *(name for part in parts for name in part.files)}
    for file in folder.iterdir():
        if file.name not in needed:
            file.unlink()
    return open_photos(folder)


def _leave_out(parts: Iterable[PhotoPart], names: AbstractSet[str]) -> list[PhotoPart]:
    return [replace(part, alive=part.alive & ~_find_places(part.segment, names)) for part in parts]


def _write_parts(folder: Path, parts: Iterable[PhotoPart], mark: str) -> list[PhotoPart]:
    """Write the manifest of some parts, and those of them that are not on the disk."""
    written = [part if part.files else _write_part(folder, part) for part in parts]
    segments = [{"files": part.files, "dead": np.flatnonzero(~part.alive).tolist()} for part in written]
    manifest = {"kind": LOCAL.name, "version": LOCAL.version, "mark": mark, "segments": segments}
    replace_file(folder / _MANIFEST, json.dumps(manifest).encode())
    return written


def _write_part(folder: Path, part: PhotoPart) -> PhotoPart:
    """Write a part, and give it as it is mapped from the disk: memory holds it no longer."""
    files = write_points(folder, part.segment)
    return PhotoPart(open_points(folder, files), part.alive, files)


def find_photos(
    index: PhotoIndex, asked: PicturePrint, look_closer: Callable[[], PicturePrint | None] | None = None
) -> list[PhotoMatch]:
    """Give each protected picture that a picture shows: first those near as a whole, then by points that agree.

    `look_closer` gives another fingerprint of that picture, or none. It is asked for where nothing matches, but enough
    points of one agree: few pictures that show none of ours cost a second look.

    Raises:
        VersionMismatch: the fingerprints are of another version.
    """
    matches, is_close = _search(index, asked)
    if is_close and not matches and look_closer and (closer := look_closer()):
        matches, _ = _search(index, closer)
    return sorted(matches, key=lambda match: (match.measure != "hamming", _rank(match), match.picture))


def _search(index: PhotoIndex, asked: PicturePrint) -> tuple[list[PhotoMatch], bool]:
    """Give the matches of a fingerprint, and whether enough points of any picture agree, whatever brightness says."""
    require_same(asked.local.kind, LOCAL)
    upright, mirrored = _list_points(asked)
    matches: list[PhotoMatch] = []
    is_close = False
    for part in index.parts:
        near = _find_whole(part, asked)
        checks: dict[int, tuple[Check, bool]] = {}
        for mirror, points in ((False, upright), (True, mirrored)):
            votes = count_votes(part.segment, part.alive, points.codes, points.spots)
            for place in _choose(votes) | {place for place, found in near.items() if found[1] is mirror}:
                check = check_pair(part.segment.points(place), points)
                is_close |= check is not None
                known = checks.get(place)
                if check and check.holds and (known is None or check.inliers > known[0].inliers):
                    checks[place] = check, mirror
        matches += [
            _tell(part.segment, place, near.get(place), checks.get(place), asked)
            for place in near | checks
            if place in checks or not _contradicts(part.segment.points(place), upright)
        ]
    return matches, is_close


def _rank(match: PhotoMatch) -> int:
    return match.value if match.measure == "hamming" else -match.value


def _list_points(asked: PicturePrint) -> tuple[Points, Points]:
    """Give what a picture and its mirror image are compared by."""
    local = asked.local
    sides = measure_sides(local.frame)
    return (
        Points(local.codes, local.spots, local.buffer, sides),
        Points(local.mirrored, mirror_spots(local.spots), np.ascontiguousarray(local.buffer[:, ::-1]), sides),
    )


def _find_whole(part: PhotoPart, asked: PicturePrint) -> dict[int, tuple[int, bool]]:
    """Give the pictures that are near as a whole: in how many bits they differ, and whether mirrored."""
    usable = [photo for photo in asked.photos if photo.is_usable]
    turns = [(photo.mirrored if mirror else photo.bits, mirror) for photo in usable for mirror in (False, True)]
    near = find_near(part.segment.bits, np.array([bits for bits, _ in turns], np.uint64))
    found: dict[int, tuple[int, bool]] = {}
    for number, row, hamming in zip(near.asked.tolist(), near.rows.tolist(), near.hamming.tolist(), strict=True):
        place = part.segment.bits.owners.item(row)
        if part.alive[place]:
            found[place] = min(found.get(place, (hamming, turns[number][1])), (hamming, turns[number][1]))
    return found


def _contradicts(item: Points, shown: Points) -> bool:
    """Tell whether two pictures that are near as a whole have enough to see that their points should agree."""
    return min(item.codes.size, shown.codes.size) >= ENOUGH_POINTS


def _choose(votes: NDArray[np.uint16]) -> set[int]:
    places = np.flatnonzero(votes >= LEAST_VOTES)
    return set(places[np.argsort(-votes[places].astype(np.int64), kind="stable")[:MOST_COMPARED]].tolist())


def _tell(
    segment: PointSegment,
    place: int,
    near: tuple[int, bool] | None,
    check: tuple[Check, bool] | None,
    asked: PicturePrint,
) -> PhotoMatch:
    frames = segment.frame(place), asked.local.frame
    if check:
        transform = tell_transform(*frames, check[0].similarity, mirror=check[1])
    else:
        transform = tell_plain(*frames, mirror=bool(near and near[1]))
    measure: Measure = "hamming" if near else "inliers"
    value = near[0] if near else check[0].inliers if check else 0
    return PhotoMatch(segment.item(place), measure, value, transform)


def _make_part(segment: PointSegment) -> PhotoPart:
    return PhotoPart(segment, np.ones(len(segment), np.bool_))


def _open_part(folder: Path, entry: dict[str, list[str]]) -> PhotoPart:
    files = tuple(entry["files"])
    part = _make_part(open_points(folder, files))
    part.alive[np.array(entry["dead"], np.int64)] = False
    return replace(part, files=files)


def _find_places(segment: PointSegment, names: AbstractSet[str]) -> NDArray[np.bool_]:
    mask = np.zeros(len(segment), np.bool_)
    if names:
        mask[[place for place in range(len(segment)) if segment.item(place) in names]] = True
    return mask


def _merge_parts(parts: list[PhotoPart]) -> list[PhotoPart]:
    """Merge parts once there are many, and any that is mostly dead: each picture is rewritten rarely."""
    mostly_dead = [part for part in parts if part.count() * 2 < part.alive.size]
    if len(parts) < _MERGED_AT and not mostly_dead:
        return parts
    merged: list[PhotoPart] = []
    for part in mostly_dead or sorted(parts, key=PhotoPart.count)[: len(parts) // 2 + 1]:
        if sum(map(PhotoPart.count, merged)) + part.count() <= MOST_MERGED:
            merged.append(part)
    if not merged:
        return parts
    segment = merge_points([(part.segment, part.alive) for part in merged])
    return [*(part for part in parts if all(part is not other for other in merged)), _make_part(segment)]


def _cut(entries: Iterable[tuple[str, PicturePrint]]) -> Iterator[dict[str, PicturePrint]]:
    chunk: dict[str, PicturePrint] = {}
    for name, entry in entries:
        chunk[name] = entry
        if len(chunk) >= SEGMENT_SIZE:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk
