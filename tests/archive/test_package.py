"""Tests of cloneward.archive.package."""

import hashlib
import io
import json
import zipfile

import pytest

from cloneward.archive.folder import RawPage
from cloneward.archive.package import write_wacz
from cloneward.archive.recorder import Recorder
from cloneward.archive.wacz import read_wacz
from cloneward.model.evidence import Capture, Exchange, Visit

AT = "2026-11-24T04:14:52.123Z"
CAPTURE = Capture(
    id="c1",
    url="https://a.test/",
    vantage="plain",
    mode="fetch",
    bodies="wire",
    started_at=AT,
    ended_at=AT,
    operator="ana",
    purpose="capture",
    visits=(Visit(url="https://a.test/", at=AT, title="Plüm"),),
)
EXCHANGE = Exchange(
    url="https://a.test/",
    requested_at=AT,
    status=200,
    response_headers=(("Content-Type", "text/html"),),
    body=b"<p>words",
)


@pytest.fixture
def write(tmp_path):
    """Write the WACZ of a capture with one exchange."""

    def make(capture=CAPTURE, sign=lambda digest, created: {"hash": digest, "created": created}, **texts):
        warc = tmp_path / "data.warc.gz"
        with warc.open("wb") as file:
            recorder = Recorder(file, capture.id)
            recorder.write_exchange(EXCHANGE)
        target = io.BytesIO()
        write_wacz(target, capture, warc, recorder.write_index(), sign, **texts)
        return target.getvalue()

    return make


def test_the_list_holds_every_file(write):
    """The data package names each file with its SHA-256 and length, and its own digest is what was signed."""
    with zipfile.ZipFile(io.BytesIO(write())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    package = json.loads(files["datapackage.json"])
    stated = json.loads(files["datapackage-digest.json"])
    listed = {one["path"]: (one["hash"], one["bytes"]) for one in package["resources"]}
    whole = "sha256:" + hashlib.sha256(files["datapackage.json"]).hexdigest()
    assert listed == {
        name: (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
        for name, content in files.items()
        if not name.startswith("datapackage")
    }
    assert set(listed) == {"archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"}
    assert (package["wacz_version"], package["profile"]) == ("1.1.1", "data-package")
    assert stated["hash"] == stated["signedData"]["hash"] == whole
    assert stated["signedData"]["created"] == package["created"] == "2026-11-24T04:14:52Z"


def test_pages_hold_their_text(write):
    """The visible text of a page stands in the line of the page, of one without it nothing."""
    texts = {"https://a.test/": "wörds", "https://b.test/": "others"}
    with zipfile.ZipFile(io.BytesIO(write(texts=texts))) as archive:
        _, line = map(json.loads, archive.read("pages/pages.jsonl").splitlines())
    assert line["text"] == "wörds"
    with zipfile.ZipFile(io.BytesIO(write())) as archive:
        assert b'"text"' not in archive.read("pages/pages.jsonl")


def test_its_pages(write):
    """The page to begin with is named by address, time and title."""
    with zipfile.ZipFile(io.BytesIO(write())) as archive:
        lines = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()]
        package = json.loads(archive.read("datapackage.json"))
    assert lines[0]["format"] == "json-pages-1.0"
    assert [(line["url"], line["ts"], line["title"]) for line in lines[1:]] == [("https://a.test/", AT, "Plüm")]
    assert (package["mainPageUrl"], package["mainPageDate"]) == ("https://a.test/", AT)


def test_we_read_it_ourselves(write):
    """Our own reader gives the page that was received."""
    pages = list(read_wacz(io.BytesIO(write())))
    assert [page.content for page in pages if isinstance(page, RawPage)] == [b"<p>words"] == [pages[0].content]


def test_the_same_capture_makes_the_same_bytes(write):
    """What is written depends on the capture and the key alone."""
    assert write() == write()
