"""Tests of cloneward.workflows.briefs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloneward.act.guard import Refusal
from cloneward.errors import InputError, RefusedError
from cloneward.settings import parse
from cloneward.store.cases import get_verdict
from cloneward.workflows.briefs import (
    find_address,
    make_brief,
    read_facts,
    read_limits,
    read_sender,
    read_terms,
    refuse,
)
from tests.workflows.desks import URL, draft, open_desk

SITE = {"site": "https://own.test/"}


def settings(**values):
    """Settings with further values."""
    return parse({**SITE, **values}, {}, source="test")


def test_one_keeper_is_alone():
    """Without roles one keeper approves their own; with any they do not."""
    assert read_terms(settings()).alone
    assert not read_terms(settings(roles={"analyst": ["ann"]})).alone


def test_quotas_are_those_of_the_settings():
    """How many, and how long it cools, is as the settings say."""
    told = settings(quotas={"per_day": 3, "cooling_minutes": 5, "approvals_grave": 3})
    assert (read_limits(told).per_day, read_terms(told).cooling) == (3, timedelta(minutes=5))
    assert read_terms(told).approvals_grave == 3


def test_somebody_writes():
    """Without a name and an address nobody writes."""
    with pytest.raises(InputError, match="who writes"):
        read_sender(settings())
    told = settings(sender={"organisation": "Own", "name": "Ann", "mail": "a@own.test"})
    assert (read_sender(told).mail, read_sender(told).site) == ("a@own.test", "https://own.test/")


def test_all_that_is_missing_is_told_at_once():
    """One error tells all that stands against an action; nothing tells nothing."""
    refuse([])
    with pytest.raises(RefusedError, match="a: x; b: y"):
        refuse([Refusal("a", "x"), Refusal("b", "y")])


def test_facts_and_brief(tmp_path, monkeypatch):
    """What a notice rests on comes from the records: verdict, seal, claims; and the brief names them."""
    with open_desk(tmp_path, monkeypatch) as desk:
        action = desk.propose(draft(desk), "ann")
        with desk.workspace.transaction(desk.clock) as connection:
            facts = read_facts(desk.workspace, desk.clock, connection, action)
            verdict, _ = get_verdict(connection, action.verdict)
        assert (facts.verdict, facts.is_sealed, facts.sent_day) == (verdict, True, 0)
        assert facts.claims["i1"].is_mandated
        seen = replace(facts, seen={URL: desk.clock.now()})
        brief = make_brief(desk.workspace, desk.clock, action, seen, {URL: "203.0.113.7"})
        assert (brief.places[0].served_from, brief.places[0].words) == ("203.0.113.7", 300)
        assert brief.proof.capture == "c1"
        assert brief.works[0].since
        (desk.workspace.folder / "evidence" / "c1" / "capture.wacz").write_bytes(b"broken")
        with desk.workspace.transaction(desk.clock) as connection:
            assert not read_facts(desk.workspace, desk.clock, connection, action).is_sealed


def test_an_address_that_nobody_knows():
    """Where no name server tells, none is guessed; a placed name has the address of its place."""
    placed = settings(fetch={"resolve": {"*.test": "127.0.0.1:9"}, "allow": ["127.0.0.1:9"]})
    assert find_address(placed, "https://copy.test/") in {"127.0.0.1", None}
    refused = settings(fetch={"resolve": {"*.test:53": "127.0.0.1:9"}})
    assert find_address(refused, "https://copy.test/") is None
