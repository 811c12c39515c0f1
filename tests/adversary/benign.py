"""Pages that nobody may be written to about, and some that somebody may: a made web around one owner's articles.

Thirty kinds of harmless page stand on hosts of their own: what quotes, reviews, archives, translates, holds a licence,
shares a source with us, or has nothing to do with us. A notice that is ready to send on any of them is wrong. Copies
stand among them as a control: a program that is never ready to send proves nothing.

Left out: who published first. A page that claims an older date cannot prove it, and a copyist may claim one.
Real pages by other authors come beside these from the texts that the text benchmark brings: `list_foreign`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random
from typing import Any

from tests.adversary.words import ADJECTIVES, NOUNS, name_marker, tell, write_page

SEED = 20_261_124
ITEMS, OF_EACH, COPIES = 40, 110, 60
SENTENCES = 80  # of an article: some 800 words
OWNER, BRAND = "owner.test", "Lanternhouse"
PARTNER, STAGING = "partner.test", "owner-staging.test"
SOURCE = tell("a law of 1897, in the public domain", 8)  # which ours and others quote
LICENCE = tell("a licence that many programs carry", 40)
COOKIES = tell("a cookie notice that a vendor writes for all", 8)
SETTINGS = f"""domains = ["{OWNER}", "{STAGING}"]

[[brands]]
name = "{BRAND}"

[[partners]]
domain = "{PARTNER}"
"""
COUNTRIES = (
    "Albania Andorra Austria Belgium Bulgaria Croatia Cyprus Czechia Denmark Estonia Finland France Georgia Germany "
    "Greece Hungary Iceland Ireland Italy Latvia Liechtenstein Lithuania Luxembourg Malta Moldova Monaco Montenegro "
    "Netherlands Norway Poland Portugal Romania Serbia Slovakia Slovenia Spain Sweden Switzerland Ukraine"
)


@dataclass(frozen=True)
class Item:
    """One of our articles; one in four is not ours to claim: licensed, or a user's without a mandate."""

    number: int

    @property
    def text(self) -> str:
        told = tell(f"article {self.number}", SENTENCES)
        return f"{told} The law of 1897 says: {SOURCE}" if self.number % 5 == 0 else told

    @property
    def title(self) -> str:
        return f"{ADJECTIVES[self.number % 25].capitalize()} {NOUNS[self.number % 40]} {self.number}"

    @property
    def url(self) -> str:
        return f"https://{OWNER}/articles/{self.number}"

    @property
    def rights(self) -> str:
        return {1: "licensed", 2: "user"}.get(self.number % 8, "own")

    def write(self) -> dict[str, Any]:
        """The record that an owner imports."""
        told = {"id": f"article-{self.number}", "kind": "article", "url": self.url, "rights": self.rights}
        return told | {"text": self.text, "published_at": "2026-01-15T08:00:00Z", "visibility": "public"}


@dataclass(frozen=True)
class Page:
    """A foreign page. `is_harmless` is false for the controls."""

    name: str
    kind: str
    url: str
    content: bytes
    is_harmless: bool = True


def list_items() -> list[Item]:
    """All our articles."""
    return [Item(number) for number in range(ITEMS)]


def list_pages(of_each: int = OF_EACH, copies: int = COPIES, seed: int = SEED) -> list[Page]:
    """So many pages of each harmless kind, then the controls."""
    pages = [make_page(kind, number, seed) for kind in KINDS for number in range(of_each)]
    return [*pages, *(make_copy(number) for number in range(copies))]


def make_page(kind: str, number: int, seed: int = SEED) -> Page:
    """One harmless page."""
    rng = Random(f"{seed}/{kind}/{number}")
    item = Item(rng.choice(_list_ours() if kind not in BORROWED else BORROWED[kind]))
    title, body = KINDS[kind](item, rng)
    head = f'<link rel="canonical" href="{item.url}">' if kind in {"archive", "reader"} else ""
    host = {"partner": PARTNER, "staging": STAGING}.get(kind, f"{kind}-{number}.test")
    path = {"archive": f"/web/20261101000000/{item.url}", "reader": f"/read?url={item.url}"}.get(kind, f"/p/{number}")
    return Page(f"{kind}-{number:03}", kind, f"http://{host}{path}", write_page(title, body, head))


def make_copy(number: int) -> Page:
    """A page that has a whole article of ours under its own name, without a word of where it is from."""
    item = Item(_list_ours()[number % len(_list_ours())])
    title = f"Evening reader {name_marker(f'copy {number}')}"
    return Page(f"copy-{number:03}", "copy", f"http://copy-{number}.test/p", write_page(title, _show(item.text)), False)


def _list_ours() -> list[int]:
    return [number for number in range(ITEMS) if Item(number).rights == "own"]


BORROWED = {  # what we show by leave of others
    "author": [number for number in range(ITEMS) if Item(number).rights == "licensed"],
    "same-person": [number for number in range(ITEMS) if Item(number).rights == "user"],
}


