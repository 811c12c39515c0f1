"""Text without what may name people. Recall comes first: what might be a name goes, and much goes that is none.

Out go addresses of mail and the web, handles, tags, long numbers, words with a capital that are not among the
commonest, words that mix letters with digits or points, a small word that stands alone on its line or before what
begins there, all words of scripts that have no capitals, and every other place where a word that went stands in small
letters or within another. Of a text without capitals only the commonest words stay. What stays are small words, short
numbers and marks. A name in small letters within a sentence, which stands nowhere else on the page, stays too, unless
the caller knows it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Part = Literal["email", "handle", "link", "name", "number", "tag"]

# Marks above and below letters are no `\w`; from the Indic scripts on whole blocks, as letters there carry signs.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0559-\u055f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0700-\u07ff\u0900-\u109f"
    "\u1780-\u17ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_LETTER: Final = rf"[\w{_MARKS}]"
_PATTERN: Final = re.compile(
    rf"""
    (?P<email> [^\s@<>(),;:"]{{1,200}} @ [^\s@<>(),;:"]{{1,200}} \. {_LETTER}{{2,63}} )
    | (?P<link> (?: \b [a-z][a-z0-9+]{{1,20}} :// | \b www\. ) [^\s<>"]{{1,2000}}
        | {_LETTER}{{1,63}} (?: [.-] {_LETTER}{{1,63}} ){{1,9}} / [^\s<>"]{{0,2000}} )
    | (?P<handle> @ {_LETTER} (?: [.\-·] ? {_LETTER} ){{0,200}} )
    | (?P<tag> \# {_LETTER}{{1,200}} )
    | (?P<date> \b \d{{4}} - \d\d - \d\d (?: T \d\d : \d\d (?: : \d\d )? Z ? )? )
    | (?P<number> \+ ? \(? \d (?: [\ ().\-/•*] {{0,3}} \d ){{4,40}} )
    | (?P<word> {_LETTER} (?: ['\u2019.\-·] ? {_LETTER} ){{0,200}} )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIRST: Final = re.compile(
    rf"^[^\w\n]*(?P<word>{_LETTER}(?:['\u2019.\-·]?{_LETTER}){{0,200}})(?P<rest>[^\w\n]*)(?P<next>[^\n]?)", re.MULTILINE
)
_SEPARATORS: Final = frozenset("·•|:¿¡")
_REPEATED: Final = re.compile(r"\[name\](?:[ \u00a0]?\[name\])+")
_LEAST_WITHIN: Final = 5  # letters of a word that went by which a longer one goes too
_LONGEST_WITHIN: Final = 40  # letters of a word that is looked through

_LEAST_CAPITALS = 0.02  # share of words below which a text is written without them
_ENOUGH_WORDS = 10

# Words that begin sentences and label things, none of them a name. Not here though common: may, will, mark, rose.
_COMMON: Final = frozenset(
    """
    a about above after again age all also am an and any are as at back be because been before being below between both
    but by can close com comments contact could cookie cookies copy copyright date day days delete did do does done
    download each edit email error every few find follow followers following for free from full get go had has have
    he help her here him his home how i id if in info into is it its just last left less like likes link links list
    load log login lives menu more most much my name new next no not now of off old on once one only open or other our
    out over page password phone photo photos please policy post posts previous privacy profile profiles publications
    read register related report results right save search see send settings share she show sign similar site so some
    start stories story such terms than that the their them then there these they this those through time to today
    too top total two under until up update upload us use user users very video videos view views was we were what
    when where which while who why with without year years you your
    aber als auch auf aus bei das dass dem den der des die ein eine er es für im in ist mit nicht oder sie sind und von
    war wie wir zu con de del el en es la las los no para por que se su un una y au aux avec ce ces dans des du elle et
    il je le les mais ne nous ou où par pas pour que qui sur un une vous che di e gli il io la lo per sono и в на не он
    она с что это я як та і у з на до
    """.split()  # noqa: RUF001  these are words of languages with letters of their own
)


@dataclass(frozen=True)
class Redacted:
    """A text in which what may name people is replaced by what it was, as `[name]`.

    `counts`: how often each went. `words`: how many words there were. `kept`: how many of them stand as they were.
    """

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)
    words: int = 0
    kept: int = 0


def redact(text: str, *, known: Collection[str] = (), keep: Collection[str] = ()) -> Redacted:
    """Give a text without what may name people; never raises, whatever the text.

    Look-alike forms of letters are made plain and invisible characters dropped, so offsets are not those of the text.

    Args:
        text: as it was extracted.
        known: names and handles that are known to stand there, in any case; each of their words goes.
        keep: words that name no person, as the host of the page, and stay.
    """
    plain = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in {"Cf", "Cs"}
    )
    safe = _COMMON | {word.casefold() for word in keep}
    alone = set(_list_small(plain) if _has_no_capitals(plain) else _list_alone(plain)) - safe
    gone = {part for one in known for part in _split(unicodedata.normalize("NFKC", one))} - safe
    for found in _PATTERN.finditer(plain):
        part = _tell_part(found, alone, safe)
        if part in {"name", "handle"}:
            gone.update(_split(found[0]))
    gone = {word for word in gone - safe if len(word) > 1}
    return _replace(plain, lambda found: _tell_part(found, alone, safe) or _find_again(found, gone, safe))


def _list_alone(text: str) -> Iterator[str]:
    """Give words that stand where pages put a handle: alone on a line, or before a sentence or a separator."""
    for found in _FIRST.finditer(text):
        after = found["next"]
        is_label = (
            not after or not _SEPARATORS.isdisjoint(found["rest"]) or after != after.lower() or _has_no_case(after)
        )
        if is_label:
            yield found["word"].casefold()


def _list_small(text: str) -> Iterator[str]:
    """Give all words: where nothing has a capital, nothing tells which of them is a name."""
    return (found[0].casefold() for found in _PATTERN.finditer(text) if found.lastgroup == "word")


def _has_no_capitals(text: str) -> bool:
    words = [found[0] for found in _PATTERN.finditer(text) if found.lastgroup == "word" and not _has_no_case(found[0])]
    return len(words) > _ENOUGH_WORDS and sum(one != one.lower() for one in words) < _LEAST_CAPITALS * len(words)


def _has_no_case(word: str) -> bool:
    return any(char.isalpha() and char.lower() == char.upper() for char in word)


def _replace(text: str, tell: Callable[[re.Match[str]], Part | None]) -> Redacted:
    counts: Counter[str] = Counter()
    words = kept = 0

    def put(found: re.Match[str]) -> str:
        nonlocal words, kept
        part = tell(found)
        words += 1
        if part is None:
            kept += 1
            return found[0]
        counts[part] += 1
        return f"[{part}]"

    made = _PATTERN.sub(put, text)
    return Redacted(_REPEATED.sub("[name]", made), dict(sorted(counts.items())), words, kept)


def _tell_part(found: re.Match[str], alone: Collection[str], safe: Collection[str]) -> Part | None:
    """Give what a piece of the text may be that names somebody, by its looks alone; none where it is nothing."""
    kind = found.lastgroup
    word = found[0]
    if word.casefold() in safe or kind == "date":
        return None
    if kind != "word":
        parts: Mapping[str | None, Part] = {one: one for one in ("email", "link", "handle", "tag", "number")}
        return parts[kind]
    if word.isdigit() or not any(char.isalpha() for char in word):
        return None
    if "_" in word or "." in word or any(char.isdigit() for char in word):
        return "handle"
    if _has_no_case(word) or word != word.lower():
        return "name"
    return "handle" if word.casefold() in alone else None


def _find_again(found: re.Match[str], gone: Collection[str], safe: Collection[str]) -> Part | None:
    """Say whether a word that looks like none is, or holds, one that went elsewhere."""
    word = found[0].casefold()
    if found.lastgroup != "word" or word in safe:
        return None
    pieces = {word, *_split(word)} if len(word) > 1 else set()
    if not pieces.isdisjoint(gone):
        return "name"
    short = word[:_LONGEST_WITHIN]
    within = (short[at : at + size] for size in range(_LEAST_WITHIN, len(short)) for at in range(len(short) - size + 1))
    return "name" if any(one in gone for one in within) else None


def _split(text: str) -> set[str]:
    """Give the words of a name or handle in small letters, and all of it."""
    small = text.casefold().strip("@")
    return {small, *(one for one in re.split(r"[\W\d_]+", small) if len(one) > 1)}
