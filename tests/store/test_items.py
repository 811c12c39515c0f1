"""Tests of reading items."""

import tracemalloc
from dataclasses import replace
from itertools import chain, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, InputError
from cloneward.model.codec import encode
from cloneward.model.content import ItemRecord, ItemVersion, Known
from cloneward.model.ids import digest_bytes
from cloneward.store import items as module
from cloneward.store.items import cut, storable
from tests.store.entries import make_entry


@pytest.fixture
def filled(store):
    """A store of twenty items."""
    store.add(store.begin_import("pages"), map(make_entry, range(20)))
    return store


def test_item_returns_as_it_was(store):
    """Every field of an item comes back, and its text and bytes with it."""
    entry = make_entry(
        7,
        "Grüße\naus 東京",
        kind="article",
        rights="licensed",
        language="de",
        published_at="2024-05",
        title="Grüße & <b>",
    )
    store.add(store.begin_import("pages"), [entry])
    item = store.get(entry.item.id)
    assert item == entry.item
    assert store.text(item) == entry.text
    assert store.body(item) == entry.body


def test_listing_goes_over_pages(filled, monkeypatch):
    """All items come by id, each once, however many pages the listing takes."""
    expected = [make_entry(number).item for number in range(20)]
    for rows in (1, 3, 20, 1000):
        monkeypatch.setattr(module, "PAGE_ROWS", rows)
        assert list(filled.items()) == expected


def test_listing_streams(filled, monkeypatch):
    """A listing holds one page in memory, so its size does not grow with the number of items."""
    monkeypatch.setattr(module, "PAGE_ROWS", 5)
    filled.add(filled.begin_import("more"), map(make_entry, range(20, 500)))
    sum(1 for _ in filled.items())
    tracemalloc.start()
    sum(1 for _ in filled.items())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 100_000, peak_bytes  # 500 items would take above 500,000


@pytest.mark.parametrize("prefix", ["i00007", "i00007"[:6]])
def test_get(filled, prefix):
    """An item is found by its id."""
    assert filled.get(prefix).title == "Page 7"


def test_get_by_unique_prefix(filled):
    """A prefix finds an item if it fits no other; a whole id is meant even where it begins another."""
    long = make_entry(99, id="i00007x")
    filled.add(filled.begin_import("pages"), [long, make_entry(98, id="z9")])
    assert filled.get("z").id == "z9"
    assert filled.get("i00007").id == "i00007"
    assert filled.get("i00007x").id == "i00007x"


@pytest.mark.parametrize("prefix", ["", "x", "I0000", "%", "i0000_", "i00007y"])
def test_get_nothing(filled, prefix):
    """A prefix that fits no item is the caller's to mend; it is text, not a pattern."""
    with pytest.raises(InputError, match="no item") as caught:
        filled.get(prefix)
    assert "protect list" in caught.value.hint


def test_get_several(filled):
    """A prefix that fits several items shows some of them."""
    with pytest.raises(InputError, match="several items begin with 'i0001'") as caught:
        filled.get("i0001")
    assert "i00010, i00011, i00012" in caught.value.hint


def test_known(filled, monkeypatch):
    """Known addresses give item and digest, unknown and removed ones nothing, over any number of pages."""
    monkeypatch.setattr(module, "PAGE_ROWS", 3)
    filled.remove("i00003")
    known = filled.known(f"https://example.org/{number}" for number in range(-5, 30))
    entries = [make_entry(number) for number in range(20) if number != 3]
    assert known == {entry.address: Known(id=entry.item.id, digest=entry.item.digest) for entry in entries}


def test_damaged_object(filled, workspace):
    """A damaged text or body is refused, not shown."""
    item = filled.get("i00007")
    for digest, read in ((item.text_digest, filled.text), (item.digest, filled.body)):
        (workspace.folder / "items" / digest[:2] / f"{digest[2:]}.zst").write_bytes(b"damaged")
        with pytest.raises(EvidenceError, match=digest):
            read(item)


