"""Tests of cloneward.archive.items."""

import gzip
import io
import json
import tracemalloc

import duckdb
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import items as module
from cloneward.archive import lines
from cloneward.archive.items import RawItem, read_jsonl, read_parquet
from cloneward.model.content import ItemRecord, ItemVersion, Problem

WHOLE = {
    "id": "p1",
    "kind": "profile",
    "url": "https://a.test/p1",
    "title": " A  title ",
    "language": "en-GB",
    "person": "u1",
    "visibility": "login",
    "visibility_since": 1_767_323_045,
    "rights": "user",
    "mandate": True,
    "published_at": "2026-01-02T03:04:05+01:00",
    "expires_at": 1_767_323_045_678,
    "deleted_at": "2026-01-02",
    "text": "some words",
    "html": "<p>some words",
    "fields": {"name": "x", "tags": ["a"]},
    "images": ["https://a.test/1.png"],
    "subjects": ["u1", 2],
    "minor": False,
    "versions": [{"from": 0, "to": "2026-01-01T00:00:00Z", "text": "old"}, {"digest": "ab"}],
}


def dump(*records):
    """JSONL of records; texts as they are."""
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records).encode()


def read(content, **options):
    """The items of a file, and its problems as code and text."""
    given_ones = list(read_jsonl(io.BytesIO(content), **options))
    found = [one.record for one in given_ones if isinstance(one, RawItem)]
    return found, [(one.code, one.text) for one in given_ones if isinstance(one, Problem)]


def codes(content):
    """The ids of the items, and the codes of the problems."""
    found, problems = read(content)
    return [record.id for record in found], [code for code, _ in problems]


def test_every_field():
    """Every field of the contract is taken, with its times in UTC and its ids as text."""
    ((record,), problems) = read(dump(WHOLE))
    assert problems == []
    assert record == ItemRecord(
        id="p1",
        kind="profile",
        url="https://a.test/p1",
        title="A title",
        language="en-GB",
        text="some words",
        html="<p>some words",
        fields={"name": "x", "tags": ["a"]},
        images=("https://a.test/1.png",),
        rights="user",
        mandate=True,
        person="u1",
        subjects=("u1", "2"),
        minor=False,
        visibility="login",
        visibility_since="2026-01-02T03:04:05.000Z",
        published_at="2026-01-02T02:04:05.000Z",
        expires_at="2026-01-02T03:04:05.678Z",
        deleted_at="2026-01-02",
        versions=(
            ItemVersion(since="1970-01-01T00:00:00.000Z", until="2026-01-01T00:00:00.000Z", text="old"),
            ItemVersion(digest="ab"),
        ),
    )


@pytest.mark.parametrize("field", ["text", "html", "fields", "images"])
def test_what_is_required(field):
    """An id and one content are enough, nulls are as good as nothing, and ids may be numbers."""
    record = dict.fromkeys(WHOLE) | {"id": 7, field: WHOLE[field]}
    ((found,), problems) = read(dump(record))
    assert (found.id, found.kind, found.rights, found.title, problems) == ("7", "page", "own", "", [])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"text": "x"}, "`id`"),
        ({"id": "a"}, "none of text"),
        ({"id": "a", "text": "", "images": [], "fields": {}}, "none of text"),
        ({"id": "", "text": "x"}, "$.id"),
        ({"id": "x" * 501, "text": "x"}, "$.id"),
        ({"id": 1.5, "text": "x"}, "$.id"),
        ({"id": "a", "text": 7}, "$.text"),
        ({"id": "a", "text": "x", "kind": "asset"}, "'asset'"),
        ({"id": "a", "text": "x", "rights": "mine"}, "'mine'"),
        ({"id": "a", "text": "x", "visibility": "secret"}, "'secret'"),
        ({"id": "a", "text": "x", "minor": "no"}, "$.minor"),
        ({"id": "a", "fields": ["x"]}, "$.fields"),
        ({"id": "a", "images": "x"}, "$.images"),
        ({"id": "a", "text": "x", "published_at": "2026-01-02T03:04:05"}, "published_at"),
        ({"id": "a", "text": "x", "published_at": 1e300}, "published_at"),
        ({"id": "a", "text": "x", "versions": [{"from": "soon"}]}, "versions[].from"),
        ({"id": "a", "text": "x", "versions": [7]}, "$.versions[0]"),
        ("{", "line 2"),
        ("[1]", "Expected `object`"),
        ('"words"', "Expected `object`"),
        ("words", "line 2"),
        ("\0\1", "line 2"),
        ('{"id": "a", "text": "\\ud800"}', "line 2"),
        ("[" * 100_000, "line 2"),
        ('{"id": ' * 100_000, "line 2"),
    ],
)
def test_bad_lines(line, words):
    """A bad line is told with its number and what is wrong, and the others are read."""
    good = [{"id": name, "text": "words"} for name in "xy"]
    found, problems = read(dump(good[0], line, good[1]))
    assert [record.id for record in found] == ["x", "y"]
    ((code, text),) = problems
    assert code == "item_invalid"
    assert text.startswith("line 2: ")
    assert words in text


