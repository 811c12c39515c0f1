"""How fast fingerprints within 31 of 256 bits are found among 1 and 10 million, beside faiss's exact search.

    python benchmarks/run.py hamming
    python benchmarks/run.py hamming --counts 100000 --rounds 3     # a quick look

Both get the same questions in one call. Half of them are an indexed fingerprint with 0 to 31 of its bits flipped, as
many with each number; half are random. Ours opens its index from the disk; faiss has its own in memory. Random
fingerprints are the best case for lists like ours, so one index more, beside the gates, is crowded: each photo has a
hundred near copies in it, all of which are asked for.
"""

import argparse
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
import faiss
import numpy as np
from corpus import SEED, say
from numpy.typing import NDArray
from text import ROOT

from cloneward.fingerprint.pdq import PDQ
from cloneward.match.hamming import MOST_BITS, BitIndex, Near, build_bits, find_near, open_bits, write_bits

COUNTS = (1_000_000, 10_000_000)
LEAST = {1_000_000: 15.0, 10_000_000: 20.0}
BUILD_AIM_S = 1.0  # a million
PLANTED = (MOST_BITS + 1) * 20
COPIES, COPY_FLIPS = 100, 10  # of each photo of the crowded index
FAISS_RADIUS = MOST_BITS + 1  # faiss gives what is nearer than this
BITS = 256

Bits = NDArray[np.uint64]
Triples = NDArray[np.uint32]


@dataclass(frozen=True)
class Set:
    """What is indexed, what is asked, and the (asked, row, distance) that were planted."""

    name: str
    indexed: Bits
    asked: Bits
    planted: Triples


def draw_bits(chance: np.random.Generator, count: int) -> Bits:
    return chance.integers(0, 2**64, (count, 4), np.uint64)


def flip_bits(bits: Bits, counts: NDArray[np.int64], chance: np.random.Generator) -> Bits:
    """Each fingerprint with so many of its bits changed, wherever they lie."""
    changed = np.unpackbits(bits.view(np.uint8), axis=1)
    ranks = chance.random(changed.shape).argsort(axis=1).argsort(axis=1)
    return np.packbits(changed ^ (ranks < counts[:, np.newaxis]), axis=1).view(np.uint64)


def draw_set(count: int) -> Set:
    """Random fingerprints, and questions of which half have one planted neighbour each."""
    chance = np.random.default_rng(SEED)
    indexed = draw_bits(chance, count)
    rows = chance.choice(count, PLANTED, replace=False)
    flips = np.arange(PLANTED) % (MOST_BITS + 1)
    asked = np.concatenate((flip_bits(indexed[rows], flips, chance), draw_bits(chance, PLANTED)))
    order = chance.permutation(len(asked))
    places = np.argsort(order)[:PLANTED]
    planted = np.stack((places, rows, flips), axis=1).astype(np.uint32)
    return Set(f"random {count:,}", indexed, asked[order], planted)