def _own(rng: Random, sentences: int) -> str:
    """Words that are the page's own."""
    return tell(f"own words {rng.random()}", sentences)


def _cut(text: str, rng: Random, words: int) -> str:
    told = text.split()
    at = rng.randrange(len(told) - words)
    return " ".join(told[at : at + words])


def _show(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _cite(item: Item, quoted: str) -> str:
    link = f'<cite>From <a href="{item.url}">{escape(item.title)}</a>, {BRAND}</cite>'
    return f'<blockquote cite="{item.url}"><p>{escape(quoted)}</p>{link}</blockquote>'


Told = tuple[str, str]


def _quote(item: Item, rng: Random) -> Told:
    return "Worth reading", _show(_own(rng, 20)) + _cite(item, _cut(item.text, rng, rng.randrange(20, 90)))


def _review(item: Item, rng: Random) -> Told:
    quotes = [_cite(item, _cut(item.text, rng, 25)) + _show(_own(rng, 12)) for _ in range(3)]
    return f"A review of {item.title}", _show("I disagree with the author, and say why.") + "".join(quotes)


def _unrelated(item: Item, rng: Random) -> Told:
    return "Notes", _show(*(_own(rng, 10) for _ in range(5)))


def _licence(item: Item, rng: Random) -> Told:
    return "Licence of this program", _show(_own(rng, 5), LICENCE)


def _cookies(item: Item, rng: Random) -> Told:
    return "A shop", f"<div role=dialog>{COOKIES}</div>" + _show(_own(rng, 15))


def _common(item: Item, rng: Random) -> Told:
    cited = '<cite>Act of 1897, from <a href="http://law.test/1897">the law gazette</a></cite>'
    quoted = f'<blockquote cite="http://law.test/1897"><p>{SOURCE}</p>{cited}</blockquote>'
    return "The law of 1897", _show(_own(rng, 12)) + quoted + _show(_own(rng, 20))


def _archive(item: Item, rng: Random) -> Told:
    bar = f'<div id="archive-bar">Archived 1 November 2026 from <a href="{item.url}">{item.url}</a></div>'
    return item.title, f"{bar}{_show(item.text)}"


def _reader(item: Item, rng: Random) -> Told:
    bar = f'<header>Reader view of <a href="{item.url}">{item.url}</a> · translate · print</header>'
    return item.title, f"{bar}{_show(item.text)}"


def _whole(item: Item, rng: Random) -> Told:
    return item.title, _show(item.text)


def _feed(item: Item, rng: Random) -> Told:
    teasers = [
        f'<h2><a href="{it.url}">{it.title}</a></h2><p>{" ".join(it.text.split()[:28])}…</p><cite>{BRAND}</cite>'
        for it in map(Item, rng.sample(_list_ours(), 3))
    ]
    others = [f"<article><h2>{_own(rng, 1)}</h2><p>{_own(rng, 3)}</p></article>" for _ in range(9)]
    return "Feeds that I follow", "".join(teasers + others)


def _search(item: Item, rng: Random) -> Told:
    found = [
        f'<div><a href="{Item(number).url}">{Item(number).title}</a><p>… {_cut(Item(number).text, rng, 18)} …</p></div>'
        for number in rng.sample(_list_ours(), 5)
    ]
    return "Results 1 to 10", "".join(found) + _show(*(_own(rng, 2) for _ in range(10)))


def _forum(item: Item, rng: Random) -> Told:
    return "Thread: what do you make of it?", _show(_own(rng, 3)) + _cite(item, _cut(item.text, rng, 60)) + _show(
        *(_own(rng, 4) for _ in range(6))
    )


def _fan(item: Item, rng: Random) -> Told:
    return f"{BRAND} fans", _show(f"Everything about {BRAND}, by its readers; we are not {BRAND}.", _own(rng, 25))


def _parody(item: Item, rng: Random) -> Told:
    words = item.text.split()[:300]
    changed = [rng.choice(NOUNS) if number % 4 == 1 else word for number, word in enumerate(words)]
    return f"Not the {item.title}", _show("A parody.", " ".join(changed))


def _facts(item: Item, rng: Random) -> Told:
    nouns = [word.strip(".") for word in item.text.split() if word.strip(".") in NOUNS][:30]
    return "Today's news", _show(
        *(f"Officials said that the {noun} had been seen, {_own(rng, 1).lower()}" for noun in nouns)
    )


def _table(item: Item, rng: Random) -> Told:
    rows = "".join(f"<tr><td>{noun}</td><td>{rng.randrange(90)}</td></tr>" for noun in NOUNS)
    return "Price list", f"<table>{rows}</table>" + _show(_own(rng, 4))


def _countries(item: Item, rng: Random) -> Told:
    options = "".join(f"<option>{name}</option>" for name in COUNTRIES.split())
    return "Order form", f"<form><select>{options}</select></form>" + _show(_own(rng, 6))


def _login(item: Item, rng: Random) -> Told:
    form = '<form method="post" action="/login"><input name="user"><input type="password" name="pass"></form>'
    return "Sign in to Meadow Bank", form + _show(_own(rng, 3))


def _warning(item: Item, rng: Random) -> Told:
    form = '<form action="http://evil.test"><input type="password"></form>'
    return f"A fake {BRAND} sign-in page", _show(
        f"Beware: this page pretends to be {BRAND}. Do not type your password.", _own(rng, 8)
    ) + f"<pre>{escape(form)}</pre>"


def _parked(item: Item, rng: Random) -> Told:
    return "parked.test", _show("This domain is for sale.", "Related searches: reading, lanterns, articles.")


def _code(item: Item, rng: Random) -> Told:
    lines = "\n".join(f"def {noun}(self):\n    return self.{noun}" for noun in NOUNS)
    return "Reference", f"<pre>{lines}</pre>" + _show(_own(rng, 10))


def _cited(item: Item, rng: Random) -> Told:
    rows = [
        f"<li>{BRAND}: <i>{Item(number).title}</i>, {Item(number).url}</li>" for number in rng.sample(range(ITEMS), 20)
    ]
    return "Bibliography", _show(_own(rng, 12)) + f"<ol>{''.join(rows)}</ol>"


def _rival(item: Item, rng: Random) -> Told:
    return f"An alternative to {BRAND}", _show(f"Compare us with {BRAND}: we cost less.", _own(rng, 20))


def _recipe(item: Item, rng: Random) -> Told:
    steps = "".join(f"<li>{rng.randrange(1, 9)} g of {noun}</li>" for noun in rng.sample(NOUNS, 20))
    return "A recipe", f"<ul>{steps}</ul>" + _show(_own(rng, 8))


def _report(item: Item, rng: Random) -> Told:
    quoted = _cite(item, _cut(item.text, rng, 40))
    return "Transparency report", _show(f"{BRAND} asked a host to remove a copy of {item.url}.", _own(rng, 10)) + quoted


def _empty(item: Item, rng: Random) -> Told:
    return "", rng.choice(("", "<img src='/a.png'>", "<p>OK</p>", "<h2>404</h2>"))


def _tags(item: Item, rng: Random) -> Told:
    links = "".join(f'<a href="/tag/{noun}">{noun}</a> ' for noun in rng.sample(NOUNS, 30))
    return "All tags", f"<nav>{links}</nav>" + _show(_own(rng, 2))


def _summary(item: Item, rng: Random) -> Told:
    return f"Summary of {item.title}", _show(
        f"In short, {BRAND} tells of a {rng.choice(NOUNS)} and a {rng.choice(NOUNS)}.", _own(rng, 12)
    ) + f'<a href="{item.url}">The article</a>'


def _mention(item: Item, rng: Random) -> Told:
    return "Links of the week", _show(_own(rng, 6)) + f'<p>{BRAND}: <a href="{item.url}">{item.title}</a></p>'


def _class(item: Item, rng: Random) -> Told:
    return "Lesson 4", _cite(item, _cut(item.text, rng, 45)) + _show(
        "Discuss the passage. Which words show the author's view?", _own(rng, 10)
    )


KINDS: Mapping[str, Callable[[Item, Random], Told]] = {
    "quotation": _quote,
    "review": _review,
    "unrelated": _unrelated,
    "licence": _licence,
    "cookies": _cookies,
    "common-source": _common,
    "archive": _archive,
    "reader": _reader,
    "partner": _whole,
    "staging": _whole,
    "author": _whole,
    "same-person": _whole,
    "feed": _feed,
    "search": _search,
    "forum": _forum,
    "fan": _fan,
    "parody": _parody,
    "facts": _facts,
    "table": _table,
    "countries": _countries,
    "login": _login,
    "warning": _warning,
    "parked": _parked,
    "code": _code,
    "cited": _cited,
    "rival": _rival,
    "recipe": _recipe,
    "report": _report,
    "empty": _empty,
    "tags": _tags,
    "summary": _summary,
    "mention": _mention,
    "class": _class,
}


def list_foreign(folders: Iterable[Path], most: int) -> Iterator[Path]:
    """Real pages by other authors: up to so many of each folder of HTML, spread evenly."""
    for folder in folders:
        files = sorted(file for file in folder.rglob("*.htm*") if file.is_file())
        step = max(1, len(files) // most)
        yield from files[::step][:most]


def write_items(file: Path) -> None:
    """Our articles as JSON lines."""
    lines = [json.dumps(item.write(), ensure_ascii=False) for item in list_items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def judge_ready(pages: Iterable[Page], ready: Iterable[str]) -> dict[str, Any]:
    """Given the names of pages on which a notice was ready to send: the wrong ones, and how many controls were."""
    named, known = set(ready), list(pages)
    controls = [page for page in known if not page.is_harmless]
    return {
        "wrong": sorted(page.name for page in known if page.is_harmless and page.name in named),
        "harmless": sum(page.is_harmless for page in known),
        "controls": len(controls),
        "controls_ready": sum(page.name in named for page in controls),
        "unheard": sorted(named - {page.name for page in known}),
    }
