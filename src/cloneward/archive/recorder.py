"""A WARC 1.1 of what a browser or a fetch received, record by record, and the index of it.

ISO 28500:2017. Each record is a gzip member of its own. Heads are written as they were handed over, but that what is
no longer true of the bytes kept (a coding that was undone, a length) is renamed `X-Orig-…`, as replay tools expect.
Nothing comes from chance: the ids of records are made of the capture's id and their number.
"""

import hashlib
import io
import json
import re
import uuid
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import SplitResult, quote, urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from cloneward.model.evidence import Attachment, Exchange, Headers

FILE_NAME = "data.warc.gz"
# Heads of which the body as it is kept is no longer an example.
_CHANGED = {
    "wire": frozenset({"transfer-encoding"}),
    "decoded": frozenset({"transfer-encoding", "content-encoding", "content-length"}),
}
_TRUNCATED = {"length": "length", "time": "time"}
_LINE_END = re.compile(rb"[\r\n\0]+")
_WWW = re.compile(r"^www\d*\.")


@dataclass(frozen=True)
class Place:
    """Where a record lies in the WARC, and what an index says of it."""

    url: str
    at: str
    media_type: str
    status: int | None
    digest: str
    offset: int
    length: int


class Recorder:
    """Writes records to a file, in the order in which they are given, and remembers where they lie."""

    def __init__(self, file: BinaryIO, capture: str) -> None:
        """Begin at the beginning of `file`; `capture` is the id of the capture."""
        self._file = file
        self._capture = capture
        self._writer = WARCWriter(file, gzip=True, warc_version="1.1")
        self._number = 0
        self.places: list[Place] = []

    def write_info(self, at: str, fields: Mapping[str, str]) -> None:
        """Write who recorded what, with what and why: the record with which a WARC begins."""
        lines = {"format": "WARC File Format 1.1", "isPartOf": self._capture, **fields}
        extra = {"WARC-Date": at, "WARC-Filename": FILE_NAME}
        self._write("warcinfo", _spell_fields(lines), extra, "application/warc-fields")

    def write_exchange(self, exchange: Exchange) -> None:
        """Write the response, where one came, the request, and what neither of them can say."""
        own = {"WARC-Protocol": exchange.protocol.lower()}
        if exchange.address:
            own["WARC-IP-Address"] = exchange.address.rpartition(":")[0].strip("[]")
        first = None
        if exchange.status is not None:
            first = self._write_response(exchange, own)
        target = _split(exchange.url)
        line = f"{exchange.method} {target.path or '/'}{'?' + target.query if target.query else ''} HTTP/1.1"
        block = _spell_head(line, _with_host(exchange)) + exchange.request_body
        linked = {**own, "WARC-Concurrent-To": first} if first else own
        second = self._write_http("request", exchange, block, len(exchange.request_body), linked)
        told = {
            "protocol": exchange.protocol,
            "remoteAddress": exchange.address or "unknown",
            "bodies": exchange.bodies,
            "whole": "yes" if exchange.is_whole and exchange.status is not None else "no",
            "failure": exchange.failure or "none",
        }
        extra = {
            "WARC-Date": exchange.requested_at,
            "WARC-Target-URI": exchange.url,
            "WARC-Concurrent-To": first or second,
        }
        self._write("metadata", _spell_fields(told), extra, "application/warc-fields")

    def write_attachment(self, attachment: Attachment) -> None:
        """Write something that we made of a page, at the address `urn:<kind>:<url>`."""
        url = f"urn:{attachment.kind}:{attachment.url}"
        digest = _spell_digest(attachment.content)
        offset = self._file.tell()
        extra = {"WARC-Date": attachment.made_at, "WARC-Target-URI": url, "WARC-Payload-Digest": digest}
        self._write("resource", attachment.content, extra, attachment.media_type)
        place = Place(url, attachment.made_at, attachment.media_type, None, digest, offset, self._file.tell() - offset)
        self.places.append(place)

    def write_index(self) -> bytes:
        """Give the CDXJ of all responses and attachments, in the order of their keys."""
        return b"".join(sorted(_spell_place(place) for place in self.places))

    def _write_response(self, exchange: Exchange, own: Mapping[str, str]) -> str:
        status = exchange.status or 0
        reason = exchange.reason or _find_reason(status)
        headers = _rename(exchange.response_headers, exchange.bodies)
        block = _spell_head(f"HTTP/1.1 {status} {reason}".rstrip(), headers) + exchange.body
        extra = dict(own) if exchange.is_whole else {**own, "WARC-Truncated": _find_cause(exchange.failure)}
        offset = self._file.tell()
        record_id = self._write_http("response", exchange, block, len(exchange.body), extra)
        stated = next((value for name, value in headers if name.lower() == "content-type"), "")
        media_type = stated.partition(";")[0].strip().lower() or "unk"
        digest = _spell_digest(exchange.body)
        length = self._file.tell() - offset
        self.places.append(Place(exchange.url, exchange.requested_at, media_type, status, digest, offset, length))
        return record_id

    def _write_http(
        self, kind: str, exchange: Exchange, block: bytes, body_bytes: int, extra: Mapping[str, str]
    ) -> str:
        digest = _spell_digest(block[len(block) - body_bytes :])
        headers = {"WARC-Date": exchange.requested_at, "WARC-Target-URI": exchange.url, **extra}
        headers["WARC-Payload-Digest"] = digest
        return self._write(kind, block, headers, f"application/http; msgtype={kind}")

    def _write(self, kind: str, block: bytes, extra: Mapping[str, str], media_type: str) -> str:
        self._number += 1
        record_id = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self._capture}/{self._number}')}>"
        fields = {"WARC-Type": kind, "WARC-Record-ID": record_id, **extra}
        fields["WARC-Block-Digest"] = _spell_digest(block)
        lines = [(name, _clean(value)) for name, value in fields.items()]
        head = StatusAndHeaders("", lines, protocol="WARC/1.1")
        record = ArcWarcRecord("warc", kind, head, io.BytesIO(block), None, media_type, len(block))
        self._writer.write_record(record)
        return record_id


