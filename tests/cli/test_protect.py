"""Tests of cloneward.cli.protect."""

import json
import os
from pathlib import Path

import pytest

from cloneward import clock
from cloneward.model.ids import digest_bytes
from cloneward.store.vault import list_kept, read_value
from cloneward.store.workspace import Workspace
from tests.cli.test_progress import Terminal
from tests.fetch.hosts import Host, answer, header_of, path_of
from tests.hostile_images import encode, make_picture
from tests.store.entries import JumpingClock

ITEM = set(
    "id kind url title digest text_digest words rights mandate person subjects minor visibility visibility_since "
    "published_at expires_at deleted_at language proven addresses".split()
)


@pytest.fixture
def protect(run, workspace):
    """Run a subcommand on the workspace."""
    return lambda *arguments: run("protect", *arguments, "--workspace", workspace)


def test_add_is_incremental(protect, web):
    """What is known and unchanged is skipped, and the counts are told on stderr or as one record."""
    done = protect("add", web / "owner.test", "--base", "https://owner.test/")
    assert (done.code, done.out) == (0, "")
    assert "0 new, 0 changed, 13 unchanged, 0 folded, 0 problems" in done.err
    (record,) = protect("add", web / "owner.test", "--base", "https://owner.test", "--json").records
    assert record["source"] == str(web / "owner.test")
    assert record["enrolment"].items() >= {"new": 0, "changed": 0, "unchanged": 13, "problems": 0}.items()
    assert record["enrolment"]["seal"]["count"] == 0


