"""The exchanges of a visit as HAR 1.2, which browsers' tools open. Times that were not measured are -1, as it says."""

import base64
import json
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from cloneward import __version__
from cloneward.model.evidence import Exchange, Headers
from cloneward.model.vantage import Rendering

_UNKNOWN = -1
_MOST_BODY = 1024 * 1024  # bytes of one body: the WARC has them all


def write_har(rendering: Rendering) -> bytes:
    """Give the HAR of what was exchanged in one visit, UTF-8."""
    page = {
        "startedDateTime": rendering.started_at,
        "id": "page",
        "title": rendering.title,
        "pageTimings": {"onContentLoad": _UNKNOWN, "onLoad": _UNKNOWN},
    }
    log = {
        "version": "1.2",
        "creator": {"name": "cloneward", "version": __version__},
        "browser": {"name": "chromium", "version": rendering.tools.get("chromium", "")},
        "pages": [page],
        "entries": [_spell_exchange(exchange) for exchange in rendering.exchanges],
    }
    return json.dumps({"log": log}, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _spell_exchange(exchange: Exchange) -> dict[str, object]:
    entry: dict[str, object] = {
        "pageref": "page",
        "startedDateTime": exchange.requested_at,
        "time": 0,
        "request": _spell_request(exchange),
        "response": _spell_response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }
    if exchange.address:
        entry["serverIPAddress"] = exchange.address.rpartition(":")[0].strip("[]")
    if exchange.failure:
        entry["comment"] = exchange.failure
    return entry


def _spell_request(exchange: Exchange) -> dict[str, object]:
    request: dict[str, object] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.protocol,
        "cookies": [],
        "headers": _list_pairs(exchange.request_headers),
        "queryString": _list_pairs(_read_query(exchange.url)),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        text = exchange.request_body[:_MOST_BODY].decode("utf-8", "replace")
        media_type = _find(exchange.request_headers, "content-type")
        request["postData"] = {"mimeType": media_type, "text": text, "params": []}
    return request


def _spell_response(exchange: Exchange) -> dict[str, object]:
    content: dict[str, object] = {
        "size": len(exchange.body),
        "mimeType": _find(exchange.response_headers, "content-type"),
    }
    if exchange.body and len(exchange.body) <= _MOST_BODY:
        content |= {"text": base64.b64encode(exchange.body).decode("ascii"), "encoding": "base64"}
    return {
        "status": exchange.status or 0,
        "statusText": exchange.reason,
        "httpVersion": exchange.protocol,
        "cookies": [],
        "headers": _list_pairs(exchange.response_headers),
        "content": content,
        "redirectURL": _find(exchange.response_headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.body) if exchange.bodies == "wire" else _UNKNOWN,
    }


def _read_query(url: str) -> Headers:
    try:
        return tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    except ValueError:
        return ()


def _list_pairs(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _find(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
