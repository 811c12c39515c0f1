"""Records to matches: whose profile or listing a page shows, which of its fields, and as of when.

Everything that a page shares with a record is weighed in nats: how much rarer it is among the owner's own records, and
within the language of a text, than on a page that shows somebody else. Values of few words (a handle, a name, a town)
say who is meant; that much is on every list of names, and in a namesake's profile. So they count no more than what
tells one record from all, and the rest must come from what is not copied without the record: texts, numbers, moments
and what stands in lists, numbers and moments only near the rest. Fields are known by their values, never by their
names or by a page's labels.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.short import hash_runs
from cloneward.match.counts import choose_numbers, spread_zones
from cloneward.match.fields import (
    HEAD_TOKENS,
    OWN_KEYS,
    RECORD,
    SHORT_TOKENS,
    Held,
    Leaf,
    Values,
    hash_bag,
    hash_own,
    hash_path,
    hash_whole,
    hold_record,
    is_one_word,
    list_gaps,
    read_values,
    sketch_record,
)
from cloneward.match.index import Index, build_index
from cloneward.match.ranking import MOST_CANDIDATES, rank_records
from cloneward.match.sightings import PageFacts, Sighting, Spans, find_sightings, read_page
from cloneward.model.content import Extract, ItemRecord
from cloneward.model.finding import Agreement, FieldMatch, Match

REQUIRED = 13.8
"""Nats that must speak for a record beyond what finds it among all: chance of one in a million, if all were apart."""
Load = Callable[[Sequence[str]], Sequence[ItemRecord]]
"""Takes ids of items and gives their records, in the same order."""

_AT_ONCE = 4  # candidates that are loaded together; the first comes alone, since it mostly is the one
_PATIENCE = 12  # candidates in a row that are not shown, after which the rest are not compared
_LIKE = 0.5  # of the rarity of what a record that is shown shares with the page; with less, others are not compared
_NEAR = 300  # code points from what else a page shows of a record within which its numbers and moments stand
_RIVAL = 4.6  # nats by which a record must be ahead of another that the same words speak for: 100 times as probable
_NAMELESS = 4.6  # nats more where nothing names one: 100 times, since words of a text hang together beyond their pairs
_LANGUAGE = math.log(10)  # who shares a name shares a language, whose words are so much less rare
_STRANGERS = 100  # who would write other words, added to the owner's people: a word that one of three has is not rare
_MEMORY = 2.0  # how many texts a word must follow another in before that is believed
_MOST_OF_ONE = 12.0  # nats for one number, moment or value of a list
_OF_SECOND, _OF_DAY, _OF_DATE = 12.0, 5.5, 3.0  # nats for a moment to the second, to the day, to a day of some month
_OF_FEW, _OF_ONE = 2.0, 0.5  # nats below what tells one record from all: a handle of seven, a name of one
_STRANGE_WORD = 4.0  # nats against a text for each word or emoji that is missing or not ours, each seam, a bare end
_SHARED_TEXTS = 0.02  # of long texts that may be another's too, if one that stands whole is to be enough
_SAMPLE = 20_000  # long texts from which that share is told
_APART = 1.0  # nats by which a version must agree better than all others


def index_records(records: Iterable[ItemRecord]) -> Index:
    """Make an index of records in memory: 13 bytes a key, about a kilobyte a record.

    On the disk, with `open_index(folder, RECORD)` and `update_index`, a record is an entry `(id, digest, sketch)` with
    the sketch of `sketch_record`: added, changed and removed like texts, in bounded memory.
    """
    return build_index(((record.id, sketch_record(record)) for record in records), kind=RECORD)


def find_records(page: str, extract: Extract, index: Index, load: Load, beside: str = "") -> list[Match]:
    """Give the records that a page shows, the one with the most evidence first.

    `value` is the number of fields that agree; `version` the `since` of the version shown, none where several agree
    alike. A field that stands beside the text has an empty target, (0, 0).

    Args:
        page: the page's address, as the matches are to name it.
        extract: its text, title and links.
        index: of `RECORD`, as `index_records` makes it.
        load: gives the records as their owner told them; is asked for a few at a time.
        beside: what the page says outside its visible text, a value a line: its description, structured data.
    """
    facts = read_page(extract, beside)
    search = _Search(facts, index)
    readings: list[_Reading] = []
    least, missed = 0.0, 0
    ranked = rank_records(facts, index)[:MOST_CANDIDATES]
    for first, last in pairwise((0, 1, *range(_AT_ONCE, MOST_CANDIDATES + 1, _AT_ONCE))):
        asked = [entry for entry in ranked[first:last] if entry[0] >= least]
        if not asked or missed >= _PATIENCE:
            break
        records = load([item for _, item in asked])
        for (rarity, _), reading in zip(asked, search.weigh(records), strict=True):
            if reading and reading.total(search.common) > search.common + REQUIRED - _RIVAL:
                readings.append(reading)
            if reading and reading.is_shown(search.common):
                least, missed = _LIKE * rarity, 0
            else:
                missed += 1
    return [_make_match(page, facts, reading) for reading in _settle(readings, search.common)]


@dataclass(frozen=True, slots=True)
class _Fact:
    """One value of a record that the page shows: code points of `PageFacts.said`, and what it says.

    `is_content`: it does more than name somebody. `is_unique`: it names one, as a handle does, and no crowd.
    """

    start: int
    end: int
    agreement: Agreement
    nats: float
    is_content: bool
    is_unique: bool = False


@dataclass(frozen=True, eq=False)
class _Reading:
    """A record as the page shows it: its best version, or none if several are alike, and the facts of that."""

    item: str
    version: str | None
    facts: tuple[tuple[str, _Fact], ...]
    trials: float

    def content(self) -> float:
        """Give the nats that do not merely name somebody; each stretch of the page counts once."""
        return _sum_content(fact for _, fact in self.facts) - self.trials

    def naming(self) -> float:
        """Give the nats that name somebody; none if all that names them is what others are called too."""
        names = sorted((fact for _, fact in self.facts if not fact.is_content), key=lambda fact: fact.nats)
        if not any(fact.is_unique for fact in names):
            return 0.0
        return sum({fact.start: fact.nats for fact in names}.values())

    def total(self, common: float) -> float:
        """Give all nats; those that name somebody up to `common`, which tells one record from all."""
        return min(self.naming(), common) + self.content()

    def is_shown(self, common: float) -> bool:
        """Tell whether the evidence is enough, and not merely names somebody."""
        required = REQUIRED if self.naming() else REQUIRED + _NAMELESS
        return self.content() >= REQUIRED and self.total(common) >= common + required

    def without(self, taken: Spans) -> "_Reading":
        """Give what is left when some stretches of the page are explained otherwise."""
        kept = [(path, fact) for path, fact in self.facts if not taken.meet(fact.start, fact.end)]
        return replace(self, facts=tuple(kept))

    def rests_on(self, spans: Spans) -> bool:
        """Tell whether most of what speaks for the record stands in these stretches of the page."""
        own = [fact for _, fact in self.facts if fact.is_content]
        return sum(fact.nats for fact in own if spans.meet(fact.start, fact.end)) > sum(fact.nats for fact in own) / 2


def _sum_content(facts: Iterable[_Fact]) -> float:
    """Give the nats of facts that do not merely name somebody; each stretch of the page counts once."""
    spans: dict[tuple[int, int], float] = {}
    for fact in facts:
        if fact.is_content:
            spans[fact.start, fact.end] = max(spans.get((fact.start, fact.end), 0.0), fact.nats)
    return sum(spans.values())


class _Search:
    """One page beside records, one after another."""

    def __init__(self, page: PageFacts, index: Index) -> None:
        self._page = page
        self._index = index
        self._records = len(index)
        self.common = math.log(self._records + 1)
        self._numbers = np.array([(n.start, n.low, n.high, n.chance) for n in page.numbers]).reshape(-1, 4)
        self._paths: dict[str, bool] = {}
        self._number_places = np.array([page.to_place(number.start) for number in page.numbers], np.int64)
        self._day_places = np.array([page.to_place(day.start) for day in page.days], np.int64)

    def weigh(self, records: Sequence[ItemRecord]) -> "list[_Reading | None]":
        """Give each record as the page shows it; none if what it shows of it cannot be enough, or is no text."""
        held = [hold_record(record) for record in records]
        texts = [list(one.paths) for one in held]
        values = read_values([text for one in texts for text, _ in one])
        sightings = find_sightings(self._page, [text for one in texts for text, _ in one], values)
        readings, first = [], 0
        for one, asked in zip(held, texts, strict=True):
            seen = {
                number: sighting
                for number, sighting in enumerate(sightings[first : first + len(asked)], first)
                if sighting is not None
            }
            readings.append(self._read_record(one, self._find_texts(one, asked, values, seen, first)))
            first += len(asked)
        return readings

    def _read_record(self, held: Held, facts: Mapping[tuple[object, bool], _Fact]) -> _Reading | None:
        if not facts:
            return None
        places = np.unique([self._page.to_place(fact.start) for fact in facts.values()])
        found = dict(facts)
        others = self._find_numbers(held.numbers, places) | self._find_moments(held.moments, places)
        for value, fact in others.items():
            found[value, False] = found[value, True] = fact
        if _sum_content(found.values()) <= REQUIRED - _RIVAL:
            return None
        return _choose_version(held, found)

    def _find_texts(
        self,
        held: Held,
        asked: Sequence[tuple[str, bool]],
        values: Values,
        seen: Mapping[int, Sighting],
        first: int,
    ) -> dict[tuple[object, bool], _Fact]:
        """Give what the sightings of a record's texts say, by text; those are the values from `first` on."""
        enough = self.common + REQUIRED + _NAMELESS + held.trials
        listed = sum(is_listed for _, is_listed in asked)
        found: dict[tuple[object, bool], _Fact] = {}
        for number, sighting in seen.items():
            text, is_listed = asked[number - first]
            is_text = not is_listed and not is_one_word(text) and self._holds_texts(held.paths[text, is_listed])
            tokens = values.tokens.hashes[values.bounds[number] : values.bounds[number + 1]]
            if is_listed:
                nats = self._weigh_listed(tokens, sighting, listed)
            elif is_text:
                nats = self._weigh_text(values, number, sighting)
                if nats < enough and self._is_own(values, number, sighting):
                    nats = enough
            else:
                nats = self._rarity(hash_whole(tokens, 0, tokens.size))
            found[text, is_listed] = _Fact(
                sighting.start,
                sighting.end,
                sighting.agreement,
                nats,
                is_content=is_listed or is_text,
                is_unique=nats > self.common - (_OF_FEW if is_one_word(text) else _OF_ONE),
            )
        return found

    def _holds_texts(self, path: str) -> bool:
        """Tell whether most records that have a path have more there than a name."""
        if path not in self._paths:
            keys = [hash_path(path, is_text=told) for told in (True, False)]
            texts, names = self._count(np.array(keys, np.uint64)).tolist()
            self._paths[path] = texts > names
        return self._paths[path]

    def _count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Give how many records have each of the keys."""
        counts = np.zeros(keys.size, np.int64)
        for part in self._index.parts:
            hashes = part.segment.hashes
            counts += np.searchsorted(hashes, keys, "right") - np.searchsorted(hashes, keys, "left")
        return counts

    def _rarity(self, key: np.uint64) -> float:
        (count,) = self._count(np.array([key], np.uint64)).tolist()
        return self.common - math.log(max(1, count))

    def _is_own(self, values: Values, number: int, sighting: Sighting) -> bool:
        """Tell whether a text stands whole on lines of its own, and one record alone has it, as most have theirs.

        Texts are broken into lines: if any of ours runs on as this one does in the lines around, if the next one was
        cut off, or if there are emoji that are not ours, it is a part of a longer text.
        """
        if sighting.agreement != "exact" or self._page.is_signed(sighting.start):
            return False
        if not self._page.stands_alone(sighting.first, sighting.last):
            return False
        start, end = values.sign_bounds[number], values.sign_bounds[number + 1]
        own = values.signs[start:end]
        block = read_values([self._page.read_block(sighting.first, sighting.last)]).signs
        if not np.array_equal(block, own) or self._page.is_cut_below(sighting.end):
            return False
        around = read_values([self._page.read_around(sighting.start, sighting.end)]).signs
        places = (at for at in range(around.size - own.size + 1) if (around[at : at + own.size] == own).all())
        place = next(places, None)
        if place is None or self._count_living(hash_own(values.signs, start, end)) != 1:
            return False
        last = place + own.size - 1
        edges = hash_runs(around[max(0, place - 1) : place + 1], 2), hash_runs(around[last : last + 2], 2)
        return not self._count(np.concatenate(edges)).any() and self._share_texts() <= _SHARED_TEXTS

    def _count_living(self, key: np.uint64) -> int:
        """Give how many records have a key now; those that were removed or changed are still in the segments."""
        total = 0
        for part in self._index.parts:
            begin, end = np.searchsorted(part.segment.hashes, np.array([key, key + np.uint64(1)], np.uint64))
            total += int(part.alive[part.segment.owners[begin:end]].sum())
        return total

    def _share_texts(self) -> float:
        """Give how probable it is that a stranger's long text is one that a single record of ours has.

        Source: I. J. Good, The population frequencies of species, 1953: twice those seen twice, of all that were seen.
        One more is added, so that a handful of texts is no proof.
        """
        low, high = OWN_KEYS
        share = min(1.0, _SAMPLE / max(1, self._records))
        asked = np.array([low, low + np.uint64(int(share * int(high - low)))], np.uint64)
        keys = []
        for part in self._index.parts:
            begin, end = np.searchsorted(part.segment.hashes, asked)
            keys.append(part.segment.hashes[begin:end][part.alive[part.segment.owners[begin:end]]])
        counts = np.unique(np.concatenate(keys), return_counts=True)[1]
        return (2 * int((counts == 2).sum()) + 1) / max(1, int(counts.sum()))  # noqa: PLR2004

    def _weigh_listed(self, tokens: NDArray[np.uint64], sighting: Sighting, listed: int) -> float:
        """Weigh a value that is one of many: any of them could have agreed."""
        if sighting.shown.all():
            key = hash_whole(tokens, 0, tokens.size)
        elif sighting.shown[:HEAD_TOKENS].all() and tokens.size > SHORT_TOKENS:
            key = hash_bag(tokens, 0, HEAD_TOKENS)
        else:
            return 0.0
        return max(0.0, min(_MOST_OF_ONE, self._rarity(key)) - math.log(listed) - _LANGUAGE)

    def _weigh_text(self, values: Values, number: int, sighting: Sighting) -> float:
        """Weigh words and emoji by how few of the other records go on like that, each after the one before it."""
        span = slice(values.sign_bounds[number], values.sign_bounds[number + 1])
        signs = values.signs[span]
        alone, follows = self._weigh_signs(signs)
        words = values.sign_tokens[span] - values.bounds[number]
        is_word = values.sign_tokens[span] >= 0
        shown = np.ones(signs.size, np.bool_)
        shown[is_word] = sighting.shown[words[is_word]]
        against = float((~shown).sum())
        if sighting.agreement == "truncated":
            against = 0.0 if sighting.is_marked else 1.0
        if sighting.agreement == "reordered":
            against = 2.0
        if sighting.agreement == "exact":
            against += self._compare_emoji(values, number, sighting, shown)
        else:
            shown &= is_word
        follows[1:] = np.where(shown[:-1] | ~is_word[:-1], follows[1:], alone[1:])
        against *= _STRANGE_WORD
        if sighting.agreement in {"changed", "reordered"}:
            against += _count_ways(sighting)
        return max(0.0, float(follows[shown].sum()) - against - _LANGUAGE)

    def _weigh_signs(self, signs: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the nats of each sign alone, and after the one before it; the record itself is not counted."""
        others = np.maximum(self._count(hash_runs(signs, 1)) - 1, 0)
        both = np.maximum(self._count(hash_runs(signs, 2)) - 1, 0)
        alone = np.maximum(others, 1) / (self._records + _STRANGERS)
        follows = alone.copy()
        follows[1:] = (both + _MEMORY * alone[1:]) / (np.maximum(others[:-1], both) + _MEMORY)
        return -np.log(np.minimum(alone, 1.0)), -np.log(np.minimum(follows, 1.0))

    def _compare_emoji(self, values: Values, number: int, sighting: Sighting, shown: NDArray[np.bool_]) -> float:
        """Mark which emoji of a text are shown where it has them, and give how many stand there that are not ours."""
        first, last = int(values.bounds[number]), int(values.bounds[number + 1])
        is_emoji = values.sign_tokens[values.sign_bounds[number] : values.sign_bounds[number + 1]] < 0
        ours = list_gaps(values.said, values.tokens, first, last)
        theirs = list_gaps(self._page.said, self._page.tokens, sighting.first, sighting.last)
        theirs[0], theirs[-1] = self._page.find_line(sighting.start, sighting.end)
        same = [own == other for own, other in zip(ours, theirs, strict=True)]
        shown[is_emoji] = np.array(same)[np.cumsum(~is_emoji)[is_emoji]]
        others = [bool(other or (own and self._page.has_emoji)) for own, other in zip(ours, theirs, strict=True)]
        return float(sum(other and not is_same for other, is_same in zip(others, same, strict=True)))

    def _find_numbers(self, values: Collection[float], places: NDArray[np.int64]) -> dict[object, _Fact]:
        rows = np.flatnonzero(_are_near(self._number_places, places))
        if not rows.size or not values:
            return {}
        starts, lows, highs, chances = self._numbers[rows].T
        trials = math.log(np.unique(starts).size)
        chosen = choose_numbers(np.array(list(values), np.float64), lows, highs, chances).tolist()
        found: dict[object, _Fact] = {}
        for value, row in zip(values, chosen, strict=True):
            if row < 0:
                continue
            number = self._page.numbers[rows[row]]
            nats = max(0.0, min(_MOST_OF_ONE, -math.log(chances[row])) - trials)
            agreement: Agreement = "exact" if number.is_exact else "rounded"
            found[value] = _Fact(number.start, number.end, agreement, nats, is_content=True)
        return found

    def _find_moments(self, moments: Collection[datetime], places: NDArray[np.int64]) -> dict[object, _Fact]:
        near = _are_near(self._day_places, places).tolist()
        days = [day for day, is_near in zip(self._page.days, near, strict=True) if is_near]
        if not days:
            return {}
        by_date = {(day.year, day.month, day.day, day.second): day for day in days}
        trials = math.log(len(days)) + math.log(max(1, len(moments)))
        found: dict[object, _Fact] = {}
        for moment in moments:
            second = moment.hour * 3600 + moment.minute * 60 + moment.second
            exact = by_date.get((moment.year, moment.month, moment.day, second))
            days_seen = (
                by_date.get((zoned.year, month, zoned.day, None))
                for zoned in spread_zones(moment)
                for month in (zoned.month, 0)
            )
            day = exact or next((one for one in days_seen if one), None)
            if day:
                told = _OF_SECOND if exact else _OF_DAY if day.month else _OF_DATE
                nats = max(0.0, told - trials)
                found[moment] = _Fact(day.start, day.end, "exact" if exact else "rounded", nats, is_content=True)
        return found


