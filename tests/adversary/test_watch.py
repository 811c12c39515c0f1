"""The scripts of the watch are many and the same for a seed, and the stage serves what each step says."""

import socket
from collections import Counter
from http.client import HTTPException

import pytest

from tests.adversary.looks import EMPTY, PARKED, SUSPENDED
from tests.adversary.names import Names
from tests.adversary.victim import dress
from tests.adversary.visitor import ask
from tests.adversary.watch import (
    CLOAKS,
    GONE,
    HELD,
    STATES,
    UNREACHABLE,
    Script,
    Stage,
    Step,
    count_transitions,
    make_scripts,
)

SCRIPTS = make_scripts()
LEAST_TRANSITIONS, LEAST_OF_EACH = 500, 30


@pytest.fixture
def stage(serve):
    """A stage with nothing on it."""
    with Names() as names:
        yield Stage(serve(), names)


def show(stage, step):
    """A script of this step alone, on the stage."""
    script = Script("one", (step,))
    stage.show(script, step)
    return script


def test_enough_transitions():
    """There are more transitions than the figure asks for, each state often, each look and failure at least once."""
    states = Counter(step.state for script in SCRIPTS for _, step in script.list_transitions())
    assert count_transitions(SCRIPTS) >= LEAST_TRANSITIONS
    assert set(states) == set(STATES)
    assert min(states.values()) >= LEAST_OF_EACH
    used = {step.how for script in SCRIPTS for step in script.steps}
    assert used >= {*PARKED, *SUSPENDED, *EMPTY, *UNREACHABLE, *CLOAKS, *HELD}


def test_seeded():
    """One seed gives the same scripts, another gives others, and more scripts leave the first ones as they were."""
    assert make_scripts(7, 3) == make_scripts(7, 3) == make_scripts(7, 9)[:3]
    assert make_scripts(8, 3) != make_scripts(7, 3)


def test_states_follow_from_states():
    """Back follows on absence alone, live never does, a text changes with changed alone, and time goes on."""
    for script in SCRIPTS:
        for last, step in script.list_transitions():
            assert step.minute > last.minute
            assert (step.state == "back") <= (last.state in GONE)
            assert (step.state in {"live", "changed", "cloaked", "moved"}) <= (last.state not in GONE)
            assert (step.text != last.text) == (step.state == "changed")
            is_same = (step.state, step.how, step.text) == (last.state, last.how, last.text)
            assert (step.cause == "none") == (is_same or is_calm(last, step))


def is_calm(last, step):
    """What was said once is live from then on."""
    return step.state == "live" and last.state in {"back", "changed", "live"}


@pytest.mark.parametrize(
    ("last", "state", "how", "cause"),
    [
        ("", "suspended", "client hold", "dns"),
        ("client hold", "parked", "for-sale", "dns"),
        ("", "unreachable", "refused", "host"),
        ("dns-failure", "parked", "for-sale", "dns"),
        ("account-suspended", "back", "", "host"),
        ("", "moved", "301", "redirect"),
        ("for-sale", "back", "", "content"),
    ],
)
def test_causes(last, state, how, cause):
    """The cause is the lowest layer of the two."""
    kinds = {
        **dict.fromkeys(PARKED, "parked"),
        **dict.fromkeys(SUSPENDED, "suspended"),
        **dict.fromkeys(UNREACHABLE, "unreachable"),
    }
    kinds |= dict.fromkeys(HELD, "suspended") | {"": "live"}
    found = [
        step.cause
        for script in make_scripts(3, 2_000)
        for before, step in script.list_transitions()
        if (before.how, before.state, step.state, step.how) == (last, kinds[last], state, how)
    ]
    assert set(found) == {cause}


def test_text_and_noise(stage):
    """The text stands in its page, and another visit differs in what means nothing."""
    first = show(stage, Step(0, "live", "none", 2, noise=1))
    seen = [ask(stage.server.port, first.host).text]
    show(stage, Step(1, "live", "none", 2, noise=2))
    seen.append(ask(stage.server.port, first.host).text)
    assert all(first.text(2) in text for text in seen)
    assert seen[0] != seen[1]
    assert first.text(1) not in seen[0]


@pytest.mark.parametrize("look", [*PARKED, *SUSPENDED, *EMPTY])
def test_looks(look, stage):
    """A look is served, with its status, without the copied text, and a parked or suspended one has words."""
    state = next(
        state for state, looks in (("parked", PARKED), ("suspended", SUSPENDED), ("empty", EMPTY)) if look in looks
    )
    script = show(stage, Step(0, state, "content", 0, look))
    seen = ask(stage.server.port, script.host)
    assert script.text(0) not in seen.text
    assert seen.status in {200, 402, 403, 404, 410, 451}
    assert "{" not in seen.text.partition("<script>")[0]
    assert state == "empty" or len(seen.text) > 150


@pytest.mark.parametrize("how", CLOAKS)
def test_cloaked(how, stage):
    """A plain visitor sees something else, a victim the text."""
    script = show(stage, Step(0, "cloaked", "content", 0, how))
    plain = ask(stage.server.port, script.host).text
    victim = ask(stage.server.port, script.host, "/", dress(CLOAKS[how], "")).text
    assert script.text(0) not in plain
    assert script.text(0) in victim


@pytest.mark.parametrize("how", ["301", "302", "307", "308", "meta", "script"])
def test_moved(how, stage):
    """The host leads to another name, and there the text stands."""
    script = show(stage, Step(0, "moved", "redirect", 0, how))
    seen = ask(stage.server.port, script.host, "/a")
    assert f"http://{script.target}:{stage.server.port}/a" in seen.headers.get("location", "") + seen.text
    assert script.text(0) not in seen.text
    assert script.text(0) in ask(stage.server.port, script.target, "/a").text


def test_unreachable(stage):
    """Each failure is one: no name, no answer of name servers, nobody there, a reset, another protocol, 5xx."""
    said = {}
    for how in UNREACHABLE:
        script = show(stage, Step(0, "unreachable", UNREACHABLE[how], 0, how))
        said[how] = stage.names.find(script.host)
        if said[how] == "127.0.0.1" and how != "silent":
            if how.startswith("status-"):
                assert ask(stage.server.port, script.host).status == int(how[-3:])
            else:
                with pytest.raises((HTTPException, OSError)):
                    ask(stage.server.port, script.host)
    assert (said["no-name"], said["dns-failure"], said["dns-silent"]) == ("nxdomain", "servfail", "silent")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((said["refused"], stage.server.port), timeout=2)
    assert said["status-503"] == "127.0.0.1"


def test_silent(stage):
    """A silent host takes the request and says nothing."""
    script = show(stage, Step(0, "unreachable", "host", 0, "silent"))
    with socket.create_connection(("127.0.0.1", stage.server.port), timeout=0.5) as link:
        link.sendall(f"GET / HTTP/1.1\r\nHost: {script.host}:1\r\n\r\n".encode())
        with pytest.raises(TimeoutError):
            link.recv(1)


def test_held_name(stage):
    """A name on hold does not exist, and the registry says why; of an unknown one it says nothing."""
    script = show(stage, Step(0, "suspended", "dns", 0, "client hold", ("client hold",)))
    assert stage.names.find(script.host) == "nxdomain"
    assert '"status": ["client hold"]' in ask(stage.server.port, "rdap.test", f"/domain/{script.host}").text
    assert ask(stage.server.port, "rdap.test", "/domain/none.test").status == 404
