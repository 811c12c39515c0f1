"""Who can act, what replies mean, what a backlog holds, who is never written to, what is refused, gone, or lacking.

    python benchmarks/run.py letter                                 # all parts; `gone` and `backlog` take hours
    python benchmarks/run.py letter --parts routes replies refusals # without a browser: minutes
    python benchmarks/run.py letter --parts benign --foreign python postgresql
    python benchmarks/run.py letter --parts gone --only cloak-phones-025

Written before there was any code that writes a letter, together with `tests/adversary`, and judged by the command line
alone. What is assumed of the program stands in `Program` and nowhere else; all of it with `--json --workspace DIR`:

- `act plan TARGET…` gives a line for each target, an address or a WARC file, with `target`, `route` (`state`, `host`,
  `contact`, `via`, `middle` of `role` and `name`, in the words of `tests/adversary/parties.py`) and `notices`, each
  with `ready`. With `--paper KIND` (host, dmca, dsa) each notice has `text`, `report` (XARF or null) and `category`.
- `act hear FOLDER` reads a Maildir: a line for each message with `message_id`, `case`, `meaning`, `is_believed` and
  `ticket`, in the words of `tests/adversary/replies.py`. What went out is known from `case import`, of lines with
  `case`, `url` and `notices` of `message_id`, `subject`, `recipient` and `mark`.
- `case import FILE --dry-run` gives a line with `target` for each address; without `--dry-run` they are captured and
  judged, and each line has `verdict`.
- `act guard FILE` answers what stands against an act on stated facts, without any case: a line for each of its lines
  (`name`, `act`, `facts`, as in `tests/adversary/papers_refused.py`) with `name`, `refused` and `reasons`, whose words
  are the keys of its `REASONS`. The walk through real cases is not judged here.
- `capture URL… --all-vantages` in a workspace that has captured them before gives `state`, which is `resolved` as soon
  as that may be said. Time goes on by `faketime` (apt), which the program does not notice.
- `SETTINGS` are settings; `rdap.bootstrap` is none yet. What `fetch.resolve` says of `*.test` is where a name is
  reached, and of `*.test:53` whom to ask what name servers say of it; the addresses that they give are not connected
  to.

A part that cannot run fails its gates and says why.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from corpus import describe_run, say, tell_run, write_results
from text import FOREIGN, ROOT, bound_share, sites

sys.path.append(str(ROOT))

from tests.adversary import backlog, benign, gone, mailbox, papers, papers_refused, parties, replies
from tests.adversary.names import Names
from tests.adversary.registry import Network, Records, Registry
from tests.adversary.registry_zone import Zone
from tests.adversary.server import COUNTRIES, Reply, Server, Site
from tests.adversary.words import tell, write_page

PARTS = ("routes", "replies", "backlog", "benign", "refusals", "papers", "gone")
MOST_S = 3_600.0  # of one call
HOSTING, HOSTED = Network("77.201.0.0/16", "ripe", "Copy Hosting", "abuse@copy-hosting.test"), "77.201.1.1"
BATCH = 200  # targets of one call
NOTICES = 510
ROUTES_MIN, LINKED_MIN, BACKLOG_S, CONTROLS_MIN = 0.97, 0.98, 1_800.0, 0.9
SETTINGS = """site = "https://owner.test/"
{more}
[fetch]
allow = {allow}
resolve = {{ "*.test:53" = "{names}"{place} }}
per_host_s = 0
"""
RDAP = """
[rdap]
bootstrap = "{bootstrap}"
"""
SOURCE = """
[[capture.sources]]
name = "{name}"
country = "{name}"
address = "{address}"
"""
Line = Mapping[str, Any]


class Program:
    """The program, reached by the command line: the one place that knows how."""

    def __init__(self, folder: Path, program: Sequence[str] = (sys.executable, "-m", "cloneward")) -> None:
        self.folder = folder
        self.program = tuple(program)
        self.errors = ""

    def open(self, name: str, server: Server, names: Names, *, more: str = "", tables: str = "") -> Path:
        """A new workspace; with `tables` of RDAP, names lead here whatever address name servers say."""
        workspace = self.folder / name
        shutil.rmtree(workspace, ignore_errors=True)
        self.call("init", str(workspace), "--site", "https://owner.test/")
        workspace.mkdir(parents=True, exist_ok=True)
        hosts = ["127.0.0.1", *(f"{start}0.1" for start in COUNTRIES)]
        allow = json.dumps([*(f"{host}:{server.port}" for host in hosts), names.endpoint])
        place = f', "*.test" = "127.0.0.1:{server.port}"' if "[rdap]" in tables else ""
        settings = SETTINGS.format(allow=allow, names=names.endpoint, more=more, place=place) + tables
        (workspace / "cloneward.toml").write_text(settings, encoding="utf-8")
        return workspace

    def protect(self, workspace: Path, names: Zone) -> None:
        """Prove the domain, by the record that is asked for, and register the articles of the harmless pages' owner."""
        for line in self._ask(workspace, "protect", "prove", benign.OWNER, "--method", "dns"):
            asked = line.get("publish") or {}
            names.table[str(asked.get("record")), "TXT"] = (json.dumps(str(asked.get("line"))),)
            self._ask(workspace, "protect", "prove", benign.OWNER, "--method", "dns")
        benign.write_items(workspace / "items.jsonl")
        self.call("protect", "add", str(workspace / "items.jsonl"), "--workspace", str(workspace))

    def plan(self, workspace: Path, targets: Sequence[str], *options: str) -> dict[str, Line]:
        """What would be done about each target."""
        lines: list[Line] = []
        for at in range(0, len(targets), BATCH):
            lines += self._ask(workspace, "act", "plan", *targets[at : at + BATCH], *options)
        return {str(line.get("target")): line for line in lines}

    def hear(self, workspace: Path, letters: Sequence[mailbox.Letter], messages: Sequence[bytes]) -> dict[str, Line]:
        """What each message was taken for, by its id; of one that came more than once, what was said last."""
        known = workspace / "letters.jsonl"
        fields = ("message_id", "subject", "recipient", "mark")
        told = [
            {"case": it.case, "url": it.url, "notices": [{field: getattr(it, field) for field in fields}]}
            for it in letters
        ]
        known.write_text("".join(f"{json.dumps(line)}\n" for line in told), encoding="utf-8")
        self._ask(workspace, "case", "import", str(known))
        mailbox.write_folder(workspace / "mail", messages)
        return {str(line.get("message_id")): line for line in self._ask(workspace, "act", "hear", f"{workspace}/mail")}

    def take(self, workspace: Path, file: Path, *, is_dry: bool) -> list[Line]:
        """What an import takes from a backlog."""
        return self._ask(workspace, "case", "import", str(file), *(("--dry-run",) if is_dry else ()))

    def guard(self, workspace: Path, attempts: Iterable[papers_refused.Attempt]) -> dict[str, Line]:
        """What stands against each act."""
        file = workspace / "attempts.jsonl"
        told = [{"name": it.name, "act": it.act, "facts": asdict(it.facts)} for it in attempts]
        file.write_text("".join(f"{json.dumps(line, default=sorted)}\n" for line in told), encoding="utf-8")
        return {str(line.get("name")): line for line in self._ask(workspace, "act", "guard", str(file))}

    def watch(self, workspace: Path, urls: Sequence[str], minute: int) -> dict[str, Line]:
        """The state of each address at a minute after the notice."""
        lines = self._ask(workspace, "capture", *urls, "--all-vantages", minute=minute)
        return {str(line.get("target")): line for line in lines}

    def call(self, *arguments: str, minute: int | None = None) -> list[Line]:
        """Run the program, at another time if asked for, and read its lines; what it complains of is kept."""
        command = [*self.program, *arguments]
        if minute is not None:
            command = ["faketime", "-f", f"@{tell_time(minute)}", *command]
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "TZ": "UTC"}
        try:
            ran = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=MOST_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            self.errors = str(error)
            return []
        self.errors = ran.stderr.decode("utf-8", "replace")[-500:] if ran.returncode not in {0, 5, 75} else ""
        return list(_read_lines(ran.stdout))

    def _ask(self, workspace: Path, *arguments: str, minute: int | None = None) -> list[Line]:
        return self.call(*arguments, "--json", "--workspace", str(workspace), minute=minute)


