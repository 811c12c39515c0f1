"""How fast a text finds its like among 100,000: fingerprint and query, beside rensa and datasketch.

    python benchmarks/run.py speed
    python benchmarks/run.py speed --count 5000 --queries 300     # a quick look

Each contestant gets the same texts as Python strings and must name the indexed texts that each is like. Half of the
asked texts are not in the index, a quarter are, a quarter are with 15 % of their words changed. Ours opens its index
from the disk; the peers' live in memory.
"""

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import corpus
from corpus import SEED, Text, say
from datasketch import MinHash, MinHashLSH
from rensa import CMinHash, CMinHashDeduplicator, RMinHash, RMinHashLSH
from text import ROOT, sites

from cloneward.fingerprint.winnow import fingerprint, sketch_texts
from cloneward.match.background import load_common
from cloneward.match.index import Change, Index, open_index, update_index
from cloneward.sim import Block, Page, copyist

WORDS = 800
PERMS = 128
GRAM = 5
BANDS, THRESHOLD = 8, 0.8  # rensa's own benchmark has these
SKETCHED_AT_ONCE = 2_000
CANDIDATES, RIVAL = 16, 0.5  # what a check asks for: those that share half of what the first shares
CHANGED = 0.15
LEAST = {"rensa": 4.0, "datasketch": 6.0}


def cut_grams(text: str) -> list[str]:
    """Five-word shingles as rensa's benchmarks/full_benchmark.py makes them."""
    tokens = [token for token in text.lower().split() if token]
    return [" ".join(tokens[index : index + GRAM]) for index in range(len(tokens) - GRAM + 1)]


def zip_grams(text: str) -> list[str]:
    """The same, as fast as Python makes them: nobody's recommendation, to show how much of the time is shingling."""
    tokens = text.lower().split()
    return list(map(" ".join, zip(*(tokens[at:] for at in range(GRAM)), strict=False)))


def cut_words(text: str) -> list[str]:
    """Single words, as the first example of rensa's README: order is lost."""
    return text.split()


