"""What a capture holds of what hosts sent, what cloaks it sees through, what stops hostile pages, what the watch says.

    python benchmarks/capture.py                            # all four parts: hours, most of them for the watch
    python benchmarks/capture.py --parts sites hostile      # bodies in the WARC; limits
    python benchmarks/capture.py --parts cloaks --part tuning   # a look that tells nothing of the reporting cloaks
    python benchmarks/capture.py --parts watch --scripts 5

Written before there was any code that captures, together with `tests/adversary`, and judged by the command line alone.
What is assumed of it stands in `Capturer` and nowhere else:

- `cloneward capture URL --json --workspace DIR` writes one line a URL; the captures of one run, one or several, are the
  new folders `evidence/ID/` with `capture.wacz`.
- A WACZ holds WARC files below `archive/`, the visible text of each page as `text` in `pages/*.jsonl`, and screenshots
  as PNG: files of the WACZ, or WARC records of type resource.
- The line has `recipe`, null or an object with `curl`, null where scripts are needed; the object, written to a file, is
  given back by `capture URL --recipe FILE`. It has `problems`, each with `code`. In a workspace that has captured the
  URL before it has `state` and `cause`, in the words of `tests/adversary/watch.py`.
- `SETTINGS` are settings. Addresses of ours in other countries, and RDAP, are no settings yet: cloaks by address fail.

A recipe reproduces if it gives the content in a workspace of its own, from a server that has forgotten everybody; a
curl command is run as it is written but for names, which only this bench knows. Cloaks that ask for an hour are visited
at each of HOURS, as a watch would. What no line of the program says, such as how soon the watch would look again, is
not measured here.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
import zstandard
from corpus import describe_run, say, tell_run, write_results
from PIL import Image
from text import ROOT, bound_share
from warcio.archiveiterator import ArchiveIterator

sys.path.append(str(ROOT))

from tests.adversary.attacks import list_hostile
from tests.adversary.cloaks import PATCH, Cloak, list_cloaks
from tests.adversary.hostile import MEMORY_MIB, Canary, Hostile, find_breaches
from tests.adversary.names import Names
from tests.adversary.server import Sent, Server, name_host
from tests.adversary.sites import list_sites
from tests.adversary.watch import Stage, make_scripts

PARTS = ("sites", "cloaks", "hostile", "watch")
HOURS = (3, 12, 20)
RUN_S = 300.0  # of one capture with all its vantages; a hostile page says its own
GRACE_S = 15.0  # after which a run that did not end is killed
SAMPLE_S = 0.25
SITES_MIN, CLOAKS_MIN, HOSTILE_MIN, TRANSITIONS_MIN = 50, 40, 30, 500
BEATEN_MIN, REPRODUCED_MIN, STATES_MIN = 0.90, 0.95, 0.98
BAIT = {
    "invoice.exe",
    ".bashrc",
    *(f"file{number}" for number in range(50)),
    *(f"blob{number}.sh" for number in range(20)),
}
WRITES = ("-o", "-O", "-K", "-T", "-D", "-c", "--output", "--remote-name", "--config", "--upload-file", "--dump-header")
SETTINGS = """site = "https://owner.test/"