def test_lines_that_are_no_utf8():
    """A line in another charset is told, never guessed."""
    assert codes(b'{"id": "a", "text": "caf\xe9"}\n{"id": "b", "text": "x"}\n') == (["b"], ["item_invalid"])


def test_blank_lines_marks_and_line_ends():
    """Blank lines, a byte-order mark and returns are no matter; a last line needs no end."""
    content = b"\xef\xbb\xbf" + dump({"id": "a", "text": "x"}, "", " \r", {"id": "b", "text": "x"})
    assert codes(content.rstrip().replace(b"}\n", b"}\r\n")) == (["a", "b"], [])


def test_unknown_fields_are_told_once():
    """A field that no record has is told once, with how often it stood and what may be meant."""
    content = dump(*[{"id": str(n), "txt": "x", "text": "x", "zzz": 1} for n in range(5)])
    given_ones = list(read_jsonl(io.BytesIO(content)))
    first, second = [one for one in given_ones if isinstance(one, Problem)]
    assert first.text.startswith("'txt', in 5 records")
    assert first.hint == "did you mean 'text'?"
    assert second.hint.startswith("the fields are id, kind, url")
    many = dump({"id": "a", "text": "x"} | {f"f{n}": 1 for n in range(10_000)})
    assert len(codes(many)[1]) == 100


def test_ids_that_stand_twice():
    """An id that stands twice is told; both records come, so that the last is the one that counts."""
    assert codes(dump(*[{"id": name, "text": name} for name in "aba"])) == (["a", "b", "a"], ["id_repeated"])


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_positions(pack):
    """From the position of any item the same items come again, packed or not, with the same line numbers."""
    content = pack(dump(*[{"id": str(n), "text": "words " * (n + 1)} for n in range(50)], "bad"))
    whole = list(read_jsonl(io.BytesIO(content), name="x"))
    assert len(whole) == 51
    for number in [0, 1, 30, 49]:
        assert list(read_jsonl(io.BytesIO(content), name="x", start=whole[number].position)) == whole[number:]


