"""Real texts for the benchmarks of speed: extracted once from the sites of examples/sites.py, cut, and topped up.

Also what every figure is printed with: command, versions, machine, load, seed.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from importlib import metadata
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from text import ROOT, describe_machine, sites

from cloneward.fingerprint.extract import extract
from cloneward.sim import Block

SEED = 20261124
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
SENTENCE_WORDS = (6, 60)  # less is a heading or a cell, more a table
PARAGRAPH = re.compile(rb"<p[ >]", re.IGNORECASE)
WORD = re.compile(r"\S+")
PLAIN = re.compile(r"[A-Za-z]+[.,;:]?")  # what is one token to any tokeniser: five names of an API are a whole shingle
FRAGMENT = 3  # words
SHARED = 0.3  # of a made text: real sentences
MILL_WORDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """What the product extracts from one page of a site."""

    site: str
    path: str
    text: str


def read_texts(cache: Path, build: Path) -> list[Text]:
    """The extracted text of each English page that is cached, each text once; kept in `build`."""
    kept = build / "texts.jsonl"
    if not kept.is_file():
        build.mkdir(parents=True, exist_ok=True)
        with kept.with_suffix(".partial").open("w", encoding="utf-8") as lines:
            for text in _extract_sites(cache):
                lines.write(json.dumps([text.site, text.path, text.text]) + "\n")
        kept.with_suffix(".partial").rename(kept)
    with kept.open(encoding="utf-8") as lines:
        return [Text(*json.loads(line)) for line in lines]


def _extract_sites(cache: Path) -> Iterator[Text]:
    seen: set[int] = set()
    for name, site in sites.SITES.items():
        folder = cache / name / "html"
        if site.language != "en" or not folder.is_dir():
            continue
        for file in sites.list_pages(folder):
            text = extract(file.read_bytes(), "html").text
            if hash(text) not in seen:
                seen.add(hash(text))
                yield Text(name, file.relative_to(folder).as_posix(), text)


def cut_text(text: str, words: int) -> list[str]:
    """The successive parts of a text that have so many words each; what is left over is dropped."""
    starts = [match.start() for match in WORD.finditer(text)]
    return [
        text[starts[at] : starts[at + words] if at + words < len(starts) else None].rstrip()
        for at in range(0, len(starts) - words + 1, words)
    ]


@dataclass(frozen=True, slots=True)
class Mill:
    """Makes texts that are like real ones in their words, and share with others about as much as real ones do.

    Of every text seven parts of ten are fragments of three words, which are too few to be found by anyone here; three
    are real sentences, each of which stands in one or two other texts of 100,000.
    """

    words: Sequence[str]
    sentences: Sequence[str]

    @classmethod
    def of(cls, texts: Sequence[Text], rng: Random) -> "Mill":
        low, high = SENTENCE_WORDS
        shuffled = rng.sample(texts, len(texts))
        words = list(
            islice((word for text in shuffled for word in text.text.split() if PLAIN.fullmatch(word)), MILL_WORDS)
        )
        seen = dict.fromkeys(sentence for text in texts for sentence in SENTENCE.split(text.text))
        return cls(words, [sentence for sentence in seen if low <= len(sentence.split()) <= high])

    def make(self, count: int, rng: Random) -> str:
        """A text of so many words."""
        made: list[str] = []
        while len(made) < count * (1 - SHARED):
            at = int(rng.random() * (len(self.words) - FRAGMENT))
            made += self.words[at : at + FRAGMENT]
        while len(made) < count:
            made += self.sentences[int(rng.random() * len(self.sentences))].split()
        return " ".join(made[:count])


def cut_corpus(texts: Sequence[Text], words: int, count: int, rng: Random) -> tuple[list[str], int]:
    """So many texts of so many words, and how many of them are real; the others are made of real ones."""
    parts = list(dict.fromkeys(part for text in texts for part in cut_text(text.text, words)))
    rng.shuffle(parts)
    parts = parts[:count]
    real = len(parts)
    mill = Mill.of(texts, rng)
    parts += [mill.make(words, rng) for _ in range(count - real)]
    rng.shuffle(parts)
    return parts, real


def put_in(host: bytes, part: Sequence[Block], rng: Random) -> bytes:
    """Real HTML with foreign blocks put in before one of its paragraphs."""
    places = [found.start() for found in PARAGRAPH.finditer(host)]
    end = host.lower().rfind(b"</body>")
    at = rng.choice(places) if places else end if end >= 0 else len(host)
    told = "\n".join(map(_mark_up, part))
    return host[:at] + told.encode("ascii", "xmlcharrefreplace") + host[at:]


def _mark_up(block: Block) -> str:
    text = f"<p>{escape(block.text, quote=False)}</p>"
    if block.kind != "quote":
        return text
    credit = f'<cite>Quoted from <a href="{escape(block.link)}">{escape(block.author)}</a></cite>'
    return f"<blockquote>{text}{credit}</blockquote>"


def time_cpu(run: Callable[[], object]) -> float:
    """Seconds of CPU of this process, all its threads added up."""
    started = time.process_time()
    run()
    return time.process_time() - started


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, least and greatest."""
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }


def describe_run(name: str, arguments: Sequence[str], packages: Sequence[str] = ()) -> dict[str, Any]:
    """What the figures hang on; the load is that before the run, of this and all other work."""
    shown = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "command": " ".join(["python", "benchmarks/run.py", name, *arguments]),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": SEED,
        "machine": {**describe_machine(), "load_1m": round(os.getloadavg()[0], 2)},
        "versions": {
            "commit": shown.stdout.strip() or "unknown",
            "python": sys.version.split()[0],
            **{package: metadata.version(package) for package in ("cloneward", "numpy", "numba", *packages)},
        },
    }


def tell_run(run: dict[str, Any]) -> str:
    """The same as a sentence of a report."""
    machine = run["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    return (
        f"`{run['command']}` on {run['measured_at']}, seed {run['seed']}; {versions}; {machine['cores']} cores of "
        f"{machine['processor']}, {machine['memory_gib']} GiB, load {machine['load_1m']} before the run. "
        "One core: seconds are CPU seconds of one process, every thread pool at one."
    )


def write_results(folder: Path, name: str, result: dict[str, Any], lines: Sequence[str]) -> None:
    """The figures as JSON and as a page of Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
