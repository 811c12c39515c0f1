"""What pictures cost: bytes and seconds of an index of 20,000 photos, and of a page with 50 of them.

    python benchmarks/run.py photos --count 1        # once, to have pictures: the real and the made ones are taken
    python benchmarks/run.py gallery
    python benchmarks/run.py gallery --pictures DIR --count 2000

Half the photos of the page are indexed ones, cut and compressed again, half are none of them. Pictures that the
benchmark photos made are mixes of parts of photos, and two of them may show parts of one: a match of a made picture
with another is told apart from the wrong ones. Nothing is gated: the aims stand in the report. The index of bits alone,
and its seconds a million, are of the benchmark `hamming`; records are of `people`.
"""

import argparse
import io
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from corpus import SEED, describe_run, say, spread, tell_run, time_cpu, write_results
from PIL import Image
from text import ROOT

from cloneward.archive.folder import RawPage
from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.photo import PicturePrint, fingerprint_picture
from cloneward.match.photos import PhotoIndex, open_photos, update_photos
from cloneward.workflows.gallery import Gallery
from cloneward.workflows.looks import Files
from cloneward.workflows.pictures import Pictures, look_in_folder

COUNT, SHOWN, ROUNDS = 20_000, 50, 5
PAGE_AIM_S, BYTES_AIM = 1.0, 5_000
SIDE = 1080  # px: longer side of a photo of the page
MADE = "made"  # folder of the pictures that no camera took


def list_pictures(folders: Sequence[Path]) -> list[Path]:
    """All pictures below the folders, in an order of chance."""
    files = sorted(file for folder in folders for file in folder.rglob("*.jpg"))
    Random(SEED).shuffle(files)
    return files


def fingerprint_all(files: Sequence[Path]) -> tuple[dict[str, PicturePrint], float]:
    """The fingerprints of those that can be read, and how many milliseconds of a processor each took."""
    prints: dict[str, PicturePrint] = {}
    used_s = 0.0
    for file in files:
        content = file.read_bytes()
        began_s = time.process_time()
        picture, _ = read_image(content)
        if picture is not None:
            prints[str(file)] = fingerprint_picture(picture)
        used_s += time.process_time() - began_s
    return prints, used_s / len(files) * 1e3


def measure_index(folder: Path, prints: dict[str, PicturePrint]) -> dict[str, Any]:
    """What writing the index takes, and how large it is: all of it, and the part that is read of every picture."""
    shutil.rmtree(folder, ignore_errors=True)
    used_s = time_cpu(lambda: update_photos(folder, PhotoIndex(), prints.items()))
    index = open_photos(folder)
    copies = sum(part.segment.buffers.nbytes for part in index.parts)
    size = sum(file.stat().st_size for file in folder.iterdir())
    points = sum(part.segment.codes.size for part in index.parts)
    return {
        "photos": len(index),
        "points": round(points / len(index), 1),
        "bytes_on_disk": round(size / len(index)),
        "bytes_searched": round((size - copies) / len(index)),
        "build_s": round(used_s, 2),
    }


