"""Tests of cloneward.archive.sources."""

import gzip
import io
import json
import zipfile

import duckdb
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.archive.media import RawMedia
from cloneward.archive.sources import read_originals, read_source, read_texts
from cloneward.errors import InputError
from cloneward.model.content import Problem
from tests.archive.crawl import http, pack, pages, record
from tests.archive.test_media import PICTURE
from tests.hostile_images import encode, make_picture

URLS = ["http://a.test/1", "http://a.test/2"]
RECORDS = [{"id": "a", "text": "some words"}, {"id": "b", "html": "<p>more words", "url": "https://a.test/b"}]
JSONL = "".join(f"{json.dumps(one)}\n" for one in RECORDS).encode()
RSS = b"<rss><item><guid>g1</guid><description>words</description></item><item><guid>g2</guid></item></rss>"
SITEMAP = b"<urlset><url><loc>https://a.test/1</loc></url></urlset>"
HTML = b"<!DOCTYPE html><p>some words"


def make_zip(*entries):
    """A zip of named entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content)  # of 1980, so that every process makes the same
    return file.getvalue()


WACZ = make_zip(("archive/data.warc.gz", pack(*pages(*URLS))))


def tell(given_one):
    """What one given thing is: the address of a page, the id of an item, the code of a problem."""
    if isinstance(given_one, RawPage):
        return given_one.address
    return f"item {given_one.record.id}" if isinstance(given_one, RawItem) else f"problem {given_one.code}"


def read(tmp_path, name, content):
    """What a file holds."""
    path = tmp_path / name
    path.write_bytes(content)
    return [tell(one) for one in read_source(path)]


KINDS = [
    (pack(*pages(*URLS), packing="plain"), URLS),
    (JSONL, ["item a", "item b"]),
    (RSS, ["item g1", "problem addresses_only"]),
    (SITEMAP, ["problem addresses_only"]),
]


@pytest.mark.parametrize("pack_", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("name", ["x", "x.bin", "x.html", "a.b.c"])
@pytest.mark.parametrize(("content", "told"), KINDS)
def test_told_by_content(tmp_path, pack_, name, content, told):
    """A file is told by what it holds, packed or not, whatever it is called."""
    assert read(tmp_path, name, pack_(content)) == told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.wacz", WACZ, URLS),
        ("x.zip", WACZ, URLS),
        ("x", WACZ, URLS),
        ("x.wacz", b"junk", ["problem wacz_damaged", "problem warc_damaged"]),
        ("x.zip", make_zip(("a.txt", b"words")), ["problem no_pages"]),
        ("x.warc", b"junk", ["problem warc_damaged"]),
        ("x.warc.gz", b"\x1f\x8b\x08junk", ["problem warc_damaged"]),
        ("x.warc.gz", pack(record(URLS[0], http(status="404 Not Found"))), ["problem no_pages"]),
        ("x.jsonl", b"", ["problem no_pages"]),
        ("x.jsonl", b"words", ["problem item_invalid"]),
        ("x.ndjson.gz", gzip.compress(JSONL, mtime=0), ["item a", "item b"]),
        ("x.jsonl", SITEMAP, ["problem addresses_only"]),
        ("x.parquet", b"junk", ["problem items_damaged"]),
        ("x", b"PAR1junk", ["problem items_damaged"]),
        ("sitemap.txt", b"https://a.test/1\n", ["problem addresses_only"]),
        ("sitemap-2.txt.gz", gzip.compress(b"https://a.test/1\n", mtime=0), ["problem addresses_only"]),
        ("urls.txt", b"https://a.test/1\n", ["urls.txt"]),
        ("x.html", HTML, ["x.html"]),
        ("x.html.gz", gzip.compress(HTML, mtime=0), ["x.html.gz"]),
        ("x.txt", JSONL, ["x.txt"]),
        ("x.json", b"[1]", ["x.json"]),
        ("x", b"", ["x"]),
        ("x.xml", b"<a/>", ["x.xml"]),
    ],
)
def test_told_by_name_where_content_does_not(tmp_path, name, content, told):
    """Where the first bytes do not tell, the name does, and a damaged file of a kind is told as one."""
    assert read(tmp_path, name, content) == told


def test_parquet(tmp_path):
    """Parquet is told by its first bytes."""
    duckdb.connect().execute(f"COPY (SELECT 'a' AS id, 'x' AS text) TO '{tmp_path}/x' (FORMAT parquet)")
    assert [tell(one) for one in read_source(tmp_path / "x")] == ["item a"]


def test_folders_are_pages(tmp_path):
    """A folder gives its pages and leaves archives in it alone."""
    (tmp_path / "a.html").write_bytes(HTML)
    (tmp_path / "x.warc").write_bytes(pack(*pages(*URLS)))
    assert [tell(one) for one in read_source(tmp_path)] == ["a.html"]


def test_packed_pages(tmp_path):
    """A packed page is unpacked, and is HTML or text by the name within."""
    for name, is_html in [("a.html.gz", True), ("a.txt.gz", False), ("a.md.zst", False), ("a.gz", True)]:
        (tmp_path / name).write_bytes(gzip.compress(b"some ") + gzip.compress(b"words"))
        assert list(read_source(tmp_path / name)) == [RawPage(name, b"some words", is_html)]


@pytest.mark.timeout(20)
def test_bombs(tmp_path):
    """A packed page that unpacks to gigabytes is cut, and said to be."""
    packer = zstandard.ZstdCompressor().stream_writer(file := io.BytesIO(), closefd=False)
    for _ in range(1024):
        packer.write(bytes(1 << 20))
    packer.close()
    assert read(tmp_path, "x.html.zst", file.getvalue())[0] in {"problem page_truncated", "problem payload_damaged"}


@pytest.mark.parametrize("name", ["none", "n" * 300, "pipe", "nul\0"])
def test_nothing_there(tmp_path, name):
    """Where nothing is, the caller is told at once."""
    with pytest.raises(InputError):
        read_source(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HTML + WACZ, ["problem two_kinds", "x"]),
        (pack(*pages(*URLS)) + make_zip(("a.warc", b"")), ["problem two_kinds", *URLS, "problem warc_damaged"]),
        (JSONL + make_zip(("a", b"")), ["problem two_kinds", "item a", "item b", "problem item_invalid"]),
        (HTML + b"PAR1", ["problem two_kinds", "x"]),
    ],
)  # fmt: skip
def test_two_kinds(tmp_path, content, told):
    """What is valid as two kinds is read as the one that it begins as, and that is said."""
    assert read(tmp_path, "x", content)[: len(told)] == told


def test_addresses_are_never_twice(tmp_path):
    """One address captured twice is one page if its content is the same, else two whose addresses tell them apart."""
    again = record(URLS[0], http(f"<p>words of {URLS[0]}".encode()), WARC_Date="2027-01-01T00:00:00Z")
    changed = record(URLS[0], http(b"<p>other words"), WARC_Date="2028-01-01T00:00:00Z")
    (tmp_path / "x").write_bytes(pack(*pages(*URLS), again, changed, changed))
    found = list(read_source(tmp_path / "x"))
    assert [page.url for page in found] == [*URLS, URLS[0]]
    assert [page.address for page in found[:2]] == URLS
    assert found[2].address.startswith(f"{URLS[0]} 2028-01-01T00:00:00.000Z ")


@pytest.mark.parametrize(
    "content", [pack(*pages(*URLS)), WACZ, JSONL, RSS.replace(b"g2</guid>", b"g2</guid><description>x</description>")]
)
def test_positions(tmp_path, content):
    """From the position of anything the same comes again."""
    path = tmp_path / "x"
    path.write_bytes(content)
    whole = list(read_source(path))
    assert len(whole) == 2
    assert list(read_source(path, whole[1].position)) == whole[1:]


def test_items_as_pages(tmp_path):
    """For a check an item is a page of its text, or else its HTML, by its id."""
    (tmp_path / "x").write_bytes(JSONL + b'{"id": "c", "fields": {"a": 1}}\n')
    one, two, three = read_texts(tmp_path / "x")
    assert (one.address, one.content, one.is_html, one.url) == ("a", b"some words", False, None)
    assert (two.address, two.content, two.is_html, two.url) == ("b", b"<p>more words", True, "https://a.test/b")
    assert three.content == b""


def test_names_that_are_no_text(tmp_path):
    """Problems name a file in a way that any record can hold."""
    path = tmp_path / "caf\udce9.warc"
    path.write_bytes(b"junk")
    (problem,) = read_source(path)
    assert problem.page == "caf\\xe9.warc"


@settings(max_examples=30)
@given(st.binary(max_size=100), st.sampled_from([b"", *[content for content, _ in KINDS], WACZ, gzip.compress(RSS)]))
def test_never_raises(tmp_path_factory, content, head):
    """Any bytes under any kind give pages, items and problems."""
    path = tmp_path_factory.mktemp("x") / "x"
    path.write_bytes(head[: len(head) // 2] + content + head[len(head) // 2 :])
    assert all(isinstance(one, RawPage | RawItem | Problem) for one in read_source(path))


def test_originals(tmp_path):
    """Where pictures are read, a folder, a file, a WARC and a WACZ give those they hold, each once."""
    shown = record("http://a.test/a.jpg", http(PICTURE, media="image/jpeg"))
    other = record("http://a.test/a.jpg", http(encode(make_picture()), media="image/jpeg"))
    crawl = pack(shown, shown, other, *pages(URLS[0]))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(PICTURE)
    for name, content in {"x.warc": crawl, "x.wacz": make_zip(("data.warc.gz", crawl)), "a.jpg": PICTURE}.items():
        (tmp_path / name).write_bytes(content)
    once, again, page = [one.address for one in read_originals(tmp_path / "x.warc")]
    assert (once, page) == ("http://a.test/a.jpg", URLS[0])
    assert again.startswith("http://a.test/a.jpg 2026-")
    assert [one.url for one in read_originals(tmp_path / "x.wacz")] == [once, once, page]
    for path in (folder, tmp_path / "a.jpg"):
        (found,) = read_originals(path)
        assert isinstance(found, RawMedia)
    assert [one.address for one in read_source(tmp_path / "x.warc")] == [page]
