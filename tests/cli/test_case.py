"""Tests of cloneward.cli.case."""

import json

import pytest

from tests.cli.test_act import URL, at, begin, site

__all__ = ["at", "site"]


@pytest.fixture
def empty(run, tmp_path):
    """A workspace without anything in it."""
    run("init", tmp_path / "own", "--site", "https://own.test/")
    return ("--workspace", tmp_path / "own")


def test_a_place_has_one_case(run, empty):
    """An address that is written otherwise is the same case, and who knew first stays."""
    (first,) = run("case", "open", URL, "--operator", "eve", "--json", *empty).records
    (again,) = run("case", "open", "https://www.copy.test/ann/?utm_source=x", "--json", *empty).records
    assert again["id"] == first["id"]
    (listed,) = run("case", "list", "--json", *empty).records
    assert (listed["first_known"]["who"], listed["verdict"], listed["target"]) == ("eve", None, URL)


def test_a_backlog_becomes_cases(run, empty, tmp_path):
    """Each address of a list has its case, once; lines without one are told."""
    (tmp_path / "list.csv").write_text(f"url,comment\n{URL},scam\nhxxp://copy[.]test/ann,\nnothing,\nother.test,\n")
    done = run("case", "import", tmp_path / "list.csv", "--json", *empty)
    assert [record["target"] for record in done.records] == [URL, "https://other.test/"]
    assert "2 new cases, 0 known, 1 lines" in done.err
    again = run("case", "import", tmp_path / "list.csv", *empty)
    assert "0 new cases, 2 known" in again.err
    shown = run("case", "show", URL, *empty)
    assert "scam" in shown.out
    assert "handed in: list.csv:2" in shown.out


def test_a_backlog_is_judged_in_one_go(run, at, tmp_path):
    """With --judge each new case is captured and judged; called again, only what is not judged yet."""
    (tmp_path / "list.txt").write_text(f"{URL}\nhttp://third.test/\n")
    done = run("case", "import", tmp_path / "list.txt", "--judge", "--plain", "--json", *at)
    assert [record["verdict"] for record in done.records] == ["copy", "copy"]
    again = run("case", "import", tmp_path / "list.txt", "--judge", "--plain", "--json", *at)
    assert [record["judged_at"] for record in again.records] == [record["judged_at"] for record in done.records]


def test_what_is_privileged_is_not_exported(run, at, tmp_path):
    """A privileged note is shown in the house, and stands in no export."""
    case = begin(run, at)
    run("case", "note", case, "call counsel", "--privileged", *at)
    run("case", "note", case, "a plain note", *at)
    assert "call counsel" in run("case", "show", case, *at).out
    assert run("case", "export", case, "-o", tmp_path / "case.json", *at).code == 0
    written = (tmp_path / "case.json").read_text()
    assert ("call counsel" in written, "a plain note" in written) == (False, True)
    assert json.loads(written)["verdict"] == "copy"
    assert run("case", "export", case, "-o", tmp_path / "no" / "case.json", *at).code == 2


def test_a_closed_case_is_listed_when_asked_for(run, empty):
    """A case that is closed is in the list of all alone."""
    (case,) = run("case", "open", URL, "--json", *empty).records
    assert run("case", "close", case["id"], "--reason", "ours", *empty).code == 0
    assert run("case", "list", *empty).out == ""
    assert "closed: ours" in run("case", "list", "--all", *empty).out
    assert run("case", "close", case["id"], "--reason", "ours", *empty).code == 2


def test_only_who_needs_to_know_reads_a_case(run, empty):
    """A case that names people is for them; who has no role opens none."""
    (case,) = run("case", "open", URL, "--json", *empty).records
    file = empty[1] / "cloneward.toml"
    roles = f'\n[roles]\nanalyst = ["ann", "ben"]\ncases = {{ {case["id"]} = ["ann"] }}\n'
    file.write_text(file.read_text() + roles)
    assert run("case", "show", case["id"], "--operator", "ann", *empty).code == 0
    assert run("case", "show", case["id"], "--operator", "ben", *empty).code == 5
    assert run("case", "list", "--operator", "ben", *empty).out == ""
    assert run("case", "open", "https://x.test/", "--operator", "eve", *empty).code == 5


@pytest.mark.parametrize(
    ("verb", "more"), [("show", ()), ("export", ()), ("note", ("x",)), ("close", ("--reason", "x"))]
)
def test_a_case_that_is_not_there(run, empty, verb, more):
    """An id or an address without a case is told."""
    asked = run("case", verb, "https://nobody.test/", *more, *empty)
    assert (asked.code, "no case" in asked.err) == (2, True)


def test_a_file_that_is_not_there(run, empty):
    """A list that cannot be read is told by its name."""
    asked = run("case", "import", "none.csv", *empty)
    assert (asked.code, "none.csv" in asked.err) == (2, True)
