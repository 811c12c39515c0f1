"""Targets that are neither plain copies nor plainly unrelated, with the truth: data to calibrate `score` on.

    python benchmarks/run.py middling              # make the targets, judge them, tell how they fare
    python benchmarks/run.py middling --unit 2     # a sixth of them
    python benchmarks/run.py middling --fit        # and print the weights of the score, fitted on the tuning part

A target is true if text of the owner's was put into it, false if what it shares with the owner has another reason or
if it shares nothing. Sites, never pages, are split: owners, hosts and passages of the tuning part are not those of the
reporting part. Only a target on which a match of text fired counts: of the others nothing is claimed. Items copied
whole are judged too and count neither in the fit nor in the diagrams: they show that a clear case has a clear score.

The diagram is of the mixture that is made here. How often each kind meets a user nobody knows; the second diagram
weighs all false ones up to a thousand for each true one.
"""

import argparse
import json
import math
import shutil
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import corpus
import numpy as np
from corpus import SEED, say
from passages import NOTICES, PHRASES, SIGNATURES, list_passages
from text import LISTS, ROOT, Bench, sites

from cloneward.judge import score as scoring
from cloneward.sim import TEMPLATES, Block, Page, copyist, read_page, render

UNIT = 12
WORDS = (15, 120)  # of the owner's, or of a third, put into a page
CHANGED = (0.1, 0.3)
CHANGED_HEAVILY = (0.3, 0.5)
SCATTERED_BLOCKS, SCATTERED_WORDS = (2, 5), (8, 30)
SHORT_WORDS = (20, 120)
ITEM_WORDS = (200, 6_000)
HOST_WORDS = (150, 4_000)
PLANTED_IN = 3  # items that one common passage stands on
GAP_WORDS = 20  # within a group, as the contract has it
BINS = 10
NEWTON_STEPS = 50
RESAMPLES = 1_000
RARE = 1_000  # false ones for each true one
THIRD = "sqlite"  # its documentation is in the public domain


@dataclass(frozen=True)
class Part:
    """Sites of one part of the split: `topics` of an owner are foreign sites about the same thing."""

    name: str
    owners: dict[str, tuple[str, ...]]
    hosts: tuple[str, ...]


PARTS = (
    Part(
        "tuning",
        {"python": ("flask", "werkzeug"), "postgresql": ("apache",), "gimp": ("handbook",)},
        ("apache", "handbook", "flask", "werkzeug"),
    ),
    Part(
        "reporting",
        {"django": ("sqlalchemy",), "git": ("cmake", "varnish"), "gtk": ("eigen", "boost")},
        ("libreoffice", "postfix", "varnish", "sqlalchemy", "installer", "zsh", "cmake", "erlang"),
    ),
)
# How many units of each kind: what is true, and what is not.
TRUE = {"pasted": 3, "pasted_changed": 3, "scattered": 2, "short_page": 2, "changed_heavily": 2}
CLEAR = {"whole": 1}  # an item in another layout
FALSE = {
    "third_text": 2,
    "third_quoted": 2,
    "notice": 2,
    "phrase": 2,
    "signature": 2,
    "same_topic": 12,
    "unrelated": 4,
}


@dataclass(frozen=True)
class Target:
    """A page to judge and what is true of it; `words` were put in."""

    file: str
    owner: str
    truth: bool
    kind: str
    split: str
    host: str
    item: str | None
    words: int


@dataclass
class Source:
    """Pages of a site, read when they are wanted and none twice."""

    name: str
    folder: Path
    rng: Random
    words: tuple[int, int]
    _files: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = [file for file in sites.list_pages(self.folder) if not LISTS.search(file.as_posix())]
        self._files = self.rng.sample(files, len(files))

    def take(self) -> tuple[Path, Page] | None:
        while self._files:
            file = self._files.pop()
            if file.stat().st_size < 200_000:
                page = read_page(file.read_bytes())
                if self.words[0] <= page.words <= self.words[1]:
                    return file, page
        return None


