"""How the index of texts grows from 10,000 pages to a million: disk, memory, building, asking.

    python benchmarks/run.py scale             # 10,000 and 100,000
    python benchmarks/run.py scale --all       # and a million: minutes, and 4 GB of disk

A page has 500 words of corpus.Mill: most of its fingerprints are its own, the rest stand on some other pages.
"""

import argparse
import json
import multiprocessing
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import corpus
import numpy as np
from corpus import SEED, say
from text import ROOT, sites

from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.background import load_common
from cloneward.match.index import Change, open_index, update_index

WORDS = 500
SIZES = (10_000, 100_000)
ALL_SIZES = (*SIZES, 1_000_000)
QUERIES = 2_000
CANDIDATES = 100
MORE = 1_000
AIM_BYTES, AIM_P99_MS = 2_000_000_000, 5.0


@dataclass
class Maker:
    """Makes page after page, each from its number alone."""

    mill: corpus.Mill
    made_s: float = 0.0
    printed_s: float = 0.0
    fingerprints: int = 0

    @classmethod
    def load(cls, folder: Path) -> "Maker":
        return cls(corpus.Mill(*json.loads((folder / "mill.json").read_text(encoding="utf-8"))))

    def make(self, number: int) -> str:
        return self.mill.make(WORDS, Random(f"{SEED}/{number}"))

    def add(self, numbers: range) -> Iterator[tuple[str, str, Any]]:
        for number in numbers:
            started = time.process_time()
            text = self.make(number)
            made = time.process_time()
            digest, sketch = sha256(text.encode()).hexdigest(), fingerprint(text).sketch
            self.made_s += made - started
            self.printed_s += time.process_time() - made
            self.fingerprints += len(sketch)
            yield f"i{number:07}", digest, sketch


def keep_mill(cache: Path, build: Path) -> None:
    """What pages are made of, in one file for the processes that measure."""
    kept = build / "scale" / "mill.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        mill = corpus.Mill.of(corpus.read_texts(cache, build / "corpus"), Random(SEED))
        kept.write_text(json.dumps([mill.words, mill.sentences]), encoding="utf-8")


def build_index(folder: Path, size: int) -> dict[str, Any]:
    """Makes the index on the disk, then adds a thousand pages more to it."""
    shutil.rmtree(folder / str(size), ignore_errors=True)
    maker, at = Maker.load(folder), folder / str(size)
    fingerprint(maker.make(0))  # compiled
    before = read_memory()
    wall_s, started = time.perf_counter(), time.process_time()
    update_index(at, open_index(at), Change(added=maker.add(range(size)), background=load_common()))
    cpu_s = time.process_time() - started
    told = {
        "pages": size,
        "fingerprints_per_page": round(maker.fingerprints / size, 1),
        "bytes": sum(file.stat().st_size for file in at.iterdir()),
        "files": sum(1 for _ in at.iterdir()),
        "fingerprint_s": round(maker.printed_s, 1),
        "index_s": round(cpu_s - maker.made_s - maker.printed_s, 1),
        "made_s": round(maker.made_s, 1),
        "wall_s": round(time.perf_counter() - wall_s, 1),
        "peak_mib": read_memory()["VmHWM"] - before["VmRSS"],
    }
    more = folder / f"{size}-more"
    shutil.rmtree(more, ignore_errors=True)
    shutil.copytree(at, more)
    added = list(maker.add(range(2 * size, 2 * size + MORE)))
    change = Change(added=added, background=load_common())
    told["more_s"] = round(corpus.time_cpu(lambda: update_index(more, open_index(more), change)), 2)
    shutil.rmtree(more)
    return told