def draw_crowd(count: int) -> Set:
    """Photos with many near copies each, and questions that are near a hundred each; what is planted is not told."""
    chance = np.random.default_rng(SEED)
    photos = draw_bits(chance, count // COPIES)
    indexed = np.repeat(photos, COPIES, axis=0)
    for start in range(0, count, 100_000):
        part = indexed[start : start + 100_000]
        part[:] = flip_bits(part, chance.integers(0, COPY_FLIPS + 1, len(part)), chance)
    asked = photos[chance.choice(len(photos), PLANTED, replace=False)]
    return Set(f"crowded {count:,}", indexed, asked, np.empty((0, 3), np.uint32))


def build_ours(folder: Path, given: Set) -> tuple[BitIndex, dict[str, Any]]:
    """The index as it is opened from the disk, how long building it took, and its size."""
    items = [f"i{row}" for row in range(len(given.indexed))]
    owners = np.arange(len(items), dtype=np.uint32)
    build_bits(PDQ, ["i0"], given.indexed[:1], owners[:1])  # compiled
    made: list[BitIndex] = []
    built_s = corpus.time_cpu(lambda: made.append(build_bits(PDQ, items, given.indexed, owners)))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written: list[str] = []
    written_s = corpus.time_cpu(lambda: written.append(write_bits(folder, made[0])))
    size = (folder / written[0]).stat().st_size
    told = {
        "build_s_per_million": round(built_s / len(items) * 1e6, 2),
        "write_s_per_million": round(written_s / len(items) * 1e6, 2),
        "bytes_per_photo": round(size / len(items), 1),
    }
    return open_bits(folder / written[0], PDQ), told


def build_faiss(given: Set) -> Any:
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(BITS)
    index.add(given.indexed.view(np.uint8))
    return index


def list_ours(near: Near) -> Triples:
    return _sort(near.asked, near.rows, near.hamming)


def list_faiss(answer: tuple[Any, Any, Any]) -> Triples:
    ends, hamming, rows = answer
    return _sort(np.repeat(np.arange(len(ends) - 1), np.diff(ends.astype(np.int64))), rows, hamming)


def _sort(*columns: NDArray[Any]) -> Triples:
    triples = np.stack(columns, axis=1).astype(np.uint32)
    return triples[np.lexsort(triples.T[::-1])]


def measure_set(folder: Path, given: Set, rounds: int) -> dict[str, Any]:
    """Lets both answer in turn, so that what else the machine does falls on both; the first answers warm up."""
    index, told = build_ours(folder, given)
    peer = build_faiss(given)
    runs: dict[str, Callable[[], Any]] = {
        "cloneward": lambda: find_near(index, given.asked),
        "faiss": lambda: peer.range_search(given.asked.view(np.uint8), FAISS_RADIUS),
    }
    ours, theirs = list_ours(runs["cloneward"]()), list_faiss(runs["faiss"]())
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            seconds[name].append(corpus.time_cpu(run))
        say(f"{given.name}: round {number + 1} of {rounds}")
    shutil.rmtree(folder)
    found = set(map(tuple, ours.tolist()))
    planted = list(map(tuple, given.planted.tolist()))
    speeds = {name: [len(given.asked) / value for value in values] for name, values in seconds.items()}
    medians = {name: corpus.statistics.median(values) for name, values in speeds.items()}
    return {
        "name": given.name,
        "indexed": len(given.indexed),
        "asked": len(given.asked),
        "given": len(found),
        "recall": sum(triple in found for triple in planted) / len(planted) if planted else None,
        "equal": bool(np.array_equal(ours, theirs)),
        "queries_per_s": {name: corpus.spread(values, 0) for name, values in speeds.items()},
        "ratio": round(medians["cloneward"] / medians["faiss"], 1),
        **told,
    }


def judge_gates(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    gates: list[dict[str, Any]] = []
    for row in rows:
        if row["recall"] is not None:
            gates.append(_judge(f"{row['name']}: recall", row["recall"], 1.0))
            if row["indexed"] in LEAST:
                gates.append(_judge(f"{row['name']}: times faiss", row["ratio"], LEAST[row["indexed"]]))
        gates.append(_judge(f"{row['name']}: the same answers as faiss", float(row["equal"]), 1.0))
    return gates


def _judge(name: str, value: float, least: float) -> dict[str, Any]:
    return {"name": name, "value": value, "must": least, "held": value >= least}


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("hamming", arguments, ("faiss-cpu",))
    folder = options.build / "hamming"
    rows = [measure_set(folder, draw_set(count), options.rounds) for count in options.counts]
    rows.append(measure_set(folder, draw_crowd(min(options.counts)), options.rounds))
    gates = judge_gates(rows)
    result = {**run, "rounds": options.rounds, "rows": rows, "gates": gates}
    corpus.write_results(options.results, "hamming", result, _write_report(result))
    for gate in gates:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in gates) else 1


def _write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        "# Hamming: fingerprints within 31 of 256 bits",
        "",
        corpus.tell_run(result),
        "",
        (
            f"Median of {result['rounds']} rounds in turn, least to greatest in brackets. Random: half of the "
            f"questions are an indexed fingerprint with 0 to {MOST_BITS} bits flipped, half have no neighbour. "
            f"Crowded: every fingerprint has {COPIES} copies that differ in up to {COPY_FLIPS} bits, and each question "
            "is near all copies of one. faiss: IndexBinaryFlat.range_search, all questions in one call. Ours is mapped "
            f"from the disk. Aim of building: {BUILD_AIM_S:.0f} s a million."
        ),
        "",
        (
            "| index | asked | given | ours, questions/s | faiss, questions/s | times | build s/million "
            "| write s/million | bytes a photo |"
        ),
        "|--|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in result["rows"]:
        speeds = [
            f"{speed['median']:,.0f} ({speed['min']:,.0f} to {speed['max']:,.0f})"
            for speed in row["queries_per_s"].values()
        ]
        tracked = (row["ratio"], row["build_s_per_million"], row["write_s_per_million"], row["bytes_per_photo"])
        cells = (row["name"], f"{row['asked']:,}", f"{row['given']:,}", *speeds, *tracked)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "| gate | value | must be | held |", "|--|--:|--:|--|"]
    for gate in result["gates"]:
        held = "yes" if gate["held"] else "**no**"
        lines.append(f"| {gate['name']} | {gate['value']} | >= {gate['must']} | {held} |")
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py hamming", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="fingerprints in the index")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
