"""From HTML to verdict against 100,000 protected pages, on one core; and how long it takes to protect them.

    python benchmarks/run.py pages
    python benchmarks/run.py pages --count 2000 --pages 100      # a quick look

The owner has the real pages of most sites of examples/sites.py, and pages made of their words up to the number
asked for. Targets weigh about 35 KB: half are real pages of sites that are not the owner's, a quarter are pages of the
owner's in another template, a quarter are real foreign pages with a part of one of the owner's put in; what is taken
of the owner's are pages of 600 words and more. The workspace is made once by the command line and kept under build;
--fresh makes it anew. A foreign page that is called a copy, and a copy that is not, is named.
"""

import argparse
import cProfile
import json
import pstats
import resource
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import corpus
from corpus import SEED, say
from text import FOUND, LISTS, ROOT, RUN_SHARED, WORDS_MIN, Bench, find_common_run, sites

from cloneward.clock import SystemClock
from cloneward.model.case import Verdict
from cloneward.sim import TEMPLATES, Block, Page, copyist, read_page, render
from cloneward.store.workspace import Workspace
from cloneward.workflows.check import Check
from cloneward.workflows.library import Library, open_store

# Whole families, so that neither a generator's furniture nor one project's words are on both sides.
FOREIGN = ("python", "django", "postgresql", "git", "erlang", "openjdk", "ant", "ant-api", "junit")
KB_NEAR = (29_000, 41_000)
EXCERPT_SHARE = (0.1, 0.3)
OWNER_TEMPLATE = "wiki"  # of the pages that are made
MADE_WORDS = (300, 1_200)
PARTS = 5  # folders of targets; no page stands in two, so none is met warm
WARM_UP = 40
ENROLLED = 10_000
LEAST_PER_S = 500.0
ENROL_MAX_S, AGAIN_MAX_S = 60.0, 3.0
SHOWN = 15
SHOWN_WORDS = 60
BASE = "https://owner.test/"