[fetch]
allow = {allow}
resolve = {{ "*.test:53" = "{names}", "*.localhost" = "127.0.0.1" }}
per_host_s = 0
"""

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
Key = tuple[str, int, str]  # address, status, SHA-256 of the decoded body


@dataclass
class Kept:
    """What the captures of one run hold."""

    bodies: list[tuple[str, int, bytes, bytes]] = field(default_factory=list)  # address, status, as kept, decoded
    text: str = ""
    pictures: list[bytes] = field(default_factory=list)


@dataclass
class Run:
    """One call of the program."""

    line: dict[str, Any]
    kept: Kept
    exit: int | None  # None: it had to be killed
    wall_s: float
    peak_mib: float
    orphans: list[int]
    errors: str


class Capturer:
    """The program, reached by the command line: the one place that knows how."""

    def __init__(
        self, folder: Path, server: Server, names: Names, program: Sequence[str] = (sys.executable, "-m", "cloneward")
    ) -> None:
        self.folder = folder
        self.program = program
        self.home = folder / "home"
        allow = [f"{address}:{server.port}" for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3")]
        self._settings = SETTINGS.format(allow=json.dumps([*allow, names.endpoint]), names=names.endpoint)

    def open(self, name: str) -> Path:
        """A new workspace."""
        workspace = self.folder / name
        shutil.rmtree(workspace, ignore_errors=True)
        self.home.mkdir(parents=True, exist_ok=True)
        self.call("init", str(workspace), "--site", "https://owner.test/", most_s=60)
        (workspace / "cloneward.toml").write_text(self._settings, encoding="utf-8")
        return workspace

    def capture(self, workspace: Path, url: str, *options: str, most_s: float = RUN_S) -> Run:
        """Capture one address, and read what was captured."""
        evidence = workspace / "evidence"
        before = set(evidence.glob("*/capture.wacz"))
        run = self.call("capture", url, "--json", "--workspace", str(workspace), *options, most_s=most_s)
        run.kept = read_captures(sorted(set(evidence.glob("*/capture.wacz")) - before))
        return run

    def reproduce(self, cloak: Cloak, recipe: Mapping[str, Any], server: Server) -> bool:
        """Whether a recipe gives the content to somebody who has nothing else."""
        site = cloak.make_site()
        if recipe.get("curl"):
            return cloak.marker in run_curl(recipe["curl"], name_host(site), server.port, self.folder / "curl")
        workspace = self.open("clean")
        file = workspace / "recipe.json"
        file.write_text(json.dumps(recipe), encoding="utf-8")
        return is_held(cloak, self.capture(workspace, server.url(site, cloak.address), "--recipe", str(file)).kept)

    def find_bait(self, workspace: Path) -> list[str]:
        """Files that only a download can have written."""
        return sorted(path.name for place in (workspace, self.home) for path in place.rglob("*") if path.name in BAIT)

    def call(self, *arguments: str, most_s: float) -> Run:
        """Run the program, watch it and its children, and end what is left of them."""
        output, errors = self.folder / "last.jsonl", self.folder / "last.err"
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "HOME": str(self.home), "PYTHONPATH": str(ROOT / "src")}
        started = time.perf_counter()
        with output.open("wb") as out, errors.open("wb") as err:
            child = subprocess.Popen(
                [*self.program, *arguments], stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment
            )
            peak, seen, ended = watch_family(child, most_s + GRACE_S)
        orphans = [pid for pid, began in seen.items() if read_start(pid) == began]
        for pid in orphans:  # they are ours: children of the program that we started
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        lines = [json.loads(line) for line in output.read_text("utf-8", "replace").splitlines() if line.startswith("{")]
        told = errors.read_text("utf-8", "replace")[-2000:]
        wall_s = time.perf_counter() - started
        return Run(lines[-1] if lines else {}, Kept(), ended, wall_s, peak / 2**20, orphans, told)


def watch_family(child: subprocess.Popen[bytes], most_s: float) -> tuple[int, dict[int, str], int | None]:
    """Wait for a program: the peak bytes of it and all its children, each child seen, its exit or None if killed."""
    ends = time.monotonic() + most_s
    peak, seen = 0, dict[int, str]()
    while time.monotonic() < ends:
        family = list_family(child.pid)
        seen |= {pid: began for pid, (began, _) in family.items() if pid != child.pid}
        peak = max(peak, sum(size for _, size in family.values()))
        with suppress(subprocess.TimeoutExpired):
            return peak, seen, child.wait(SAMPLE_S)
    child.kill()
    child.wait()
    return peak, seen, None


def list_family(root: int) -> dict[int, tuple[str, int]]:
    """Start and resident bytes of a process and of all below it."""
    parents, sizes = dict[int, int](), dict[int, tuple[str, int]]()
    page = os.sysconf("SC_PAGE_SIZE")
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            parents[int(place.name)] = int(fields[1])
            sizes[int(place.name)] = (fields[19], int(fields[21]) * page)
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {pid: sizes[pid] for pid in family if pid in sizes}


def read_start(pid: int) -> str:
    """When a process began, in the kernel's words; nothing if it is gone or a zombie."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    return ""


