"""Tests of cloneward.protect.records."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.model.codec import decode
from cloneward.model.content import Item, ItemRecord, ItemVersion, Media, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.protect.records import (
    MAX_MEDIA,
    Intake,
    Taken,
    record_address,
    register_record,
    take_record,
    write_record,
)

RECORD = ItemRecord(
    id="p1",
    kind="post",
    url="HTTPS://A.test/p1",
    title="A title",
    language="en",
    text="Some  words\nof ours.",
    rights="user",
    person="u1",
    subjects=("u2", "u3", "u2", ""),
    mandate=True,
    minor=False,
    visibility="login",
    visibility_since="2026-01-03T03:04:05.000Z",
    published_at="2026-01-02T03:04:05.000Z",
    expires_at="2027-01-02T03:04:05.000Z",
    deleted_at="2026-02-02T03:04:05.000Z",
)
PICTURES = {"a.jpg": b"a", "b.jpg": b"b", "c.mp4": b"c"}


def code(person):
    """A code of a person that a test can read."""
    return person.upper()


def read_media(reference):
    """What a reference leads to, among three files."""
    if reference not in PICTURES:
        return Problem(code="image_unread", page=None, text="it is not there", hint="look for it")
    content = PICTURES[reference]
    return Media(address=reference, content=content, digest=digest_bytes(content), is_video=reference == "c.mp4")


def take(record, **intake):
    """A record as it is taken in, with codes and pictures."""
    return take_record(record, Intake(**{"code": code, "read_media": read_media} | intake))


def register(record):
    """What becomes of a record."""
    return list(register_record(take(record)))


def test_an_item_says_what_its_owner_says():
    """Id, kind, address, title, rights, date and language are the owner's; the text is extracted as a page's is."""
    (registered,) = register(RECORD)
    taken = take(RECORD).record
    body = write_record(taken)
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
            mandate=True,
            person="U1",
            subjects=("U2", "U3"),
            minor=False,
            visibility="login",
            visibility_since="2026-01-03T03:04:05.000Z",
            published_at="2026-01-02T03:04:05.000Z",
            expires_at="2027-01-02T03:04:05.000Z",
            deleted_at="2026-02-02T03:04:05.000Z",
            language="en",
        ),
        address="item:p1",
        body=body,
        text="Some words\nof ours.",
        record=taken,
    )


def test_html():
    """Of a record with HTML alone the text is that of its page, and what it does not tell the page may."""
    html = "<html lang=de><title>T</title><meta property=article:published_time content=2026-01-02><p>Worte"
    (registered,) = register(ItemRecord(id="a", html=html))
    item = registered.item
    assert (registered.text, item.title, item.language, item.published_at) == ("Worte", "T", "de", "2026-01-02")


def test_items_without_words():
    """A record of fields or pictures alone is kept as an item of no words."""
    (registered,) = register(ItemRecord(id="a", images=("a.jpg",)))
    assert (registered.item.words, registered.text, registered.item.title) == (0, "", "a")
    assert b"a.jpg" in registered.body


def test_people_are_kept_as_codes():
    """What is kept of a record names no person but by a code, and without codes none at all."""
    body = write_record(take(RECORD).record)
    assert (b"u1" in body, b"u2" in body) == (False, False)
    assert (b"U1" in body, b"U2" in body) == (True, True)
    nobody = take(RECORD, code=None).record
    assert (nobody.person, nobody.subjects) == (None, ())
    assert take(ItemRecord(id="a", text="x", person="")).record.person is None


@pytest.mark.parametrize(
    "change",
    [
        {"person": "u9"},
        {"subjects": ("u2",)},
        {"mandate": None},
        {"minor": True},
        {"visibility": "private"},
        {"visibility_since": None},
        {"expires_at": None},
        {"deleted_at": None},
        {"rights": "own"},
        {"fields": {"name": "x"}},
        {"versions": (ItemVersion(text="x"),)},
    ],
    ids=str,
)
def test_any_change_is_another_digest(change):
    """A change of anything that a record says, also of who the person is, changes the digest of what is kept."""
    (before,), (after,) = register(RECORD), register(replace(RECORD, **change))
    assert (before.item.digest == after.item.digest, before.item.id == after.item.id) == (False, True)


def test_what_is_kept_can_be_read():
    """The bytes that are kept are the record again."""
    record = replace(RECORD, images=("a.jpg",), fields={"name": "x"}, versions=(ItemVersion(fields={"name": "y"}),))
    taken = take(record).record
    assert decode(write_record(taken), ItemRecord) == taken


def test_pictures_and_videos():
    """What a record refers to is read, in order, and a picture with other bytes is another record."""
    record = ItemRecord(id="a", images=("b.jpg", "a.jpg"), videos=("c.mp4",))
    (registered,) = register(record)
    assert registered.media == tuple(map(read_media, ("b.jpg", "a.jpg", "c.mp4")))
    assert registered.record.media_digests == tuple(map(digest_bytes, (b"b", b"a", b"c")))
    other = take(record, read_media=lambda name: replace(read_media(name), digest="0"))
    assert write_record(other.record) != registered.body


def test_unread_pictures_stop_nothing():
    """What cannot be read is told once for each kind of fault, and the item goes without it."""
    record = ItemRecord(id="a", images=("x" * 500, "a.jpg", "y"), videos=("z",))
    taken = take(record)
    (problem,) = taken.problems
    assert (problem.code, problem.page, problem.hint) == ("image_unread", "item:a", "look for it")
    assert problem.text == f"'{'x' * 100}': it is not there; 2 more like it"
    assert taken.media == (read_media("a.jpg"),)
    assert taken.record.media_digests == ("", digest_bytes(b"a"), "", "")
    assert take(record, read_media=None) == Taken(record)


@pytest.mark.timeout(20)
def test_many_pictures():
    """Of one record so many pictures are read and no more, which is told."""
    asked = []
    record = ItemRecord(id="a", images=("a.jpg",) * 100_000)
    taken = take(record, read_media=lambda name: asked.append(name) or read_media(name))
    assert (len(asked), len(taken.media)) == (MAX_MEDIA, MAX_MEDIA)
    assert [problem.code for problem in taken.problems] == ["media_capped"]


def test_data_are_kept_once():
    """Of a picture that stands in its reference the record keeps the head alone."""
    data = "data:image/png;base64," + "A" * 10_000
    taken = take(ItemRecord(id="a", images=(data,)), read_media=lambda _: read_media("a.jpg"))
    assert taken.record.images == ("data:image/png;base64",)
    assert len(write_record(taken.record)) < 1_000


def test_bad_addresses():
    """An address that is none is told, and the item goes without."""
    problem, registered = register(ItemRecord(id="a", url="nowhere", text="x"))
    assert (problem.code, problem.page, registered.item.url) == ("address_invalid", "item:a", None)


@given(st.text(max_size=50), st.text(max_size=50), st.sampled_from(["text", "html"]))
def test_any_words_give_an_item(item, words, field):
    """Whatever an owner writes, there is an item whose digests are true."""
    record = ItemRecord(id=item, **{field: words})
    *problems, registered = register(record)
    assert registered.item.digest == digest_bytes(registered.body)
    assert registered.item.text_digest == digest_text(registered.text)
    assert all(isinstance(one, Problem) and one.page == record_address(record) for one in problems)


@pytest.mark.parametrize("item", ["a", "\u00e9", "a b", "http://x"])
def test_addresses(item):
    """A record is found again by its id, whatever file it comes in."""
    assert record_address(ItemRecord(id=item)) == f"item:{item}"
