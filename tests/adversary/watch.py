"""Sites whose state changes, step by step, each step with its true state and the cause of the change. All from a seed.

What each state means here, where one could mean it otherwise:

- `live`: the copied text stands, as when it was first seen; the date, a token, an advertisement or a related link may
  differ. So says a site that was `back`, or `changed`, and did not change again.
- `changed`: the text is another since the step before: a half of it or more, or a new whole.
- `empty`: the host answers, and nothing of a site is there: blank, 404, 410, a server's default page.
- `parked`, `suspended`: as `looks` has them. A name that its registrar or registry holds has `suspended` with the cause
  dns: no such name, and `hold` in `registration`. A name that does not exist and is not held is `unreachable`.
- `cloaked`: a plain visitor sees something harmless, and a victim still sees the copied text.
- `moved`: a redirect leads to another registered name, where the copied text stands.
- `back`: the copied text stands again after it was gone: after empty, parked, suspended, unreachable. Said once.
- `unreachable`: refused, silent, reset, broken TLS or HTTP, no answer from name servers, 5xx.

The cause is the lowest layer at which one of the two steps is not a site that simply shows a text: `dns`, `host` (the
failures above, and pages of suspension, which are the host's), `redirect`, `content`; `none` where nothing changed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.adversary.looks import EMPTY, PARKED, SUSPENDED, show_empty, show_parked, show_suspended
from tests.adversary.names import Names
from tests.adversary.server import Answer, Line, Reply, Request, Server, Site, Talk
from tests.adversary.traits import REQUEST
from tests.adversary.words import name_marker, tell, write_page

SEED = 20_261_124
SCRIPTS, STEPS = 64, 11  # 64 * 10 transitions
STATES = ("live", "changed", "empty", "parked", "suspended", "cloaked", "moved", "back", "unreachable")
GONE = frozenset({"empty", "parked", "suspended", "unreachable"})
SHOWN = frozenset({"live", "changed", "back", "moved", "cloaked"})  # a victim can see the copied text
UNREACHABLE = {  # how, and the cause
    "refused": "host",
    "silent": "host",
    "reset": "host",
    "not-http": "host",
    "tls": "host",
    "status-500": "host",
    "status-502": "host",
    "status-503": "host",
    "status-504": "host",
    "no-name": "dns",
    "dns-failure": "dns",
    "dns-silent": "dns",
}
CLOAKS: dict[str, Mapping[str, Any]] = {
    "mobile": {"ua": "mobile"},
    "search": {"referrer": "search"},
    "german": {"language": "de"},
    "mobile-search": {"ua": "mobile", "referrer": "search"},
    "social": {"referrer": "social"},
}
HELD = ("client hold", "server hold")
NEXT = {  # what may follow, and how often
    "shown": {
        "same": 4,
        "changed": 3,
        "empty": 2,
        "parked": 2,
        "suspended": 3,
        "cloaked": 3,
        "moved": 2,
        "unreachable": 3,
    },
    "gone": {"same": 2, "back": 5, "empty": 1, "parked": 2, "suspended": 2, "unreachable": 2},
}
MINUTES = (5, 15, 60, 360, 1440, 10_080)
CLOSED = "127.0.0.66"  # where nobody listens


@dataclass(frozen=True)
class Step:
    """What a host does from a minute on, and what that is.

    `text` numbers the text it shows; `how` names the look, the failure, the cloak or the kind of redirect;
    `registration` is what the registry says of the name; `noise` differs in each step and means nothing.
    """

    minute: int
    state: str
    cause: str
    text: int
    how: str = ""
    registration: tuple[str, ...] = ("active",)
    noise: int = 0


@dataclass(frozen=True)
class Script:
    """One site over time."""

    name: str
    steps: tuple[Step, ...]

    @property
    def host(self) -> str:
        return f"watch-{self.name}.test"

    @property
    def target(self) -> str:
        """The name that it moves to."""
        return f"moved-{self.name}.test"

    def text(self, number: int) -> str:
        """One of its texts."""
        return f"{name_marker(f'watch {self.name} {number}')} {tell(f'watch {self.name} {number}', 14)}"

    def list_transitions(self) -> list[tuple[Step, Step]]:
        """Each step with the one before."""
        return list(zip(self.steps, self.steps[1:], strict=False))


def make_scripts(seed: int = SEED, count: int = SCRIPTS, steps: int = STEPS) -> list[Script]:
    """So many sites of so many steps."""
    return [make_script(f"{number:03}", Random(f"{seed}/{number}"), steps) for number in range(count)]


def make_script(name: str, rng: Random, count: int) -> Script:
    """One site that starts out live."""
    steps = [Step(0, "live", "none", 0, noise=rng.randrange(10**6))]
    while len(steps) < count:
        steps.append(_go_on(steps[-1], rng))
    return Script(name, tuple(steps))


def _go_on(last: Step, rng: Random) -> Step:
    """The step after another."""
    follow = NEXT["gone" if last.state in GONE else "shown"]
    weights = {state: weight for state, weight in follow.items() if state != last.state or state == "changed"}
    if last.state in {"cloaked", "moved"}:  # from here a site comes to light, goes or stays
        weights |= {"live": 4}
        weights.pop("changed")
    chosen = rng.choices(list(weights), list(weights.values()))[0]
    minute = last.minute + rng.choice(MINUTES)
    noise = rng.randrange(10**6)
    if chosen == "same":
        state = {"back": "live", "changed": "live"}.get(last.state, last.state)
        return Step(minute, state, "none", last.text, last.how, last.registration, noise)
    how = _choose_how(chosen, rng)
    registration = (how,) if how in HELD else ("active",)
    cause = _find_cause(last, chosen, how)
    text = last.text + 1 if chosen == "changed" else last.text
    return Step(minute, chosen, cause, text, how, registration, noise)


def _choose_how(state: str, rng: Random) -> str:
    """How a state shows."""
    ways: dict[str, Sequence[str]] = {
        "unreachable": list(UNREACHABLE),
        "suspended": [*SUSPENDED, *HELD * 3],
        "parked": list(PARKED),
        "empty": list(EMPTY),
        "cloaked": list(CLOAKS),
        "moved": ("301", "302", "307", "308", "meta", "script"),
    }
    return rng.choice(ways[state]) if state in ways else ""


def _find_cause(last: Step, state: str, how: str) -> str:
    """The lowest layer at which one of two steps differs from a site that simply shows its text."""
    layers = {_find_layer(last.state, last.how), _find_layer(state, how)}
    return next((layer for layer in ("dns", "host", "redirect") if layer in layers), "content")


def _find_layer(state: str, how: str) -> str:
    if how in HELD:
        return "dns"
    if state == "unreachable":
        return UNREACHABLE[how]
    return {"suspended": "host", "moved": "redirect"}.get(state, "content")


class Stage:
    """Sets a server and a name server to a step of a script.

    Names are those of `names`; a settings file gives them by `resolve = {"*.test:53" = names.endpoint}`. The registry
    answers RDAP at `rdap.test`, path /domain/NAME.
    """

    def __init__(self, server: Server, names: Names) -> None:
        self.server = server
        self.names = names
        self._registration: dict[str, tuple[str, ...]] = {}
        names.records.setdefault("rdap.test", "127.0.0.1")
        server.add(Site("rdap", {"*": self._register}))

    def show(self, script: Script, step: Step) -> None:
        """From now on the site is as the step says."""
        self._registration[script.host] = step.registration
        self.names.records[script.host] = _place(step)
        self.names.records[script.target] = "127.0.0.1"
        self.server.add(
            Site(script.host.removesuffix(".test"), {"*": lambda request, _: _answer(script, step, request)})
        )
        self.server.add(Site(script.target.removesuffix(".test"), {"*": Reply(_write(script, step))}))

    def _register(self, request: Request, _: dict[str, Any]) -> Answer:
        """What the registry says of a name (RFC 9083, 5.3)."""
        name = request.path.rpartition("/")[2]
        if name not in self._registration:
            return Reply(b'{"errorCode": 404}', "application/rdap+json", 404)
        told = {"objectClassName": "domain", "ldhName": name, "status": list(self._registration[name])}
        return Reply(json.dumps(told).encode(), "application/rdap+json")


def _place(step: Step) -> str:
    """What name servers say of the host."""
    if step.how in {*HELD, "no-name"}:
        return "nxdomain"
    return {"dns-failure": "servfail", "dns-silent": "silent", "refused": CLOSED}.get(step.how, "127.0.0.1")


def _answer(script: Script, step: Step, request: Request) -> Answer:
    """What the host answers in this step."""
    if request.path == "/lander":
        return Reply(write_page(script.host, "<p>Sponsored listings. This domain may be for sale.</p>"))
    if step.state == "unreachable":
        return _fail(step)
    if step.state in {"parked", "suspended", "empty"} and step.how not in HELD:  # a held name is gone, its host is not
        show = {"parked": show_parked, "suspended": show_suspended, "empty": show_empty}[step.state]
        status, body = show(step.how, script.host)
        return Reply(body, status=status)
    if step.state == "moved":
        return _lead_away(script, step, request)
    if step.state == "cloaked":
        is_victim = all(REQUEST[name](value, request, {}) for name, value in CLOAKS[step.how].items())
        if not is_victim:
            return Reply(write_page("Garden club", f"<p>{tell(f'club {script.name}', 6)}</p>"))
    return Reply(_write(script, step))


def _write(script: Script, step: Step) -> bytes:
    """The page with the copied text, and what differs on each visit."""
    noise = step.noise
    aside = (
        f"<footer>{noise % 28 + 1} November, {noise % 24}:{noise % 60:02} · {noise} readers</footer>"
        f'<form><input type="hidden" name="token" value="{noise:08x}"></form><aside>Advertisement: '
        f"{tell(f'advertisement {noise % 7}', 1)}</aside>"
    )
    return write_page("Reading room", f"<main><p>{script.text(step.text)}</p></main>{aside}")


def _lead_away(script: Script, step: Step, request: Request) -> Answer:
    target = f"{request.origin(script.target.removesuffix('.test'))}{request.path}"
    if step.how == "meta":
        return Reply(write_page("Moved", "", f'<meta http-equiv="refresh" content="0; url={target}">'))
    if step.how == "script":
        return Reply(write_page("Moved", f"<script>location.replace({json.dumps(target)})</script>"))
    return Reply(status=int(step.how), headers=(("Location", target),))


def _fail(step: Step) -> Answer:
    if step.how.startswith("status-"):
        return Reply(b"<h1>The server is not available</h1>", status=int(step.how.removeprefix("status-")))
    return {"silent": Talk(_keep_silent), "not-http": Talk(_speak_mail), "tls": Talk(_break_tls)}.get(
        step.how, Talk(_reset)
    )


def _keep_silent(line: Line, request: Request) -> None:
    line.hang(600)


def _speak_mail(line: Line, request: Request) -> None:
    line.send(b"220 mail.example ESMTP\r\n")


def _break_tls(line: Line, request: Request) -> None:
    """An alert of TLS where an answer is due: a proxy before the site whose own certificate has run out says so."""
    line.send(b"\x15\x03\x03\x00\x02\x02\x2d")


def _reset(line: Line, request: Request) -> None:
    line.reset()


def count_transitions(scripts: Sequence[Script]) -> int:
    """Pairs of a step and the next."""
    return sum(len(script.steps) - 1 for script in scripts)