def _read_lines(output: bytes) -> Iterator[Line]:
    for line in output.decode("utf-8", "replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def tell_time(minute: int) -> str:
    """A minute after the notice, which goes out at noon."""
    day, hour = divmod(12 * 60 + minute, 1_440)
    return f"2026-11-{24 + day:02} {hour // 60:02}:{hour % 60:02}:00"


def write_warc(url: str, page: bytes, file: Path) -> None:
    """A page as a WARC file of one response, taken now: after our articles were registered."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n\r\n"
    block = head.encode() + page
    told = {
        "WARC-Type": "response",
        "WARC-Target-URI": url,
        "WARC-Date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, url)}>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    file.write_bytes("\r\n".join(lines).encode() + block + b"\r\n\r\n")


class Bench:
    """Each part gives one row for each thing that is judged, with `faults`; a row without any is right."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def measure_routes(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """Who can act, on each fixture."""
        fixtures = _choose(parties.list_fixtures(), options)
        records, table = parties.gather(fixtures)
        with Server() as server, Zone(table, {"*": "127.0.0.1"}) as names:
            registry = Registry(server, records)
            parties.serve_pages(server, fixtures, write_page("Copy", tell("a copy", 20)))
            tables = RDAP.format(bootstrap=registry.bootstrap)
            workspace = self.program.open("routes", server, names, tables=tables)
            said = self.program.plan(workspace, [it.url for it in fixtures])
        return [
            {"name": it.name, "faults": parties.judge_route(it, said.get(it.url, {}).get("route") or {})}
            for it in fixtures
        ]

    def measure_replies(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """What each message was taken for. A message and those before it are heard in one mailbox, in their order."""
        letters = mailbox.make_letters()
        rows = []
        fixtures = _choose(replies.list_fixtures(letters), options)
        with Server() as server, Names() as names:
            workspace = self.program.open("replies", server, names)
            messages = [mail for fixture in fixtures for mail in (*fixture.before, fixture.mail)]
            said = self.program.hear(workspace, letters, messages)
        for fixture in fixtures:
            told = said.get(str(message_from_bytes(fixture.mail)["Message-ID"]), {})
            row = {"name": fixture.name, "faults": replies.judge_reply(fixture, told)}
            rows.append(row | {"has_case": fixture.case is not None, "linked": replies.is_linked(fixture, told)})
        return rows

    def measure_backlog(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """What was taken from each form; then one of them captured and judged, every other address being a copy."""
        rows = []
        with Server() as server, Zone({}, {"*": "127.0.0.1"}) as names:
            workspace = self.program.open("backlog", server, names)
            self.program.protect(workspace, names)
            for form in (it for it in backlog.FORMS if not options.only or it in options.only):
                made = backlog.make_backlog(form)
                file = workspace / f"backlog.{ {'misp': 'misp.json', 'stix': 'stix.json'}.get(form, f'{form}.csv') }"
                file.write_bytes(made.content)
                taken = [
                    str(line["target"]) for line in self.program.take(workspace, file, is_dry=True) if "target" in line
                ]
                judged = backlog.judge_import(made, taken)
                faults = [f"{what}: {len(it)}, as {list(it)[:3]}" for what, it in judged.items() if it]
                rows.append({"name": form, "faults": faults})
            if not options.only or "table" in options.only:
                rows.append(self._measure_table(workspace, server))
        return rows

    def _measure_table(self, workspace: Path, server: Server) -> dict[str, Any]:
        made = backlog.make_backlog("plain", broken=0)
        articles = [item.text for item in benign.list_items() if item.rights == "own"]
        copies = dict[str, bool]()
        for number, target in enumerate(sorted(made.targets)):
            host = target.partition("/")[0].partition("?")[0]
            is_copy = copies[target] = number % 2 == 0
            text = articles[number % len(articles)] if is_copy else tell(f"backlog {number}", 60)
            server.add(Site(host.removesuffix(".test"), {"*": Reply(write_page(f"Page {number}", f"<p>{text}</p>"))}))
        lines = [f"http://{target.replace('.test', f'.test:{server.port}', 1)}" for target in copies]
        file = workspace / "table.csv"
        file.write_text("\n".join(["url", *lines]) + "\n", encoding="utf-8")
        started = time.perf_counter()
        told = self.program.take(workspace, file, is_dry=False)
        took_s = time.perf_counter() - started
        port = f":{server.port}"
        said = {backlog.fold(str(line.get("target"))).replace(port, ""): line.get("verdict") for line in told}
        wrong = [it for it, is_copy in copies.items() if (said.get(it) in {"copy", "partial_copy"}) != is_copy]
        missing = [it for it in copies if it not in said]
        faults = [f"{len(wrong)} judged wrongly, as {wrong[:3]}"] if wrong else []
        faults += [f"{len(missing)} missing, as {missing[:3]}"] if missing else []
        return {"name": "table", "faults": faults, "took_s": round(took_s, 1)}

    def measure_benign(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """Whether a notice was ready on each harmless page, made or real, and on each control."""
        pages = [(it.name, it.url, it.content, it.is_harmless) for it in _choose(benign.list_pages(), options)]
        folders = [sites.fetch_site(name, options.cache) for name in options.foreign]
        for number, file in enumerate(benign.list_foreign(folders, options.most)):
            pages.append((f"foreign-{number:05}", f"http://foreign-{number}.test/{file.name}", file.read_bytes(), True))
        with self._host("benign", {url: content for _, url, content, _ in pages}) as workspace:
            files = {}
            for name, url, content, _ in pages:
                files[name] = workspace / f"{name}.warc"
                write_warc(url, content, files[name])
            said = self.program.plan(workspace, [str(file) for file in files.values()])
        rows = []
        for name, _, _, is_harmless in pages:
            line = said.get(str(files[name]))
            ready = any(notice.get("ready") for notice in (line or {}).get("notices") or ())
            faults = ["no answer"] if line is None else ["a notice was ready"] if ready and is_harmless else []
            rows.append({"name": name, "faults": faults, "is_harmless": is_harmless, "ready": ready})
        return rows

    @contextmanager
    def _host(self, name: str, pages: Mapping[str, bytes]) -> Iterator[Path]:
        """A workspace of the articles' owner, and all pages live at one host with an abuse mailbox."""
        routes: dict[str, dict[str, Reply]] = {}
        for url, content in pages.items():
            host, _, path = url.partition("://")[2].partition("/")
            routes.setdefault(host, {})[f"/{path.partition('?')[0]}"] = Reply(content)
        with Server() as server, Zone({}, {"*": HOSTED}) as names:
            registry = Registry(server, Records([HOSTING]))
            for host, answers in routes.items():
                server.add(Site(host.removesuffix(".test"), answers))
            tables = RDAP.format(bootstrap=registry.bootstrap)
            workspace = self.program.open(name, server, names, more=benign.SETTINGS, tables=tables)
            self.program.protect(workspace, names)
            yield workspace

    def measure_refusals(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """What stood against each act, and against those that are allowed."""
        attempts = _choose([*papers_refused.list_attempts(), *papers_refused.list_allowed()], options)
        with Server() as server, Names() as names:
            workspace = self.program.open("refusals", server, names)
            said = self.program.guard(workspace, attempts)
        rows = []
        for it in attempts:
            line = said.get(it.name)
            faults = ["no answer"] if line is None else papers_refused.judge_attempt(it, line)
            refused = bool(line and line.get("refused"))
            rows.append({"name": it.name, "faults": faults, "must_refuse": bool(it.reasons), "refused": refused})
        return rows

    def measure_papers(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """What each generated notice lacks, in the three kinds."""
        rows = []
        copies = _choose([benign.make_copy(number) for number in range(NOTICES // len(papers.KINDS))], options)
        with self._host("papers", {copy.url: copy.content for copy in copies}) as workspace:
            for copy in copies:
                write_warc(copy.url, copy.content, workspace / f"{copy.name}.warc")
            for kind in papers.KINDS:
                targets = [str(workspace / f"{copy.name}.warc") for copy in copies]
                said = self.program.plan(workspace, targets, "--paper", kind)
                rows += [
                    {"name": f"{copy.name}.{kind}", "faults": judge_notices(kind, copy.url, said.get(target, {}))}
                    for copy, target in zip(copies, targets, strict=True)
                ]
        return rows

    def measure_gone(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """What each site was called at each visit."""
        scripts = _choose(gone.list_scripts(), options)
        if not shutil.which("faketime"):
            return [{"name": script.name, "faults": ["faketime is not installed"], "said": {}} for script in scripts]
        places = {code.lower(): f"{start}0.9" for start, code in COUNTRIES.items()}
        tables = "".join(SOURCE.format(name=name, address=address) for name, address in places.items())
        said: dict[str, dict[int, str]] = {script.name: {} for script in scripts}
        with Server(addresses=("127.0.0.1", *(f"{start}0.1" for start in COUNTRIES))) as server, Names() as names:
            stage = gone.Stage(server, names, scripts)
            workspace = self.program.open("gone", server, names, tables=tables)
            urls = {script.name: f"http://{script.host}:{server.port}{script.path}" for script in scripts}
            for minute in gone.VISITS:
                stage.set_minute(minute)
                lines = self.program.watch(workspace, list(urls.values()), minute)
                for script in scripts:
                    said[script.name][minute] = str(lines.get(urls[script.name], {}).get("state"))
        return [
            {"name": it.name, "faults": gone.judge_watch(it, said[it.name]), "said": said[it.name]}
            | {"end": it.find_state(), "false": _count_false(it, said[it.name])}
            for it in scripts
        ]


def _count_false(script: gone.Script, said: Mapping[int, str]) -> int:
    return sum(state == "resolved" and not script.may_resolve(minute) for minute, state in said.items())


def judge_notices(kind: str, url: str, line: Line) -> list[str]:
    """The faults of the first notice of a line; that there is none is one."""
    notices = line.get("notices") or ()
    if not notices:
        return ["no notice"]
    told, report = notices[0], notices[0].get("report")
    sender = ((report or {}).get("sender") or {}).get("contact") or "notices@owner.test"
    host = url.partition("://")[2].partition("/")[0]
    return papers.find_faults(
        papers.Notice(
            kind,
            told.get("category") or "copyright",
            told.get("text") or "",
            report,
            benign.OWNER,
            host,
            HOSTED,
            sender,
        )
    )


def _choose(rows: Sequence[Any], options: argparse.Namespace) -> list[Any]:
    return [row for row in rows if not options.only or row.name in options.only]


def judge_gates(rows: Mapping[str, Sequence[Line]]) -> list[dict[str, Any]]:
    """Each figure of the issue: what it is, and whether it is reached."""
    gates = []
    if found := rows.get("routes"):
        gates += [_count("routed fixtures", len(found), 200), _share("right party", found, ROUTES_MIN)]
    if found := rows.get("replies"):
        with_case = [row | {"faults": [] if row["linked"] else ["lost"]} for row in found if row["has_case"]]
        gates += [_count("messages", len(found), 200), _share("replies linked", with_case, LINKED_MIN)]
        gates.append(_share("messages read rightly", found, LINKED_MIN))
    if found := rows.get("backlog"):
        gates.append(_share("backlogs taken whole", found, 1.0))
        for row in (row for row in found if "took_s" in row):
            held = row["took_s"] <= BACKLOG_S and not row["faults"]
            must = f"<= {BACKLOG_S}, all judged rightly"
            gates.append({"name": "seconds for 500 addresses", "value": row["took_s"], "must": must, "held": held})
    if found := rows.get("benign"):
        harmless = [row for row in found if row["is_harmless"]]
        controls = [row | {"faults": [] if row["ready"] else ["not ready"]} for row in found if not row["is_harmless"]]
        gates += [_count("harmless pages", len(harmless), 3_000), _share("harmless pages left alone", harmless, 1.0)]
        gates.append(_share("copies with a notice ready", controls, CONTROLS_MIN))
    if found := rows.get("refusals"):
        must = [row for row in found if row["must_refuse"]]
        stopped = [row | {"faults": [] if row["refused"] else ["allowed"]} for row in must]
        gates += [_count("attempts", len(must), 200), _share("attempts refused", stopped, 1.0)]
        gates.append(_share("attempts refused for the right reason", must, 1.0))
        gates.append(_share("lawful acts allowed", [row for row in found if not row["must_refuse"]], 1.0))
    if found := rows.get("papers"):
        gates += [_count("notices", len(found), 500), _share("notices without a fault", found, 1.0)]
    if found := rows.get("gone"):
        asked = [row for row in found if row.get("end") != "resolved"]
        honest = [row | {"faults": row["faults"] if "false" not in row else ["false"] * row["false"]} for row in found]
        gates += [_count("sites not gone", len(asked), 100), _share("sites never falsely resolved", honest, 1.0)]
        gates.append(_share("right at the end", found, CONTROLS_MIN))
    return gates


def _count(name: str, count: int, least: int) -> dict[str, Any]:
    return {"name": name, "value": count, "must": f">= {least}", "held": count >= least}


def _share(name: str, rows: Sequence[Line], least: float) -> dict[str, Any]:
    right = sum(not row["faults"] for row in rows)
    low, high = bound_share(right, len(rows))
    value = right / len(rows) if rows else 0.0
    told = {"name": name, "count": right, "of": len(rows), "value": value, "low": low, "high": high}
    return told | {"must": f">= {least}", "held": bool(rows) and value >= least}


def write_report(result: Mapping[str, Any]) -> list[str]:
    """The figures as a page of Markdown, with every fault."""
    lines = ["# The first letter", "", tell_run(dict(result)).rpartition(" One core")[0], ""]
    lines += ["Shares have Wilson's 95 % intervals. All hosts, registries and mail are simulated.", ""]
    lines += ["| figure | value | 95 % | must be | held |", "|--|--:|--|--|--|"]
    for gate in result["gates"]:
        told = f"{gate['count']} of {gate['of']}" if "of" in gate else f"{gate['value']:,}"
        span = f"{gate['low']:.3f} to {gate['high']:.3f}" if "of" in gate else ""
        lines.append(f"| {gate['name']} | {told} | {span} | {gate['must']} | {'yes' if gate['held'] else '**no**'} |")
    for part, rows in result["rows"].items():
        faulty = [row for row in rows if row["faults"]]
        lines += ["", f"## {part.capitalize()}", "", f"{len(rows)} judged, {len(faulty)} with a fault.", ""]
        lines += [f"- {row['name']}: {'; '.join(row['faults'])}" for row in faulty]
    return lines


def main(arguments: Sequence[str] = ()) -> int:
    options = read_options(arguments)
    run = describe_run("letter", list(arguments))
    program = Program(options.build / "letter")
    bench = Bench(program)
    rows: dict[str, list[dict[str, Any]]] = {}
    measures: Mapping[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
        part: getattr(bench, f"measure_{part}") for part in PARTS
    }
    for part in options.parts:
        rows[part] = measures[part](options)
        say(f"{part}: {len(rows[part])} judged, {sum(bool(row['faults']) for row in rows[part])} with a fault")
        if program.errors:
            say(f"  the program said last: {program.errors}")
    result = {**run, "gates": judge_gates(rows), "rows": rows}
    whole = set(options.parts) == set(PARTS) and not options.only
    write_results(options.results, "letter" if whole else "letter-look", result, write_report(result))
    for gate in result["gates"]:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 0 if result["gates"] and all(gate["held"] for gate in result["gates"]) else 1


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py letter", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these fixtures alone")
    parser.add_argument("--foreign", nargs="*", default=FOREIGN, metavar="SITE", help="real sites of examples/sites.py")
    parser.add_argument("--most", type=int, default=400, help="pages of each real site")
    parser.add_argument("--cache", type=Path, default=sites.find_cache(), help="where those sites lie")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
