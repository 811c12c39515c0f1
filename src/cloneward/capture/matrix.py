"""From where and as whom a cloaked site is visited: few vantages, each of which is many victims at once.

A site that shows its copy to some only asks for several marks of a victim together: a phone that comes from a search
and speaks the language. So each vantage has as many such marks as agree with one another, and the vantages differ in
what excludes itself: a phone, an app or a desktop; with or without a past; one country or another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

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
_MANY = ("en-US", "es-ES", "pt-BR", "de-DE", "fr-FR", "tr-TR", "ja-JP", "id-ID", "ru-RU", "ar-EG")  # most used online
_LANDS: Final = {
    "AT": ("de-AT", "Europe/Vienna"),
    "AU": ("en-AU", "Australia/Sydney"),
    "BR": ("pt-BR", "America/Sao_Paulo"),
    "CA": ("en-CA", "America/Toronto"),
    "CH": ("de-CH", "Europe/Zurich"),
    "DE": ("de-DE", "Europe/Berlin"),
    "ES": ("es-ES", "Europe/Madrid"),
    "FR": ("fr-FR", "Europe/Paris"),
    "GB": ("en-GB", "Europe/London"),
    "ID": ("id-ID", "Asia/Jakarta"),
    "IN": ("hi-IN", "Asia/Kolkata"),
    "IT": ("it-IT", "Europe/Rome"),
    "JP": ("ja-JP", "Asia/Tokyo"),
    "KR": ("ko-KR", "Asia/Seoul"),
    "MX": ("es-MX", "America/Mexico_City"),
    "NL": ("nl-NL", "Europe/Amsterdam"),
    "PL": ("pl-PL", "Europe/Warsaw"),
    "SG": ("en-SG", "Asia/Singapore"),
    "TR": ("tr-TR", "Europe/Istanbul"),
    "US": ("en-US", "America/New_York"),
}
"""Most spoken language, and time zone of most people, by country where machines are commonly rented."""
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


class Source(Protocol):
    """A further place of ours to visit from; `cloneward.settings.Source` is one."""

    @property
    def name(self) -> str:
        """Give what it is called."""
        ...

    @property
    def country(self) -> str:
        """Give two letters of ISO 3166, or nothing."""
        ...

    @property
    def address(self) -> str:
        """Give the address of ours that connections come from."""
        ...


def list_vantages(
    *, now: datetime, languages: Sequence[str] = (), site: str = "", sources: Sequence[Source] = ()
) -> tuple[Vantage, ...]:
    """Give the vantages from which a site is visited that may be cloaked, the most telling first.

    Args:
        now: the time, so that some visitors have day and others night.
        languages: that its victims may speak, tags of BCP 47; English where none is given.
        site: address of the protected site, from which a victim may come.
        sources: further places of ours to visit from, each as somebody who lives there.
    """
    spoken = _spread(languages or ("en-US",))
    day, night = _find_zone(now, _DAY), _find_zone(now, _NIGHT)
    first = Vantage(name="android-search", device="android", referrer=_SEARCH, languages=spoken, timezone=day)
    vantages = [
        replace(first, dwell_s=LONG_S),
        replace(first, name="desktop-search", device="desktop", visits=2, dwell_s=LONG_S),
        Vantage(name="app-social", device="app", referrer=_SOCIAL, languages=spoken, timezone=night),
        Vantage(name="firefox-direct", device="firefox", timezone=night),
        replace(first, name="iphone-again", device="iphone", languages=_spread(_MANY), visits=3),
        replace(first, name="desktop-untouched", device="desktop", is_recorded=False, dwell_s=LONG_S),
    ]
    if site:
        vantages.append(replace(first, name="desktop-site", device="desktop", referrer=site))
    return (*vantages, *(_live_at(first, source) for source in sources))


def _live_at(vantage: Vantage, source: Source) -> Vantage:
    """Give a vantage as from a source, with the language and the hour of its country where we know them."""
    language, zone = _LANDS.get(source.country.upper(), ("", ""))
    return replace(
        vantage,
        name=f"{vantage.name}-{source.name}",
        source=source.address,
        country=source.country,
        languages=_spread([language]) if language else vantage.languages,
        timezone=zone or vantage.timezone,
    )


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
