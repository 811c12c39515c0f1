"""Whether profiles that viewer sites show in their own clothes are traced to the right record and version.

    python benchmarks/run.py people                              # 100,000 records, 10,000 pages of profiles and others
    python benchmarks/run.py people --make DIR --count 500       # only write the records, the pages and the truth
    python benchmarks/run.py people --records 5000 --count 500   # a quick look

Written without reading the matcher; profiles are judged by the command line alone. What is made:

- `records.jsonl`: the owner's people, with their histories (people_records.py). Half share a name with another.
- `profiles/`: a version of someone, chosen at random, in one of ten templates and ten languages, with other people's
  handles and names around it, of which half are the owner's too. `versions/`: the same, whole, where at least three of
  the things shown differ from every other version.
- `bios/`: a foreign page with nothing but someone's bio on it, of 40 characters or more, that nobody else has.
- `namesakes/`, `platforms/`, `searches/`, `handles/`: nobody of the owner's is shown, but names or handles of theirs.
- No stranger has a bio of 40 characters or more that one of the owner's people has or had, word for word: such a page
  would show theirs. The stock of words is small: before this was seen to, one stranger in thirty had one.
- `truth.jsonl`: for each page the record, the version that was in force, and at what time it was taken.

A page counts as right if its record is among the matches of kind record, as wrong if any other one is. The version is
right if the time at which the page was taken lies within it, give or take an hour.
"""

import argparse
import json
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from corpus import SEED, describe_run, say, tell_run, write_results
from people_pages import TEMPLATES, WHOLE, Habit, Other, Scene, draw_bio, draw_handles, draw_search, take_view
from people_records import NOW, Population, read_time, write_time
from people_words import Words, read_languages
from text import ROOT, Bench, bound_share

RECORDS = 100_000
SHOWN = 15_000  # of the records, at random, are held in memory for pages
COUNT = 10_000  # pages of profiles; a wrong one in 10,000 can be seen, not yet proven
SHARES = {"versions": 0.1, "bios": 0.1, "namesakes": 0.2, "platforms": 0.1, "searches": 0.05, "handles": 0.02}
BIO_MIN = 40  # characters
CHANGED_MIN = 3
SLACK = timedelta(hours=1)
RIGHT_MIN, WRONG_MAX, BIO_RIGHT_MIN = 0.99, 1e-4, 0.90
NAMESAKES_MIN = 0.05
VERSION_MIN = 0.99  # the issue names no figure for the version; as for the record
TRIES = 200
SITE_HEADS = ("insta", "pic", "story", "pro", "gram", "social")
SITE_TAILS = ("view", "peek", "saver", "lens", "find")
HELD = {True: "yes", False: "**no**"}


@dataclass(frozen=True)
class Truth:
    """What is true of a page: whom it shows, in which version, and how many things tell that version from others."""

    page: str
    kind: str
    template: str = ""
    language: str = ""
    record: str | None = None
    version: Mapping[str, str | None] | None = None
    at: str | None = None
    changed: int = 0


@dataclass(frozen=True)
class Answer:
    """A match of kind record: the item and the version that was named."""

    item: str
    version: Any


