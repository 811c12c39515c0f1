"""How well edited photos are found among 20,000 images, and whether unrelated photos are ever taken for one another.

    python benchmarks/run.py photos                       # with the photos of the packages of examples/pictures.py
    python benchmarks/run.py photos --photos DIR          # and all photos below a folder; may be given again
    python benchmarks/run.py photos --part tuning         # a look that tells nothing of the reporting photos
    python benchmarks/run.py photos --count 10 --index 2000 --edits crop mirror crop+mirror

Written without reading the detector: photos are edited by Pillow and judged by the command line alone. Photos are split
by the digest of their scene's name. What is tuned is tuned on tuning photos; all figures are of reporting photos. A
photo counts as found only if its own item is among the matches of kind image. Every match of two real photos is a false
one unless photos_scenes.py says that both show one scene, and why; each is drawn side by side below the build
folder, to be looked at. 3 million pairs of different scenes take about 2,500 photos, which the packages do not have:
folders given by --photos make up for them, and the report says what was there.
"""

import argparse
import hashlib
import html
import json
import math
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from corpus import SEED, describe_run, say, tell_run, write_results
from photos_edits import QUALITY, edit_photo, list_edits
from photos_made import make_picture
from photos_scenes import PLACES, name_scene, read_scenes
from PIL import Image
from text import ROOT, Bench, bound_share

import pictures  # isort: skip - it lies in examples/, where text looks

INDEXED = 20_000  # images, real and made
COUNT = 100  # photos for each edit
RECALL_MIN = 0.95
PAIRS_MIN = 3_000_000
OF_ONE_SOURCE = 1 / 3  # at most, of the photos of an edit
TWIN_SIDE, TWIN_MIN = 24, 0.985  # px; correlation of two grey thumbnails above which they are one picture
SEEN = ("crop", "square")  # edits whose place in the photo a match tells
BASE = "https://owner.test"
HELD = {True: "yes", False: "**no**"}


@dataclass(frozen=True)
class Photo:
    """A real photo as its owner keeps it."""

    name: str
    file: Path
    source: str
    scene: str

    @property
    def part(self) -> str:
        return name_part(self.scene)


@dataclass(frozen=True)
class Query:
    """A picture on a page: what was done to which photo."""

    page: str
    photo: str
    edit: str
    done: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the detector says of one page: an item and the transform that it found."""

    item: str
    transform: Mapping[str, Any] | None


def name_part(scene: str) -> str:
    """Tuning or reporting, by the digest of the name of a scene."""
    return "tuning" if hashlib.sha256(scene.encode()).digest()[0] < 128 else "reporting"


class Finder:
    """The detector, reached by the command line: the one place that knows how.

    Images become items of kind photo in one JSONL file, each with the path of its file from there. A question is a
    page with one picture, a folder of pages a run of `check --each`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bench = Bench(folder, folder)
        self.workspace = folder / "workspace"
        self.speed: list[dict[str, Any]] = []

    def add(self, images: Mapping[str, Path]) -> None:
        """Protect the images, by the ids they are given."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        items = self.folder / "items.jsonl"
        with items.open("w", encoding="utf-8") as lines:
            for name, file in images.items():
                address = f"{BASE}/{name}"
                item = {"id": name, "kind": "photo", "url": address, "images": [str(file.relative_to(self.folder))]}
                lines.write(json.dumps(item) + "\n")
        self.bench.run("init", str(self.workspace), "--site", BASE)
        run = self.bench.run("protect", "add", str(items), "--workspace", str(self.workspace))
        self._note("protect add", len(images), run)

    def ask(self, folder: Path) -> dict[str, list[Answer]]:
        """For each page of the folder, which of the images are on it."""
        run = self.bench.run("check", str(folder), "--each", "--json", "--workspace", str(self.workspace))
        self._note("check", len(run.lines), run)
        return {
            Path(line["target"]).name: [
                Answer(match["item"], match["transform"]) for match in line["matches"] if match["kind"] == "image"
            ]
            for line in run.lines
        }

    def _note(self, verb: str, images: int, run: Any) -> None:
        self.speed.append(
            {
                "verb": verb,
                "images": images,
                "cpu_s": round(run.cpu_s, 2),
                "wall_s": round(run.wall_s, 2),
                "peak_mib": round(run.peak_bytes / 2**20),
            }
        )


class Collection:
    """The photos of the packages and of the folders given, each scene's in one part, no picture twice."""

    def __init__(self, folder: Path, cache: Path, given: Sequence[Path]) -> None:
        self.folder = folder
        self.cache = cache
        self.given = given
        self.left_out: Counter[str] = Counter()

    def gather(self) -> list[Photo]:
        """Every photo, in the order of the names; kept below the folder."""
        real = self.folder / "real"
        shutil.rmtree(real, ignore_errors=True)
        real.mkdir(parents=True)
        found = dict(self._list_files())
        keep = partial(_keep_photo, real)
        with ProcessPoolExecutor() as pool:
            kept = [name for name in pool.map(keep, found, found.values(), chunksize=16) if name]
        self.left_out["small, nearly of one colour, cut out or unreadable"] = len(found) - len(kept)
        twins = find_twins([real / f"{name}.jpg" for name in kept])
        self.left_out["the same picture as another"] = len(twins)
        scenes = read_scenes()
        return [
            Photo(name, real / f"{name}.jpg", name.partition("-")[0], name_scene(name, scenes))
            for name in kept
            if real / f"{name}.jpg" not in twins
        ]

    def _list_files(self) -> Iterator[tuple[str, Path]]:
        for file in sorted(self.cache.glob("*/*.jpg")):
            yield file.stem, file
        for folder in self.given:
            for file in sorted(folder.rglob("*")):
                if file.suffix.lower() in pictures.PICTURES and file.is_file():
                    inside = "-".join(file.relative_to(folder).with_suffix("").parts)
                    yield f"{folder.name}-{inside}", file


