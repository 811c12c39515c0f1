"""Tests of cloneward.archive.recorder."""

import base64
import gzip
import hashlib
import io
import json

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from cloneward.archive.folder import RawPage
from cloneward.archive.recorder import Recorder, find_key
from cloneward.archive.warc import read_warc
from cloneward.model.evidence import Attachment, Exchange

AT = "2026-11-24T04:14:52.123Z"
PAGE = b"<!doctype html><title>t</title><p>words that a page is made of \xff"
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def make_exchange(**fields):
    """An exchange that went well, but for what is given."""
    given_fields = {
        "url": "https://a.test/page?b=2&a=1",
        "requested_at": AT,
        "request_headers": (("Accept", "*/*"),),
        "status": 200,
        "response_headers": (("Content-Type", "text/html"),),
        "body": PAGE,
        "address": "192.0.2.7:443",
    }
    return Exchange(**given_fields | fields)


def record(*parts):
    """The WARC of exchanges and attachments, and its index."""
    file = io.BytesIO()
    recorder = Recorder(file, "c1")
    recorder.write_info(AT, {"software": "test", "operator": "ana"})
    for part in parts:
        (recorder.write_exchange if isinstance(part, Exchange) else recorder.write_attachment)(part)
    return file.getvalue(), recorder.write_index()


def read_records(content):
    """What warcio reads: type, address, heads of the record, status and heads of HTTP, and the body."""
    found = []
    for one in ArchiveIterator(io.BytesIO(content), check_digests="raise"):
        http = one.http_headers
        found.append((one.rec_type, one.rec_headers, http, one.raw_stream.read()))
    return found


def test_records():
    """An exchange is a response, its request and what neither can say, behind the record of who recorded it."""
    found = read_records(record(make_exchange())[0])
    assert [kind for kind, *_ in found] == ["warcinfo", "response", "request", "metadata"]
    _, headers, http, body = found[1]
    assert (headers["WARC-Target-URI"], headers["WARC-Date"], body) == ("https://a.test/page?b=2&a=1", AT, PAGE)
    assert (headers["WARC-IP-Address"], http.get_statuscode(), http["Content-Type"]) == (
        "192.0.2.7",
        "200",
        "text/html",
    )
    assert found[2][1]["WARC-Concurrent-To"] == headers["WARC-Record-ID"] == found[3][1]["WARC-Concurrent-To"]
    assert (found[2][2].statusline, found[2][2]["Host"]) == ("/page?b=2&a=1 HTTP/1.1", "a.test")
    assert b"remoteAddress: 192.0.2.7:443\r\n" in found[3][3]


def test_others_verify_the_digests(tmp_path):
    """Two other readers find the digest of each block and each payload true, and so no record without."""
    attachment = Attachment(url="https://a.test/", kind="view", media_type="image/png", made_at=AT, content=b"\x89PNG")
    content, _ = record(make_exchange(), make_exchange(status=None, failure="refused"), attachment)
    records = list(FastIterator(io.BytesIO(content), parse_http=False))
    assert len(records) == 7
    fast = [one.verify_block_digest() for one in FastIterator(io.BytesIO(content), parse_http=False)]
    assert fast == [True] * 7
    path = tmp_path / "data.warc.gz"
    path.write_bytes(content)
    checker = Checker(type("Command", (), {"verbose": False, "inputs": [str(path)]}))
    checker.process_all()
    assert checker.exit_value == 0
    spoiled = bytearray(gzip.decompress(content))
    spoiled[spoiled.index(b"words")] ^= 1
    path.write_bytes(spoiled)
    checker.process_all()
    assert checker.exit_value == 1


def test_we_read_it_ourselves():
    """Our own reader gives the page as it was received, at its address and time."""
    (page,) = [one for one in read_warc(io.BytesIO(record(make_exchange())[0])) if isinstance(one, RawPage)]
    assert (page.content, page.url, page.is_html) == (PAGE, "https://a.test/page?b=2&a=1", True)


def test_the_same_exchanges_make_the_same_bytes():
    """Nothing of a WARC comes from chance, the clock or the machine."""
    assert record(make_exchange()) == record(make_exchange())