def test_bad_source_among_many(protect, tmp_path):
    """A source that is not there is told on its own line, the others are registered, and the exit code is 2."""
    for name in ["one", "two"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.html").write_text(f"<p>The page of {name}.")
    done = protect("add", tmp_path / "one", tmp_path / "none", tmp_path / "two", "--json")
    assert done.code == 2
    assert [record["enrolment"]["new"] for record in done.records] == [1, 1]
    (line,) = done.err.splitlines()
    assert f"nothing at '{tmp_path}/none'" in line
    assert "hint: " in line


@pytest.mark.parametrize("arguments", [["none"], [".", "--base", "owner.test"]])
def test_bad_source_alone(protect, arguments):
    """One source that cannot be registered is an error with a hint."""
    done = protect("add", *arguments)
    assert (done.code, done.out) == (2, "")
    assert "\nhint: " in done.err


def test_problems_are_told(protect, tmp_path):
    """Each page that could not be read has its line on stderr, which its name cannot forge."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a\x1b[2J\nb.html").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/site/caf\xe9.html")).write_bytes(b"\0" * 99)
    done = protect("add", tmp_path / "site")
    assert done.code == 0
    lines = done.err.splitlines()
    assert lines[0].startswith("page_empty: a\\x1b[2J\\nb.html: ")
    assert lines[1].startswith("not_text: caf\\xe9.html: ")
    assert "0 new, 0 changed, 0 unchanged, 0 folded, 2 problems" in lines[2]


def test_source_whose_name_is_no_text(protect, tmp_path):
    """A folder whose name is no UTF-8 is registered and its record can be written."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "a.html").write_text("<p>Some words.")
    (record,) = protect("add", folder, "--json").records
    assert record["source"].endswith("/caf\\xe9")


def test_list(protect):
    """Items are listed one a line, in JSON with the fields of the record, in plain text with id and address."""
    records = protect("list", "--json").records
    assert len(records) == 13
    assert all(set(record) == ITEM for record in records)
    lines = protect("list").out.splitlines()
    assert [line.split()[0] for line in lines] == [record["id"] for record in records]
    assert all("https://owner.test/" in line for line in lines)


def test_the_same_page_twice(protect, tmp_path):
    """How many pages are folded is told, and list, show and remove know the one item at all its addresses."""
    (tmp_path / "site").mkdir()
    for name in ("a", "b-more"):
        (tmp_path / "site" / f"{name}.html").write_text("<p>One text at two addresses.")
    done = protect("add", tmp_path / "site", "--base", "https://two.test/")
    assert ": 1 new, 0 changed, 0 unchanged, 1 folded, 0 problems" in done.err
    (item,) = (one for one in protect("list", "--json").records if one["addresses"])
    assert (item["url"], item["addresses"]) == ("https://two.test/a.html", ["https://two.test/b-more.html"])
    assert protect("show", item["id"], "--json").records == [item | {"media": []}]
    assert "https://two.test/a.html  +1\n" in protect("list").out
    assert "address    https://two.test/b-more.html\n" in protect("show", item["id"]).out
    assert protect("remove", item["id"]).code == 0
    assert len(protect("list", "--json").records) == 13


def test_show(protect):
    """An item is shown by its id or by what only its id begins with, with its versions."""
    item = protect("list", "--json").records[0]
    assert protect("show", item["id"], "--json").records == [item | {"media": []}]
    shown = protect("show", item["id"][:12]).out
    assert item["url"] in shown
    assert f"version    1: {item['words']:,} words, " in shown


def test_show_text(protect):
    """The text is printed as it is, since offsets count in it; in JSON it is a field."""
    item = protect("list", "--json").records[0]
    text = protect("show", item["id"], "--text").out.removesuffix("\n")
    assert len(text.split()) > 50
    (record,) = protect("show", item["id"], "--text", "--json").records
    assert record == {"id": item["id"], "text_digest": item["text_digest"], "text": text}


def test_people_and_pictures(protect, tmp_path):
    """What a record tells of people is shown by codes, with its pictures; a folder's small pictures are left out."""
    encoded = {size: encode(make_picture(size=(size, size))) for size in (64, 120)}
    for size, content in encoded.items():
        (tmp_path / f"{size}.jpg").write_bytes(content)
    record = {"id": "u1", "kind": "profile", "person": "p-1", "subjects": ["p-2"], "visibility": "private"}
    (tmp_path / "r.jsonl").write_text(json.dumps(record | {"images": ["64.jpg", "none.jpg"]}))
    done = protect("add", tmp_path, tmp_path / "r.jsonl")
    assert "1 new, 0 changed, 0 unchanged, 0 folded, 0 problems; 1 small pictures left out\n" in done.err
    assert "image_unread: item:u1: 'none.jpg': it leads to nothing" in done.err
    (item,) = protect("show", "u1", "--json").records
    assert item["media"] == [{"address": "64.jpg", "digest": digest_bytes(encoded[64]), "is_video": False}]
    assert (item["visibility"], item["minor"], item["mandate"], item["deleted_at"]) == ("private", None, None, None)
    codes = [item["person"], *item["subjects"]]
    assert all(len(bytes.fromhex(code)) == 16 for code in codes)
    shown = protect("show", "u1").out
    assert f"person     {codes[0]}\nsubjects   {codes[1]}\n" in shown
    assert "picture    64.jpg\n" in shown
    assert "p-1" not in protect("list", "--json").out + shown
    (photo,) = (one for one in protect("list", "--json").records if one["kind"] == "photo")
    assert (photo["title"], photo["words"]) == ("120.jpg", 0)


@pytest.mark.parametrize("item", ["i", "x", ""])
def test_show_needs_one_item(protect, item):
    """A beginning that several ids have, or none, is refused with a hint."""
    done = protect("show", item)
    assert (done.code, done.out) == (2, "")
    assert "\nhint: " in done.err


def test_remove(protect):
    """Removed items are listed no more; one that is not there stops none of the others."""
    one, two, *_ = protect("list", "--json").records
    done = protect("remove", one["id"], "i0", two["id"])
    assert (done.code, done.out) == (2, "")
    assert done.err.count("removed ") == 2
    assert "no item 'i0'" in done.err
    assert len(protect("list", "--json").records) == 11
    assert protect("remove", one["id"]).code == 2


def test_busy_workspace(protect, workspace, web, monkeypatch):
    """While another writes, the answer is to try later, exit code 75; reading goes on."""
    monkeypatch.setattr(clock, "SystemClock", JumpingClock)
    with Workspace.open(workspace, {}).writer(JumpingClock()):
        done = protect("add", web / "owner.test")
        assert (done.code, done.out) == (75, "")
        assert f"process {os.getpid()} is writing" in done.err
        assert "\nhint: " in done.err
        assert len(protect("list", "--json").records) == 13


def test_damaged_text(protect, workspace):
    """A text that is not what was stored is never shown: exit code 4."""
    item = protect("list", "--json").records[0]
    digest = item["text_digest"]
    (workspace / "items" / digest[:2] / f"{digest[2:]}.zst").write_bytes(b"other")
    done = protect("show", item["id"], "--text")
    assert (done.code, done.out) == (4, "")
    assert digest in done.err


def test_background(protect, web, tmp_path):
    """Pages are added as a background instead of as items, with their counts on stderr or as one record."""
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "a.html").write_text("<p>" + " ".join(f"wire{number}" for number in range(80)))
    (tmp_path / "wire" / "b.html").write_bytes(b"")
    done = protect("add", tmp_path / "wire", "--background")
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("page_empty: b.html: ")
    (record,) = protect("add", tmp_path / "wire", "--background", "--json").records
    assert record["background"].items() >= {"pages": 1, "problems": 1}.items()
    count = record["background"]["fingerprints"]
    assert lines[1] == f"{tmp_path}/wire: 1 pages, 0 pictures, 1 problems; your background has {count} fingerprints"
    assert len(protect("list", "--json").records) == 13