def fetch_packages(cache: Path) -> None:
    """Bring the photos of all packages here; one that cannot be had is said, and its photos are missing."""
    for name in pictures.SOURCES:
        try:
            pictures.fetch_source(name, cache)
        except LookupError as error:
            say(f"{name}: {error}")


def _keep_photo(real: Path, name: str, file: Path) -> str | None:
    picture = pictures.open_photo(file)
    if picture is None:
        return None
    picture.save(real / f"{name}.jpg", quality=pictures.QUALITY)
    return name


def find_twins(files: Sequence[Path]) -> set[Path]:
    """All but the largest of those that are one picture in several sizes or formats."""
    thumbnails = np.empty((len(files), TWIN_SIDE * TWIN_SIDE), np.float32)
    sizes = []
    for number, file in enumerate(files):
        picture = Image.open(file)
        sizes.append(picture.width * picture.height)
        picture.draft("L", (4 * TWIN_SIDE, 4 * TWIN_SIDE))
        grey = picture.convert("L").resize((TWIN_SIDE, TWIN_SIDE), Image.Resampling.BOX)
        row = np.asarray(grey, np.float32).ravel()
        row -= row.mean()
        thumbnails[number] = row / max(float(np.linalg.norm(row)), 1e-9)
    alike = np.argwhere(np.triu(thumbnails @ thumbnails.T, 1) > TWIN_MIN)
    return {files[min(pair, key=lambda number: (sizes[number], number))] for pair in alike.tolist()}


def make_distractors(folder: Path, count: int, photos: Sequence[Photo]) -> dict[str, Path]:
    """So many made pictures, of tuning photos and of none; those that are there stay."""
    made = folder / "made"
    files = [photo.file for photo in photos if photo.part == "tuning"]
    digest = hashlib.sha256("\n".join(file.name for file in files).encode()).hexdigest()[:16]
    place = made / digest
    place.mkdir(parents=True, exist_ok=True)
    wanted = {f"made-{number:05}": place / f"{number:05}.jpg" for number in range(count)}
    missing = [number for number in range(count) if not (place / f"{number:05}.jpg").is_file()]
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(_save_made, place, files), missing, chunksize=64))
    return wanted


def _save_made(place: Path, files: Sequence[Path], number: int) -> None:
    file = place / f"{number:05}.jpg"
    make_picture(number, files, SEED).save(file.with_suffix(".partial"), "JPEG", quality=85)
    file.with_suffix(".partial").rename(file)


