"""How well the text detector finds copies, and how often it cries wolf, on real documentation sites.

    python benchmarks/run.py text              # one owner, two foreign sites: minutes
    python benchmarks/run.py text --sites      # every site once the owner
    python benchmarks/run.py text --all        # pages of every foreign site

Written without reading the detector: copies are made by `cloneward.sim` and judged by the command line alone.
A copy counts as found only if its own item is among the matches and the verdict is copy or partial_copy.
"""

import argparse
import hashlib
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

import report

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "examples"))

import sites  # noqa: E402 - it lies in examples/

from cloneward.sim import TEMPLATES, Block, Page, copyist, read_page, render  # noqa: E402

SEED = 20261124
WORDS_MIN = 600  # of a page that is copied
WORDS_MAX = 20_000  # a change log of a book's length would take as long as all others
WORDS_FOREIGN = 50  # of a page that may raise a false alarm: less is no text
HOST_WORDS = (300, 3000)  # of a page that an excerpt is put into
SUSPECTS = 300  # of one edit, for the first owner
SUSPECTS_OF_EACH = 40  # of one edit, for each owner of --sites
FOREIGN_OF_EACH = 400  # pages of one foreign site with --all
FOUND = frozenset(("copy", "partial_copy"))
RUN_SHARED = 25  # words in a row on both pages, by our own reader: the alarm rests on text that is truly there
HELP_RUNS = 9

# By site, never by page. The detector's thresholds may be set on the first; the second are only reported.
TUNING = ("python", "postgresql", "apache", "handbook", "gimp", "flask", "werkzeug")
REPORTING = tuple(name for name, site in sites.SITES.items() if name not in TUNING and site.language == "en")
OWNERS = ("python", "erlang")  # the first owner of each part
HOSTS = ("gimp", "libreoffice", "postfix")  # whose pages take excerpts in
FOREIGN = ("django", "git")  # against the first owners

# What each figure must reach. The best peer (winnowing) finds all of these at 1 % false alarms.
RECALL_MIN = {
    "verbatim": 0.99,
    "shuffled": 0.99,
    "changed_15": 0.99,
    "disguised": 0.99,
    "excerpt_50": 0.99,
    "excerpt_20": 0.99,
    "excerpt_10": 0.99,
    "excerpt_10_changed_15": 0.95,
    "short_titled": 0.95,
}
TITLED = "short_titled"  # so short that it might be a quotation, below its own title; nobody is named, nothing linked
TITLED_WORDS = 90
QUOTED = "quotation"  # at most 100 words and a fifth of the page, with name and link: must not be called a copy
LEAST = {**RECALL_MIN, QUOTED: 0.98}
FALSE_ALARMS_MAX = 0.01  # shared licences, quotations and true copies among them
UNFOUNDED_MAX = 0.001  # alarms where our own reader finds no shared run

# Lists of names that repeat what stands elsewhere on the same site: nobody's page.
LISTS = re.compile(
    r"(^|/)(genindex|index-all|index-files|.*modindex|search|allclasses|allpackages|overview-tree|package-tree"
    r"|constant-values|deprecated-list|serialized-form|contents|bookindex|keyword[23]?|toc|sitemap"
    r"|hierarchy|inherits|functions|globals|annotated|classes|namespacemembers)[\w.-]*\.html$"
)


@dataclass
class Suspect:
    """A copy on disk and the item it was made of: `item` is a path within the owner's site."""

    file: str
    item: str
    words: int  # of the owner, on the page
    template: str


