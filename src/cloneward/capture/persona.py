"""As whom a browser visits: what it calls itself, the size of its window, and how it begins to speak.

All of a persona agrees with itself: a name in one header that another belies is what cloaked sites look for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cloneward.model.vantage import Device, Vantage


@dataclass(frozen=True, kw_only=True)
class Persona:
    """What Playwright's context and Chromium's user-agent override are told; sizes in px of CSS.

    `width`, `height`: of what shows the page. `outer_…`: of the window around it. `screen_…`: of the screen.
    """

    user_agent: str
    platform: str
    hints: Mapping[str, Any] | None
    width: int
    height: int
    outer_width: int
    outer_height: int
    screen_width: int
    screen_height: int
    density: float
    is_mobile: bool


_WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"  # noqa: E501  one string as browsers send it
_ANDROID: Final = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Mobile Safari/537.36"  # noqa: E501  as above
_FIREFOX: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
_APP: Final = "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{major}.0.0.0 Mobile Safari/537.36 Instagram 412.0.0.35.87 Android (34/14; 450dpi; 1080x2115; samsung; SM-S918B; dm3q; qcom; en_US; 781543210)"  # noqa: E501  as above
_AHEAD: Final = 2  # versions by which Firefox's number is ahead of Chromium's of the same month
_IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"  # noqa: E501  as above


def choose_persona(vantage: Vantage, major: int) -> Persona:
    """Give the persona of a vantage, in a Chromium of a major version."""
    return _PERSONAS[vantage.device](major)


def name_agent(device: Device, major: int) -> str:
    """Give the User-Agent of a device, as a request without a browser sends it too."""
    return _PERSONAS[device](major).user_agent


def write_languages(languages: tuple[str, ...]) -> str:
    """Give an Accept-Language header as browsers write it: `de-DE,de;q=0.9,en;q=0.8`."""
    weights = [f";q={max(10 - at, 1) / 10:g}" if at else "" for at in range(len(languages))]
    return ",".join(f"{language}{weight}" for language, weight in zip(languages, weights, strict=True))


def _hint(major: int, platform: str, version: str, *, is_mobile: bool, brand: str = "Google Chrome") -> dict[str, Any]:
    brands = [("Chromium", major), (brand, major), ("Not?A_Brand", 24)]
    return {
        "brands": [{"brand": name, "version": str(number)} for name, number in brands],
        "fullVersionList": [{"brand": name, "version": f"{number}.0.0.0"} for name, number in brands],
        "platform": platform,
        "platformVersion": version,
        "architecture": "" if is_mobile else "x86",
        "bitness": "" if is_mobile else "64",
        "model": "K" if is_mobile else "",
        "mobile": is_mobile,
        "wow64": False,
    }


def _be_desktop(major: int) -> Persona:
    return Persona(
        user_agent=_WINDOWS.format(major=major),
        platform="Win32",
        hints=_hint(major, "Windows", "15.0.0", is_mobile=False),
        width=1920,
        height=953,
        outer_width=1920,
        outer_height=1040,
        screen_width=1920,
        screen_height=1080,
        density=1,
        is_mobile=False,
    )


def _be_android(major: int) -> Persona:
    return Persona(
        user_agent=_ANDROID.format(major=major),
        platform="Linux armv81",
        hints=_hint(major, "Android", "14.0.0", is_mobile=True),
        width=412,
        height=785,
        outer_width=412,
        outer_height=785,
        screen_width=412,
        screen_height=915,
        density=2.625,
        is_mobile=True,
    )


def _be_firefox(major: int) -> Persona:
    return replace(_be_desktop(major), user_agent=_FIREFOX.format(version=major + _AHEAD), hints=None)


def _be_app(major: int) -> Persona:
    hints = _hint(major, "Android", "14.0.0", is_mobile=True, brand="Android WebView")
    return replace(_be_android(major), user_agent=_APP.format(major=major), hints=hints)


def _be_iphone(_: int) -> Persona:
    return Persona(
        user_agent=_IPHONE,
        platform="iPhone",
        hints=None,
        width=393,
        height=659,
        outer_width=393,
        outer_height=852,
        screen_width=393,
        screen_height=852,
        density=3,
        is_mobile=True,
    )


_PERSONAS: Final = {
    "desktop": _be_desktop,
    "firefox": _be_firefox,
    "android": _be_android,
    "app": _be_app,
    "iphone": _be_iphone,
}