def test_long_lines(monkeypatch):
    """A line that is too long is told with its length, and the others are read."""
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 100)
    content = dump({"id": "a", "text": "x"}, {"id": "b", "text": "x" * 200}, {"id": "c", "text": "x"})
    found, ((code, text),) = read(content)
    assert ([record.id for record in found], code) == (["a", "c"], "line_too_long")
    assert text.startswith("line 2 has 223 bytes")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_bombs(packing):
    """A packed file that unpacks to a gigabyte is left early, in bounded memory, and the items before come."""
    file = io.BytesIO()
    packer = (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1)
        if packing == "gzip"
        else zstandard.ZstdCompressor().stream_writer(file, closefd=False)
    )
    packer.write(dump({"id": "a", "text": "x"}))
    for _ in range(1024):
        packer.write(bytes(1 << 20))
    packer.close()
    tracemalloc.start()
    found = codes(file.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == ["a"]
    assert found[1][0] == "line_too_long"
    assert peak < 150_000_000


def test_damaged_packing():
    """A packed file that is cut gives the items before the cut, and says so."""
    content = gzip.compress(dump(*[{"id": str(n), "text": f"words {n * n}"} for n in range(5_000)]))
    ids, problems = codes(content[:-1_000])
    assert 1_000 < len(ids) < 5_000
    assert problems[-1] == "items_damaged"
    ids, problems = codes(content + content)
    assert len(ids) == 10_000


def test_problems_are_bounded(monkeypatch):
    """A file of nothing but bad lines gives so many problems, and the number of the others."""
    monkeypatch.setattr(module, "MAX_TOLD", 3)
    assert codes(b"x\n" * 50) == ([], ["item_invalid"] * 3 + ["problems_left_out"])


@pytest.mark.parametrize("content", [b"", b"\n\n", gzip.compress(b"", mtime=0)])
def test_empty(content):
    """A file without an item says so."""
    assert codes(content) == ([], ["no_pages"])


def test_a_table_is_told():
    """One JSON array over many lines is told as what it is not."""
    _, problems = codes(json.dumps([{"id": "a", "text": "x"}], indent=1).encode())
    assert set(problems) == {"item_invalid"}


def write_parquet(path, query):
    """A Parquet file of what a query gives."""
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def read_rows(path, **options):
    """The items of a Parquet file, and its problems."""
    given_ones = list(read_parquet(path, **options))
    found = [one for one in given_ones if isinstance(one, RawItem)]
    return found, [one for one in given_ones if isinstance(one, Problem)]


def test_parquet(tmp_path):
    """Rows are items as lines are, nested columns and times of any kind too, and go on from any position."""
    query = """SELECT 'a' || i AS id, 'post' AS kind, 'some words' AS text,
    timestamp '2026-01-02 03:04:05' AS published_at,
    {'name': 'x'} AS fields, ['u'] AS subjects, [{'from': 0, 'text': 'old'}] AS versions FROM range(3) t(i)"""
    path = write_parquet(tmp_path / "a.parquet", query)
    found, problems = read_rows(path, name="a.parquet")
    assert problems == []
    assert [(one.record.id, one.address, one.position) for one in found[:2]] == [
        ("a0", "a.parquet#1", "0"),
        ("a1", "a.parquet#2", "1"),
    ]
    record = found[0].record
    assert (record.published_at, record.fields, record.subjects) == ("2026-01-02T03:04:05.000Z", {"name": "x"}, ("u",))
    assert record.versions[0].text == "old"
    assert read_rows(path, name="a.parquet", start="1")[0] == found[1:]


@pytest.mark.parametrize(
    ("query", "code", "count"),
    [
        ("SELECT 'x' AS text FROM range(3)", "item_invalid", 3),
        ("SELECT 'a' AS id, 7 AS text", "item_invalid", 1),
        ("SELECT 'a' AS id, 'x' AS text, 'soon' AS published_at", "item_invalid", 1),
        ("SELECT 'a' AS id, 'x' AS text, 1 AS txt", "field_unknown", 1),
        ("SELECT 'a' AS id, 'x' AS text WHERE false", "no_pages", 1),
    ],
)
def test_bad_parquet(tmp_path, query, code, count):
    """Missing columns and wrong types are told row by row, and what is unknown once."""
    _, problems = read_rows(write_parquet(tmp_path / "a.parquet", query))
    assert [problem.code for problem in problems] == [code] * count


@pytest.mark.parametrize("cut", [0, 10, -20])
def test_damaged_parquet(tmp_path, cut):
    """A file that is cut is told."""
    path = write_parquet(tmp_path / "a.parquet", "SELECT 'a' AS id, 'x' AS text")
    path.write_bytes(path.read_bytes()[:cut])
    found, problems = read_rows(path)
    assert (found, problems[0].code) == ([], "items_damaged")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "x"]), values), st.binary(max_size=50))
def test_never_raises(record, content):
    """Any record and any bytes give items and problems that can be written down."""
    for found, problems in [read(dump({"id": "a", "text": "x"} | record)), read(content), read(dump(record)[:-5])]:
        for one in found:
            one.id.encode()
        for _, text in problems:
            text.encode()