@dataclass
class Run:
    """One run of the program: its lines, its time and its greatest resident memory."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    errors: str = ""


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    bench = Bench(options.build, options.cache)
    started = time.monotonic()
    owners = list(dict.fromkeys((*OWNERS, *(TUNING + REPORTING if options.sites else ()))))
    if options.owners:
        owners = options.owners
    recall = []
    for owner in owners:
        count = options.count or (SUSPECTS if owner in OWNERS else SUSPECTS_OF_EACH)
        recall += bench.measure_recall(owner, count, options.edits)
        _say(f"{time.monotonic() - started:7.1f} s  recall of {owner} measured")
    alarms = []
    foreign = TUNING + REPORTING if options.all else options.foreign
    for owner in OWNERS if not options.owners else options.owners:
        alarms += bench.measure_alarms(owner, foreign, FOREIGN_OF_EACH if options.all else None)
        _say(f"{time.monotonic() - started:7.1f} s  false alarms against {owner} measured")
    result = {
        "command": " ".join(["python", "benchmarks/run.py", "text", *arguments]),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "took_s": round(time.monotonic() - started, 1),
        "seed": SEED,
        "machine": describe_machine(),
        "versions": bench.list_versions(),
        "split": {"tuning": TUNING, "reporting": REPORTING},
        "recall": recall,
        "false_alarms": alarms,
        "run_shared": RUN_SHARED,
        "speed": {**bench.summarise_speed(), "help_runs": HELP_RUNS, "help_median_s": measure_help()},
    }
    result["gates"] = judge_gates(recall, alarms)
    options.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    (options.results / "text.json").write_text(text, encoding="utf-8")
    (options.results / "text.md").write_text(report.write_report(result), encoding="utf-8")
    for gate in result["gates"]:
        _say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']:.4f}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in result["gates"]) else 1


class Bench:
    """The sites, the owner's workspaces and the runs so far."""

    def __init__(self, build: Path, cache: Path) -> None:
        self.build = build
        self.cache = cache
        self.speed: list[dict[str, Any]] = []
        self._seen: dict[str, dict[str, Page]] = {}

    def measure_recall(self, owner: str, count: int, edits: Sequence[str]) -> list[dict[str, Any]]:
        """One row for each edit: judged rightly of how many, and every copy that was not."""
        ids, _ = self.protect(owner)
        rows = []
        for edit in edits:
            folder, suspects = self.make_suspects(owner, edit, count)
            run = self.check(owner, folder)
            by_file = {Path(line["target"]).name: line for line in run.lines}
            twins = self.find_twins(owner)
            missed, verdicts = [], Counter()
            for suspect in suspects:
                line = by_file.get(suspect.file)
                right = {ids.get(twin) for twin in twins[suspect.item]}
                got = {match["item"] for match in line["matches"]} if line else set()
                verdicts[line["verdict"] if line else "no line"] += 1
                if edit == QUOTED:
                    is_right = line is not None and line["verdict"] in {"benign", "unrelated"}
                else:
                    is_right = line is not None and line["verdict"] in FOUND and bool(right & got)
                if not is_right:
                    missed.append({**asdict(suspect), **_tell_miss(line, bool(right & got))})
            found = len(suspects) - len(missed)
            low, high = bound_share(found, len(suspects))
            rows.append(
                {
                    "owner": owner,
                    "part": "tuning" if owner in TUNING else "reporting",
                    "edit": edit,
                    "found": found,
                    "of": len(suspects),
                    "recall": found / len(suspects) if suspects else None,
                    "low": low,
                    "high": high,
                    "verdicts": dict(verdicts),
                    "missed": missed,
                }
            )
        return rows

    def measure_alarms(self, owner: str, foreign: Iterable[str], most: int | None) -> list[dict[str, Any]]:
        """One row for each foreign site: alarms of how many pages, and each with its text."""
        _, urls = self.protect(owner)
        rows = []
        for name in foreign:
            kin = sites.SITES[name].kin
            if name == owner or (kin and kin == sites.SITES[owner].kin):
                continue
            pages = {path: page for path, page in self.read_site(name).items() if page.words >= WORDS_FOREIGN}
            chosen = sorted(pages)
            if most is not None and len(chosen) > most:
                chosen = sorted(Random(f"{SEED}/{name}").sample(chosen, most))
            folder = self.link_pages(name, chosen, f"foreign-{most or 'whole'}")
            run = self.check(owner, folder)
            alarms = []
            for line in run.lines:
                if line["verdict"] in FOUND:
                    path = str(Path(line["target"]).resolve().relative_to(folder.resolve()))
                    alarms.append(self.tell_alarm(owner, urls, path, pages[path], line))
            low, high = bound_share(len(alarms), len(run.lines))
            rows.append(
                {
                    "owner": owner,
                    "site": name,
                    "part": "tuning" if name in TUNING else "reporting",
                    "alarms": len(alarms),
                    "of": len(run.lines),
                    "asked": len(chosen),
                    "share": len(alarms) / len(run.lines) if run.lines else None,
                    "low": low,
                    "high": high,
                    "identical": sum(alarm["is_identical"] for alarm in alarms),
                    "shared": sum(alarm["is_shared"] for alarm in alarms),
                    "pages": alarms,
                }
            )
        return rows

    def tell_alarm(
        self, owner: str, urls: dict[str, str], path: str, page: Page, line: dict[str, Any]
    ) -> dict[str, Any]:
        """What a person needs to judge an alarm: page, item, and the text our own reader finds in both."""
        items = self.read_site(owner)
        told = []
        by_words = sorted(line["matches"], key=_count_words, reverse=True)
        for match in by_words[:3]:
            item = urls.get(match["item"], "")
            run = find_common_run(page, items[item]) if item in items else []
            told.append(
                {
                    "item": item,
                    "words_in_spans": _count_words(match),
                    "longest_common_run": len(run),
                    "text": " ".join(run[:120]),
                }
            )
        norm = {_normalise(items[entry["item"]]) for entry in told if entry["item"] in items}
        return {
            "page": path,
            "words": page.words,
            "verdict": line["verdict"],
            "share_of_target": line["share_of_target"],
            "share_of_item_max": line["share_of_item_max"],
            "is_identical": _normalise(page) in norm,
            "is_shared": any(entry["longest_common_run"] >= RUN_SHARED for entry in told),
            "matches": told,
        }

    def protect(self, owner: str) -> tuple[dict[str, str], dict[str, str]]:
        """The workspace of an owner with all of its pages: path → item id, and item id → path."""
        workspace = self.build / "workspaces" / owner
        base = f"https://{owner}.test/"
        if not (workspace / "cloneward.toml").is_file():
            html = sites.fetch_site(owner, self.cache)
            self.run("init", str(workspace), "--site", base)
            run = self.run("protect", "add", str(html), "--base", base, "--workspace", str(workspace))
            self.note_speed("protect", owner, sum(1 for _ in sites.list_pages(html)), run)
        listed = self.run("protect", "list", "--json", "--workspace", str(workspace)).lines
        known = [line for line in listed if line.get("url")]
        paths = {_spell(place, base): line["id"] for line in known for place in (line["url"], *line["addresses"])}
        return paths, {line["id"]: _spell(line["url"], base) for line in known}

    def make_suspects(self, owner: str, edit: str, count: int) -> tuple[Path, list[Suspect]]:
        """A folder of copies of one owner's pages by one edit, made once and kept."""
        folder = self.build / "suspects" / owner / f"{edit}-{count}"
        key = folder.with_suffix(".jsonl")
        if not key.is_file():
            pages = {
                path: page
                for path, page in self.read_site(owner).items()
                if WORDS_MIN <= page.words <= WORDS_MAX and not LISTS.search(path)
            }
            chosen = sorted(pages)
            if len(chosen) > count:
                chosen = sorted(Random(f"{SEED}/{owner}").sample(chosen, count))
            hosts = self.list_hosts(owner)
            folder.mkdir(parents=True, exist_ok=True)
            lines = []
            for number, path in enumerate(chosen):
                rng = Random(f"{SEED}/{owner}/{edit}/{path}")
                page, words = edit_page(edit, pages[path], rng.choice(hosts), rng, f"https://{owner}.test/{path}")
                template = rng.choice(sorted(TEMPLATES))
                file = f"{number:04}.html"
                html = render(template, page.title, page.blocks, rng)
                (folder / file).write_text(html, encoding="utf-8")
                lines.append(json.dumps(asdict(Suspect(file, path, words, template))))
            key.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        lines = key.read_text(encoding="utf-8").splitlines()
        return folder, [Suspect(**json.loads(line)) for line in lines]

    def list_hosts(self, owner: str) -> list[Page]:
        """Pages of other sites, long enough to take an excerpt in."""
        low, high = HOST_WORDS
        return [
            page
            for name in HOSTS
            if name != owner
            for path, page in sorted(self.read_site(name).items())
            if low <= page.words <= high and not LISTS.search(path)
        ]

    def find_twins(self, owner: str) -> dict[str, set[str]]:
        """For each path the paths whose pages have the very same text: any of them is the right item."""
        groups: dict[str, set[str]] = {}
        pages = self.read_site(owner)
        for path, page in pages.items():
            groups.setdefault(_normalise(page), set()).add(path)
        return {path: groups[_normalise(page)] for path, page in pages.items()}

    def read_site(self, name: str) -> dict[str, Page]:
        """Every page of a site as our own reader sees it, by its path."""
        if name not in self._seen:
            html = sites.fetch_site(name, self.cache)
            files = list(sites.list_pages(html))
            with ProcessPoolExecutor() as pool:
                pages = pool.map(_read_file, files, chunksize=32)
                self._seen[name] = {
                    file.relative_to(html).as_posix(): page for file, page in zip(files, pages, strict=True)
                }
        return self._seen[name]

    def link_pages(self, name: str, paths: Sequence[str], label: str) -> Path:
        """A folder with just these pages of a site."""
        html = sites.fetch_site(name, self.cache)
        folder = self.build / label / name
        for path in paths:
            target = folder / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((html / path).read_bytes())
        return folder

    def check(self, owner: str, folder: Path) -> Run:
        """Every page of a folder judged alone against an owner's workspace, in one process."""
        workspace = self.build / "workspaces" / owner
        run = self.run("check", str(folder), "--each", "--json", "--workspace", str(workspace))
        self.note_speed("check", f"{folder.name} against {owner}", len(run.lines), run)
        return run

    def note_speed(self, verb: str, what: str, pages: int, run: Run) -> None:
        """Keeps the time and memory of a run for the report."""
        self.speed.append(
            {
                "verb": verb,
                "what": what,
                "pages": pages,
                "wall_s": round(run.wall_s, 2),
                "cpu_s": round(run.cpu_s, 2),
                "took_s": round(sum(line.get("took_s") or 0 for line in run.lines), 2),  # as the lines tell
                "pages_per_s": round(pages / run.wall_s, 1),
                "peak_mib": round(run.peak_bytes / 2**20),
            }
        )

    def run(self, *arguments: str) -> Run:
        """One call of the program, as a user makes it; stops the benchmark if it breaks."""
        output = self.build / "last.jsonl"
        errors = self.build / "last.err"
        self.build.mkdir(parents=True, exist_ok=True)
        home = self.build / "home"
        home.mkdir(exist_ok=True)
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-m", "cloneward", *arguments]
        started = time.perf_counter()
        with output.open("wb") as out, errors.open("wb") as err:
            child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        told = errors.read_text(encoding="utf-8", errors="replace")
        if child.returncode:
            shown = " ".join(["cloneward", *arguments])
            raise SystemExit(f"{shown}\nexit {child.returncode}\n{told[-3000:]}")
        lines = list(_read_lines(output)) if "--json" in arguments else []
        return Run(lines, wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, told)

    def list_versions(self) -> dict[str, Any]:
        """The program's and every site's version."""
        shown = subprocess.run(
            [sys.executable, "-m", "cloneward", "--version"], capture_output=True, text=True, check=False
        )
        used = sorted(self._seen)
        return {
            "cloneward": shown.stdout.strip(),
            "commit": _read_commit(),
            "python": platform.python_version(),
            "sites": {name: sites.read_version(name, self.cache) for name in used},
        }

    def summarise_speed(self) -> dict[str, Any]:
        """Pages a second over all runs of `check`, the greatest memory, and each run."""
        checks = [row for row in self.speed if row["verb"] == "check"]
        wall_s, took_s = sum(row["wall_s"] for row in checks), sum(row["took_s"] for row in checks)
        return {
            "check_pages": sum(row["pages"] for row in checks),
            "check_pages_per_s": round(sum(row["pages"] for row in checks) / wall_s, 1) if wall_s else None,
            "pages_per_s_without_start": round(sum(row["pages"] for row in checks) / took_s, 1) if took_s else None,
            "peak_mib": max((row["peak_mib"] for row in self.speed), default=None),
            "runs": self.speed,
        }


