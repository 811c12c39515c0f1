"""The queue and its cards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cloneward.judge.queue import DUE, Waiting, make_card, rank_queue, tell_urgency
from cloneward.model.case import Reason, SealState, Verdict
from cloneward.model.content import Problem

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
VERDICT = Verdict(
    target="https://copy.test/",
    site="copy.test",
    captured_at=None,
    verdict="copy",
    likeness="whole",
    standing="none_known",
    direction="ours_first",
    share_of_target=0.8,
    share_of_item_max=1.0,
    words=900,
    pages=3,
    items_matched=2,
    policy="default/1",
    tool="cloneward",
    took_s=0.1,
)


def wait(case, hours=0, **changes):
    """A case that has waited so many hours."""
    return Waiting(case=case, verdict=replace(VERDICT, **changes), since=NOON - hours * HOUR)


@pytest.mark.parametrize(
    ("changes", "urgency"),
    [
        ({"harms": ("brand", "credential_form")}, "hours"),
        ({"harms": ("payment",)}, "hours"),
        ({"harms": ("minors", "personal_data")}, "hours"),
        ({"harms": ("personal_data",)}, "day"),
        ({"harms": ("login_only",)}, "day"),
        ({"persons_affected": 1}, "day"),
        ({"harms": ("brand",)}, "week"),
        ({}, "week"),
    ],
)
def test_urgency(changes, urgency):
    """What takes log-in data or money, or shows minors, is for hours; what exposes people for a day."""
    assert tell_urgency(replace(VERDICT, **changes)) == urgency


def test_the_order():
    """Classes go before numbers, numbers before age; what is overdue goes first within its class."""
    queue = [
        wait("many", persons_affected=900),
        wait("few", persons_affected=2),
        wait("late", hours=30, persons_affected=2),
        wait("form", harms=("credential_form",)),
        wait("plain", hours=400),
    ]
    assert [one.case for one in rank_queue(queue, NOON)] == ["form", "late", "many", "few", "plain"]


def test_the_order_is_one():
    """Whatever order cases come in, the queue is the same."""
    queue = [wait(str(number), hours=number % 5, persons_affected=number % 3) for number in range(30)]
    ranked = [one.case for one in rank_queue(queue, NOON)]
    Random(3).shuffle(queue)
    assert [one.case for one in rank_queue(queue, NOON)] == ranked


def test_it_spares_people_more_than_first_come_does():
    """On cases drawn by chance, the hours for which people are exposed are at most half of those of first come."""
    chance = Random(11)
    cases = []
    for number in range(300):
        harms = chance.choices([("credential_form",), ("personal_data",), ()], [1, 3, 12])[0]
        people = int(10 ** chance.uniform(1, 4)) if harms else 1
        cases.append(
            wait(str(number), hours=chance.uniform(0, 20), harms=harms, persons_affected=people if harms else 0)
        )

    def count_exposed(order):
        return sum(max(one.verdict.persons_affected, 1) * (place + 1) for place, one in enumerate(order))

    first_come = sorted(cases, key=lambda one: one.since)
    assert count_exposed(rank_queue(cases, NOON)) <= 0.5 * count_exposed(first_come)


def test_a_card_shows_both_sides():
    """The strongest arguments of both sides, what is unknown, and where the evidence lies stand on the card."""
    reasons = tuple(
        Reason(code="c", text=f"{'for' if pro else 'against'} {weight}", weight=weight, pro=pro)
        for pro in (True, False)
        for weight in (1.0, 4.0, 2.0, 3.0)
    )
    card = make_card(
        wait(
            "c1",
            reasons=reasons,
            harms=("personal_data",),
            persons_affected=7,
            not_compared=("language",),
            problems=(Problem(code="x", page=None, text="cut"),),
            seal=SealState(id="s", path="evidence/s", state="sealed"),
        )
    )
    assert card.pro == ("for 4.0", "for 3.0", "for 2.0")
    assert card.against == ("against 4.0", "against 3.0", "against 2.0")
    assert card.unknown == ("language", "cut")
    assert (card.seal, card.urgency, card.due_at) == ("evidence/s", "day", NOON + DUE["day"])
    assert card.found == ("copy: 2 items, 80% of the target, 100% of an item, 7 people; ours first, host unknown")