class Maker:
    """Makes the targets of one owner, and the owner's site with what is planted on it."""

    def __init__(self, bench: Bench, folder: Path, part: Part, owner: str) -> None:
        self.folder, self.part, self.owner = folder, part, owner
        self.rng = Random(f"{SEED}/{owner}")
        self.html = sites.fetch_site(owner, bench.cache)
        self.items = Source(owner, self.html, self.rng, ITEM_WORDS)
        self.hosts = [self._open(bench, name) for name in part.hosts if name not in part.owners[owner]]
        self.topics = [self._open(bench, name) for name in part.owners[owner]]
        self.third = self._open(bench, THIRD)
        self.planted: dict[Path, bytes] = {}
        self.targets: list[Target] = []
        self.common = {
            kind: list_passages(text, part.name)
            for kind, text in (("notice", NOTICES), ("phrase", PHRASES), ("signature", SIGNATURES))
        }

    def _open(self, bench: Bench, name: str) -> Source:
        return Source(name, sites.fetch_site(name, bench.cache), self.rng, HOST_WORDS)

    def make(self, unit: int) -> None:
        for passages in self.common.values():
            for passage in passages:
                for _ in range(PLANTED_IN):
                    self._plant(Block(passage))
        for kind, units in (TRUE | FALSE | CLEAR).items():
            make = self._choose(kind)
            for _ in range(units * unit):
                make()
        site = self.folder / "sites" / self.owner
        shutil.copytree(self.html, site)
        for file, html in self.planted.items():
            (site / file.relative_to(self.html)).write_bytes(html)

    def _choose(self, kind: str) -> Callable[[], None]:
        if kind in self.common:
            return partial(self._share_common, kind)
        if kind in {"same_topic", "unrelated"}:
            return partial(self._leave, kind)
        return {
            "pasted": self._paste,
            "pasted_changed": self._paste_changed,
            "scattered": self._scatter,
            "short_page": self._make_short,
            "changed_heavily": self._change_heavily,
            "whole": self._copy_whole,
            "third_text": self._share_third,
            "third_quoted": self._quote_third,
        }[kind]

    def _paste(self, share: float = 0.0, kind: str = "pasted") -> None:
        file, page = self._item()
        taken = Page("", copyist.take_part(page, self._draw_words(), self.rng))
        if share:
            taken = copyist.change_words(taken, share, self.rng)
        host, html, _ = self._host()
        self._keep(kind, host, corpus.put_in(html, taken.blocks, self.rng), file, taken.words)

    def _paste_changed(self) -> None:
        self._paste(self.rng.uniform(*CHANGED), "pasted_changed")

    def _scatter(self) -> None:
        file, page = self._item()
        host, html, _ = self._host()
        words = 0
        for _ in range(self.rng.randint(*SCATTERED_BLOCKS)):
            blocks = copyist.take_part(page, self.rng.randint(*SCATTERED_WORDS), self.rng)
            words += sum(block.words for block in blocks)
            html = corpus.put_in(html, blocks, self.rng)
        self._keep("scattered", host, html, file, words)

    def _make_short(self) -> None:
        file, page = self._item()
        blocks = copyist.take_part(page, self.rng.randint(*SHORT_WORDS), self.rng)
        self._keep("short_page", "", self._clothe(Page("Short", blocks)), file, sum(block.words for block in blocks))

    def _change_heavily(self) -> None:
        file, page = self._item()
        share = self.rng.uniform(*CHANGED_HEAVILY)
        changed = copyist.shuffle_blocks(copyist.change_words(page, share, self.rng), self.rng)
        self._keep("changed_heavily", "", self._clothe(changed), file, changed.words)

    def _copy_whole(self) -> None:
        file, page = self._item()
        self._keep("whole", "", self._clothe(page), file, page.words)

    def _share_third(self, *, is_quoted: bool = False) -> None:
        """A passage of a third site on one of the owner's pages and on the target: neither took it from the other."""
        file, third = self._take(self.third)
        passage = copyist.take_part(third, self._draw_words(), self.rng)
        if is_quoted:
            link = f"https://{THIRD}.test/{file.name}"
            text = " ".join(block.text for block in passage)
            passage = (Block(text, "quote", link=link, author=f"the authors of {THIRD}"),)
        item = self._plant(*passage)
        host, html, _ = self._host()
        words = sum(block.words for block in passage)
        kind = "third_quoted" if is_quoted else "third_text"
        self._keep(kind, host, corpus.put_in(html, passage, self.rng), item, words)

    def _quote_third(self) -> None:
        self._share_third(is_quoted=True)

    def _share_common(self, kind: str) -> None:
        passage = Block(self.rng.choice(self.common[kind]))
        host, html, _ = self._host()
        self._keep(kind, host, corpus.put_in(html, (passage,), self.rng), None, passage.words)

    def _leave(self, kind: str) -> None:
        host, html, _ = self._host(self.topics if kind == "same_topic" else self.hosts)
        self._keep(kind, host, html, None, 0)

    def _plant(self, *blocks: Block) -> Path:
        file, _ = self._item()
        self.planted[file] = corpus.put_in(file.read_bytes(), blocks, self.rng)
        return file

    def _item(self) -> tuple[Path, Page]:
        """One of the owner's pages; when all were used, the first come again, but never one that was planted on."""
        found = self.items.take()
        if found is None:
            self.items = Source(self.owner, self.html, self.rng, ITEM_WORDS)
            return self._item()
        return found if found[0] not in self.planted else self._item()

    def _host(self, among: Sequence[Source] = ()) -> tuple[str, bytes, Page]:
        source = self.rng.choice(among or self.hosts)
        file, page = self._take(source)
        return source.name, file.read_bytes(), page

    def _take(self, source: Source) -> tuple[Path, Page]:
        found = source.take()
        if found is None:
            source.__post_init__()
            return self._take(source)
        return found

    def _draw_words(self) -> int:
        low, high = map(math.log, WORDS)
        return round(math.exp(self.rng.uniform(low, high)))

    def _clothe(self, page: Page) -> bytes:
        return render(self.rng.choice(sorted(TEMPLATES)), page.title, page.blocks, self.rng).encode()

    def _keep(self, kind: str, host: str, html: bytes, item: Path | None, words: int) -> None:
        name = f"{len(self.targets):04}.html"
        folder = self.folder / "targets" / self.owner
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(html)
        path = None if item is None else item.relative_to(self.html).as_posix()
        target = Target(name, self.owner, kind in TRUE | CLEAR, kind, self.part.name, host, path, words)
        self.targets.append(target)