def test_read_while_written(workspace, store, clock):
    """A reader sees what was committed before each look, in the middle of an import, and waits for nobody."""
    seen = []

    def make_and_look():
        with workspace.reader(clock) as reader:
            for number in count():
                if number == 10:
                    return
                yield make_entry(number)
                seen.append((reader.count(), len(list(reader.items()))))

    store.add(store.begin_import("pages"), make_and_look(), batch_entries=4)
    assert seen == [(0, 0)] * 3 + [(4, 4)] * 4 + [(8, 8)] * 3
    assert clock.slept_s == 0


def test_listing_while_written(filled, monkeypatch):
    """A listing that goes on while items come and go gives each item that stayed once."""
    monkeypatch.setattr(module, "PAGE_ROWS", 2)
    batch = filled.begin_import("more")
    given = []
    for number, item in enumerate(filled.items()):
        given.append(item.id)
        filled.add(batch, [make_entry(100 + number, id=f"a{number}")])
        if number == 4:
            filled.remove("i00012")
    assert given == [f"i{number:05d}" for number in range(20) if number != 12]


@given(st.text(st.characters(exclude_categories=[]), max_size=20))
def test_storable(text):
    """Any text becomes one that UTF-8 and PostgreSQL take, plain text stays, and twice changes nothing."""
    kept = storable(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept
    if "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text):
        assert kept == text


@given(st.lists(st.integers(), max_size=10), st.integers(1, 4))
def test_cut(things, size):
    """Cut lists joined again are the whole, and all but the last are full."""
    pages = list(cut(things, size))
    assert list(chain.from_iterable(pages)) == things
    assert all(len(page) == size for page in pages[:-1])
    assert all(pages)


def test_since_is_the_first_seal(store):
    """An item's priority is the time of its first text, whatever came later; an unknown item has none."""
    store.add(store.begin_import("pages"), [make_entry(1)])
    first = store.history("i00001")[0].since
    store.add(store.begin_import("pages again"), [make_entry(1, "Another text.")])
    assert len(store.history("i00001")) == 2
    assert store.since("i00001") == first
    assert store.since("i") is None


def test_find_takes_whole_ids(filled):
    """An item is found by its whole id only, and a removed one not at all."""
    assert filled.find("i00003") == make_entry(3).item
    assert filled.find("i0000") is None
    filled.remove("i00003")
    assert filled.find("i00003") is None


def test_languages_tell_the_unknown(store):
    """The languages of the items are listed once each, and an item of none shows as none."""
    store.add(store.begin_import("pages"), [make_entry(n, language=tag) for n, tag in enumerate(["en", "de", "en"])])
    assert store.languages() == {"en", "de"}
    store.add(store.begin_import("more"), [make_entry(9)])
    assert store.languages() == {"en", "de", None}


def test_mark_differs_after_every_change(store):
    """Adding, changing, removing and bringing back an item each give a mark that was never there before."""
    marks = [store.mark()]
    steps = [
        lambda: store.add(store.begin_import("a"), [make_entry(1), make_entry(2)]),
        lambda: store.add(store.begin_import("b"), [make_entry(1, "Another text.")]),
        lambda: store.remove("i00001"),
        lambda: store.remove("i00002"),
        lambda: store.add(store.begin_import("c"), [make_entry(1)]),
    ]
    for step in steps:
        step()
        marks.append(store.mark())
    assert len(set(marks)) == len(marks)
    store.add(store.begin_import("d"), [make_entry(1)])
    assert store.mark() == marks[-1]


def test_mark_of_all_differs_after_every_import(store):
    """Each import gives a mark that was never there before, whatever it changed, and reading changes none."""
    marks = [store.mark_all()]
    for title in ("One", "Another", "Another"):
        batch = store.begin_import("a")
        store.add(batch, [make_entry(1, title=title)])
        store.close_import(batch)
        marks.append(store.mark_all())
    store.remove("i00001")
    marks.append(store.mark_all())
    assert len(set(marks)) == len(marks)
    assert store.mark_all() == marks[-1]


FACTS = {
    "kind": "profile",
    "mandate": True,
    "person": "0" * 32,
    "subjects": ("1" * 32, "2" * 32),
    "minor": False,
    "visibility": "login",
    "visibility_since": "2026-01-02T03:04:05.000Z",
    "expires_at": "2027-01-02T03:04:05.000Z",
    "deleted_at": "2026-03-02T03:04:05.000Z",
}


def make_record(number, text="", **told):
    """A record of item `number`, with a name in its fields where none are told."""
    record = ItemRecord(id=f"i{number:05d}", **({"fields": {"name": f"n{number}"}} | told))
    entry = make_entry(number, text, body=encode(record).decode())
    body = encode(record)
    item = replace(entry.item, digest=digest_bytes(body))
    return replace(entry, item=item, body=body, record=record)


def test_people_and_visibility_return(store):
    """Whose an item is, whom it shows and who may see it come back as they were, and what is untold as none."""
    entries = [make_entry(1, **FACTS), make_entry(2)]
    store.add(store.begin_import("x"), entries)
    assert [store.get(entry.item.id) for entry in entries] == [entry.item for entry in entries]
    assert list(store.items()) == [entry.item for entry in entries]


def test_records(store, monkeypatch):
    """The records of items that have fields, now or in a version, are given by id, all in turn or some of them."""
    monkeypatch.setattr(module, "PAGE_ROWS", 2)
    past = (ItemVersion(fields={"name": "x"}),)
    entries = [*map(make_record, range(5)), make_record(5, fields=None, versions=past)]
    others = [make_record(6, fields=None, text="words"), make_record(7), make_entry(8)]
    store.add(store.begin_import("x"), [*entries, *others])
    store.remove("i00007")
    expected = {entry.item.id: entry.record for entry in entries}
    assert list(store.records()) == list(expected.items())
    assert dict(store.list_records()) == {entry.item.id: entry.item.digest for entry in entries}
    assert store.records_of([*expected, "i00006", "i00007", "i00008", "none"]) == expected
    assert store.record("i00003") == expected["i00003"]
    for name in ("i00006", "i00007", "i00008", "none"):
        with pytest.raises(InputError, match="no record of an item"):
            store.record(name)


def test_changed_records_are_told(store):
    """A record that changed has another digest, and another mark, though its text is the same."""
    store.add(store.begin_import("x"), [make_record(1), make_record(2)])
    before, mark = dict(store.list_records()), store.mark()
    store.add(store.begin_import("y"), [make_record(1, visibility="private"), make_record(2)])
    after = dict(store.list_records())
    assert {item for item in after if after[item] != before[item]} == {"i00001"}
    assert store.mark() != mark
    assert store.record("i00001").visibility == "private"


def test_records_of_an_older_release(store):
    """A record that was kept before some field was known is read, without it; what is none is told."""
    old = b'{"id":"i00001","kind":"profile","fields":{"name":"n"}}'
    entry = make_record(1)
    store.add(store.begin_import("x"), [replace(entry, item=replace(entry.item, digest=digest_bytes(old)), body=old)])
    assert store.record("i00001") == ItemRecord(id="i00001", kind="profile", fields={"name": "n"})
    entry = make_record(2)
    store.add(store.begin_import("x"), [replace(entry, item=replace(entry.item, digest=digest_bytes(b"x")), body=b"x")])
    with pytest.raises(EvidenceError, match="is no record"):
        store.record("i00002")


def test_languages_are_of_words(store):
    """An item without words leaves the languages of the others known."""
    entries = [make_entry(1, language="en"), make_entry(2, words=0)]
    store.add(store.begin_import("x"), entries)
    assert store.languages() == {"en"}
