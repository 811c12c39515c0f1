"""Videos by their key frames: those that show three or more different pictures of ours in the same order and pace.

All key frames of all videos of ours are one index of bits. A frame that is near key frames of many videos, as a title,
says nothing of any of them and is left out. Of the pairs of frames that are near each other, the longest chain counts
in which time goes on in both videos and about as fast: a video that was trimmed, cut or hastened a little has one.

A crop keeps too few bits: pairs found by points (local features) may be chained the same way, once there are such.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import EvidenceError
from cloneward.fingerprint.kinds import Kind, require_same
from cloneward.fingerprint.pdq import PhotoPrint
from cloneward.fingerprint.video import FRAMES, Frame
from cloneward.match.hamming import MOST_BITS, BitIndex, build_bits, find_near
from cloneward.match.mapped import REBUILD, open_arrays, replace_file, write_arrays
from cloneward.model.finding import FrameMatch

LEAST_PICTURES = 3
"""Different pictures that a chain must show: fewer are what a still and its copies would show too."""
HOT_VIDEOS = 5
"""A frame that is near those of more of our videos is not evidence for any."""
PACE = 0.3
"""By how much of itself a step in time may differ from the step in the other video, and by `SLACK_S`."""
SLACK_S = 0.6

_MAGIC: Final = "cloneward frames 1"
_MANIFEST: Final = "manifest.json"
_BIT_FIELDS: Final = tuple(one.name for one in fields(BitIndex) if one.name != "kind")
_TOGETHER = 16  # prints that are asked at once: each may be near some print of every video, which takes memory
_MOST_PAIRS = 4000  # of one video; a chain takes time by their square

Pairs = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """The key frames of some videos, of which each may have several prints. Immutable.

    `bits`: their bits, each with its video. `times`: float64, shape (n,), when each is shown, in seconds. `mark`: what
    the caller last said it is an index of.
    """

    bits: BitIndex
    times: NDArray[np.float64]
    mark: str = ""

    def __len__(self) -> int:
        """Give the number of videos."""
        return len(self.bits)

    def names(self) -> list[str]:
        """Give the name of each video."""
        return [self.bits.item(place) for place in range(len(self.bits))]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a video, or a picture, shows of a video of ours: frames in the order of both.

    `video`: its name in the index. `is_mirrored`: left and right are swapped.
    """

    video: str
    frames: tuple[FrameMatch, ...]
    is_mirrored: bool


def build_frames(videos: Iterable[tuple[str, Sequence[Frame]]]) -> FrameIndex:
    """Make an index of the key frames of videos, each under the hexadecimal digest of its bytes; no name twice."""
    names: list[str] = []
    bits: list[NDArray[np.uint64]] = []
    times: list[float] = []
    owners: list[int] = []
    for place, (name, frames) in enumerate(videos):
        names.append(name)
        for time_s, made in _list_prints(frames):
            bits.append(made.bits)
            times.append(time_s)
            owners.append(place)
    index = build_bits(FRAMES, names, np.array(bits, np.uint64).reshape(-1, 4), np.array(owners, np.uint32))
    return FrameIndex(index, np.array(times, np.float64))


def write_frames(folder: Path, index: FrameIndex) -> str:
    """Write an index and give the name of its file; it is on the disk when this returns, or not there at all."""
    content = hashlib.sha256(index.bits.name.encode() + index.times.tobytes())
    name = f"{content.hexdigest()[:32]}.frames"
    arrays = {field: getattr(index.bits, field) for field in _BIT_FIELDS} | {"times": index.times}
    write_arrays(folder / name, _MAGIC, FRAMES, arrays)
    return name


def open_frames(file: Path) -> FrameIndex:
    """Map an index; reading it costs nothing until it is asked.

    Raises:
        VersionMismatch: it holds fingerprints of another kind or version.
        EvidenceError: it is missing or damaged.
    """
    arrays = open_arrays(file, _MAGIC, FRAMES, (*_BIT_FIELDS, "times"))
    times = arrays.pop("times")
    return FrameIndex(BitIndex(kind=FRAMES, **arrays), times)


