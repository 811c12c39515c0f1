"""Whether names, handles, addresses and numbers of people are gone from redacted text, and what else went with them.

    python benchmarks/run.py redaction                  # pages of profiles, searches and lists of handles
    python benchmarks/run.py redaction --seed 5         # another world

The pages are those of people.py, made with a seed that it does not use itself. What must go from a page is told from
how pages are made, not from how text is redacted: every name and handle of the owner's people that stands there, in
whatever version; whatever follows an @; whatever stands before one on its line, which is how these pages name
strangers; and addresses of mail. One counts as gone if it stands nowhere in the redacted text, in any case.

The same pages in small letters are looked at too, where no capital gives a name away; and these again, when it is known
whom the page shows.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus import describe_run, say, tell_run, write_results
from people import SEED, Maker
from text import ROOT, bound_share

from cloneward.fingerprint.extract import extract
from cloneward.govern.redact import redact

RECALL_MIN = 0.99
LEAST_LETTERS = 3
SEED_STEP = 977
HANDLE = re.compile(r"@([\w][\w.]*\w)")
STRANGER = re.compile(r"^(.{2,60}?) @[\w.]+", re.MULTILINE)
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
ROWS = ("as made", "in small letters", "in small letters, the person known")


def list_people(folder: Path) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Kind and text of all names and handles that the owner's people have or had, and those of each."""
    labels: dict[tuple[str, str], None] = {}
    own: dict[str, list[str]] = {}
    for line in (folder / "records.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        for version in record["versions"] or [record]:
            for kind in ("name", "handle"):
                text = " ".join(str(version["fields"].get(kind) or "").split())
                if len(text) >= LEAST_LETTERS:
                    labels[kind, text] = None
                    own.setdefault(record["id"], []).append(text)
    return list(labels), own


def find_labels(text: str, people: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What must go from a page."""
    yield from ((kind, one) for kind, one in people if one in text and re.search(rf"\b{re.escape(one)}\b", text))
    yield from (("email", found) for found in MAIL.findall(text))
    yield from (("handle", found) for found in HANDLE.findall(MAIL.sub("", text)) if len(found) >= LEAST_LETTERS)
    for found in STRANGER.findall(text):
        if "·" not in found and len(found) >= LEAST_LETTERS:
            yield "stranger", found


def measure(
    pages: Mapping[str, str], labels: Mapping[str, Sequence[tuple[str, str]]], own: Mapping[str, Any], row: str
) -> Any:
    """How many of what must go is gone, by kind, and how much of the rest is left."""
    asked, gone, missed = Counter[str](), Counter[str](), []
    words = kept = 0
    for page, text in pages.items():
        made = redact(text if row == ROWS[0] else text.lower(), known=own.get(page, ()) if row == ROWS[2] else ())
        left = made.text.casefold()
        words, kept = words + made.words, kept + made.kept
        for kind, label in labels[page]:
            asked[kind] += 1
            is_left = re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", left)
            gone[kind] += not is_left
            if is_left:
                missed.append((page, kind, label))
    shares = {
        kind: {
            "asked": count,
            "gone": gone[kind],
            "recall": round(gone[kind] / count, 5),
            "bound": bound_share(gone[kind], count)[0],
        }
        for kind, count in sorted(asked.items())
    }
    return {"row": row, "shares": shares, "words": words, "kept": kept, "missed": missed[:40]}


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    folder = options.build / "redaction"
    run = describe_run("redaction", arguments)
    truths = Maker(folder, options.seed).make(options.records, options.count)
    people, own = list_people(folder)
    pages = {truth.page: extract((folder / truth.page).read_bytes()).text for truth in truths}
    labels = {page: sorted(set(find_labels(text, people))) for page, text in pages.items()}
    shown = {truth.page: own.get(truth.record or "", []) for truth in truths}
    rows = [measure(pages, labels, shown, row) for row in ROWS]
    gates = [
        {
            "name": f"{kind}, {ROWS[0]}",
            "value": share["recall"],
            "must": RECALL_MIN,
            "held": share["recall"] >= RECALL_MIN,
        }
        for kind, share in rows[0]["shares"].items()
    ]
    result = {**run, "seed": options.seed, "pages": len(pages), "rows": rows, "gates": gates}
    write_results(options.results, "redaction", result, _write_report(result))
    for row in rows:
        told = ", ".join(f"{kind} {share['gone']:,} of {share['asked']:,}" for kind, share in row["shares"].items())
        say(f"{row['row']}: {told}; {row['kept'] / row['words']:.0%} of words kept")
        say(f"   missed, for instance: {row['missed'][:5]}")
    return 0 if all(gate["held"] for gate in gates) else 1


def _write_report(result: Mapping[str, Any]) -> list[str]:
    lines = [
        "# Redaction: what is left of people in working copies",
        "",
        tell_run(dict(result)),
        "",
        f"{result['pages']:,} pages; gate: {RECALL_MIN} of each kind, as made.",
        "",
        "| pages | kind | must go | gone | recall | lower bound, 95 % | words kept |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for row in result["rows"]:
        for kind, share in row["shares"].items():
            told = f"{share['asked']:,} | {share['gone']:,} | {share['recall']} | {share['bound']:.4f}"
            lines.append(f"| {row['row']} | {kind} | {told} | {row['kept'] / row['words']:.0%} |")
    return lines


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py redaction", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=3_000)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=SEED + SEED_STEP, help="another seed makes another world")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
