"""Tests of cloneward.archive.parquet."""

import io
import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloneward.archive.parquet import open_rows, write_rows


def write_parquet(path, query):
    """A Parquet file of what a query gives."""
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)")
    return path


def read(path, start=0):
    """What the process writes: the rows, and last a text if it broke; and how it says it ended."""
    with open_rows(path, start) as rows:
        content = b"".join(iter(lambda: rows.read(1 << 16), b""))
        return [json.loads(line) for line in content.splitlines()], rows.find_fault()


def test_rows(tmp_path):
    """Rows come in order, as JSON says them, from any number on."""
    path = write_parquet(tmp_path / "a.parquet", "SELECT i AS id, 'words ' || i AS text FROM range(5000) t(i)")
    rows, fault = read(path)
    assert rows == [{"id": number, "text": f"words {number}"} for number in range(5_000)]
    assert fault == ""
    assert read(path, 4_990)[0] == rows[4_990:]


def test_types(tmp_path):
    """Times are in UTC, bytes that are text are text, lists, structs and maps nest, and JSON in a text is read."""
    query = """SELECT timestamp '2026-01-02 03:04:05' AS a, timestamptz '2026-01-02 03:04:05+01' AS b,
    date '2026-01-02' AS c, 'x'::blob AS d, '\\xff'::blob AS e, [1, 2] AS f, {'a': 'b'} AS g, MAP {'k': 1} AS h,
    '{"a": [1]}' AS fields,
    [{'from': timestamptz '2026-01-02 03:04:05+01'}] AS versions, 1 AS "q""u",
    1.5::decimal(4, 2) AS i, NULL AS j, 'nan'::double AS k,
    '00000000-0000-0000-0000-000000000001'::uuid AS l"""
    ((row,), _) = read(write_parquet(tmp_path / "a.parquet", query))
    assert row["a"] == "2026-01-02T03:04:05Z"
    assert row["b"] == "2026-01-02T02:04:05Z"
    assert (row["c"], row["d"], row["e"], row["f"], row["g"]) == ("2026-01-02", "x", {}, [1, 2], {"a": "b"})
    assert (row["h"], row["fields"], row["j"], row["k"]) == ({"k": 1}, {"a": [1]}, None, None)
    assert row["l"].endswith("1")
    assert (row["versions"], row['q"u']) == ([{"from": "2026-01-02 02:04:05+00"}], 1)


@pytest.mark.parametrize("name", ["a*.parquet", "a[b].parquet", "a?.parquet", "it's.parquet", "\u00e4 b.parquet"])
def test_names(tmp_path, name):
    """A name is a name, whatever signs it has, and opens no other file."""
    write_parquet(tmp_path / "ab.parquet", "SELECT 'other' AS id")
    (tmp_path / "ab.parquet").rename(tmp_path / "axb.parquet")
    write_parquet(tmp_path / "own.parquet", "SELECT 'own' AS id").rename(tmp_path / name)
    assert read(tmp_path / name)[0] == [{"id": "own"}]


@pytest.mark.timeout(60)
def test_bombs_take_no_more_than_their_share(tmp_path):
    """A file of some KB that stands for 5 GB ends its own process, not ours, and is told."""
    path = write_parquet(tmp_path / "a.parquet", "SELECT repeat('x', 10000000) AS text FROM range(500)")
    assert path.stat().st_size < 100_000
    rows, fault = read(path)
    assert (rows and isinstance(rows[-1], str)) or fault


@pytest.mark.parametrize("cut", [0, 4, 8, 100, 400])
def test_damaged(tmp_path, cut):
    """A file that is cut, or none, gives one text that says so."""
    path = write_parquet(tmp_path / "a.parquet", "SELECT i AS id FROM range(1000) t(i)")
    path.write_bytes(path.read_bytes()[:cut])
    rows, _ = read(path)
    assert len(rows) == 1
    assert isinstance(rows[0], str)


def test_a_killed_process_is_told(tmp_path):
    """A process that ends without a word is a fault."""
    path = write_parquet(tmp_path / "a.parquet", "SELECT i AS id FROM range(1000000) t(i)")
    with open_rows(path) as rows:
        rows._process.kill()  # noqa: SLF001  what the kernel does to it
        while rows.read(1 << 20):
            pass
        assert "ended with" in rows.find_fault()


@settings(max_examples=20)
@given(st.binary(min_size=1, max_size=40), st.integers(0, 2_000))
def test_never_raises(tmp_path_factory, content, at):
    """Any bytes anywhere in a file give rows and at most one text."""
    path = write_parquet(tmp_path_factory.mktemp("x") / "a.parquet", "SELECT 'a' AS id, 'some words' AS text")
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + content + whole[at + len(content) :])
    output = io.BytesIO()
    write_rows(str(path), 0, output)
    for line in output.getvalue().splitlines():
        json.loads(line)
