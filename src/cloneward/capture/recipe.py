"""The smallest request that brings out the copied content: what somebody at an abuse desk can do in a minute.

A plain request as from the vantage that saw it is stripped of one header after another, as long as what comes still
shows it. Where no plain request shows it, a browser must be used, and the recipe says as whom and how.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cloneward.capture.plain import make_headers
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.model.vantage import Device, Rendering, Vantage

# In the order in which they are left out: first what a reader would least think of.
_STRIPPED: Final = ("Accept", "Cookie", "Accept-Language", "Referer", "User-Agent")
_SPOKEN: Final = {
    "User-Agent": "a browser that calls itself {value!r}",
    "Referer": "a link on {value}",
    "Accept-Language": "a browser that prefers the languages {value}",
    "Cookie": "the cookie {value!r}",
    "Accept": "the header Accept: {value}",
}
_DEVICES: Final[Mapping[Device, str]] = {
    "desktop": "a browser with scripts on a desktop computer",
    "firefox": "a Firefox on a desktop computer",
    "android": "a browser with scripts on an Android phone",
    "app": "the browser within an app on an Android phone",
    "iphone": "a browser with scripts on an iPhone",
}

Ask = Callable[[Mapping[str, str]], Rendering]
"""Makes one plain request with these headers."""

Shows = Callable[[Rendering], bool]
"""Says whether what was given holds the copied content."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to see the copied content.

    `needs_browser`: no plain request shows it. `headers`: the fewest of a plain request that does. `curl`: the command
    for that; empty where a browser is needed. `words`: the same for a person. `requests`: how many it took to find out.
    """

    url: str
    vantage: str
    needs_browser: bool
    headers: Mapping[str, str]
    curl: str
    words: str
    requests: int


def find_recipe(url: str, vantage: Vantage, cookies: str, ask: Ask, shows: Shows) -> Recipe:
    """Give the smallest request that shows what a vantage saw.

    Args:
        url: what was visited.
        vantage: from where and as whom it was seen.
        cookies: that the visit had been given before, as a Cookie header; empty for none.
        ask: makes a request, at the pace of the site.
        shows: says whether what came holds it.
    """
    headers = make_headers(vantage) | ({"Cookie": cookies} if cookies else {})
    requests = 1
    if not _is_shown(headers, ask, shows):
        return _need_browser(url, vantage, requests)
    for name in _STRIPPED:
        fewer = {other: value for other, value in headers.items() if other != name}
        if name in headers:
            requests += 1
            headers = fewer if _is_shown(fewer, ask, shows) else headers
    return Recipe(
        url=url,
        vantage=vantage.name,
        needs_browser=False,
        headers=headers,
        curl=write_curl(url, headers),
        words=_tell_request(url, headers),
        requests=requests,
    )


def write_curl(url: str, headers: Mapping[str, str]) -> str:
    """Give a command for a shell that makes a request with these headers, redirects followed and packing undone."""
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    return shlex.join(["curl", "-sSL", "--compressed", *told, url])


def _is_shown(headers: Mapping[str, str], ask: Ask, shows: Shows) -> bool:
    """Say whether a request shows it; one that fails does not."""
    try:
        return shows(ask(headers))
    except (InputError, RefusedError, Unavailable):
        return False


def _tell_request(url: str, headers: Mapping[str, str]) -> str:
    needed = [_SPOKEN[name].format(value=value) for name, value in headers.items() if name in _SPOKEN]
    return f"Open {url}" + (f" with {' and '.join(needed)}." if needed else "; no special header is needed.")


def _need_browser(url: str, vantage: Vantage, requests: int) -> Recipe:
    parts = [f"Open {url} in {_DEVICES[vantage.device]}"]
    if vantage.referrer:
        parts.append(f"by a link on {vantage.referrer}")
    parts.append(f"with {', '.join(vantage.languages)} as preferred languages")
    if vantage.timezone:
        parts.append(f"in the time zone {vantage.timezone}")
    if vantage.source:
        parts.append(f"from the address {vantage.source}{f' ({vantage.country})' if vantage.country else ''}")
    again = f" Open it {vantage.visits} times in the same browser." if vantage.visits > 1 else ""
    look = f" Move the pointer, scroll to the end, and wait {max(vantage.dwell_s, 1):.0f} seconds."
    return Recipe(
        url=url,
        vantage=vantage.name,
        needs_browser=True,
        headers={},
        curl="",
        words=f"{', '.join(parts)}.{look}{again}",
        requests=requests,
    )
