"""Bytes of videos to fingerprints of their key frames, and bytes that are none."""

import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cloneward.fingerprint import video
from cloneward.fingerprint.decode import MAX_S, MOST_SIDE
from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.pdq import fingerprint_photo
from cloneward.fingerprint.video import MAX_BYTES, fingerprint_video
from tests.hostile_images import encode, make_picture
from tests.hostile_videos import EDITS, encode_video, make_clip, make_hostile_videos, make_long_video

GOLDEN = Path(__file__).parents[1] / "golden" / "videos"
CLIP = make_clip([make_picture(seed, (640, 360)) for seed in range(3)], size=(160, 90), fps=10, scene_s=1.5)
HOSTILE = make_hostile_videos(CLIP)
SHOWN = [name for name, made in HOSTILE.items() if made.shows_picture]
SHOWN_ANYHOW = ["wide.mp4", "reference.mp4", "no_time.mp4", "years.mp4", "still.mp4", "one.mp4"]
CUT = {"index_first.mp4", "half.webm", "half.gif"}
SMEARED = {"smeared.mp4", "smeared.webm"}
LARGE = {"wide.gif", "busy.gif"}
NOTHING = {"black.mp4", "tiny.mp4"}
NEAR = 31


def count_bits(left, right):
    """Give in how many bits two prints differ."""
    return int(np.bitwise_count(left.bits ^ right.bits).sum())


def read_codes(content):
    """Give the frames and the codes of the problems."""
    frames, problems = fingerprint_video(content)
    return frames, [problem.code for problem in problems]


@pytest.fixture(scope="module")
def whole():
    """Give the frames of the clip that the hostile files were made of."""
    return fingerprint_video(encode_video(CLIP))[0]


@pytest.fixture
def decoder(monkeypatch, tmp_path):
    """Put a program in the place of the decoder."""

    def put(code):
        (tmp_path / "stand_in.py").write_text(f"import os, sys, json, signal\n{code}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(video, "_MODULE", "stand_in")

    return put


@pytest.mark.parametrize("name", SHOWN)
def test_shows_what_came(name, whole):
    """Whatever it is called, hangs on behind or is missing at the end: the frames that came are those of the clip."""
    frames, codes = read_codes(HOSTILE[name].content)
    assert len(frames) >= 3
    assert codes == (["video_cut"] if name in CUT else [])
    for frame in frames:
        assert min(count_bits(frame.prints[0], other.prints[0]) for other in whole) <= NEAR


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - set(SHOWN) - set(SHOWN_ANYHOW) - SMEARED - LARGE - NOTHING))
def test_no_video_is_told(name):
    """What is damaged, empty, sound alone or a way to other files has no frames, and a problem says so."""
    frames, codes = read_codes(HOSTILE[name].content)
    assert frames == ()
    assert codes in (["video_unknown"], ["video_damaged"])


@pytest.mark.parametrize("name", SHOWN_ANYHOW)
def test_odd_videos_come_to_an_end(name):
    """Where the file lies about itself, what is given is bounded and in the order of time."""
    frames, _ = read_codes(HOSTILE[name].content)
    times = [frame.time_s for frame in frames]
    assert times
    assert times == sorted(set(times))
    assert times[-1] <= MAX_S


@pytest.mark.parametrize("name", sorted(SMEARED))
def test_smeared_videos_come_to_an_end(name):
    """Noise in the middle of a file is read around, or told; what is given is in the order of time."""
    frames, codes = read_codes(HOSTILE[name].content)
    times = [frame.time_s for frame in frames]
    assert times == sorted(set(times))
    assert codes or frames


@pytest.mark.parametrize("name", sorted(LARGE))
def test_large_frames_are_told(name):
    """Frames that are too large are not decoded."""
    assert read_codes(HOSTILE[name].content) == ((), ["video_too_large"])


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_what_shows_nothing_has_no_frames(name):
    """A video of black frames, or of a few pixels, is read and has nothing to compare."""
    assert read_codes(HOSTILE[name].content) == ((), [])


def test_large_files_are_told(monkeypatch):
    """A file beyond the bound is not even handed to the decoder."""
    monkeypatch.setattr(video, "MAX_BYTES", 1000)
    assert read_codes(bytes(1001)) == ((), ["video_too_large"])
    assert MAX_BYTES > 1000


