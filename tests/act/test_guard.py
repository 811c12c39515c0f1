"""The guard: what stands against an action."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloneward.act.guard import EVIDENCE, Claim, Facts, Limits, list_obstacles, list_refusals
from cloneward.model.case import Verdict
from cloneward.model.finding import Match, Span
from tests.act.test_ladder import HOST, NOON, make

URL = "https://copy.test/ann"
MATCH = Match(item="i1", page=URL, value=1.0, spans=(Span(target=(0, 9), item=(0, 9), words=300),))
VERDICT = Verdict(
    target=URL,
    site="copy.test",
    captured_at="2026-11-24T11:00:00.000Z",
    verdict="copy",
    likeness="whole",
    standing="none_known",
    direction="ours_first",
    host="dedicated",
    share_of_target=1.0,
    share_of_item_max=1.0,
    words=300,
    pages=1,
    items_matched=1,
    matches=(MATCH,),
    policy="default/1",
    tool="cloneward",
    took_s=0.1,
)
FACTS = Facts(
    verdict=VERDICT,
    decided_at=NOON - timedelta(hours=1),
    is_sealed=True,
    claims={"i1": Claim(rights="own", is_proven=True)},
    seen={URL: NOON - timedelta(minutes=5)},
    signer="Ann Owner",
)
ACTION = make(recipient=replace(HOST, verified_on="2026-11-01"))
LIMITS = Limits()


def codes(action=ACTION, facts=FACTS, at=NOON):
    """Why the action may not leave now."""
    return [refusal.code for refusal in list_obstacles(action, facts, at, LIMITS)]


def judged(**changes):
    """The facts with another verdict."""
    return replace(FACTS, verdict=replace(VERDICT, **changes))


def test_nothing_stands_against_what_is_in_order():
    """A proven item, found by a sealed capture on a live page, may be asked for."""
    assert codes() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (judged(verdict="unrelated"), "verdict"),
        (judged(verdict="benign"), "verdict"),
        (judged(verdict="unknown"), "verdict"),
        (judged(standing="quotation"), "standing"),
        (judged(direction="unknown"), "direction"),
        (judged(direction="theirs_first"), "direction"),
        (judged(direction="common_source"), "direction"),
        (judged(matches=()), "items"),
        (judged(matches=(replace(MATCH, page="https://copy.test/bob"),)), "address"),
        (replace(FACTS, decided_at=NOON - timedelta(days=15)), "verdict_age"),
        (replace(FACTS, decided_at=NOON + timedelta(minutes=1)), "verdict_age"),
        (replace(FACTS, is_sealed=False), "seal"),
        (replace(FACTS, claims={}), "claim"),
        (replace(FACTS, claims={"i1": Claim(rights="own")}), "claim"),
        (replace(FACTS, claims={"i1": Claim(rights="user", is_proven=True)}), "claim"),
        (replace(FACTS, seen={}), "live"),
        (replace(FACTS, seen={URL: NOON - timedelta(minutes=11)}), "live"),
        (replace(FACTS, seen={URL: NOON + timedelta(minutes=1)}), "live"),
        (replace(FACTS, sent_day=20), "quota"),
        (replace(FACTS, sent_day_all=100), "quota"),
        (replace(FACTS, erred=[True, *[False] * 48, True]), "stopped"),
    ],
)
def test_one_thing_missing_is_enough(facts, code):
    """Each thing that is missing is told by its own code."""
    assert code in codes(facts=facts)


def test_errors_of_long_ago_are_forgiven():
    """Only the last fifty notices to a recipient count."""
    assert codes(facts=replace(FACTS, erred=[True, *[False] * 49, True])) == []


def test_a_person_lets_us_act_for_their_work():
    """The work of a person may be claimed with their mandate, proven domain or not."""
    assert codes(facts=replace(FACTS, claims={"i1": Claim(rights="user", is_mandated=True)})) == []


@pytest.mark.parametrize("host", ["compromised", "shared", "platform", "unknown"])
def test_a_domain_is_asked_for_only_where_nobody_else_lives(host):
    """A domain that others have pages on, or that was broken into, is never asked for; its page may be."""
    assert "reach" in codes(replace(ACTION, reach="domain"), judged(host=host))
    assert codes(facts=judged(host=host)) == []


@pytest.mark.parametrize("category", [name for name in EVIDENCE if name != "copyright"])
def test_a_category_needs_its_own_evidence(category):
    """No category is said without harms that show it; malware never."""
    action = replace(ACTION, category=category)
    assert "category" in codes(action)
    harms = ("personal_data", "credential_form", "payment", "brand")
    assert ("category" in codes(action, judged(harms=harms))) is (category == "malware")
    for missing in EVIDENCE[category]:
        left = tuple(harm for harm in harms if harm not in missing)
        assert "category" in codes(action, judged(harms=left))


def test_impersonation_needs_no_item():
    """Where our name is shown and none of our content, its own address may be asked for."""
    facts = judged(verdict="impersonation", matches=(), harms=("brand",), direction="unknown")
    assert codes(replace(ACTION, category="impersonation", items=()), facts) == []
    assert "verdict" in codes(facts=facts)


def test_a_paper_of_law_is_signed_and_of_copyright():
    """Without a name nothing of law leaves, and a notice under the DMCA is of copyright alone."""
    law = replace(ACTION, paper="dmca")
    assert codes(law) == []
    assert codes(law, replace(FACTS, signer=" ")) == ["signer"]
    assert "category" in codes(replace(law, category="personal_data"), judged(harms=("personal_data",)))


@pytest.mark.parametrize("day", [None, "2026-08-01"])
def test_a_channel_that_nobody_looked_at_is_told(day):
    """A channel that was verified more than ninety days ago, or never, holds a notice back."""
    assert codes(replace(ACTION, recipient=replace(HOST, verified_on=day))) == ["channel"]


def test_a_proposal_is_not_asked_for_what_holds_a_moment():
    """Whether a page is live, and how many were sent, is asked when it leaves."""
    facts = replace(FACTS, seen={}, sent_day=99, erred=[True, True])
    assert list_refusals(ACTION, facts, NOON, LIMITS) == []
