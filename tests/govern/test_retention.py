"""Tests of what may go: all that is over, and nothing that is held."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cloneward.govern.retention import Holds, list_expired, list_of_person
from cloneward.model.retention import KINDS, Hold, Kept

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PERIODS = {"vault": 180 * DAY, "working": 30 * DAY, "quarantine": 365 * DAY}
OLD = NOW - 1000 * DAY


def list_ids(records, holds=(), now=NOW, periods=PERIODS):
    """Ids of what goes."""
    return [record.id for record in list_expired(records, holds, now, periods)]


def test_to_the_moment():
    """A record goes when its period is over, and not a millisecond before."""
    since = NOW - PERIODS["working"]
    records = [Kept("now", "working", since), Kept("soon", "working", since + timedelta(milliseconds=1))]
    assert list_ids(records) == ["now"]


def test_each_kind_has_its_period():
    """The same age is over for one kind and not for another; a kind without a period stays for good."""
    records = [Kept(kind, kind, NOW - 100 * DAY) for kind in KINDS]
    assert list_ids(records) == ["working"]
    assert list_ids(records, periods={}) == []
    assert set(list_ids(records, now=NOW + 1000 * DAY)) == set(KINDS)


def test_a_hold_wins():
    """A hold on the record, its case or its person keeps it, however old it is; one on another does not."""
    record = Kept("r1", "vault", OLD, case="c1", person="p1")
    for scope, value in (("record", "r1"), ("case", "c1"), ("person", "p1")):
        assert list_ids([record], [Hold(id="h", scope=scope, value=value)]) == []
    for scope, value in (("record", "c1"), ("case", "r1"), ("person", "c1"), ("case", "")):
        assert list_ids([record], [Hold(id="h", scope=scope, value=value)]) == ["r1"]


def test_a_lifted_hold():
    """A hold that was lifted keeps nothing; one that will be lifted still holds, and of two one is enough."""
    record = Kept("r1", "vault", OLD, case="c1")
    lifted = Hold(id="h1", scope="case", value="c1", lifted_at=NOW)
    later = Hold(id="h2", scope="case", value="c1", lifted_at=NOW + DAY)
    assert list_ids([record], [lifted]) == ["r1"]
    assert list_ids([record], [later]) == []
    assert list_ids([record], [lifted, later]) == []


def test_unnamed_records_are_not_held():
    """A record without case and person is not kept by a hold on a case or person that has no name."""
    assert not Holds([Hold(id="h", scope="case", value="None")], NOW).keep(Kept("r", "vault", OLD))


def test_a_person_who_wishes_to_be_forgotten():
    """All that is theirs goes whatever its age, save what is held."""
    records = [Kept("a", "vault", NOW, person="p1"), Kept("b", "working", NOW, "c1", "p1"), Kept("c", "vault", NOW)]
    holds = [Hold(id="h", scope="case", value="c1")]
    assert [record.id for record in list_of_person(records, holds, NOW, "p1")] == ["a"]


@given(st.data())
def test_agrees_with_the_definition(data):
    """What goes is exactly what is over and not held, whatever records and holds there are."""
    names = st.sampled_from(["a", "b", "c"])
    days = st.integers(-10, 500).map(lambda count: NOW - count * DAY)
    kept = st.builds(Kept, id=names, kind=st.sampled_from(KINDS), since=days, case=names | st.none(), person=names)
    hold = st.builds(
        Hold, id=names, scope=st.sampled_from(["case", "person", "record"]), value=names, lifted_at=days | st.none()
    )
    records, holds = data.draw(st.lists(kept)), data.draw(st.lists(hold))
    expected = [
        one
        for one in records
        if one.since + PERIODS[one.kind] <= NOW
        and not any(
            (hold.lifted_at is None or hold.lifted_at > NOW)
            and hold.value == {"case": one.case, "person": one.person, "record": one.id}[hold.scope]
            for hold in holds
        )
    ]
    assert list(list_expired(records, holds, NOW, PERIODS)) == expected


def test_a_million_records():
    """Of a million records over two years of days no held one goes, and no other one stays when its period is over."""
    rng = Random(20261124)
    count, cases, persons = 1_000_000, 2_000, 50_000
    records = {
        number: Kept(
            f"r{number}",
            KINDS[number % 3],
            NOW - rng.random() * 700 * DAY,
            f"c{number % cases}",
            f"p{number % persons}",
        )
        for number in range(count)
    }
    held_cases, held_persons, held_records = (
        {rng.randrange(most) for _ in range(200)} for most in (cases, persons, count)
    )
    holds = [
        Hold(id=f"{scope}{value}", scope=scope, value=f"{scope[0]}{value}")
        for scope, values in (("case", held_cases), ("person", held_persons), ("record", held_records))
        for value in values
    ]
    is_held = [
        number % cases in held_cases or number % persons in held_persons or number in held_records
        for number in range(count)
    ]
    for now in (NOW, NOW + 100 * DAY):
        gone = [int(record.id[1:]) for record in list_expired(records.values(), holds, now, PERIODS)]
        assert len(gone) > 50_000
        assert sum(is_held[number] for number in gone) == 0
        for number in gone:
            del records[number]
        ends = {kind: now - period for kind, period in PERIODS.items()}
        assert sum(one.since <= ends[one.kind] and not is_held[number] for number, one in records.items()) == 0
