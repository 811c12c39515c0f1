"""Whatever file an owner or a check is given: what it is, by its bytes and its name, and what it holds."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from cloneward.archive.feed import Entry, is_feed, read_feed
from cloneward.archive.folder import (
    MAX_FILE_BYTES,
    TEXT_SUFFIXES,
    RawPage,
    is_folder,
    read_pages,
    read_whole,
    spell_path,
)
from cloneward.archive.items import RawItem, read_jsonl, read_parquet
from cloneward.archive.media import RawMedia
from cloneward.archive.parquet import MAGIC as PARQUET_MAGIC
from cloneward.archive.sitemap import is_sitemap, read_sitemap
from cloneward.archive.stream import Packing, Stream, detect_packing
from cloneward.archive.wacz import read_wacz
from cloneward.archive.warc import Tally, count_left_out, read_warc
from cloneward.archive.xml import MAX_BYTES as MAX_XML_BYTES
from cloneward.model.content import ItemRecord, Problem

Kind = Literal["page", "warc", "wacz", "sitemap", "feed", "jsonl", "parquet"]
Given = RawPage | RawItem | RawMedia | Problem

_SNIFFED_BYTES = 4096
_PACKED_SUFFIXES = frozenset({".gz", ".zst"})
_RECORD_SUFFIXES = frozenset({".jsonl", ".ndjson"})
_KINDS_BY_SUFFIX: dict[str, Kind] = {
    ".parquet": "parquet",
    ".wacz": "wacz",
    ".warc": "warc",
}
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")


def read_source(path: Path, start: str | None = None) -> Iterator[RawPage | RawItem | Problem]:
    """Give what a folder or file holds, one by one: pages, items of an owner's records, and problems.

    A folder gives its pages. A file is told by its first bytes, packed by gzip or zstd or not, and where they do not
    tell by its name: WARC, WACZ, Parquet, JSONL, sitemap, feed, or else one page. What could be read as two kinds
    is read as the one that its first bytes show, and said to be so. Two pages of one source never have one address:
    of one that was captured twice with the same content only the first is given, and one with another content is
    given under its address and date.

    Args:
        path: of the folder or file.
        start: the `position` of a page or item, to begin with that one.

    Raises:
        InputError: there is neither a folder nor a file at that path; raised at once, not with the first page.
    """
    return (given for given in _read(path, start, with_media=False) if not isinstance(given, RawMedia))


def read_originals(path: Path) -> Iterator[Given]:
    """Give what a folder or file holds as `read_source` does, and the pictures and videos that stand for themselves.

    Those are the files of a folder that are named like one, videos too, and the pictures among the responses of an
    archive.

    Raises:
        InputError: as `read_source`.
    """
    return _read(path, None, with_media=True)


def _read(path: Path, start: str | None, *, with_media: bool) -> Iterator[Given]:
    if is_folder(path):
        return read_whole(path) if with_media else read_pages(path)
    try:
        with path.open("rb") as file:
            look = _look(file, path.name)
    except OSError:
        return read_pages(path)  # which says why
    return _read_file(path, look, start, with_media=with_media)


def read_texts(path: Path) -> Iterator[RawPage | Problem]:
    """Give what a folder or file holds as pages: of an item its text, or else its HTML, under its own id.

    Raises:
        InputError: as `read_source`.
    """
    return (page_of(given) if isinstance(given, RawItem) else given for given in read_source(path))


@dataclass(frozen=True)
class _Look:
    """What a file seems to be."""

    kind: Kind
    packing: Packing
    also: str = ""


def _look(file: BinaryIO, name: str) -> _Look:
    head = file.read(_SNIFFED_BYTES)
    packing = detect_packing(head)
    inner = head if packing == "plain" else Stream(file, packing).read(_SNIFFED_BYTES)
    kind = _detect_kind(inner, name, packing)
    also = ""
    if kind != "wacz" and zipfile.is_zipfile(file):
        also = "a zip"
    elif kind != "parquet" and _ends_with(file, PARQUET_MAGIC):
        also = "Parquet"
    return _Look(kind, packing, also)


def _detect_kind(head: bytes, name: str, packing: Packing) -> Kind:
    """Tell the kind by the first bytes, unpacked, and by the name where they do not tell."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in _PACKED_SUFFIXES:
        suffixes.pop()
    suffix = suffixes[-1] if suffixes else ""
    if packing == "plain" and head.startswith((*_ZIP_MAGICS, PARQUET_MAGIC)):
        return "parquet" if head.startswith(PARQUET_MAGIC) else "wacz"
    if head.startswith(b"WARC/"):
        return "warc"
    if suffix in _RECORD_SUFFIXES and head.lstrip()[:1] != b"<":
        return "jsonl"
    if is_feed(head):
        return "feed"
    if is_sitemap(head) or (suffix == ".txt" and name.lower().startswith("sitemap")):
        return "sitemap"
    is_untold = suffix not in TEXT_SUFFIXES and suffix not in _KINDS_BY_SUFFIX
    return "jsonl" if is_untold and _is_record(head) else _KINDS_BY_SUFFIX.get(suffix, "page")


