"""A backlog: addresses that somebody collected elsewhere, as CSV or text, as MISP events, or as STIX 2.1 bundles.

Such lists defang addresses, repeat them, and hold much else. Each address comes once, whatever it is written like; a
line without one is told, and the rest goes on.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from cloneward.errors import InputError, Problem
from cloneward.fingerprint.charset import decode
from cloneward.url import canonical, place_of

MOST_BYTES: Final = 64 * 1024 * 1024
MAX_TOLD: Final = 100
"""Lines without an address that are told one by one; the others are counted."""

_MOST_LINES: Final = 20  # of one quoted cell
_COLUMNS: Final = ("url", "address", "link", "uri", "website", "domain", "hostname", "host", "site", "value")
_NOTES: Final = ("note", "notes", "comment", "description", "remark", "remarks")
_DATES: Final = ("first_seen", "date", "seen", "reported", "created", "timestamp", "time")
_MISP_TYPES: Final = frozenset({"url", "uri", "link", "domain", "hostname", "domain|ip", "hostname|port"})
_STIX_TYPES: Final = frozenset({"url", "domain-name"})
_PATTERN: Final = re.compile(
    r"(?:url|domain-name):value\s*(?:=|IN|LIKE|MATCHES)\s*\(?\s*((?:'(?:[^'\\]|\\.)*'\s*,?\s*)+)"
)
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_HOST: Final = re.compile(r"(?:[\w-]{1,63}\.)+(?:[^\W\d_]{2,24}|xn--[\w-]{2,59})(?::\d{1,5})?(?:[/?#]\S*)?")
_DEFANGED: Final = (
    (
        re.compile(r"^\W*h(?:xx|\*\*|tt)p(s?)\s*(?:\[:\]|:|\[:/+\])?\s*(?:/|\[/\])*\s*(?=[^/\s])", re.IGNORECASE),
        r"http\1://",
    ),
    (re.compile(r"\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|\\\.|\[\.|\.\])\s*", re.IGNORECASE), "."),
    (re.compile(r"\[(:|/|@)\]"), r"\1"),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An address that somebody wants looked at: canonical, with the place that it stands in, and what is said of it.

    `seen_at`: when it was first seen, as written; empty where that is not told.
    """

    url: str
    place: str
    note: str = ""
    seen_at: str = ""