def run_curl(command: str, host: str, port: int, folder: Path) -> str:
    """What a curl command gives, without a shell, in an empty folder; nothing for one that is no plain request."""
    arguments = shlex.split(command.replace("\\\n", " "))
    if arguments[:1] != ["curl"] or any(argument.startswith(WRITES) for argument in arguments[1:]):
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    known = ["-q", "-sS", "--max-time", "30", "--resolve", f"{host}:{port}:127.0.0.1"]
    ran = subprocess.run(["curl", *known, *arguments[1:]], cwd=folder, capture_output=True, check=False)
    return ran.stdout.decode("utf-8", "replace")


def read_captures(files: Iterable[Path]) -> Kept:
    """What WACZ files hold, by other people's readers."""
    kept = Kept()
    for file in files:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                if name.startswith("archive/"):
                    _read_warc(archive.read(name), kept)
                elif name.startswith("pages/"):
                    lines = archive.read(name).decode("utf-8", "replace").splitlines()
                    kept.text += "\n".join(json.loads(line).get("text") or "" for line in lines if line.strip()) + "\n"
                elif name.endswith(".png"):
                    kept.pictures.append(archive.read(name))
    return kept


def _read_warc(content: bytes, kept: Kept) -> None:
    known: dict[str, tuple[bytes, bytes]] = {}
    for record in ArchiveIterator(io.BytesIO(content)):
        headers = record.rec_headers
        address = headers.get_header("WARC-Target-URI") or ""
        if record.rec_type == "resource" and (headers.get_header("Content-Type") or "").startswith("image/png"):
            kept.pictures.append(record.raw_stream.read())
        if record.rec_type not in {"response", "revisit"}:
            continue
        status = int(record.http_headers.get_statuscode() or 0) if record.http_headers else 0
        digest = headers.get_header("WARC-Payload-Digest") or ""
        if record.rec_type == "revisit":
            raw, decoded = known.get(digest, (b"", b""))
        else:
            raw = record.raw_stream.read()
            decoded = _decode(record, raw)
            known[digest] = (raw, decoded)
        kept.bodies.append((address, status, raw, decoded))


def _decode(record: Any, raw: bytes) -> bytes:
    """The body without its coding; as it is where it is not in the coding it says: then it was decoded before."""
    body = raw
    codings = record.http_headers.get_header("Content-Encoding", "") if record.http_headers else ""
    for coding in reversed([name.strip().lower() for name in codings.split(",") if name.strip()]):
        try:
            body = DECODERS[coding](body)
        except (KeyError, OSError, EOFError, zlib.error, brotli.error, zstandard.ZstdError):
            return raw
    return body


def compare_bodies(sent: Sequence[Sent], kept: Kept) -> dict[str, list[str]]:
    """Bodies sent whole that are `missing`, one for one; cut ones of which no part is kept; bodies nobody sent."""
    held: Counter[Key] = Counter()
    for address, status, raw, decoded in kept.bodies:
        for body in {raw, decoded}:
            held[address, status, hashlib.sha256(body).hexdigest()] += 1
    missing, cut = [], []
    for it in sent:
        if not it.has_body or not it.status:
            continue
        key = (it.url, it.status, it.digest)
        if it.complete and held[key]:
            held[key] -= 1
        elif it.complete:
            missing.append(f"{it.status} {it.request.method} {it.url} ({it.body_bytes} bytes)")
        elif it.wire and not any(
            _is_start(it, raw, decoded) for address, _, raw, decoded in kept.bodies if address == it.url
        ):
            cut.append(f"{it.status} {it.url} ({it.why})")
    return {"missing": missing, "cut": cut, "foreign": list(_list_foreign(sent, kept))}


def _is_start(sent: Sent, raw: bytes, decoded: bytes) -> bool:
    """Whether what is kept is the start of what was sent, and not nothing."""
    starts = [body for body in (raw, decoded) if body]
    return any(sent.wire.startswith(body[: len(sent.wire)]) for body in starts)


