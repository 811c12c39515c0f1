"""From where and as whom a cloaked site is visited: few vantages, each of which is many victims at once.

A site that shows its copy to some only asks for several marks of a victim together: a phone that comes from a search
and speaks the language. So each vantage has as many such marks as agree with one another, and the vantages differ in
what excludes itself: a phone or not, with or without a past.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.winnow import fingerprint
from cloneward.model.vantage import Rendering, Vantage

LONG_S: Final = 5.0
"""How long a page is looked at where it may be cloaked: scripts that wait, wait some seconds."""

_SEARCH: Final = "https://www.google.com/"
_SOCIAL: Final = "https://l.instagram.com/"
_NIGHT, _DAY = 2, 13  # hours of the day at which a visitor's clock may be looked at
_ZONES = 12  # hours to either side of UTC that have a zone of their own


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How far what one vantage was given differs from what the first was.

    `jaccard`: of the runs of words in what is visible, in [0, 1]; none where neither has any. `status`: of the page.
    """

    vantage: str
    status: int | None
    final_url: str
    words: int
    jaccard: float | None


def list_vantages(
    *, now: datetime, languages: Sequence[str] = (), site: str = "", sources: Mapping[str, str] | None = None
) -> tuple[Vantage, ...]:
    """Give the vantages from which a site is visited that may be cloaked, the most telling first.

    Args:
        now: the time, so that some visitors have day and others night.
        languages: that its victims may speak, tags of BCP 47; English where none is given.
        site: address of the protected site, from which a victim may come.
        sources: further addresses of ours to come from, each with its country.
    """
    spoken = _spread(languages or ("en-US",))
    day, night = _find_zone(now, _DAY), _find_zone(now, _NIGHT)
    vantages = [
        Vantage(name="android-search", device="android", referrer=_SEARCH, languages=spoken, timezone=day),
        Vantage(name="desktop-search", referrer=_SEARCH, languages=spoken, timezone=day, is_return=True),
        Vantage(name="iphone-social", device="iphone", referrer=_SOCIAL, languages=spoken, timezone=night),
        Vantage(name="desktop-direct", languages=("en-US", "en"), timezone=night),
        Vantage(name="android-again", device="android", referrer=_SOCIAL, languages=spoken, is_return=True),
        Vantage(name="desktop-untouched", referrer=_SEARCH, languages=spoken, timezone=day, is_recorded=False),
    ]
    if site:
        vantages.append(Vantage(name="desktop-site", referrer=site, languages=spoken, timezone=day))
    vantages += [
        replace(vantages[0], name=f"android-search-{source}", source=source, country=country)
        for source, country in (sources or {}).items()
    ]
    return tuple(replace(vantage, dwell_s=LONG_S) for vantage in vantages)


def compare_renderings(renderings: Mapping[str, Rendering]) -> tuple[Difference, ...]:
    """Give how far what each vantage was given differs from what the first one was; by the vantages' names."""
    texts = {name: read_text(rendering) for name, rendering in renderings.items()}
    prints = {name: np.unique(fingerprint(text).shingles) for name, text in texts.items()}
    first = next(iter(prints.values()), np.empty(0, np.uint64))
    return tuple(
        Difference(
            vantage=name,
            status=find_status(rendering),
            final_url=rendering.final_url,
            words=len(texts[name].split()),
            jaccard=_measure_jaccard(first, prints[name]),
        )
        for name, rendering in renderings.items()
    )


def read_text(rendering: Rendering) -> str:
    """Give what is visible in all frames of a page."""
    return "\n".join(extract(document.html.encode("utf-8", "replace"), "html").text for document in rendering.documents)


def _measure_jaccard(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> float | None:
    union = np.union1d(left, right).size
    return round(np.intersect1d(left, right).size / union, 4) if union else None


def find_status(rendering: Rendering) -> int | None:
    """Give the status of the page where the visit ended."""
    page = rendering.final_url.partition("#")[0]
    answers = [exchange.status for exchange in rendering.exchanges if exchange.url.partition("#")[0] == page]
    return answers[-1] if answers else None


def _spread(languages: Sequence[str]) -> tuple[str, ...]:
    """Give languages as a browser lists them: each with its primary one, and English last."""
    listed = [part for language in languages for part in (language, language.partition("-")[0])]
    return tuple(dict.fromkeys([*listed, "en"]))


def _find_zone(now: datetime, hour: int) -> str:
    """Give a time zone in which it is about that hour; the names of these zones count westwards."""
    ahead = (hour - now.hour + _ZONES) % (2 * _ZONES) - _ZONES
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
