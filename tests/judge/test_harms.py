"""Harms, each with its own evidence."""

import pytest

from cloneward.judge.harms import Harmed, find_harms, is_personal
from cloneward.judge.priority import Dates
from cloneward.model.content import Item
from cloneward.model.finding import Match

SEEN = "2026-06-01T12:00:00Z"


def item(number=0, **facts):
    """Give an item with these facts."""
    return Item(id=f"i{number}", digest="", text_digest="", words=9, **({"kind": "photo"} | facts))


def harmed(*items, seen=None):
    """Give what pictures of these items on one page are evidence of."""
    matches = {at: Match(item=each.id, page="p", kind="image", value=9) for at, each in enumerate(items, 5)}
    return find_harms(matches, {each.id: each for each in items}, {"p": seen or Dates()})


def test_facts_that_are_not_told_are_no_harm():
    """An item of which nothing is on record gives no harm and no reason."""
    assert harmed(item(), item(1, visibility="public", minor=False), seen=Dates(proven=SEEN)) == Harmed()
    assert find_harms({}, {}, {}) == Harmed()


@pytest.mark.parametrize("facts", [{"kind": "profile"}, {"person": "a"}, {"subjects": ("a", "b")}])
def test_items_of_people_are_personal_data(facts):
    """A profile, an item of a person and one that shows people each are evidence, by its position."""
    found = harmed(item(), item(1, **facts))
    assert found.harms == ("personal_data",)
    assert [(reason.code, reason.pro, reason.evidence) for reason in found.reasons] == [("personal_data", True, (6,))]
    assert is_personal(item(**facts))
    assert not is_personal(item())


def test_people_are_counted_once():
    """Whose content it is and who is shown in it are people alike; nobody is counted twice."""
    found = harmed(item(0, person="a", subjects=("b", "c")), item(1, person="b"), item(2, person="a"), item(3))
    assert found.persons == 3
    assert "3, of 3 people on record" in found.reasons[0].text
    assert harmed(item(0, kind="profile")).persons == 0


def test_what_is_not_public_is_told_with_since_when():
    """Login and private are told alike, with the earliest date on record, or that there is none."""
    closed = (item(0, visibility="login", visibility_since="2025-03-01T00:00:00Z"), item(1, visibility="private"))
    found = harmed(*closed, item(2, visibility="public"))
    assert (found.harms, found.login_only, found.reasons[0].evidence) == (("login_only",), 2, (5, 6))
    assert "since 2025-03-01" in found.reasons[0].text
    assert "since when is not on record" in harmed(item(1, visibility="private")).reasons[0].text


def test_what_was_closed_after_we_saw_the_page_was_open():
    """An item that was still public when we saw the page is not counted; an archive's date does not show that."""
    late = item(visibility="login", visibility_since="2026-06-02T00:00:00Z")
    assert harmed(late, seen=Dates(proven=SEEN)) == Harmed()
    assert harmed(late, seen=Dates(archived=SEEN)).login_only == 1


GONE = [
    {"deleted_at": "2026-06-01T11:59:59Z"},
    {"expires_at": "2026-06-01T11:59:59Z", "kind": "story"},
    {"visibility": "private", "visibility_since": "2026-06-01T11:59:59Z"},
    {"deleted_at": "2026-05-31"},
]
THERE = [
    {"deleted_at": "2026-06-01T12:00:00Z"},
    {"expires_at": "2026-06-01T12:00:01Z"},
    {"visibility": "login", "visibility_since": "2026-01-01T00:00:00Z"},
    {"deleted_at": "2026-06-01"},
    {"deleted_at": "soon"},
    {},
]


@pytest.mark.parametrize("facts", GONE)
def test_what_was_gone_when_we_saw_the_page(facts):
    """Deleted, expired or made private before we saw the page: a harm, with both times in its reason."""
    found = harmed(item(**facts), seen=Dates(proven=SEEN))
    assert "deleted_at_source" in found.harms
    told = next(reason for reason in found.reasons if reason.code == "deleted_at_source")
    assert "its page is of 2026-06-01 12:00 UTC" in told.text
    assert told.evidence == (5,)


@pytest.mark.parametrize("facts", THERE)
def test_what_was_there_still(facts):
    """Gone at that moment or later, on that day at whatever hour, or at a time that cannot be read: no harm."""
    assert "deleted_at_source" not in harmed(item(**facts), seen=Dates(proven=SEEN)).harms


@pytest.mark.parametrize("facts", GONE)
def test_the_date_of_an_archive_is_a_claim(facts):
    """A page that an archive alone dates gives a reason of weight 0 and no harm; one without a date gives neither."""
    found = harmed(item(**facts), seen=Dates(archived=SEEN))
    assert "deleted_at_source" not in found.harms
    told = next(reason for reason in found.reasons if reason.code == "deleted_at_source_claimed")
    assert (told.weight, told.evidence) == (0.0, (5,))
    assert "anyone can write" in told.text
    codes = {reason.code for reason in harmed(item(**facts), seen=Dates(claimed=SEEN)).reasons}
    assert not any("deleted" in code for code in codes)


def test_minors_are_told():
    """Only what the owner records as of a minor is."""
    found = harmed(item(), item(1, minor=True))
    assert (found.harms, found.reasons[0].evidence) == (("minors",), (6,))
