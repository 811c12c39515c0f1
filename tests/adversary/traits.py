"""What cloaked sites ask of a visitor before they show what they copied: by the request, and in the page.

A trait has a name and a value; a victim is a table of them. `REQUEST` traits are judged by the server, `PAGE` traits by
a script, each an expression that is true, or a promise of that. `MEANING` says in words what a victim is and does.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.adversary.server import Request

MEANING = {
    "ua": "says to be: mobile, iphone, android, ipad, firefox, safari, windows, app (the browser in a social app), or "
    "browser (no robot, no tool)",
    "referrer": "comes from: search, google, social, mail, any other site, own (this site), or none",
    "language": "reads this language first; with a dot, no other",
    "country": "comes from this country; with an exclamation mark, from any other that is known",
    "address": "new: nobody came from that address before",
    "visit": "comes for the so-manieth time from that address",
    "cookie": "return: brings the cookie of an earlier visit; chain: brings those of each step of the redirects",
    "token": "follows the link of the first page, which works once",
    "turn": "even: every second request is served",
    "hour": "comes between these hours, by the server's clock",
    "accept": "asks for html first; avif: takes such pictures",
    "order": "browser: sends headers in the order and spelling of Chromium",
    "headers": "fetch: says Sec-Fetch-*; hints: says sec-ch-ua; upgrade: says Upgrade-Insecure-Requests",
    "encoding": "takes this content coding",
    "method": "post: presses the button of the first page, which has nothing to type",
    "robots": "unasked: has not asked for robots.txt",
    "query": "comes by an address with this parameter",
    "script": "runs scripts",
    "wait_s": "stays for so many seconds",
    "pointer": "move: moves the pointer; click: clicks anywhere",
    "scroll": "scrolls down",
    "visible": "looks at the tab",
    "focus": "has the window in focus",
    "frames": "draws so many frames",
    "viewport": "narrow: below 600 px; wide: 1,000 px or more",
    "screen": "large: 1,280 px or wider",
    "outer": "has a window around the page",
    "touch": "has a touch screen",
    "coarse": "has no pointer but fingers",
    "timezone": "lives in this zone; with an exclamation mark, in any other",
    "local_hour": "has these hours on the own clock",
    "languages": "has this language first in the browser",
    "agent": "the browser calls itself neither headless nor a robot",
    "webdriver": "false: no navigator.webdriver",
    "native": "navigator's properties are the browser's own",
    "bindings": "false: no names of automation in the window",
    "plugins": "has plugins",
    "chrome": "has window.chrome",
    "permissions": "permissions agree with each other",
    "webgl": "has a graphics processor",
    "cores": "has so many processors",
    "fragment": "comes by an address with this fragment",
    "from": "document.referrer is a search engine's",
    "storage": "return: was here before, by local storage",
    "assets": "loads the pictures of a page",
}

TOOLS = re.compile(
    r"bot|crawl|spider|curl|wget|python|java/|go-http|headless|phantom|archive|scan|preview", re.IGNORECASE
)
AGENTS = {
    "mobile": re.compile(r"Mobile|Android|iPhone"),
    "iphone": re.compile(r"iPhone"),
    "android": re.compile(r"Android"),
    "ipad": re.compile(r"iPad"),
    "firefox": re.compile(r"Firefox/\d"),
    "safari": re.compile(r"Version/\d[\d.]* (?:Mobile/\w+ )?Safari/"),
    "windows": re.compile(r"Windows NT"),
    "app": re.compile(r"FBAN|FBAV|Instagram"),
    "browser": re.compile(r"Mozilla/5\.0 .*(?:Chrome|Firefox|Safari)"),
}
REFERRERS = {
    "search": re.compile(r"https?://(?:www\.)?(?:google|bing|duckduckgo|yandex|yahoo|ecosia)\."),
    "google": re.compile(r"https?://(?:www\.)?google\."),
    "social": re.compile(r"https?://(?:[lm]\.|www\.)?(?:facebook\.com|instagram\.com|x\.com|t\.co|tiktok\.com)"),
    "mail": re.compile(r"https?://(?:mail\.google|outlook\.live|mail\.yahoo)\.com"),
    "any": re.compile(r"https?://"),
}
ORDER = ("host", "connection", "user-agent", "accept", "accept-encoding", "accept-language")
MARKS = {
    "fetch": ("Sec-Fetch-Mode", "navigate"),
    "hints": ("sec-ch-ua", "Chrom"),
    "upgrade": ("Upgrade-Insecure-Requests", "1"),
}


def _is_agent(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    agent = request.header("User-Agent")
    return bool(AGENTS[value].search(agent)) and not TOOLS.search(agent)


def _is_referrer(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    referrer = request.header("Referer")
    if value == "none":
        return not referrer
    if value == "own":
        return f"//{request.authority}/" in referrer
    return bool(REFERRERS[value].match(referrer)) and f"//{request.authority}/" not in referrer


def _is_language(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    first, _, others = request.header("Accept-Language").lower().replace(" ", "").partition(",")
    wanted = value.lower().rstrip(".")
    is_alone = all(part.startswith(wanted[:2]) for part in others.split(",") if part)
    return first.partition(";")[0].startswith(wanted) and (is_alone or not value.endswith("."))


def _is_country(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    if value.startswith("!"):
        return bool(request.country) and request.country != value[1:]
    return request.country == value


def _is_hour(value: tuple[int, int], request: Request, _: Mapping[str, Any]) -> bool:
    start, end = value
    return start <= request.hour < end if start < end else request.hour >= start or request.hour < end


def _is_accept(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    accept = request.header("Accept")
    return accept.startswith("text/html") if value == "html" else f"image/{value}" in accept


def _is_order(value: str, request: Request, _: Mapping[str, Any]) -> bool:
    names = [name.lower() for name, _ in request.headers]
    places = [names.index(name) for name in ORDER if name in names]
    spelt = {name.lower(): name for name, _ in request.headers}
    return len(places) == len(ORDER) and places == sorted(places) and spelt["user-agent"] == "User-Agent"


# Judged by the server: value, request, what is known of the visitors: `visits` and `turn` count this request too.
REQUEST: dict[str, Callable[[Any, Request, Mapping[str, Any]], bool]] = {
    "ua": _is_agent,
    "referrer": _is_referrer,
    "language": _is_language,
    "country": _is_country,
    "address": lambda value, request, memory: memory["visits"][request.peer] == 1,
    "visit": lambda value, request, memory: memory["visits"][request.peer] == value,
    "cookie": lambda value, request, memory: request.cookies.get(value) == "kept",
    "token": lambda value, request, memory: memory["is_token"],
    "turn": lambda value, request, memory: memory["turn"] % 2 == 0,
    "hour": _is_hour,
    "accept": _is_accept,
    "order": _is_order,
    "headers": lambda value, request, memory: MARKS[value][1] in request.header(MARKS[value][0]),
    "encoding": lambda value, request, memory: value in request.header("Accept-Encoding"),
    "method": lambda value, request, memory: request.method.lower() == value,
    "robots": lambda value, request, memory: request.peer not in memory["robots"],
    "query": lambda value, request, memory: value in request.query,
}

_EVENT = "new Promise(done => addEventListener('{}', event => {{ if ({}) done(true) }}, {{passive: true}}))"
_RENDERER = (
    "(() => { const it = document.createElement('canvas').getContext('webgl'); if (!it) return false;"
    " const told = it.getExtension('WEBGL_debug_renderer_info');"
    " return !/SwiftShader|llvmpipe|Mesa OffScreen/.test(it.getParameter(told ? told.UNMASKED_RENDERER_WEBGL :"
    " 7937)) })()"
)
_PERMISSIONS = (
    "navigator.permissions.query({name: 'notifications'}).then(it =>"
    " !(Notification.permission === 'denied' && it.state === 'prompt'))"
)
_NATIVE = (
    "['webdriver', 'languages', 'plugins', 'userAgent', 'hardwareConcurrency'].every(name => {"
    " const own = Object.getOwnPropertyDescriptor(Navigator.prototype, name);"
    " return own && own.get && /\\[native code\\]/.test(Function.prototype.toString.call(own.get))"
    " && !Object.getOwnPropertyNames(navigator).includes(name) })"
)
_STORED = (
    "(() => { const was = localStorage.getItem('was') === 'here'; localStorage.setItem('was', 'here'); return was })()"
)
_PIXEL = (
    "new Promise(done => { const it = new Image(); it.onload = () => done(it.naturalWidth > 0);"
    " it.onerror = () => done(false); it.src = '/pixel.png' })"
)
_FRAMES = (
    "new Promise(done => { let left = %d;"
    " const draw = () => left-- ? requestAnimationFrame(draw) : done(true); draw() })"
)
_ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"

# Judged by the page: value to an expression.
PAGE: dict[str, Callable[[Any], str]] = {
    "script": lambda value: "true",
    "wait_s": lambda value: f"new Promise(done => setTimeout(() => done(true), {int(value * 1000)}))",
    "pointer": lambda value: _EVENT.format("mousemove" if value == "move" else "click", "event.isTrusted"),
    "scroll": lambda value: _EVENT.format("scroll", "scrollY > 200"),
    "visible": lambda value: "document.visibilityState === 'visible'",
    "focus": lambda value: "document.hasFocus()",
    "frames": lambda value: _FRAMES % value,
    "viewport": lambda value: "innerWidth < 600" if value == "narrow" else "innerWidth >= 1000",
    "screen": lambda value: "screen.width >= 1280 && screen.colorDepth >= 24",
    "outer": lambda value: "outerHeight > innerHeight",
    "touch": lambda value: "navigator.maxTouchPoints > 0",
    "coarse": lambda value: "matchMedia('(pointer: coarse)').matches",
    "timezone": lambda value: f"{_ZONE} !== '{value[1:]}'" if value.startswith("!") else f"{_ZONE} === '{value}'",
    "local_hour": lambda value: f"((hour) => hour >= {value[0]} && hour < {value[1]})(new Date().getHours())",
    "languages": lambda value: f"(navigator.languages[0] || '').startsWith('{value}')",
    "agent": lambda value: f"!/{TOOLS.pattern.replace('/', '[/]')}/i.test(navigator.userAgent)",
    "webdriver": lambda value: "!navigator.webdriver",
    "native": lambda value: _NATIVE,
    "bindings": lambda value: (
        "!Object.getOwnPropertyNames(window).some(name =>"
        " /playwright|__pw|puppeteer|cdc_|selenium|webdriver/i.test(name))"
    ),
    "plugins": lambda value: "navigator.plugins.length > 0",
    "chrome": lambda value: "typeof window.chrome === 'object'",
    "permissions": lambda value: _PERMISSIONS,
    "webgl": lambda value: _RENDERER,
    "cores": lambda value: f"navigator.hardwareConcurrency >= {value}",
    "fragment": lambda value: f"location.hash === {json.dumps('#' + value)}",
    "from": lambda value: r"/^https?:\/\/(www\.)?(google|bing|duckduckgo)\./.test(document.referrer)",
    "storage": lambda value: _STORED,
    "assets": lambda value: _PIXEL,
}
# Browsers give these to origins that they trust only, so the site lives under localhost.
TRUSTED = {("headers", "fetch"), ("headers", "hints"), ("permissions", True)}
