"""Tests of pictures and videos as rows."""

from dataclasses import replace

import pytest

from cloneward.errors import EvidenceError
from cloneward.model.content import Media
from cloneward.model.ids import digest_bytes
from cloneward.store import items as reading
from tests.store.entries import make_entry

ONE, TWO, FILM = b"one", b"two", b"film"


def show(number, *contents, address="a{}.jpg", **fields):
    """Item `number` with pictures of these bytes, and as videos those that say film."""
    shown = tuple(
        Media(address=address.format(at), content=content, digest=digest_bytes(content), is_video=content == FILM)
        for at, content in enumerate(contents)
    )
    entry = make_entry(number, **fields)
    return replace(entry, media=shown)


def add(store, *entries):
    """Add entries by an import of their own."""
    return store.add(store.begin_import("x"), entries)


def name(*contents):
    """The digests, in order."""
    return sorted(map(digest_bytes, contents))


@pytest.mark.parametrize("page_rows", [1, 2, 1000])
def test_each_digest_once(store, monkeypatch, page_rows):
    """All digests come once, in order, however many are read at a time, and say which is a video."""
    monkeypatch.setattr(reading, "PAGE_ROWS", page_rows)
    add(store, show(1, ONE, FILM), show(2, ONE, TWO))
    assert list(store.media()) == [(digest, digest == digest_bytes(FILM)) for digest in name(ONE, TWO, FILM)]


def test_who_shows_it(store):
    """A digest leads to every item that shows it, in order, with the address that it has there."""
    add(store, show(2, TWO, ONE), show(1, ONE))
    assert store.show_media([*name(ONE, TWO), "none"]) == {
        digest_bytes(ONE): [("i00001", "a0.jpg"), ("i00002", "a1.jpg")],
        digest_bytes(TWO): [("i00002", "a0.jpg")],
    }
    assert store.read_media(digest_bytes(ONE)) == ONE


def test_removed_items_show_nothing(store):
    """What only a removed item shows is not found, until the item comes back."""
    add(store, show(1, ONE), show(2, TWO))
    store.remove("i00001")
    assert [digest for digest, _ in store.media()] == name(TWO)
    assert store.show_media(name(ONE)) == {}
    add(store, show(1, ONE))
    assert [digest for digest, _ in store.media()] == name(ONE, TWO)


@pytest.mark.parametrize("changed", [(TWO,), (ONE, TWO), (TWO, ONE), ()])
def test_what_an_item_shows_may_change(store, changed):
    """Another picture, one more, another order or none takes the place of what the item showed."""
    add(store, show(1, ONE))
    add(store, show(1, *changed))
    assert [digest for digest, _ in store.media()] == name(*changed)
    assert store.show_media(name(ONE, TWO)) == {
        digest_bytes(content): [("i00001", f"a{at}.jpg")] for at, content in enumerate(changed)
    }


def test_twice_in_one_batch(store):
    """Of an item that stands twice in one batch, the last one counts."""
    add(store, show(1, ONE), show(1, TWO, ONE), show(1, ONE))
    assert [digest for digest, _ in store.media()] == name(ONE)


def test_bytes_from_a_file(store, tmp_path):
    """The bytes of a film are taken from its file, and an item that is itself the film is made of them."""
    path = tmp_path / "film"
    path.write_bytes(FILM)
    film = Media(address="film", path=path, digest=digest_bytes(FILM), is_video=True)
    entry = make_entry(1, digest=digest_bytes(FILM))
    add(store, replace(entry, body=b"", media=(film,)))
    path.unlink()
    item = store.get("i00001")
    assert store.body(item) == store.read_media(item.digest) == FILM
    assert store.media_of(item) == (replace(film, path=None),)


def test_bytes_that_are_kept_already(store):
    """Media without bytes are taken for what the store holds; where it does not, or they are others, it is told."""
    add(store, show(1, ONE))
    kept = Media(address="x", digest=digest_bytes(ONE))
    add(store, replace(make_entry(2), media=(kept,)))
    assert store.show_media(name(ONE))[digest_bytes(ONE)] == [("i00001", "a0.jpg"), ("i00002", "x")]
    for bad in (replace(kept, digest="0" * 64), replace(kept, content=TWO)):
        with pytest.raises(EvidenceError, match="does not hold its digest"):
            add(store, replace(make_entry(3), media=(bad,)))


def test_other_pictures_are_a_version(store):
    """An item with pictures has a new version with every other byte, and is told to have changed."""
    assert add(store, show(1, ONE, body="a")).new == ("i00001",)
    assert add(store, show(1, ONE, body="a")).unchanged == 1
    assert add(store, show(1, TWO, body="b")).changed == ("i00001",)
    assert [version.digest for version in store.history("i00001")] == [digest_bytes(b"a"), digest_bytes(b"b")]
