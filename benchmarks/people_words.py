"""How a viewer site of one language writes what a profile says: labels, rounded numbers, times, cut texts."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
STEPS_S = (1, 60, 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400)


@dataclass(frozen=True)
class Words:
    """The habits of one site: a language, and its choices among the ways to write."""

    language: str
    known: Mapping[str, Sequence[str]]
    rounding: str  # full, short, or mixed: short from ten thousand on
    is_cut: bool  # cuts digits off instead of rounding
    time: str  # ago, short, date or iso
    date: int
    space: str
    has_own_digits: bool

    @classmethod
    def choose(cls, language: str, known: Mapping[str, Sequence[str]], rng: Random) -> "Words":
        return cls(
            language,
            known,
            rng.choice(("full", "short", "short", "mixed")),
            rng.random() < 0.6,
            rng.choice(("ago", "short", "date", "date", "iso")),
            rng.randrange(len(known["dates"])),
            rng.choice((" ", NO_BREAK, NARROW)),
            rng.random() < 0.5,
        )

    def label(self, key: str, rng: Random) -> str:
        return rng.choice(self.known[key])

    def count(self, value: int) -> str:
        """A number as the site shows it."""
        is_short = self.rounding == "short" or (self.rounding == "mixed" and value >= 10_000)
        text = self._shorten(value) if is_short else self._group(value)
        return self._localise(text).replace(" ", self.space)

    def _shorten(self, value: int) -> str:
        for unit, size in self._list_units():
            if value >= size:
                return f"{self._round(value, size)}{unit}"
        return self._group(value)

    def _list_units(self) -> list[tuple[str, int]]:
        known = {key: str(self.known[key]) for key in ("myriad", "million", "lakh", "thousand") if key in self.known}
        if "myriad" in known:
            return [(known["myriad"], 10_000)]
        million = 10_000_000 if "lakh" in known else 1_000_000
        units = [(known["million"], million), (known.get("lakh", ""), 100_000), (known["thousand"], 1000)]
        return [(unit, size) for unit, size in units if unit]

    def _round(self, value: int, size: int) -> str:
        """One decimal below a hundred, none above; a zero behind the point is not written."""
        part = Decimal(value) / size
        step = Decimal("0.1") if part < 100 else Decimal(1)
        told = part.quantize(step, ROUND_DOWN if self.is_cut else ROUND_HALF_UP)
        text = str(told.normalize() if told != told.to_integral() else told.to_integral())
        return text.replace(".", str(self.known["decimal"]))

    def _group(self, value: int) -> str:
        text = str(value)
        if "lakh" in self.known and len(text) > 3:
            head, tail = text[:-3], text[-3:]
            pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
            return str(self.known["group"]).join([*pairs, tail])
        return f"{value:,}".replace(",", str(self.known["group"]))

    def _localise(self, text: str) -> str:
        if "digits" in self.known and self.has_own_digits:
            text = text.translate(str.maketrans("0123456789", str(self.known["digits"])))
        elif "digits" in self.known:
            text = text.replace(str(self.known["group"]), ",").replace(str(self.known["decimal"]), ".")
        return text

    def tell_time(self, moment: datetime, now: datetime) -> str:
        """A time as the site shows it at `now`."""
        if self.time == "iso":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.time == "date":
            month = self.known["months"][moment.month - 1]
            form = self.known["dates"][self.date]
            text = form.format(d=moment.day, m=moment.month, y=moment.year, month=month, mon=month[:3])
            return self._localise(text)
        past = max(1, int((now - moment).total_seconds()))
        step = max(number for number, size in enumerate(STEPS_S) if past >= size)
        number = str(past // STEPS_S[step])
        if self.time == "short":
            return self._localise(f"{number}{self.known['short'][step]}")
        return self._localise(self.known["ago"].format(n=number, unit=self.known["units"][step]))


def read_languages() -> dict[str, Mapping[str, Sequence[str]]]:
    place = Path(__file__).parent / "people_labels.toml"
    return dict(tomllib.loads(place.read_text(encoding="utf-8")))


def cut_text(text: str, most: int, sign: str) -> str:
    """The text up to so many characters, at a space where there is one, with a sign that it goes on."""
    if len(text) <= most:
        return text
    head = text[:most]
    at = head.rfind(" ")
    return (head[:at] if at > most // 2 else head).rstrip() + sign
