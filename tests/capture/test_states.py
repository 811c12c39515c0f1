"""Tests of cloneward.capture.states."""

from dataclasses import replace
from random import Random

import pytest

from cloneward.capture.states import Look, find_state
from cloneward.errors import Problem
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Document, Rendering

AT = "2026-11-24T12:00:00.000Z"


def write(seed, count=120):
    """Words of a seed."""
    random = Random(seed)
    return " ".join("".join(random.choices("abcdefghijklmnop", k=6)) for _ in range(count))


OURS, THEIRS = write(1), write(2)


def look(text="", *, status=200, final_url="https://x.test/", vantage="first"):
    """What a vantage was given: a page of some words."""
    exchange = Exchange(url=final_url, requested_at=AT, status=status)
    document = Document(url=final_url, html=f"<p>{text}</p>")
    times = {"started_at": AT, "ended_at": AT}
    rendering = Rendering(
        url="https://x.test/", final_url=final_url, documents=(document,), exchanges=(exchange,), **times
    )
    return Look(vantage=vantage, rendering=rendering)


@pytest.mark.parametrize(
    ("seen", "state", "cause"),
    [
        (look(OURS), "live", "content"),
        (look(f"Account suspended. {OURS}"), "live", "content"),
        (look(OURS, status=404), "live", "content"),
        (look(OURS, final_url="https://www.x.test/"), "live", "content"),
        (look(OURS, final_url="https://y.test/"), "moved", "redirect"),
        (look(THEIRS, final_url="https://y.test/"), "moved", "redirect"),
        (look(THEIRS), "changed", "content"),
        (look("Hello"), "empty", "content"),
        (look("Not found", status=404), "empty", "status"),
        (look("Bad gateway", status=502), "unreachable", "host"),
        (look("Slow down", status=429), "unreachable", "status"),
        (look("Forbidden", status=403), "empty", "status"),
        (look("Welcome to nginx! If you see this page, it is installed."), "empty", "host"),
        (look("Warning: this site was reported for phishing"), "suspended", "content"),
        (look("此域名正在出售"), "parked", "content"),
        (look("Make an offer for this domain"), "parked", "content"),
        (look("Account suspended"), "suspended", "content"),
        (look("", status=451), "suspended", "status"),
        (look("Buy this domain"), "parked", "content"),
        (look("", final_url="https://www.hugedomains.com/x"), "parked", "redirect"),
        (Look(vantage="first", failure="dns", told="no address"), "unreachable", "dns"),
        (Look(vantage="first", failure="tls", told="expired"), "unreachable", "tls"),
    ],
)
def test_state_and_cause_are_told(seen, state, cause):
    """One visit gives its state and cause; where the copy is shown, nothing else that is said there counts."""
    revisit = find_state([seen], OURS)
    assert (revisit.state, revisit.cause) == (state, cause)
    assert revisit.evidence.startswith("first: ")


@pytest.mark.parametrize("kept", range(0, 121, 10))
def test_half_of_the_sealed_text_is_live(kept):
    """A page stays live while half of the runs of the sealed text stand there, whatever stands around them."""
    words = OURS.split()[:kept]
    revisit = find_state([look(f"{THEIRS} {' '.join(words)} {THEIRS}")], OURS)
    runs = max(0, kept - 7) / 113
    assert revisit.containment == pytest.approx(runs, abs=1e-4)
    assert revisit.state == ("live" if runs >= 0.5 else "changed")


@pytest.mark.parametrize("before", [None, "live", "cloaked", "back"])
def test_what_was_there_is_live(before):
    """What is shown after it was shown, or for the first time, is live."""
    assert find_state([look(OURS)], OURS, before=before).state == "live"


@pytest.mark.parametrize("before", ["changed", "empty", "parked", "suspended", "moved", "unreachable"])
def test_what_was_gone_is_back(before):
    """What is shown after it was gone is back."""
    assert find_state([look(OURS)], OURS, before=before).state == "back"


@pytest.mark.parametrize("other", [look(THEIRS, vantage="second"), look("No", status=404, vantage="second")])
def test_what_some_are_shown_is_cloaked(other):
    """What one vantage is shown and another is not is cloaked, in either order, and both are named."""
    for looks in ([look(OURS), other], [other, look(OURS)]):
        revisit = find_state(looks, OURS, before="changed")
        assert revisit.state == "cloaked"
        assert "first: " in revisit.evidence
        assert "second: " in revisit.evidence


def test_a_failure_beside_the_copy_is_no_cloak():
    """A vantage to which nothing answers does not make a cloak of what another is shown."""
    failed = Look(vantage="second", failure="host", told="timed out")
    assert find_state([failed, look(OURS)], OURS).state == "live"


@pytest.mark.parametrize("status", ["clientHold", "server hold"])
def test_a_hold_explains_what_does_not_answer(status):
    """A hold at the registry makes a dead name suspended, and none makes a shown copy anything but live."""
    dead = Look(vantage="first", failure="dns", told="no address")
    assert find_state([dead], OURS, domain_status=[status]).state == "suspended"
    assert find_state([dead], OURS, domain_status=["active"]).state == "unreachable"
    assert find_state([look(OURS)], OURS, domain_status=[status]).state == "live"


def test_short_and_missing_texts_are_borne():
    """A sealed text too short for runs is looked for whole, and one without words is never found."""
    assert find_state([look(f"Here: Call  me now. {THEIRS}")], "Call me\nnow.").state == "live"
    assert find_state([look(THEIRS)], "Call me now.").state == "changed"
    assert find_state([look(THEIRS)], "").containment is None


def unreached(why, addresses=()):
    """What a browser gives of a host that it does not reach: its own page of failure."""
    document = Document(url="chrome-error://chromewebdata/", html=f"<p>{OURS}</p>")
    times = {"started_at": AT, "ended_at": AT}
    problem = Problem(code="host_unreached", page=None, text=f"x.test:443: {why}")
    return Look(
        vantage="first",
        rendering=Rendering(
            url="https://x.test/",
            final_url="chrome-error://chromewebdata/",
            documents=(document,),
            addresses={"x.test": addresses},
            problems=(problem,),
            **times,
        ),
    )


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (unreached("x.test has no address"), "dns"),
        (unreached("timed out", ("192.0.2.7",)), "host"),
        (unreached("TLS failed: certificate has expired", ("192.0.2.7",)), "tls"),
    ],
)
def test_page_of_failure_is_no_page(seen, cause):
    """What a browser shows of itself where nobody answers is never compared; the cause is what was reached."""
    revisit = find_state([seen], OURS)
    assert (revisit.state, revisit.cause, revisit.containment) == ("unreachable", cause, None)


def test_another_host_that_fails_does_not_count():
    """A picture's host that is not reached takes nothing from a page that was answered."""
    seen = look(OURS)
    problem = Problem(code="host_unreached", page=None, text="pictures.test:443: timed out")
    seen = replace(seen, rendering=replace(seen.rendering, problems=(problem,)))
    assert find_state([seen], OURS).state == "live"