def test_nothing_is_fetched():
    """Files that point to an address of this machine do not bring the reader there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        pointing = make_hostile_videos(replace(CLIP, frames=CLIP.frames[::5]), server.getsockname()[1])
        for name in ("network.m3u8", "network.ffconcat", "network.mpd", "reference.mp4", "drawing.svg"):
            assert str(server.getsockname()[1]).encode() in pointing[name].content
            fingerprint_video(pointing[name].content)
        with pytest.raises(TimeoutError):
            server.accept()


def test_long_videos_give_few_frames():
    """Forty minutes of changing pictures give no more frames than allowed, from all of it."""
    frames, codes = read_codes(make_long_video())
    assert codes == []
    assert len(frames) <= 300


@pytest.mark.parametrize(("name", "codes"), [("h264", []), ("hevc", []), ("turned", []), ("av1", ["video_unknown"])])
def test_codecs_of_sites(name, codes):
    """H.264 and HEVC, as sites serve them, are read; AV1 is told to be none that is."""
    frames, told = read_codes((GOLDEN / f"{name}.mp4").read_bytes())
    assert told == codes
    assert bool(frames) == (not codes)


def test_turned_videos_are_read_upright():
    """A video that says that it is to be turned is compared as a viewer sees it."""
    stored, turned = (fingerprint_video((GOLDEN / f"{name}.mp4").read_bytes())[0] for name in ("h264", "turned"))
    assert len(stored) == len(turned)
    for left, right in zip(stored, turned, strict=True):
        assert count_bits(left.prints[0], right.prints[0]) > NEAR
        away = np.bitwise_count(right.prints[0].turned() ^ left.prints[0].bits).sum(axis=1)
        assert away.min() < 64  # the others are 128 off, about; so small a picture is not sampled alike both ways


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1280, 720)])
def test_a_frame_is_compared_as_a_photo_is(size):
    """The print of a frame is that of the same picture as a photo, but for what compression changed."""
    still = make_clip([make_picture(0, (640, 360))] * 2, size=size, fps=4, scene_s=0.5)
    frames, _ = fingerprint_video(encode_video(still))
    photo, _ = read_image(encode(Image.fromarray(still.frames[0][:, :, ::-1]), "PNG"))
    assert count_bits(frames[0].prints[0], fingerprint_photo(photo)) <= 8


def test_borders_give_a_second_print():
    """A frame with bars has two prints: of all of it, and of what the bars enclose, which is as without them."""
    clip = make_clip([make_picture(seed, (640, 360)) for seed in range(2)], size=(640, 360), fps=4, scene_s=1)
    whole, framed = (fingerprint_video(encode_video(one))[0] for one in (clip, EDITS["bars above and below"](clip)))
    assert len(framed) >= 4
    for frame in framed:
        bare = next(bare for bare in whole if bare.time_s == frame.time_s)
        assert count_bits(frame.prints[0], bare.prints[0]) > NEAR
        assert count_bits(frame.prints[1], bare.prints[0]) <= NEAR


@pytest.mark.parametrize(
    "code",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "sys.exit(3)",
        "raise MemoryError",
        "pass",
        "print('no json')",
        "print('{' * 1000)",
        "print(json.dumps({'ended': 'whole', 'frames': [[0, 9, 9, 1]] * 100_000}))",
        "print(json.dumps({'ended': 'whole', 'frames': [[0.0, 256, 256, 1]]}))",
        f"print(json.dumps({{'ended': 'whole', 'frames': [[0.0, {MOST_SIDE + 1}, 1, 1]]}}), flush=True)",
        "print(json.dumps({'ended': 'whole', 'frames': [[-1.0, 1, 1, 1]]})); print('x')",
        "print(json.dumps({'ended': 'well', 'frames': []}))",
    ],
)
def test_a_decoder_that_breaks_is_told(decoder, code):
    """Whatever becomes of the decoder, and whatever it answers then, the caller goes on."""
    decoder(code)
    assert read_codes(b"any") == ((), ["video_damaged"])


def test_a_decoder_that_waits_is_ended(decoder, monkeypatch):
    """A decoder that does nothing at all is ended after a while."""
    decoder("signal.pause()")
    monkeypatch.setattr(video, "_WAIT_S", 1)
    frames, problems = fingerprint_video(b"any", limit_s=0)
    assert frames == ()
    assert problems[0].text == "the video was not read: the decoder was ended after 1 s"


def test_time_is_bounded():
    """A video that takes longer to decode than allowed has the frames that came until then."""
    frames, problems = fingerprint_video(make_long_video(150_000), limit_s=0)
    assert frames
    assert [problem.code for problem in problems] == ["video_cut"]


def test_the_decoder_is_told_no_secrets(decoder, monkeypatch):
    """The variables of our process, which may hold keys, are not handed to the decoder."""
    monkeypatch.setenv("CLONEWARD_KEY", "mine")
    decoder(
        "print(json.dumps({'ended': 'whole', 'detail': ' '.join(os.environ)})); sys.exit('CLONEWARD_KEY' in os.environ)"
    )
    assert read_codes(b"any") == ((), [])
