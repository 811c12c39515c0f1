"""The lint: what a paper must hold before it leaves, element by element, as the law or the format names them.

It reads the finished paper and not what it was written from, so that a template that loses a line is found too.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cloneward.act.guard import Refusal
from cloneward.act.papers import FIRST_SCREEN, clean
from cloneward.act.xarf import list_errors
from cloneward.model.action import Paper
from cloneward.model.notice import Brief, Notice

_GOOD_FAITH_US: Final = (
    "good faith belief that use of the material in the manner complained of is not authorized by the copyright owner, "
    "its agent, or the law"
)
_ACCURACY: Final = "The information in this notification is accurate"
_PERJURY: Final = "under penalty of perjury, I am authorized to act on behalf of the owner"
_GOOD_FAITH_EU: Final = "bona fide belief that the information and allegations in this notice are accurate and complete"

_SAID: Final[Mapping[Paper, Mapping[str, str]]] = {
    "abuse": {},
    "dmca": {"good_faith": _GOOD_FAITH_US, "accuracy": _ACCURACY, "perjury": _PERJURY},
    "dsa": {"good_faith": _GOOD_FAITH_EU},
}
"""Statements that a paper must make, word for word: 17 U.S.C. 512(c)(3)(A)(v) and (vi); DSA, Article 16(2)(d)."""

_PERSONAL: Final = re.compile(r"\b(?:passport|date of birth|iban)\b", re.IGNORECASE)


def list_faults(notice: Notice, brief: Brief) -> list[Refusal]:
    """Give what a finished paper lacks, or has too much of; empty where it may leave."""
    return [*_check_text(notice, brief), *_check_first_screen(notice, brief), *_check_report(notice)]


def _check_text(notice: Notice, brief: Brief) -> Iterator[Refusal]:
    paper, text = brief.action.paper, " ".join(notice.text.split())
    for code, words in _SAID[paper].items():
        if words not in text:
            yield Refusal(code, f"it does not say: {words}")
    needed = {
        "location": [clean(place.url) for place in brief.places],
        "work": [clean(work.url or work.item) for work in brief.works],
        "contact": [clean(brief.sender.mail)],
        "name": [clean(brief.sender.organisation)],
        "evidence": [clean(brief.proof.digest)],
    }
    if paper != "abuse":
        needed["signature"] = [f"/{clean(brief.signer)}/"] if brief.signer.strip() else ["/nobody/"]
    for code, values in needed.items():
        for value in values:
            if not value or value not in text:
                yield Refusal(code, f"it does not hold {value or code}")
    if _PERSONAL.search(text):
        yield Refusal("personal_data", "it holds personal data that nobody needs to act on it")


def _check_first_screen(notice: Notice, brief: Brief) -> Iterator[Refusal]:
    """Give what of the three questions of an abuse desk is not answered on the first screen."""
    screen = notice.text[:FIRST_SCREEN]
    questions = {
        "yours": clean(brief.places[0].url)[:100],
        "reproduce": "SEE IT YOURSELF",
        "rule": "WHICH RULE",
    }
    for code, words in questions.items():
        if words not in screen:
            yield Refusal(code, f"not on the first {FIRST_SCREEN:,} characters: {words}")
    answer = screen.partition("SEE IT YOURSELF")[2].partition("WHICH RULE")[0]
    if not answer.strip():
        yield Refusal("reproduce", "it does not say how to see it")


def _check_report(notice: Notice) -> Iterator[Refusal]:
    for error in list_errors(notice.report) if notice.report else ():
        yield Refusal("xarf", error)
