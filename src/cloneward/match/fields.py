"""The fields of a record, whatever they are called, as values of four kinds; and the keys by which they are found.

A record is nested as its owner likes. What counts is each value at its end, a leaf: a number, a moment, one word (a
handle, an id, an address), or a text. Where it stands is its path: `counts.followers`, `posts.0.caption`.
"""

import hashlib
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.short import hash_run
from cloneward.fingerprint.tokens import Tokens, mix, tokenise
from cloneward.match.counts import read_moment
from cloneward.model.content import ItemRecord

RECORD = Kind("record", 1)
MOST_LEAVES = 20_000
"""Leaves of one version that are read, the first: a profile's newest 6,000 posts or so."""
MOST_VERSIONS = 1_000
MOST_DEPTH = 32
MOST_CHARACTERS = 2_000
"""Of one value that are compared."""
SHORT_TOKENS = 5
"""Up to so many tokens a value is one key, in whatever order they stand."""
HEAD_TOKENS = 4
"""Of a longer value of a list that are a key beside the whole."""
TEXT_EXTENT = 32
"""Letters from which on a value says more than a name does; a token of one letter counts as three."""
OWN_LENGTH = 40
"""Characters from which on a text that one person has alone is seldom written again by another."""

BAGS, PAIRS, LINES = 0, 1, 2
"""What the keys of a page are of."""

_WIDE = 3
_KEY = 100  # characters of a name that are read
_EDGE = 24  # code points around a text in which its first and last emoji are looked for
_LEAST_LEAVES = 50  # of a version that are compared, however many there are
_MOST_LINES = 3  # of a page that are one value together
_SINGLE, _LISTED, _LONG = 1, 2, 4
_OWN = np.uint64(0x6F776E) << np.uint64(40)  # how the keys of long texts begin, so that they stand side by side
_OWN_BITS = np.uint64(24)
_BAG = np.uint64(0xB5297A4D3F84D5B5)
_DIGITS = re.compile(r"\d+")
_EMOJI = re.compile("[\u203c-\u203d\u2190-\u2bff\u3030\u3297\u3299\U0001f000-\U0001faff\u200d\ufe0f]+")
_NO_EMOJI = "\u200d\ufe0f"  # of emoji, but no sign themselves
_SCHEMES = ("https://", "http://", "//")


class Leaf(NamedTuple):
    """One value of a record: `is_listed` if a list holds it, one of many; `value` a number, a moment or a text."""

    path: str
    value: float | datetime | str
    is_listed: bool


def read_leaves(fields: Mapping[str, Any], most: int = MOST_LEAVES) -> list[Leaf]:
    """Give the leaves of a record's fields, in order, within the bounds above; whatever else stands there is left out.

    Truths, what is empty and numbers that are not finite say nothing and are left out too.
    """
    return _name_leaves(_walk(fields, most))


_Met = tuple[str, object, str | float, bool]
"""A leaf as it was met: the path of what holds it and its name there, the value as it was told, and `is_listed`."""


def _name_leaves(met: Iterable[_Met]) -> list[Leaf]:
    return [
        Leaf(f"{start}{str(name)[:_KEY]}", value, is_listed)
        for start, name, raw, is_listed in met
        if (value := _read_value(raw)) is not None
    ]


def _walk(fields: Mapping[str, Any], most: int) -> list[_Met]:
    met: list[_Met] = []
    _gather(met, ("", fields, False), most, MOST_DEPTH)
    return met


def _gather(met: list[_Met], place: tuple[str, Any, bool], most: int, depth: int) -> None:
    """Add the leaves of a mapping or list that stands at a path, and is listed or not."""
    start, inner, is_listed = _open(*place)
    for name, raw in inner:
        if len(met) >= most:
            return
        if isinstance(raw, str | int | float):  # most are; what may be a mapping takes longest to tell
            if not isinstance(raw, bool):
                met.append((start, name, raw, is_listed))
        elif depth > 1 and isinstance(raw, dict | list | tuple | Mapping):
            _gather(met, (f"{start}{str(name)[:_KEY]}", raw, is_listed), most, depth - 1)


