"""Videos found by their key frames, in order, and what is no evidence for any."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.pdq import PDQ, PhotoPrint
from cloneward.fingerprint.video import Frame, fingerprint_video
from cloneward.match import frames as matching
from cloneward.match.frames import (
    HOT_VIDEOS,
    LEAST_PICTURES,
    _find_chain,
    build_frames,
    find_picture,
    find_videos,
    open_frames,
    open_videos,
    update_videos,
    write_frames,
)
from cloneward.match.mapped import write_arrays
from tests.hostile_images import make_picture
from tests.hostile_videos import EDITS, encode_video, make_clip

NAME = "0f" * 32
FOUND = ["lower quality", "both ends left out", "mirror", "bars above and below", "black frames", "all small"]


def draw_print(seed, noise=0.0):
    """Give the print of a picture, a little changed."""
    waves = np.random.default_rng(seed).normal(size=(16, 16))
    return PhotoPrint(PDQ, waves + noise * np.random.default_rng([seed, 1]).normal(size=(16, 16)), 100)


def mirror_print(made):
    """Give the print of the mirror image."""
    signs = np.where(np.arange(16) % 2, 1.0, -1.0)
    return PhotoPrint(PDQ, made.waves * signs, made.quality)


def show(*pictures, step_s=2.0, start_s=0.0, noise=0.0):
    """Give a video that shows these pictures one after the other."""
    return tuple(Frame(start_s + step_s * place, (draw_print(seed, noise),)) for place, seed in enumerate(pictures))


def find(asked, *videos):
    """Give what is found of videos that are named by their place."""
    index = build_frames((str(place), frames) for place, frames in enumerate(videos))
    return {run.video: run for run in find_videos(index, asked)}


def list_pairs(run):
    """Give the times of a run."""
    return [(frame.target_s, frame.item_s) for frame in run.frames]


def test_tells_when_each_frame_is_shown():
    """A part of a video is found with the times of each frame in both, and the bits that differ."""
    run = find(show(3, 4, 5, start_s=1, noise=0.05), show(*range(10)))["0"]
    assert list_pairs(run) == [(1.0, 6.0), (3.0, 8.0), (5.0, 10.0)]
    assert all(0 < frame.distance <= 31 for frame in run.frames)
    assert not run.is_mirrored


def test_only_what_is_shown_is_found():
    """Of several videos those are given that share frames in order, the longest run first."""
    videos = [show(*range(10)), show(*range(100, 110)), show(0, 1, 2, 200)]
    index = build_frames((str(place), frames) for place, frames in enumerate(videos))
    assert [run.video for run in find_videos(index, show(0, 1, 2, 3))] == ["0", "2"]


@pytest.mark.parametrize("asked", [(0, 1), (9, 8, 7, 6), (0, 50, 51, 52, 1)])
def test_fewer_or_out_of_order_are_none(asked):
    """Two frames, frames backwards, and two among others are no run."""
    assert find(show(*asked), show(*range(10))) == {}


@pytest.mark.parametrize(
    ("step_s", "found"), [(2.0, True), (1.8, True), (2.2, True), (2.6, True), (6.0, False), (0.4, False)]
)
def test_pace_is_about_the_same(step_s, found):
    """A video that is played a little faster or slower is found; three times as slow is another one."""
    assert bool(find(show(*range(8), step_s=step_s), show(*range(8), step_s=2.0))) == found


def test_a_still_is_no_video():
    """A picture that is shown for long is one picture, however many key frames it has."""
    assert find(show(*[7] * 20, step_s=5), show(*[7] * 20, step_s=5)) == {}
    assert LEAST_PICTURES > 1


def test_a_still_does_not_hide_the_rest():
    """Around a still that is shown for long, the other pictures are found."""
    asked = show(1, 2, *[7] * 20, 3, 4)
    assert "0" in find(asked, asked)


def test_what_many_videos_show_is_no_evidence():
    """A title of several pictures that many of our videos begin with finds none of them, but their own pictures do."""
    title = (1, 2, 3, 4)
    few = [show(*title, 10 * place + 100, *range(10 * place + 101, 10 * place + 104)) for place in range(HOT_VIDEOS)]
    one_more = show(*title, 900, 901, 902)
    assert len(find(show(*title), *few)) == HOT_VIDEOS
    assert find(show(*title), *few, one_more) == {}
    assert list(find(show(*title, 900, 901, 902), *few, one_more)) == [str(HOT_VIDEOS)]


def test_mirrored_videos_are_found():
    """A video with left and right swapped is found, and told to be."""
    asked = tuple(Frame(frame.time_s, tuple(map(mirror_print, frame.prints))) for frame in show(2, 3, 4, 5))
    run = find(asked, show(*range(8)))["0"]
    assert run.is_mirrored
    assert list_pairs(run) == [(0.0, 4.0), (2.0, 6.0), (4.0, 8.0), (6.0, 10.0)]


def test_any_print_of_a_frame_counts_once():
    """A frame with a print of all of it and one of its inside is found by either, and stands in a run once."""
    framed = tuple(
        Frame(frame.time_s, (draw_print(500 + place), *frame.prints)) for place, frame in enumerate(show(*range(5)))
    )
    assert len(find(framed, show(*range(5)))["0"].frames) == 5
    assert len(find(framed, framed)["0"].frames) == 5


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 31)),
        max_size=9,
        unique_by=lambda pair: pair[:2],
    )
)
def test_the_longest_chain_is_found(drawn):
    """Of any pairs the chain is as long as the longest that can be picked by trying all."""
    pairs = np.array([(*pair, row) for row, pair in enumerate(sorted(drawn))], np.float64).reshape(-1, 4)
    if not len(pairs):
        return

    def follows(one, other):
        steps = other[:2] - one[:2]
        return min(steps) > 0 and abs(steps[0] - steps[1]) <= matching.PACE * min(steps) + matching.SLACK_S

    chains = (
        chain
        for count in range(len(pairs), 0, -1)
        for chain in combinations(pairs, count)
        if all(map(follows, chain, chain[1:]))
    )
    longest = len(next(chains))
    found = _find_chain(pairs)
    assert len(found) == longest
    assert all(map(follows, found, found[1:]))


def test_many_alike_frames_come_to_an_end(monkeypatch):
    """Where a still has more pairs than are chained, those of the other pictures are kept."""
    monkeypatch.setattr(matching, "_MOST_PAIRS", 50)
    mixed = show(*[7] * 30, 1, 2, 3)
    assert 3 <= len(find(mixed, mixed)["0"].frames) <= 50


def test_nothing_is_found_in_nothing():
    """An index of no videos, videos without frames, and a question without frames, give nothing."""
    assert find(show(1, 2, 3)) == {}
    assert find(show(1, 2, 3), ()) == {}
    assert find((), show(1, 2, 3)) == {}


def test_a_picture_of_a_video_is_found():
    """A still of a video is found with its time, mirrored too; the nearest video comes first."""
    index = build_frames([("near", show(1, 2, 3)), ("same", show(9, 2, noise=0.0)), ("other", show(20, 21))])
    changed = draw_print(2, 0.05)
    runs = find_picture(build_frames([("far", show(1, 2)), ("near", (Frame(6.0, (changed,)),))]), changed)
    assert next((run.video, run.frames[0].item_s, run.frames[0].distance) for run in runs) == ("near", 6.0, 0)
    assert {run.video for run in find_picture(index, draw_print(2))} == {"near", "same"}
    mirrored = find_picture(index, mirror_print(draw_print(3)))
    assert [(run.video, run.is_mirrored, run.frames[0].item_s) for run in mirrored] == [("near", True, 4.0)]


def test_a_picture_that_says_nothing_finds_nothing():
    """A picture of too low a quality, and one that many of our videos show, are a still of none."""
    index = build_frames([(str(place), show(1)) for place in range(HOT_VIDEOS + 1)])
    assert find_picture(index, draw_print(1)) == []
    plain = PhotoPrint(PDQ, draw_print(2).waves, 10)
    assert find_picture(build_frames([("0", show(2))]), plain) == []


def test_an_index_is_written_and_mapped(tmp_path):
    """A written index answers as the one in memory; the same videos give the same file, other times another."""
    index = build_frames([(NAME, show(1, 2, 3, 4))])
    name = write_frames(tmp_path, index)
    opened = open_frames(tmp_path / name)
    asked = show(2, 3, 4)
    assert find_videos(opened, asked) == find_videos(index, asked)
    assert find_videos(opened, asked)[0].video == NAME
    assert write_frames(tmp_path, index) == name
    assert write_frames(tmp_path, build_frames([(NAME, show(1, 2, 3, 4, start_s=1))])) != name


def test_a_wrong_index_is_refused(tmp_path):
    """A missing, damaged or foreign file is no index."""
    with pytest.raises(EvidenceError):
        open_frames(tmp_path / "none.frames")
    (tmp_path / "bad.frames").write_bytes(b"{" * 5000)
    with pytest.raises(EvidenceError):
        open_frames(tmp_path / "bad.frames")
    write_arrays(tmp_path / "other.frames", "something else", PDQ, {"times": np.zeros(1)})
    with pytest.raises(VersionMismatch):
        open_frames(tmp_path / "other.frames")


@pytest.fixture(scope="module")
def clips():
    """Give two clips of four scenes each, no picture in both."""
    return [
        make_clip([make_picture(seed, (640, 360)) for seed in range(first, first + 4)], first, size=(320, 180), fps=8)
        for first in (0, 10)
    ]


@pytest.fixture(scope="module")
def index(clips):
    """Give an index of both."""
    return build_frames((str(place), fingerprint_video(encode_video(clip))[0]) for place, clip in enumerate(clips))


@pytest.mark.parametrize("edit", FOUND)
def test_edited_copies_are_found(clips, index, edit):
    """A copy that is smaller, worse, shorter, faster, mirrored, framed or broken up is found, and no other clip."""
    frames, _ = fingerprint_video(encode_video(EDITS[edit](clips[0])))
    runs = find_videos(index, frames)
    assert [run.video for run in runs] == ["0"]
    assert runs[0].is_mirrored == (edit == "mirror")


def test_other_videos_are_not_found(index):
    """A clip of other pictures is none of ours."""
    other = make_clip([make_picture(seed, (640, 360)) for seed in range(20, 24)], 3, size=(320, 180), fps=8)
    assert find_videos(index, fingerprint_video(encode_video(other))[0]) == []


def test_index_in_a_folder_is_changed_in_place(tmp_path):
    """Videos are added to what is there and taken out of it, and the mark is what the caller said last."""
    assert len(open_videos(tmp_path / "none")) == 0
    index = update_videos(tmp_path, build_frames(()), [("a", show(1, 2, 3)), ("b", show(4, 5, 6))], mark="one")
    index = update_videos(tmp_path, index, [("c", show(7, 8, 9))], {"a"}, "two")
    assert (index.names(), index.mark) == (["b", "c"], "two")
    assert [run.video for run in find_videos(index, show(7, 8, 9))] == ["c"]
    assert list_pairs(find_videos(open_videos(tmp_path), show(4, 5, 6))[0]) == [(0, 0), (2, 2), (4, 4)]
    assert find_videos(index, show(1, 2, 3)) == []
    assert len(list(tmp_path.iterdir())) == 2


def test_damaged_manifests_are_told(tmp_path):
    """A manifest that is none, or of another version, is told as what it is."""
    update_videos(tmp_path, build_frames(()), [("a", show(1, 2, 3))])
    manifest = tmp_path / "manifest.json"
    content = manifest.read_text()
    manifest.write_text(content.replace('"version": 1', '"version": 9'))
    with pytest.raises(VersionMismatch):
        open_videos(tmp_path)
    manifest.write_text("{")
    with pytest.raises(EvidenceError, match="damaged"):
        open_videos(tmp_path)
