"""Tests of making, finding and opening workspaces."""

import sqlite3

import pytest

from cloneward.errors import InputError, NoWorkspace, Unavailable
from cloneward.store.schema import HEAD
from cloneward.store.workspace import Workspace
from tests.store.entries import make_entry


def test_create(tmp_path):
    """A new workspace has its settings, in canonical form, and its folders."""
    workspace = Workspace.create(tmp_path / "a" / "b", "HTTPS://Example.org:443", {})
    assert workspace.settings.site == "https://example.org/"
    assert workspace.folder == tmp_path / "a" / "b"
    assert workspace.index_folder.is_dir()
    assert sorted(path.name for path in workspace.folder.iterdir()) == ["cloneward.toml", "index", "items"]
    assert Workspace.open(tmp_path / "a" / "b", {}) == workspace


def test_create_beside_other_files(tmp_path):
    """A folder that holds other files may become a workspace; they stay."""
    (tmp_path / "notes.txt").write_text("mine")
    Workspace.create(tmp_path, "https://example.org/", {})
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_create_never_overwrites(workspace):
    """A workspace that is there stays as it is."""
    file = workspace.folder / "cloneward.toml"
    before = file.read_bytes()
    with pytest.raises(InputError, match="already") as caught:
        Workspace.create(workspace.folder, "https://other.example/", {})
    assert "cloneward.toml" in caught.value.hint
    assert file.read_bytes() == before


@pytest.mark.parametrize("site", ["", "example.org", "ftp://example.org/", "https://"])
def test_create_for_no_site(tmp_path, site):
    """What is no web address makes no workspace, not even a folder."""
    with pytest.raises(InputError, match="not a web address"):
        Workspace.create(tmp_path / "new", site, {})
    assert not (tmp_path / "new").exists()


def test_create_where_nothing_can_be(tmp_path):
    """A folder that cannot be made is the caller's to mend."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write to"):
        Workspace.create(tmp_path / "file" / "workspace", "https://example.org/", {})


def test_open_elsewhere(tmp_path):
    """A folder without settings is no workspace, and the hint says how to get one."""
    with pytest.raises(NoWorkspace, match=r"has no cloneward\.toml") as caught:
        Workspace.open(tmp_path, {})
    assert "cloneward init" in caught.value.hint
    assert "CLONEWARD_WORKSPACE" in caught.value.hint


def test_find(tmp_path):
    """The argument comes first, then the environment, then the nearest folder above."""
    outer = Workspace.create(tmp_path / "outer", "https://outer.example/", {})
    inner = Workspace.create(tmp_path / "outer" / "x" / "inner", "https://inner.example/", {})
    below = inner.folder / "items" / "deep"
    below.mkdir()
    named = {"CLONEWARD_WORKSPACE": str(outer.folder)}
    assert Workspace.find(below, outer.folder, {}) == outer
    assert Workspace.find(below, inner.folder, named) == inner
    assert Workspace.find(below, None, named) == outer
    assert Workspace.find(below, None, {"CLONEWARD_WORKSPACE": ""}) == inner
    assert Workspace.find(inner.folder, None, {}) == inner
    assert Workspace.find(inner.folder.parent, None, {}) == outer


def test_find_nothing(tmp_path, workspace):
    """What was named is meant: no other workspace is taken in its place, and none is none."""
    for explicit, environment in ((tmp_path, {}), (None, {"CLONEWARD_WORKSPACE": str(tmp_path)}), (None, {})):
        start = tmp_path if not explicit and not environment else workspace.folder
        with pytest.raises(NoWorkspace):
            Workspace.find(start, explicit, environment)


def test_two_writers(workspace, clock):
    """While one writes, a second writer is told to try later, and may read."""
    with workspace.writer(clock) as store:
        with pytest.raises(Unavailable), workspace.writer(clock, wait_s=0):
            pass
        store.add(store.begin_import("pages"), [make_entry(1)])
        with workspace.reader(clock) as reader:
            assert reader.count() == 1
    with workspace.writer(clock) as store:
        assert store.count() == 1


def test_reader_of_a_new_workspace(workspace, clock):
    """A workspace in which nothing was ever written is empty, not broken."""
    with workspace.reader(clock) as store:
        assert store.count() == 0
        assert list(store.items()) == []


def test_newer_database(workspace, clock):
    """A workspace that a newer release wrote is refused by reader and writer."""
    with workspace.writer(clock):
        pass
    with sqlite3.connect(workspace.folder / "cloneward.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999' WHERE version_num = ?", (HEAD,))
    connection.close()
    for door in (workspace.writer, workspace.reader):
        with pytest.raises(InputError, match="newer than ours"), door(clock):
            pass


def test_broken_database(workspace, clock):
    """A database that is none is named, with its path."""
    (workspace.folder / "cloneward.db").write_bytes(b"no database, only bytes" * 100)
    with pytest.raises(InputError, match=r"cloneward\.db"), workspace.reader(clock):
        pass


def test_writer_sweeps(workspace, clock):
    """What a killed writer left half-written is gone once the next one begins."""
    (workspace.folder / "items" / "tmp").mkdir()
    (workspace.folder / "items" / "tmp" / "half").write_bytes(b"ha")
    with workspace.reader(clock):
        pass
    with workspace.writer(clock):
        assert list((workspace.folder / "items" / "tmp").iterdir()) == []


def test_database_elsewhere(tmp_path, clock):
    """The setting `database` moves the records; a relative path stays inside the workspace."""
    environment = {"CLONEWARD_DATABASE": "sqlite:///records.sqlite"}
    workspace = Workspace.create(tmp_path, "https://example.org/", environment)
    with workspace.writer(clock):
        pass
    assert (tmp_path / "records.sqlite").is_file()
    assert not (tmp_path / "cloneward.db").exists()
