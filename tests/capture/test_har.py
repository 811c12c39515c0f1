"""Tests of cloneward.capture.har."""

import base64
import json
from dataclasses import replace

from cloneward.capture.har import write_har
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Rendering

AT = "2026-11-24T12:00:00.000Z"
EXCHANGE = Exchange(
    url="https://x.test/a?b=1&c=",
    method="POST",
    requested_at=AT,
    request_headers=(("Content-Type", "text/plain"),),
    request_body=b"sent",
    status=302,
    reason="Found",
    response_headers=(("Location", "/y"), ("content-type", "text/html")),
    body=b"<p>\xff",
    address="[2001:db8::1]:443",
)
RENDERING = Rendering(url="https://x.test/", final_url="https://x.test/", started_at=AT, ended_at=AT)


def read(*exchanges):
    """The entries of the HAR of some exchanges."""
    har = json.loads(write_har(replace(RENDERING, exchanges=exchanges, title="T\ud800")))
    assert har["log"]["version"] == "1.2"
    return har["log"]["entries"]


def test_exchanges_are_told_as_they_were():
    """Method, address, headers and bodies of an exchange come back, a body that is no text too."""
    (entry,) = read(EXCHANGE)
    assert entry["serverIPAddress"] == "2001:db8::1"
    assert entry["request"]["postData"] == {"mimeType": "text/plain", "text": "sent", "params": []}
    assert entry["request"]["queryString"] == [{"name": "b", "value": "1"}, {"name": "c", "value": ""}]
    assert (entry["response"]["status"], entry["response"]["redirectURL"]) == (302, "/y")
    assert base64.b64decode(entry["response"]["content"]["text"]) == b"<p>\xff"
    assert entry["startedDateTime"] == AT


def test_what_is_missing_is_told():
    """A request without an answer has status 0 and the reason, and a long body is left to the WARC."""
    failed, long = read(
        replace(EXCHANGE, status=None, body=b"", failure="it broke off", address=None, url="http://[x"),
        replace(EXCHANGE, body=b"x" * 2_000_000),
    )
    assert failed["response"]["status"] == 0
    assert failed["comment"] == "it broke off"
    assert "serverIPAddress" not in failed
    assert long["response"]["content"]["size"] == 2_000_000
    assert "text" not in long["response"]["content"]
