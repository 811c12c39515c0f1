"""Tests of cloneward.protect.records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.model.content import Item, ItemRecord, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.protect.records import record_address, register_record, write_record

RECORD = ItemRecord(
    id="p1",
    kind="post",
    url="HTTPS://A.test/p1",
    title="A title",
    language="en",
    text="Some  words\nof ours.",
    rights="user",
    person="u1",
    subjects=("u2",),
    published_at="2026-01-02T03:04:05.000Z",
)


def test_an_item_says_what_its_owner_says():
    """Id, kind, address, title, rights, date and language are the owner's; the text is extracted as a page's is."""
    (registered,) = register_record(RECORD)
    body = write_record(RECORD)
    assert registered == Registered(
        item=Item(
            id="p1",
            kind="post",
            url="https://a.test/p1",
            title="A title",
            digest=digest_bytes(body),
            text_digest=digest_text("Some words\nof ours."),
            words=4,
            rights="user",
            published_at="2026-01-02T03:04:05.000Z",
            language="en",
        ),
        address="item:p1",
        body=body,
        text="Some words\nof ours.",
    )


def test_html():
    """Of a record with HTML alone the text is that of its page, and what it does not tell the page may."""
    html = "<html lang=de><title>T</title><meta property=article:published_time content=2026-01-02><p>Worte"
    (registered,) = register_record(ItemRecord(id="a", html=html))
    item = registered.item
    assert (registered.text, item.title, item.language, item.published_at) == ("Worte", "T", "de", "2026-01-02")


def test_items_without_words():
    """A record of fields or pictures alone is kept as an item of no words."""
    (registered,) = register_record(ItemRecord(id="a", images=("x.png",)))
    assert (registered.item.words, registered.text, registered.item.title) == (0, "", "a")
    assert b"x.png" in registered.body


def test_people_are_not_kept():
    """What is kept of a record names no person, and a change of anything else changes its digest."""
    body = write_record(RECORD)
    assert b"u1" not in body
    assert b"u2" not in body
    assert write_record(RECORD) == body
    assert write_record(ItemRecord(id="p1", text="Some  words\nof ours.")) != body


def test_bad_addresses():
    """An address that is none is told, and the item goes without."""
    problem, registered = register_record(ItemRecord(id="a", url="nowhere", text="x"))
    assert (problem.code, problem.page, registered.item.url) == ("address_invalid", "item:a", None)


@given(st.text(max_size=50), st.text(max_size=50), st.sampled_from(["text", "html"]))
def test_any_words_give_an_item(item, words, field):
    """Whatever an owner writes, there is an item whose digests are true."""
    record = ItemRecord(id=item, **{field: words})
    *problems, registered = register_record(record)
    assert registered.item.digest == digest_bytes(registered.body)
    assert registered.item.text_digest == digest_text(registered.text)
    assert all(isinstance(one, Problem) and one.page == record_address(record) for one in problems)


@pytest.mark.parametrize("item", ["a", "\u00e9", "a b", "http://x"])
def test_addresses(item):
    """A record is found again by its id, whatever file it comes in."""
    assert record_address(ItemRecord(id=item)) == f"item:{item}"
