"""Sites that show what they copied to their victim alone, and to anybody else something harmless.

Each `Cloak` says in `victim` what a victim is, in the words of `traits.MEANING`, and in `way` how the content is shown.
Content counts as captured if its `marker` stands in the text of the capture; that of a canvas, which has no text, if
the screenshot has a patch of its `colour`.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.adversary.server import Answer, Reply, Request, Site
from tests.adversary.traits import PAGE, REQUEST, TRUSTED
from tests.adversary.wire import make_png
from tests.adversary.words import name_marker, tell, write_page

CONTENT, TOKEN, STEP = "/c", "/t/", "/step/"
STEPS = 3  # of the chain of redirects
PATCH = 120  # px, side of the patch of a canvas
TALL = '<div style="height:3000px"></div>'


@dataclass(frozen=True)
class Cloak:
    """A recipe: for whom, and how. `address` is the path that a candidate is known by."""

    name: str
    victim: Mapping[str, Any]
    way: str = "plain"
    address: str = "/"
    marker: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marker", name_marker(f"cloak {self.name}"))

    @property
    def part(self) -> str:
        """Tuning or reporting, by the digest of the name."""
        return "tuning" if hashlib.sha256(self.name.encode()).digest()[0] < 128 else "reporting"

    @property
    def text(self) -> str:
        """What it copied."""
        return f"{self.marker} {tell(self.name, 12)}"

    @property
    def decoy(self) -> str:
        """What anybody else sees."""
        return f"{name_marker(f'decoy {self.name}')} {tell(f'decoy {self.name}', 4)}"

    @property
    def colour(self) -> tuple[int, int, int]:
        """Of the patch on a canvas."""
        red, green, blue = hashlib.sha256(f"colour {self.name}".encode()).digest()[:3]
        return red, green, blue

    @property
    def asks_page(self) -> bool:
        """Whether a script decides or shows."""
        return self.way != "plain" or any(name in PAGE for name in self.victim)

    def make_site(self) -> Site:
        """The site that does so."""
        secure = any(pair in TRUSTED for pair in self.victim.items())
        return Site(f"cloak-{self.name}", {"*": self._answer}, secure=secure)

    def _answer(self, request: Request, memory: dict[str, Any]) -> Answer:
        """Content or decoy for a page; the parts that pages ask for besides."""
        seen = _recall(memory)
        if request.path == "/robots.txt":
            seen["robots"].add(request.peer)
            return Reply(b"User-agent: *\nDisallow:\n", "text/plain")
        if request.path == "/pixel.png":
            return Reply(make_png(1, 1), "image/png")
        if request.path == CONTENT:
            is_ours = request.query.get("k") == self.key
            return Reply(self._write_content() if is_ours else self._write_decoy())
        if request.path.startswith(STEP):
            return self._step_on(request)
        if request.path != "/" and not request.path.startswith(TOKEN):
            return Reply(b"nothing here", "text/plain", 404)
        return self._judge(request, seen)

    def _judge(self, request: Request, seen: dict[str, Any]) -> Answer:
        seen["visits"][request.peer] += 1
        seen["turn"] += 1
        token = hashlib.sha256(f"{self.name} {seen['turn']}".encode()).hexdigest()[:20]
        seen["is_token"] = self._use_token(request, seen)
        if self.victim.get("cookie") == "chain" and "chain" not in request.cookies and not request.query.get("done"):
            return Reply(status=302, headers=(("Location", f"{STEP}1"),))
        passes = all(REQUEST[name](value, request, seen) for name, value in self.victim.items() if name in REQUEST)
        headers = (("Set-Cookie", "return=kept; Path=/; Max-Age=86400"), ("Cache-Control", "no-store"))
        if not passes:
            return Reply(self._write_decoy(self._lead_on(request, seen, token)), headers=headers)
        return Reply(self._write_trial() if self.asks_page else self._write_content(), headers=headers)

    @property
    def key(self) -> str:
        """What a script must know to fetch the content."""
        return hashlib.sha256(f"key of {self.name}".encode()).hexdigest()[:16]

    @staticmethod
    def _use_token(request: Request, seen: dict[str, Any]) -> bool:
        token = request.path.removeprefix(TOKEN)
        is_fresh = (request.peer, token) in seen["tokens"]
        seen["tokens"].discard((request.peer, token))
        return is_fresh

    def _step_on(self, request: Request) -> Answer:
        """One step of the redirects: each sets a cookie, and asks for that of the step before."""
        told = request.path.removeprefix(STEP)
        step = int(told) if told.isdecimal() else 0
        is_led = step == 1 or request.cookies.get(f"step{step - 1}") == "kept"
        if not is_led or not 1 <= step <= STEPS:
            return Reply(self._write_decoy())
        cookies = [("Set-Cookie", f"step{step}=kept; Path=/")]
        if step == STEPS:
            cookies.append(("Set-Cookie", "chain=kept; Path=/"))
        target = f"{STEP}{step + 1}" if step < STEPS else "/?done=1"
        return Reply(status=302, headers=(*cookies, ("Location", target)))

    def _lead_on(self, request: Request, seen: dict[str, Any], token: str) -> str:
        """What leads a victim from the first page to the next, where there is a next."""
        if "token" in self.victim and request.path == "/":
            seen["tokens"].add((request.peer, token))
            return f'<script>location.replace("{TOKEN}{token}")</script><a href="{TOKEN}{token}">Go on</a>'
        if self.victim.get("method") == "post" and request.method == "GET":
            return '<form method="post" action="/"><button id="go">Go on</button></form>'
        if self.victim.get("referrer") == "own":
            return '<a id="go" href="/">Go on</a>'
        return ""

    def _write_content(self) -> bytes:
        return write_page("Archive", f"<main><p>{self.text}</p></main>")

    def _write_decoy(self, extra: str = "") -> bytes:
        return write_page("Garden club", f"<p>{self.decoy}</p>{extra}")

    def _write_trial(self) -> bytes:
        """The decoy, with a script that looks at the visitor and shows the content to a victim."""
        asked = [f"() => {PAGE[name](value)}" for name, value in self.victim.items() if name in PAGE]
        script = (
            f"(async () => {{ for (const it of [{', '.join(asked)}]) if (!await it()) return;\n"
            f"{WAYS[self.way](self)} }})()"
        )
        return write_page("Garden club", f"<p id='decoy'>{self.decoy}</p>{TALL}<script>{script}</script>")


def _recall(memory: dict[str, Any]) -> dict[str, Any]:
    """What a site knows of its visitors."""
    if not memory:
        memory.update(visits=Counter(), turn=0, robots=set(), tokens=set(), is_token=False)
    return memory


def _hide(cloak: Cloak) -> str:
    """The content as an expression that no search for its words finds."""
    return f"atob('{base64.b64encode(cloak.text.encode()).decode()}')"


def _draw(cloak: Cloak) -> str:
    red, green, blue = cloak.colour
    return (
        "document.getElementById('decoy').remove(); const at = document.createElement('canvas');"
        f" at.width = 600; at.height = 300; document.body.prepend(at); const it = at.getContext('2d');"
        f" it.fillStyle = 'rgb({red},{green},{blue})'; it.fillRect(20, 20, {PATCH}, {PATCH});"
        f" it.font = '20px sans-serif'; it.fillText({_hide(cloak)}, 20, 200)"
    )


def _shadow(mode: str) -> str:
    return (
        "const at = document.createElement('article'); document.body.prepend(at);"
        f" at.attachShadow({{mode: '{mode}'}}).innerHTML = '<p>' + %s + '</p>'"
    )


def _code_points(cloak: Cloak) -> str:
    """The content as numbers, shuffled, with their places."""
    places = sorted(range(len(cloak.text)), key=lambda at: hashlib.sha256(f"{cloak.name}{at}".encode()).digest())
    return json.dumps([[at, ord(cloak.text[at]) ^ 90] for at in places])


WAYS = {
    "plain": lambda cloak: f"document.getElementById('decoy').textContent = {_hide(cloak)}",
    "insert": lambda cloak: f"document.getElementById('decoy').textContent = {_hide(cloak)}",
    "fetch": lambda cloak: (
        f"document.getElementById('decoy').innerHTML = await (await fetch('{CONTENT}?k={cloak.key}')).text()"
    ),
    "frame": lambda cloak: (
        "const at = document.createElement('iframe'); at.width = 800; at.height = 400;"
        f" at.src = '{CONTENT}?k={cloak.key}'; document.body.prepend(at)"
    ),
    "replace": lambda cloak: f"location.replace('{CONTENT}?k={cloak.key}')",
    "write": lambda cloak: f"document.open(); document.write('<p>' + {_hide(cloak)} + '</p>'); document.close()",
    "numbers": lambda cloak: (
        f"const made = []; for (const [at, code] of {_code_points(cloak)}) made[at] = String.fromCharCode(code ^ 90);"
        " document.getElementById('decoy').textContent = made.join('')"
    ),
    "shadow": lambda cloak: _shadow("open") % _hide(cloak),
    "closed": lambda cloak: _shadow("closed") % _hide(cloak),
    "canvas": _draw,
    "pushed": lambda cloak: (
        f"history.pushState({{}}, '', '/news/today'); document.getElementById('decoy').textContent = {_hide(cloak)}"
    ),
    "later": lambda cloak: (
        f"document.getElementById('decoy').textContent = ''; for (const word of {_hide(cloak)}.split(' '))"
        " { await new Promise(done => setTimeout(done, 8)); document.getElementById('decoy').append(word + ' ') }"
    ),
}

_ONE: dict[str, dict[str, Any]] = {
    **{
        f"ua-{agent}": {"ua": agent}
        for agent in "mobile iphone android ipad firefox safari windows app browser".split()
    },
    **{f"referrer-{place}": {"referrer": place} for place in "search google social mail any own none".split()},
    **{
        f"language-{code.strip('.')}{'-only' * code.endswith('.')}": {"language": code}
        for code in "de fr ja pt tr de.".split()
    },
    **{f"country-{code.lower()}": {"country": code} for code in "DE US BR JP FR IN".split()},
    "country-not-us": {"country": "!US"},
    "address-new": {"address": "new"},
    "visit-second": {"visit": 2},
    "visit-third": {"visit": 3},
    "cookie-return": {"cookie": "return"},
    "cookie-chain": {"cookie": "chain"},
    "turn-even": {"turn": "even"},
    "hour-night": {"hour": (22, 5)},
    "hour-office": {"hour": (9, 17)},
    "hour-evening": {"hour": (17, 22)},
    "accept-html": {"accept": "html"},
    "accept-avif": {"accept": "avif"},
    "order-browser": {"order": "browser"},
    "headers-fetch": {"headers": "fetch"},
    "headers-hints": {"headers": "hints"},
    "headers-upgrade": {"headers": "upgrade"},
    "encoding-gzip": {"encoding": "gzip"},
    "method-post": {"method": "post"},
    "robots-unasked": {"robots": "unasked"},
    "token-once": {"token": "once"},
    "wait-3": {"wait_s": 3},
    "wait-6": {"wait_s": 6},
    "pointer-move": {"pointer": "move"},
    "pointer-click": {"pointer": "click"},
    "scroll": {"scroll": True},
    "visible": {"visible": True},
    "focus": {"focus": True},
    "frames": {"frames": 20},
    "viewport-narrow": {"viewport": "narrow"},
    "viewport-wide": {"viewport": "wide"},
    "screen-large": {"screen": "large"},
    "outer": {"outer": True},
    "touch": {"touch": True},
    "coarse": {"coarse": True},
    "timezone-berlin": {"timezone": "Europe/Berlin"},
    "timezone-tokyo": {"timezone": "Asia/Tokyo"},
    "timezone-not-utc": {"timezone": "!UTC"},
    "languages-de": {"languages": "de"},
    "agent": {"agent": True},
    "webdriver": {"webdriver": False},
    "native": {"native": True},
    "bindings": {"bindings": False},
    "plugins": {"plugins": True},
    "chrome": {"chrome": True},
    "permissions": {"permissions": True},
    "webgl": {"webgl": True},
    "cores": {"cores": 2},
    "from-search": {"from": "search"},
    "storage-return": {"storage": "return"},
    "assets": {"assets": True},
}
_TWO: dict[str, tuple[dict[str, Any], str]] = {
    "mobile-search": ({"ua": "mobile", "referrer": "search"}, "plain"),
    "mobile-social": ({"ua": "mobile", "referrer": "social"}, "plain"),
    "iphone-fetch": ({"ua": "iphone", "script": True}, "fetch"),
    "android-brazil": ({"ua": "android", "country": "BR"}, "plain"),
    "german-germany": ({"language": "de", "country": "DE"}, "plain"),
    "french-search": ({"language": "fr", "referrer": "search"}, "plain"),
    "japan-tokyo": ({"country": "JP", "timezone": "Asia/Tokyo"}, "insert"),
    "search-frame": ({"referrer": "search", "script": True}, "frame"),
    "search-return": ({"referrer": "search", "cookie": "return"}, "plain"),
    "search-wait": ({"referrer": "search", "wait_s": 3}, "insert"),
    "social-canvas": ({"referrer": "social", "script": True}, "canvas"),
    "mobile-narrow": ({"ua": "mobile", "viewport": "narrow"}, "insert"),
    "mobile-touch": ({"ua": "mobile", "touch": True}, "numbers"),
    "mobile-chain": ({"ua": "mobile", "cookie": "chain"}, "plain"),
    "mobile-post": ({"ua": "mobile", "method": "post"}, "plain"),
    "new-german": ({"address": "new", "language": "de"}, "plain"),
    "new-search": ({"address": "new", "referrer": "search"}, "plain"),
    "token-mobile": ({"token": "once", "ua": "mobile"}, "plain"),
    "token-webdriver": ({"token": "once", "webdriver": False}, "insert"),
    "even-search": ({"turn": "even", "referrer": "search"}, "plain"),
    "office-germany": ({"hour": (9, 17), "country": "DE"}, "plain"),
    "fetch-search": ({"headers": "fetch", "referrer": "search"}, "plain"),
    "order-french": ({"order": "browser", "language": "fr"}, "plain"),
    "webdriver-move": ({"webdriver": False, "pointer": "move"}, "insert"),
    "webdriver-native": ({"webdriver": False, "native": True}, "insert"),
    "webdriver-click": ({"webdriver": False, "pointer": "click"}, "replace"),
    "agent-scroll": ({"agent": True, "scroll": True}, "fetch"),
    "scroll-wait": ({"scroll": True, "wait_s": 2}, "later"),
    "german-berlin": ({"languages": "de", "timezone": "Europe/Berlin"}, "numbers"),
    "firefox-window": ({"ua": "firefox", "viewport": "wide"}, "insert"),
    "plugins-webgl": ({"plugins": True, "webgl": True}, "insert"),
    "storage-click": ({"storage": "return", "pointer": "click"}, "insert"),
    "assets-frames": ({"assets": True, "frames": 20}, "fetch"),
    "app-story": ({"ua": "app", "viewport": "narrow"}, "closed"),
}


def list_cloaks() -> list[Cloak]:
    """Every recipe."""
    ways = [Cloak(f"way-{way}", {"script": True}, way) for way in WAYS if way != "plain"]
    ones = [Cloak(name, victim, "insert" if set(victim) & set(PAGE) else "plain") for name, victim in _ONE.items()]
    twos = [Cloak(name, victim, way) for name, (victim, way) in _TWO.items()]
    addressed = [
        Cloak("fragment", {"fragment": "offer"}, "insert", "/#offer"),
        Cloak("fragment-from", {"fragment": "offer", "from": "search"}, "replace", "/#offer"),
        Cloak("query", {"query": "gclid"}, "plain", "/?gclid=Cj0KCQ"),
        Cloak("query-mobile", {"query": "fbclid", "ua": "mobile"}, "plain", "/?fbclid=IwAR0"),
        Cloak("local-day", {"local_hour": (9, 17)}, "insert"),
    ]
    return ways + ones + twos + addressed