def make_targets(bench: Bench, folder: Path, unit: int) -> list[Target]:
    """All targets on disk, and targets.jsonl beside them; made once and kept."""
    key = folder / "targets.jsonl"
    if not key.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        made = []
        for part in PARTS:
            for owner in part.owners:
                maker = Maker(bench, folder, part, owner)
                maker.make(unit)
                made += maker.targets
                say(f"{owner}: {len(maker.targets)} targets, {len(maker.planted)} items planted on")
        key.write_text("".join(json.dumps(asdict(target)) + "\n" for target in made), encoding="utf-8")
    return [Target(**json.loads(line)) for line in key.read_text(encoding="utf-8").splitlines()]


def gather(bench: Bench, folder: Path, targets: Sequence[Target]) -> list[dict[str, Any]]:
    """What the command line says of each target, with the truth; written to gathered.jsonl."""
    rows = []
    for owner in dict.fromkeys(target.owner for target in targets):
        workspace, texts = folder / "workspaces" / owner, folder / "texts" / owner
        shutil.rmtree(workspace, ignore_errors=True)
        shutil.rmtree(texts, ignore_errors=True)
        base = f"https://{owner}.test/"
        where = ("--workspace", str(workspace))
        bench.run("init", str(workspace), "--site", base)
        bench.run("protect", "add", str(folder / "sites" / owner), "--base", base, *where)
        pages = str(folder / "targets" / owner)
        lines = bench.run("check", pages, "--each", "--json", "--texts", str(texts), *where).lines
        by_file = {Path(line["target"]).name: line for line in lines}
        read = read_kept(texts)
        rows += [
            {**asdict(target), **_tell_line(by_file[target.file], read)} for target in targets if target.owner == owner
        ]
        say(f"{owner}: {len(lines)} judged")
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "gathered.jsonl").write_text(text, encoding="utf-8")
    return rows


def read_kept(texts: Path) -> dict[str, str]:
    """The texts that `check --texts` keeps: by page name for targets, by id for items."""
    kept = {}
    for line in (texts / "index.tsv").read_text(encoding="utf-8").splitlines():
        name, _, page = line.split("\t")
        kept[Path(page).name] = (texts / name).read_text(encoding="utf-8")
    return kept


