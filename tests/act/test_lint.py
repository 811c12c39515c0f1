"""The lint: what a finished paper lacks."""

import json
from dataclasses import replace

import pytest

from cloneward.act.lint import list_faults
from cloneward.act.papers import write_notice
from cloneward.act.xarf import KINDS
from tests.act.briefs import PLACE, PROOF, WORK, brief


def codes(notice, made):
    """What the lint finds."""
    return {fault.code for fault in list_faults(notice, made)}


@pytest.mark.parametrize("paper", ["abuse", "dmca", "dsa"])
@pytest.mark.parametrize("category", KINDS)
def test_what_we_write_holds_all(paper, category):
    """No paper that we write lacks anything, with one address or fifty."""
    places = tuple(replace(PLACE, url=f"https://copy.test/{number}") for number in range(50))
    for made in (brief(paper=paper, category=category), brief(paper=paper, category=category, places=places)):
        assert list_faults(write_notice(made), made) == []


@pytest.mark.parametrize(
    ("paper", "line", "code"),
    [
        ("dmca", "good faith belief", "good_faith"),
        ("dmca", "perjury", "perjury"),
        ("dmca", "is accurate", "accuracy"),
        ("dmca", "/Ann Owner/", "signature"),
        ("dmca", "ann@example.org", "contact"),
        ("dmca", "https://example.org/ann", "work"),
        ("dsa", "bona fide", "good_faith"),
        ("dsa", "/Ann Owner/", "signature"),
        ("dsa", "Example Ltd", "name"),
        ("abuse", "SHA-256", "evidence"),
        ("abuse", "https://copy.test/ann", "location"),
        ("abuse", "SEE IT YOURSELF", "reproduce"),
        ("abuse", "WHICH RULE", "rule"),
    ],
)
def test_a_lost_line_is_found(paper, line, code):
    """A paper that loses a line lacks what stood on it."""
    made = brief(paper=paper)
    notice = write_notice(made)
    assert line in notice.text
    left = "\n".join(one for one in notice.text.splitlines() if line not in one)
    assert code in codes(replace(notice, text=left), made)


def test_an_answer_that_stands_too_low_is_found():
    """What is asked first must be answered on the first screen."""
    made = brief()
    notice = write_notice(made)
    assert codes(replace(notice, text="\n" * 1_200 + notice.text), made) >= {"yours", "reproduce", "rule"}


def test_an_empty_answer_is_found():
    """A heading without an answer is no answer."""
    made = brief(proof=replace(PROOF, curl="", recipe=""))
    assert codes(write_notice(made), made) == {"reproduce"}


def test_a_broken_report_is_found():
    """What the official library has against a report is told."""
    made = brief()
    notice = write_notice(made)
    report = json.loads(notice.report) | {"type": "nonsense"}
    assert codes(replace(notice, report=json.dumps(report).encode()), made) == {"xarf"}


def test_more_of_people_than_needed_is_found():
    """A paper that holds more of people than anyone needs to act does not leave."""
    made = brief(works=(replace(WORK, url="https://example.org/date of birth"),))
    assert codes(write_notice(made), made) == {"personal_data"}