def _list_foreign(sent: Sequence[Sent], kept: Kept) -> Iterator[str]:
    """Kept bodies of our hosts that we never sent, not even in part."""
    ours = {it.request.authority for it in sent}
    for address, status, raw, decoded in kept.bodies:
        if address.partition("://")[2].partition("/")[0] not in ours or not decoded:
            continue
        digests = {hashlib.sha256(body).hexdigest() for body in (raw, decoded)}
        mine = [it for it in sent if it.url == address]
        if not any(it.digest in digests or (not it.complete and _is_start(it, raw, decoded)) for it in mine):
            yield f"{status} {address} ({len(decoded)} bytes)"


def is_held(cloak: Cloak, kept: Kept) -> bool:
    """Whether a capture shows what the cloak shows its victim."""
    if cloak.way != "canvas":
        return cloak.marker in kept.text
    return any(_has_patch(picture, cloak.colour) for picture in kept.pictures)


def _has_patch(picture: bytes, colour: tuple[int, int, int]) -> bool:
    with suppress(OSError):
        counted = Image.open(io.BytesIO(picture)).convert("RGB").getcolors(2**24) or []
        return any(found == colour and count >= PATCH * PATCH // 2 for count, found in counted)
    return False


class Bench:
    """Servers, workspaces, and the rows of each part."""

    def __init__(self, folder: Path) -> None:
        self.server = Server()
        self.names = Names({"*": "127.0.0.1"})
        self.canary = Canary()
        self.capturer = Capturer(folder, self.server, self.names)

    def stop(self) -> None:
        """End what listens."""
        for it in (self.server, self.names, self.canary):
            it.stop()

    def measure_sites(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """One row a site: what of its bodies is not in the capture."""
        sites = list_sites()
        for site in sites:
            self.server.add(site)
        rows = []
        for site in _choose(sites, options):
            self.server.reset()
            run = self.capturer.capture(self.capturer.open("sites"), self.server.url(site))
            self.server.settle()
            sent = self.server.list_sent()
            found = compare_bodies(sent, run.kept)
            loose = [it for it in found["missing"] if any(it.split(" ")[2].endswith(path) for path in site.loose)]
            strict = [it for it in found["missing"] if it not in loose]
            bodies = sum(it.complete and it.has_body for it in sent) - len(loose)
            rows.append(
                {"name": site.name, "bodies": bodies, **found, "missing": strict, "loose": loose, **_tell(run)}
                | {"text": " ".join(site.text.split()) in " ".join(run.kept.text.split())}
            )
        return rows

    def measure_cloaks(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """One row a cloak: whether the capture holds the content, and whether its recipe does."""
        rows = []
        for cloak in _choose([it for it in list_cloaks() if options.part in {it.part, "all"}], options):
            site = cloak.make_site()
            self.server.add(site)
            self.server.reset()
            workspace = self.capturer.open("cloaks")
            hours = HOURS if "hour" in cloak.victim else HOURS[1:2]
            held, decoy, recipe = False, False, None
            for hour in hours:
                self.server.hour = hour
                run = self.capturer.capture(workspace, self.server.url(site, cloak.address))
                decoy = decoy or cloak.decoy in run.kept.text
                if is_held(cloak, run.kept):
                    held, recipe = True, run.line.get("recipe")
                    break
            self.server.reset()
            again = bool(held and recipe) and self.capturer.reproduce(cloak, recipe, self.server)
            rows.append(
                {"name": cloak.name, "part": cloak.part, "victim": dict(cloak.victim), "way": cloak.way, "held": held}
                | {"decoy": decoy, "recipe": recipe, "reproduced": again, **_tell(run)}
            )
        return rows

    def measure_hostile(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """One row an attack: what was seen from outside that must not be."""
        rows = []
        for hostile in _choose(list_hostile(self.canary.port), options):
            self.server.add(hostile.make_site())
            self.server.reset()
            self.canary.reset()
            workspace = self.capturer.open("hostile")
            run = self.capturer.capture(workspace, self.server.url(hostile.make_site()), most_s=hostile.most_s)
            self.server.settle(1.0)
            breaches = find_breaches(hostile, self.server, self.canary) + judge_run(hostile, run)
            breaches += [f"a download was written: {name}" for name in self.capturer.find_bait(workspace)]
            rows.append({"name": hostile.name, "limit": hostile.limit, "breaches": breaches, **_tell(run)})
        return rows

    def measure_watch(self, options: argparse.Namespace) -> list[dict[str, Any]]:
        """One row a transition: the true state and cause, and those that were said."""
        stage = Stage(self.server, self.names)
        rows = []
        for script in make_scripts(count=options.scripts):
            workspace = self.capturer.open("watch")
            for number, step in enumerate(script.steps):
                stage.show(script, step)
                run = self.capturer.capture(workspace, f"http://{script.host}:{self.server.port}/")
                if number:
                    said = {"said": run.line.get("state"), "said_cause": run.line.get("cause")}
                    true = {"state": step.state, "cause": step.cause, "how": step.how}
                    rows.append({"name": f"{script.name}.{number}", **true, **said, **_tell(run)})
        return rows


def judge_run(hostile: Hostile, run: Run) -> list[str]:
    """What a run of the program itself shows of a limit that did not hold."""
    found = []
    if run.exit is None:
        found.append(f"it did not end within {hostile.most_s:.0f} s")
    elif run.exit not in {0, 5, 75}:
        found.append(f"it broke: exit {run.exit}")
    if run.peak_mib > MEMORY_MIB:
        found.append(f"it took {run.peak_mib:.0f} MiB")
    if run.orphans:
        found.append(f"{len(run.orphans)} processes were left behind")
    if hostile.stands and hostile.marker not in run.kept.text:
        found.append("the capture lacks what stood on the page")
    codes = " ".join(str(problem.get("code")) for problem in run.line.get("problems") or ())
    if hostile.says and hostile.says not in codes:
        found.append(f"no problem says {hostile.says!r}")
    return found


def _choose(rows: Sequence[Any], options: argparse.Namespace) -> Sequence[Any]:
    return [row for row in rows if not options.only or row.name in options.only]


def _tell(run: Run) -> dict[str, Any]:
    return {
        "exit": run.exit,
        "wall_s": round(run.wall_s, 2),
        "peak_mib": round(run.peak_mib),
        "orphans": len(run.orphans),
    }


def judge_gates(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Each figure of the issue: what it is and whether it is reached. Reporting cloaks alone count."""
    gates = []
    if sites := rows.get("sites"):
        sent, lost = sum(row["bodies"] for row in sites), sum(len(row["missing"]) for row in sites)
        gates += [_count("sites", len(sites), SITES_MIN), _share("bodies in the WARC", sent - lost, sent, 1.0)]
        gates.append(_share("sites without a body that nobody sent", _none(sites, "foreign"), len(sites), 1.0))
    if cloaks := [row for row in rows.get("cloaks", ()) if row["part"] == "reporting"]:
        beaten = [row for row in cloaks if row["held"]]
        gates += [
            _count("reporting cloaks", len(cloaks), CLOAKS_MIN),
            _share("cloaks beaten", len(beaten), len(cloaks), BEATEN_MIN),
        ]
        again = sum(row["reproduced"] for row in beaten)
        gates.append(_share("recipes that reproduce", again, len(beaten), REPRODUCED_MIN))
    if hostile := rows.get("hostile"):
        gates += [
            _count("hostile pages", len(hostile), HOSTILE_MIN),
            _share("limits that held", _none(hostile, "breaches"), len(hostile), 1.0),
        ]
    if steps := rows.get("watch"):
        right = sum(row["said"] == row["state"] for row in steps)
        gates += [
            _count("transitions", len(steps), TRANSITIONS_MIN),
            _share("states told rightly", right, len(steps), STATES_MIN),
        ]
    return gates


def _none(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    return sum(not row[name] for row in rows)


def _count(name: str, count: int, least: int) -> dict[str, Any]:
    return {"name": name, "value": count, "must": f">= {least}", "held": count >= least}


def _share(name: str, count: int, total: int, least: float) -> dict[str, Any]:
    low, high = bound_share(count, total)
    value = count / total if total else 0.0
    return {"name": name, "count": count, "of": total, "value": value, "low": low, "high": high} | {
        "must": f">= {least}",
        "held": total > 0 and value >= least,
    }


def write_report(result: Mapping[str, Any]) -> list[str]:
    """The figures as a page of Markdown."""
    lines = [
        "# Capture: bodies, cloaks, hostile pages, the watch",
        "",
        tell_run(dict(result)).rpartition(" One core")[0],
        "",
        "Shares have Wilson's 95 % intervals. All hosts are simulated on loopback, countries by 127.0.0.0/8.",
        "",
        "| figure | value | 95 % | must be | held |",
        "|--|--:|--|--|--|",
    ]
    for gate in result["gates"]:
        told = f"{gate['count']} of {gate['of']}" if "of" in gate else f"{gate['value']:,}"
        span = f"{gate['low']:.3f} to {gate['high']:.3f}" if "of" in gate else ""
        lines.append(f"| {gate['name']} | {told} | {span} | {gate['must']} | {'yes' if gate['held'] else '**no**'} |")
    for part, rows in result["rows"].items():
        walls = sorted(row["wall_s"] for row in rows)
        lines += [
            "",
            f"## {part.capitalize()}",
            "",
            f"{len(rows)} runs, median {walls[len(walls) // 2] if walls else 0} s.",
        ]
        lines += ["", *(told for row in rows for told in TELL[part](row))]
    return lines


def _tell_site(row: Mapping[str, Any]) -> list[str]:
    words = {
        "missing": "missing",
        "foreign": "never sent",
        "cut": "cut, and nothing of it kept",
        "loose": "missing, raced",
    }
    told = [f"- {row['name']}: {said}: `{it}`" for name, said in words.items() for it in row[name]]
    return told if row["text"] else [*told, f"- {row['name']}: its text is not in the capture"]


def _tell_cloak(row: Mapping[str, Any]) -> list[str]:
    if row["held"] and row["reproduced"]:
        return []
    why = "not beaten" if not row["held"] else "no recipe" if not row["recipe"] else "the recipe does not reproduce"
    return [f"- {row['name']} ({row['part']}; {row['victim']}, {row['way']}): {why}"]


def _tell_hostile(row: Mapping[str, Any]) -> list[str]:
    return [f"- {row['name']} ({row['limit']}): {it}" for it in row["breaches"]]


def _tell_step(row: Mapping[str, Any]) -> list[str]:
    if (row["said"], row["said_cause"]) == (row["state"], row["cause"]):
        return []
    return [
        f"- {row['name']}: {row['state']} by {row['cause']} ({row['how']}), said {row['said']} by {row['said_cause']}"
    ]


TELL: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "sites": _tell_site,
    "cloaks": _tell_cloak,
    "hostile": _tell_hostile,
    "watch": _tell_step,
}


def main(arguments: Sequence[str] = ()) -> int:
    options = _read_options(arguments)
    run = describe_run("capture", list(arguments), ("warcio", "playwright"))
    bench = Bench(options.build / "capture")
    rows: dict[str, list[dict[str, Any]]] = {}
    try:
        for part in options.parts:
            rows[part] = getattr(bench, f"measure_{part}")(options)
            say(f"{part}: {len(rows[part])} rows")
    finally:
        bench.stop()
    result = {**run, "part": options.part, "gates": judge_gates(rows), "rows": rows}
    name = "capture" if options.part == "reporting" and not options.only else "capture-look"
    write_results(options.results, name, result, write_report(result))
    for gate in result["gates"]:
        say(f"{'ok  ' if gate['held'] else 'FAIL'} {gate['name']}: {gate['value']}, must be {gate['must']}")
    return 0 if result["gates"] and all(gate["held"] for gate in result["gates"]) else 1


def _read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py capture", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--part", choices=("reporting", "tuning", "all"), default="reporting", help="whose cloaks")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these sites, cloaks or attacks alone")
    parser.add_argument("--scripts", type=int, default=64, help="sites that are watched, of ten transitions each")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