def _tell_line(line: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    matches = [match for match in line["matches"] if match["kind"] == "text"]
    page = texts.get(Path(line["target"]).name, "")
    groups = [words for match in matches for words in group_spans(match["spans"], page, texts.get(match["item"], ""))]
    spans = [span["words"] for match in matches for span in match["spans"]]
    return {
        "fired": bool(matches),
        "verdict": line["verdict"],
        "likeness": line["likeness"],
        "standing": line["standing"],
        "share_of_target": line["share_of_target"],
        "share_of_item_max": line["share_of_item_max"],
        "group_words": max(groups, default=0),
        "span_words": max(spans, default=0),
        "words_matched": sum(spans),
        "words_of_target": len(page.split()),
        "matches": len(matches),
        "items_matched": line["items_matched"],
        "reasons": [reason["code"] for reason in line["reasons"]],
        "figures": scoring.list_figures(
            share=line["share_of_target"],
            item_share=line["share_of_item_max"],
            covered=round(line["share_of_target"] * line["words"]),
            matched=sum(spans),
        ),
        "score": line["score"],
        "base_rate": line["base_rate"],
    }


def group_spans(spans: Sequence[dict[str, Any]], page: str, item: str) -> Iterator[int]:
    """The words of each group of spans: same order in both texts, at most 20 words between two."""
    words, before = 0, None
    for span in sorted(spans, key=lambda span: span["target"]):
        if before is not None:
            gaps = (page[before["target"][1] : span["target"][0]], item[before["item"][1] : span["item"][0]])
            is_next = before["item"][1] <= span["item"][0] and all(len(gap.split()) <= GAP_WORDS for gap in gaps)
            if not is_next:
                yield words
                words = 0
        words += span["words"]
        before = span
    if before is not None:
        yield words


def fit_weights(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Intercept and weights by Newton's method, true and false ones of equal mass together; nothing is penalised."""
    x = np.array([[1.0, *row["figures"]] for row in rows])
    y = np.array([float(row["truth"]) for row in rows])
    mass = np.where(y == 1, scoring.FITTED_RATE / y.sum(), (1 - scoring.FITTED_RATE) / (1 - y).sum())
    weights = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        said = 1 / (1 + np.exp(-x @ weights))
        curve = (x * (mass * said * (1 - said))[:, None]).T @ x
        weights += np.linalg.solve(curve, x.T @ (mass * (y - said)))
    return [round(float(weight), 3) for weight in weights]


def shift_score(score: float, base_rate: float | None, wanted: float) -> float:
    """The same evidence at another base rate."""
    if base_rate is None or score in {0.0, 1.0}:
        return score
    odds = score / (1 - score) * (wanted / (1 - wanted)) / (base_rate / (1 - base_rate))
    return odds / (1 + odds)


def draw_reliability(rows: Sequence[dict[str, Any]], rarity: float) -> dict[str, Any] | None:
    """Bins of equal mass: what the score says and what is true, at one true target for `rarity` false ones.

    The score is read as the probability that what is shared was taken from the owner, whatever the verdict.
    Intervals hold 95 % of what drawing the targets of the bin again gives, with replacement.
    """
    scored = [row for row in rows if row["fired"] and row["score"] is not None]
    true, false = (sum(row["truth"] == truth for row in scored) for truth in (True, False))
    if not true or not false:
        return None
    weights = {True: 1 / true, False: rarity / false}
    wanted = 1 / (1 + rarity)
    points = sorted(
        (shift_score(row["score"], row["base_rate"], wanted), row["truth"], weights[row["truth"]]) for row in scored
    )
    bins: list[list[tuple[float, bool, float]]] = [[] for _ in range(BINS)]
    whole, mass = sum(weight for *_, weight in points), 0.0
    for point in points:
        bins[min(BINS - 1, int(BINS * (mass + point[2] / 2) / whole))].append(point)
        mass += point[2]
    told = [_tell_bin(points, whole) for points in bins if points]
    brier = sum(weight * (score - truth) ** 2 for score, truth, weight in points) / whole
    error = sum(row["mass"] * abs(row["said"] - row["true"]) for row in told)
    return {"rarity": rarity, "count": len(points), "bins": told, "ece": round(error, 4), "brier": round(brier, 4)}


def _tell_bin(points: Sequence[tuple[float, bool, float]], whole: float) -> dict[str, float]:
    mass = sum(weight for *_, weight in points)
    rng = Random(SEED)
    drawn = sorted(_tell_true(rng.choices(points, k=len(points))) for _ in range(RESAMPLES))
    return {
        "count": len(points),
        "low": drawn[RESAMPLES // 40],
        "high": drawn[-1 - RESAMPLES // 40],
        "mass": mass / whole,
        "said": sum(score * weight for score, _, weight in points) / mass,
        "true": _tell_true(points),
    }


def _tell_true(points: Sequence[tuple[float, bool, float]]) -> float:
    return sum(weight for _, truth, weight in points if truth) / sum(weight for *_, weight in points)


def measure_auroc(rows: Sequence[dict[str, Any]], figure: str) -> float | None:
    """How often a true target has the greater figure than a false one, ties counted half."""
    values = {
        truth: sorted(row[figure] or 0 for row in rows if row["truth"] == truth and row["fired"])
        for truth in (True, False)
    }
    if not all(values.values()) or all(row[figure] is None for row in rows):
        return None
    ranks: dict[float, float] = {}
    pooled = sorted(values[True] + values[False])
    for at, value in enumerate(pooled):
        ranks.setdefault(value, at + (pooled.count(value) - 1) / 2)
    true, false = len(values[True]), len(values[False])
    total = sum(ranks[value] for value in values[True])
    return round((total - true * (true - 1) / 2) / (true * false), 4)


FIGURES = (
    "score",
    "group_words",
    "span_words",
    "words_matched",
    "share_of_target",
    "share_of_item_max",
    "items_matched",
)


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("middling", arguments)
    folder = options.build / f"middling-{options.unit}"
    bench = Bench(options.build / "middling", options.cache)
    targets = make_targets(bench, folder, options.unit)
    rows = gather(bench, folder, targets)
    parts = {part.name: [row for row in rows if row["split"] == part.name] for part in PARTS}
    middling = {part: [row for row in chosen if row["kind"] not in CLEAR] for part, chosen in parts.items()}
    groups = {
        **middling,
        **{f"{part}-alike": [row for row in rows if row["likeness"] != "none"] for part, rows in middling.items()},
    }
    result = {
        **run,
        "split": {part.name: {"owners": part.owners, "hosts": part.hosts} for part in PARTS},
        "kinds": [_tell_kind(part, kind, parts[part]) for part in parts for kind in TRUE | FALSE | CLEAR],
        "auroc": {
            part: {figure: measure_auroc(chosen, figure) for figure in FIGURES} for part, chosen in groups.items()
        },
        "reliability": {
            part: [draw_reliability(chosen, rarity) for rarity in (1, RARE)] for part, chosen in groups.items()
        },
    }
    corpus.write_results(options.results, "middling", result, _write_report(result))
    for part, diagrams in result["reliability"].items():
        if all(diagrams):
            (options.results / f"middling-{part}.svg").write_text(draw_svg(diagrams), encoding="utf-8")
    fired = sum(row["fired"] for row in rows)
    if options.fit:
        # what is wholly quoted from others by an item of ours has no score
        say(f"weights: {fit_weights([row for row in middling[PARTS[0].name] if row['score'] is not None])}")
    say(f"{len(rows)} targets, a match fired on {fired}; {folder / 'gathered.jsonl'}")
    return 0


def _tell_kind(part: str, kind: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    of_kind = [row for row in rows if row["kind"] == kind]
    fired = [row for row in of_kind if row["fired"]]
    scores = [row["score"] for row in fired if row["score"] is not None]
    return {
        "part": part,
        "kind": kind,
        "truth": kind in TRUE | CLEAR,
        "of": len(of_kind),
        "fired": len(fired),
        "verdicts": dict(Counter(row["verdict"] for row in fired).most_common()),
        "group_words": statistics.median([row["group_words"] for row in fired]) if fired else None,
        "score": statistics.median(scores) if scores else None,
    }


TOLD = (
    "The weights are fitted on the tuning part; only the reporting part says how good they are. Alike: those whose "
    "stated likeness is whole or partial. Items copied whole (`whole`) count in neither. Bins have equal mass; their "
    "intervals come from drawing their targets again, and are too narrow where a bin has few true or few false ones. "
    "At 1 : 1,000 the false ones of 1 : 1 are weighed up, so no bin knows more than they do."
)


def _write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        "# Middling targets: what `score` is calibrated on",
        "",
        corpus.tell_run(result).replace(
            "One core: seconds are CPU seconds of one process, every thread pool at one.", ""
        ),
        "",
        (
            "True: text of the owner's was put in. False: what the page shares with the owner stands on both for "
            "another reason, or nothing is shared. Fired: at least one match of text; only these count below. Owners, "
            "hosts and passages are split by site: "
            + "; ".join(f"{part}: {', '.join(split['owners'])}" for part, split in result["split"].items())
            + "."
        ),
        "",
        "| part | kind | true | targets | fired | verdicts of these | median words of longest group | median score |",
        "|--|--|--|--:|--:|--|--:|--:|",
    ]
    lines += [
        f"| {row['part']} | {row['kind']} | {'yes' if row['truth'] else 'no'} | {row['of']} | {row['fired']} | "
        f"{', '.join(f'{name} {count}' for name, count in row['verdicts'].items())} | {row['group_words']} | "
        f"{'null' if row['score'] is None else format(row['score'], '.3f')} |"
        for row in result["kinds"]
    ]
    lines += ["", "## Which figure parts true from false (AUROC, ties half)", "", f"| part | {' | '.join(FIGURES)} |"]
    lines.append("|--|" + "--:|" * len(FIGURES))
    lines += [
        f"| {part} | {' | '.join('null' if value is None else f'{value:.3f}' for value in figures.values())} |"
        for part, figures in result["auroc"].items()
    ]
    lines += ["", "## Is the score true?", "", TOLD, ""]
    for part, diagrams in result["reliability"].items():
        for diagram in diagrams:
            lines += _write_diagram(part, diagram)
        if all(diagrams):
            lines += [f"![Said against true, {part}](middling-{part}.svg)", ""]
    return lines


def _write_diagram(part: str, diagram: dict[str, Any] | None) -> list[str]:
    if diagram is None:
        return [f"{part}: there is no score yet, or one truth alone.", ""]
    lines = [
        (
            f"{part}, one true for {diagram['rarity']:,} false, {diagram['count']} targets: "
            f"ECE {diagram['ece']:.4f}, Brier {diagram['brier']:.4f}"
        ),
        "",
        "| bin | targets | mass | said | true | 95 % |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {number} | {row['count']} | {row['mass']:.3f} | {row['said']:.4f} | {row['true']:.4f} | "
        f"{row['low']:.4f} to {row['high']:.4f} |"
        for number, row in enumerate(diagram["bins"], 1)
    ]
    return [*lines, ""]


def draw_svg(diagrams: Sequence[dict[str, Any]]) -> str:
    """Said (across) against true (up): one square for each base rate, a disc with its interval for each bin.

    Both axes of a square go from 0 to the same end, the first of 1, 0.1, 0.01 ... that leaves no disc out.
    """
    size, edge = 300, 40
    parts = []
    for number, diagram in enumerate(diagrams):
        left, bottom = edge + number * (size + 2 * edge), edge + size
        most = max(max(row["said"], row["true"]) for row in diagram["bins"])
        end = 10.0 ** math.ceil(math.log10(most)) if most else 1.0
        title = f"1 : {diagram['rarity']:,}, ECE {diagram['ece']:.4f}, n = {diagram['count']}"
        parts += [
            f'<rect x="{left}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#888"/>',
            f'<line x1="{left}" y1="{bottom}" x2="{left + size}" y2="{edge}" stroke="#bbb"/>',
            f'<text x="{left}" y="{edge - 10}">{title}</text>',
            f'<text x="{left}" y="{bottom + 20}">across: said, up: true; each from 0 to {end:g}</text>',
        ]
        for row in diagram["bins"]:
            x = left + size * row["said"] / end
            low, y, high = (bottom - size * min(1.0, row[name] / end) for name in ("low", "true", "high"))
            parts += [
                f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke="#000"/>',
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
            ]
    width, height = len(diagrams) * (size + 2 * edge), size + 2 * edge
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
    return f'{head} font-size="13">\n' + "\n".join(parts) + "\n</svg>\n"


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py middling", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--unit", type=int, default=UNIT, help="how many of each kind a unit is")
    parser.add_argument("--fit", action="store_true", help="print the weights of the score, fitted on the tuning part")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--cache", type=Path, default=sites.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
