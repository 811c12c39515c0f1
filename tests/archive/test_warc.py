"""Tests of cloneward.archive.warc."""

import gzip
import io
import tracemalloc

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as OtherIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from cloneward.archive import warc as module
from cloneward.archive.folder import RawPage
from cloneward.archive.warc import Tally, count_left_out, read_warc
from cloneward.model.content import Problem
from tests.archive.crawl import DATE, http, pack, pages, record
from tests.archive.test_media import FILM, PICTURE
from tests.hostile_images import write_png

URLS = ["http://a.test/1", "http://a.test/2", "http://a.test/3"]
HTML = b"<p>some words"
SEEN_AT = "2026-01-02T03:04:05.000Z"


def read(content, **options):
    """The pages of a WARC, and the codes of its problems."""
    given_ones = list(read_warc(io.BytesIO(content), **options))
    pages_ = [one for one in given_ones if isinstance(one, RawPage)]
    return pages_, [one.code for one in given_ones if isinstance(one, Problem)]


def read_one(block, **fields):
    """The content of the one page that a record makes, and the codes of its problems."""
    found, problems = read(pack(record(URLS[0], block, **fields)))
    return [page.content for page in found], problems


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_reads_pages(packing):
    """Pages come in order, with address, date, bytes and place, however the file is packed."""
    content = pack(*pages(*URLS), packing=packing)
    found, problems = read(content)
    assert problems == []
    places = [str(len(pack(*pages(*URLS[:number]), packing=packing))) for number in range(3)]
    assert found == [
        RawPage(url, f"<p>words of {url}".encode(), is_html=True, url=url, seen_at=SEEN_AT, position=place)
        for url, place in zip(URLS, places, strict=True)
    ]
    for number, page in enumerate(found):
        assert read(content, start=page.position) == (found[number:], [])


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # warcio leaves its own open
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_reads_what_others_write_and_read(version, is_packed):
    """What warcio writes we read as warcio and fastwarc do: the same addresses and the same bytes."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=is_packed, warc_version=version)
    bodies = {url: f"<p>words of {url} \u00e9".encode() * 50 for url in URLS}
    for url, body in bodies.items():
        fields = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
        head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
        payload = io.BytesIO(gzip.compress(body))
        writer.write_record(writer.create_warc_record(url, "response", payload=payload, http_headers=head))
        writer.write_record(writer.create_warc_record(url, "request", payload=io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")))
    found, problems = read(file.getvalue())
    assert problems == []
    ours = {page.url: page.content for page in found}
    theirs = {
        one.rec_headers.get_header("WARC-Target-URI"): one.content_stream().read()
        for one in OtherIterator(io.BytesIO(file.getvalue()))
        if one.rec_type == "response"
    }
    fast = {
        one.headers["WARC-Target-URI"]: one.reader.read()
        for one in ArchiveIterator(io.BytesIO(file.getvalue()), auto_decode="all")
        if one.is_http and one.http_headers.status_code
    }
    assert ours == bodies == theirs
    assert fast.items() >= bodies.items()


def test_ours_are_read_by_others():
    """What these tests call honest is honest: warcio reads it too, so a lie is the only difference of a lying file."""
    content = pack(*pages(*URLS))
    theirs = [one.content_stream().read() for one in OtherIterator(io.BytesIO(content))]
    assert theirs == [page.content for page in read(content)[0]]


@pytest.mark.parametrize(
    ("block", "fields", "reason"),
    [
        (http(status="404 Not Found"), {}, "status"),
        (http(status="301 Moved", Location="/"), {}, "status"),
        (http(status="304 Not Modified"), {}, "status"),
        (http(media="image/png"), {}, "media"),
        (http(b"\x89PNG\r\n\x1a\n\0\0\0", media=""), {}, "media"),
        (http(media="application/json"), {}, "media"),
        (HTML, {}, "damage"),
        (HTML, {"kind": "metadata"}, "type"),
        (http(), {"kind": "request"}, "type"),
        (http(), {"kind": "conversion"}, "type"),
        (http(), {"WARC_Target_URI": "dns:a.test"}, "address"),
        (http(), {"WARC_Target_URI": "urn:pageinfo:http://a.test/"}, "address"),
        (http(), {"WARC_Target_URI": "file:///etc/passwd"}, "address"),
        (http(), {"WARC_Target_URI": "http://[a"}, "address"),
        (http(), {"WARC_Target_URI": None}, "address"),
    ],
)
def test_leaves_out_what_is_no_page(block, fields, reason):
    """What is no page is counted by its reason, and is no problem."""
    tally = Tally()
    assert read(pack(record(URLS[0], block, **fields)), tally=tally) == ([], [])
    assert (tally.records, tally.pages, dict(tally.left_out)) == (1, 0, {reason: 1})
    assert count_left_out(tally) == f"1 records, 0 pages; left out: 1 by {reason}"


@pytest.mark.parametrize(
    ("block", "fields", "is_html"),
    [
        (http(HTML, media="text/plain"), {}, False),
        (http(HTML, media=""), {}, True),
        (http(HTML, media="application/xhtml+xml; charset=utf-8"), {}, True),
        (http(HTML, status="206 Partial Content"), {}, True),
        (HTML, {"kind": "resource"}, True),
        (HTML, {"kind": "resource", "Content_Type": "text/plain"}, False),
        (HTML, {"kind": "resource", "Content_Type": None}, True),
    ],
)
def test_takes_what_is_a_page(block, fields, is_html):
    """Responses and resources of HTML and of plain text are pages, by stated type or by their bytes."""
    ((page,), problems) = read(pack(record(URLS[0], block, **fields)))
    assert (page.content, page.is_html, problems) == (HTML, is_html, [])


@pytest.mark.parametrize(
    ("block", "fields", "charset"),
    [
        (http(HTML, media="text/html; Charset='koi8-r'"), {}, "koi8-r"),
        (http(HTML), {}, None),
        (HTML, {"kind": "resource", "Content_Type": "text/html;charset=cp1251"}, "cp1251"),
    ],
)
def test_charsets_are_those_of_the_server(block, fields, charset):
    """A page comes with the charset that its server declared, and so does a revisit of it."""
    again = record(URLS[0], b"", kind="revisit", WARC_Refers_To_Target_URI=URLS[0], WARC_Refers_To_Date=DATE)
    found, problems = read(pack(record(URLS[0], block, **fields), again))
    assert ([page.charset for page in found], problems) == ([charset, charset], [])


@pytest.mark.parametrize("address", ["<http://a.test/>", "http://a.test/", "HTTP://a.test/", "http://a.test/a b\t"])
def test_addresses(address):
    """An address comes as it was written, without the brackets of old writers and without what no address holds."""
    ((page,), _) = read(pack(record(URLS[0], http(), WARC_Target_URI=address)))
    assert page.url == page.address == address.strip("<>\t").replace(" ", "")


def test_codings_are_undone():
    """Chunks and compression are undone, and each fault is told with its page."""
    packed = gzip.compress(HTML * 1_000)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    assert read_one(http(chunked, Content_Encoding="gzip", Transfer_Encoding="chunked")) == ([HTML * 1_000], [])
    assert read_one(http(HTML, Content_Encoding="gzip", Transfer_Encoding="chunked")) == ([HTML], [])
    assert read_one(http(packed, Content_Encoding="none-such")) == ([], ["payload_damaged"])
    assert read_one(http(b"\x1f\x8b\x08junk", Content_Encoding="gzip")) == ([], ["payload_damaged"])
    (content,), problems = read_one(http(packed[:-30] + bytes(30), Content_Encoding="gzip"))
    assert (problems, (HTML * 1_000).startswith(content[:100])) == (["payload_damaged"], True)


def test_cut_pages_are_told(monkeypatch):
    """A page that is longer than what is held, or was cut by the archiver, is told."""
    monkeypatch.setattr(module, "MAX_PAGE_BYTES", 10)
    assert read_one(http(b"<p>ten by.")) == ([b"<p>ten by."], [])
    assert read_one(http(b"<p>eleven b")) == ([b"<p>eleven "], ["page_truncated"])
    assert read_one(http(b"<p>short"), WARC_Truncated="length") == ([b"<p>short"], ["page_truncated"])


@pytest.mark.timeout(30)
def test_bombs_do_not_fill_memory():
    """A record of a gigabyte, and a page that unpacks to one, are cut in bounded memory; the pages around are read."""
    one, two, three = pages(*URLS)
    inner = gzip.compress(bytes(1 << 28), 1)
    content = pack(one, record("http://a.test/b", http(inner, Content_Encoding="gzip")), two)
    large = io.BytesIO()
    with gzip.GzipFile(fileobj=large, mode="wb", mtime=0, compresslevel=1) as packer:
        packer.write(record("http://a.test/b", http(b""), length=(1 << 30) + 200)[:-4])
        for _ in range(1024):
            packer.write(bytes(1 << 20))
    content += large.getvalue() + pack(three)
    tracemalloc.start()
    found, problems = [], []
    for one_given in read_warc(io.BytesIO(content)):
        is_page = isinstance(one_given, RawPage)
        (found if is_page else problems).append(one_given.address if is_page else one_given.code)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [address for address in found if address in URLS] == URLS
    assert {"page_truncated", "warc_damaged"} == set(problems)
    assert peak < 5 * module.MAX_PAGE_BYTES


def test_films_are_not_held():
    """What is no page by its head is passed over without being read."""
    content = record("http://a.test/film", http(bytes(50_000_000), media="video/mp4")) + pages(URLS[0])[0]
    file = io.BytesIO(content)
    tracemalloc.start()
    found = [page.url for page in read_warc(file)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [URLS[0]]
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "pointer",
    [
        {"WARC_Refers_To": "<urn:x>"},
        {"WARC_Payload_Digest": "sha1:ABC"},
        {"WARC_Refers_To_Target_URI": URLS[0], "WARC_Refers_To_Date": DATE},
    ],
)
@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_revisits(pointer, packing):
    """A revisit is the page it points to, by any of three pointers, at its own address; nothing else is disturbed."""
    first = record(URLS[0], http(HTML), WARC_Record_ID="<urn:x>", WARC_Payload_Digest="sha1:ABC")
    later = {"WARC_Date": "2027-01-01T00:00:00Z", "WARC_Profile": "identical-payload-digest"} | pointer
    again = record(URLS[1], http(b""), kind="revisit", **later)
    content = pack(first, again, pages(URLS[2])[0], packing=packing)
    (one, two, three), problems = read(content)
    assert problems == []
    assert (two.url, two.content, two.seen_at) == (URLS[1], one.content, "2027-01-01T00:00:00.000Z")
    assert three.url == URLS[2]
    found, problems = read(content, start=two.position)
    assert ([page.url for page in found], problems) == ([URLS[2]], ["revisit_unresolved"])


def test_unresolved_revisits():
    """Revisits of what the file does not hold are counted and told once; those of images are no loss."""
    lost = [record(url, http(b""), kind="revisit", WARC_Payload_Digest=f"sha1:{url}") for url in URLS]
    image = record(URLS[0], http(b"", media="image/png"), kind="revisit", WARC_Payload_Digest="sha1:X")
    ((problem,),) = [list(read_warc(io.BytesIO(pack(*lost, image)), name="x.warc.gz"))]
    assert (problem.code, problem.page) == ("revisit_unresolved", "x.warc.gz")
    assert problem.text.startswith("3 records")
    assert read(pack(image)) == ([], [])


def test_revisits_multiply_within_bounds(monkeypatch):
    """Pointers of a few bytes at one large page give so much and no more."""
    monkeypatch.setattr(module, "_MAX_REVISITED_BYTES", 1_000)
    first = record(URLS[0], http(b"<p>" + b"x" * 397), WARC_Payload_Digest="sha1:ABC")
    again = [record(f"http://a.test/{n}", b"", kind="revisit", WARC_Payload_Digest="sha1:ABC") for n in range(50)]
    found, problems = read(pack(first, *again))
    assert (len(found), problems) == (4, ["revisit_unresolved"])


def test_damage_is_told_with_its_offset():
    """A damaged record is a problem with its offset and a hint, and the next page is read."""
    one, two, three = [pack(page) for page in pages(*URLS)]
    given_ones = list(read_warc(io.BytesIO(one + two[:100] + bytes(60) + three), name="x.warc.gz"))
    assert [page.url for page in given_ones if isinstance(page, RawPage) and page.url != URLS[1]] == [URLS[0], URLS[2]]
    (problem,) = [one for one in given_ones if isinstance(one, Problem)]
    assert (problem.code, problem.page) == ("warc_damaged", "x.warc.gz")
    assert f"at offset {len(one)}:" in problem.text
    assert problem.hint


def test_problems_are_bounded(monkeypatch):
    """A file of nothing but damage gives so many problems, and the number of the others."""
    monkeypatch.setattr(module, "MAX_TOLD", 3)
    _, problems = read(pack(*[record(URLS[0], length="x")] * 10))
    assert problems == ["warc_damaged"] * 3 + ["problems_left_out"]


def test_one_page_at_a_time():
    """A page is read when it is asked for, so a file of any size fits."""
    file = io.BytesIO(pack(*pages(*URLS), packing="plain") * 10_000)
    next(iter(read_warc(file)))
    assert file.tell() < 200_000


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"junk", b"WARC/1.1", b"\x28\xb5\x2f\xfd"])
def test_no_warc_at_all(content):
    """What is no WARC gives no page, and at most one problem."""
    found, problems = read(content)
    assert found == []
    assert problems in ([], ["warc_damaged"])


@given(st.binary(max_size=200), st.integers(0, 600), st.sampled_from(["plain", "gzip"]))
def test_never_raises(content, at, packing):
    """Any bytes anywhere give pages and problems that can be written down, and an end."""
    whole = pack(*pages(*URLS), packing=packing)
    for given_one in read_warc(io.BytesIO(whole[:at] + content + whole[at:])):
        if isinstance(given_one, RawPage):
            assert given_one.address == given_one.url
            given_one.address.encode()
        else:
            given_one.text.encode()


def picture(url=URLS[0], body=PICTURE, media="image/jpeg", **fields):
    """A record of a picture."""
    return record(url, http(body, media=media), **fields)


@pytest.mark.parametrize("media", ["image/jpeg", "IMAGE/PNG; x", "application/octet-stream", None])
def test_pictures(media):
    """A picture among the responses comes with its address, date and size, whatever kind was stated, if asked for."""
    found = list(read_warc(io.BytesIO(pack(picture(media=media), *pages(URLS[1]))), with_media=True))
    shown, page = found
    assert (shown.address, shown.url, shown.seen_at) == (URLS[0], URLS[0], SEEN_AT)
    assert (shown.media.content, shown.height, shown.width) == (PICTURE, 110, 120)
    assert page.url == URLS[1]
    assert [page.url for page in read(pack(picture(media=media), *pages(URLS[1])))[0]] == [URLS[1]]


def test_what_is_no_picture_is_left_out():
    """Icons, pixels that count, drawings and films are left out without a word, and are counted."""
    tally = Tally()
    ones = [
        picture(URLS[0], b"", "image/gif"),
        picture(URLS[1], b"\0\0\1\0icon", "image/x-icon"),
        picture(URLS[2], b"<svg/>", "image/svg+xml"),
        picture(URLS[0], FILM, "image/jpeg"),
        picture(URLS[0], FILM, "video/mp4"),
    ]
    assert list(read_warc(io.BytesIO(pack(*ones)), tally=tally, with_media=True)) == []
    assert tally.left_out == {"media": 5}


def test_half_a_picture_is_none():
    """A picture that was cut, is too large or is broken is told and left out: half of it would be another one."""
    cut = picture(URLS[0], WARC_Truncated="length")
    bomb = picture(URLS[1], write_png(50_000, 50_000, b""), "image/png")
    broken = picture(URLS[2], PICTURE[:20])
    found = list(read_warc(io.BytesIO(pack(cut, bomb, broken)), with_media=True))
    assert [one.code for one in found] == ["page_truncated", "image_too_large", "image_damaged"]
    assert [one.page for one in found] == URLS


def test_revisits_of_pictures():
    """A revisit of a picture is the picture at its own address; one of a picture that is not there is a loss."""
    first = picture(WARC_Payload_Digest="sha1:ABC")
    again = record(URLS[1], http(b"", media="image/jpeg"), kind="revisit", WARC_Payload_Digest="sha1:ABC")
    found = list(read_warc(io.BytesIO(pack(first, again)), with_media=True))
    assert [one.url for one in found] == URLS[:2]
    assert {one.media.content for one in found} == {PICTURE}
    assert [one.code for one in read_warc(io.BytesIO(pack(again)), with_media=True)] == ["revisit_unresolved"]
