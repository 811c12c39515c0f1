"""Numbers and days as pages write them, in any script: what each may mean, and where it stands.

A number may be grouped, rounded and shortened (`1,234`, `1 234`, `12,34,567`, `1.2K`, `1,2 тыс.`, `12.3萬`, `1 lakh`);
what may be meant by it is an interval, and where languages read the same signs otherwise there are several. The month
of a day that is written as a word is left open: no list of words could hold all languages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from unicodedata import normalize

import numba
import numpy as np
from numpy.typing import NDArray

MOST = 2000
"""Numbers that are read of one text; and days."""

# The short forms of Unicode's CLDR 47 for languages with more than ten million speakers, and common long ones.
_WORDS = {
    1_000: "k m h b e d n t td g mil mille mila tis tys tyś тыс тысяч тисяч тис хил хиљ tsd tūkst hilj thousand "
    "tausend tusen tusind tuhat duizend rb ribu bin ming nghìn ngàn ngh hzr elf elfu ezer "
    "हज़ार हजार हा হা হাজার ஆ ஆயிரம் ಸಾ ಸಾವಿರ వే వేలు હજાર ਹਜ਼ਾਰ هزار ألف الف آلاف ہزار אלף χιλ พัน 千 천 mija mii mie",
    10_000: "万 萬 만 หมื่น",
    100_000: "lakh lakhs lac l लाख লাখ লা લાખ ਲੱਖ ಲಕ್ಷ లక్ష لاکھ แสน",
    1_000_000: "m mi mn mil mln mio mill milj mió juta jt tr triệu млн мільйонів милиона milyon million millions "
    "millionen millones milhões milioni εκ மி ಮಿ મિલિયન میلیون مليون ملايين ملین מיליון ล้าน",
    10_000_000: "cr crore crores करोड़ करोड़ क॰ কোটি কো કરોડ ਕਰੋੜ کروڑ",
    100_000_000: "亿 億 억",
    1_000_000_000: "b bn bi g md mr mrd mld mlrd mlr mia млрд млд milyar billion milliard δισ tỷ अरब میلیارد مليار",
}
_NUMBER = re.compile(
    r"(?<![^\W\d_])(?<![\d_@#])(\d{1,18}(?:[.,'\u2019\u066b\u066c\u00a0\u202f\u2009 ]\d{1,6}){0,6})"
    r"(?:[ \u00a0\u202f]?((?:[^\W\d_]|[\u0900-\u0dff\u0e00-\u0eff]){1,9})|(?!\d))"
)
_SEPARATOR = re.compile(r"\D")
_GROUP = 3
_YEAR_DIGITS = 4
_DAY = re.compile(
    r"(?<!\d)(?:(\d{4})[^\d\n]{1,3}(\d{1,2})[^\d\n]{1,3}(\d{1,2})(?!\d)(?:[T ](\d{1,2}):(\d\d)(?::(\d\d))?)?"
    r"|(\d{1,2})[^\d\n]{1,3}(\d{1,2})[^\d\n]{1,3}(\d{4})(?!\d)"
    r"|(\d{1,2})[^\d\n]{1,24}(\d{4})(?!\d))"
)
_DECADES = log(1_000_000)  # over so many nats the numbers of pages are spread evenly (Benford)
_ZERO_SHARE = 0.1
_YEARS, _YEAR_SHARE = (1990, 2040), 0.02  # what is written as a year mostly is one


def _table() -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for factor, words in _WORDS.items():
        for word in words.split():
            key = normalize("NFC", word)
            table[key] = (*table.get(key, ()), factor)
    return table


_FACTORS = _table()


@dataclass(frozen=True, slots=True)
class Number:
    """What a number on a page may mean: half-open code points, and half-open bounds of the value."""

    start: int
    end: int
    low: float
    high: float
    is_exact: bool

    def holds(self, value: float) -> bool:
        """Tell whether the value may be meant."""
        return self.low <= value < self.high

    @property
    def chance(self) -> float:
        """How probable it is that another number would be meant by it too, in (0, 1]."""
        if self.low < 1:
            return _ZERO_SHARE
        if self.end - self.start == _YEAR_DIGITS and _YEARS[0] <= self.low < _YEARS[1]:
            return _YEAR_SHARE
        return min(1.0, log(self.high / self.low) / _DECADES)


@dataclass(frozen=True, slots=True)
class Day:
    """A day on a page: half-open code points; `month` is 0 where a word says it, `second` that of the day if told."""

    start: int
    end: int
    year: int
    month: int
    day: int
    second: int | None = None

    def holds(self, moment: datetime) -> bool:
        """Tell whether the moment, in UTC, falls on it, within the second where one is told."""
        if (self.year, self.day) != (moment.year, moment.day) or self.month not in {0, moment.month}:
            return False
        return self.second is None or self.second == moment.hour * 3600 + moment.minute * 60 + moment.second


def read_numbers(text: str) -> list[Number]:
    """Give what the numbers of a text may mean, in the order of the text; the first `MOST` of them."""
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        found += _read_number(match)
        if len(found) >= MOST:
            break
    return found


@numba.njit(cache=True)
def choose_numbers(
    values: NDArray[np.float64], lows: NDArray[np.float64], highs: NDArray[np.float64], chances: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give for each value the interval that holds it, by the least chance, or -1 where none does."""
    chosen = np.full(values.size, -1, np.int64)
    for number in range(values.size):
        best = np.inf
        for row in range(lows.size):
            if lows[row] <= values[number] < highs[row] and chances[row] < best:
                best = chances[row]
                chosen[number] = row
    return chosen