def edit_page(edit: str, page: Page, host: Page, rng: Random, url: str) -> tuple[Page, int]:
    """A copyist's page, and how many of the owner's words were taken for it; `url` is the owner's page."""
    if edit == QUOTED:
        quoting = copyist.quote_page(page, host, url, f"the authors of {url.split('/')[2]}", rng)
        return quoting, quoting.words - host.words
    whole = {
        "verbatim": copyist.copy_verbatim,
        "shuffled": partial(copyist.shuffle_blocks, rng=rng),
        "changed_15": partial(copyist.change_words, share=0.15, rng=rng),
        "disguised": partial(copyist.disguise, rng=rng),
    }
    if edit in whole:
        return whole[edit](page), page.words
    if edit == TITLED:
        heading = next((block for block in page.blocks if block.kind == "heading"), Block(page.title, "heading"))
        taken = Page(page.title, (heading, *copyist.take_part(page, TITLED_WORDS, rng)))
        return copyist.copy_excerpt(taken, host, 1, rng), taken.words
    share = int(edit.split("_")[1]) / 100
    words = round(page.words * share)
    taken = Page(page.title, copyist.take_part(page, words, rng))
    if edit.endswith("changed_15"):
        taken = copyist.change_words(taken, 0.15, rng)
    return copyist.copy_excerpt(taken, host, 1, rng), words