def write_page(folder: Path, ours: Sequence[Path], others: Sequence[Path]) -> RawPage:
    """A page that shows the photos, those of ours cut."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, file in enumerate((*ours, *others)):
        photo = Image.open(file).convert("RGB")
        if number < len(ours):
            photo = photo.crop((photo.width // 10, photo.height // 10, photo.width, photo.height))
        enlarged = SIDE / max(photo.size)
        photo = photo.resize((round(photo.width * enlarged), round(photo.height * enlarged)), Image.Resampling.BICUBIC)
        stream = io.BytesIO()
        photo.save(stream, "JPEG", quality=70)
        (folder / f"{number}.jpg").write_bytes(stream.getvalue())
    html = "".join(f'<img src="{number}.jpg">' for number in range(len(ours) + len(others)))
    return RawPage("index.html", html.encode(), is_html=True)


@dataclass(frozen=True)
class Answer:
    """What a page came to: seconds of a processor, how many of ours are found, and which other matches there are."""

    used_s: float
    found: int
    wrong: tuple[str, ...]
    of_made: tuple[str, ...]


def ask_page(page: RawPage, folder: Path, index: PhotoIndex, shown: Sequence[Path]) -> Answer:
    """Compare the photos of the page, in the order in which they are shown."""
    gallery = Gallery(index, lambda digests: {digest: [(digest, "")] for digest in digests})
    files = Files(folder, "page.test/")
    began_s = time.process_time()
    matches = list(Pictures(gallery, look_in_folder(gallery, files, keeps=False)).compare(page))
    used_s = time.process_time() - began_s
    pairs = [(shown[int(Path(str(match.image)).stem)], Path(match.item)) for match in matches]
    others = [pair for pair in pairs if pair[0] != pair[1]]
    of_made = [pair for pair in others if all(MADE in file.parts for file in pair)]
    wrong = [pair for pair in others if pair not in of_made]
    return Answer(used_s, len(pairs) - len(others), _name_pairs(wrong), _name_pairs(of_made))


def _name_pairs(pairs: Sequence[tuple[Path, Path]]) -> tuple[str, ...]:
    return tuple(f"{one.stem} and {other.stem}" for one, other in pairs)


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    shown = [Path(argument).name if Path(argument).is_dir() else argument for argument in arguments]
    run = describe_run("gallery", shown, ("opencv-python-headless", "pillow"))
    files = list_pictures(options.pictures)
    half = SHOWN // 2
    if len(files) < 2 * half:
        say(f"{len(files)} pictures: run the benchmark photos first, or give more folders by --pictures")
        return 2
    others, indexed = files[:half], files[half : half + options.count]
    fingerprint_all(indexed[:3])  # compiled
    prints, each_ms = fingerprint_all(indexed)
    say(f"{len(prints)} pictures, {each_ms:.1f} ms each")
    folder = options.build / "gallery"
    index = measure_index(folder / "index", prints)
    page = write_page(folder / "page", indexed[:half], others)
    opened = open_photos(folder / "index")
    ask = partial(ask_page, page, folder / "page", opened, [*indexed[:half], *others])
    ask()  # compiled, and what is mapped is read
    rounds = [ask() for _ in range(options.rounds)]
    result = {
        **run,
        "index": index | {"fingerprint_ms": round(each_ms, 1)},
        "page": {
            "photos": SHOWN,
            "ours": half,
            "found": rounds[0].found,
            "wrong": rounds[0].wrong,
            "of_made": rounds[0].of_made,
            "cpu_s": spread([answer.used_s for answer in rounds], 2),
        },
    }
    write_results(options.results, "gallery", result, write_report(result))
    return 0


def write_report(result: dict[str, Any]) -> list[str]:
    index, page = result["index"], result["page"]
    used = page["cpu_s"]
    sizes = f"{index['bytes_on_disk']:,} | {index['bytes_searched']:,}"
    return [
        "# Pictures: what an index and a page of them take",
        "",
        tell_run(result),
        "",
        (
            f"An index of {index['photos']:,} pictures with {index['points']} points each. Searched: all of it but the "
            f"small copies, of which few are read for a page. Aim: {BYTES_AIM:,} bytes."
        ),
        "",
        "| fingerprinting, ms a picture | index, s | bytes on the disk, a picture | of them searched |",
        "|--:|--:|--:|--:|",
        f"| {index['fingerprint_ms']} | {index['build_s']} | {sizes} |",
        "",
        (
            f"A page with {page['photos']} photos of {SIDE} px, {page['ours']} of them cut from indexed ones, compared "
            f"with that index: from the bytes of the page to matches, in a running program. Aim: {PAGE_AIM_S:.0f} s."
        ),
        "",
        "| of ours found | wrong matches | matches of made pictures | s of a processor, median | least | most |",
        "|--:|--:|--:|--:|--:|--:|",
        (
            f"| {page['found']} | {len(page['wrong'])} | {len(page['of_made'])} | {used['median']} | {used['min']} "
            f"| {used['max']} |"
        ),
        "",
        (
            f"Wrong: {tell_pairs(page['wrong'])}. Made pictures, which may show parts of one photo: "
            f"{tell_pairs(page['of_made'])}."
        ),
    ]


def tell_pairs(pairs: Sequence[str]) -> str:
    return "; ".join(pairs) or "none"


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    build = ROOT / "build" / "bench"
    parser = argparse.ArgumentParser(prog="run.py gallery", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pictures", type=Path, action="append", help="folder of JPEGs; may be given again")
    parser.add_argument("--count", type=int, default=COUNT, help="pictures in the index")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--build", type=Path, default=build)
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args(list(arguments))
    options.pictures = options.pictures or [build / "photos" / "real", build / "photos" / "made"]
    return options
