"""Tests of cloneward.archive.wacz."""

import io
import struct
import tracemalloc
import warnings
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from cloneward.archive import wacz as module
from cloneward.archive.folder import RawPage
from cloneward.archive.wacz import read_wacz
from cloneward.model.content import Problem
from tests.archive.crawl import http, pack, pages, record

URLS = ["http://a.test/1", "http://a.test/2", "http://a.test/3"]
STORED, PACKED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def make_zip(entries, method=STORED):
    """A zip of named entries."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name twice
        for name, content in entries:
            entry = zipfile.ZipInfo(name)  # of 1980, so that every process makes the same
            entry.compress_type = method
            archive.writestr(entry, content)
    return file.getvalue()


def make_wacz(*urls, method=STORED, name="archive/data.warc.gz"):
    """A WACZ of pages, with what else stands in one."""
    others = [("datapackage.json", b"{}"), ("pages/pages.jsonl", b"{}\n"), ("indexes/index.cdx.gz", pack(b"a.test)/"))]
    return make_zip([(name, pack(*pages(*urls))), *others], method)


def read(content, **options):
    """The addresses of the pages in a WACZ, and the codes of its problems."""
    given_ones = list(read_wacz(io.BytesIO(content), **options))
    addresses = [one.address for one in given_ones if isinstance(one, RawPage)]
    return addresses, [one.code for one in given_ones if isinstance(one, Problem)]


@pytest.mark.parametrize("method", [STORED, PACKED])
@pytest.mark.parametrize("name", ["archive/data.warc.gz", "data.WARC.GZ", "archive/x.warc"])
def test_reads_pages(method, name):
    """The pages of the WARCs in a WACZ come in order, stored or packed, and nothing else is a page."""
    assert read(make_wacz(*URLS, method=method, name=name)) == (URLS, [])


@pytest.mark.parametrize("method", [STORED, PACKED])
def test_positions(method):
    """From the position of any page the same pages come again, over all its WARCs in the order of their names."""
    parts = [(f"archive/{n}.warc.gz", pack(*pages(f"http://{n}.test/1", f"http://{n}.test/2"))) for n in "bca"]
    content = make_zip(parts, method)
    whole = [one for one in read_wacz(io.BytesIO(content)) if isinstance(one, RawPage)]
    assert [page.address[7] for page in whole] == list("aabbcc")
    for number, page in enumerate(whole):
        assert list(read_wacz(io.BytesIO(content), start=page.position)) == whole[number:]


def test_another_reader_agrees():
    """What we read of a stored WARC is what zipfile and warcio read of it."""
    content = make_wacz(*URLS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("archive/data.warc.gz") as file:
        theirs = [one.content_stream().read() for one in ArchiveIterator(file)]
    assert theirs == [page.content for page in read_wacz(io.BytesIO(content))]


@pytest.mark.parametrize("method", [STORED, PACKED])
def test_revisits_within_an_entry(method):
    """A revisit is resolved in the WARC it stands in."""
    first = record(URLS[0], http(b"<p>words"), WARC_Payload_Digest="sha1:A")
    again = record(URLS[1], b"", kind="revisit", WARC_Payload_Digest="sha1:A")
    assert read(make_zip([("a.warc.gz", pack(first, again, *pages(URLS[2])))], method)) == (URLS, [])


@pytest.mark.parametrize("name", ["../../a.warc.gz", "/a.warc.gz", "C:/a.warc.gz", "a\\..\\b.warc.gz", "x/../y.warc"])
def test_names_that_lead_out(tmp_path, monkeypatch, name):
    """An entry whose name leads out of the archive is told and not read, and nothing is written anywhere."""
    monkeypatch.chdir(tmp_path)
    content = make_zip([(name, pack(*pages(URLS[0]))), ("archive/b.warc.gz", pack(*pages(URLS[1])))])
    assert read(content) == ([URLS[1]], ["entry_skipped"])
    assert list(tmp_path.iterdir()) == []


def test_duplicates():
    """Of two entries of one name the last is read, as other readers do, and the other is told."""
    content = make_zip([("a.warc.gz", pack(*pages(URLS[0]))), ("a.warc.gz", pack(*pages(URLS[1])))])
    assert read(content) == ([URLS[1]], ["entry_skipped"])


def set_in_directory(content, offset, form, value):
    """A zip whose first entry claims something else in the directory."""
    place = content.index(b"PK\x01\x02") + offset
    packed = struct.pack(form, value)
    return content[:place] + packed + content[place + len(packed) :]


@pytest.mark.parametrize(
    ("offset", "form", "value", "problems"),
    [
        (8, "<H", 1, ["entry_skipped"]),  # encrypted
        (10, "<H", 99, ["entry_skipped"]),  # a method that does not exist
        (10, "<H", 14, ["entry_skipped"]),  # LZMA
        (24, "<I", 2**31, ["entry_skipped"]),  # unpacks to two gigabytes
        (42, "<I", 2**31, ["wacz_damaged"]),  # lies behind the end
        (42, "<I", 7, ["wacz_damaged"]),  # lies where no entry is
        (46, "<1s", b"c", ["wacz_damaged"]),  # is called something else
    ],
)
@pytest.mark.parametrize("method", [STORED, PACKED])
def test_lies_of_the_directory(offset, form, value, problems, method):
    """Whatever the directory claims of an entry, it is told, and the other entries are read."""
    content = make_zip([("a.warc.gz", pack(*pages(URLS[0]))), ("b.warc.gz", pack(*pages(URLS[1])))], method)
    addresses, codes = read(set_in_directory(content, offset, form, value))
    assert codes == problems
    assert addresses == [URLS[1]]


@pytest.mark.parametrize("method", [STORED, PACKED])
@pytest.mark.parametrize("size", [0, 50, 10_000_000])
def test_lying_sizes(method, size):
    """An entry that claims more or less than it has gives what it has, and no other entry's bytes as its own."""
    content = make_zip([("a.warc.gz", pack(*pages(*URLS[:2]))), ("b.warc.gz", pack(*pages(URLS[2])))], method)
    for offset in (20, 24):
        addresses, codes = read(set_in_directory(content, offset, "<I", size))
        assert URLS[2] in addresses or codes
        assert len(addresses) == len(set(addresses))