def _open(path: str, raw: Any, is_listed: bool) -> tuple[str, Iterable[tuple[object, Any]], bool]:  # noqa: ANN401, FBT001
    start = f"{path}." if path else ""
    if isinstance(raw, list | tuple):
        return start, enumerate(raw), True
    return start, raw.items(), is_listed


def _read_value(raw: str | float) -> float | datetime | str | None:
    if isinstance(raw, str):
        return _read_text(raw[:MOST_CHARACTERS])
    return _read_number(raw)


@lru_cache(maxsize=10_000)
def _read_text(raw: str) -> datetime | str | None:
    moment = read_moment(raw)
    if moment is not None:
        return moment
    text = " ".join(raw.split())
    for scheme in _SCHEMES:
        text = text.removeprefix(scheme)
    return text.removeprefix("www.").rstrip("/") or None


def _read_number(raw: float) -> float | None:
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def is_one_word(text: str) -> bool:
    """Tell whether a value is one word to those who wrote it, as a handle or an id: it agrees whole or not at all."""
    return " " not in text and text < "\u0e00"


def list_versions(record: ItemRecord) -> list[tuple[str | None, Mapping[str, Any]]]:
    """Give when each version of a record began, and its fields; those of now last, if no version has them."""
    told = [(version.since, version.fields) for version in record.versions if version.fields][-MOST_VERSIONS:]
    if record.fields and all(fields != record.fields for _, fields in told):
        told.append((None, record.fields))
    return told


@dataclass(frozen=True, eq=False)
class Held:
    """What a record ever held: each text with whether a list holds it, and a path of it; numbers; moments.

    Of all versions together `MOST_LEAVES` are read, the first of each.
    """

    item: str
    paths: Mapping[tuple[str, bool], str]
    numbers: Collection[float]
    moments: Collection[datetime]
    _met: Sequence[tuple[str | None, Sequence[_Met]]]

    @property
    def trials(self) -> float:
        """The nats for all the versions that might have agreed as well."""
        return math.log(max(1, len(self._met)))

    def list_leaves(self) -> list[tuple[str | None, list[Leaf]]]:
        """Give when each version began, and its leaves."""
        return [(since, _name_leaves(met)) for since, met in self._met]


def hold_record(record: ItemRecord) -> Held:
    """Give what all versions of a record hold, each value read once."""
    told = list_versions(record)
    most = max(_LEAST_LEAVES, MOST_LEAVES // max(1, len(told)))
    versions = [(since, _walk(fields, most)) for since, fields in told]
    places: dict[tuple[str | float, bool], tuple[str, object]] = {}
    for start, name, raw, is_listed in chain.from_iterable(met for _, met in versions):
        places[raw, is_listed] = start, name
    paths: dict[tuple[str, bool], str] = {}
    numbers: dict[float, None] = {}
    moments: dict[datetime, None] = {}
    for (raw, is_listed), (start, name) in places.items():
        value = _read_value(raw)
        if isinstance(value, str):
            paths[value, is_listed] = f"{start}{str(name)[:_KEY]}"
        elif isinstance(value, float):
            numbers[value] = None
        elif value is not None:
            moments[value] = None
    return Held(record.id, paths, numbers, moments, versions)


def sketch_record(record: ItemRecord) -> Sketch:
    """Give the keys by which a record is found, of all its versions: uint64, shape (n,), ascending.

    They are hashes of words: of a whole value, the head of one in a list, and each sign and pair of signs of a text
    that stands in no list, and of a long one all its signs; and of each path with whether its value is a text, from
    which it is known which paths hold texts. Numbers and moments have none. No value can be read from them; who
    guesses one can test it.
    """
    values: dict[tuple[str, bool], None] = {}
    paths: dict[str, str] = {}
    for _, fields in list_versions(record):
        for leaf in read_leaves(fields):
            if isinstance(leaf.value, str) and len(values) < MOST_LEAVES:
                values[leaf.value, leaf.is_listed] = None
                if not leaf.is_listed:
                    paths[leaf.path] = leaf.value
    keys = np.unique(np.concatenate((make_keys(list(values)), _make_path_keys(paths))))
    return Sketch(RECORD, keys, np.zeros(keys.size, np.int32))


def _make_path_keys(paths: Mapping[str, str]) -> NDArray[np.uint64]:
    values = read_values(list(paths.values()))
    is_text = (values.extents >= TEXT_EXTENT).tolist()
    return np.array([hash_path(path, is_text=told) for path, told in zip(paths, is_text, strict=True)], np.uint64)


@lru_cache(maxsize=10_000)
def hash_path(path: str, *, is_text: bool) -> int:
    """Give the key of a path whose value is a text, or is none."""
    return _digest(f"{path}\n{is_text}")


@lru_cache(maxsize=10_000)
def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "little")


