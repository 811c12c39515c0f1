"""Backlogs as owners keep them: 500 known addresses in ten dialects of CSV, in MISP and in STIX, with the right set.

Each address stands there more than once, spelt otherwise; a file holds broken lines besides. What counts as one
address: `fold` folds scheme and host to lower case, hosts to ASCII (IDNA 2008 as in UTS 46), drops a standard port, the
fragment, tracking parameters and the slash at the end of a path, and takes defanging back. The scheme does not tell two
addresses apart. Everything else does: the case of a path, the order and values of parameters that mean something.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import idna

SEED = 20_261_124
COUNT, BROKEN = 500, 10_000
COPIES = 3  # of each address, on average
TRACKING = frozenset("utm_source utm_medium utm_campaign utm_term utm_content gclid fbclid msclkid".split())
PORTS = {"http": 80, "https": 443}
STRANGE = ("köpie", "копия", "複製", "αντίγραφο", "straße", "نسخة")
DIALECTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t", "newline": "\n"},
    "quoted": {"quoting": csv.QUOTE_ALL},
    "marked": {"encoding": "utf-8-sig"},
    "utf-16": {"encoding": "utf-16", "delimiter": "\t"},
    "latin-1": {"encoding": "iso-8859-1", "delimiter": ";"},
    "bare": {"head": False},
    "pipes": {"delimiter": "|", "newline": "\n"},
    "late-column": {"columns": ("ticket", "first seen", "owner", "Malicious URL", "notes")},
}
FORMS = (*DIALECTS, "misp", "stix")
COLUMNS = ("url", "first_seen", "note")


@dataclass(frozen=True)
class Backlog:
    """A file: `targets` are the addresses that it holds, folded; `copies` how each spelling differs."""

    name: str
    form: str
    content: bytes
    targets: frozenset[str]
    copies: tuple[tuple[str, str, str], ...]  # kind of spelling, as spelt, folded
    broken: int


def fold(url: str) -> str:
    """The one spelling of an address, without its scheme; an empty text for what is none."""
    told = (
        url.strip().strip("<>\"'").replace("[.]", ".").replace("(.)", ".").replace("[:]", ":").replace("[://]", "://")
    )
    told = told.replace("[dot]", ".").replace("{.}", ".")
    scheme, sign, rest = told.partition("://")
    scheme = scheme.lower().replace("hxxp", "http").replace("h**p", "http").replace("meow", "http")
    if not sign or scheme not in PORTS:
        return ""
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port, host = parts.port, parts.hostname or ""
        name = idna.encode(host, uts46=True, transitional=False).decode().rstrip(".")
    except (ValueError, UnicodeError):
        return ""
    if "." not in name:
        return ""
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in TRACKING]
    place = name if port in {None, PORTS[scheme]} else f"{name}:{port}"
    return f"{place}{parts.path.rstrip('/')}{'?' + urlencode(pairs) if pairs else ''}"


def make_addresses(rng: Random, count: int = COUNT) -> list[str]:
    """So many addresses that fold to different ones, some of hosts with letters of other scripts."""
    made: dict[str, str] = {}
    while len(made) < count:
        number = len(made)
        name = f"copy-{number}" if number % 10 else f"{rng.choice(STRANGE)}-{number}"
        path = rng.choice(("", "/", "/p/{n}", "/Profile/{n}", "/a/b/{n}.html", "/view?id={n}", "/v?q=a%20b&id={n}"))
        url = f"http://{name}.test{path.replace('{n}', str(number))}"
        made.setdefault(fold(url), url)
    return list(made.values())


def _respell(url: str, kind: str, rng: Random) -> str:
    """One address in another spelling; as it is where the kind does not apply."""
    parts = urlsplit(url)
    host = parts.netloc
    rest = url.partition("://")[2].removeprefix(host)
    sign = "&" if parts.query else "?"
    ways: dict[str, Callable[[], str]] = {
        "same": lambda: url,
        "upper-host": lambda: f"HTTP://{host.upper() if host.isascii() else host}{rest}",
        "https": lambda: f"https://{host}{rest}",
        "defanged": lambda: f"hxxp://{host.replace('.', '[.]')}{rest}",
        "defanged-s": lambda: f"hXXps[:]//{host.replace('.', '(.)')}{rest}",
        "slash": lambda: f"http://{host}{parts.path.rstrip('/')}/{'?' + parts.query if parts.query else ''}",
        "tracking": lambda: f"{url}{sign}utm_source={rng.choice(('mail', 'ads'))}&fbclid=Iw{rng.randrange(10**6)}",
        "port": lambda: f"http://{host}:80{rest}",
        "fragment": lambda: f"{url}#top",
        "punycode": lambda: f"http://{idna.encode(host, uts46=True).decode()}{rest}",
        "spaces": lambda: f"  {url}\u00a0",
    }
    return ways[kind]()


SPELLINGS = tuple("same upper-host https defanged defanged-s slash tracking port fragment punycode spaces".split())


def make_broken(rng: Random) -> str:
    """A line that holds no address of a page."""
    ways = (
        "",
        "n/a",
        "see ticket 4711",
        "http://",
        "https:///path",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "mailto:abuse@copy-1.test",
        "http://[::1",
        "http://exa mple.test/",
        "http://copy.test:99999/",
        "=HYPERLINK(1)",
        "\x00\x01\x02",
        "http://" + "a" * 300 + ".test/",
        "\ufffd\ufffd",
        "ftp://copy-2.test/a",
        "http://-.test/",
        "42",
    )
    return rng.choice(ways)


def make_backlog(form: str, seed: int = SEED, count: int = COUNT, broken: int = BROKEN) -> Backlog:
    """One file of a form."""
    rng = Random(f"{seed}/{form}")
    copies = []
    for url in make_addresses(rng, count):
        kinds = ["same", *rng.sample(SPELLINGS[1:], COPIES - 1)]
        copies += [(kind, _respell(url, kind, rng), fold(url)) for kind in kinds]
    if form == "latin-1":
        copies = list(map(_to_ascii, copies))
    rng.shuffle(copies)
    lines = [told for _, told, _ in copies]
    lines = _mix_in(lines, [make_broken(rng) for _ in range(broken)], rng)
    write = {"misp": _write_misp, "stix": _write_stix}.get(form)
    content = write(lines) if write else _write_csv(lines, rng, **DIALECTS[form])
    return Backlog(f"backlog.{form}", form, content, frozenset(it[2] for it in copies), tuple(copies), broken)


def _to_ascii(copy: tuple[str, str, str]) -> tuple[str, str, str]:
    return copy if copy[1].strip().isascii() else ("punycode", f"http://{copy[2]}", copy[2])


def _mix_in(lines: Sequence[str], others: Sequence[str], rng: Random) -> list[str]:
    mixed = [*lines, *others]
    rng.shuffle(mixed)
    return mixed


def _write_csv(
    lines: Iterable[str],
    rng: Random,
    *,
    encoding: str = "utf-8",
    newline: str = "\r\n",
    head: bool = True,
    columns: Sequence[str] = COLUMNS,
    **dialect: Any,
) -> bytes:
    """A table; among its broken lines some are too short, too long, or hold a quote that never ends."""
    at = next(number for number, column in enumerate(columns) if "url" in column.lower())
    page = io.StringIO(newline="")
    table = csv.writer(page, lineterminator=newline, **dialect)
    if head:
        table.writerow(columns)
    for line in lines:
        row = [f"n{rng.randrange(1000)}" for _ in columns]
        row[at] = line.replace("\x00", "")
        if not fold(line):
            row = row[: rng.randrange(1, len(row) + 1)] + ["x"] * rng.choice((0, 0, 5))
        table.writerow(row)
    return page.getvalue().encode(encoding, "replace")


def _write_misp(lines: Iterable[str]) -> bytes:
    """An event of MISP: urls as attributes and within objects; broken ones of all kinds."""
    attributes: list[Any] = []
    objects: list[Any] = []
    for number, line in enumerate(lines):
        attribute = {"type": "url", "category": "Network activity", "value": line, "uuid": str(UUID(int=number))}
        if fold(line) and number % 3 == 0:
            objects.append({"name": "phishing", "Attribute": [attribute | {"object_relation": "url"}]})
        elif fold(line) or number % 2:
            attributes.append(attribute)
        else:
            attributes.append((None, 7, {"type": "url"}, {"type": "url", "value": {"a": 1}})[number // 2 % 4])
    event = {"info": "Copies of our site", "date": "2026-11-01", "Attribute": attributes, "Object": objects}
    return json.dumps({"Event": event}, ensure_ascii=False).encode()


def _write_stix(lines: Iterable[str]) -> bytes:
    """A bundle of STIX 2.1: indicators with patterns, url objects, and broken ones."""
    objects: list[Any] = []
    for number, line in enumerate(lines):
        tail = str(UUID(int=number + 2**96))
        quoted = line.replace("\\", "\\\\").replace("'", "\\'")
        if fold(line) and number % 2:
            objects.append({"type": "url", "spec_version": "2.1", "id": f"url--{tail}", "value": line})
            continue
        indicator = {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{tail}", "pattern_type": "stix"}
        indicator |= {"created": "2026-11-01T00:00:00.000Z", "valid_from": "2026-11-01T00:00:00Z"}
        broken = (f"[url:value = {quoted}", "[", "", None)[number // 2 % 4]
        pattern = f"[url:value = '{quoted}']" if fold(line) else broken
        objects.append(indicator | {"modified": "2026-11-01T00:00:00.000Z", "pattern": pattern})
    bundle = {"type": "bundle", "id": f"bundle--{UUID(int=1)}", "objects": objects}
    return json.dumps(bundle, ensure_ascii=False).encode()


def judge_import(backlog: Backlog, targets: Iterable[str]) -> dict[str, Any]:
    """What is wrong in the addresses that were taken from a backlog, each as the program spells it.

    `lost` by the kinds of spelling under which each stood; `doubled` are those taken more than once; `made_up` are
    those that are not there.
    """
    taken = [fold(target) or target for target in targets]
    lost = sorted(backlog.targets - set(taken))
    kinds = {target: sorted({kind for kind, _, folded in backlog.copies if folded == target}) for target in lost}
    doubled = sorted({target for target in taken if taken.count(target) > 1})
    return {"lost": kinds, "doubled": doubled, "made_up": sorted(set(taken) - backlog.targets)}