@dataclass(frozen=True)
class Web:
    """Where the owner's pages and the targets lie."""

    folder: Path
    cache: Path
    count: int
    pages: int

    @property
    def owner(self) -> Path:
        return self.folder / f"owner-{self.count}"

    @property
    def targets(self) -> list[Path]:
        return [self.folder / f"targets-{self.count}-{self.pages}" / str(part) for part in range(PARTS + 1)]

    def list_real(self, *, foreign: bool) -> list[Path]:
        names = [name for name, site in sites.SITES.items() if site.language == "en" and (name in FOREIGN) == foreign]
        folders = [self.cache / name / "html" for name in names]
        return [file for folder in folders if folder.is_dir() for file in sites.list_pages(folder)]

    def make_owner(self, mill: corpus.Mill) -> None:
        """The folder that is protected: links to real pages, then made ones."""
        if self.owner.with_suffix(".txt").is_file():
            return
        shutil.rmtree(self.owner, ignore_errors=True)
        real = self.choose_items()
        for file in real:
            place = self.owner / file.relative_to(self.cache)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(file) if _is_near(self.cache, self.folder) else shutil.copyfile(file, place)
        for number in range(self.count - len(real)):
            place = self.owner / "made" / f"{number // 1000:03}" / f"{number:06}.html"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(make_page(mill, Random(f"{SEED}/{number}")), encoding="utf-8")
        self.owner.with_suffix(".txt").write_text(f"{len(real)} real\n", encoding="utf-8")

    def choose_items(self) -> list[Path]:
        real = self.list_real(foreign=False)
        return real if len(real) <= self.count else sorted(Random(SEED).sample(real, self.count))

    def make_targets(self) -> None:
        """Pages of each kind in equal shares to each folder; the last folder is the warm-up's."""
        if all(folder.with_suffix(".json").is_file() for folder in self.targets):
            return
        rng = Random(f"{SEED}/targets")
        foreign = [file for file in self.list_real(foreign=True) if is_near_35_kb(file)]
        items = [file for file in self.choose_items() if is_near_35_kb(file) and not LISTS.search(file.as_posix())]
        rng.shuffle(foreign)
        rng.shuffle(items)
        say(f"{len(foreign)} foreign pages and {len(items)} items near 35 KB: taken in turn, for one kind and another")
        made = self._write_targets(cycle(foreign), _read_long(cycle(items)), rng)
        sizes = [self.pages // PARTS] * PARTS + [WARM_UP]
        for folder, size in zip(self.targets, sizes, strict=True):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            key = {}
            for number in range(size):
                kind, html, words, taken = next(made)
                name = f"{number:04}.html"
                (folder / name).write_bytes(html)
                key[name] = [kind, words, taken]
            folder.with_suffix(".json").write_text(json.dumps(key), encoding="utf-8")

    def _write_targets(
        self, foreign: Iterator[Path], items: Iterator[tuple[Page, int]], rng: Random
    ) -> Iterator[tuple[str, bytes, int, int]]:
        """Kind, page, its words, and those of the owner's among them."""
        while True:
            for kind in ("unrelated", "verbatim", "unrelated", "excerpt"):
                if kind == "verbatim":
                    page, size = next(items)
                    yield kind, clothe(page, size, rng).encode(), page.words, page.words
                    continue
                host = next(foreign).read_bytes()
                words = read_page(host).words
                if kind == "unrelated":
                    yield kind, host, words, 0
                    continue
                page, _ = next(items)
                part = copyist.take_part(page, round(page.words * rng.uniform(*EXCERPT_SHARE)), rng)
                taken = sum(block.words for block in part)
                yield kind, corpus.put_in(host, part, rng), words + taken, taken


def _read_long(files: Iterator[Path]) -> Iterator[tuple[Page, int]]:
    """The pages of so many words that a tenth of them is more than a quotation, and their bytes."""
    for file in files:
        page = read_page(file.read_bytes())
        if page.words >= WORDS_MIN:
            yield page, file.stat().st_size


def prepare(web: Web, build: Path) -> None:
    """The pages on disk: the owner's and the targets."""
    texts = [text for text in corpus.read_texts(web.cache, build) if text.site not in FOREIGN]
    web.make_owner(corpus.Mill.of(texts, Random(SEED)))
    web.make_targets()


def is_near_35_kb(file: Path) -> bool:
    low, high = KB_NEAR
    return low <= file.stat().st_size <= high


def make_page(mill: corpus.Mill, rng: Random) -> str:
    """A page of the owner's that was never anywhere."""
    text = mill.make(rng.randint(*MADE_WORDS), rng).split()
    blocks = []
    while text:
        size = rng.randint(20, 120)
        blocks.append(Block(" ".join(text[:size])))
        text = text[size:]
    return render(OWNER_TEMPLATE, " ".join(blocks[0].text.split()[:6]), blocks, rng)


def clothe(page: Page, size: int, rng: Random) -> str:
    """The page in a foreign template, as heavy as the source was: what is missing is inline style and script."""
    template = rng.choice(sorted(set(TEMPLATES) - {OWNER_TEMPLATE}))
    html = render(template, page.title, page.blocks, rng)
    rules, calls = [], []
    missing = size - len(html.encode())
    while missing > 0:
        name = f"c{rng.getrandbits(40):010x}"
        rules.append(f".{name}>.inner{{margin:{rng.randint(0, 40)}px auto;color:#{rng.getrandbits(24):06x}}}")
        calls.append(f"__q.push(['{name}',{rng.randint(0, 9999)},function(e){{return e.target.id}}]);")
        missing -= len(rules[-1]) + len(calls[-1]) + 2
    fill = f"<style>{chr(10).join(rules)}</style><script>{chr(10).join(calls)}</script>"
    at = html.lower().rfind("</body>")
    return f"{html[:at]}{fill}{html[at:]}" if at > 0 else html + fill


def _is_near(left: Path, right: Path) -> bool:
    return left.stat().st_dev == right.stat().st_dev


class Protected:
    """The owner's workspace, made by the command line, and how long that took."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.bench = Bench(web.folder, web.cache)
        self.workspace = web.folder / f"workspace-{web.count}"

    def enrol(self) -> dict[str, Any]:
        kept = self.workspace.with_suffix(".json")
        if not kept.is_file():
            told = self._add(self.workspace, self.web.owner)
            kept.write_text(json.dumps(told), encoding="utf-8")
        return dict(json.loads(kept.read_text(encoding="utf-8")))

    def enrol_some(self, count: int) -> dict[str, Any]:
        """So many of the owner's pages in a workspace of their own: once, and again unchanged."""
        folder, workspace = self.web.folder / f"some-{count}", self.web.folder / f"workspace-some-{count}"
        if not folder.is_dir():
            files = sorted(self.web.owner.rglob("*.html"))
            for file in Random(SEED).sample(files, min(count, len(files))):
                place = folder / file.relative_to(self.web.owner)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.hardlink_to(file)
        return {"first": self._add(workspace, folder), "again": self._add(workspace, folder, is_new=False)}

    def _add(self, workspace: Path, folder: Path, *, is_new: bool = True) -> dict[str, Any]:
        if is_new:
            shutil.rmtree(workspace, ignore_errors=True)
            self.bench.run("init", str(workspace), "--site", BASE)
        run = self.bench.run("protect", "add", str(folder), "--base", BASE, "--workspace", str(workspace))
        files = list(folder.rglob("*.html"))
        return {
            "pages": len(files),
            "bytes": sum(file.stat().st_size for file in files),
            "cpu_s": round(run.cpu_s, 1),
            "wall_s": round(run.wall_s, 1),
            "peak_mib": round(run.peak_bytes / 2**20),
        }


def measure_check(workspace: Path, folders: Sequence[Path]) -> dict[str, Any]:
    """CPU seconds of each folder, pages of each kind, and a profile of the last; the first is the warm-up."""
    opened = Workspace.find(workspace, workspace)
    with opened.reader(SystemClock()) as store:
        library = open_store(store, opened.settings, opened.index_folder)
        job = Check(library=library, clock=SystemClock(), each=True)
        *parts, warm_up = folders
        list(job.run(warm_up))
        rates, kinds, verdicts, wrong = [], {}, Counter(), []
        for folder in parts:
            key = json.loads(folder.with_suffix(".json").read_text(encoding="utf-8"))
            started = at = time.process_time()
            for checked in job.run(folder):
                name = Path(checked.verdict.target).name
                if name in key:
                    now = time.process_time()
                    kinds.setdefault(key[name][0], []).append(now - at)
                    verdicts[key[name][0], checked.verdict.verdict] += 1
                    if (checked.verdict.verdict in FOUND) == (key[name][0] == "unrelated"):
                        wrong.append((folder / name, key[name], checked.verdict))
                    at = now
            rates.append(len(key) / (time.process_time() - started))
        profile = profile_check(job, parts)
        told = [tell_wrong(file, known, verdict, library) for file, known, verdict in wrong]
    return {
        "pages_per_s": corpus.spread(rates),
        "ms_of_kind": {kind: corpus.spread([s * 1000 for s in times], 2) for kind, times in sorted(kinds.items())},
        "mean_ms_of_kind": {kind: round(statistics.mean(times) * 1000, 2) for kind, times in sorted(kinds.items())},
        "verdicts": {f"{kind}, {verdict}": count for (kind, verdict), count in sorted(verdicts.items())},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "profile": profile,
        "wrong": told,
        "run_shared": RUN_SHARED,
    }


def tell_wrong(file: Path, known: Sequence[Any], verdict: Verdict, library: Library) -> dict[str, Any]:
    """A foreign page that was called a copy, or a copy that was not, with the longest run that our own reader finds."""
    kind, _, taken = known
    told = {"target": f"{file.parent.name}/{file.name}", "kind": kind, "taken": taken, "verdict": verdict.verdict}
    if not verdict.matches:
        return told | {"item": "", "words_in_spans": 0, "run": 0, "text": ""}
    best = verdict.matches[0]
    ours = Page("", (Block(library.read_text(best.item)),))
    run = find_common_run(read_page(file.read_bytes()), ours)
    return told | {
        "item": (library.items[best.item].url or "").removeprefix(BASE),
        "words_in_spans": sum(span.words for span in best.spans),
        "run": len(run),
        "text": " ".join(run[:SHOWN_WORDS]),
    }


def profile_check(job: Check, folders: Sequence[Path]) -> list[dict[str, Any]]:
    """What the time goes into, by the function it is spent in; cProfile makes many small calls look dearer."""
    profiler = cProfile.Profile()
    profiler.enable()
    pages = sum(1 for folder in folders for _ in job.run(folder))
    profiler.disable()
    stats = pstats.Stats(profiler)
    whole: float = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])[:SHOWN]  # type: ignore[attr-defined]
    return [
        {
            "function": f"{_shorten(file)}:{line}({name})",
            "calls_per_page": round(calls / pages, 1),
            "own_share": round(own / whole, 3),
            "with_callees_share": round(total / whole, 3),
        }
        for (file, line, name), (_, calls, own, total, _) in rows
    ]