def test_background_has_no_base(protect, web):
    """A background gives no addresses, so --base with it is a mistake."""
    done = protect("add", web / "owner.test", "--background", "--base", "https://owner.test/")
    assert (done.code, "--base" in done.err) == (2, True)


def test_progress_on_a_terminal(protect, web, monkeypatch):
    """On a terminal one line tells how far it is, out of the pages that are there, and is gone before the result."""
    terminal = Terminal()
    monkeypatch.setattr("cloneward.cli.progress.sys.stderr", terminal)
    monkeypatch.setattr("cloneward.cli.progress.GAP_S", 0)
    done = protect("add", web / "owner.test", "--base", "https://owner.test/")
    assert done.code == 0
    assert "13 of 13 items" in terminal.getvalue()
    progress, _, result = terminal.getvalue().rpartition("\r")
    assert progress.rpartition("\r")[2].strip(" ") == ""
    assert "13 unchanged" in result
    before = terminal.getvalue()
    protect("add", web / "owner.test", "--base", "https://owner.test/", "--json")
    assert terminal.getvalue() == before


def test_an_address_is_enrolled(run, workspace):
    """A sitemap is read through the door, its pages are items, unchanged the second time, or a background."""
    pages = {f"/{name}.html": f"<p>page {name} of ours, with words of its own".encode() for name in "abc"}
    links = "".join(f"<url><loc>http://own.test{path}</loc></url>" for path in pages)
    pages["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</urlset>'.encode()
    host = Host(lambda link, head: link.sendall(answer(pages[path_of(head)], "Content-Type: text/html\r\nETag: 1\r\n")))
    settings = workspace / "cloneward.toml"
    rules = f'allow = ["{host.endpoint}"]\nresolve = {{"own.test" = "{host.endpoint}"}}\nper_host_s = 0\n'
    settings.write_text(f"{settings.read_text()}\n[fetch]\n{rules}")
    try:
        for new, unchanged in ((3, 0), (0, 3)):
            done = run("protect", "add", "http://own.test/sitemap.xml", "--workspace", workspace)
            assert done.code == 0
            assert f"{new} new, 0 changed, {unchanged} unchanged, 0 folded, 0 problems" in done.err
        asked = len(host.heads)
        done = run("protect", "add", "http://own.test/sitemap.xml", "--refetch", "--workspace", workspace)
        assert "0 new, 0 changed, 3 unchanged, 0 folded, 0 problems" in done.err
        assert len(host.heads) == asked + 4
        assert all(header_of(head, "If-None-Match") is None for head in host.heads[asked:])
        done = run("protect", "add", "http://own.test/sitemap.xml", "--background", "--workspace", workspace)
        assert "3 pages, 0 pictures, 0 problems; your background has " in done.err
    finally:
        host.stop()
    urls = {record["url"] for record in run("protect", "list", "--json", "--workspace", workspace).records}
    assert {f"http://own.test/{name}.html" for name in "abc"} <= urls


@pytest.mark.parametrize("is_kept", [False, True])
def test_clear_ids_are_kept_when_asked_for(protect, workspace, tmp_path, monkeypatch, is_kept):
    """The vault has a person's clear id, encrypted, if the settings say so; otherwise it has nothing."""
    monkeypatch.setenv("CLONEWARD_RETENTION__CLEAR_IDS", str(is_kept).lower())
    monkeypatch.setenv("CLONEWARD_KEYS", str(tmp_path / "keys"))
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps({"id": "u1", "text": "some words of hers", "person": "ann@example.org"}) + "\n")
    assert protect("add", file).code == 0
    with Workspace.open(workspace).transaction(JumpingClock()) as connection:
        kept = list(list_kept(connection))
        assert [one.kind for one in kept] == ["vault"] * is_kept
        assert all(b"ann" not in read_value(connection, one.id) for one in kept)