def strip_words(text: str) -> str:
    """Give the emoji of a stretch of text, without what only joins or colours them."""
    found = "".join(_EMOJI.findall(text))
    return found.translate(dict.fromkeys(map(ord, _NO_EMOJI))) if found else ""


def list_gaps(said: str, tokens: Tokens, first: int, last: int) -> list[str]:
    """Give the emoji before, between and behind some tokens of a text, on their lines."""
    ends = tokens.ends[first:last].tolist()
    starts = tokens.starts[first:last].tolist()
    begin = max(said.rfind("\n", 0, starts[0]) + 1, starts[0] - _EDGE)
    end = min(len(said), ends[-1] + _EDGE)
    edge = said[ends[-1] : end].split("\n", 1)[0]
    return [
        *(strip_words(said[left:right]) for left, right in zip([begin, *ends[:-1]], starts, strict=True)),
        strip_words(edge),
    ]


@dataclass(frozen=True, eq=False)
class Values:
    """The texts of a record, each once.

    `said`: all of them, a line each. `bounds`: int64, (n + 1,), where the tokens of each begin. `extents`: int64, (n,),
    how much each says: its letters, where a token of one letter counts as three. `signs`: uint64, the tokens and the
    runs of emoji between them; `sign_tokens`: int64, the token that each is, or -1; `sign_bounds` as `bounds`.
    """

    said: str
    tokens: Tokens
    bounds: NDArray[np.int64]
    extents: NDArray[np.int64]
    signs: NDArray[np.uint64]
    sign_tokens: NDArray[np.int64]
    sign_bounds: NDArray[np.int64]


def read_values(texts: Sequence[str]) -> Values:
    """Read texts that have no line breaks."""
    said = "\n".join(texts)
    tokens = tokenise(said)
    lines = np.arange(len(texts) + 1)
    bounds = np.searchsorted(tokens.lines, lines).astype(np.int64)
    signs, places = tokens.hashes, np.arange(len(tokens), dtype=np.int64)
    starts = tokens.starts
    if not said.isascii():
        emoji = [(match.start(), strip_words(match[0])) for match in _EMOJI.finditer(said)]
        emoji = [(start, found) for start, found in emoji if found]
        if emoji:
            starts = np.concatenate((starts, np.array([start for start, _ in emoji], np.int32)))
            order = np.argsort(starts, kind="stable")
            starts = starts[order]
            signs = np.concatenate((signs, np.array([_digest(found) for _, found in emoji], np.uint64)))[order]
            places = np.concatenate((places, np.full(len(emoji), -1, np.int64)))[order]
    ends = np.cumsum([0, *(len(text) + 1 for text in texts)])
    return Values(
        said,
        tokens,
        bounds,
        _measure_extents(tokens.starts, tokens.ends, bounds),
        signs,
        places,
        np.searchsorted(starts, ends).astype(np.int64),
    )


def make_keys(texts: Sequence[tuple[str, bool]]) -> NDArray[np.uint64]:
    """Give the keys of values, each with whether a list holds it: uint64, shape (n,)."""
    values = read_values([text for text, _ in texts])
    flags = np.array(
        [_SINGLE * is_one_word(text) | _LISTED * listed | _LONG * (len(text) >= OWN_LENGTH) for text, listed in texts],
        np.int64,
    )
    return _make_keys(values.tokens.hashes, values.bounds, values.signs, values.sign_bounds, flags)