def _is_record(head: bytes) -> bool:
    """Tell whether a file begins with a line that is a JSON object with an id."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        found = msgspec.json.decode(line) if line.startswith(b"{") else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line[:200].replace(b" ", b"").startswith(b'{"id":')
    return isinstance(found, dict) and "id" in found


def _ends_with(file: BinaryIO, mark: bytes) -> bool:
    size = file.seek(0, 2)
    file.seek(max(0, size - len(mark)))
    return file.read() == mark


def _name(path: Path) -> str:
    return spell_path(path.name)


def _read_file(path: Path, look: _Look, start: str | None, *, with_media: bool) -> Iterator[Given]:
    name = _name(path)
    if look.also:
        text = f"it can be read as {look.also} too; it was read as {_WORDS[look.kind]}, which its first bytes show"
        yield Problem(code="two_kinds", page=name, text=text, hint="be wary: honest files are of one kind")
    if look.kind == "parquet":
        yield from read_parquet(path, name=name, start=start)
        return
    if look.kind == "page" and look.packing == "plain":
        yield from read_whole(path) if with_media else read_pages(path)
        return
    with path.open("rb") as file:
        if look.kind in _ARCHIVES:
            yield from _read_archive(partial(_ARCHIVES[look.kind], file, start=start, with_media=with_media), path)
        else:
            yield from _READERS[look.kind](file, path, start)


def _read_archive(read: Callable[..., Iterator[RawPage | RawMedia | Problem]], path: Path) -> Iterator[Given]:
    tally = Tally()
    seen: set[int] = set()
    is_empty = True
    for given in read(name=_name(path), tally=tally):
        is_empty = False
        if isinstance(given, Problem):
            yield given
        elif (same := hash((given.url, _content_of(given)))) not in seen:
            is_again = hash(given.url) in seen
            seen |= {same, hash(given.url)}
            yield replace(given, address=f"{given.url} {given.seen_at} {given.position}") if is_again else given
    if is_empty:
        hint = "pages are responses with status 200 to 299 that hold HTML or text"
        yield Problem(
            code="no_pages", page=_name(path), text=f"there is no page in it: {count_left_out(tally)}", hint=hint
        )


def _content_of(given: RawPage | RawMedia) -> bytes:
    return given.content if isinstance(given, RawPage) else given.media.content


def _read_items(file: BinaryIO, path: Path, start: str | None) -> Iterator[Given]:
    return read_jsonl(file, name=_name(path), start=start)


def _read_addresses(file: BinaryIO, path: Path, _: str | None) -> Iterator[Given]:
    content, problems = _unpack(file, _name(path), MAX_XML_BYTES)
    yield from problems
    found = read_sitemap(content)
    yield from (replace(problem, page=_name(path)) for problem in found.problems)
    if found.pages or found.sitemaps:
        text = f"it names {len(found.pages):,} pages and {len(found.sitemaps):,} sitemaps; none of them was fetched"
        hint = "save the pages, or give them in a WARC"
        yield Problem(code="addresses_only", page=_name(path), text=text, hint=hint)


def _read_entries(file: BinaryIO, path: Path, start: str | None) -> Iterator[Given]:
    content, problems = _unpack(file, _name(path), MAX_XML_BYTES)
    yield from problems
    found = read_feed(content)
    yield from (replace(problem, page=_name(path)) for problem in found.problems)
    bare = 0
    for number, entry in enumerate(found.entries):
        if not entry.content.strip():
            bare += 1
        elif number >= int(start or 0):
            yield RawItem(_record_of(entry), f"{_name(path)}#{number + 1}", str(number))
    if bare:
        text = f"{bare:,} of {len(found.entries):,} entries name a page and hold no text; none was fetched"
        hint = "save the pages, or give them in a WARC"
        yield Problem(code="addresses_only", page=_name(path), text=text, hint=hint)


def _record_of(entry: Entry) -> ItemRecord:
    record = ItemRecord(id=entry.id, kind="article", url=entry.url, title=entry.title, published_at=entry.published_at)
    return replace(record, html=entry.content) if entry.is_html else replace(record, text=entry.content)


def _read_packed_page(file: BinaryIO, path: Path, _: str | None) -> Iterator[Given]:
    content, problems = _unpack(file, _name(path), MAX_FILE_BYTES)
    yield from problems
    inner = path.with_suffix("").suffix.lower()
    yield RawPage(_name(path), content, is_html=inner not in TEXT_SUFFIXES)


def _unpack(file: BinaryIO, name: str, most: int) -> tuple[bytes, list[Problem]]:
    """Give at most `most` bytes of a file without its packing, and what is wrong with it."""
    stream = Stream(file)
    parts: list[bytes] = []
    left = most
    while left and ((part := stream.read(left)) or stream.next_member()):
        parts.append(part)
        left -= len(part)
    problems = []
    if stream.damage:
        text = f"its packing cannot be read from byte {stream.start} on: {stream.damage}"
        problems.append(Problem(code="payload_damaged", page=name, text=text, hint="what came before that was read"))
    elif not left and stream.read(1):
        text = f"it has over {most:,} bytes; its beginning was read"
        problems.append(Problem(code="page_truncated", page=name, text=text))
    return b"".join(parts), problems


def page_of(item: RawItem) -> RawPage:
    """Give an item as a page; one that has fields or pictures alone is an empty page, which is told when it is read."""
    record = item.record
    text = record.text or record.html or ""
    is_html = not record.text and bool(record.html)
    return RawPage(record.id, text.encode("utf-8", "replace"), is_html, url=record.url, position=item.position)


_WORDS: dict[Kind, str] = {
    "page": "a page",
    "warc": "a WARC",
    "wacz": "a zip",
    "sitemap": "a sitemap",
    "feed": "a feed",
    "jsonl": "lines of JSON",
    "parquet": "Parquet",
}
_ARCHIVES: dict[Kind, Callable[..., Iterator[RawPage | RawMedia | Problem]]] = {"warc": read_warc, "wacz": read_wacz}
_READERS: dict[Kind, Callable[[BinaryIO, Path, str | None], Iterator[Given]]] = {
    "page": _read_packed_page,
    "sitemap": _read_addresses,
    "feed": _read_entries,
    "jsonl": _read_items,
}