@dataclass
class Contestant:
    """One way to find texts; `ask` gives the numbers of indexed texts that each asked text is like."""

    name: str
    peer: str
    shingles: Any = cut_grams
    counts: bool = True  # for the gate
    note: str = ""
    seconds: list[float] = field(default_factory=list)
    built_s: float = 0.0
    found: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Make the empty index."""

    def build(self, texts: Sequence[str]) -> None:
        for at in range(0, len(texts), SKETCHED_AT_ONCE):
            self.add(at, texts[at : at + SKETCHED_AT_ONCE])

    def add(self, start: int, texts: Sequence[str]) -> None:
        raise NotImplementedError

    def ask(self, texts: Sequence[str]) -> list[Any]:
        raise NotImplementedError


class Cloneward(Contestant):
    folder: Path
    index: Index

    def build(self, texts: Sequence[str]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        digests = (sha256(text.encode()).hexdigest() for text in texts)
        sketches = (fingerprint(text).sketch for text in texts)
        added = zip(map(str, range(len(texts))), digests, sketches, strict=True)
        update_index(self.folder, open_index(self.folder), Change(added=added, background=load_common()))
        self.index = open_index(self.folder)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        found = (self.index.candidates(fingerprint(text).sketch, CANDIDATES, RIVAL)[0] for text in texts)
        return [{int(item) for item, _ in items} for items in found]


class ClonewardBatch(Cloneward):
    def ask(self, texts: Sequence[str]) -> list[Any]:
        found = self.index.candidates_each(sketch_texts(texts), CANDIDATES, RIVAL)
        return [{int(item) for item, _ in items} for items, _ in found]


class RensaSingly(Contestant):
    def open(self) -> None:
        self.lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMS, num_bands=BANDS)

    def sketch(self, text: str) -> RMinHash:
        made = RMinHash(num_perm=PERMS, seed=SEED)
        made.update(self.shingles(text))
        return made

    def add(self, start: int, texts: Sequence[str]) -> None:
        self.lsh.insert_many([self.sketch(text) for text in texts], start)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        return [self.lsh.query(self.sketch(text)) for text in texts]


class RensaBatch(RensaSingly):
    def add(self, start: int, texts: Sequence[str]) -> None:
        self.lsh.insert_many(RMinHash.from_token_sets(map(self.shingles, texts), PERMS, SEED), start)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        return list(self.lsh.query_all(RMinHash.from_token_sets(map(self.shingles, texts), PERMS, SEED)))


class RensaRho(RensaSingly):
    """Samples positions of a text; tells only whether there is one like it, not which."""

    def add(self, start: int, texts: Sequence[str]) -> None:
        rows = RMinHash.digest_matrix_from_token_sets_rho(map(self.shingles, texts), PERMS, SEED)
        self.lsh.insert_matrix(rows, start)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        rows = RMinHash.digest_matrix_from_token_sets_rho(map(self.shingles, texts), PERMS, SEED)
        return list(self.lsh.query_duplicate_flags_matrix_one_shot(rows))  # the other wants two like it


class RensaC(Contestant):
    def open(self) -> None:
        self.known = CMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMS, seed=SEED)

    def add(self, start: int, texts: Sequence[str]) -> None:
        made = CMinHash.from_token_sets(map(self.shingles, texts), PERMS, SEED)
        for at, one in enumerate(made, start):
            self.known.add(str(at), one)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        made = CMinHash.from_token_sets(map(self.shingles, texts), PERMS, SEED)
        return [set(map(int, keys)) for keys in self.known.get_duplicate_sets(made)]


class Datasketch(Contestant):
    def open(self) -> None:
        self.lsh = MinHashLSH(num_perm=PERMS, params=(BANDS, PERMS // BANDS))

    def sketch(self, texts: Sequence[str]) -> Any:
        return MinHash.generator(([gram.encode() for gram in self.shingles(text)] for text in texts), num_perm=PERMS)

    def add(self, start: int, texts: Sequence[str]) -> None:
        for at, one in enumerate(self.sketch(texts), start):
            self.lsh.insert(at, one, check_duplication=False)

    def ask(self, texts: Sequence[str]) -> list[Any]:
        return [self.lsh.query(one) for one in self.sketch(texts)]


def list_contestants(folder: Path) -> list[Contestant]:
    singly = Cloneward("cloneward text/1, one by one, index on disk", "cloneward", note="winnowing, 8 words, window 8")
    batch = ClonewardBatch("cloneward text/1, batches, index on disk", "cloneward")
    singly.folder, batch.folder = folder, folder.with_name("index-batch")
    return [
        singly,
        batch,
        RensaSingly("rensa RMinHash, one by one, RMinHashLSH", "rensa"),
        RensaBatch("rensa RMinHash, batches, RMinHashLSH", "rensa"),
        RensaRho("rensa rho matrix, RMinHashLSH", "rensa", note="samples positions; says only whether, not which"),
        RensaC("rensa CMinHash, CMinHashDeduplicator", "rensa"),
        RensaSingly(
            "rensa RMinHash, shingles by zip", "rensa", zip_grams, counts=False, note="shingling is ours, not rensa's"
        ),
        RensaSingly(
            "rensa RMinHash, single words", "rensa", cut_words, counts=False, note="README's example: no shingles"
        ),
        Datasketch("datasketch MinHash, MinHashLSH", "datasketch"),
    ]


@dataclass(frozen=True)
class Asked:
    """A text to ask for, and the number of the indexed text that it was made of."""

    kind: str
    text: str
    source: int | None = None


def choose_asked(texts: Sequence[str], others: Sequence[str], count: int, rng: Random) -> list[Asked]:
    quarter = count // 4
    sources = rng.sample(range(len(texts)), 2 * quarter)
    asked = [Asked("not indexed", text) for text in islice(others, count - 2 * quarter)]
    asked += [Asked("verbatim", texts[at], at) for at in sources[:quarter]]
    asked += [Asked("changed_15", _change(texts[at], rng), at) for at in sources[quarter:]]
    rng.shuffle(asked)
    return asked


def _change(text: str, rng: Random) -> str:
    page = Page("", tuple(Block(line) for line in text.split("\n")))
    return copyist.change_words(page, CHANGED, rng).text


def measure(contestants: Sequence[Contestant], texts: Sequence[str], asked: Sequence[Asked], rounds: int) -> None:
    """Builds each index, then lets them answer in turn, so that what else the machine does falls on all of them."""
    for one in contestants:
        fingerprint(texts[0])  # compiled
        one.built_s = corpus.time_cpu(lambda one=one: one.build(texts))
        say(f"{one.name}: built in {one.built_s:.1f} s")
    plain = [ask.text for ask in asked]
    for number in range(rounds + 1):
        for one in contestants:
            answers: list[Any] = []
            seconds = corpus.time_cpu(lambda one=one, answers=answers: answers.extend(one.ask(plain)))
            if number:
                one.seconds.append(seconds)
            else:  # the first warms up, and is what the answers are counted of
                one.found = _count_found(asked, answers)
        say(f"round {number} of {rounds}")


def _count_found(asked: Sequence[Asked], answers: Sequence[Any]) -> dict[str, float]:
    found: dict[str, list[bool]] = {}
    for ask, answer in zip(asked, answers, strict=True):
        if ask.source is None or isinstance(answer, bool):
            found.setdefault(ask.kind, []).append(bool(answer))
        else:
            found.setdefault(ask.kind, []).append(ask.source in answer)
    return {kind: sum(flags) / len(flags) for kind, flags in sorted(found.items())}


def measure_parts(ours: Cloneward, asked: Sequence[Asked], rounds: int) -> dict[str, dict[str, float]]:
    """Microseconds of CPU a text for each half of ours."""
    plain = [ask.text for ask in asked]
    sketches = [fingerprint(text).sketch for text in plain]
    together = sketch_texts(plain)
    runs = {
        "fingerprint": lambda: [fingerprint(text) and None for text in plain],
        "query": lambda: [ours.index.candidates(sketch, CANDIDATES, RIVAL) and None for sketch in sketches],
        "fingerprint in batches": lambda: sketch_texts(plain),
        "query in batches": lambda: list(ours.index.candidates_each(together, CANDIDATES, RIVAL)),
    }
    return {
        name: corpus.spread([corpus.time_cpu(run) / len(plain) * 1e6 for _ in range(rounds)])
        for name, run in runs.items()
    }


def judge_gates(contestants: Sequence[Contestant], queries: int) -> list[dict[str, Any]]:
    """The fastest of our ways against the fastest of each peer's that count."""
    speeds = {one.name: corpus.statistics.median(queries / seconds for seconds in one.seconds) for one in contestants}

    def choose_way(peer: str) -> str:
        return max((one.name for one in contestants if one.peer == peer and one.counts), key=speeds.__getitem__)

    ours = choose_way("cloneward")
    gates = []
    for peer, least in LEAST.items():
        way = choose_way(peer)
        ratio = speeds[ours] / speeds[way]
        gate = {"peer": peer, "ours": ours, "way": way, "ratio": round(ratio, 2), "must": least, "held": ratio >= least}
        gates.append(gate)
    return gates


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("speed", arguments, ("rensa", "datasketch"))
    read: list[Text] = corpus.read_texts(options.cache, options.build / "corpus")
    rng = Random(SEED)
    half = options.queries - 2 * (options.queries // 4)
    cut, real = corpus.cut_corpus(read, WORDS, options.count + half, rng)
    texts, others = cut[: options.count], cut[options.count :]
    asked = choose_asked(texts, others, options.queries, rng)
    say(f"{len(cut):,} texts of {WORDS} words, {real:,} of them real")
    contestants = list_contestants(options.build / "speed" / "index")
    measure(contestants, texts, asked, options.rounds)
    ours = contestants[0]
    parts = measure_parts(ours, asked, options.rounds) if isinstance(ours, Cloneward) else {}
    gates = judge_gates(contestants, len(asked))
    rows = [
        {
            "name": one.name,
            "peer": one.peer,
            "counts": one.counts,
            "note": one.note,
            "texts_per_s": corpus.spread([len(asked) / seconds for seconds in one.seconds], 0),
            "build_s": round(one.built_s, 1),
            "found": one.found,
        }
        for one in contestants
    ]
    size = sum(file.stat().st_size for file in (options.build / "speed" / "index").iterdir())
    result = {
        **run,
        "texts": {"count": len(texts), "words": WORDS, "asked": len(asked), "rounds": options.rounds},
        "real_share": round(real / len(cut), 3),
        "index_bytes": size,
        "parts_us": parts,
        "rows": rows,
        "gates": gates,
    }
    corpus.write_results(options.results, "speed", result, _write_report(result))
    for gate in gates:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['ratio']} times {gate['way']}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in gates) else 1