def find_key(url: str) -> str:
    """Give the address as an index sorts it (SURT): the host from its end, `www` left out, the query in order."""
    parts = _split(url)
    if not parts.netloc:
        return url.lower()
    host, colon, port = parts.netloc.rpartition("@")[2].lower().partition(":")
    host = _WWW.sub("", host)
    labels = [host] if re.fullmatch(r"[0-9.]+|\[.*", host) else reversed(host.split("."))
    port = "" if port in {"80", "443"} else f"{colon}{port}"
    query = "?" + "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{','.join(labels)}{port}){(parts.path or '/').lower()}{query}"


def _split(url: str) -> SplitResult:
    """Give the parts of an address; one that cannot be read has none but itself as its path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def _spell_place(place: Place) -> bytes:
    fields: dict[str, object] = {"url": place.url, "mime": place.media_type, "digest": place.digest}
    fields |= {"length": place.length, "offset": place.offset, "filename": FILE_NAME}
    if place.status is not None:
        fields["status"] = place.status
    moment = re.sub(r"\D", "", place.at)[:14]
    key = quote(find_key(place.url), safe="/?&=:,;()~!*'@+$%")
    return f"{key} {moment} {json.dumps(fields)}\n".encode("ascii")


def _rename(headers: Headers, bodies: str) -> Headers:
    changed = _CHANGED[bodies]
    return tuple((f"X-Orig-{name}" if name.lower() in changed else name, value) for name, value in headers)


def _with_host(exchange: Exchange) -> Headers:
    """Give the heads of a request with the host, which a browser tells in another way when it speaks HTTP/2."""
    if any(name.lower() == "host" for name, _ in exchange.request_headers):
        return exchange.request_headers
    return (("Host", _split(exchange.url).netloc), *exchange.request_headers)


def _spell_head(line: str, headers: Headers) -> bytes:
    lines = [line, *(f"{name}: {value}" for name, value in headers if not name.startswith(":"))]
    return b"".join(_LINE_END.sub(b" ", _encode(text)) + b"\r\n" for text in lines) + b"\r\n"


def _encode(text: str) -> bytes:
    """Give the bytes of a head: as they came, where every letter is a byte (RFC 9110, 5.5), else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace")


def _spell_fields(fields: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {_clean(value)}\r\n" for name, value in fields.items()).encode()


def _clean(value: str) -> str:
    """Give a value that ends no line and can be written."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value).encode(errors="replace").decode()


def _spell_digest(content: bytes) -> str:
    return "sha256:" + b32encode(hashlib.sha256(content).digest()).decode("ascii")


def _find_reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""


def _find_cause(failure: str) -> str:
    """Give the word of WARC 1.1, 5.13, for why a body is not whole."""
    return next((word for mark, word in _TRUNCATED.items() if mark in failure.lower()), "disconnect")
