"""How fast photos of 1,080 px are fingerprinted, decoding included, beside pdqhash with Pillow; and whether both agree.

    python benchmarks/run.py pdq
    python benchmarks/run.py pdq --count 20 --rounds 3     # a quick look

The photos are real ones of examples/pictures.py, JPEGs of quality 90 and 1,080 px on their longer side. The peer has
each pixel in full size and colours, as its documentation shows. The published hashes of the reference are compared too,
where CLONEWARD_TEST_DATA names the folder that holds them.
"""

import argparse
import io
import json
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import corpus
import numpy as np
import pdqhash
from corpus import SEED, say
from numpy.typing import NDArray
from PIL import Image
from text import ROOT

import pictures  # isort: skip - it lies in examples/, where text looks

from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.pdq import USABLE_QUALITY, PhotoPrint, fingerprint_photo, spell_bits

SOURCES = ("tabler", "gcompris", "lomiri", "lxqt", "mate", "paper", "plasma", "uikit")
SIDE = 1080  # px
COUNT = 100
LEAST = 2.5
GOOD_QUALITY, CONFORMANT, WORST = 80, 10, 16  # bits; the last is the reference's own tolerance
PUBLISHED = "published hashes"


@dataclass(frozen=True)
class Agreement:
    """How far two fingerprints of one picture are apart, in bits and in quality."""

    name: str
    quality: int
    hamming: int
    quality_off: int = 0

    @property
    def is_beyond(self) -> bool:
        return self.quality >= GOOD_QUALITY and self.hamming > CONFORMANT


def list_photos(cache: Path) -> list[Path]:
    """The photos that are as long as is asked, brought here if they are not here yet."""
    files = []
    for name in SOURCES:
        try:
            files += pictures.list_photos(pictures.fetch_source(name, cache))
        except LookupError as error:
            say(f"{name}: {error}")
    return [file for file in files if max(_read_size(file)) == SIDE]


def _read_size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def fingerprint_ours(content: bytes) -> PhotoPrint:
    picture, problems = read_image(content)
    if picture is None:
        raise ValueError(problems)
    return fingerprint_photo(picture)


def hash_peer(content: bytes) -> tuple[NDArray[np.uint8], int]:
    with Image.open(io.BytesIO(content)) as image:
        bits, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
    return bits, int(quality)