def open_videos(folder: Path) -> FrameIndex:
    """Open the index in a folder; an empty one where there is none yet.

    Raises:
        VersionMismatch: it holds fingerprints of another version.
        EvidenceError: it is damaged.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        require_same(Kind(manifest["kind"], manifest["version"]), FRAMES)
        return replace(open_frames(folder / manifest["file"]), mark=manifest["mark"])
    except FileNotFoundError:
        return build_frames(())
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"the index in {folder} is damaged: {error}", hint=REBUILD) from error


def update_videos(
    folder: Path,
    index: FrameIndex,
    added: Iterable[tuple[str, Sequence[Frame]]] = (),
    gone: AbstractSet[str] = frozenset(),
    mark: str = "",
) -> FrameIndex:
    """Write an index as changed, made anew of what stays and what is added, and give it as it is on the disk.

    One writer at a time; readers keep what they opened, and a crash leaves the old one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = write_frames(folder, _join_frames(index, gone, build_frames(added)))
    manifest = {"kind": FRAMES.name, "version": FRAMES.version, "mark": mark, "file": name}
    replace_file(folder / _MANIFEST, json.dumps(manifest).encode())
    for file in folder.iterdir():
        if file.name not in {_MANIFEST, name}:
            file.unlink()
    return open_videos(folder)


def _join_frames(index: FrameIndex, gone: AbstractSet[str], added: FrameIndex) -> FrameIndex:
    """Give the videos of two indexes in one, without some of the first."""
    names = index.names()
    kept = [place for place, name in enumerate(names) if name not in gone]
    moved = np.full(len(names), -1, np.int64)
    moved[kept] = np.arange(len(kept))
    owners = moved[index.bits.owners]
    stays = owners >= 0
    bits = build_bits(
        FRAMES,
        [*(names[place] for place in kept), *added.names()],
        np.concatenate((index.bits.bits[stays], added.bits.bits)),
        np.concatenate((owners[stays], added.bits.owners.astype(np.int64) + len(kept))).astype(np.uint32),
    )
    return FrameIndex(bits, np.concatenate((index.times[stays], added.times)))


def find_videos(index: FrameIndex, frames: Sequence[Frame]) -> list[Run]:
    """Give the videos of ours that a video shows at least three different pictures of, the longest run first."""
    prints = list(_list_prints(frames))
    best: dict[str, Run] = {}
    for is_mirrored in (False, True):
        asked = [made.mirrored if is_mirrored else made.bits for _, made in prints]
        times = np.array([time_s for time_s, _ in prints])
        for video, pairs in _pair_frames(index, np.array(asked, np.uint64).reshape(-1, 4), times):
            chain = _find_chain(pairs)
            if _count_pictures(index, chain) < LEAST_PICTURES:
                continue
            run = Run(video=video, frames=tuple(map(_tell_pair, chain)), is_mirrored=is_mirrored)
            if video not in best or len(run.frames) > len(best[video].frames):
                best[video] = run
    return sorted(best.values(), key=lambda run: (-len(run.frames), run.video))


def find_picture(index: FrameIndex, made: PhotoPrint) -> list[Run]:
    """Give the videos of ours of which one picture is a key frame, as a poster or a still is, the nearest first.

    Each with the one frame that is nearest, at `target_s` 0. A picture that is not usable has none.
    """
    if not made.is_usable:
        return []
    best: dict[str, Run] = {}
    for is_mirrored in (False, True):
        asked = (made.mirrored if is_mirrored else made.bits).reshape(1, 4)
        for video, pairs in _pair_frames(index, asked, np.zeros(1)):
            nearest = _tell_pair(pairs[pairs[:, 2].argmin()])
            if video not in best or nearest.distance < best[video].frames[0].distance:
                best[video] = Run(video=video, frames=(nearest,), is_mirrored=is_mirrored)
    return sorted(best.values(), key=lambda run: (run.frames[0].distance, run.video))


