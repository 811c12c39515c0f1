"""Tests of cloneward.cli.init."""

import pytest


def test_makes_a_workspace(run, tmp_path):
    """A workspace is made where it is asked for, with the site in its canonical form and the next step told."""
    done = run("init", tmp_path / "new", "--site", "HTTPS://Example.org")
    assert (done.code, done.out) == (0, "")
    assert "https://example.org/" in done.err
    assert "next: cloneward protect add" in done.err
    assert 'site = "https://example.org/"' in (tmp_path / "new" / "cloneward.toml").read_text()


def test_in_the_current_folder(run, tmp_path):
    """Without a folder it is the current one, and what lies there stays."""
    (tmp_path / "here" / "notes.txt").write_text("mine")
    assert run("init", "--site", "https://example.org/").code == 0
    assert {path.name for path in (tmp_path / "here").iterdir()} >= {"cloneward.toml", "notes.txt"}
    assert run("protect", "list").code == 0


def test_never_over_another(run, tmp_path):
    """A workspace is not made over one that is there, whose settings stay."""
    assert run("init", tmp_path / "new", "--site", "https://example.org/").code == 0
    before = (tmp_path / "new" / "cloneward.toml").read_bytes()
    done = run("init", tmp_path / "new", "--site", "https://other.org/")
    assert (done.code, "already" in done.err, "hint: " in done.err) == (2, True, True)
    assert (tmp_path / "new" / "cloneward.toml").read_bytes() == before


@pytest.mark.parametrize("site", ["example.org", "", "ftp://example.org/", "http://[::1", "javascript:alert(1)"])
def test_site_must_be_an_address(run, tmp_path, site):
    """A site that is no web address is refused by its value, and nothing is made."""
    done = run("init", tmp_path / "new", "--site", site)
    assert done.code == 2
    assert repr(site) in done.err
    assert "hint: " in done.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_where_no_folder_can_be(run, tmp_path, name):
    """A place where no folder can be made is refused with the system's words."""
    (tmp_path / "file").write_text("mine")
    done = run("init", tmp_path / name, "--site", "https://example.org/")
    assert (done.code, "hint: " in done.err) == (2, True)
