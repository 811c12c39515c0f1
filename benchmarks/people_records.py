"""A population of people on one platform: profiles with histories, many scripts, namesakes and odd names, by a seed.

Each is an item of the contract: kind profile, `fields` as they are now, `versions` from the first day that the owner
kept to now (the last has no end and is the same as `fields`). Fields: `handle`, `name`, `other_name` (in Latin letters,
where there is one), `bio`, `link`, `location`, `counts` (followers, following, posts) and `posts`, newest first, each
with `id`, `time` and `caption`.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cloneward.sim.text import NOUNS, make_name

KEPT_SINCE = datetime(2024, 9, 1, tzinfo=UTC)  # the owner's history begins
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMESAKES = 0.07  # of all, made on purpose; the small stock of names makes more
SIMILAR_HANDLE, SIMILAR_BIO = 0.4, 0.3  # of the namesakes
DECORATED = 0.06
BIO_MAX = 150  # characters
POSTS_SHOWN = (3, 7)
VERSIONS_MAX = 8
VISIBILITY = ("public",) * 14 + ("login",) * 4 + ("private",) * 2
SHORTCODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FEMALE = ("\N{CYRILLIC SMALL LETTER A}", "\N{CYRILLIC SMALL LETTER YA}")  # how a given name ends
FLAGS = ("🇬🇧", "🇪🇸", "🇹🇷", "🇯🇵", "🇧🇷", "🇮🇳", "🇺🇦", "🇩🇪")
LETTERS = {
    "cyrillic": dict(
        zip(
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
            "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g".split(),
            strict=True,
        )
    ),
    "greek": dict(
        zip(
            "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",
            "a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o".split(),
            strict=True,
        )
    ),
    "latin": dict(
        zip(
            "áàâãäåæçčéèêëíìîïıñóòôõöøśšúùûüýžßğşđ",
            "a a a a a a ae c c e e e e i i i i i n o o o o o o s s u u u u y z ss g s d".split(),
            strict=True,
        )
    ),
}


@dataclass(frozen=True)
class Culture:
    """What people of one language are called and write; see people_names.toml."""

    language: str
    weight: int
    given: Sequence[str]
    family: Sequence[str]
    cities: Sequence[str]
    trades: Sequence[str]
    likes: Sequence[str]
    bios: Sequence[str]
    captions: Sequence[str]
    letters: str = "latin"
    family_first: bool = False
    glue: str = " "


@dataclass(frozen=True)
class Self:
    """Who someone is: what a namesake may share."""

    culture: str
    name: str
    base: str  # of the handle
    bio: str


@dataclass
class Profile:
    """What a profile shows at one time."""

    handle: str
    name: str
    other_name: str
    bio: str
    link: str
    location: str
    followers: int
    following: int
    posts: int
    latest: list[dict[str, str]] = field(default_factory=list)

    def show(self) -> dict[str, Any]:
        """The fields of an item; what is empty is not told."""
        fields: dict[str, Any] = {"handle": self.handle, "name": self.name}
        for key in ("other_name", "bio", "link", "location"):
            if getattr(self, key):
                fields[key] = getattr(self, key)
        fields["counts"] = {"followers": self.followers, "following": self.following, "posts": self.posts}
        fields["posts"] = [dict(post) for post in self.latest]
        return fields


def read_cultures() -> tuple[dict[str, Culture], tuple[str, ...], tuple[str, ...]]:
    """The cultures by language, the emoji, and the ways to decorate a name."""
    known = tomllib.loads((Path(__file__).parent / "people_names.toml").read_text(encoding="utf-8"))
    emoji, decorations = known.pop("emoji").split(), known.pop("decorations")
    cultures = {}
    for language, told in known.items():
        lists = {key: _split(value) for key, value in told.items() if isinstance(value, str) and "\n" in value}
        cultures[language] = Culture(language, **{**told, **lists})
    return cultures, tuple(emoji), tuple(decorations)


def _split(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")] if "|" in text else text.split()


class Population:
    """Makes people one after another; the first thousand are the same however many are made."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.cultures, self.emoji, self.decorations = read_cultures()
        self._selves: list[Self] = []
        self._handles: set[str] = set()

    def make(self, count: int) -> Iterator[dict[str, Any]]:
        """So many items."""
        for number in range(count):
            yield self.make_item(number, Random(f"{self.seed}/person/{number}"))

    def make_item(self, number: int, rng: Random) -> dict[str, Any]:
        """The next item."""
        who = self._choose_self(rng)
        self._selves.append(who)
        created = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(int(12.5 * 365 * 86_400)))
        versions = list(self._live(who, created, rng))
        visibility = rng.choice(VISIBILITY)
        item = {
            "id": f"u{number:06}",
            "kind": "profile",
            "url": f"https://people.test/{versions[-1]['fields']['handle']}",
            "person": f"person-{number:06}",
            "visibility": visibility,
            "rights": "user",
            "published_at": write_time(created),
            "language": who.culture,
            "fields": versions[-1]["fields"],
            "versions": versions,
        }
        if visibility != "public":
            item["visibility_since"] = write_time(created + timedelta(days=rng.randrange(200)))
        if rng.random() < 0.01:
            item["minor"] = True
        return item

    def make_stranger(self, rng: Random, like: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The fields of someone who is not of the population, by the name of `like` if that is given."""
        who = self._make_self(rng)
        if like is not None:
            who = replace(who, name=like["name"], base=self._spell(like["name"]) or who.base)
        (version, *_) = self._live(who, KEPT_SINCE - timedelta(days=400), rng)
        return dict(version["fields"])

    def _choose_self(self, rng: Random) -> Self:
        who = self._make_self(rng)
        if not self._selves or rng.random() >= NAMESAKES:
            return who
        other = self._selves[rng.randrange(len(self._selves))]
        base = other.base if rng.random() < SIMILAR_HANDLE else who.base
        bio = self._edit_bio(other.bio, self.cultures[other.culture], rng) if rng.random() < SIMILAR_BIO else ""
        return Self(other.culture, other.name, base, bio or self._write_bio(self.cultures[other.culture], rng))

    def _make_self(self, rng: Random) -> Self:
        weights = [culture.weight for culture in self.cultures.values()]
        (culture,) = rng.choices(list(self.cultures.values()), weights)
        given, family = rng.choice(culture.given), rng.choice(culture.family)
        name = self._join_name(culture, given, family, rng)
        base = self._spell(name)
        if not base or rng.random() < 0.25:
            base = f"{rng.choice(NOUNS)}{rng.choice('._ ').strip()}{rng.choice(NOUNS)}"
        return Self(culture.language, name, base, self._write_bio(culture, rng))

    def _join_name(self, culture: Culture, given: str, family: str, rng: Random) -> str:
        if culture.language in {"en", "de"} and rng.random() < 0.35:
            family = make_name(rng)
        if culture.language == "es" and rng.random() < 0.5:
            family = f"{family} {rng.choice(culture.family)}"
        if culture.language in {"ru", "uk"} and given.endswith(FEMALE) and family.endswith(("ов", "ев", "ёв", "ин")):
            family += FEMALE[0]
        if culture.language == "en" and rng.random() < 0.2:
            given = f"{given} {rng.choice('ABCDEGHJKLMNPRSTW')}."
        kind = rng.random()
        if kind < 0.05:
            return given
        if kind < 0.08 and culture.letters != "latin":  # mixed scripts
            return f"{given} {make_name(rng)}"
        pair = (family, given) if culture.family_first else (given, family)
        return culture.glue.join(pair)

    def _spell(self, name: str) -> str:
        """The name in the letters of a handle; empty if no table has its letters."""
        spelled = []
        for char in name.lower():
            if char.isascii():
                spelled.append(char if char.isalnum() else "." if char == " " else "")
                continue
            found = next((table[char] for table in LETTERS.values() if char in table), None)
            if found is None:
                return ""
            spelled.append(found.strip("_"))
        return "".join(spelled).strip(".")[:24]

    def _write_bio(self, culture: Culture, rng: Random) -> str:
        parts = [self._fill(rng.choice(culture.bios), culture, rng)]
        if rng.random() < 0.45:
            parts.append(self._fill(rng.choice(culture.captions), culture, rng))
        if rng.random() < 0.5:
            parts.insert(rng.randrange(len(parts) + 1), "".join(rng.choices(self.emoji, k=rng.randint(1, 3))))
        if rng.random() < 0.2:
            parts.append(f"✉ {make_name(rng).lower()}@{rng.choice(NOUNS)}.test")
        return rng.choice((" ", " ", "\n", " | ")).join(parts)[:BIO_MAX] if rng.random() > 0.04 else ""

    def _edit_bio(self, bio: str, culture: Culture, rng: Random) -> str:
        """The bio with a word changed, a part gone or something added."""
        kind = rng.randrange(3)
        words = bio.split(" ")
        if kind == 0 and len(words) > 2:
            words[rng.randrange(len(words))] = rng.choice((*culture.likes, *culture.cities)).split(" ")[0]
            return " ".join(words)
        if kind == 1:
            return f"{bio} {rng.choice(self.emoji)}"[:BIO_MAX].strip()
        return f"{bio} {rng.choice(culture.likes)}"[:BIO_MAX].strip()

    def _fill(self, line: str, culture: Culture, rng: Random) -> str:
        lists = {"city": culture.cities, "trade": culture.trades, "like": culture.likes, "day": DAYS}
        for key, words in lists.items():
            while f"{{{key}}}" in line:
                line = line.replace(f"{{{key}}}", rng.choice(words), 1)
        while "{number}" in line:
            line = line.replace("{number}", str(rng.randint(2, 365)), 1)
        return line.replace("{year}", str(rng.randint(2009, 2026)))

    def _live(self, who: Self, created: datetime, rng: Random) -> Iterator[dict[str, Any]]:
        """The versions of a profile, each full, one after another without a gap."""
        culture = self.cultures[who.culture]
        profile = self._begin(who, culture, created, rng)
        start = max(created, KEPT_SINCE)
        spans = int((NOW - start).total_seconds())
        changes = min(VERSIONS_MAX - 1, int(rng.expovariate(0.4)))
        moments = sorted(start + timedelta(seconds=rng.randrange(3600, max(7200, spans))) for _ in range(changes))
        for moment in moments:
            if moment - start < timedelta(hours=3):
                continue
            yield {"from": write_time(start), "to": write_time(moment), "fields": profile.show()}
            self._change(profile, culture, start, moment, rng)
            start = moment
        yield {"from": write_time(start), "to": None, "fields": profile.show()}

    def _begin(self, who: Self, culture: Culture, created: datetime, rng: Random) -> Profile:
        latin = self._spell(who.name).replace(".", " ").title() if culture.letters != "latin" else ""
        start = max(created, KEPT_SINCE)
        profile = Profile(
            handle=self._take_handle(who.base, rng),
            name=self._decorate(who.name, culture, rng) if rng.random() < DECORATED else who.name,
            other_name=latin if rng.random() < 0.5 else "",
            bio=who.bio,
            link=f"https://{rng.choice(NOUNS)}-{rng.choice(NOUNS)}.test/" if rng.random() < 0.3 else "",
            location=rng.choice(culture.cities) if rng.random() < 0.4 else "",
            followers=int(rng.lognormvariate(6.2, 1.9)),
            following=int(rng.lognormvariate(5.6, 0.9)),
            posts=int(rng.lognormvariate(4.2, 1.2)),
        )
        shown = min(profile.posts, rng.randint(*POSTS_SHOWN))
        times = sorted(start - timedelta(seconds=rng.randrange(60, 90 * 86_400)) for _ in range(shown))
        profile.latest = [self._write_post(culture, moment, rng) for moment in reversed(times)]
        return profile

    def _change(self, profile: Profile, culture: Culture, since: datetime, moment: datetime, rng: Random) -> None:
        """What happened between two versions: some growth always, and one thing or several."""
        days = max(1.0, (moment - since).total_seconds() / 86_400)
        profile.followers = max(
            0, round(profile.followers * (1 + rng.gauss(0.0008, 0.0012) * days)) + rng.randint(0, 3)
        )
        profile.following = max(0, profile.following + round(rng.gauss(0.1, 0.3) * days))
        if rng.random() < 0.7:
            added = rng.randint(1, 5)
            times = sorted(moment - timedelta(seconds=rng.randrange(60, int(days * 86_400))) for _ in range(added))
            kept = max(len(profile.latest), min(added, POSTS_SHOWN[1]))
            new = [self._write_post(culture, time, rng) for time in reversed(times)]
            profile.latest = (new + profile.latest)[:kept]
            profile.posts += added
        elif profile.latest and rng.random() < 0.2:
            profile.latest.pop(rng.randrange(len(profile.latest)))
            profile.posts = max(0, profile.posts - 1)
        if rng.random() < 0.35:
            is_new = not profile.bio or rng.random() < 0.3
            profile.bio = self._write_bio(culture, rng) if is_new else self._edit_bio(profile.bio, culture, rng)
        if rng.random() < 0.06:
            profile.handle = self._take_handle(profile.handle.rstrip("0123456789_."), rng)
        if rng.random() < 0.05:
            profile.name = self._decorate(profile.name, culture, rng)
        if rng.random() < 0.08:
            profile.link = f"https://{rng.choice(NOUNS)}.test/{rng.choice(NOUNS)}"

    def _write_post(self, culture: Culture, moment: datetime, rng: Random) -> dict[str, str]:
        caption = self._fill(rng.choice(culture.captions), culture, rng)
        if rng.random() < 0.4:
            caption += f" {rng.choice(self.emoji)}"
        if rng.random() < 0.5:
            caption += "".join(f" #{rng.choice(NOUNS)}" for _ in range(rng.randint(1, 4)))
        return {"id": "".join(rng.choices(SHORTCODE, k=11)), "time": write_time(moment), "caption": caption}

    def _decorate(self, name: str, culture: Culture, rng: Random) -> str:
        form = rng.choice(self.decorations)
        return (
            form.replace("{trade}", rng.choice(culture.trades)).replace("{flag}", rng.choice(FLAGS)).replace("{}", name)
        )

    def _take_handle(self, base: str, rng: Random) -> str:
        """A handle that nobody has or had."""
        base = base[:24] or "user"
        forms = [base, base.replace(".", "_"), base.replace(".", "")]
        forms += [f"{rng.choice(forms)}{rng.choice(('', '_', '.'))}{rng.randint(1, 99)}", f"the{base.replace('.', '')}"]
        form = rng.choice(forms)
        while form in self._handles:
            form = f"{form}{rng.randint(0, 9)}"
        self._handles.add(form)
        return form


def write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
