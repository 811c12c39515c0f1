"""Sites that seem to be gone, and some that are: what each shows to whom at which minute, and when it may be called so.

A script is a list of phases. A phase has a minute from which it holds, a rule of who is shown the copied text, and what
all others see. Truth follows from the phases alone and not from what anybody happened to see: at a minute a site is
*gone* if no viewer of VIEWERS would be shown the text, on the page, behind a redirect, or by a script. It may be called
resolved only at a minute up to which it has been gone, without a break, for SETTLED_MINUTES: that is the issue's
"twice, six hours apart" seen by one who sees everything. What it is at a minute, in the words of the watch:

- `resolved`: gone for so long; `settling`: gone, and not yet so long; `live`: everybody sees the text;
- `cloaked`: some viewers do; `moved`: the text stands elsewhere, where the address leads.

Addresses of loopback stand for countries (`COUNTRIES` of the server); `fresh` is an address that has not come before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from tests.adversary.looks import EMPTY, PARKED, SUSPENDED, show_empty, show_parked, show_suspended
from tests.adversary.names import Names
from tests.adversary.server import COUNTRIES, Answer, Reply, Request, Server, Site
from tests.adversary.words import name_marker, tell, write_page

SETTLED_MINUTES = 360
END = 2_880  # two days after the notice
VISITS = (0, 5, 30, 60, 180, 359, 361, 400, 720, 730, 1_080, 1_440, 1_500, 2_160, 2_520, 2_880)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
PHONE = BROWSER.replace("X11; Linux x86_64", "Linux; Android 16; Pixel 9").replace(" Safari", " Mobile Safari")


@dataclass(frozen=True)
class Viewer:
    """Who looks: by country, with what program, coming from where."""

    country: str = ""
    agent: str = BROWSER
    referrer: str = ""
    language: str = "en"
    fresh: bool = False


VIEWERS = tuple(
    Viewer(country, agent, referrer, language, fresh)
    for country, agent, referrer, language, fresh in product(
        sorted(set(COUNTRIES.values())), (BROWSER, PHONE), ("", "https://www.google.com/"), ("en", "de"), (False, True)
    )
)
Rule = Callable[[Viewer, int], bool]


@dataclass(frozen=True)
class Phase:
    """From a minute on: who is shown the text, how, and what others see.

    `way` is how the text is shown: page, script, frame, late (by script after some seconds), status-N (with an error's
    status), inner (on a page that the start links to), 301, meta (elsewhere). `look` is for all others.
    """

    minute: int
    rule: str
    way: str = "page"
    look: str = "not-found"


@dataclass(frozen=True)
class Script:
    """A site after a notice at minute 0."""

    name: str
    phases: tuple[Phase, ...]

    @property
    def host(self) -> str:
        return f"gone-{self.name}.test"

    @property
    def target(self) -> str:
        return f"went-{self.name}.test"

    @property
    def text(self) -> str:
        return f"{name_marker(f'gone {self.name}')} {tell(f'gone {self.name}', 14)}"

    @property
    def path(self) -> str:
        """Where the copy stood when it was noticed."""
        return "/p/1"

    def find_phase(self, minute: int) -> Phase:
        """The phase that holds at a minute."""
        return [phase for phase in self.phases if phase.minute <= minute][-1]

    def is_shown(self, viewer: Viewer, minute: int) -> bool:
        """Whether a viewer is shown the text."""
        return RULES[self.find_phase(minute).rule](viewer, minute)

    def is_gone(self, minute: int) -> bool:
        """Whether nobody is."""
        return not has_viewers(self.find_phase(minute).rule, minute)

    def may_resolve(self, minute: int) -> bool:
        """Whether it may be called resolved at a minute: gone at each one of the six hours before."""
        first = minute - SETTLED_MINUTES
        return first >= 0 and all(self.is_gone(at) for at in range(first, minute + 1))

    def find_state(self, minute: int = END) -> str:
        """What it is at a minute."""
        if self.is_gone(minute):
            return "resolved" if self.may_resolve(minute) else "settling"
        if not all(self.is_shown(viewer, minute) for viewer in VIEWERS):
            return "cloaked"
        return "moved" if self.find_phase(minute).way in {"301", "meta"} else "live"


RULES: Mapping[str, Rule] = {
    "all": lambda viewer, minute: True,
    "nobody": lambda viewer, minute: False,
    **{f"not-{code}": lambda viewer, minute, code=code: viewer.country != code for code in set(COUNTRIES.values())},
    **{f"only-{code}": lambda viewer, minute, code=code: viewer.country == code for code in set(COUNTRIES.values())},
    "not-europe": lambda viewer, minute: viewer.country not in {"DE", "FR"},
    "phones": lambda viewer, minute: "Mobile" in viewer.agent,
    "desks": lambda viewer, minute: "Mobile" not in viewer.agent,
    "from-search": lambda viewer, minute: bool(viewer.referrer),
    "direct": lambda viewer, minute: not viewer.referrer,
    "german": lambda viewer, minute: viewer.language == "de",
    "fresh": lambda viewer, minute: viewer.fresh,
    "known": lambda viewer, minute: not viewer.fresh,
    "phones-from-search": lambda viewer, minute: "Mobile" in viewer.agent and bool(viewer.referrer),
    "fresh-germans": lambda viewer, minute: viewer.fresh and viewer.country == "DE",
    "nights": lambda viewer, minute: minute % 1_440 >= 1_080,
    "office": lambda viewer, minute: minute % 1_440 < 540,
    "half-hours": lambda viewer, minute: minute % 60 < 30,
    "one-minute-a-day": lambda viewer, minute: minute % 1_440 == 0,
}


@cache
def has_viewers(rule: str, minute: int) -> bool:
    """Whether a rule shows the text to anybody at a minute."""
    return any(RULES[rule](viewer, minute) for viewer in VIEWERS)


LOOKS = ("not-found", "gone", "forbidden", "blank-page", "account-suspended", "site-suspended", "for-sale", "soft-404")
WAYS_SHOWN = ("script", "frame", "late", "status-404", "status-410", "status-403", "status-503", "status-451", "inner")
GONE_LOOKS = (*LOOKS, "abuse-registrar", "court-order", "suspended-de", "suspended-ru", "coming-soon", "server-default")


def list_scripts() -> list[Script]:
    """All of them, the same at each call."""
    scripts = [*_list_cloaked(), *_list_timed(), *_list_shown(), *_list_moved(), *_list_gone()]
    return [Script(f"{name}-{number:03}", phases) for number, (name, phases) in enumerate(scripts)]


Told = tuple[str, tuple[Phase, ...]]


def _list_cloaked() -> Iterable[Told]:
    """Gone for some: by country, program, origin, language, or for whom it has seen before."""
    timed = {"nights", "office", "half-hours", "one-minute-a-day"}
    for number, rule in enumerate(sorted(set(RULES) - {"all", "nobody", *timed})):
        for look in (LOOKS[number % len(LOOKS)], LOOKS[(number + 3) % len(LOOKS)]):
            yield f"cloak-{rule.lower()}", (Phase(0, "all"), Phase(10, rule, "page", look))


def _list_timed() -> Iterable[Told]:
    """Gone for a while: shorter than six hours, a little longer, or by the hour of the day."""
    for minutes in (20, 60, 300, 355, 365, 420, 720, 1_000, 1_440):
        for look in ("not-found", "account-suspended", "for-sale"):
            yield f"back-{minutes}", (Phase(0, "all"), Phase(10, "nobody", look=look), Phase(10 + minutes, "all"))
    for rule in ("nights", "office", "half-hours", "one-minute-a-day"):
        for look in ("not-found", "site-suspended"):
            yield rule, (Phase(0, "all"), Phase(10, rule, look=look))
    for minutes in (160, 345, 700):  # gone, back for the few, gone again
        phases = (Phase(0, "all"), Phase(10, "nobody"), Phase(10 + minutes, "phones"), Phase(40 + minutes, "nobody"))
        yield f"blink-{minutes}", phases
    yield "late-fall", (Phase(0, "all"), Phase(END - 200, "nobody"))


def _list_shown() -> Iterable[Told]:
    """There for all, behind what looks like an end."""
    for way in WAYS_SHOWN:
        for look in ("account-suspended", "for-sale", "not-found"):
            yield f"shown-{way}", (Phase(0, "all"), Phase(10, "all", way, look))
    yield "never-left", (Phase(0, "all"),)


def _list_moved() -> Iterable[Told]:
    for way in ("301", "meta"):
        yield f"moved-{way}", (Phase(0, "all"), Phase(10, "all", way))
        yield f"moved-{way}-phones", (Phase(0, "all"), Phase(10, "phones", way, "not-found"))
        yield f"moved-{way}-later", (Phase(0, "all"), Phase(10, "nobody"), Phase(300, "all", way))


def _list_gone() -> Iterable[Told]:
    """Really gone, in many looks: a watch that never says so is of no use."""
    for number, look in enumerate(GONE_LOOKS):
        yield f"gone-{look}", (Phase(0, "all"), Phase(10 + 37 * number, "nobody", look=look))
    for how in ("nxdomain", "refused"):
        yield f"gone-{how}", (Phase(0, "all"), Phase(30, "nobody", look=how))
    yield "gone-in-steps", (Phase(0, "all"), Phase(10, "phones"), Phase(60, "only-DE"), Phase(400, "nobody"))
    yield "gone-looks-change", (Phase(0, "all"), Phase(10, "nobody"), Phase(500, "nobody", look="for-sale"))
    yield "gone-other-text", (Phase(0, "all"), Phase(10, "nobody", look="garden"))


class Stage:
    """Plays scripts on a server and a name server; `set_minute` moves all of them."""

    def __init__(self, server: Server, names: Names, scripts: Sequence[Script]) -> None:
        self.server = server
        self.names = names
        self.scripts = scripts
        self.minute = 0
        for script in scripts:
            for host in (script.host, script.target):
                server.add(Site(host.removesuffix(".test"), {"*": self._tell(script)}))
        self.set_minute(0)

    def set_minute(self, minute: int) -> None:
        """From now on it is that minute."""
        self.minute = minute
        for script in self.scripts:
            phase = script.find_phase(minute)
            place = {"nxdomain": "nxdomain", "refused": "127.0.0.66"}.get(phase.look, "127.0.0.1")
            self.names.records[script.host] = place if phase.rule == "nobody" else "127.0.0.1"
            self.names.records[script.target] = "127.0.0.1"

    def _tell(self, script: Script) -> Callable[[Request, dict[str, Any]], Answer]:
        def answer(request: Request, memory: dict[str, Any]) -> Answer:
            viewer = read_viewer(request, memory)
            phase = script.find_phase(self.minute)
            is_shown = script.is_shown(viewer, self.minute)
            if request.host == script.target:
                return (
                    Reply(write_page("Reading room", f"<p>{script.text}</p>")) if is_shown else show(phase.look, script)
                )
            return _reveal(script, phase, request) if is_shown else show(phase.look, script)

        return answer


def read_viewer(request: Request, memory: dict[str, Any]) -> Viewer:
    """Who asks; an address is fresh until the minute after its first request, as far as one site has seen it.

    Scripts, frames and pictures of a first visit come from the same address: it stays fresh for the first visits of
    `FRESH_REQUESTS` requests.
    """
    seen = memory.setdefault(("seen", request.peer), 0)
    memory["seen", request.peer] = seen + 1
    return Viewer(
        request.country or "US",
        request.header("User-Agent"),
        request.header("Referer"),
        request.header("Accept-Language")[:2] or "en",
        seen < FRESH_REQUESTS,
    )


FRESH_REQUESTS = 6


def show(look: str, script: Script) -> Reply:
    """What those see who are not shown the text."""
    if look == "soft-404":
        return Reply(write_page("Nothing here", "<p>We could not find what you were looking for.</p>"))
    if look == "garden":
        return Reply(write_page("Garden club", f"<p>{tell(f'garden {script.name}', 14)}</p>"))
    for looks, write in ((EMPTY, show_empty), (PARKED, show_parked), (SUSPENDED, show_suspended)):
        if look in looks:
            status, body = write(look, script.host)
            return Reply(body, status=status)
    return Reply(status=503)


def _reveal(script: Script, phase: Phase, request: Request) -> Answer:
    """The text, in the way of the phase."""
    whole = Reply(write_page("Reading room", f"<p>{script.text}</p>"))
    if phase.way == "page" or request.path == "/rest":
        return whole
    if phase.way.startswith("status-"):
        return Reply(whole.body, status=int(phase.way.removeprefix("status-")))
    target = f"{request.origin(script.target.removesuffix('.test'))}{request.path}"
    if phase.way == "301":
        return Reply(status=301, headers=(("Location", target),))
    if phase.way == "meta":
        return Reply(write_page("", "", f'<meta http-equiv="refresh" content="0; url={target}">'))
    shell = show(phase.look, script)
    wait = {"late": 3_000}.get(phase.way, 0)
    load = (
        "fetch('/rest').then(it => it.text()).then(it => { document.body.innerHTML = it.split('<body>')[1] })"
        if phase.way in {"script", "late"}
        else ""
    )
    extra = {
        "frame": '<iframe src="/rest" width="900" height="900"></iframe>',
        "inner": '<a href="/rest">Enter</a>',
    }.get(phase.way, f"<script>setTimeout(() => {{ {load} }}, {wait})</script>")
    whole, sign, rest = shell.body.partition(b"</body>")
    return Reply(whole + extra.encode() + sign + rest, status=shell.status)


def judge_watch(script: Script, said: Mapping[int, str]) -> list[str]:
    """What is wrong in the states that were said at minutes: each false `resolved`, and the end of it.

    Before the end a true `resolved` may be missing. At the end the state must be right; `settling` may be said by any
    word but resolved, and a copy that few can see may be called live.
    """
    faults = [
        f"it was called resolved at minute {minute}, and was {script.find_state(minute)}"
        for minute, state in sorted(said.items())
        if state == "resolved" and not script.may_resolve(minute)
    ]
    end = max(said, default=0)
    state = script.find_state(end)
    alike = {"cloaked": {"cloaked", "live", "moved"}, "settling": None}.get(state, {state})
    if alike is not None and said.get(end) not in alike:
        faults.append(f"at minute {end} it is {state}, said {said.get(end)}")
    return faults
