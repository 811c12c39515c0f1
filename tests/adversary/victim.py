"""Plays the visitor that a table of traits describes, by HTTP alone or in Chromium: cloaks are proven by it."""

import re
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.adversary.cloaks import STEPS, TOKEN, Cloak
from tests.adversary.server import Server, name_host
from tests.adversary.visitor import BROWSER_HEADERS, Seen, ask

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
AGENT_TEXTS = {
    "mobile": f"Mozilla/5.0 (Linux; Android 16; K) {CHROME} Mobile Safari/537.36",
    "android": f"Mozilla/5.0 (Linux; Android 16; K) {CHROME} Mobile Safari/537.36",
    "iphone": f"{IPHONE} Version/19.1 Mobile/15E148 Safari/604.1",
    "ipad": "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1"
    " Safari/605.1.15",
    "windows": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
    "app": f"{IPHONE} Mobile/22B91 Instagram 360.0.0.30.107 (iPhone16,1; iOS 19_1; en_US)",
    "browser": dict(BROWSER_HEADERS)["User-Agent"],
}
REFERRER_TEXTS = {
    "search": "https://www.bing.com/",
    "google": "https://www.google.com/",
    "social": "https://l.facebook.com/",
    "mail": "https://mail.google.com/",
    "any": "https://blog.example/post",
}
COUNTRY_PEERS = {
    "DE": "127.10.0.7",
    "US": "127.20.0.7",
    "BR": "127.30.0.7",
    "JP": "127.40.0.7",
    "FR": "127.50.0.7",
    "IN": "127.60.0.7",
    "!US": "127.10.0.7",
}
HOURS = range(24)
SETTLE_MS = 500  # in which a page that waits for nothing shows what it shows
MOST_MS = 9_000
SIZES = {"narrow": (390, 800), "wide": (1400, 900)}
HONEST = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => true, configurable: true})"
# What makes a browser lack a trait of the page; without a line here it lacks it by doing nothing.
LACKING = {
    "webdriver": HONEST,
    "native": "Object.defineProperty(Navigator.prototype, 'userAgent', {get: () => 'Mozilla/5.0'})",
    "bindings": "window.__playwright__binding__ = 1",
    "plugins": "Object.defineProperty(Navigator.prototype, 'plugins', {get: () => []})",
    "chrome": "delete window.chrome; Object.defineProperty(window, 'chrome', {value: undefined})",
    "permissions": "Object.defineProperty(Notification, 'permission', {get: () => 'denied'});"
    " navigator.permissions.query = async () => ({state: 'prompt'})",
    "cores": "Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', {get: () => 1})",
    "visible": "Object.defineProperty(Document.prototype, 'visibilityState', {get: () => 'hidden'})",
    "focus": "Document.prototype.hasFocus = () => false",
    "frames": "window.requestAnimationFrame = () => 0",
    "outer": "Object.defineProperty(window, 'outerHeight', {get: () => window.innerHeight})",
    "screen": "Object.defineProperty(Screen.prototype, 'width', {get: () => 800})",
    "agent": "Object.defineProperty(Navigator.prototype, 'userAgent', {get: () => 'HeadlessChrome/156'})",
    "assets": "Object.defineProperty(HTMLImageElement.prototype, 'src', {set() { this.onerror() }})",
}
# What a headless Chromium without a graphics processor needs to be a victim.
HAVING = {
    "outer": "Object.defineProperty(window, 'outerHeight', {get: () => window.innerHeight + 85})",
    "screen": "Object.defineProperty(Screen.prototype, 'width', {get: () => 1920})",
    "webgl": "HTMLCanvasElement.prototype.getContext = () => ({getExtension: () => null, getParameter: () =>"
    " 'ANGLE (Intel)'})",
    "permissions": "Object.defineProperty(Notification, 'permission', {get: () => 'default'})",
    "cores": "Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', {get: () => 8})",
}


def ask_as(server: Server, cloak: Cloak, victim: Mapping[str, Any], peer: str = "") -> Seen:
    """Visit as such a visitor would without scripts, and give the last page."""
    peer = peer or COUNTRY_PEERS.get(victim.get("country", ""), "127.0.0.1")
    server.hour = _choose_hour(cloak, victim)
    if "robots" in cloak.victim and "robots" not in victim:
        _ask_page(server, cloak, victim, peer, "/robots.txt")
    if "address" in cloak.victim and "address" not in victim:
        _ask_page(server, cloak, victim, peer)
    turns = max(victim.get("visit", 1), 2 if "turn" in victim or "cookie" in victim else 1)
    jar: dict[str, str] = {}
    for _ in range(turns):
        seen = _follow(server, cloak, victim, peer, jar)
    if "token" in victim:
        token = re.search(rf"{TOKEN}\w+", seen.text)
        assert token, "the first page leads nowhere"
        seen = _ask_page(server, cloak, victim, peer, token[0])
    return seen


def _follow(server: Server, cloak: Cloak, victim: Mapping[str, Any], peer: str, jar: dict[str, str]) -> Seen:
    """Ask for the address of the cloak and go where it redirects to, with the cookies of those who keep them."""
    target = cloak.address.partition("#")[0] if "query" in victim or "query" not in cloak.victim else "/"
    for _ in range(STEPS + 3):
        seen = _ask_page(server, cloak, victim, peer, target, jar if "cookie" in victim else {})
        if seen.status != 302:
            break
        target = seen.headers["location"]
    return seen


