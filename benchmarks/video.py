"""How well edited videos are found among others, whether others are taken for them, and how fast videos are read.

    python benchmarks/run.py video
    python benchmarks/run.py video --part tuning --count 10          # a look that tells nothing of the reporting photos
    python benchmarks/run.py video --ffmpeg /usr/bin/ffmpeg          # copies in H.264 and HEVC at low rates too

Clips are made of real photos of examples/pictures.py: several scenes each, a slow pan and zoom over one photo a scene.
They are split by the digest of the scene's name, as those of the benchmark `photos`. Every other clip of a part is
protected, and what tests/hostile_videos.py says a copier does is done to all of them: a match with any clip but its own
is false. There are no films here: cuts are hard, and nothing moves within a scene but the camera.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import photos_scenes
from corpus import SEED, describe_run, say, tell_run, write_results
from photos import name_part
from PIL import Image
from text import ROOT

import pictures  # isort: skip - it lies in examples/, where text looks

from cloneward.fingerprint.video import Frame, fingerprint_video
from cloneward.match.frames import FrameIndex, build_frames, find_videos

sys.path.insert(0, str(ROOT))
from tests.hostile_videos import EDITS, Clip, encode_video, make_clip

COUNT = 20  # clips that are protected, and as many that are not
SCENES, SCENE_S, SIZE, FPS = 5, 3.0, (384, 216), 12.5
RECALL_MIN = 0.95
SPEED_SIZES = ((1280, 720), (1920, 1080))
NOT_GATED = ("crop", "inserted", "backwards")  # no print of a whole frame can find them
RATES = {"H.264 at 100 kbit/s": ("libx264", "100k"), "HEVC at 60 kbit/s": ("libx265", "60k")}


def list_photos(cache: Path, part: str) -> list[Path]:
    """One photo of each scene of a part, in an order of chance."""
    scenes = photos_scenes.read_scenes()
    found = {}
    for file in sorted(cache.glob("*/*.jpg")):
        scene = photos_scenes.name_scene(file.stem, scenes)
        if name_part(scene) == part:
            found.setdefault(scene, file)
    files = list(found.values())
    Random(f"{SEED}/{part}").shuffle(files)
    return files


def make_clips(files: Sequence[Path], count: int) -> Iterator[Clip]:
    """So many clips, no photo in two of them."""
    for number in range(min(count, len(files) // SCENES)):
        chosen = files[number * SCENES : (number + 1) * SCENES]
        yield make_clip([Image.open(file) for file in chosen], number, size=SIZE, fps=FPS, scene_s=SCENE_S)


def edit_clip(clip: Clip, edit: str, ffmpeg: str) -> bytes:
    """What a copier serves."""
    if edit in RATES:
        return encode_low(encode_video(clip), *RATES[edit], ffmpeg)
    return encode_video(EDITS[edit](clip))


def encode_low(content: bytes, codec: str, rate: str, ffmpeg: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.mp4", Path(folder) / "made.mp4"
        given.write_bytes(content)
        command = [ffmpeg, "-v", "error", "-i", str(given), "-c:v", codec, "-b:v", rate, str(made)]
        subprocess.run(command, check=True, capture_output=True)
        return made.read_bytes()


def ask_clip(index: FrameIndex, content: bytes, own: str) -> tuple[int, list[str]]:
    """How many frames of its own clip are found, and which other clips are."""
    frames, _ = fingerprint_video(content)
    runs = find_videos(index, frames)
    mine = next((len(run.frames) for run in runs if run.video == own), 0)
    return mine, [run.video for run in runs if run.video != own]


def measure_speed(files: Sequence[Path], ffmpeg: str) -> list[dict[str, Any]]:
    """Seconds of video read in a second of a processor, the start of the process included."""
    rows = []
    for size in SPEED_SIZES:
        made = make_clip([Image.open(file) for file in files[:3]], size=size, fps=25.0, scene_s=1.0)
        clip = Clip(made.frames * 4, made.fps)
        contents = {"MPEG-4": encode_video(clip)}
        if ffmpeg:
            contents["H.264 at 4 Mbit/s"] = encode_low(contents["MPEG-4"], "libx264", "4M", ffmpeg)
        for kind, content in contents.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            frames, _ = fingerprint_video(content)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            length_s = len(clip.frames) / clip.fps
            told = {"size": f"{size[0]}x{size[1]}", "kind": kind, "frames": len(frames), "cpu_s": round(used_s, 2)}
            rows.append(told | {"times_real_time": round(length_s / used_s, 1)})
    return rows


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    shown = [Path(argument).name if Path(argument).exists() else argument for argument in arguments]
    run = describe_run("video", shown, ("opencv-python-headless",))
    files = list_photos(options.cache, options.part)
    clips = list(make_clips(files, 2 * options.count))
    protected: dict[str, tuple[Frame, ...]] = {}
    for number, clip in enumerate(clips[::2]):
        protected[f"clip-{number}"] = fingerprint_video(encode_video(clip))[0]
    index = build_frames(protected.items())
    edits = [*EDITS, *(RATES if options.ffmpeg else ())]
    rows = []
    for edit in edits:
        lengths, false = [], []
        for number, clip in enumerate(clips):
            mine, others = ask_clip(index, edit_clip(clip, edit, options.ffmpeg), f"clip-{number // 2}")
            if number % 2 == 0:
                lengths.append(mine)
                false += others
            else:
                false += [*others, *([f"clip-{number // 2}"] if mine else [])]
        found = sum(length > 0 for length in lengths)
        row = {"edit": edit, "found": found, "of": len(lengths), "asked": len(clips), "false": len(false)}
        rows.append(row | {"frames_median": sorted(lengths)[len(lengths) // 2]})
        say(f"{edit}: {found} of {len(lengths)}, frames {rows[-1]['frames_median']}, false {len(false)}")
    result = {
        **run,
        "part": options.part,
        "prints": len(index.times),
        "rows": rows,
        "speed": measure_speed(files, options.ffmpeg),
    }
    result["gates"] = [
        {"name": row["edit"], "value": row["found"] / row["of"], "must": RECALL_MIN}
        for row in rows
        if row["edit"] not in NOT_GATED
    ]
    result["gates"].append({"name": "false matches", "value": -sum(row["false"] for row in rows), "must": 0})
    name = "video" if options.part == "reporting" else f"video-{options.part}"
    write_results(options.results, name, result, write_report(result))
    failed = [gate for gate in result["gates"] if gate["value"] < gate["must"]]
    for gate in failed:
        say(f"FAIL {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 1 if failed else 0


def write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        "# Videos: edited clips found among others",
        "",
        tell_run(result),
        "",
        (
            f"Clips of {SCENES} scenes of {SCENE_S:.0f} s, of {result['part']} photos: {result['rows'][0]['of']} "
            f"protected with {result['prints']} prints of key frames, {result['rows'][0]['asked']} asked after each "
            "edit. False: a match with another clip than the one it was made of. Both are MPEG-4 in MP4 unless told. "
            f"Crop, inserted and backwards are not gated: a print of a whole frame cannot find them. Recall must be "
            f"{RECALL_MIN} elsewhere, and nothing may be false."
        ),
        "",
        "| edit | found | of | frames, median | false |",
        "|--|--:|--:|--:|--:|",
        *(
            f"| {row['edit']} | {row['found']} | {row['of']} | {row['frames_median']} | {row['false']} |"
            for row in result["rows"]
        ),
        "",
        "| size | kind | key frames | s of a processor | times real time |",
        "|--|--|--:|--:|--:|",
    ]
    lines += [f"| {' | '.join(map(str, row.values()))} |" for row in result["speed"]]
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py video", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--part", choices=("tuning", "reporting"), default="reporting")
    parser.add_argument("--count", type=int, default=COUNT, help="clips that are protected, and as many that are not")
    parser.add_argument("--ffmpeg", default="", help="the program, to make copies in H.264 and HEVC")
    parser.add_argument("--cache", type=Path, default=pictures.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