def bound_share(found: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    share, square = found / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / total + square / (4 * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def find_common_run(left: Page, right: Page, least: int = 5) -> list[str]:
    """The longest run of words that stands on both pages, case and punctuation aside."""
    mine, theirs = _list_words(left), _list_words(right)
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(theirs) - least + 1):
        places.setdefault(tuple(theirs[at : at + least]), []).append(at)
    best: list[str] = []
    for at in range(len(mine) - least + 1):
        for other in places.get(tuple(mine[at : at + least]), [])[:50]:
            if at and other and mine[at - 1] == theirs[other - 1]:
                continue  # the run began earlier and was measured there
            length = least
            while (
                at + length < len(mine) and other + length < len(theirs) and mine[at + length] == theirs[other + length]
            ):
                length += 1
            if length > len(best):
                best = mine[at : at + length]
    return best


def judge_gates(recall: list[dict[str, Any]], alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each figure that must hold, by part: pooled over the owners, so that no site outweighs its pages."""
    gates = []
    for part in ("tuning", "reporting"):
        for edit, least in LEAST.items():
            rows = [row for row in recall if row["part"] == part and row["edit"] == edit]
            found, total = sum(row["found"] for row in rows), sum(row["of"] for row in rows)
            if total:
                name = f"quotations not called copies, {part}" if edit == QUOTED else f"recall, {edit}, {part}"
                gates.append(_state_gate(name, found, total, f">= {least}", found / total >= least))
    pages, total = sum(row["alarms"] for row in alarms), sum(row["of"] for row in alarms)
    if total:
        held = pages / total <= FALSE_ALARMS_MAX
        gates.append(_state_gate("false alarms, all", pages, total, f"<= {FALSE_ALARMS_MAX}", held))
        pages -= sum(row["shared"] for row in alarms)
        held = pages / total <= UNFOUNDED_MAX
        gates.append(_state_gate("false alarms, no shared run", pages, total, f"<= {UNFOUNDED_MAX}", held))
    return gates


def _state_gate(name: str, count: int, total: int, must: str, held: bool) -> dict[str, Any]:  # noqa: FBT001
    low, high = bound_share(count, total)
    return {
        "name": name,
        "count": count,
        "of": total,
        "value": count / total,
        "low": low,
        "high": high,
        "must": must,
        "held": held,
    }


def measure_help() -> float:
    """Seconds until `cloneward --help` is answered: the median of nine."""
    command = [sys.executable, "-m", "cloneward", "--help"]
    script = Path(sys.executable).parent / "cloneward"
    if script.is_file():
        command = [str(script), "--help"]
    times = []
    for _ in range(HELP_RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return round(statistics.median(times), 3)


def describe_machine() -> dict[str, Any]:
    """What the figures of speed hang on."""
    cpu = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*:\s*(.+)", cpu.read_text(encoding="utf-8")) if cpu.is_file() else []
    return {
        "system": platform.system(),
        "processor": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
    }


def _spell(place: str, base: str) -> str:
    """The path of a page below the owner's address: an address has %20 where the name of the file has a space."""
    return unquote(place.removeprefix(base))


def _tell_miss(line: dict[str, Any] | None, is_matched: bool) -> dict[str, Any]:  # noqa: FBT001
    if line is None:
        return {"why": "no line"}
    spans = sum(map(_count_words, line["matches"]))
    why = "its item is matched" if is_matched else "its item is not matched"
    return {"why": f"{line['verdict']}, {why}, {len(line['matches'])} matches, {spans} words in spans"}


def _count_words(match: dict[str, Any]) -> int:
    return sum(span["words"] for span in match["spans"])


def _read_file(path: Path) -> Page:
    return read_page(path.read_bytes())


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _list_words(page: Page) -> list[str]:
    return re.findall(r"\w+", page.text.lower())


def _normalise(page: Page) -> str:
    return hashlib.sha256(" ".join(_list_words(page)).encode()).hexdigest()


def _read_commit() -> str:
    shown = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or "unknown"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py text", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sites", action="store_true", help="recall with every site as the owner")
    parser.add_argument("--all", action="store_true", help="false alarms on pages of every other site")
    parser.add_argument("--foreign", nargs="*", metavar="SITE", default=FOREIGN, help="only these other sites")
    parser.add_argument("--owners", nargs="+", metavar="SITE", choices=[*TUNING, *REPORTING], help="only these owners")
    parser.add_argument("--edits", nargs="+", choices=list(LEAST), default=list(LEAST), help="only these edits")
    parser.add_argument("--count", type=int, help="copies of each edit and owner")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench" / "text")
    parser.add_argument("--cache", type=Path, default=sites.find_cache())
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
