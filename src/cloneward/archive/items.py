"""Records of items from JSONL and Parquet, as the contract has them.

A record that cannot be read is told by its line and the rest goes on; a field that no record has is told once. Times
come as UTC. No more than one line is held.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec

from cloneward.archive.lines import MAX_LINE_BYTES, Line, cut_lines
from cloneward.archive.moment import parse_moment
from cloneward.archive.parquet import open_rows
from cloneward.archive.stream import Stream
from cloneward.model.content import ItemKind, ItemRecord, ItemVersion, Problem, Rights, Visibility

# Problems of one file that are told one by one; the others are counted.
MAX_TOLD = 100
# Ids that are remembered, to tell one that stands twice; beyond, the last of an id wins without a word.
_MAX_IDS = 1_000_000
_MAX_ID_LENGTH = 500
_MAX_UNKNOWN = 100
_MARK = b"\xef\xbb\xbf"

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_ID_LENGTH)]
_Time = str | int | float | None


@dataclass(frozen=True)
class RawItem:
    """A record as its owner wrote it: where it stands, and the position from which to go on with it."""

    record: ItemRecord
    address: str
    position: str


class _Version(msgspec.Struct):
    """`versions[]` of the contract; `from` is a word of Python's."""

    since: _Time = msgspec.field(default=None, name="from")
    until: _Time = msgspec.field(default=None, name="to")
    text: str | None = None
    fields: dict[str, Any] | None = None
    digest: str | None = None


class _Record(msgspec.Struct):
    """The fields of an item, as they may be written."""

    id: _Id | int
    kind: ItemKind | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None
    text: str | None = None
    html: str | None = None
    fields: dict[str, Any] | None = None
    images: list[str] | None = None
    videos: list[str] | None = None
    rights: Rights | None = None
    mandate: bool | None = None
    person: str | int | None = None
    subjects: list[str | int] | None = None
    minor: bool | None = None
    visibility: Visibility | None = None
    visibility_since: _Time = None
    published_at: _Time = None
    expires_at: _Time = None
    deleted_at: _Time = None
    versions: list[_Version] | None = None


FIELDS = _Record.__struct_encode_fields__


def read_jsonl(file: BinaryIO, *, name: str | None = None, start: str | None = None) -> Iterator[RawItem | Problem]:
    """Give the items of a file with one JSON object a line, plain or packed by gzip or zstd.

    Args:
        file: to read and to seek in.
        name: what problems say they are of.
        start: the `position` of an item, to begin with that one.
    """
    offset, _, number = (start or "0").partition(":")
    sieve = _Sieve(name, _name_line)
    stream = Stream(file)
    read = _Members(stream).read
    if stream.packing == "plain":
        stream.skip(int(offset))
    else:
        left = int(offset)
        while left and (passed := len(read(min(left, 1 << 20)))):
            left -= passed
    for line_number, line in enumerate(cut_lines(read), int(number or 1)):
        yield from sieve.take(line, line_number, f"{int(offset) + line.offset}:{line_number}")
    if stream.damage:
        text = f"its packing cannot be read from byte {stream.start} on: {stream.damage}"
        hint = "look whether the file came over whole; the items before that were read"
        yield Problem(code="items_damaged", page=name, text=text, hint=hint)
    yield from sieve.finish(is_whole=not stream.damage)


def read_parquet(path: Path, *, name: str | None = None, start: str | None = None) -> Iterator[RawItem | Problem]:
    """Give the items of a Parquet file, one a row, columns named as the fields of an item.

    Args:
        path: of the file.
        name: what problems say they are of.
        start: the `position` of an item, to begin with that one.
    """
    first = int(start or 0)
    sieve = _Sieve(name, _name_row)
    fault = ""
    with open_rows(path, first) as rows:
        for number, line in enumerate(cut_lines(rows.read), first):
            if line.content is not None and line.content.startswith(b'"'):
                fault = msgspec.json.decode(line.content, type=str)
                break
            yield from sieve.take(line, number + 1, str(number))
        else:
            fault = rows.find_fault()
    if fault:
        hint = "look whether the file came over whole; the rows before that were read"
        yield Problem(code="items_damaged", page=name, text=f"it cannot be read to its end: {fault}", hint=hint)
    yield from sieve.finish(is_whole=not fault)


def _name_line(number: int) -> str:
    return f"line {number:,}"


def _name_row(number: int) -> str:
    return f"row {number:,}"


