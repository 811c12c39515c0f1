"""The values of a record, and the keys by which it is found."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.tokens import tokenise
from cloneward.match.fields import (
    MOST_DEPTH,
    MOST_LEAVES,
    RECORD,
    hold_record,
    is_one_word,
    list_asked,
    list_gaps,
    list_versions,
    make_keys,
    read_leaves,
    read_values,
    sketch_record,
    strip_words,
)
from cloneward.model.content import ItemRecord, ItemVersion

GOLDEN = Path(__file__).parents[1] / "golden" / "records.json"
FIELDS = {
    "handle": "mia.suvor",
    "name": "Mia Suvor",
    "bio": "Försterin aus Zürich,\n190 Katzen und keine Zeit 🪴",
    "link": "https://www.pot-lamp.test/",
    "counts": {"followers": 60_104, "rate": 4.5},
    "posts": [{"id": "703p-stZgY8", "time": "2025-10-28T21:30:15.000Z", "caption": "Regen"}, {"likes": 3}],
    "is_private": True,
    "note": None,
    "empty": "  ",
}
JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


def share(left, right):
    """Give the keys that two sets of values share."""
    return set(make_keys(left).tolist()) & set(make_keys(right).tolist())


def test_leaves_have_paths_and_kinds():
    """Each value is found by its path, as a number, a moment or a text; truths and what is empty are left out."""
    leaves = {leaf.path: (leaf.value, leaf.is_listed) for leaf in read_leaves(FIELDS)}
    assert leaves == {
        "handle": ("mia.suvor", False),
        "name": ("Mia Suvor", False),
        "bio": ("Försterin aus Zürich, 190 Katzen und keine Zeit 🪴", False),
        "link": ("pot-lamp.test", False),
        "counts.followers": (60_104, False),
        "counts.rate": (4.5, False),
        "posts.0.id": ("703p-stZgY8", True),
        "posts.0.time": (datetime(2025, 10, 28, 21, 30, 15, tzinfo=UTC), True),
        "posts.0.caption": ("Regen", True),
        "posts.1.likes": (3, True),
    }


@given(st.dictionaries(st.text(max_size=5), JSONISH, max_size=5))
def test_any_fields_are_read(fields):
    """Whatever stands in a record, its leaves and its keys are given and nothing is raised."""
    record = ItemRecord(id="a", fields=fields)
    assert len(read_leaves(fields)) <= MOST_LEAVES
    assert sketch_record(record).kind == RECORD


def nest(depth):
    """Give fields that are nested so deep."""
    inner = "bottom"
    for _ in range(depth):
        inner = {"a": inner}
    return {"a": inner, "top": "kept"}


def test_depth_and_number_are_bounded():
    """What is nested deeper than the bound is left out, and so are leaves and versions beyond theirs."""
    assert [leaf.value for leaf in read_leaves(nest(MOST_DEPTH - 2))] == ["bottom", "kept"]
    assert [leaf.value for leaf in read_leaves(nest(100_000))] == ["kept"]
    many = {"posts": [{"id": f"id{number}", "n": number} for number in range(100_000)]}
    assert len(read_leaves(many)) == MOST_LEAVES
    assert 0 < len(sketch_record(ItemRecord(id="a", fields=many))) <= 2 * MOST_LEAVES


def test_fields_of_now_are_a_version_of_their_own():
    """The fields as they are now are compared too, unless a version has the same."""
    old = ItemVersion(since="2024-01-01T00:00:00.000Z", fields={"a": "b"})
    text = ItemVersion(since="2023-01-01T00:00:00.000Z", text="not fields")
    record = ItemRecord(id="a", fields={"a": "c"}, versions=(text, old))
    assert list_versions(record) == [(old.since, {"a": "b"}), (None, {"a": "c"})]
    assert list_versions(ItemRecord(id="a", fields={"a": "b"}, versions=(old,))) == [(old.since, {"a": "b"})]


def test_all_versions_are_held_each_value_once():
    """Of all versions the texts are held once, with a path, and so are the numbers and moments."""
    versions = tuple(
        ItemVersion(since=f"202{year}-01-01T00:00:00.000Z", fields={**FIELDS, "counts": {"followers": year}})
        for year in range(3)
    )
    held = hold_record(ItemRecord(id="a", versions=versions))
    assert [since for since, _ in held.list_leaves()] == [version.since for version in versions]
    assert held.paths["Mia Suvor", False] == "name"
    assert held.paths["Regen", True] == "posts.0.caption"
    assert sorted(held.numbers) == [0, 1, 2, 3]
    assert len(held.moments) == 1
    assert held.trials == pytest.approx(math.log(3))


def test_a_record_with_a_hundred_thousand_posts_is_held_in_part():
    """Of many versions with very many posts together no more leaves are held than of one."""
    fields = {"name": "Mia", "posts": [{"id": f"id{number}", "n": number} for number in range(100_000)]}
    versions = tuple(ItemVersion(since=f"{2000 + n}-01-01T00:00:00.000Z", fields=fields) for n in range(20))
    held = hold_record(ItemRecord(id="a", versions=versions))
    assert sum(len(leaves) for _, leaves in held.list_leaves()) <= MOST_LEAVES
    assert ("Mia", False) in held.paths


def test_gaps_hold_the_emoji_of_their_line():
    """The emoji before, between and behind words are told, and those of other lines are not."""
    said = "🌙\n🪴 ab 🔥 cd 🌊\n🌙"
    assert list_gaps(said, tokenise(said), 0, 2) == ["🪴", "🔥", "🌊"]


def test_short_values_share_a_key_in_any_order():
    """A name in another order, case and script of letters has the same key, and another name has not."""
    assert share([("Mia Suvor", False)], [("SUVOR, Mia", True)])
    assert share([("Mia Suvor", True)], [("★ Miа Suvor ★", True)])  # one letter is Cyrillic
    assert not share([("Mia Suvor", True)], [("Mia Survor", True)])


def test_heads_of_long_values_in_lists_share_a_key():
    """A caption that was cut off behind four words or more is found."""
    whole = "Found this place behind the station in Portland"
    assert share([(whole, True)], [("Found this place behind", True)])


def test_a_page_asks_for_the_keys_of_what_it_shows():
    """Each value that stands on a page, alone or within a line, on one line or three, is asked for by its whole key."""
    page = "Profile of Suvor Mia here\nFörsterin aus Zürich,\n190 Katzen und keine Zeit 🪴\n@mia.suvor"
    tokens = tokenise(page)
    asked = set(list_asked(tokens.hashes, tokens.lines)[0].tolist())
    for text in ("Mia Suvor", "mia.suvor", "Försterin aus Zürich, 190 Katzen und keine Zeit"):
        assert int(make_keys([(text, True)])[0]) in asked


def test_signs_hold_emoji_where_they_stand():
    """Emoji between words are signs beside these, in order, and joiners and colours of them are none."""
    values = read_values(["a 🌊 b", "plain", "👨\u200d👩 c"])
    assert values.sign_tokens.tolist() == [0, -1, 1, 2, -1, 3]
    assert values.sign_bounds.tolist() == [0, 3, 4, 6]
    assert strip_words("x ❤\ufe0f, 👨\u200d👩!") == "❤👨👩"


@pytest.mark.parametrize(("text", "is_one"), [("mia.suvor", True), ("Mia Suvor", False), ("医生一枚", False)])
def test_one_word(text, is_one):
    """A handle is one word; a name of two is not, nor is a sentence in a script without spaces."""
    assert is_one_word(text) == is_one


def test_no_value_stands_in_the_keys():
    """The sketch of a record holds 64-bit hashes and nothing else."""
    sketch = sketch_record(ItemRecord(id="a", fields=FIELDS))
    assert sketch.hashes.dtype == "uint64"
    assert not sketch.positions.any()


def test_golden_records():
    """The keys of a fixed record are those of version 1: a change needs a new version."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    record = ItemRecord(id="a", fields=golden["fields"])
    assert [f"{key:016x}" for key in sketch_record(record).hashes.tolist()] == golden["record/1"]
