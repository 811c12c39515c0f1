"""Pictures and key frames for a reader: ours and theirs side by side, small, and blurred unless asked for.

Only thumbnails get here, which were made from pixels: no byte of a stranger's file is in the report. A report that was
not asked to show people takes no sharp one.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloneward.fingerprint.thumbnail import Thumbnail, make_thumbnail
from cloneward.judge import wording
from cloneward.model.finding import Match, Transform

PICTURES: Final = 200
"""Pictures in the whole report."""

PICTURE_BYTES: Final = 3_000_000
"""Bytes of all of them together, before they are written as text, which takes a third more."""

FRAMES: Final = 12
"""Key frames of one video that are listed."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Our picture and theirs, or a key frame of either video; none where it is not at hand."""

    ours: Thumbnail | None = None
    theirs: Thumbnail | None = None


@dataclass(frozen=True, kw_only=True)
class PictureView:
    """One picture: `source` is a `data:` address, empty where it is not shown; `note` says why, or what was altered."""

    source: str = ""
    width: int = 0
    height: int = 0
    alternative: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PairView:
    """Two pictures side by side, and what is to be said of them; `times` are those of key frames."""

    ours: PictureView
    theirs: PictureView
    times: str = ""


class Room:
    """What is left of the bounds of one report."""

    def __init__(self, *, shows_people: bool) -> None:
        self.shows_people = shows_people
        self._pictures = PICTURES
        self._bytes = PICTURE_BYTES

    def view(self, thumbnail: Thumbnail | None, what: str) -> PictureView:
        """Give a picture for the reader, if it is there, may be shown and has room; `what` says what it is."""
        if thumbnail is None:
            return PictureView(note="The picture is not at hand and cannot be shown.")
        if not (thumbnail.is_blurred or self.shows_people):
            return PictureView(note="The picture is not blurred and was left out.")
        if not self._pictures or len(thumbnail.content) > self._bytes:
            return PictureView(note="Left out: the report has no more room for pictures.")
        self._pictures -= 1
        self._bytes -= len(thumbnail.content)
        notes = ["blurred" if thumbnail.is_blurred else "", "outlined: what the target shows"]
        note = ", ".join(filter(None, notes[: 1 + thumbnail.is_outlined]))
        return PictureView(
            source=f"data:image/jpeg;base64,{b64encode(thumbnail.content).decode()}",
            width=thumbnail.width,
            height=thumbnail.height,
            alternative=f"{what}, {note}" if note else what,
            note=note,
        )


def make_pair(
    ours: bytes | None, theirs: bytes | None, transform: Transform | None = None, *, shows_people: bool = False
) -> Pair:
    """Make the two thumbnails of a match from the files, with an outline around the part of ours that they show.

    Args:
        ours, theirs: files, as anybody may have made them; none where not at hand.
        transform: of the match.
        shows_people: whether they stay sharp.
    """
    crop = transform.crop if transform else None
    return Pair(
        ours=None if ours is None else make_thumbnail(ours, is_blurred=not shows_people, crop=crop),
        theirs=None if theirs is None else make_thumbnail(theirs, is_blurred=not shows_people),
    )


def view_pairs(match: Match, pairs: Sequence[Pair], rank: int, room: Room) -> tuple[PairView, ...]:
    """Prepare the pictures of one match: one pair of an image, one for each listed key frame of a video."""
    if match.kind == "image":
        pair = pairs[0] if pairs else Pair()
        return (_view_pair(pair, f"picture of match {rank}", room),)
    views = []
    for at, frame in enumerate(match.frames[:FRAMES]):
        theirs, ours = wording.print_seconds(frame.target_s), wording.print_seconds(frame.item_s)
        pair = pairs[at] if at < len(pairs) else Pair()
        view = _view_pair(pair, f"key frame {at + 1} of match {rank}", room)
        times = f"{theirs} in the target's video, {ours} in ours; {frame.distance} of 256 bits differ"
        views.append(PairView(ours=view.ours, theirs=view.theirs, times=times))
    return tuple(views)


def _view_pair(pair: Pair, what: str, room: Room) -> PairView:
    return PairView(theirs=room.view(pair.theirs, f"Target's {what}"), ours=room.view(pair.ours, f"Our {what}"))