def read_days(text: str) -> list[Day]:
    """Give the days of a text, each way in which they may be read; the first `MOST` of them."""
    found: list[Day] = []
    for match in _DAY.finditer(text):
        found += _read_day(match)
        if len(found) >= MOST:
            break
    return found


def read_moment(text: str) -> datetime | None:
    """Give the moment that a record tells as RFC 3339, in UTC; none where it is no moment."""
    if not (10 <= len(text) <= 40 and text[4] == "-" and text[7] == "-"):  # noqa: PLR2004  2025-05-03 and longer
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def spread_zones(moment: datetime) -> tuple[datetime, ...]:
    """Give the moment as clocks east and west of UTC show its day: as it is first, then the days before and after."""
    try:
        return moment, moment - timedelta(hours=12), moment + timedelta(hours=14)
    except OverflowError:
        return (moment,)


def _read_number(match: re.Match[str]) -> Iterator[Number]:
    digits, word = match.groups()
    start, end = match.start(1), match.end(1)
    marks = _SEPARATOR.findall(digits)
    groups = _SEPARATOR.split(digits)
    factors = _FACTORS.get(normalize("NFC", word.casefold()), ()) if word else ()
    for factor in factors:
        yield _scale(start, match.end(2), groups, factor)
    if not marks or _is_grouped(groups, marks):
        whole = int("".join(groups))
        yield Number(start, end, whole, whole + 1, not factors)
        return
    if len(groups) > _GROUP or len(set(marks)) != len(marks) or set(marks) & {" ", "\u00a0", "\u202f"}:
        for place, group in _place_groups(match, groups):  # numbers side by side, not one
            yield Number(place, place + len(group), int(group), int(group) + 1, is_exact=True)
        return
    value = float(f"{int(''.join(groups[:-1]))}.{_ascii(groups[-1])}")
    yield Number(start, end, value, value + 10.0 ** -len(groups[-1]), is_exact=True)


def _scale(start: int, end: int, groups: list[str], factor: int) -> Number:
    """Give what a shortened number may mean: some round, some cut what they leave out."""
    head, tail = groups[0], "".join(groups[1:])
    if len(groups) > 1 and len(groups[-1]) == _GROUP and factor <= 1_000:  # noqa: PLR2004  1,234K
        head, tail = head + tail, ""
    value = float(f"{int(head)}.{_ascii(tail) or '0'}") * factor
    step = factor * 10.0 ** -len(tail)
    return Number(start, end, value - step / 2, value + step, is_exact=False)


def _is_grouped(groups: list[str], marks: list[str]) -> bool:
    """Tell whether the marks part thousands: three digits a group, or two in between as in India."""
    if len(set(marks)) > 1 or not 1 <= len(groups[0]) <= _GROUP or len(groups[-1]) != _GROUP:
        return False
    inner = {len(group) for group in groups[1:-1]}
    return inner <= {3} or (inner == {2} and len(groups[0]) < _GROUP)


def _place_groups(match: re.Match[str], groups: list[str]) -> Iterator[tuple[int, str]]:
    place = match.start(1)
    for group in groups:
        yield place, group
        place += len(group) + 1


def _ascii(digits: str) -> str:
    return f"{int(digits):0{len(digits)}}" if digits else ""


def _read_day(match: re.Match[str]) -> Iterator[Day]:
    parts = [int(part) if part else 0 for part in match.groups()]
    span = match.span()
    if parts[0]:
        second = parts[3] * 3600 + parts[4] * 60 + parts[5] if match[6] else None
        yield Day(*span, parts[0], parts[1], parts[2], second)
    elif parts[8]:
        yield Day(*span, parts[8], parts[7], parts[6])
        yield Day(*span, parts[8], parts[6], parts[7])
    else:
        yield Day(*span, parts[10], 0, parts[9])