def _count_ways(sighting: Sighting) -> float:
    """Give the nats for all other ways in which a text might have agreed as well: other words of it, another order."""
    size, covered = sighting.shown.size, int(sighting.shown.sum())
    if sighting.agreement == "changed":
        return math.lgamma(size + 1) - math.lgamma(covered + 1) - math.lgamma(size - covered + 1)
    return math.lgamma(min(size, SHORT_TOKENS) + 1)


def _choose_version(held: Held, found: Mapping[tuple[object, bool], _Fact]) -> _Reading | None:
    readings = []
    for since, leaves in held.list_leaves():
        shown = {
            leaf.path: found[leaf.value, leaf.is_listed] for leaf in leaves if (leaf.value, leaf.is_listed) in found
        }
        facts = _share_numbers(tuple(shown.items()))
        readings.append((_rate(facts, leaves), _Reading(held.item, since, facts, held.trials)))
    readings.sort(key=lambda rated: -rated[0])
    if not readings:
        return None
    rate, best = readings[0]
    is_alike = len(readings) > 1 and readings[1][0] > rate - _APART
    return replace(best, version=None) if is_alike else best


def _rate(facts: tuple[tuple[str, _Fact], ...], leaves: Sequence[Leaf]) -> float:
    """Give how well a version agrees: its evidence, less what of it the page leaves out before what it shows."""
    shown = {path for path, _ in facts}
    last = max((place for place, leaf in enumerate(leaves) if leaf.path in shown), default=-1)
    missing = sum(leaf.path not in shown for leaf in leaves[: last + 1])
    return sum(fact.nats + 0.5 for _, fact in facts) - 0.5 * missing