def choose_photos(photos: Sequence[Photo], count: int, rng: Random) -> list[Photo]:
    """So many at random, no more than a third of them from one source while others last."""
    shuffled = rng.sample(photos, len(photos))
    most = max(1, round(count * OF_ONE_SOURCE))
    taken: Counter[str] = Counter()
    chosen, spare = [], []
    for photo in shuffled:
        taken[photo.source] += 1
        (chosen if taken[photo.source] <= most else spare).append(photo)
    return (chosen + spare)[:count]


def write_queries(folder: Path, edit: str, photos: Sequence[Photo], part: str) -> list[Query]:
    """A folder of pages with one picture each."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ProcessPoolExecutor() as pool:
        return list(pool.map(partial(write_query, folder, edit, part), range(len(photos)), photos, chunksize=8))


def write_query(folder: Path, edit: str, part: str, number: int, photo: Photo) -> Query:
    picture = Image.open(photo.file)
    done: list[dict[str, Any]] = []
    file = folder / f"{number:05}.jpg"
    if edit == "none":
        picture.save(file, quality=QUALITY)
    else:
        content, done = edit_photo(picture, edit, Random(f"{SEED}/{part}/{edit}/{photo.name}"))
        file.write_bytes(content)
    page = file.with_suffix(".html")
    title = html.escape(f"Photo {number} | viewer")
    page.write_text(
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><h1>Photo {number}</h1><img src="{file.name}" alt=""></body></html>\n',
        encoding="utf-8",
    )
    return Query(page.name, photo.name, edit, tuple(done))


def score_recall(queries: Sequence[Query], answers: Mapping[str, Sequence[Answer]]) -> dict[str, Any]:
    """How many were found, which were not, and how often the transform was told rightly."""
    missed, told = [], Counter[str]()
    for query in queries:
        own = next((answer for answer in answers.get(query.page, ()) if answer.item == query.photo), None)
        if own is None:
            missed.append(query.photo)
        elif len(query.done) == 1:
            right = check_transform(query.done[0], own.transform)
            if right is not None:
                told["right" if right else "wrong"] += 1
    found = len(queries) - len(missed)
    low, high = bound_share(found, len(queries))
    return {"found": found, "of": len(queries), "low": low, "high": high, "missed": missed, "transform": dict(told)}


def check_transform(done: Mapping[str, Any], transform: Mapping[str, Any] | None) -> bool | None:
    """Whether the transform tells of a single edit what was done; None where it has nothing to tell."""
    if done["edit"] not in {*SEEN, "mirror", "rotation"}:
        return None
    if transform is None:
        return False
    if done["edit"] == "mirror":
        return bool(transform["mirror"])
    if done["edit"] == "rotation":
        return abs(abs(transform["degrees"]) - abs(done["degrees"])) <= 1
    return _overlap(transform["crop"], done["box"]) >= 0.8


def _overlap(left: Sequence[float], right: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    across = max(0.0, min(left[2], right[2]) - max(left[0], right[0]))
    down = max(0.0, min(left[3], right[3]) - max(left[1], right[1]))
    both = (left[2] - left[0]) * (left[3] - left[1]) + (right[2] - right[0]) * (right[3] - right[1]) - across * down
    return across * down / both if both > 0 else 0.0


def list_false(
    queries: Sequence[Query], answers: Mapping[str, Sequence[Answer]], photos: Mapping[str, Photo]
) -> dict[str, set[tuple[str, str]]]:
    """Unordered pairs of pictures that were taken for one another, by what they are."""
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for query in queries:
        for answer in answers.get(query.page, ()):
            if answer.item == query.photo:
                continue
            other = photos.get(answer.item)
            kind = "made" if other is None else name_kind(photos[query.photo], other)
            first, second = sorted((query.photo, answer.item))
            pairs[kind].add((first, second))
    return pairs


def name_kind(left: Photo, right: Photo) -> str:
    """What a match of two photos is: of one scene by a person's list, of a place shown over and over, or false."""
    if left.scene == right.scene:
        return "scene"
    return "place" if left.source == right.source and left.source in PLACES else "false"


def count_pairs(photos: Sequence[Photo], asked: Sequence[Photo]) -> int:
    """Unordered pairs of photos of different scenes of which one at least was asked about."""
    names = {photo.name for photo in asked}
    unasked = [photo for photo in photos if photo.name not in names]
    return _count_different(photos) - _count_different(unasked)