def _shorten(file: str) -> str:
    for mark in ("/src/", "/site-packages/", "/lib/python"):
        if mark in file:
            return file.rpartition(mark)[2]
    return file


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = corpus.describe_run("pages", arguments)
    web = Web(options.build / "pages", options.cache, options.count, options.pages)
    if options.fresh:
        shutil.rmtree(web.folder, ignore_errors=True)
    web.folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(1) as pool:  # whose memory is not taken for that of the programs that are measured
        pool.submit(prepare, web, options.build / "corpus").result()
    protected = Protected(web)
    some = None if options.skip_enrol else protected.enrol_some(min(ENROLLED, options.count))
    say(f"enrolled: {some}")
    whole = protected.enrol()
    say(f"enrolled: {whole}")
    keys = [json.loads(folder.with_suffix(".json").read_text(encoding="utf-8")) for folder in web.targets[:-1]]
    sizes = [(folder / name).stat().st_size for folder, key in zip(web.targets, keys, strict=False) for name in key]
    checked = measure_check(protected.workspace, web.targets)
    rate = checked["pages_per_s"]["median"]
    result = {
        **run,
        "targets": {
            "pages": len(sizes),
            "mean_kb": round(statistics.mean(sizes) / 1000, 1),
            "mean_words": round(statistics.mean(words for key in keys for _, words, _ in key.values())),
        },
        "protected": whole,
        "enrol": some,
        **checked,
        "gate": {"must": LEAST_PER_S, "held": rate >= LEAST_PER_S},
    }
    corpus.write_results(options.results, "pages", result, _write_report(result))
    say(f"{'ok  ' if result['gate']['held'] else 'FAIL'} {rate} pages/s, must be {LEAST_PER_S}")
    return 0 if result["gate"]["held"] else 1


