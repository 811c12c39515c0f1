"""The replies are many and of every kind, and their judge catches each wrong reading."""

import email
from collections import Counter
from email import policy

import pytest

from tests.adversary.mailbox import make_letters
from tests.adversary.replies import MEANINGS, NOTHING, is_linked, judge_reply, list_fixtures, tell_truth

LETTERS = make_letters()
FIXTURES = list_fixtures(LETTERS)
LEAST = 200


def take(family):
    """The first message of a family."""
    return next(it for it in FIXTURES if it.name.rpartition("-")[0] == family)


def test_enough():
    """There are more than the figure asks for, each meaning often, and every message another."""
    assert len(FIXTURES) >= LEAST
    counted = Counter(it.meaning for it in FIXTURES)
    assert set(counted) == MEANINGS
    assert min(counted.values()) >= 3
    assert len({it.mail for it in FIXTURES}) == len(FIXTURES)


def test_readable():
    """Each message is one that can be read, from somebody, with an id."""
    for fixture in FIXTURES:
        mail = email.message_from_bytes(fixture.mail, policy=policy.default)
        assert mail["From"], fixture.name
        assert mail["Message-ID"], fixture.name


def test_clue():
    """What has a case and is believed carries a clue to it: an id, a mark, an address, or a ticket given before."""
    for fixture in FIXTURES:
        if fixture.case and fixture.is_believed:
            letter = next(it for it in LETTERS if it.case == fixture.case)
            read = email.message_from_bytes(fixture.mail, policy=policy.default)
            shown = f"{read} {read['Subject']}"
            clues = (letter.message_id, letter.mark, letter.url, *((fixture.ticket,) if fixture.before else ()))
            assert any(clue and clue in shown for clue in clues), fixture.name


def test_right_answers_pass():
    """The truth itself has no fault."""
    assert not [(it.name, faults) for it in FIXTURES if (faults := judge_reply(it, tell_truth(it)))]


@pytest.mark.parametrize("meaning", sorted(MEANINGS))
def test_lazy_answers_fail(meaning):
    """One meaning for all, even with the right case, is wrong on most."""
    said = [judge_reply(it, {"case": it.case, "meaning": meaning, "is_believed": True}) for it in FIXTURES]
    assert sum(not faults for faults in said) < 0.4 * len(FIXTURES)


def test_lost_cases():
    """Nothing tied to a case is no link, and wrong wherever something was said."""
    said = [tell_truth(it) | {"case": None} for it in FIXTURES]
    assert not any(is_linked(it, told) for it, told in zip(FIXTURES, said, strict=True))
    wrong = [it for it, told in zip(FIXTURES, said, strict=True) if judge_reply(it, told)]
    assert {it.name for it in wrong} == {it.name for it in FIXTURES if it.is_believed and it.meaning not in NOTHING}


@pytest.mark.parametrize(
    ("family", "change"),
    [
        ("thread-resolved", {"case": "case-7"}),
        ("thread-resolved", {"meaning": "acknowledged"}),
        ("thread-resolved", {"is_believed": False}),
        ("ticket-given", {"ticket": "1"}),
        ("ticket-unknown", {"case": "case-1"}),
        ("ticket-unknown", {"is_believed": True}),
        ("forged-failed-checks", {"is_believed": True}),
        ("forged-claimed-server", {"is_believed": True}),
        ("forged-stranger", {"is_believed": None}),
        ("report-delayed", {"meaning": "bounced"}),
        ("away", {"meaning": "acknowledged"}),
        ("loop", {"meaning": "wants_more"}),
        ("noise", {"case": "case-0"}),
        ("which", {"case": "case-0"}),
        ("bounce", {"meaning": "silence"}),
    ],
)
def test_wrong_answers_fail(family, change):
    """One wrong part of a reading is seen."""
    fixture = take(family)
    assert not judge_reply(fixture, tell_truth(fixture))
    assert judge_reply(fixture, tell_truth(fixture) | change)


def test_forgeries_may_be_shown():
    """A forged message that is held for a person is right, with its case or without."""
    fixture = take("forged-stranger")
    for case in (fixture.case, None):
        assert not judge_reply(fixture, {"case": case, "meaning": "resolved", "is_believed": False})
        assert not judge_reply(fixture, {"case": case, "meaning": "unrelated"})