@numba.njit(cache=True)
def _measure_extents(
    starts: NDArray[np.int32], ends: NDArray[np.int32], bounds: NDArray[np.int64]
) -> NDArray[np.int64]:
    extents = np.zeros(bounds.size - 1, np.int64)
    for value in range(extents.size):
        for at in range(bounds[value], bounds[value + 1]):
            width = ends[at] - starts[at]
            extents[value] += _WIDE if width == 1 else width
    return extents


@numba.njit(cache=True)
def hash_bag(tokens: NDArray[np.uint64], start: int, end: int) -> np.uint64:
    """Give the hash of some tokens in any order."""
    total = np.uint64(end - start)
    for at in range(start, end):
        total += mix(tokens[at] ^ _BAG)
    return mix(total)


@numba.njit(cache=True)
def hash_whole(tokens: NDArray[np.uint64], start: int, end: int) -> np.uint64:
    """Give the key of a whole value."""
    return hash_bag(tokens, start, end) if end - start <= SHORT_TOKENS else hash_run(tokens, start, end)


@numba.njit(cache=True)
def hash_own(signs: NDArray[np.uint64], start: int, end: int) -> np.uint64:
    """Give the key of a long text that stands in no list, by all its words and emoji, within `OWN_KEYS`."""
    return _OWN | hash_run(signs, start, end) >> _OWN_BITS


OWN_KEYS = (_OWN, _OWN | np.uint64((1 << 40) - 1))
"""The least and the greatest key of a long text."""


@numba.njit(cache=True)
def _make_keys(
    tokens: NDArray[np.uint64],
    bounds: NDArray[np.int64],
    signs: NDArray[np.uint64],
    sign_bounds: NDArray[np.int64],
    flags: NDArray[np.int64],
) -> NDArray[np.uint64]:
    keys = np.empty(2 * signs.size + 3 * flags.size, np.uint64)
    count = 0
    for value in range(flags.size):
        start, end = bounds[value], bounds[value + 1]
        if start == end:
            continue
        keys[count] = hash_whole(tokens, start, end)
        count += 1
        if flags[value] & _LISTED:
            if end - start > SHORT_TOKENS:
                keys[count] = hash_bag(tokens, start, start + HEAD_TOKENS)
                count += 1
        elif not flags[value] & _SINGLE:
            start, end = sign_bounds[value], sign_bounds[value + 1]
            if flags[value] & _LONG:
                keys[count] = hash_own(signs, start, end)
                count += 1
            for at in range(start, end):
                keys[count] = hash_run(signs, at, at + 1)
                count += 1
            for at in range(start, end - 1):
                keys[count] = hash_run(signs, at, at + 2)
                count += 1
    return keys[:count]


@numba.njit(cache=True)
def list_asked(tokens: NDArray[np.uint64], lines: NDArray[np.int32]) -> tuple[NDArray[np.uint64], NDArray[np.int8]]:
    """Give the keys that a page may share with records, and of what each is.

    They are of runs of up to `SHORT_TOKENS` tokens of a line (`BAGS`), of `PAIRS`, and of one to three whole `LINES`.
    """
    room = tokens.size * (SHORT_TOKENS + 1 + _MOST_LINES)
    keys = np.empty(room, np.uint64)
    kinds = np.zeros(room, np.int8)
    count = 0
    for start in range(tokens.size):
        for end in range(start + 1, min(start + SHORT_TOKENS, tokens.size) + 1):
            if lines[end - 1] != lines[start]:
                break
            keys[count] = hash_bag(tokens, start, end)
            count += 1
        if start + 1 < tokens.size:
            keys[count], kinds[count] = hash_run(tokens, start, start + 2), PAIRS
            count += 1
        end = start
        for _ in range(_MOST_LINES if start == 0 or lines[start] != lines[start - 1] else 0):
            first = end
            while end < tokens.size and lines[end] == lines[first] and end - start <= MOST_CHARACTERS:
                end += 1
            if end > first and end - start > SHORT_TOKENS:
                keys[count], kinds[count] = hash_run(tokens, start, end), LINES
                count += 1
    return keys[:count], kinds[:count]