def _share_numbers(facts: tuple[tuple[str, _Fact], ...]) -> tuple[tuple[str, _Fact], ...]:
    """Leave one field to each stretch of the page, the one that it says most of."""
    taken: dict[tuple[int, int], str] = {}
    for path, fact in sorted(facts, key=lambda entry: -entry[1].nats):
        taken.setdefault((fact.start, fact.end), path)
    kept = set(taken.values())
    return tuple((path, fact) for path, fact in facts if path in kept)


def _settle(readings: list[_Reading], common: float) -> list[_Reading]:
    """Give the records that are shown, each by words that no other explains; of two that are alike, neither."""
    chosen: list[_Reading] = []
    left = readings
    while left:
        best, *rest = sorted(left, key=lambda reading: (-reading.total(common), reading.item))
        if not best.is_shown(common):
            break
        content = Spans((fact.start, fact.end) for _, fact in best.facts if fact.is_content)
        rivals = (other for other in rest if other.total(common) > best.total(common) - _RIVAL)
        if not any(other.rests_on(content) for other in rivals):
            chosen.append(best)
        taken = Spans((fact.start, fact.end) for _, fact in best.facts)
        left = [other.without(taken) for other in rest]
    return chosen


def _are_near(asked: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of each place whether another, of those ascending ones, is near."""
    after = np.searchsorted(places, asked)
    above = places[np.minimum(after, places.size - 1)]
    below = places[np.maximum(after - 1, 0)]
    is_near: NDArray[np.bool_] = np.minimum(np.abs(above - asked), np.abs(asked - below)) <= _NEAR
    return is_near


def _make_match(page: str, facts: PageFacts, reading: _Reading) -> Match:
    fields = tuple(
        FieldMatch(name=path, target=facts.to_target(fact.start, fact.end), agreement=fact.agreement)
        for path, fact in reading.facts
    )
    return Match(
        item=reading.item,
        version=reading.version,
        page=page,
        kind="record",
        measure="fields",
        value=len(fields),
        fields=fields,
    )