class _Members:
    """The members of a file as one run of bytes; it ends where one is damaged."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        while not (found := self._stream.read(size)):
            if self._stream.damage or not self._stream.next_member():
                return b""
        return found


@dataclass
class _Sieve:
    """Takes lines and gives items, and what is wrong with each line; in the end what is wrong with all."""

    name: str | None
    name_place: Callable[[int], str]
    told: int = 0
    items: int = 0
    ids: set[int] = field(default_factory=set)
    unknown: Counter[str] = field(default_factory=Counter)

    def take(self, line: Line, number: int, position: str) -> Iterator[RawItem | Problem]:
        place = self.name_place(number)
        if line.content is None:
            text = f"{place} has {line.size:,} bytes, more than the {MAX_LINE_BYTES:,} that are read"
            hint = "one item a line; give pictures by their addresses"
            yield from self.tell(Problem(code="line_too_long", page=self.name, text=text, hint=hint))
            return
        content = line.content.removeprefix(_MARK) if position.startswith("0:") else line.content
        if not content.strip():
            return
        record, fault = self.parse(content)
        if record is None:
            hint = "docs/guides/protect.md shows the fields of an item"
            problem = Problem(code="item_invalid", page=self.name, text=f"{place}: {fault}", hint=hint)
            yield from self.tell(problem)
            return
        yield from self.check_id(record.id, place)
        self.items += 1
        yield RawItem(record, f"{self.name or ''}#{number}", position)

    def parse(self, content: bytes) -> tuple[ItemRecord | None, str]:
        """Give the record of a line, or why there is none."""
        try:
            raw = msgspec.json.decode(content)
            if isinstance(raw, dict):
                self.count_unknown(raw)
            return _make_record(msgspec.convert(raw, _Record)), ""
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            return None, str(error)[:300]

    def count_unknown(self, raw: Mapping[str, Any]) -> None:
        for key in raw.keys() - set(FIELDS):
            if key in self.unknown or len(self.unknown) < _MAX_UNKNOWN:
                self.unknown[key] += 1

    def check_id(self, item: str, place: str) -> Iterator[Problem]:
        key = hash(item)
        if key in self.ids:
            text = f"{place}: the id {item[:80]!r} stood before; the last one of an id is the one that counts"
            yield from self.tell(Problem(code="id_repeated", page=self.name, text=text, hint="give each item its own"))
        elif len(self.ids) < _MAX_IDS:
            self.ids.add(key)

    def tell(self, problem: Problem) -> Iterator[Problem]:
        self.told += 1
        if self.told <= MAX_TOLD:
            yield problem

    def finish(self, *, is_whole: bool) -> Iterator[Problem]:
        if self.told > MAX_TOLD:
            text = f"{self.told - MAX_TOLD:,} more problems were not told one by one"
            yield Problem(code="problems_left_out", page=self.name, text=text)
        for key, count in sorted(self.unknown.items()):
            meant = difflib.get_close_matches(key, FIELDS, 1)
            hint = f"did you mean {meant[0]!r}?" if meant else f"the fields are {', '.join(FIELDS)}"
            text = f"{key[:80]!r}, in {count:,} records, is no field of an item and was left out"
            yield Problem(code="field_unknown", page=self.name, text=text, hint=hint)
        if is_whole and not self.items and not self.told:
            yield Problem(code="no_pages", page=self.name, text="there is no item in it", hint="one JSON object a line")


def _make_record(raw: _Record) -> ItemRecord:
    """Give the noun.

    Raises:
        ValueError: nothing is told of it, or a time cannot be read.
    """
    if not (raw.text or raw.html or raw.fields or raw.images or raw.videos):
        raise ValueError("it has none of text, html, fields, images and videos")
    return ItemRecord(
        id=str(raw.id),
        kind=raw.kind or "page",
        url=raw.url or None,
        title=" ".join((raw.title or "").split()),
        language=raw.language or None,
        text=raw.text,
        html=raw.html,
        fields=raw.fields,
        images=tuple(raw.images or ()),
        videos=tuple(raw.videos or ()),
        rights=raw.rights or "own",
        mandate=raw.mandate,
        person=None if raw.person is None else str(raw.person),
        subjects=tuple(map(str, raw.subjects or ())),
        minor=raw.minor,
        visibility=raw.visibility,
        visibility_since=_read_time("visibility_since", raw.visibility_since),
        published_at=_read_time("published_at", raw.published_at),
        expires_at=_read_time("expires_at", raw.expires_at),
        deleted_at=_read_time("deleted_at", raw.deleted_at),
        versions=tuple(map(_make_version, raw.versions or ())),
    )


def _make_version(raw: _Version) -> ItemVersion:
    return ItemVersion(
        since=_read_time("versions[].from", raw.since),
        until=_read_time("versions[].to", raw.until),
        text=raw.text,
        fields=raw.fields,
        digest=raw.digest,
    )


def _read_time(name: str, value: str | float | None) -> str | None:
    if value is None or value == "":
        return None
    moment = parse_moment(value)
    if moment is None:
        raise ValueError(f"{name} is no time that can be read: {str(value)[:40]!r} (RFC 3339 with its zone, or epoch)")
    return moment