@pytest.mark.parametrize(
    ("bodies", "renamed"),
    [("wire", ["transfer-encoding"]), ("decoded", ["content-encoding", "content-length", "transfer-encoding"])],
)
def test_heads_that_are_no_longer_true(bodies, renamed):
    """A head that the bytes no longer follow is kept under another name, and all others as they came."""
    names = ["Content-Encoding", "Transfer-Encoding", "Content-Length", "Set-Cookie", "set-cookie"]
    heads = tuple((name, f"v{number}") for number, name in enumerate(names))
    _, _, http, body = read_records(record(make_exchange(bodies=bodies, response_headers=heads))[0])[1]
    kept = [name for name, _ in http.headers]
    assert sorted(name.removeprefix("X-Orig-").lower() for name in kept if name.startswith("X-Orig-")) == renamed
    assert [(name.removeprefix("X-Orig-"), value) for name, value in http.headers] == list(heads)
    assert body == PAGE


@pytest.mark.parametrize(
    ("failure", "word"), [("connection reset", "disconnect"), ("length limit", "length"), ("time is over", "time")]
)
def test_partial_answers(failure, word):
    """What came of a body that broke off is kept, marked as cut and with the reason."""
    found = read_records(record(make_exchange(body=PAGE[:9], is_whole=False, failure=failure))[0])
    assert (found[1][1]["WARC-Truncated"], found[1][3]) == (word, PAGE[:9])
    assert f"whole: no\r\nfailure: {failure}\r\n".encode() in found[3][3]


def test_failed_requests():
    """A request that nothing answered is kept, with the reason and no response."""
    found = read_records(record(make_exchange(status=None, failure="refused", body=b"", address=None))[0])
    assert [kind for kind, *_ in found] == ["warcinfo", "request", "metadata"]
    assert b"failure: refused" in found[2][3]


def test_the_index_leads_to_the_records():
    """Each line of the index, in order, gives place and length of a record that holds what it says."""
    attachment = Attachment(url="https://a.test/", kind="view", media_type="image/png", made_at=AT, content=b"\x89PNG")
    content, index = record(make_exchange(url="http://www.b.test:8080/Z"), attachment, make_exchange())
    lines = index.decode().splitlines()
    assert lines == sorted(lines)
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["test,a)/page?a=1&b=2", "20261124041452"],
        ["test,b:8080)/z", "20261124041452"],
        ["urn:view:https://a.test/", "20261124041452"],
    ]
    for line in lines:
        fields = json.loads(line.split(" ", 2)[2])
        (one,) = ArchiveIterator(io.BytesIO(content[fields["offset"] :][: fields["length"]]))
        assert one.rec_headers["WARC-Target-URI"] == fields["url"]
        assert one.rec_headers["WARC-Payload-Digest"] == fields["digest"]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www2.a.test/", "test,a)/"),
        ("http://192.0.2.7:81/x", "192.0.2.7:81)/x"),
        ("https://user@a.test:443/?", "test,a)/"),
        ("http://[2001:db8::1]/", "[2001:db8::1])/"),
        ("http://[broken", "http://[broken"),
        ("about:blank", "about:blank"),
    ],
)
def test_keys(url, key):
    """Addresses are sorted by their host from its end, and one that cannot be read by itself."""
    assert find_key(url) == key


@given(url=TEXT, name=TEXT, value=TEXT, reason=TEXT, body=st.binary(max_size=50), failure=TEXT)
def test_whatever_a_server_sends(url, name, value, reason, body, failure):
    """Whatever stands in an address or a head, the WARC stays whole, and the body in it is the one that came."""
    made = make_exchange(
        url=f"http://{url}", response_headers=((name, value),), reason=reason, body=body, failure=failure
    )
    content, _ = record(made, make_exchange())
    found = read_records(content)
    assert [kind for kind, *_ in found] == ["warcinfo", *["response", "request", "metadata"] * 2]
    assert found[4][3] == PAGE
    stated = found[1][1]["WARC-Payload-Digest"]
    assert len(list(FastIterator(io.BytesIO(content), parse_http=False))) == 7
    assert stated == "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode()