def _write_report(result: dict[str, Any]) -> list[str]:
    targets, rate, whole = result["targets"], result["pages_per_s"], result["protected"]
    kinds = Counter()
    for name, count in result["verdicts"].items():
        kinds[name.partition(",")[0]] += count
    copies = kinds["verbatim"] + kinds["excerpt"]
    alarms = [row for row in result["wrong"] if row["kind"] == "unrelated"]
    shared = sum(row["run"] >= result["run_shared"] for row in alarms)
    lines = [
        "# Pages: from HTML to verdict",
        "",
        corpus.tell_run(result),
        "",
        (
            f"{targets['pages']:,} targets of {targets['mean_kb']} KB and {targets['mean_words']:,} words on average, "
            f"each judged alone against {whole['pages']:,} protected pages ({whole['bytes'] / 1e6:,.0f} MB of HTML): "
            "half real pages of sites that are not the owner's, a quarter pages of the owner's in another template "
            "(weighed down to the size of their source by inline style and script), a quarter real foreign pages with "
            "10 to 30 % of one of the owner's put in. No target is met twice."
        ),
        "",
        "| figure | median | least | greatest | must be | held |",
        "|--|--:|--:|--:|--:|--|",
        (
            f"| pages/s, of {PARTS} folders | {rate['median']} | {rate['min']} | {rate['max']} | "
            f">= {result['gate']['must']:.0f} | {'yes' if result['gate']['held'] else '**no**'} |"
        ),
    ]
    lines += [
        f"| ms, {kind}, mean {result['mean_ms_of_kind'][kind]} | {ms['median']} | {ms['min']} | {ms['max']} | | |"
        for kind, ms in result["ms_of_kind"].items()
    ]
    lines += [
        "",
        f"Greatest memory {result['peak_mib']:,} MiB. Verdicts: "
        + "; ".join(f"{name}: {count}" for name, count in result["verdicts"].items())
        + ".",
        "",
        "## Judged wrongly",
        "",
        (
            f"Of {kinds['unrelated']} foreign pages {len(alarms)} were called copies; on {shared} of these our own "
            f"reader finds a run of {result['run_shared']} words and more that truly stands on the item too. "
            f"Of {copies} copies {len(result['wrong']) - len(alarms)} were not called so."
        ),
        "",
        *([tell_line(row) for row in result["wrong"]] or ["None."]),
        "",
        "## Where the time goes",
        "",
        "By cProfile, which makes many small calls look dearer; the pages are those of above, met a second time.",
        "",
        "| function | calls a page | own share | with what it calls |",
        "|--|--:|--:|--:|",
    ]
    lines += [
        f"| `{row['function']}` | {row['calls_per_page']} | {row['own_share']:.1%} | {row['with_callees_share']:.1%} |"
        for row in result["profile"]
    ]
    lines += ["", "## Protecting (tracked)", "", "| what | pages | MB | CPU s | clock s | aim, clock s | MiB |"]
    lines.append("|--|--:|--:|--:|--:|--:|--:|")
    some = result["enrol"]
    rows = [("first", some["first"], ENROL_MAX_S), ("again, unchanged", some["again"], AGAIN_MAX_S)] if some else []
    for what, row, most in (*rows, ("all", whole, "")):
        lines.append(
            f"| {what} | {row['pages']:,} | {row['bytes'] / 1e6:,.0f} | {row['cpu_s']} | {row['wall_s']} | "
            f"{most} | {row['peak_mib']:,} |"
        )
    return lines


def tell_line(row: dict[str, Any]) -> str:
    """A target that was judged wrongly, as a line of the report."""
    text = row["text"].replace("`", "'").replace("|", "\\|")
    best = (
        f"; best `{row['item']}`, {row['words_in_spans']} words in spans, longest run {row['run']}: \u201c{text}\u201d"
    )
    return (
        f"- `{row['target']}`, {row['kind']}, {row['taken']} words taken: {row['verdict']}{best if row['item'] else ''}"
    )


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py pages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="protected pages")
    parser.add_argument("--pages", type=int, default=1_000, help="targets")
    parser.add_argument("--fresh", action="store_true", help="make web and workspace anew")
    parser.add_argument("--skip-enrol", action="store_true", help=f"do not time the enrolment of {ENROLLED:,} pages")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--cache", type=Path, default=sites.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))
