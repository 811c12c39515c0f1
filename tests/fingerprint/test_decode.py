"""The process that decodes: what it keeps of a video, and what it gives up before it looks at one."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest

from cloneward.fingerprint.decode import MAX_FRAMES, MAX_PIXELS, OPTIONS, STILL_S, Keys, find_keys
from tests.hostile_images import encode, make_picture
from tests.hostile_videos import Clip, encode_video, make_clip, make_long_video

SIDE = 64
pytestmark = pytest.mark.usefixtures("_options")
START = "from cloneward.fingerprint import decode; decode._bind(300); "


@pytest.fixture
def _options(monkeypatch):
    """Set what the process is started with."""
    monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", OPTIONS)


def draw_frames(count, seed=1):
    """Frames of noise: each differs from all others."""
    return (
        np.random.default_rng(seed).integers(0, 256, (count, SIDE // 8, SIDE // 8), np.uint8).repeat(8, 1).repeat(8, 2)
    )


def keep(frames, step_s=0.25, start_s=0.0):
    """Give the key frames of frames that follow each other."""
    keys = Keys()
    for number, frame in enumerate(frames):
        keys.add(start_s + number * step_s, frame)
    keys.thin()
    return keys


def run_bound(code):
    """Run code in a process that has bound itself."""
    return subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=False)


def test_keeps_each_change():
    """Of scenes that stand still the first frame of each is kept, when it comes."""
    frames = draw_frames(4).repeat(8, axis=0)
    assert keep(frames).times == [0.0, 2.0, 4.0, 6.0]


def test_a_still_scene_gives_a_frame_now_and_then():
    """A scene that never changes gives a frame each few seconds."""
    assert keep(draw_frames(1).repeat(60, axis=0)).times == [0.0, STILL_S, 2 * STILL_S]


def test_plain_frames_change_nothing():
    """Black and white frames in between are no key frames, and make none of those around them."""
    frames = draw_frames(3).repeat(8, axis=0)
    flashed = frames.copy()
    flashed[3::8] = 0
    flashed[5::8] = 255
    assert keep(flashed).times == keep(frames).times


def test_many_changes_are_thinned():
    """However many changes there are, there are no more frames than allowed, and they are of all parts of the video."""
    keys = keep(draw_frames(4000))
    assert MAX_FRAMES / 8 < len(keys.times) <= MAX_FRAMES
    assert max(np.diff(keys.times)) < 60


def test_what_was_left_out_before_moves_nothing():
    """Most frames kept of a video are kept too where its beginning was left out."""
    frames = draw_frames(3000)
    whole = set(keep(frames).times)
    trimmed = set(keep(frames[37:], start_s=37 * 0.25).times)
    rest = {time_s for time_s in whole if time_s > 20}
    assert len(rest & trimmed) > 0.9 * len(rest)


def test_a_part_keeps_what_the_whole_keeps():
    """Frames kept of a long video are kept of a short part of it, so that the part is found."""
    frames = draw_frames(4000)
    whole = {time_s for time_s in keep(frames).times if 300 < time_s < 380}
    part = set(keep(frames[1160:1560], start_s=290.0).times)
    assert len(whole) >= 3
    assert len(whole & part) > 0.9 * len(whole)


@pytest.mark.parametrize("kind", ["mp4", "webm", "gif", "webp"])
def test_reads_each_kind(kind):
    """The scenes of a clip are there, about when they begin, in each kind of file."""
    clip = make_clip([make_picture(seed, (640, 360)) for seed in range(3)], size=(160, 90), fps=10, scene_s=1.5)
    keys, header = find_keys(io.BytesIO(encode_video(clip, kind)))
    assert header.ended == "whole"
    for begins_s in (0.0, 1.5, 3.0):
        assert min(abs(begins_s - time_s) for time_s in keys.times) < 0.3


@pytest.mark.parametrize(
    ("content", "ended"),
    [
        (b"", "unknown"),
        (encode(make_picture(), "PNG"), "unknown"),
        (encode(make_picture(), "JPEG"), "unknown"),
        (encode_video(Clip([np.zeros((64, 64, 3), np.uint8)] * 8, 8.0), "gif"), "unknown"),
    ],
)
def test_no_video(content, ended):
    """Nothing, single pictures, and animations that do not move, are no videos."""
    assert find_keys(io.BytesIO(content))[1].ended == ended


def test_large_frames_are_refused():
    """A frame beyond the bound is refused by what the file says of itself, before it is decoded."""
    side = int(MAX_PIXELS**0.5) // 8 * 8 + 16
    frames = [np.full((side, side, 3), shade, np.uint8) for shade in (0, 90)]
    keys, header = find_keys(io.BytesIO(encode_video(Clip(frames, 10.0))))
    assert (header.ended, keys.times) == ("large", [])


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "import socket; socket.socket()",
        "import os; os.pipe()",
        "import subprocess; subprocess.run(['true'], stdout=subprocess.PIPE)",
    ],
)
def test_gives_up_files_and_connections(code):
    """Once bound, the process can open no file, no connection and no pipe."""
    ended = run_bound(f"{code}")
    assert ended.returncode == 1
    assert "Too many open files" in ended.stderr


def test_gives_up_memory():
    """Once bound, the process cannot fill the memory."""
    assert "MemoryError" in run_bound("bytearray(3 << 30)").stderr


def test_late_work_ends_and_counts(tmp_path):
    """When its time on a processor is over, what was decoded so far is given, and that it is not all."""
    file = tmp_path / "long.mp4"
    file.write_bytes(make_long_video(150_000))
    code = "from cloneward.fingerprint import decode; decode.main(0)"  # a second or two are left
    with file.open("rb") as video:
        ended = subprocess.run([sys.executable, "-c", code], stdin=video, capture_output=True, check=True)
    header = json.loads(ended.stdout.partition(b"\n")[0])
    assert header["ended"] == "cut"
    assert "time on a processor was over" in header["detail"]


def test_imports_nothing_heavy():
    """The process starts without what fingerprints are made with: it costs a second of compiled code."""
    code = "import sys, cloneward.fingerprint.decode; print('numba' in sys.modules, 'sqlalchemy' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False", "False"]
