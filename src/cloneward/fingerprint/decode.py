"""A video to the few frames that tell it apart, in a process of its own, which strangers' bytes may bring to its end.

Started by `fingerprint/video.py` with the seconds that it may take of a processor. Reads the video from its standard
input, which is a file, and writes `Header` as one line of JSON and the grey frames to its standard output, a file too.
Before it looks at a byte it gives up the right to open a file or a connection, and bounds its memory, its output and
its time on a processor.

A key frame is one that differs from the key frame before it, or comes `STILL_S` after it. What is nearly of one
brightness is passed over, so that black frames in between change nothing. Where there are more than `MAX_FRAMES`, those
stay that follow the greatest change of all within a stretch of time, which is doubled until they are few enough: a cut
to another scene is where it is, whatever was left out before it, and one that is the greatest around is so in a part
of the video too.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

MAX_FRAMES = 300
MAX_S = 7200.0
MAX_PIXELS = 9_437_184
"""Of a frame: 4,096 by 2,304."""
LEAST_SIDE = 256
"""px: none is made smaller than this on its shorter side, as no photo is."""
MOST_SIDE = 1280
"""px: none is left longer, however narrow it is."""
MOST_SCALE = 4096
STILL_S = 5.0
SAMPLE_S = 0.25

FORMATS: Final = "mov,matroska,ogg,mpegts"
"""Of what FFmpeg reads: what sites serve, and nothing that names other files or addresses."""
OPTIONS: Final = f"format_whitelist;{FORMATS}|protocol_whitelist;none"

_MEMORY_BYTES = 2 << 30
_OUTPUT_BYTES = MAX_FRAMES * 2 * LEAST_SIDE * MOST_SIDE + 1_000_000
_GRACE_S = 10  # to write what there is before the kernel ends it
_SCALES: Final = (8, 4, 2, 1)
_THUMB = 16
_CHANGE = 0.2  # of a frame's own spread of brightness, on average over it
_LEAST_SPREAD = 6.0  # grey levels
_SHORTEST_S = 0.02
_USUAL_S = 0.1  # what browsers make of a picture in an animation that is held for a shorter time than that
_LEAST_MISSING_S, _LEAST_MISSING = 1.0, 0.05  # a video that ends so much before its index says has been cut
_LEAST_WINDOW_S = 0.5
_LATE: Final = threading.Event()  # the kernel said that the time on a processor is over

Ended = Literal["whole", "unknown", "large", "cut"]
Grey = NDArray[np.uint8]
Sample = tuple[float, Grey]


@dataclass(frozen=True)
class Header:
    """What was found: `frames` are time in s, rows, columns and scale of each; `ended` and `detail` say how it went."""

    ended: Ended
    detail: str = ""
    frames: list[tuple[float, int, int, int]] = field(default_factory=list)


class Stop(Exception):
    """Reading ends here; what came before counts."""

    def __init__(self, ended: Ended, detail: str) -> None:
        """Keep how it ended."""
        super().__init__(detail)
        self.ended: Ended = ended


@dataclass
class Keys:
    """The key frames so far: their times in s, the change that each followed, they themselves, and their scales."""

    times: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    frames: list[Grey] = field(default_factory=list)
    scales: list[int] = field(default_factory=list)
    window_s: float = 0.0
    _thumb: NDArray[np.float32] | None = None
    _key: NDArray[np.float32] | None = None

    def add(self, time_s: float, picture: Grey) -> None:
        """Take a frame, which is kept, made smaller, if it is a key frame."""
        frame, scale = _shrink(picture)
        thumb = _thumbnail(frame)
        if thumb is None:
            return
        change = 1.0 if self._thumb is None else _measure_change(thumb, self._thumb)
        self._thumb = thumb
        moved = self._key is None or _measure_change(thumb, self._key) >= _CHANGE
        if moved or time_s - self.times[-1] >= STILL_S:
            self._key = thumb
            self.times.append(time_s)
            self.changes.append(change)
            self.frames.append(frame)
            self.scales.append(scale)
        if len(self.times) > 2 * MAX_FRAMES:
            self.thin()

    def thin(self) -> None:
        """Keep what follows the greatest change within the stretch, which is doubled until that is few enough."""
        if self.window_s:
            self._keep_greatest()
        while len(self.times) > MAX_FRAMES:
            self.window_s = max(_LEAST_WINDOW_S, 2 * self.window_s)
            self._keep_greatest()

    def _keep_greatest(self) -> None:
        times, changes = np.array(self.times), np.array(self.changes)
        firsts = np.searchsorted(times, times - self.window_s / 2)
        ends = np.searchsorted(times, times + self.window_s / 2, "right")
        kept = [at for at in range(times.size) if firsts[at] + changes[firsts[at] : ends[at]].argmax() == at]
        self.times = [self.times[at] for at in kept]
        self.changes = [self.changes[at] for at in kept]
        self.frames = [self.frames[at] for at in kept]
        self.scales = [self.scales[at] for at in kept]


def main(limit_s: int) -> None:
    """Read the video, and write what was found."""
    _bind(limit_s)
    keys, header = find_keys(sys.stdin.buffer)
    told = [
        (time_s, *frame.shape, scale) for time_s, frame, scale in zip(keys.times, keys.frames, keys.scales, strict=True)
    ]
    sys.stdout.buffer.write(json.dumps(asdict(header) | {"frames": told}).encode() + b"\n")
    for frame in keys.frames:
        sys.stdout.buffer.write(frame.tobytes())
    sys.stdout.buffer.flush()


def find_keys(stream: BinaryIO) -> tuple[Keys, Header]:
    """Give the key frames of a video, and how reading it ended; never raises what hostile bytes may bring about."""
    keys = Keys()
    try:
        samples = _read_animation(stream) or _read_video(stream)
        for time_s, picture in samples:
            _require_time(time_s)
            keys.add(time_s, picture)
        header = Header("whole")
    except Stop as stop:
        header = Header(stop.ended, str(stop))
    except Exception as error:  # noqa: BLE001  decoders raise whatever hostile bytes bring about
        header = Header("cut" if keys.times else "unknown", f"the decoder gave up: {type(error).__name__}")
    keys.thin()
    return keys, header


def _bind(limit_s: int) -> None:
    """Give up what is not needed to decode."""
    Image.init()  # readers are imported now or never
    Image.MAX_IMAGE_PIXELS = None  # `MAX_PIXELS` is less
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_OUTPUT_BYTES, _OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # what is open stays so, and there is room for nothing more
    used_s = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used_s + limit_s, used_s + limit_s + _GRACE_S))
    signal.signal(signal.SIGXCPU, lambda *_: _LATE.set())


def _read_animation(stream: BinaryIO) -> Iterator[Sample] | None:
    """Give the pictures of an animation and their times in s, or none where it is not one."""
    try:
        image = Image.open(stream, formats=("GIF", "WEBP", "PNG", "AVIF"))
    except UnidentifiedImageError:
        stream.seek(0)
        return None
    if not getattr(image, "is_animated", False):
        raise Stop("unknown", "it is a single picture")
    _require_small(image.width, image.height)
    return _sample_animation(image)


def _sample_animation(image: Image.Image) -> Iterator[Sample]:
    now_s, due_s = 0.0, 0.0
    for number in range(sys.maxsize):
        try:
            image.seek(number)
            image.load()  # WebP tells how long it is held only then
            if now_s >= due_s:
                yield now_s, np.asarray(image.convert("L"))
                due_s = _find_due(now_s)
        except EOFError:
            return
        except OSError as error:
            raise Stop("cut", f"it is damaged or cut after {now_s:.1f} s") from error
        held_s = float(image.info.get("duration", 0)) / 1000
        now_s = _require_short(now_s + (held_s if held_s >= _SHORTEST_S else _USUAL_S))


def _read_video(stream: BinaryIO) -> Iterator[Sample]:
    """Give a frame for each `SAMPLE_S`, upright, and its time in s."""
    try:
        capture = cv2.VideoCapture(cast("Any", stream), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    except cv2.error as error:
        raise Stop("unknown", "no frame can be read from it") from error
    if not capture.isOpened():
        raise Stop("unknown", "no frame can be read from it")
    _require_small(int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    rate = capture.get(cv2.CAP_PROP_FPS)
    step_s = 1 / rate if 0 < rate < 1 / _SHORTEST_S * 10 else _USUAL_S
    now_s, due_s, frames = -step_s, 0.0, 0
    while capture.grab():
        told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        now_s = _require_short(told_s if told_s > now_s else now_s + step_s)
        frames += 1
        if now_s >= due_s:
            is_there, picture = capture.retrieve()
            if is_there:
                _require_small(picture.shape[1], picture.shape[0])
                yield now_s, cast("Grey", cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
            due_s = _find_due(now_s)
    if not frames:
        raise Stop("unknown", "no frame can be read from it")
    _require_end(now_s + step_s, capture.get(cv2.CAP_PROP_FRAME_COUNT) * step_s)


def _find_due(now_s: float) -> float:
    return (now_s // SAMPLE_S + 1) * SAMPLE_S


def _require_small(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Stop("large", f"its frames have {width:,} by {height:,} pixels")


def _require_short(time_s: float) -> float:
    if not time_s <= MAX_S:
        raise Stop("cut", f"it is longer than {MAX_S / 3600:.0f} hours")
    return time_s


def _require_time(time_s: float) -> None:
    if _LATE.is_set():
        raise Stop("cut", f"after {time_s:.0f} s of it the time on a processor was over")


def _require_end(end_s: float, told_s: float) -> None:
    if told_s - end_s > max(_LEAST_MISSING_S, _LEAST_MISSING * told_s):
        raise Stop("cut", f"it is damaged or cut after {end_s:.1f} s of {told_s:.1f}")


def _shrink(picture: Grey) -> tuple[Grey, int]:
    """Give means of squares, and how many px wide they are; what is left over at the right and below is cut.

    Scaled to one size instead, the same picture in two sizes would have prints some 20 bits apart.
    """
    height, width = picture.shape
    scale = next(scale for scale in _SCALES if scale == 1 or min(height, width) >= scale * LEAST_SIDE)
    scale = max(scale, -(-max(height, width) // MOST_SIDE))
    rows, columns = max(1, height // scale), max(1, width // scale)
    whole = picture[: rows * scale, : columns * scale]
    return cast("Grey", cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)), scale


def _thumbnail(frame: Grey) -> NDArray[np.float32] | None:
    """Give 16 by 16 means, of mean 0 and spread 1; none where the frame is nearly of one brightness."""
    thumb = cv2.resize(frame, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA).astype(np.float32)
    spread = float(thumb.std())
    return None if spread < _LEAST_SPREAD else (thumb - thumb.mean()) / spread


def _measure_change(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    return float(np.abs(left - right).mean())


if __name__ == "__main__":
    main(int(sys.argv[1]))
    os._exit(0)  # nothing is left to tidy up, and what hostile bytes left in the decoder is not run
