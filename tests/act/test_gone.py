"""When content is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.gone import Rule, Sight, tell_end

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULE = Rule()
GONE = ("empty", "parked", "suspended", "changed", "unreachable")


def see(vantage, hours, state="empty"):
    """A sight so many hours after noon."""
    return Sight(vantage=vantage, at=NOON + timedelta(hours=hours), state=state)


def look(hours, state="empty", vantages=("phone", "desktop", "new")):
    """A round of sights."""
    return [see(vantage, hours, state) for vantage in vantages]


LIVE = [see("phone", 0, "live"), see("desktop", 0, "live")]


@pytest.mark.parametrize("state", GONE)
def test_gone_is_gone(state):
    """Nothing for three vantages, one of them new, twice, and once at the hour at which it was last seen."""
    outlook = tell_end([*LIVE, *look(18, state), *look(24, state)], RULE)
    assert (outlook.end, outlook.missing) == ("resolved", ())
    assert outlook.gone_since == NOON + timedelta(hours=18)


@pytest.mark.parametrize(
    ("sights", "end", "word"),
    [
        ([], "waiting", "never seen"),
        ([see("phone", 0)], "waiting", "never seen"),
        (LIVE, "live", ""),
        ([*LIVE, *look(18), *look(24), see("desktop", 25, "back")], "cloaked", ""),
        ([*LIVE, *look(18), see("phone", 60, "back")], "live", ""),
        ([see("phone", 0, "live"), see("desktop", -1)], "cloaked", ""),
        ([see("phone", 0, "cloaked")], "cloaked", ""),
        ([see("phone", 0, "live"), see("desktop", 0.5)], "cloaked", ""),
        ([see("phone", 0, "live"), see("phone", 0.5)], "waiting", "apart"),
        ([*LIVE, *look(18), see("new", 20, "moved")], "moved", ""),
        ([*LIVE, *look(24)], "waiting", "apart"),
        ([*LIVE, *look(20), *look(24)], "waiting", "apart"),
        ([*LIVE, *look(18, vantages=("phone", "new")), *look(24, vantages=("phone", "new"))], "waiting", "3 vantages"),
        (
            [
                *LIVE,
                see("third", 0, "live"),
                *(s for h in (18, 24) for s in look(h, vantages=("phone", "desktop", "third"))),
            ],
            "waiting",
            "never met",
        ),
        (
            [*LIVE, *look(18, vantages=("a", "b", "c")), *look(24, vantages=("a", "b", "c"))],
            "waiting",
            "desktop, phone",
        ),
        ([*LIVE, *look(6), *look(12)], "waiting", "12:00"),
    ],
)
def test_what_is_not_gone(sights, end, word):
    """One that is seen, moved, or not looked at long enough, is not called resolved, and it is told what is missing."""
    outlook = tell_end(sights, RULE)
    assert outlook.end == end
    assert word in "; ".join(outlook.missing)


def test_who_sees_it_at_night_alone_is_not_resolved_by_day():
    """A page that shows itself for an hour a day is not resolved by looks at other hours, however many."""
    looks = [one for hours in range(3, 22, 3) for one in look(hours)]
    assert tell_end([*LIVE, *looks], RULE).end == "waiting"
    assert tell_end([*LIVE, *looks, *look(24, "back")], RULE).end in {"live", "cloaked"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60), st.sampled_from(["live", *GONE])), max_size=25))
def test_no_resolution_without_two_rounds(drawn):
    """Whatever was seen in whatever order, what is resolved was missed by three vantages twice, six hours apart."""
    sights = [see(vantage, hours, state) for vantage, hours, state in drawn]
    outlook = tell_end(sights, RULE)
    if outlook.end != "resolved":
        return
    last = max(sight.at for sight in sights if sight.state == "live")
    since = [sight for sight in sights if sight.at > last]
    twice = {
        one.vantage
        for one in since
        for other in since
        if one.vantage == other.vantage and other.at - one.at >= timedelta(hours=6)
    }
    assert len(twice) >= 3