class Maker:
    """Makes the records and all pages below a folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.languages = read_languages()
        self.population = Population(seed)
        self.people: list[dict[str, Any]] = []  # of whom pages are made
        self.everyone: list[dict[str, str]] = []  # what lists of others show
        self.bios: Counter[str] = Counter()
        self.said: set[str] = set()  # the same, by their letters and digits alone
        self.names: Counter[str] = Counter()

    def make(self, records: int, count: int) -> list[Truth]:
        """Write everything; the truth of every page."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._write_records(records)
        counts = {"profiles": count} | {kind: max(1, round(count * share)) for kind, share in SHARES.items()}
        truths = []
        for kind, number in counts.items():
            (self.folder / kind).mkdir()
            truths += [self._write_page(kind, page, Random(f"{self.seed}/{kind}/{page}")) for page in range(number)]
        with (self.folder / "truth.jsonl").open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(asdict(truth), ensure_ascii=False) + "\n" for truth in truths)
        return truths

    @property
    def namesakes(self) -> float:
        """The share of people whose name another has too."""
        return sum(count for count in self.names.values() if count > 1) / max(1, self.names.total())

    def _write_records(self, records: int) -> None:
        chosen = set(Random(f"{self.seed}/shown").sample(range(records), min(records, SHOWN)))
        with (self.folder / "records.jsonl").open("w", encoding="utf-8") as lines:
            for number, item in enumerate(self.population.make(records)):
                lines.write(json.dumps(item, ensure_ascii=False) + "\n")
                if number in chosen:
                    self.people.append(item)
                fields = item["fields"]
                told = {key: str(fields.get(key, "")) for key in ("handle", "name", "location")}
                self.everyone.append({"id": item["id"], **told})
                bios = {version["fields"].get("bio", "") for version in item["versions"]}
                self.bios.update(bios)
                self.said.update(map(spell_plain, bios))
                self.names[item["fields"]["name"]] += 1

    def _write_page(self, kind: str, number: int, rng: Random) -> Truth:
        page = f"{kind}/{number:06}.html"
        makers: dict[str, Callable[[str, Random], tuple[str, Truth]]] = {
            "profiles": self._draw_profile,
            "versions": self._draw_version,
            "bios": self._draw_bio,
            "namesakes": self._draw_namesake,
            "platforms": self._draw_platform,
            "searches": self._draw_search,
            "handles": self._draw_handles,
        }
        html, truth = makers[kind](page, rng)
        (self.folder / page).write_text(html, encoding="utf-8")
        return truth

    def _draw_profile(self, page: str, rng: Random) -> tuple[str, Truth]:
        return self._draw_shown(page, "profiles", rng.choice(self.people), rng.choice(list(TEMPLATES)), rng)

    def _draw_version(self, page: str, rng: Random) -> tuple[str, Truth]:
        """The first of many tries in which enough differs from every other version."""
        for _ in range(TRIES):
            html, truth = self._draw_shown(page, "versions", rng.choice(self.people), rng.choice(WHOLE), rng)
            if truth.changed >= CHANGED_MIN:
                return html, truth
        raise SystemExit(f"no version in {TRIES} differs by {CHANGED_MIN} things\nhint: more --records")

    def _draw_shown(
        self, page: str, kind: str, item: Mapping[str, Any], template: str, rng: Random
    ) -> tuple[str, Truth]:
        versions = item["versions"]
        version = rng.choice(versions)
        since, until = read_time(version["from"]), read_time(version["to"] or write_time(NOW))
        moment = since + (until - since) * rng.random()
        words, habit, scene = self._dress(item, rng)
        views = {other["from"]: take_view(other["fields"], words, habit, moment, page) for other in versions}
        view = views.pop(version["from"])
        changed = min((view.count_changes(other) for other in views.values()), default=0)
        truth = Truth(
            page=page,
            kind=kind,
            template=template,
            language=words.language,
            record=item["id"],
            version={"from": version["from"], "to": version["to"]},
            at=write_time(moment),
            changed=changed if template in WHOLE else 0,
        )
        return TEMPLATES[template](view, scene), truth

    def _draw_bio(self, page: str, rng: Random) -> tuple[str, Truth]:
        while True:
            item = rng.choice(self.people)
            version = rng.choice(item["versions"])
            bio = version["fields"].get("bio", "")
            if len(bio) >= BIO_MIN and self.bios[bio] == 1:
                break
        _, _, scene = self._dress(None, rng)
        others = [str(self._make_stranger(rng).get("bio", "")) for _ in range(rng.randint(2, 6))]
        html = draw_bio(bio, [other for other in others if other], scene)
        # Whoever still has the bio in another version had it then too; only the record is asked for.
        return html, Truth(page=page, kind="bios", language=scene.words.language, record=item["id"])

    def _draw_namesake(self, page: str, rng: Random) -> tuple[str, Truth]:
        """Someone who is not of the owner's people and has the name of one who is."""
        fields = self._make_stranger(rng, rng.choice(self.everyone))
        return self._draw_stranger(page, "namesakes", fields, rng)

    def _draw_platform(self, page: str, rng: Random) -> tuple[str, Truth]:
        """Someone else who has the handle of one of the owner's on another platform."""
        fields = self._make_stranger(rng)
        fields["handle"] = rng.choice(self.everyone)["handle"]
        return self._draw_stranger(page, "platforms", fields, rng)

    def _make_stranger(self, rng: Random, like: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Someone who is not of the owner's people and says nothing long of themselves that one of those says."""
        for _ in range(TRIES):
            fields = self.population.make_stranger(rng, like)
            bio = str(fields.get("bio", ""))
            if len(bio) < BIO_MIN or spell_plain(bio) not in self.said:
                return fields
        raise SystemExit(f"{TRIES} strangers in a row have the bio of one of the owner's people")

    def _draw_stranger(self, page: str, kind: str, fields: Mapping[str, Any], rng: Random) -> tuple[str, Truth]:
        words, habit, scene = self._dress(None, rng)
        template = rng.choice(list(TEMPLATES))
        view = take_view(fields, words, habit, NOW, page)
        return TEMPLATES[template](view, scene), Truth(page, kind, template, words.language)

    def _draw_search(self, page: str, rng: Random) -> tuple[str, Truth]:
        """Names of which most are names of the owner's people, some with the city that those told."""
        _, _, scene = self._dress(None, rng)
        chosen = [rng.choice(self.everyone) for _ in range(rng.randint(8, 20))]
        strangers = [self._make_stranger(rng) for _ in range(rng.randint(2, 8))]
        people = [(str(fields["name"]), str(fields.get("location", ""))) for fields in (*chosen, *strangers)]
        rng.shuffle(people)
        return draw_search(people, scene), Truth(page, "searches", language=scene.words.language)

    def _draw_handles(self, page: str, rng: Random) -> tuple[str, Truth]:
        _, _, scene = self._dress(None, rng)
        handles = [rng.choice(self.everyone)["handle"] for _ in range(rng.randint(50, 200))]
        return draw_handles(handles, scene), Truth(page, "handles", language=scene.words.language)

    def _dress(self, item: Mapping[str, Any] | None, rng: Random) -> tuple[Words, Habit, Scene]:
        """A site's language and habits, and who else is on the page."""
        language = rng.choice(list(self.languages))
        words = Words.choose(language, self.languages[language], rng)
        site = rng.choice(SITE_HEADS) + rng.choice(SITE_TAILS)
        related = [self._choose_other(item, rng) for _ in range(rng.choice((0, 3, 6, 12)))]
        comments = [self._choose_other(item, rng) for _ in range(rng.randint(2, 8))]
        return words, Habit.choose(rng), Scene(words, f"{site}.test", rng, related, comments)

    def _choose_other(self, item: Mapping[str, Any] | None, rng: Random) -> Other:
        """One of the owner's people, or a stranger; never the one whom the page shows."""
        stranger = self._make_stranger(rng)
        says = stranger["posts"][0]["caption"] if stranger["posts"] else "👏👏"
        other: Mapping[str, Any] = rng.choice(self.everyone)
        if rng.random() < 0.5 or (item is not None and other["id"] == item["id"]):
            other = stranger
        return Other(other["handle"], other["name"], says)


def spell_plain(text: str) -> str:
    """A text by its letters and digits alone, in one case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


class Tracer:
    """The matcher, reached by the command line: the one place that knows how."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bench = Bench(folder / "run", folder)
        self.workspace = folder / "workspace"
        self.speed: list[dict[str, Any]] = []

    def add(self) -> None:
        """Protect the records."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.bench.run("init", str(self.workspace), "--site", "https://people.test")
        run = self.bench.run("protect", "add", str(self.folder / "records.jsonl"), "--workspace", str(self.workspace))
        self._note("protect add", "records", run)

    def ask(self, kind: str) -> dict[str, list[Answer]]:
        """For each page of a kind, which records are on it."""
        run = self.bench.run("check", str(self.folder / kind), "--each", "--json", "--workspace", str(self.workspace))
        self._note("check", kind, run)
        return {
            f"{kind}/{Path(line['target']).name}": [
                Answer(match["item"], match["version"]) for match in line["matches"] if match["kind"] == "record"
            ]
            for line in run.lines
        }

    def _note(self, verb: str, what: str, run: Any) -> None:
        self.speed.append(
            {
                "verb": verb,
                "what": what,
                "pages": len(run.lines),
                "cpu_s": round(run.cpu_s, 2),
                "peak_mib": round(run.peak_bytes / 2**20),
            }
        )


def read_version(told: Any, versions: Sequence[Mapping[str, str | None]]) -> Mapping[str, str | None] | None:
    """The version of a record that a match names: by the time from which it was in force, or by its place."""
    if isinstance(told, int) and 0 <= told < len(versions):
        return versions[told]
    if isinstance(told, Mapping):
        told = told.get("from")
    return next((version for version in versions if version["from"] == told), None)


def is_in_force(version: Mapping[str, str | None] | None, at: str) -> bool:
    """Whether the version was in force at that time, give or take an hour."""
    if version is None or version["from"] is None:
        return False
    moment = read_time(at)
    until = version["to"]
    return read_time(version["from"]) - SLACK <= moment and (until is None or moment <= read_time(until) + SLACK)


def score_pages(
    truths: Sequence[Truth],
    answers: Mapping[str, Sequence[Answer]],
    histories: Mapping[str, Sequence[Mapping[str, str | None]]],
) -> dict[str, Any]:
    """How many pages are right, how many wrong, and how often the version is."""
    right, wrong, dated, in_force = 0, [], 0, 0
    missed = []
    for truth in truths:
        given = answers.get(truth.page, ())
        others = sorted({answer.item for answer in given if answer.item != truth.record})
        own = next((answer for answer in given if answer.item == truth.record), None)
        if others:
            wrong.append({"page": truth.page, "template": truth.template, "named": others[:5]})
        if truth.record is None:
            right += not given
            continue
        if own is None:
            missed.append({"page": truth.page, "template": truth.template, "record": truth.record})
            continue
        right += 1
        if truth.at is not None and truth.changed >= CHANGED_MIN:
            dated += 1
            in_force += is_in_force(read_version(own.version, histories[own.item]), truth.at)
    return {
        "right": right,
        "of": len(truths),
        "right_95": bound_share(right, len(truths)),
        "wrong": len(wrong),
        "wrong_95": bound_share(len(wrong), len(truths)),
        "dated": dated,
        "in_force": in_force,
        "in_force_95": bound_share(in_force, dated),
        "wrong_pages": wrong[:50],
        "missed": missed[:50],
    }


def judge_gates(rows: Mapping[str, Mapping[str, Any]], records: int, namesakes: float) -> list[dict[str, Any]]:
    """Each figure of the issue: what it is and whether it is reached."""
    profiles, bios = rows["profiles"], rows["bios"]
    dated = rows["profiles"]["dated"] + rows["versions"]["dated"]
    in_force = rows["profiles"]["in_force"] + rows["versions"]["in_force"]
    shown = [row for kind, row in rows.items() if kind != "bios"]
    pages, wrong = sum(row["of"] for row in shown), sum(row["wrong"] for row in shown)
    gates = [
        _state_gate("records", records, 1, f">= {RECORDS:,}", held=records >= RECORDS),
        _state_gate("records with a namesake", namesakes, 1, f">= {NAMESAKES_MIN}", held=namesakes >= NAMESAKES_MIN),
        _state_gate("templates", len(TEMPLATES), 1, ">= 8", held=len(TEMPLATES) >= 8),
    ]
    for name, count, total, least in (
        ("profiles, right record", profiles["right"], profiles["of"], RIGHT_MIN),
        ("version in force, three things changed", in_force, dated, VERSION_MIN),
        ("bio alone, right record", bios["right"], bios["of"], BIO_RIGHT_MIN),
    ):
        gates.append(_state_gate(name, count, total, f">= {least}", held=total > 0 and count / total >= least))
    gates.append(
        _state_gate(
            "any page but bios, a wrong record", wrong, pages, f"<= {WRONG_MAX}", held=wrong <= pages * WRONG_MAX
        )
    )
    return gates


def _state_gate(name: str, count: float, total: int, must: str, *, held: bool) -> dict[str, Any]:
    low, high = bound_share(int(count), total) if total > 1 else (0.0, 0.0)
    return {"name": name, "count": count, "of": total, "low": low, "high": high, "must": must, "held": held}


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    folder = options.make or options.build / "people"
    maker = Maker(folder, options.seed)
    truths = maker.make(options.records, options.count)
    say(f"{options.records:,} records, {maker.namesakes:.0%} with a namesake; {len(truths):,} pages below {folder}")
    if options.make:
        return 0
    run = describe_run("people", arguments)
    histories = {
        item["id"]: [{"from": version["from"], "to": version["to"]} for version in item["versions"]]
        for item in maker.people
    }
    namesakes, records = maker.namesakes, maker.names.total()
    del maker
    tracer = Tracer(folder)
    tracer.add()
    by_kind: dict[str, list[Truth]] = defaultdict(list)
    for truth in truths:
        by_kind[truth.kind].append(truth)
    rows, templates = {}, {}
    for kind, pages in by_kind.items():
        answers = tracer.ask(kind)
        rows[kind] = score_pages(pages, answers, histories)
        if kind == "profiles":
            templates = _score_templates(pages, answers, histories)
        say(f"{kind}: {rows[kind]['right']} of {rows[kind]['of']} right, {rows[kind]['wrong']} wrong")
    gates = judge_gates(rows, records, namesakes)
    result = {
        **run,
        "records": records,
        "namesakes": round(namesakes, 4),
        "rows": rows,
        "templates": templates,
        "gates": gates,
        "speed": tracer.speed,
    }
    write_results(options.results, "people", result, write_report(result))
    for gate in gates:
        held = "ok  " if gate["held"] else "FAIL"
        say(f"{held} {gate['name']}: {gate['count']} of {gate['of']}, must be {gate['must']}")
    return 0 if all(gate["held"] for gate in gates) else 1


def _score_templates(
    pages: Sequence[Truth],
    answers: Mapping[str, Sequence[Answer]],
    histories: Mapping[str, Sequence[Mapping[str, str | None]]],
) -> dict[str, dict[str, int]]:
    """Right, wrong and all, by template and by language."""
    scored = {}
    for key in ("template", "language"):
        for value in sorted({getattr(truth, key) for truth in pages}):
            chosen = [truth for truth in pages if getattr(truth, key) == value]
            row = score_pages(chosen, answers, histories)
            scored[f"{key} {value}"] = {name: row[name] for name in ("right", "wrong", "of", "in_force", "dated")}
    return scored


def write_report(result: Mapping[str, Any]) -> list[str]:
    """The figures as a page of Markdown."""
    return [
        "# People: profiles traced to records and versions",
        "",
        tell_run(dict(result)).replace(
            " One core: seconds are CPU seconds of one process, every thread pool at one.", ""
        ),
        "",
        (
            f"{result['records']:,} records, {result['namesakes']:.1%} of which have a namesake. Intervals "
            "are Wilson's at 95 %. Everything is made; see the head of benchmarks/people.py."
        ),
        "",
        "## Gates",
        "",
        "| figure | count | of | 95 % | must be | held |",
        "|--|--:|--:|--|--|--|",
        *(
            f"| {gate['name']} | {gate['count']:,} | {gate['of']:,} | {gate['low']:.5f} to {gate['high']:.5f} | "
            f"{gate['must']} | {HELD[gate['held']]} |"
            for gate in result["gates"]
        ),
        "",
        "## By kind of page",
        "",
        "| kind | right | wrong | of | version right | dated |",
        "|--|--:|--:|--:|--:|--:|",
        *(
            f"| {kind} | {row['right']:,} | {row['wrong']:,} | {row['of']:,} | {row['in_force']:,} | {row['dated']:,} |"
            for kind, row in result["rows"].items()
        ),
        "",
        "## Profiles, by template and language",
        "",
        "| of | right | wrong | of | version right | dated |",
        "|--|--:|--:|--:|--:|--:|",
        *(
            f"| {name} | {row['right']:,} | {row['wrong']:,} | {row['of']:,} | {row['in_force']:,} | {row['dated']:,} |"
            for name, row in result["templates"].items()
        ),
        "",
        "## Wrong pages and missed ones",
        "",
        *_tell_failures(result["rows"]),
        "",
        "## Runs (tracked)",
        "",
        "| verb | of | pages | CPU s | peak MiB |",
        "|--|--|--:|--:|--:|",
        *(
            f"| {row['verb']} | {row['what']} | {row['pages']:,} | {row['cpu_s']} | {row['peak_mib']:,} |"
            for row in result["speed"]
        ),
    ]


def _tell_failures(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for row in rows.values():
        for page in row["wrong_pages"][:20]:
            yield f"- wrong: `{page['page']}` ({page['template']}) taken for {', '.join(page['named'])}"
        for page in row["missed"][:20]:
            yield f"- missed: `{page['page']}` ({page['template']}), {page['record']}"


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py people", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--make", type=Path, metavar="DIR", help="only write records, pages and truth below this folder"
    )
    parser.add_argument("--records", type=int, default=RECORDS, help="of the owner's")
    parser.add_argument("--count", type=int, default=COUNT, help="pages of profiles; other kinds have a share of it")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes another world")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