def _ask_page(
    server: Server,
    cloak: Cloak,
    victim: Mapping[str, Any],
    peer: str,
    target: str = "/",
    jar: dict[str, str] | None = None,
) -> Seen:
    site = cloak.make_site()
    headers = dress(victim, f"http://{name_host(site)}:{server.port}/")
    if jar:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in jar.items())))
    method = victim.get("method", "get").upper()
    before = len(server.list_sent())
    seen = ask(server.port, name_host(site), target, headers, method=method, peer=peer)
    server.settle()
    if jar is not None:
        for name, value in server.list_sent()[before].headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                jar[key] = rest.partition(";")[0]
    return seen


def dress(victim: Mapping[str, Any], own: str) -> list[tuple[str, str]]:
    """The headers of such a visitor: of a tool, but for what the traits say."""
    accept = {"html": "text/html,*/*;q=0.8", "avif": "text/html,image/avif,*/*;q=0.8"}.get(
        victim.get("accept", ""), "*/*"
    )
    language = victim.get("language", "en")
    language = language.strip(".") if language.endswith(".") else f"{language},ru;q=0.5"
    headers = {
        "Connection": "keep-alive",
        "User-Agent": AGENT_TEXTS.get(victim.get("ua", ""), "curl/8.11.0"),
        "Accept": accept,
        "Accept-Encoding": victim.get("encoding", "identity"),
        "Accept-Language": language,
    }
    told = list(headers.items()) if "order" in victim else list(reversed(headers.items()))
    referrer = {"own": own, **REFERRER_TEXTS}.get(victim.get("referrer", ""))
    if referrer:
        told.append(("Referer", referrer))
    marks = {"fetch": "Sec-Fetch-Mode", "hints": "sec-ch-ua", "upgrade": "Upgrade-Insecure-Requests"}
    if "headers" in victim:
        name = marks[victim["headers"]]
        told.append((name, dict(BROWSER_HEADERS)[name] if name != "Sec-Fetch-Mode" else "navigate"))
    return told


def lack(victim: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same visitor without one trait."""
    others = {key: value for key, value in victim.items() if key != name}
    if victim[name] == "none":  # what a visitor lacks who lacks nothing
        return {**others, "referrer": "search"}
    return others


def _choose_hour(cloak: Cloak, victim: Mapping[str, Any]) -> int:
    hours = cloak.victim.get("hour")
    if not hours:
        return 12
    start, end = hours
    return start if "hour" in victim else end


@contextmanager
def open_page(tab, server: Server, cloak: Cloak, victim: Mapping[str, Any]):
    """A tab that has opened the site as such a visitor; what visitors do there is up to `act_in`."""
    session = tab.context.new_cdp_session(tab)
    site = cloak.make_site()
    for name in cloak.victim:
        code = (HAVING if name in victim else LACKING).get(name)
        if code:
            tab.add_init_script(code)
    _emulate(session, cloak, victim)
    server.hour = _choose_hour(cloak, victim)
    url = server.url(site, cloak.address if not {"fragment", "query"} & (set(cloak.victim) - set(victim)) else "/")
    referrer = REFERRER_TEXTS.get(victim.get("referrer") or victim.get("from", ""))
    origin = url.partition("/")[0] + "//" + url.split("/")[2]
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    visits = max(victim.get("visit", 1), 2 if {"storage", "cookie", "turn"} & set(victim) else 1)
    try:
        for _ in range(visits):
            tab.goto(url, referer=referrer)
            if "#" in url and visits > 1:
                tab.goto("about:blank")
        yield
    finally:
        session.detach()


def _emulate(session, cloak: Cloak, victim: Mapping[str, Any]) -> None:
    agent = AGENT_TEXTS[victim.get("ua", "browser")]
    language = victim.get("languages") or victim.get("language") or "en"
    session.send("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": f"{language.strip('.')},ru"})
    if "local_hour" in cloak.victim:
        zone = _choose_zone(*cloak.victim["local_hour"], inside="local_hour" in victim)
    else:
        zone = {"!UTC": "Asia/Kolkata"}.get(victim.get("timezone", "UTC"), victim.get("timezone", "UTC"))
    session.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
    wanted = cloak.victim.get("viewport", "wide")
    other = "wide" if wanted == "narrow" else "narrow"
    width, height = SIZES[wanted if "viewport" in victim else other] if "viewport" in cloak.victim else SIZES["wide"]
    is_small = bool({"touch", "coarse"} & set(victim))
    session.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_small},
    )
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": is_small, "maxTouchPoints": 5})


def _choose_zone(start: int, end: int, *, inside: bool) -> str:
    """A zone where it is now between these hours, or not. Signs of Etc/GMT are those of POSIX: west is plus."""
    now = datetime.now(UTC).hour
    for west in range(-12, 13):
        if (start <= (now - west) % 24 < end - 1) == inside:
            return f"Etc/GMT{west:+d}" if west else "UTC"
    raise LookupError("no such zone")


def act_in(tab, victim: Mapping[str, Any]) -> None:
    """Do once what such a visitor does in a page."""
    if victim.get("pointer") == "move":
        tab.mouse.move(100, 100)
        tab.mouse.move(220, 180)
    if victim.get("pointer") == "click":
        tab.mouse.click(120, 40)
    if "scroll" in victim:
        tab.mouse.wheel(0, 900)
    button = tab.query_selector("#go")
    if button and ("method" in victim or victim.get("referrer") == "own"):
        button.click()
