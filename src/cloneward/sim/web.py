"""A small seeded web on disk: one owner's site, those around it, and the truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from cloneward.sim import copyist
from cloneward.sim.page import Page
from cloneward.sim.templates import render
from cloneward.sim.text import make_page

if TYPE_CHECKING:
    from pathlib import Path

OWNER: Final = "owner.test"
OWNER_URL: Final = "https://owner.test/"
OWNER_TEMPLATE: Final = "wiki"
OWNER_NAME: Final = "The owner of owner.test"
PAGES: Final = 40  # of the owner
PAGES_OF_OTHERS: Final = 6  # of each other site
WORDS: Final = (600, 1400)  # of most pages of the owner
WORDS_SHORT: Final = 80  # of every tenth page of the owner
TENTH: Final = 10
HOST_FACTOR: Final = 1.5  # a host page has so many times the words of its excerpt

Edit = Callable[[Page, Random], Page]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one page of a site around the owner's, or of the whole site.

    `page` is the path within the site, or None when the line tells of the site.
    `item` is the owner's path that was copied, None where nothing was or where the
    line tells of a site. `words` counts the owner's words on the page after the edit,
    the changed ones included.
    """

    site: str
    page: str | None
    item: str | None
    edit: str
    words: int
    verdict: str
    standing: str


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """One site around the owner's: what it does to a page, and what that makes it."""

    site: str
    template: str
    edit: str
    verdict: str
    standing: str = "none_known"


_NEIGHBOURS: Final = (
    _Neighbour("viewer-verbatim.test", "viewer", "verbatim", "copy"),
    _Neighbour("forum-verbatim.test", "forum", "verbatim", "copy"),
    _Neighbour("mirror-verbatim.test", OWNER_TEMPLATE, "verbatim", "copy"),
    _Neighbour("news-shuffled.test", "news", "shuffled", "copy"),
    _Neighbour("lessons-changed.test", "lessons", "changed_15", "copy"),
    _Neighbour("scam-disguised.test", "scam", "disguised", "copy"),
    _Neighbour("tables-excerpt.test", "tables", "excerpt_50", "partial_copy"),
    _Neighbour("shop-excerpt.test", "shop", "excerpt_20", "partial_copy"),
    _Neighbour("mobile-excerpt.test", "mobile", "excerpt_10", "partial_copy"),
    _Neighbour("blog-quoting.test", "blog", "quotation", "benign", "quotation"),
    _Neighbour("partner.test", "print", "verbatim", "authorised", "licensed"),
    _Neighbour("unrelated-plain.test", "plain", "none", "unrelated"),
    _Neighbour("unrelated-blog.test", "blog", "none", "unrelated"),
    _Neighbour("unrelated-same-look.test", OWNER_TEMPLATE, "none", "unrelated"),
)


def write_web(
    folder: Path,
    seed: int,
    *,
    pages: int = PAGES,
    pages_of_others: int = PAGES_OF_OTHERS,
) -> tuple[Fact, ...]:
    """Writes the web below `folder` and returns what is true of it.

    Each site is a folder named by its host. `truth.jsonl` holds the same facts as are
    returned, one a line; `web.json` names the owner, its address and its partners.
    The same arguments give the same bytes.
    """
    owner = _write_owner(folder / OWNER, seed, pages)
    facts: list[Fact] = []
    for neighbour in _NEIGHBOURS:
        facts += _write_neighbour(folder, neighbour, owner, seed, pages_of_others)
    lines = (json.dumps(asdict(fact), sort_keys=True) for fact in facts)
    _write(folder / "truth.jsonl", "".join(f"{line}\n" for line in lines))
    about = {"owner": OWNER, "url": OWNER_URL, "partners": ["partner.test"]}
    _write(folder / "web.json", json.dumps({**about, "seed": seed}, indent=2) + "\n")
    return tuple(facts)


def _write_owner(folder: Path, seed: int, count: int) -> dict[str, Page]:
    rng = _make_rng(seed, OWNER)
    pages: dict[str, Page] = {}
    for number in range(count):
        words = rng.randint(*WORDS) if (number + 1) % TENTH else WORDS_SHORT
        pages[f"pages/{number:03}.html"] = make_page(rng, words)
    look = rng.getrandbits(32)  # one template, filled alike on every page
    for path, page in pages.items():
        html = render(OWNER_TEMPLATE, page.title, page.blocks, _make_rng(look, "look"))
        _write(folder / path, html)
    links = "\n".join(f'<li><a href="{path}">{page.title}</a></li>' for path, page in pages.items())
    _write(folder / "index.html", f"<title>{OWNER}</title>\n<ul>\n{links}\n</ul>\n")
    return pages


def _write_neighbour(folder: Path, neighbour: _Neighbour, owner: dict[str, Page], seed: int, count: int) -> list[Fact]:
    rng = _make_rng(seed, neighbour.site)
    long_enough = [path for path, page in owner.items() if page.words >= WORDS[0]]
    facts = []
    for number, item in enumerate(rng.sample(long_enough, count)):
        page, words = _edit_page(neighbour.edit, owner[item], item, rng)
        path = f"{number:03}.html"
        html = render(neighbour.template, page.title, page.blocks, rng)
        _write(folder / neighbour.site / path, html)
        source = item if words else None
        facts.append(_state_fact(neighbour, path, source, words))
    total = sum(fact.words for fact in facts)
    return [*facts, _state_fact(neighbour, None, None, total)]


def _state_fact(neighbour: _Neighbour, page: str | None, item: str | None, words: int) -> Fact:
    return Fact(
        neighbour.site,
        page,
        item,
        neighbour.edit,
        words,
        neighbour.verdict,
        neighbour.standing,
    )


def _edit_page(edit: str, page: Page, item: str, rng: Random) -> tuple[Page, int]:
    """The page that a neighbour shows, and how many of the owner's words it holds."""
    if edit == "none":
        return make_page(rng, rng.randint(*WORDS)), 0
    if edit == "quotation":
        host = make_page(rng, rng.randint(*WORDS))
        quoting = copyist.quote_page(page, host, OWNER_URL + item, OWNER_NAME, rng)
        return quoting, quoting.words - host.words
    if edit.startswith("excerpt_"):
        share = int(edit.removeprefix("excerpt_")) / 100
        host = make_page(rng, max(round(page.words * share * HOST_FACTOR), WORDS[0]))
        mixed = copyist.copy_excerpt(page, host, share, rng)
        return mixed, mixed.words - host.words
    return _WHOLE_EDITS[edit](page, rng), page.words


_WHOLE_EDITS: Final[dict[str, Edit]] = {
    "verbatim": lambda page, _: copyist.copy_verbatim(page),
    "shuffled": copyist.shuffle_blocks,
    "changed_15": lambda page, rng: copyist.change_words(page, 0.15, rng),
    "disguised": copyist.disguise,
}


def _make_rng(seed: int, name: str) -> Random:
    """A generator of its own for each site, so that one does not move the others."""
    return Random(f"{seed}/{name}")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