def ask_index(folder: Path, size: int) -> dict[str, Any]:
    """Query times of an index just opened, cold and warm, and what stays in memory."""
    maker = Maker.load(folder)
    rng = Random(SEED)
    numbers = [rng.randrange(size) for _ in range(QUERIES // 2)] + [3 * size + at for at in range(QUERIES // 2)]
    rng.shuffle(numbers)
    sketches = [fingerprint(maker.make(number)).sketch for number in numbers]
    before = read_memory()
    index = open_index(folder / str(size))
    index.candidates(sketches[0], CANDIDATES)
    opened = read_memory()

    def ask(clock: Callable[[], int]) -> tuple[list[float], int]:
        times, found = [], 0
        for number, sketch in zip(numbers, sketches, strict=True):
            started = clock()
            named, _ = index.candidates(sketch, CANDIDATES)
            times.append((clock() - started) / 1e6)
            found += bool(named) and named[0][0] == f"i{number:07}"
        return times, found

    first, _ = ask(time.process_time_ns)
    warm, found = ask(time.process_time_ns)
    clock, _ = ask(time.perf_counter_ns)
    after = read_memory()
    return {
        "first_ms": quantiles(first),
        "warm_ms": quantiles(warm),
        "clock_ms": quantiles(clock),
        "found": found / (QUERIES // 2),
        "anonymous_mib": after["RssAnon"] - before["RssAnon"],
        "mapped_mib": after["RssFile"] - before["RssFile"],
        "opened_mib": opened["VmRSS"] - before["VmRSS"],
    }


def quantiles(values: Sequence[float]) -> dict[str, float]:
    found = np.quantile(np.array(values), (0.5, 0.99, 1.0))
    return {name: round(float(value), 3) for name, value in zip(("p50", "p99", "max"), found, strict=True)}


def read_memory() -> dict[str, int]:
    """MiB of this process, by the kernel's names."""
    lines = (line.split() for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return {line[0].rstrip(":"): int(line[1]) // 1024 for line in lines if line and line[-1] == "kB"}


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("scale", arguments)
    folder = options.build / "scale"
    fresh = multiprocessing.get_context("spawn")  # each figure in a process of its own: memory is that of one job
    with ProcessPoolExecutor(1, fresh) as pool:
        pool.submit(keep_mill, options.cache, options.build).result()
    rows = []
    for size in options.sizes or (ALL_SIZES if options.all else SIZES):
        row: dict[str, Any] = {}
        for job in (build_index, ask_index):
            with ProcessPoolExecutor(1, fresh) as pool:
                row |= pool.submit(job, folder, size).result()
        shutil.rmtree(folder / str(size))
        say(json.dumps(row))
        rows.append(row)
    result = {**run, "words": WORDS, "queries": QUERIES, "rows": rows}
    corpus.write_results(options.results, "scale", result, _write_report(result))
    return 0


def _write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        "# Scale: the index of texts",
        "",
        corpus.tell_run(result),
        "",
        (
            f"Pages of {WORDS} words of corpus.Mill. {result['queries']:,} queries, half of them indexed pages "
            "(found: named first), half new ones; ms of CPU of `candidates` alone, warm: asked a second time. Memory: "
            "of a process that opened the index and asked: anonymous is its own, mapped is the disk's cache. "
            f"Aims at a million: {AIM_BYTES / 1e9:.0f} GB on disk, {AIM_P99_MS:.0f} ms at the 99th percentile."
        ),
        "",
        (
            "| pages | prints a page | MB on disk | bytes a page | fingerprint s | index s | peak MiB | "
            f"{MORE:,} more, s | p50 ms | p99 ms | p99 ms first | p99 ms by the clock | found | anonymous MiB | "
            "mapped MiB |"
        ),
        "|" + "--:|" * 15,
    ]
    for row in result["rows"]:
        cells = (
            f"{row['pages']:,}",
            row["fingerprints_per_page"],
            f"{row['bytes'] / 1e6:,.0f}",
            f"{row['bytes'] / row['pages']:,.0f}",
            row["fingerprint_s"],
            row["index_s"],
            f"{row['peak_mib']:,}",
            row["more_s"],
            row["warm_ms"]["p50"],
            row["warm_ms"]["p99"],
            row["first_ms"]["p99"],
            row["clock_ms"]["p99"],
            f"{row['found']:.3f}",
            f"{row['anonymous_mib']:,}",
            f"{row['mapped_mib']:,}",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    largest = result["rows"][-1]
    if largest["pages"] == ALL_SIZES[-1]:
        for what, held in (
            (f"{largest['bytes'] / 1e9:.2f} GB on disk", largest["bytes"] <= AIM_BYTES),
            (f"{largest['warm_ms']['p99']} ms at the 99th percentile", largest["warm_ms"]["p99"] <= AIM_P99_MS),
        ):
            lines += ["", f"At a million: {what}, aim {'reached' if held else '**not reached**'}."]
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="up to a million pages")
    parser.add_argument("--sizes", type=int, nargs="+", help="just these numbers of pages")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--cache", type=Path, default=sites.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
