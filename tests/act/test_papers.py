"""Papers: complete, minimal, on one screen, and safe from what the other side writes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.papers import FIRST_SCREEN, clean, write_notice
from cloneward.errors import InputError
from tests.act.briefs import PLACE, PROOF, WORK, brief

PAPERS = ("abuse", "dmca", "dsa")


@pytest.mark.parametrize("paper", PAPERS)
def test_the_first_screen_answers_three_questions(paper):
    """Whose it is, how to see it and which rule it is about stand on the first screen, with many addresses too."""
    places = tuple(replace(PLACE, url=f"https://copy.test/{number}/" + "x" * 300) for number in range(40))
    proof = replace(PROOF, curl="curl " + "y" * 500)
    screen = write_notice(brief(paper=paper, places=places, proof=proof)).text[:FIRST_SCREEN]
    assert "IS IT YOURS?  served from 203.0.113.7" in screen
    assert "SEE IT YOURSELF  curl" not in screen
    assert "SEE IT YOURSELF  open it with a phone" in screen
    assert "WHICH RULE  copyright" in screen
    assert "and 37 more below" in screen


def test_a_short_command_is_shown():
    """A command that fits is how to see it."""
    assert "SEE IT YOURSELF  curl -sS" in write_notice(brief()).text


@pytest.mark.parametrize("paper", ["dmca", "dsa"])
def test_law_is_signed(paper):
    """A paper of law holds the name of who signs it, and is not written without."""
    assert "/Ann Owner/" in write_notice(brief(paper=paper)).text
    with pytest.raises(InputError, match="nobody signs"):
        write_notice(brief(paper=paper, signer=" "))


def test_only_law_speaks_of_law():
    """What was found is told in a notice of abuse, and no word that a person must answer for."""
    text = write_notice(brief()).text.lower()
    assert not any(word in text for word in ("infring", "illegal", "unauthori", "perjury"))


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"places": ()}, "place"), ({"works": ()}, "work"), ({"works": (), "category": "personal_data"}, "work")],
)
def test_what_is_missing_is_told(changes, what):
    """Without a place or a work there is no paper."""
    with pytest.raises(InputError, match=what):
        write_notice(brief(**changes))


def test_a_name_alone_may_be_shown():
    """A page that shows our name and nothing else of ours is told as that."""
    place = replace(PLACE, words=0, pictures=0, works=())
    assert "shows our name" in write_notice(brief(category="impersonation", works=(), places=(place,))).text


@given(st.text(max_size=80), st.sampled_from(PAPERS))
def test_hostile_text_stays_on_its_line(text, paper):
    """Whatever an address or a recipe holds, it makes no line, no header and no template of its own."""
    hostile = f"https://copy.test/{text}"
    made = brief(paper=paper, places=(replace(PLACE, url=hostile),), proof=replace(PROOF, curl="", recipe=hostile))
    notice = write_notice(made)
    plain = write_notice(brief(paper=paper, proof=replace(PROOF, curl="", recipe="x")))
    assert len(notice.text.splitlines()) == len(plain.text.splitlines())
    assert notice.subject.splitlines() == [notice.subject]


def test_no_template_of_theirs_is_run():
    """Braces are text."""
    made = brief(works=(replace(WORK, url="https://example.org/{{ 7 * 7 }}"),))
    assert "{{ 7 * 7 }}" in write_notice(made).text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("a\r\nBcc: b", "a Bcc: b"), ("a\x00\u202eb", "ab"), (" a\u2028b ", "a b"), (7, "7"), (None, "None")],
)
def test_clean(text, cleaned):
    """Lines, controls and marks that turn text around are gone."""
    assert clean(text) == cleaned
