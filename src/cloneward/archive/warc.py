"""Pages and pictures from a WARC: what servers sent, with address and date as the archiver wrote them down."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

from cloneward.archive.folder import RawPage
from cloneward.archive.media import RawMedia, take_media
from cloneward.archive.moment import parse_moment
from cloneward.archive.payload import Payload, decode_payload, detect_media, may_be_picture, parse_head, read_charset
from cloneward.archive.record import Damage, Record, open_stream, read_records
from cloneward.archive.stream import Packing
from cloneward.model.content import Problem

# What of one page is held: twice what its text is read from.
MAX_PAGE_BYTES = 32 * 1024 * 1024
# Problems of one file that are told one by one; the others are counted.
MAX_TOLD = 100
# Responses that later records may point back to; in a larger file the pointers beyond are reported.
_MAX_REMEMBERED = 200_000
# A pointer takes 300 bytes and gives a page: so much of what they give is read.
_MAX_REVISITED_BYTES = 1024 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
_OK = range(200, 300)
_DAMAGES = frozenset({"image_damaged", "image_too_large"})
Kind = Literal["html", "text", "picture"]
Given = RawPage | RawMedia | Problem


@dataclass
class Tally:
    """What became of the records of a file; filled as it is read.

    `left_out` counts, by reason: type, status, media, address, damage.
    """

    records: int = 0
    pages: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def read_warc(  # noqa: PLR0913  one file, and by their names what else may be told of it
    file: BinaryIO,
    *,
    name: str | None = None,
    start: str | None = None,
    tally: Tally | None = None,
    packing: Packing | None = None,
    with_media: bool = False,
) -> Iterator[Given]:
    """Give the pages of a WARC, plain or packed by gzip or zstd, in order; never raises on hostile bytes.

    Pages are responses with a status from 200 to 299, and resources, whose payload is HTML or plain text, at an
    address of the web. A revisit gives the page that it points to, where that stands in the same file and before
    it. Two captures of one address are two pages of one address.

    Args:
        file: to read and to seek in; nothing else may read it meanwhile but by seeking first.
        name: what problems say they are of.
        start: the `position` of a page, to begin with that one; what stood before it cannot be pointed to.
        tally: is filled with what was left out.
        packing: how its members are packed, where its first bytes do not tell.
        with_media: give the pictures among the responses too, those that came whole.
    """
    reader = _Reader(file, name, Tally() if tally is None else tally, packing, with_media)
    yield from reader.read(start)


def count_left_out(tally: Tally) -> str:
    """Give in words what was left out of a file."""
    counts = ", ".join(f"{count:,} by {reason}" for reason, count in sorted(tally.left_out.items()))
    return f"{tally.records:,} records, {tally.pages:,} pages" + (f"; left out: {counts}" if counts else "")


@dataclass
class _Reader:
    file: BinaryIO
    name: str | None
    tally: Tally
    packing: Packing | None = None
    with_media: bool = False
    told: int = 0
    unresolved: int = 0
    revisited_bytes: int = 0
    places: dict[str, str] = field(default_factory=dict)

    def read(self, start: str | None) -> Iterator[Given]:
        for found in read_records(open_stream(self.file, start, self.packing), start):
            if isinstance(found, Damage):
                text = f"at offset {found.position}: {found.text}"
                hint = "look whether the file came over whole; what could be read of it was"
                yield from self.tell(Problem(code="warc_damaged", page=self.name, text=text, hint=hint))
                continue
            self.tally.records += 1
            for page in self.take(found):
                self.tally.pages += isinstance(page, RawPage)
                yield page
        if self.unresolved:
            text = f"{self.unresolved:,} records point to pages that do not stand before them in this file"
            hint = "join the WARCs of the crawl in the order in which they were written: cat 1.warc.gz 2.warc.gz"
            yield Problem(code="revisit_unresolved", page=self.name, text=text, hint=hint)
        if self.told > MAX_TOLD:
            text = f"{self.told - MAX_TOLD:,} more problems were not told one by one"
            yield Problem(code="problems_left_out", page=self.name, text=text)

    def tell(self, problem: Problem) -> Iterator[Problem]:
        self.told += 1
        if self.told <= MAX_TOLD:
            yield problem

    def take(self, record: Record) -> Iterator[Given]:
        """Give the page or picture that a record holds or points to, after what is wrong with it."""
        kind = record.headers.get("warc-type", "").lower()
        url = _read_address(record)
        if kind not in {"response", "resource", "revisit"}:
            self.tally.left_out["type"] += 1
        elif url is None:
            self.tally.left_out["address"] += 1
        elif kind == "revisit":
            yield from self.revisit(record, url)
        else:
            yield from self.read_page(record, url)

    def read_page(self, record: Record, url: str) -> Iterator[Given]:
        payload, kind = self.decode(record)
        if payload is None:
            return
        if payload.fault:
            text = f"at offset {record.position} of the archive: {payload.fault}"
            hint = "what was decoded before that was read"
            yield from self.tell(Problem(code="payload_damaged", page=url, text=text, hint=hint))
        is_cut = payload.is_cut or bool(record.headers.get("warc-truncated"))
        if is_cut:
            why = f"it has over {MAX_PAGE_BYTES:,} bytes" if payload.is_cut else "it was cut when it was archived"
            what = "left out" if kind == "picture" else "its beginning was read"
            yield from self.tell(Problem(code="page_truncated", page=url, text=f"{why}; {what}"))
        if kind == "picture" and (is_cut or payload.fault):
            return  # half a picture is another one
        if payload.content or not payload.fault:
            self.remember(record, url)
            yield from self.make(record, url, payload, kind)

    def make(self, record: Record, url: str, payload: Payload, kind: Kind) -> Iterator[Given]:
        """Give the page or picture of a record, with its date as the archiver wrote it."""
        seen_at = parse_moment(record.headers.get("warc-date"))
        if kind != "picture":
            is_html, charset, place = kind == "html", payload.charset, record.position
            yield RawPage(url, payload.content, is_html, url=url, seen_at=seen_at, position=place, charset=charset)
            return
        found = take_media(url, payload.content)
        if isinstance(found, RawMedia) and not found.media.is_video:
            yield replace(found, url=url, seen_at=seen_at, position=record.position)
            return
        self.tally.left_out["media"] += 1
        # what is none of a kind that is read is no more than that: an icon, a pixel that counts visitors
        if isinstance(found, Problem) and found.code in _DAMAGES:
            yield from self.tell(replace(found, page=url))

    def decode(self, record: Record) -> tuple[Payload | None, Kind]:
        """Give the payload and what it is; none for what is not read, with the reason in the tally."""
        head = record.read(_HEAD_BYTES)
        if record.headers.get("warc-type", "").lower() == "resource":
            response, fields = None, {"content-type": record.headers.get("content-type", "")}
        else:
            response = parse_head(head)
            if response is None or response.status not in _OK:
                self.tally.left_out["damage" if response is None else "status"] += 1
                return None, "text"
            fields = dict(response.fields)
        stated = fields.get("content-type", "")
        takes_picture = self.with_media and may_be_picture(stated)
        if not takes_picture and detect_media(stated, b"<html>") is None:  # before the rest of a film is read
            self.tally.left_out["media"] += 1
            return None, "text"
        body = head[response.size if response else 0 :] + record.read(MAX_PAGE_BYTES)
        payload = decode_payload(body, fields, MAX_PAGE_BYTES)
        kind: Kind | None = detect_media(stated, payload.content) or ("picture" if takes_picture else None)
        if kind is None:
            self.tally.left_out["media"] += 1
            return None, "text"
        return replace(payload, charset=read_charset(stated)), kind

    def remember(self, record: Record, url: str) -> None:
        headers = record.headers
        keys = (headers.get("warc-record-id"), headers.get("warc-payload-digest"), f"{url} {headers.get('warc-date')}")
        for key in keys:
            if key and len(self.places) < _MAX_REMEMBERED:
                self.places.setdefault(key, record.position)

    def revisit(self, record: Record, url: str) -> Iterator[Given]:
        """Give the page that a revisit found unchanged, at its own address and date."""
        headers = record.headers
        target = f"{headers.get('warc-refers-to-target-uri', '')} {headers.get('warc-refers-to-date', '')}"
        keys = (headers.get("warc-refers-to"), target, headers.get("warc-payload-digest"))
        place = next((self.places[key] for key in keys if key and key in self.places), None)
        if place is None or self.revisited_bytes > _MAX_REVISITED_BYTES:
            head = parse_head(record.read(_HEAD_BYTES))
            stated = head.fields.get("content-type", "text/html") if head else "text/html"
            is_read = detect_media(stated, b"") is not None or (self.with_media and may_be_picture(stated))
            self.unresolved += is_read
            self.tally.left_out["revisit" if is_read else "media"] += 1
            return
        original = next(read_records(open_stream(self.file, place, self.packing), place), None)
        if isinstance(original, Record):
            payload, kind = self.decode(original)
            if payload is not None:
                self.revisited_bytes += len(payload.content)
                yield from self.make(record, url, payload, kind)


def _read_address(record: Record) -> str | None:
    """Give the address of a record where it is one of the web; WARC 1.0 writers put it in angle brackets."""
    address = record.headers.get("warc-target-uri", "").strip("<> ")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    is_web = parts.scheme.lower() in {"http", "https"} and parts.netloc
    return re.sub(r"[\x00-\x20\x7f]", "", address) if is_web else None
