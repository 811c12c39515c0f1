"""The backlogs hold what they are said to hold, and their judge sees what was lost, doubled or made up."""

import csv
import io
import json

import pytest

from tests.adversary.backlog import COUNT, FORMS, SPELLINGS, fold, judge_import, make_backlog

BACKLOG = make_backlog("plain", broken=500)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://copy.test/a", "hxxps://COPY[.]test:443/a/"),
        ("http://köpie.test/", "http://xn--kpie-5qa.test"),
        ("http://copy.test/v?id=1", "http://copy.test/v?utm_source=x&id=1&fbclid=2#top"),
        ("http://copy.test/v?q=a%20b", "http://copy.test/v?q=a+b"),
    ],
)
def test_one_address(left, right):
    """Spellings of one address fold to the same."""
    assert fold(left) == fold(right) != ""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://copy.test/a", "http://copy.test/A"),
        ("http://copy.test/v?id=1", "http://copy.test/v?id=2"),
        ("http://copy.test/", "http://copy.test:8080/"),
        ("http://copy.test/", "http://www.copy.test/"),
    ],
)
def test_two_addresses(left, right):
    """What tells two addresses apart is kept."""
    assert fold(left) != fold(right)


def test_not_an_address():
    """What names no page folds to nothing."""
    for told in ("", "n/a", "javascript:alert(1)", "http://", "http://[::1", "ftp://copy.test/", "http://localhost/"):
        assert not fold(told)


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    """Each form holds 500 addresses, more than once, is the same at each call, and can be opened by its reader."""
    backlog = make_backlog(form, broken=300)
    assert len(backlog.targets) == COUNT
    assert len(backlog.copies) > 2 * COUNT
    assert make_backlog(form, broken=300).content == backlog.content
    if form in {"misp", "stix"}:
        assert json.loads(backlog.content)
    else:
        encoding = {"utf-16": "utf-16", "latin-1": "iso-8859-1"}.get(form, "utf-8-sig")
        assert len(list(csv.reader(io.StringIO(backlog.content.decode(encoding), newline="")))) > 1_700


def test_spellings():
    """Every spelling folds to its own address, and each kind is there."""
    assert {kind for kind, _, _ in BACKLOG.copies} == set(SPELLINGS)
    assert all(fold(told) == folded for _, told, folded in BACKLOG.copies)


def test_broken_lines():
    """The whole backlog has its 10,000 broken lines."""
    assert make_backlog("bare").content.count(b"\r\n") >= 10_000 + 2 * COUNT


def test_right_import_passes():
    """The right set, in any spelling, has no fault."""
    assert not any(judge_import(BACKLOG, {folded: told for _, told, folded in BACKLOG.copies}.values()).values())


def test_wrong_imports_fail():
    """A lost address, one taken twice and one made up are each seen."""
    right = [f"http://{target}" for target in sorted(BACKLOG.targets)]
    assert len(judge_import(BACKLOG, right[1:])["lost"]) == 1
    assert judge_import(BACKLOG, [*right, right[0].replace("http:", "https:")])["doubled"] == [fold(right[0])]
    assert judge_import(BACKLOG, [*right, "http://innocent.test/"])["made_up"] == ["innocent.test"]