def test_overlapping_entries():
    """Entries that share bytes are read once: a zip of a thousand names for one part is no thousand parts."""
    content = make_zip([(f"{n:03}.warc.gz", pack(*pages(URLS[0])) if n == 0 else b"") for n in range(5)])
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        size = struct.pack("<II", len(pack(*pages(URLS[0]))), len(pack(*pages(URLS[0]))))
        content = content[: place + 20] + size + content[place + 28 : place + 42] + bytes(4) + content[place + 46 :]
    addresses, codes = read(content)
    assert addresses == [URLS[0]]
    assert codes == ["entry_skipped"] * 4


@pytest.mark.timeout(30)
def test_bombs():
    """A zip whose WARC unpacks to gigabytes is told by its claim, and in little memory where it hides that."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", PACKED) as archive, archive.open("a.warc", "w") as entry:
        for _ in range(200):
            entry.write(bytes(1 << 20))
    content = bomb.getvalue()
    assert read(content) == ([], ["entry_skipped", "no_pages"])
    liar = set_in_directory(content, 24, "<I", 60_000_000)
    tracemalloc.start()
    addresses, codes = read(liar)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (addresses, "warc_damaged" in codes) == ([], True)
    assert peak < 20_000_000


def test_large_directories(monkeypatch):
    """A directory of more than so many bytes is not held; what records can be found are read."""
    monkeypatch.setattr(module, "MAX_DIRECTORY_BYTES", 10_000)
    content = make_zip([("a.warc.gz", pack(*pages(*URLS))), *[(f"{n}", b"") for n in range(300)]])
    addresses, codes = read(content)
    assert addresses == URLS
    assert codes[0] == "wacz_damaged"


def test_many_bad_entries():
    """Thousands of bad entries give so many problems, and the number of the others."""
    content = make_zip([(f"../{n}.warc.gz", b"") for n in range(300)])
    _, codes = read(content)
    assert codes == ["entry_skipped"] * 100 + ["problems_left_out", "no_pages"]


def test_truncated():
    """Of a WACZ whose end is missing, and its directory with it, the records that are there are read."""
    content = make_wacz(*URLS)
    addresses, codes = read(content[: len(content) - 200])
    assert addresses == URLS
    assert codes[0] == "wacz_damaged"
    addresses, _ = read(content[: len(pack(*pages(*URLS[:2]))) + 60])
    assert addresses[:2] == URLS[:2]


def test_packed_entries_are_not_read_for_ever(monkeypatch):
    """A packed entry that would have to be read again and again is left, and that is told."""
    monkeypatch.setattr(module, "_MAX_REWINDS", 3)
    first = record(URLS[0], http(b"<p>words"), WARC_Payload_Digest="sha1:A")
    again = [record(f"http://a.test/{n}", b"", kind="revisit", WARC_Payload_Digest="sha1:A") for n in range(50)]
    filler = [record("http://a.test/x.png", http(bytes(range(256)) * 400, media="image/png")) for _ in range(50)]
    both = [one for pair in zip(again, filler, strict=True) for one in pair]
    addresses, codes = read(make_zip([("a.warc", pack(first, *both, packing="plain"))], PACKED))
    assert 0 < len(addresses) < 10
    assert codes[-1] == "wacz_damaged"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), make_zip([]), make_zip([("a", b"x")])]
)
def test_no_wacz_at_all(content):
    """A zip without WARCs, or no zip, gives a problem and no page."""
    addresses, codes = read(content)
    assert addresses == []
    assert codes


@given(st.binary(min_size=1, max_size=60), st.integers(0, 2_000), st.sampled_from([STORED, PACKED]))
def test_never_raises(content, at, method):
    """Any bytes anywhere in a WACZ give pages and problems that can be written down, and an end."""
    whole = make_wacz(*URLS, method=method)
    at %= len(whole)
    for given_one in read_wacz(io.BytesIO(whole[:at] + content + whole[at + len(content) :])):
        text = given_one.address if isinstance(given_one, RawPage) else given_one.text
        with suppress(AttributeError):
            text.encode()
