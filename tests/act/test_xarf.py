"""XARF reports: what the official library says of them."""

import json
from dataclasses import replace

import pytest
import xarf

from cloneward.act.xarf import KINDS, list_errors, write_report
from cloneward.errors import InputError
from tests.act.briefs import PLACE, SENDER, WORK, brief


@pytest.mark.parametrize("category", KINDS)
def test_each_category_makes_a_strict_report(category):
    """The official library finds no error by its strict rules, and reads what we wrote."""
    report = write_report(brief(category=category))
    read = xarf.parse(json.loads(report), strict=True)
    assert (read.errors, list_errors(report)) == ([], [])
    assert (read.report.category, read.report.type) == KINDS[category]
    assert json.loads(report)["source_identifier"] == "203.0.113.7"


def test_it_is_the_same_twice():
    """A report that is written again, as after a crash, is the same bytes."""
    assert write_report(brief()) == write_report(brief())


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "malware"},
        {"places": (replace(PLACE, served_from=None),)},
        {"category": "phishing", "form": (), "form_to": ""},
        {"category": "fraud", "places": (replace(PLACE, url="https://203.0.113.7/ann"),)},
    ],
)
def test_what_has_no_room_makes_no_report(changes):
    """Without a type of its own, an address that answered, or what the format asks for, there is none."""
    assert write_report(brief(**changes)) is None


def test_a_port_that_is_named_is_told():
    """The port of the address is that of the report."""
    place = replace(PLACE, url="http://copy.test:8080/ann")
    assert json.loads(write_report(brief(places=(place,))))["source_port"] == 8080


def test_no_report_without_somebody_to_answer():
    """A sender who cannot be written to is an error of the settings."""
    with pytest.raises(InputError, match="nobody"):
        write_report(brief(sender=replace(SENDER, mail="nobody")))


def test_people_are_counted_and_not_named():
    """A report on data of people says how many, and gives no title of theirs."""
    report = write_report(brief(category="personal_data", works=(replace(WORK, kind="profile"),)))
    assert json.loads(report)["record_count"] == 3
    assert json.loads(report)["sensitive_fields"] == ["profile"]


def test_errors_are_told():
    """What the library does not take is told by field or message."""
    report = json.loads(write_report(brief()))
    del report["infringing_url"]
    assert any("infringing_url" in error for error in list_errors(json.dumps(report).encode()))