def _count_different(photos: Sequence[Photo]) -> int:
    scenes = Counter(photo.scene for photo in photos if photo.source not in PLACES)
    places = Counter(photo.source for photo in photos if photo.source in PLACES)
    return math.comb(len(photos), 2) - sum(math.comb(count, 2) for count in (*scenes.values(), *places.values()))


def draw_pairs(folder: Path, pairs: Sequence[tuple[str, str]], photos: Mapping[str, Photo]) -> None:
    """Each pair side by side, for a person to look at."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, names in enumerate(pairs):
        sheet = Image.new("RGB", (1000, 500), "white")
        for place, name in enumerate(names):
            picture = Image.open(photos[name].file)
            picture.thumbnail((498, 498))
            sheet.paste(picture, (500 * place, 0))
        sheet.save(folder / f"{number:04} {names[0]} {names[1]}.jpg"[:240])


def judge_gates(recall: Mapping[str, Mapping[str, Any]], indexed: int, pairs: int, false: int) -> list[dict[str, Any]]:
    """Each figure of the issue: what it is and whether it is reached."""
    gates = [
        {
            "name": f"found, {edit}",
            "value": row["found"] / row["of"] if row["of"] else 0.0,
            "must": f">= {RECALL_MIN}",
            "held": row["of"] > 0 and row["found"] / row["of"] >= RECALL_MIN,
        }
        for edit, row in recall.items()
    ]
    gates.append(
        {"name": "images in the index", "value": indexed, "must": f">= {INDEXED:,}", "held": indexed >= INDEXED}
    )
    gates.append(
        {"name": "pairs of different scenes", "value": pairs, "must": f">= {PAIRS_MIN:,}", "held": pairs >= PAIRS_MIN}
    )
    gates.append({"name": "false matches among them", "value": false, "must": "0", "held": false == 0})
    return gates


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    given = [place.expanduser().resolve() for place in options.photos]
    shown = [Path(argument).name if Path(argument).is_dir() else argument for argument in arguments]
    run = describe_run("photos", shown, ("pillow",))
    folder = options.build / "photos"
    fetch_packages(options.cache)
    collection = Collection(folder, options.cache, given)
    photos = collection.gather()
    by_name = {photo.name: photo for photo in photos}
    made = make_distractors(folder, max(0, options.index - len(photos)), photos)
    say(f"{len(photos)} real photos, {len(made)} made pictures")
    finder = Finder(folder)
    finder.add({photo.name: photo.file for photo in photos} | made)
    asked = [photo for photo in photos if photo.part == options.part]
    recall, pairs = {}, defaultdict(set)
    for edit in ("none", *options.edits):
        rng = Random(f"{SEED}/{options.part}/{edit}")
        chosen = asked if edit == "none" else choose_photos(asked, options.count, rng)
        queries = write_queries(folder / "queries" / edit, edit, chosen, options.part)
        answers = finder.ask(folder / "queries" / edit)
        recall[edit] = score_recall(queries, answers) | {"by_source": _score_sources(queries, answers, by_name)}
        for kind, found in list_false(queries, answers, by_name).items():
            pairs[kind] |= found
        say(f"{edit}: {recall[edit]['found']} of {recall[edit]['of']}; false so far {len(pairs['false'])}")
    draw_pairs(folder / "false", sorted(pairs["false"]), by_name)
    result = {
        **run,
        "part": options.part,
        "photos": _count_photos(photos),
        "left_out": dict(collection.left_out),
        "made": len(made),
        "pairs": count_pairs(photos, asked),
        "pairs_within_part": _count_different(asked),
        "false": {kind: sorted(found) for kind, found in sorted(pairs.items())},
        "recall": recall,
        "speed": finder.speed,
    }
    edited = {edit: row for edit, row in recall.items() if edit != "none"}
    result["gates"] = judge_gates(edited, len(photos) + len(made), result["pairs"], len(pairs["false"]))
    name = "photos" if options.part == "reporting" else f"photos-{options.part}"
    write_results(options.results, name, result, write_report(result))
    for gate in result["gates"]:
        if not gate["held"]:
            say(f"FAIL {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in result["gates"]) else 1


def _score_sources(
    queries: Sequence[Query], answers: Mapping[str, Sequence[Answer]], photos: Mapping[str, Photo]
) -> dict[str, list[int]]:
    """Found and asked, by source."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for query in queries:
        count = counts[photos[query.photo].source]
        count[0] += any(answer.item == query.photo for answer in answers.get(query.page, ()))
        count[1] += 1
    return dict(sorted(counts.items()))


