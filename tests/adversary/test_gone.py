"""The sites that seem gone are many, are served as their truth says, and a false end is seen."""

from collections import Counter

import pytest

from tests.adversary.gone import (
    BROWSER,
    COUNTRIES,
    END,
    PHONE,
    SETTLED_MINUTES,
    VISITS,
    Stage,
    Viewer,
    judge_watch,
    list_scripts,
)
from tests.adversary.names import Names
from tests.adversary.server import Site
from tests.adversary.visitor import ask

SCRIPTS = list_scripts()
LEAST = 100


@pytest.fixture
def stage(serve):
    """All scripts on a stage that people of six countries reach."""
    addresses = ("127.0.0.1", *(f"{start}0.1" for start in COUNTRIES))
    with Names() as names:
        yield Stage(serve(addresses=addresses), names, SCRIPTS)


def take(start):
    """The first script of a name."""
    return next(script for script in SCRIPTS if script.name.startswith(start))


def look(stage, script, minute, *, peer="127.20.0.9", path="", **headers):
    """What one sees at a minute."""
    stage.set_minute(minute)
    told = {"User-Agent": BROWSER, "Accept-Language": "en"} | headers
    return ask(stage.server.port, script.host, path or script.path, tuple(told.items()), peer=peer)


def test_enough():
    """More sites than the figure asks for are not gone at their end, and enough others really are."""
    ends = Counter(script.find_state() for script in SCRIPTS)
    assert sum(count for state, count in ends.items() if state != "resolved") >= LEAST
    assert ends["resolved"] >= 15
    assert set(ends) == {"resolved", "settling", "live", "cloaked", "moved"}
    assert len({script.name for script in SCRIPTS}) == len(SCRIPTS)


def test_starts_live(stage):
    """At the minute of the notice everybody sees the text."""
    for script in SCRIPTS:
        assert script.text in look(stage, script, 0).text
        assert script.find_state(0) == "live"


def test_served_as_told(stage):
    """What one plain viewer is shown at an hour is what the truth says, for every script."""
    viewer = Viewer("US", fresh=True)
    for script in SCRIPTS:
        phase = script.find_phase(730)
        if phase.look in {"nxdomain", "refused"}:
            continue
        seen = look(stage, script, 730, peer="127.20.0.77")
        is_plain = phase.way == "page" or phase.way.startswith("status-")
        assert (script.text in seen.text) == (is_plain and script.is_shown(viewer, 730)), script.name


@pytest.mark.parametrize(
    ("start", "headers", "peer"),
    [
        ("cloak-phones-0", {"User-Agent": PHONE}, "127.20.0.9"),
        ("cloak-from-search", {"Referer": "https://www.google.com/"}, "127.20.0.9"),
        ("cloak-german", {"Accept-Language": "de-DE,de"}, "127.20.0.9"),
        ("cloak-only-br", {}, "127.30.0.9"),
    ],
)
def test_cloaks(start, headers, peer, stage):
    """One viewer sees the text and another does not."""
    script = take(start)
    assert script.text in look(stage, script, 100, peer=peer, **headers).text
    assert script.text not in look(stage, script, 100, peer="127.20.0.10").text
    assert script.find_state(100) == "cloaked"


def test_fresh(stage):
    """Who came often is no longer shown the text, and a new address is."""
    script = take("cloak-fresh-0")
    seen = [script.text in look(stage, script, 100).text for _ in range(10)]
    assert seen[0]
    assert not seen[-1]
    assert script.text in look(stage, script, 100, peer="127.20.0.200").text


@pytest.mark.parametrize("way", ["script", "late", "frame", "inner"])
def test_shown_otherwise(way, stage):
    """The page looks like an end, in each of its looks, and the text stands one request away."""
    for script in SCRIPTS:
        if script.name.startswith(f"shown-{way}-"):
            shell = look(stage, script, 100)
            assert script.text not in shell.text
            assert "/rest" in shell.text
            assert script.text in look(stage, script, 100, path="/rest").text


@pytest.mark.browser
def test_shown_in_a_browser(stage, tab):
    """A browser ends up with the text wherever the truth says that it is shown by script, frame, status or redirect."""
    stage.set_minute(100)
    ways = {phase.way for script in SCRIPTS for phase in script.phases if phase.rule == "all"} - {"inner", "page"}
    for script in (it for it in SCRIPTS if it.name.startswith(("shown-", "moved-301-", "moved-meta-"))):
        phase = script.find_phase(100)
        if phase.rule == "all" and phase.way in ways:
            tab.goto(stage.server.url(Site(script.host.removesuffix(".test"), {}), script.path))
            frame = tab.frame_locator("iframe") if phase.way == "frame" else tab
            frame.get_by_text(script.text[:16]).first.wait_for(timeout=15_000)


def test_moved(stage):
    """The address leads elsewhere, and there the text stands."""
    script = take("moved-301-")
    assert script.target in look(stage, script, 100).headers["location"]
    assert script.text in ask(stage.server.port, script.target, "/p/1", (("User-Agent", BROWSER),)).text


def test_gone_names(stage):
    """A name that ends does not exist from then on."""
    script = take("gone-nxdomain")
    stage.set_minute(29)
    before = stage.names.find(script.host)
    stage.set_minute(31)
    assert (before, stage.names.find(script.host)) == ("127.0.0.1", "nxdomain")


def test_six_hours():
    """An end counts after six hours without a break, and one viewer for one minute breaks it."""
    script = take("gone-not-found")
    fell = script.phases[1].minute
    assert not script.may_resolve(fell + SETTLED_MINUTES - 1)
    assert script.may_resolve(fell + SETTLED_MINUTES)
    assert not take("one-minute").may_resolve(1_500)
    assert take("back-365").may_resolve(372)
    assert take("back-365").find_state() == "live"
    assert not any(take("back-355").may_resolve(minute) for minute in range(END))
    assert take("blink-345").may_resolve(END)


def test_right_answers_pass():
    """The truth at each visit has no fault."""
    for script in SCRIPTS:
        assert not judge_watch(script, {minute: script.find_state(minute) for minute in VISITS})


def test_careful_watch_passes():
    """Who looks as every viewer at each visit, and waits for six hours of absence, is never wrong: it can be done."""
    for script in SCRIPTS:
        said, since = {}, None
        for minute in VISITS:
            since = (minute if since is None else since) if script.is_gone(minute) else None
            is_settled = since is not None and minute - since >= SETTLED_MINUTES
            said[minute] = "resolved" if is_settled else script.find_state(minute).replace("resolved", "settling")
        assert not judge_watch(script, said), script.name


def test_wrong_answers_fail():
    """Who calls all resolved, or nothing ever, or believes one plain view, is seen."""
    hasty = [judge_watch(script, dict.fromkeys(VISITS[3:], "resolved")) for script in SCRIPTS]
    assert sum(not faults for faults in hasty) == 0
    never = [script.name for script in SCRIPTS if judge_watch(script, dict.fromkeys(VISITS, "live"))]
    assert {name for name in never if name.startswith("gone-")} == {
        script.name for script in SCRIPTS if script.name.startswith("gone-")
    }
    plain = Viewer("US")
    naive = {script.name: {} for script in SCRIPTS}
    for script in SCRIPTS:
        for minute in VISITS:
            gone = [not script.is_shown(plain, at) for at in VISITS if minute - SETTLED_MINUTES <= at <= minute]
            naive[script.name][minute] = "resolved" if all(gone) and minute > SETTLED_MINUTES else "live"
    wrong = [script.name for script in SCRIPTS if judge_watch(script, naive[script.name])]
    assert len(wrong) >= 20
