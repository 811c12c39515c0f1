"""The harmless pages are many and what they are said to be, and a wrong notice on one of them is seen."""

import json

import pytest

from tests.adversary.benign import (
    ITEMS,
    KINDS,
    OF_EACH,
    PARTNER,
    Item,
    judge_ready,
    list_foreign,
    list_items,
    list_pages,
    make_copy,
    make_page,
    write_items,
)

PAGES = list_pages(of_each=3, copies=6)
LEAST = 3_000
QUOTED_WORDS, QUOTED_SHARE = 100, 0.2


def shared_words(text, item):
    """Words of a page that lie in runs of eight words which an item has too."""
    words, known = text.split(), f" {item.text} "
    inside = set()
    for at in range(len(words) - 7):
        if f" {' '.join(words[at : at + 8])} " in known:
            inside |= set(range(at, at + 8))
    return len(inside)


def test_enough():
    """There are more kinds and pages than the figure asks for, each page at its own address and the same each time."""
    assert len(KINDS) * OF_EACH >= LEAST
    assert len(KINDS) >= 30
    assert len({page.url for page in PAGES if page.kind not in {"partner", "staging"}}) >= len(PAGES) - 6
    assert make_page("quotation", 7) == make_page("quotation", 7) != make_page("quotation", 8)


@pytest.mark.parametrize("kind", ["quotation", "forum", "class", "report", "review"])
def test_quotations(kind):
    """What quotes us does so within bounds, with our name and address beside it."""
    for number in range(5):
        page = make_page(kind, number).content.decode()
        most = max(shared_words(page, item) for item in list_items())
        assert most <= min(QUOTED_WORDS, QUOTED_SHARE * 800)
        assert "https://owner.test/articles/" in page


@pytest.mark.parametrize("kind", ["unrelated", "parody", "facts", "licence", "fan", "summary", "rival"])
def test_strangers(kind):
    """What is no copy shares no run of words with an article that would be one."""
    for number in range(3):
        page = make_page(kind, number).content.decode()
        assert max(shared_words(page, item) for item in list_items()) < 30


@pytest.mark.parametrize("kind", ["archive", "reader", "partner", "author", "same-person", "staging"])
def test_whole_copies(kind):
    """What may show us whole does, for a reason: its host, its bar with our address, or whose work it is."""
    page = make_page(kind, 0)
    text = page.content.decode()
    assert any(item.text in text for item in list_items())
    reasons = {"archive": "Archived", "reader": "Reader view", "partner": PARTNER, "staging": "owner-staging"}
    if kind in reasons:
        assert reasons[kind] in text + page.url
    else:
        whose = next(item for item in list_items() if item.text in text)
        assert whose.rights in {"licensed", "user"}


def test_controls():
    """A control shows an article of ours whole, that we own, and nothing of where it is from."""
    for number in range(6):
        page = make_copy(number).content.decode()
        item = next(item for item in list_items() if item.text in page)
        assert item.rights == "own"
        assert "owner.test" not in page


def test_items(tmp_path):
    """The items are records of the contract, most of them our own."""
    write_items(tmp_path / "items.jsonl")
    told = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text("utf-8").splitlines()]
    assert len({item["id"] for item in told}) == ITEMS
    assert sum(item["rights"] == "own" for item in told) >= 0.7 * ITEMS
    assert Item(3).write()["text"] == Item(3).text


def test_wrong_notices_are_seen():
    """A notice on a harmless page is wrong, none at all leaves the controls unready, a name of no page is told."""
    harmless = next(page for page in PAGES if page.is_harmless)
    controls = [page.name for page in PAGES if not page.is_harmless]
    right = judge_ready(PAGES, controls)
    assert (right["wrong"], right["controls_ready"]) == ([], 6)
    assert judge_ready(PAGES, [*controls, harmless.name])["wrong"] == [harmless.name]
    assert judge_ready(PAGES, [])["controls_ready"] == 0
    assert judge_ready(PAGES, ["elsewhere"])["unheard"] == ["elsewhere"]


def test_foreign(tmp_path):
    """Real pages are taken from each folder, spread over it."""
    for number in range(10):
        (tmp_path / f"{number}.html").write_text("x")
    assert [file.name for file in list_foreign([tmp_path], 2)] == ["0.html", "5.html"]