def read_backlog(content: bytes, name: str = "") -> Iterator[Wanted | Problem]:
    """Give each address of a file once, in its order, and a problem for what holds none.

    Raises:
        InputError: the file is too large, or it is JSON that is neither MISP's nor STIX.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"{name}: {len(content):,} bytes", hint=f"split it: at most {MOST_BYTES:,} are read")
    text, _ = decode(content)
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}
    yield from _fold(_read_json(text, name) if is_json else _read_lines(text, name), name)


def refang(text: str) -> str:
    """Give an address as it was before somebody made it harmless: `hxxps://a[.]example` is `https://a.example`."""
    plain = text.strip().strip("<>\"'`")
    for pattern, instead in _DEFANGED:
        plain = pattern.sub(instead, plain)
    return plain


def _fold(found: Iterable[Wanted | Problem], name: str) -> Iterator[Wanted | Problem]:
    """Give what is new, and count what could not be read beyond what is told."""
    known: set[str] = set()
    untold = 0
    for one in found:
        if isinstance(one, Problem):
            untold += 1
            if untold <= MAX_TOLD:
                yield one
            continue
        place = place_of(one.url)
        if place not in known:
            known.add(place)
            yield one
    if untold > MAX_TOLD:
        text = f"{untold - MAX_TOLD:,} more lines hold no address"
        yield Problem(code="backlog_unread", page=name or None, text=text, hint="the first of them are told one by one")


def _read_lines(text: str, name: str) -> Iterator[Wanted | Problem]:
    """Read CSV, or text with an address a line."""
    lines = text.lstrip("\ufeff").replace("\x00", "").splitlines()
    delimiter = _guess_delimiter(text)
    columns: dict[str, int] | None = None
    at = 0
    while at < len(lines):
        ends = _find_end(lines, at)
        cells = _cut(" ".join(lines[at:ends]), delimiter)
        first, at = at, ends
        if not any(cells) or cells[0].startswith("#"):
            continue
        if columns is None:
            columns = _find_columns(cells)
            if columns:
                continue
        row = _read_row(cells, columns, f"{name}:{first + 1}")
        if ends > first + 1 and isinstance(row, Problem):  # an open quote, that must not swallow what comes after it
            yield from (
                _read_row(_cut(line.replace('"', ""), delimiter), columns, f"{name}:{number}")
                for number, line in enumerate(lines[first:ends], first + 1)
            )
        else:
            yield row


def _cut(record: str, delimiter: str) -> list[str]:
    """Give the cells of a record; where its quotes make no sense, they are left out."""
    for text in (record if _is_closed([record]) else "", record.replace('"', "")):
        try:
            if cells := next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), []):
                return [cell.strip() for cell in cells]
        except csv.Error:
            continue
    return [record[:1_000]]


def _find_end(lines: list[str], at: int) -> int:
    """Give where a record ends: a quoted cell may hold a few lines, an address within them ends it at once."""
    for end in range(at + 1, min(at + _MOST_LINES, len(lines)) + 1):
        if _is_closed(lines[at:end]):
            return end
        if end > at + 1 and any(map(_read_address, lines[end - 1].split(","))):
            break
    return at + 1


def _is_closed(lines: list[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 0


def _read_row(cells: Sequence[str], columns: Mapping[str, int], place: str) -> Wanted | Problem:
    chosen = columns.get("url")
    tried = [cells[chosen]] if chosen is not None and chosen < len(cells) else cells
    url = next(filter(None, map(_read_address, (*tried, *cells))), None)
    if url is None:
        return _unread(place, f"no address in {' '.join(cells)[:120]!r}")
    told = {name: cells[at] for name, at in columns.items() if at < len(cells)}
    return Wanted(url=url, place=place, note=told.get("note", "")[:1_000], seen_at=told.get("date", "")[:40])


def _find_columns(cells: list[str]) -> dict[str, int]:
    """Give which column holds what, if this is a line of names; empty if it is not."""
    names = [cell.lower().lstrip("\ufeff").replace(" ", "_") for cell in cells]
    if any(map(_read_address, cells)):
        return {}
    kinds = {"url": _COLUMNS, "note": _NOTES, "date": _DATES}
    found = {kind: next((names.index(one) for one in wanted if one in names), None) for kind, wanted in kinds.items()}
    return {kind: at for kind, at in found.items() if at is not None}


def _guess_delimiter(text: str) -> str:
    """Give what stands between columns: the mark that most of the first lines have in like numbers."""
    lines = [line for line in text[:65_536].splitlines()[:50] if line.strip() and not line.startswith("#")]
    counts = {mark: [_strip_quoted(line).count(mark) for line in lines] for mark in ",;\t|"}
    usual = {mark: sorted(per_line)[len(per_line) // 2] for mark, per_line in counts.items() if per_line}
    best = max(usual, key=lambda mark: usual[mark], default=",")
    return best if usual.get(best) else ","


def _strip_quoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _read_json(text: str, name: str) -> Iterator[Wanted | Problem]:
    try:
        whole: Any = msgspec.json.decode(text.lstrip("\ufeff").encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"{name}: not JSON: {error}", hint="give CSV, a MISP event or a STIX 2.1 bundle") from error
    if isinstance(whole, dict) and whole.get("type") == "bundle":
        yield from _read_stix(whole, name)
        return
    events = list(_list_events(whole))
    if not events:
        raise InputError(f"{name}: neither a MISP event nor a STIX bundle", hint="export it as MISP JSON or STIX 2.1")
    for event in events:
        yield from _read_misp(event, name)


def _list_events(whole: object) -> Iterator[dict[str, Any]]:
    """Give the events of an export: one, a list, or the answer of a search."""
    if isinstance(whole, dict):
        if isinstance(whole.get("response"), list | dict):
            yield from _list_events(whole["response"])
        elif isinstance(whole.get("Event"), dict):
            yield whole["Event"]
        elif isinstance(whole.get("Attribute"), list) or isinstance(whole.get("Object"), list):
            yield whole
    elif isinstance(whole, list):
        for one in whole:
            yield from _list_events(one)


def _read_misp(event: dict[str, Any], name: str) -> Iterator[Wanted | Problem]:
    objects = [one for one in _list_maps(event.get("Object")) if not one.get("deleted")]
    attributes = [
        *_list_maps(event.get("Attribute")),
        *(a for one in objects for a in _list_maps(one.get("Attribute"))),
    ]
    for number, attribute in enumerate(attributes, 1):
        if attribute.get("type") not in _MISP_TYPES or attribute.get("deleted"):
            continue
        place = f"{name}#{attribute.get('uuid') or number}"
        value = str(attribute.get("value", "")).partition("|")[0]
        url = _read_address(value)
        if url is None:
            yield _unread(place, f"no address: {value[:120]!r}")
            continue
        seen = str(attribute.get("first_seen") or attribute.get("timestamp") or event.get("date") or "")
        yield Wanted(url=url, place=place, note=str(attribute.get("comment") or "")[:1_000], seen_at=seen[:40])


def _read_stix(bundle: dict[str, Any], name: str) -> Iterator[Wanted | Problem]:
    for number, one in enumerate(_list_maps(bundle.get("objects")), 1):
        place = f"{name}#{one.get('id') or number}"
        if one.get("revoked"):
            continue
        if one.get("type") in _STIX_TYPES:
            values = [str(one.get("value", ""))]
        elif one.get("type") == "indicator":
            groups = _PATTERN.findall(str(one.get("pattern", "")))
            values = [re.sub(r"\\(.)", r"\1", value) for group in groups for value in _QUOTED.findall(group)]
        else:
            continue
        urls = [url for url in map(_read_address, values) if url]
        if not urls and one.get("type") in _STIX_TYPES:
            yield _unread(place, f"no address: {values[0][:120]!r}")
        note = str(one.get("description") or one.get("name") or "")[:1_000]
        seen = str(one.get("valid_from") or one.get("created") or "")[:40]
        yield from (Wanted(url=url, place=place, note=note, seen_at=seen) for url in urls)


def _list_maps(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _read_address(text: str) -> str | None:
    """Give the address that a cell holds, canonical; none if it holds none."""
    plain = refang(text)
    if not plain.lower().startswith(("http://", "https://")):
        if not _HOST.fullmatch(plain):
            return None
        plain = f"https://{plain}"
    try:
        return canonical(plain)
    except InputError:
        return None


def _unread(place: str, text: str) -> Problem:
    return Problem(code="backlog_unread", page=place, text=text, hint="write a whole address, one a line")