def _list_prints(frames: Sequence[Frame]) -> Iterator[tuple[float, PhotoPrint]]:
    return ((frame.time_s, made) for frame in frames for made in frame.prints)


def _pair_frames(
    index: FrameIndex, asked: NDArray[np.uint64], times: NDArray[np.float64]
) -> Iterator[tuple[str, Pairs]]:
    """Give each video that has frames near those asked, with the pairs: float64, (k, 4), in the order of their times.

    A pair is when the frame asked is shown, when ours is, the bits that differ, and the row of ours.
    """
    starts = range(0, len(asked), _TOGETHER)
    parts = [_find_pairs(index, asked[at : at + _TOGETHER], times[at : at + _TOGETHER]) for at in starts]
    pairs = np.concatenate([np.empty((0, 4)), *parts])
    owners = index.bits.owners[pairs[:, 3].astype(np.int64)]
    for owner in np.unique(owners).tolist():
        yield index.bits.item(owner), _sort_pairs(pairs[owners == owner])


def _find_pairs(index: FrameIndex, asked: NDArray[np.uint64], times: NDArray[np.float64]) -> Pairs:
    """Give the pairs of frames that are near each other, but for those near frames of many videos."""
    near = find_near(index.bits, asked)
    shown = np.unique(np.stack((near.asked, index.bits.owners[near.rows]), axis=1), axis=0)
    is_hot = np.bincount(shown[:, 0], minlength=len(asked)) > HOT_VIDEOS
    pairs: Pairs = np.stack((times[near.asked], index.times[near.rows], near.hamming, near.rows), axis=1)
    return pairs[~is_hot[near.asked]]


def _sort_pairs(pairs: Pairs) -> Pairs:
    """Keep the nearest of those of the same times; where there are too many, those of frames that have few."""
    pairs = pairs[np.lexsort((pairs[:, 3], pairs[:, 2]))]
    pairs = pairs[np.sort(np.unique(pairs[:, :2], axis=0, return_index=True)[1])]
    _, places, counts = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    pairs = pairs[np.argsort(counts[places], kind="stable")][:_MOST_PAIRS]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _find_chain(pairs: Pairs) -> Pairs:
    """Give the longest chain in which both times go on, about as fast; of those as long, the nearest one."""
    asked, own, hamming = pairs[:, 0], pairs[:, 1], pairs[:, 2]
    worth = np.empty(len(pairs))
    befores = np.full(len(pairs), -1)
    for at in range(len(pairs)):
        steps, own_steps = asked[at] - asked[:at], own[at] - own[:at]
        slack = PACE * np.minimum(steps, own_steps) + SLACK_S
        follows = (steps > 0) & (own_steps > 0) & (np.abs(steps - own_steps) <= slack)
        worth[at] = 1 - hamming[at] / (MOST_BITS + 1) / len(pairs)  # all distances together are less than one frame
        before = int(np.where(follows, worth[:at], 0).argmax()) if at else 0
        if at and follows[before]:
            befores[at] = before
            worth[at] += worth[before]
    chain = [int(worth.argmax())]
    while befores[chain[-1]] >= 0:
        chain.append(int(befores[chain[-1]]))
    return pairs[chain[::-1]]


def _count_pictures(index: FrameIndex, chain: Pairs) -> int:
    """Count the frames of ours that are near none counted before."""
    counted: list[NDArray[np.uint64]] = []
    for row in chain[:, 3].astype(np.int64).tolist():
        bits = index.bits.bits[row]
        if all(int(np.bitwise_count(bits ^ other).sum()) > MOST_BITS for other in counted):
            counted.append(bits)
    return len(counted)


def _tell_pair(pair: NDArray[np.float64]) -> FrameMatch:
    target_s, item_s, distance, _ = pair.tolist()
    return FrameMatch(target_s=round(target_s, 3), item_s=round(item_s, 3), distance=int(distance))