def _count_photos(photos: Sequence[Photo]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for photo in photos:
        counts[photo.source][photo.part] += 1
    return {source: dict(count) for source, count in sorted(counts.items())}


def write_report(result: Mapping[str, Any]) -> list[str]:
    """The figures as a page of Markdown."""
    total = Counter[str]()
    for count in result["photos"].values():
        total.update(count)
    false = result["false"]
    lines = [
        "# Photos: edited copies found, and unrelated ones taken for one another",
        "",
        tell_run(dict(result)).replace(
            "One core: seconds are CPU seconds of one process, every thread pool at one.", ""
        ),
        "",
        (
            f"{sum(total.values()):,} real photos ({total['tuning']:,} tuning, {total['reporting']:,} reporting) and "
            f"{result['made']:,} made pictures in the index. Left out: "
            f"{'; '.join(f'{count} {why}' for why, count in result['left_out'].items())}. Asked about: the "
            f"{result['part']} photos. Intervals are Wilson's at 95 %."
        ),
        "",
        "## Gates",
        "",
        "| figure | value | must be | held |",
        "|--|--:|--|--|",
        *(
            f"| {gate['name']} | {_tell_value(gate['value'])} | {gate['must']} | {HELD[gate['held']]} |"
            for gate in result["gates"]
        ),
        "",
        "## Found, by edit",
        "",
        "| edit | found | of | 95 % | transform told rightly | missed |",
        "|--|--:|--:|--|--|--|",
    ]
    for edit, row in result["recall"].items():
        told = row["transform"]
        shown = f"{told.get('right', 0)} of {sum(told.values())}" if told else ""
        names = ", ".join(row["missed"][:6]) + (", …" if len(row["missed"]) > 6 else "")
        lines.append(
            f"| {edit} | {row['found']} | {row['of']} | {row['low']:.3f} to {row['high']:.3f} | {shown} | {names} |"
        )
    lines += [
        "",
        "## Taken for one another",
        "",
        (
            f"{result['pairs']:,} pairs of photos of different scenes of which one at least was asked about, of which "
            f"{result['pairs_within_part']:,} are of two asked ones. Taken for one another: "
            f"{len(false.get('false', ()))}; besides, of one scene by a person's list: {len(false.get('scene', ()))}; "
            f"of places that one source shows over and over ({', '.join(sorted(PLACES))}), in no figure: "
            f"{len(false.get('place', ()))}; with made pictures: {len(false.get('made', ()))}."
        ),
        "",
        *(f"- `{left}` and `{right}`" for left, right in false.get("false", ())),
        "",
        "## Photos, by source",
        "",
        "| source | tuning | reporting |",
        "|--|--:|--:|",
        *(
            f"| {source} | {count.get('tuning', 0)} | {count.get('reporting', 0)} |"
            for source, count in result["photos"].items()
        ),
        "",
        "## Runs (tracked)",
        "",
        "| verb | images | CPU s | wall s | peak MiB |",
        "|--|--:|--:|--:|--:|",
        *(
            f"| {row['verb']} | {row['images']:,} | {row['cpu_s']} | {row['wall_s']} | {row['peak_mib']:,} |"
            for row in result["speed"]
        ),
    ]
    return lines


def _tell_value(value: float) -> str:
    return f"{value:.4f}" if isinstance(value, float) else f"{value:,}"


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py photos", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=Path, action="append", default=[], metavar="DIR", help="more real photos")
    parser.add_argument("--part", choices=("reporting", "tuning"), default="reporting", help="whose photos are asked")
    parser.add_argument("--edits", nargs="*", choices=list_edits(), default=list_edits(), metavar="EDIT")
    parser.add_argument("--count", type=int, default=COUNT, help="photos for each edit")
    parser.add_argument("--index", type=int, default=INDEXED, help="images in the index, filled up with made ones")
    parser.add_argument("--cache", type=Path, default=pictures.find_cache(), help="photos of the packages")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
