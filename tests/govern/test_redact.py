"""Tests of text without what may name people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.govern.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ann.lee+x@mail.example.org today", "write to [email] today"),
        ("see https://a.example/ann?x=1 or www.ann.example", "see [link] or [link]"),
        ("at copy.example/annlee there", "at [link] there"),
        ("thanks to @ann_lee.94, and ＠bo", "thanks to [handle], and [handle]"),
        ("she is ann_lee or ann.lee or ann94 here", "she is [handle] or [handle] or [handle] here"),
        ("call +44 (0)20 7946-0018 now", "call [number] now"),
        ("in the shop of Ann Lee-Ömür, O’Neil", "in the shop of [name], [name]"),
        ("tagged #annlee", "tagged [tag]"),
        ("1,234 likes on 2026-11-24 at 12:30", "1,234 likes on 2026-11-24 at 12:30"),
        ("The page of the day", "The page of the day"),
    ],
)
def test_parts(text, expected):
    """Each kind of what may name somebody is replaced by what it was; the rest stays."""
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "name",
    [
        "Ann",
        "ANN",
        "Андрей",
        "Μαρία",
        "فاطمة",
        "תמר",
        "आरव शर्मा",
        "田中ひなた",
        "김수빈",
        "สมชาย",
        "Ա՛ննա",
        "𝓐𝓷𝓷",
        "ⒶⓃⓃ",
        "Đỗ Tuấn",
    ],
)
def test_every_script(name):
    """Names of every script go, also in letters that only look like letters, with all their signs."""
    assert redact(f"we met {name} there").text == "we met [name] there"


def test_hidden_within():
    """Characters that nobody sees do not cut a handle or a name in two."""
    assert redact("we met @a\u200bnn\u2060_lee and A\u00adnn").text == "we met [handle] and [name]"


def test_elsewhere_in_small_letters():
    """A name that stands somewhere with a capital or in a handle goes in small letters too, and within other words."""
    made = redact("Hannah says\nask hannah about hannahs bread, not hannover\nby @moore_k or from moore")
    assert made.text == "[name] says\nask [name] about [name] bread, not hannover\nby [handle] or from [name]"


def test_alone_on_a_line():
    """A small word alone on its line is taken for a handle, wherever it stands."""
    assert redact("thewindbay\n• posts •\nby thewindbay today").text == "[handle]\n• posts •\nby [handle] today"


@pytest.mark.parametrize("rest", ["No filter today", "· 16 posts", "¿qué tal?", "今日は"])
def test_before_what_begins(rest):
    """A small word before a sentence or a separator at the beginning of a line is taken for a handle."""
    assert redact(f"The page\nthewindbay {rest}").text.splitlines()[1].startswith("[handle] ")
    assert redact("The page\nwith some words").text == "The page\nwith some words"


def test_without_capitals():
    """Of a text in small letters, which tells names by nothing, the commonest words alone stay."""
    text = "this is the page of anna lee, who bakes bread with bo and has no time for capitals"
    expected = "this is the page of [handle] [handle], who [handle] [handle] with [handle] and has no time for [handle]"
    assert redact(text).text == expected


def test_what_the_caller_knows():
    """Known names go in any form, and words of the page's own stay."""
    assert redact("ask anna maria about it", known=["Anna Maria"]).text == "ask [name] about it"
    assert redact("Copies at copy.test", keep=["copy.test", "copies"]).text == "Copies at copy.test"


def test_counts():
    """It says how much went of what, so that a reader knows how much is missing."""
    made = redact("the Ann of bo@a.example and @cay")
    assert made.counts == {"email": 1, "handle": 1, "name": 1}
    assert (made.words, made.kept) == (6, 3)


@given(st.text())
def test_any_text(text):
    """No text raises, and of what is a handle or an address nothing is left."""
    made = redact(f"{text}\n@ann_lee ann@a.example")
    assert "ann" not in made.text.casefold().replace(text.casefold(), "") or "ann" in text.casefold()


@pytest.mark.parametrize("text", ["a." * 100_000, "@" * 200_000, "1 " * 100_000, "http://" * 30_000, "A" * 300_000])
def test_long_texts(text):
    """Texts that are made to be slow are read in time that grows with their length."""
    assert redact(text).words >= 0
