"""Bytes of a video to the fingerprints of its key frames, whatever the bytes are.

A decoder of videos is a large program that reads strangers' bytes, so it runs in a process of its own, with bounds
(`decode.py`): whatever becomes of it, what comes back is frames, or a problem. Of each frame two pictures are
fingerprinted: all of it, and what lies within its borders, since bars are put around videos and taken away again.

Animations (GIF, WebP, PNG, AVIF) are short videos. A video that is cut, or longer than two hours, has the frames that
came before. AV1 is not decoded: no library under a permissive licence that is installed here does.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec
import numpy as np

from cloneward.fingerprint.decode import MAX_FRAMES, MAX_S, MOST_SCALE, MOST_SIDE, OPTIONS, Header
from cloneward.fingerprint.image import Picture, trim_borders
from cloneward.fingerprint.kinds import Kind
from cloneward.fingerprint.pdq import PhotoPrint, fingerprint_photo
from cloneward.model.content import Problem

FRAMES = Kind("frames", 1)
MAX_BYTES = 512 << 20
"""Of a file."""
LIMIT_S = 300
"""Of a processor, for one video, unless told: some half an hour of H.264 of 1,920 by 1,080 px."""

_MAX_HEADER = 100_000  # bytes: three numbers a frame, and a sentence
_WAITS = 4  # times as long as that is waited, on a machine that does other things too, and `_WAIT_S`
_WAIT_S = 30
_MODULE: Final = "cloneward.fingerprint.decode"
_SMALLER: Final = "give a smaller copy of it: what is compared is far smaller"


@dataclass(frozen=True, eq=False)
class Frame:
    """A key frame: when it is shown, in seconds, and the prints of all of it and of what its borders enclose.

    Each print is usable, and there is at least one.
    """

    time_s: float
    prints: tuple[PhotoPrint, ...]


def fingerprint_video(content: bytes, limit_s: int = LIMIT_S) -> tuple[tuple[Frame, ...], tuple[Problem, ...]]:
    """Give the key frames of a video, at most 300, in the order of their times, and what was wrong; never raises.

    Takes `limit_s` seconds of a processor, and about one more, at most; the file lies in a temporary folder meanwhile.
    """
    if len(content) > MAX_BYTES:
        return (), (_refuse_size(f"it has {len(content):,} bytes"),)
    with tempfile.TemporaryFile() as video, tempfile.TemporaryFile() as answer:
        video.write(content)
        video.seek(0)
        problem = _decode(video, answer, limit_s)
        answer.seek(0)
        if problem is not None:
            return (), (problem,)
        return _read_answer(answer)


def _decode(video: BinaryIO, answer: BinaryIO, limit_s: int) -> Problem | None:
    """Let the decoder write its answer; give a problem where it did not come to its end."""
    command = [sys.executable, "-P", "-m", _MODULE, str(limit_s)]
    wait_s = _WAITS * limit_s + _WAIT_S
    variables = {  # no others: it needs none, and they may hold what is nobody else's
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": OPTIONS,
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        ended = subprocess.run(  # noqa: S603  our own module, by Python's own path
            command,
            stdin=video,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=variables,
            timeout=wait_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _tell_damaged(f"the decoder was ended after {wait_s} s")
    if ended.returncode:
        return _tell_damaged(f"the decoder ended with {ended.returncode}")
    return None


def _read_answer(answer: BinaryIO) -> tuple[tuple[Frame, ...], tuple[Problem, ...]]:
    """Read what the decoder wrote, and believe none of it: hostile bytes may have taken it over."""
    try:
        header = msgspec.json.decode(answer.readline(_MAX_HEADER), type=Header)
        frames = tuple(_read_frames(answer, header))
    except (ValueError, msgspec.DecodeError) as error:
        return (), (_tell_damaged(f"the decoder's answer is broken: {error}"),)
    return frames, tuple(_tell_end(header))


def _read_frames(answer: BinaryIO, header: Header) -> Iterator[Frame]:
    if len(header.frames) > MAX_FRAMES:
        raise ValueError(f"{len(header.frames)} frames")
    for time_s, rows, columns, scale in header.frames:
        if not (
            0 <= time_s <= MAX_S and 0 < rows <= MOST_SIDE and 0 < columns <= MOST_SIDE and 0 < scale <= MOST_SCALE
        ):
            raise ValueError(f"a frame of {rows} by {columns} px at {time_s} s")
        grey = np.frombuffer(answer.read(rows * columns), np.uint8).reshape(rows, columns)
        prints = _fingerprint(Picture(grey.astype(np.float32), rows * scale, columns * scale, scale))
        if prints:
            yield Frame(time_s, prints)


def _fingerprint(picture: Picture) -> tuple[PhotoPrint, ...]:
    inner = trim_borders(picture)
    pictures = (picture,) if inner is picture else (picture, inner)
    return tuple(made for one in pictures if (made := fingerprint_photo(one)).is_usable)


def _tell_end(header: Header) -> Iterator[Problem]:
    if header.ended == "unknown":
        text = f"no video of a kind that is read: {header.detail}"
        hint = "read are MP4, WebM, Ogg, MPEG-TS, animated GIF, WebP, PNG and AVIF; sound alone and AV1 are not"
        yield Problem(code="video_unknown", page=None, text=text, hint=hint)
    elif header.ended == "large":
        yield _refuse_size(header.detail)
    elif header.ended == "cut":
        text = f"only the beginning of the video was read: {header.detail}"
        yield Problem(
            code="video_cut", page=None, text=text, hint="look whether it came over whole; what was read counts"
        )


def _refuse_size(text: str) -> Problem:
    return Problem(code="video_too_large", page=None, text=f"the video was not decoded: {text}", hint=_SMALLER)


def _tell_damaged(text: str) -> Problem:
    hint = "look whether it came over whole; if it did, its bytes bring the decoder to its end"
    return Problem(code="video_damaged", page=None, text=f"the video was not read: {text}", hint=hint)