def measure_speed(contents: Sequence[bytes], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of CPU a photo, in turn, so that what else the machine does falls on both; the first warms up."""
    runs: dict[str, Callable[[bytes], Any]] = {
        "cloneward": lambda content: fingerprint_ours(content).bits,
        "cloneward, decoding alone": read_image,
        "pdqhash": hash_peer,
        "pdqhash, decoding alone": lambda content: np.asarray(Image.open(io.BytesIO(content)).convert("RGB")),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            taken = corpus.time_cpu(lambda run=run: deque(map(run, contents), maxlen=0))  # nothing is kept
            if number:
                seconds[name].append(taken / len(contents) * 1e3)
        say(f"round {number} of {rounds}")
    return seconds


def compare_peer(name: str, content: bytes) -> Agreement:
    made = fingerprint_ours(content)
    bits, quality = hash_peer(content)
    return Agreement(
        name, made.quality, count_bits(spell_bits(made.bits), spell_peer(bits)), abs(made.quality - quality)
    )


def spell_peer(bits: NDArray[np.uint8]) -> str:
    return f"{int(''.join(map(str, bits)), 2):064x}"


def count_bits(left: str, right: str) -> int:
    """The Hamming distance of two hashes in hexadecimal."""
    return (int(left, 16) ^ int(right, 16)).bit_count()


def compare_reference(folder: Path) -> list[Agreement]:
    """All images of the reference, in all their modes."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in {".jpg", ".png", ".webp"}]
    return [compare_peer(file.relative_to(folder).as_posix(), file.read_bytes()) for file in files]


def compare_published(folder: Path) -> tuple[list[Agreement], list[Agreement]]:
    """How far from its published hash each of them is that has one: by ours, and by pdqhash."""
    ours, peers = [], []
    for case in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
        name, content = case["image"], (folder / case["image"]).read_bytes()
        made = fingerprint_ours(content)
        bits, quality = hash_peer(content)
        ours.append(Agreement(name, made.quality, count_bits(spell_bits(made.bits), case["hash"])))
        peers.append(Agreement(name, quality, count_bits(spell_peer(bits), case["hash"])))
    return ours, peers


def tell_agreement(name: str, pairs: Sequence[Agreement]) -> dict[str, Any]:
    good = [pair.hamming for pair in pairs if pair.quality >= GOOD_QUALITY]
    return {
        "name": name,
        "images": len(pairs),
        "good": len(good),
        "mean_good": round(float(np.mean(good)), 2),
        "max_good": max(good),
        "beyond": [f"{pair.name} ({pair.hamming})" for pair in pairs if pair.is_beyond],
        "max_usable": max(pair.hamming for pair in pairs if pair.quality >= USABLE_QUALITY),
        "max": max(pair.hamming for pair in pairs),
        "quality_off": max(pair.quality_off for pair in pairs),
    }


def judge_ratio(ratio: float) -> dict[str, Any]:
    return {"name": "times pdqhash", "value": ratio, "must": f">= {LEAST}", "held": ratio >= LEAST}


def judge_peer(name: str, pairs: Sequence[Agreement]) -> dict[str, Any]:
    worst = max(pair.hamming for pair in pairs if pair.quality >= GOOD_QUALITY)
    name = f"{name}: most bits off where quality is {GOOD_QUALITY} or more"
    return {"name": name, "value": worst, "must": f"<= {CONFORMANT}", "held": worst <= CONFORMANT}


def judge_published(ours: Sequence[Agreement], peers: Sequence[Agreement]) -> list[dict[str, Any]]:
    """The reference's tolerance, and nowhere more than 10 bits off where pdqhash, with the whole picture, is not."""
    worst = max(pair.hamming for pair in ours)
    alone = sum(our.is_beyond and not peer.is_beyond for our, peer in zip(ours, peers, strict=True))
    name = f"{PUBLISHED}: beyond {CONFORMANT} bits where pdqhash is not"
    return [
        {"name": f"{PUBLISHED}: most bits off", "value": worst, "must": f"<= {WORST}", "held": worst <= WORST},
        {"name": name, "value": alone, "must": "<= 0", "held": not alone},
    ]


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("pdq", arguments, ("pdqhash", "pillow"))
    files = list_photos(options.cache)
    chosen = Random(SEED).sample(files, min(options.count, len(files)))
    speeds = measure_speed([file.read_bytes() for file in chosen], options.rounds)
    medians = {name: corpus.statistics.median(values) for name, values in speeds.items()}
    ratio = round(medians["pdqhash"] / medians["cloneward"], 2)
    photos = [compare_peer(file.stem, file.read_bytes()) for file in files]
    agreements = [tell_agreement("photos, ours and pdqhash", photos)]
    gates = [judge_ratio(ratio), judge_peer("photos", photos)]
    folder = Path(os.environ.get("CLONEWARD_TEST_DATA", "")) / "pdq"
    if (folder / "expected.json").is_file():
        reference = compare_reference(folder)
        ours, peers = compare_published(folder)
        agreements.append(tell_agreement("reference images, ours and pdqhash", reference))
        agreements += [tell_agreement(f"{PUBLISHED}, ours", ours), tell_agreement(f"{PUBLISHED}, pdqhash", peers)]
        gates += [judge_peer("reference images", reference), *judge_published(ours, peers)]
    else:
        say("CLONEWARD_TEST_DATA names no folder with pdq/expected.json: THE PUBLISHED HASHES WERE NOT COMPARED")
    result = {
        **run,
        "photos": len(chosen),
        "rounds": options.rounds,
        "ms_per_photo": {name: corpus.spread(values, 2) for name, values in speeds.items()},
        "ratio": ratio,
        "agreements": agreements,
        "gates": gates,
    }
    corpus.write_results(options.results, "pdq", result, _write_report(result))
    for gate in gates:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in gates) else 1


def _write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        "# PDQ: fingerprints of photos",
        "",
        corpus.tell_run(result),
        "",
        (
            f"{result['photos']} real photos of {SIDE:,} px, JPEGs of quality {pictures.QUALITY}; milliseconds of CPU "
            f"a photo, decoding included, median of {result['rounds']} rounds in turn, least to greatest in brackets."
        ),
        "",
        "| way | ms a photo |",
        "|--|--:|",
    ]
    lines += [
        f"| {name} | {taken['median']} ({taken['min']} to {taken['max']}) |"
        for name, taken in result["ms_per_photo"].items()
    ]
    lines += [
        "",
        (
            f"Bits by which two fingerprints of one file differ; good: quality {GOOD_QUALITY} or more, usable: "
            f"{USABLE_QUALITY} or more. pdqhash has each whole picture. The published hashes are of the reference, "
            "which first takes every nth pixel of pictures beyond 512 px, as pdqhash and we do not."
        ),
        "",
        (
            "| compared | images | good | mean of good | most of good | most of usable | most of all | quality off "
            f"| beyond {CONFORMANT} bits |"
        ),
        "|--|--:|--:|--:|--:|--:|--:|--:|--|",
    ]
    for told in result["agreements"]:
        numbers = ("name", "images", "good", "mean_good", "max_good", "max_usable", "max", "quality_off")
        cells = (*(told[key] for key in numbers), ", ".join(told["beyond"]) or "none")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "| gate | value | must be | held |", "|--|--:|--:|--|"]
    for gate in result["gates"]:
        lines.append(f"| {gate['name']} | {gate['value']} | {gate['must']} | {'yes' if gate['held'] else '**no**'} |")
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py pdq", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=COUNT, help="photos whose speed is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=pictures.find_cache(), help="photos of the packages")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