def _write_report(result: dict[str, Any]) -> list[str]:
    texts = result["texts"]
    lines = [
        "# Speed: fingerprint and query",
        "",
        corpus.tell_run(result),
        "",
        (
            f"{texts['count']:,} texts of {texts['words']} words in the index, {result['real_share']:.0%} of them "
            f"parts of real pages, the rest of corpus.Mill; {texts['asked']:,} asked, median of "
            f"{texts['rounds']} rounds "
            "in turn, least to greatest in brackets. Found: of the asked texts of that kind, how many were answered "
            f"with their source; of those not indexed, with anything. Peers: {PERMS} permutations, shingles of {GRAM} "
            f"words, {BANDS} bands, threshold {THRESHOLD}. Ways marked with a star are shown, not counted."
        ),
        "",
        "| way | texts/s | build s | verbatim found | 15 % changed found | answered though not indexed |",
        "|--|--:|--:|--:|--:|--:|",
    ]
    for row in result["rows"]:
        speed, found = row["texts_per_s"], row["found"]
        name = row["name"] + ("" if row["counts"] else " *") + (f" ({row['note']})" if row["note"] else "")
        lines.append(
            f"| {name} | {speed['median']:,.0f} ({speed['min']:,.0f} to {speed['max']:,.0f}) | {row['build_s']} | "
            f"{found['verbatim']:.3f} | {found['changed_15']:.3f} | {found['not indexed']:.3f} |"
        )
    lines += ["", "| gate | times as fast | must be | held |", "|--|--:|--:|--|"]
    lines += [
        f"| {gate['ours']}, against {gate['way']} | {gate['ratio']} | >= {gate['must']} | "
        f"{'yes' if gate['held'] else '**no**'} |"
        for gate in result["gates"]
    ]
    parts = ", ".join(f"{name} {time['median']:.0f} µs" for name, time in result["parts_us"].items())
    lines += ["", f"Ours by halves: {parts} a text. Our index: {result['index_bytes'] / 2**20:.0f} MiB on disk."]
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py speed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="indexed texts")
    parser.add_argument("--queries", type=int, default=2_000, help="asked texts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--cache", type=Path, default=sites.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
