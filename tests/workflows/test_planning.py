"""Tests of cloneward.workflows.planning."""

import pytest

from cloneward.act.route import Route
from cloneward.errors import InputError
from cloneward.store.cases import list_cases
from cloneward.workflows.planning import make_draft, plan_target
from tests.act.test_ladder import HOST
from tests.workflows.desks import URL, open_desk

ROUTE = Route(state="unknown", host=None, contact=None, via=None, middle=(), parties=())


class FakeLookup:
    """A look-up that knows nobody, and notes what was asked."""

    def __init__(self):
        self.asked = []

    def route(self, url):
        """Nobody."""
        self.asked.append(url)
        return ROUTE


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk with one case that is judged."""
    with open_desk(tmp_path, monkeypatch) as opened:
        yield opened


def find_case(desk):
    """The id of the case."""
    with desk.workspace.transaction(desk.clock) as connection:
        return next(list_cases(connection)).id


def test_a_plan_sorts_by_what_stands_against_it(desk):
    """What may be asked comes first, and every other notice says what stands against it."""
    lookup, name = FakeLookup(), find_case(desk)
    plan = plan_target(desk.workspace, desk.clock, lookup, URL, name)
    assert (plan.case, plan.route, lookup.asked) == (name, ROUTE, [URL])
    against = [len(one.refusals) for one in plan.notices]
    assert against == sorted(against)
    ready = {(one.paper, one.category, one.reach) for one in plan.notices if not one.refusals}
    assert ("abuse", "copyright", "page") in ready
    assert not any(one.category == "malware" for one in plan.notices if not one.refusals)


def test_an_address_without_a_case_has_a_route(desk):
    """Who can act is told of an address on which there is no case; an id that nobody gave is an error."""
    plan = plan_target(desk.workspace, desk.clock, FakeLookup(), "https://new.test/", "c-none")
    assert (plan.case, plan.notices) == (None, ())
    with pytest.raises(InputError, match="no case"):
        plan_target(desk.workspace, desk.clock, FakeLookup(), "c-none", "c-none")


def test_a_draft_holds_all_that_was_found(desk):
    """A draft names each page and item once; one of our name alone names no item."""
    name = find_case(desk)
    draft = make_draft(desk.workspace, desk.clock, name, HOST, ("abuse", "copyright", "page"))
    assert (draft.urls, draft.items) == ((URL,), ("i1",))
    brand = make_draft(desk.workspace, desk.clock, name, HOST, ("abuse", "impersonation", "page"))
    assert brand.items == ()
    with pytest.raises(InputError, match="not judged"):
        make_draft(desk.workspace, desk.clock, "c-none", HOST, ("abuse", "copyright", "page"))
