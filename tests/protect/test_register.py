"""Tests of cloneward.protect.register."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.archive.media import RawMedia
from cloneward.errors import InputError
from cloneward.model.content import Item, ItemRecord, Known, Media, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text, item_id
from cloneward.protect.records import Intake
from cloneward.protect.register import (
    Furniture,
    Located,
    Unchanged,
    join_languages,
    locate_pages,
    primary_language,
    rank_address,
    register_pages,
)
from cloneward.url import canonical

HTML = b"""<html lang="en-GB"><head><title> A  title </title>
<meta property="article:published_time" content="2026-01-02"></head><body><p>Some words of ours.</p></body></html>"""


def make_page(address="a.html", content=HTML, *, is_html=True):
    """One page as read."""
    return RawPage(address, content, is_html)


def locate(address, base):
    """The address and URL that one page gets below a base."""
    (located,) = locate_pages([make_page(address)], Path(), base)
    return located.address, located.url


def register(content=HTML, *, url="https://example.org/a.html", known=None, is_html=True):
    """What becomes of one page."""
    page = make_page(content=content, is_html=is_html)
    return list(register_pages([Located(page, url or "file:///a.html", url)], known or {}))


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://Example.org", "https://example.org/sub/a%20b.html"),
        ("https://example.org/", "https://example.org/sub/a%20b.html"),
        ("https://example.org/docs", "https://example.org/docs/sub/a%20b.html"),
        ("https://example.org/docs/", "https://example.org/docs/sub/a%20b.html"),
        ("https://example.org/docs/?q=1#x", "https://example.org/docs/sub/a%20b.html"),
    ],
)
def test_pages_lie_below_the_base(base, url):
    """A page's URL is its path below the base, with or without a slash at its end, in canonical form."""
    assert locate("sub/a b.html", base) == (url, url)


@given(st.lists(st.text(min_size=1).filter(lambda part: part not in {".", ".."} and "/" not in part), min_size=1))
def test_any_name_stays_below_the_base(parts):
    """Whatever a file is called, its URL is canonical, below the base, and no other file's."""
    address, url = locate("/".join(parts), "https://example.org/docs/")
    assert address == url == canonical(url)
    assert url.startswith("https://example.org/docs/")
    assert url.count("/") == 3 + len(parts)
    assert "?" not in url


@pytest.mark.parametrize("base", ["", "example.org", "ftp://example.org/", "https://"])
def test_base_must_be_an_address(base, tmp_path):
    """A base that is no web address is refused at once, before any page is read."""
    with pytest.raises(InputError, match="not a web address"):
        locate_pages(iter(()), tmp_path, base)


def test_without_base_the_file_is_the_address(tmp_path):
    """Without a base a page has no URL and is known by its file, however the folder was named."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_bytes(HTML)
    expected = (tmp_path / "a.html").as_uri()
    for source in [tmp_path, tmp_path / "sub" / "..", tmp_path / "a.html"]:
        (located,) = locate_pages([make_page()], source, None)
        assert (located.address, located.url) == (expected, None)


def test_problems_pass_through(tmp_path):
    """What could not be read goes on as it is, in its place."""
    problem = Problem(code="file_unreadable", page="b.html", text="b.html cannot be read")
    given_on = list(locate_pages([make_page(), problem], tmp_path, None))
    assert given_on[1] is problem
    assert list(register_pages(given_on, {}))[1] is problem


def test_an_item_says_what_the_page_says():
    """An item carries the page's title, language and date, and the digests of its bytes and its text."""
    (registered,) = register()
    assert registered == Registered(
        item=Item(
            id=item_id("https://example.org/a.html"),
            url="https://example.org/a.html",
            title="A title",
            digest=digest_bytes(HTML),
            text_digest=digest_text("Some words of ours."),
            words=4,
            published_at="2026-01-02",
            language="en-GB",
        ),
        address="https://example.org/a.html",
        body=HTML,
        text="Some words of ours.",
        rank=rank_address("https://example.org/a.html", None),
    )


def test_the_id_outlives_the_text():
    """A page with a URL keeps its id when its text changes; one without has that of its text."""
    (one,), (other,) = register(), register(HTML.replace(b"ours", b"mine"))
    assert one.item.id == other.item.id
    (one,), (again,), (other,) = (
        register(content, url=None) for content in [HTML, HTML + b"\n", HTML.replace(b"ours", b"mine")]
    )
    assert one.item.id == again.item.id != other.item.id


def test_a_shared_id_is_not_taken_along():
    """When one of two files of the same text changes, it becomes an item of its own; alone, it keeps its id."""
    changed = HTML.replace(b"ours", b"mine")
    known = {"file:///a.html": Known(id="i", digest=digest_bytes(HTML))}
    (alone,) = register(changed, url=None, known=known)
    (shared,) = register(changed, url=None, known={"file:///a.html": replace(known["file:///a.html"], is_shared=True)})
    assert (alone.item.id, shared.item.id) == ("i", item_id(digest_text("Some words of mine.")))


@pytest.mark.parametrize(
    "addresses",
    [
        ["https://a.test/x", "http://a.test/x", None],
        ["https://a.test/x", "https://a.test/x/", "https://a.test/x?a=1", "https://a.test/x?utm_source=n"],
        ["https://a.test/long?id=5", "https://a.test/x?FBCLID=1&id=5", "http://a.test/x"],
    ],
)
def test_plain_addresses_come_first(addresses):
    """Of addresses of one text, https goes before http, then what follows no visitor, has no query, and is short."""
    ranks = [rank_address(url, None) for url in addresses]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(
    ("link", "place"),
    [("http://A.test/x?a=1", 0), ("/x?a=1", 0), ("", 1), (None, 1), ("http://[", 1), ("ftp://x", 1), ("/x", 2)],
)
def test_the_page_itself_names_its_address(link, place):
    """The address that its page calls the canonical one goes before all, one that names another behind."""
    url, other = "http://a.test/x?a=1", "https://a.test/x"
    ranks = {0: rank_address(other, None), 1: rank_address("http://a.test/x?a=2", None)}
    rank = rank_address(url, link)
    assert (rank < ranks[0]) == (place == 0)
    assert (rank > ranks[1]) == (place == 2)


def test_pages_without_words_have_no_rank():
    """What has signs and no words is no copy of other such pages; nor is a record that of another."""
    (signs,) = register("<p>☃ ☃ ☃".encode())
    assert signs.rank is None
    item = RawItem(ItemRecord(id="a", text="some words"), "x.jsonl#1", "0:1")
    (given_record,) = register_pages(locate_pages([item], Path(), None), {})
    assert given_record.rank is None


def test_known_pages_are_not_read_again():
    """A page whose bytes are those known for its address is passed over; known bytes elsewhere are not."""
    url = "https://example.org/a.html"
    assert register(known={url: Known(id="i", digest=digest_bytes(HTML))}) == [Unchanged(url)]
    assert isinstance(register(known={url: Known(id="i", digest=digest_bytes(b"old"))})[0], Registered)
    assert isinstance(
        register(known={"https://example.org/b.html": Known(id="i", digest=digest_bytes(HTML))})[0], Registered
    )


def test_an_edited_file_stays_the_same_item():
    """A page without a URL keeps the id of its address when its text changes; two files of one text are one item."""
    (first,) = [given for given in register(url=None) if isinstance(given, Registered)]
    known = {first.address: Known(id=first.item.id, digest=first.item.digest)}
    (edited,) = register(b"<p>another text", url=None, known=known)
    assert (edited.item.id, edited.item.text_digest != first.item.text_digest) == (first.item.id, True)
    (elsewhere,) = register(b"<p>another text", url=None)
    assert elsewhere.item.id != first.item.id


@pytest.mark.parametrize("content", [b"", b" \n", b"\0\1\2\3" * 100])
def test_a_page_without_text_is_no_item(content):
    """What has no text gives its problem, under its page, and no item."""
    (problem,) = register(content)
    assert (problem.page, bool(problem.text)) == ("a.html", True)


def test_plain_text_is_not_parsed():
    """Plain text is taken as it stands, and its file's name is its title."""
    (registered,) = register(b"<p>one</p>", is_html=False)
    assert (registered.text, registered.item.title) == ("<p>one</p>", "a.html")


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_an_item_or_a_problem(content, is_html):
    """Whatever the bytes, there is an item whose digests are true, or a problem, or no text at all."""
    for given_one in register(content, is_html=is_html):
        if isinstance(given_one, Registered):
            assert given_one.item.digest == digest_bytes(content)
            assert given_one.item.text_digest == digest_text(given_one.text)
            given_one.text.encode()
        else:
            assert given_one.page == "a.html"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), (" de ", "de"), ("", ""), (None, ""), ("-", "")],
)
def test_primary_language(tag, language):
    """The primary subtag is in lower case, and none is none."""
    assert primary_language(tag) == language


def test_languages_are_all_or_nothing():
    """The languages of the items are known only where that of each is: an unknown one may be any."""
    assert join_languages(["en-GB", "en", "fr"]) == {"en", "fr"}
    assert join_languages(["en", None]) == frozenset()
    assert join_languages([]) == frozenset()


def test_captured_pages_keep_their_addresses():
    """A captured page has the address it was captured at, with or without a base; its second capture tells the date."""
    first = RawPage("HTTP://A.test/x", HTML, is_html=True, url="HTTP://A.test/x")
    again = replace(first, address="HTTP://A.test/x 2026-01-01", content=HTML + b"more")
    bad = replace(first, url="http://[a/")
    for base in [None, "https://example.org/"]:
        one, two, three = locate_pages([first, again, bad], Path(), base)
        assert (one.address, one.url) == ("http://a.test/x", "http://a.test/x")
        assert (two.address, two.url) == ("http://a.test/x 2026-01-01", "http://a.test/x")
        assert three.code == "address_invalid"


def test_records_are_known_by_their_ids():
    """A record has the address of its id; unchanged it is passed over, and with other words on it it is not."""
    item = RawItem(ItemRecord(id="a", text="some words"), "x.jsonl#1", "0:1")
    (located,) = locate_pages([item], Path(), None)
    assert located.address == "item:a"
    (registered,) = register_pages([located], {})
    assert registered.item.id == "a"
    known = {"item:a": Known(id="a", digest=registered.item.digest)}
    assert list(register_pages([located], known)) == [Unchanged("item:a")]
    retitled = replace(item, record=ItemRecord(id="a", text="some words", title="T"))
    (registered,) = register_pages(locate_pages([retitled], Path(), None), known)
    assert registered.item.title == "T"


def test_people_and_pictures_of_records():
    """A record is taken in with codes and pictures where there is the means; what cannot be read is told each time."""
    item = RawItem(ItemRecord(id="a", person="u", images=("a.jpg",)), "x.jsonl#1", "0:1")
    problem = Problem(code="image_unread", page=None, text="none", hint="look")
    intake = Intake(code=str.upper, read_media=lambda _: problem)
    located = list(locate_pages([item], Path(), None))
    told, registered = register_pages(located, {}, intake)
    assert (told.code, told.page, registered.item.person) == ("image_unread", "item:a", "U")
    known = {"item:a": Known(id="a", digest=registered.item.digest)}
    assert list(register_pages(located, known, intake)) == [told, Unchanged("item:a")]


def picture(height=100, width=100, *, digest="d", is_video=False, url=None):
    """One picture or video as read."""
    media = Media(address="sub/a.jpg", digest=digest, is_video=is_video)
    return RawMedia(address="sub/a.jpg", media=media, height=height, width=width, url=url)


def register_media(raw, known=None, base="https://example.org/"):
    """What becomes of one picture."""
    return list(register_pages(locate_pages([raw], Path("/x"), base), known or {}))


@pytest.mark.parametrize("is_video", [False, True])
def test_pictures_and_videos_are_items(is_video):
    """A picture is an item of no words at its address, whose bytes are those of its picture, and a video likewise."""
    raw = picture(is_video=is_video)
    (registered,) = register_media(raw)
    url = "https://example.org/sub/a.jpg"
    assert registered == Registered(
        item=Item(
            id=item_id(url),
            kind="video" if is_video else "photo",
            url=url,
            title="sub/a.jpg",
            digest="d",
            text_digest=digest_text(""),
            words=0,
        ),
        address=url,
        body=b"",
        text="",
        media=(raw.media,),
    )
    assert register_media(raw, {url: Known(id="i", digest="d")}) == [Unchanged(url)]
    (changed,) = register_media(raw, {url: Known(id="i", digest="e")})
    assert changed.item.id == "i"


def test_pictures_without_an_address():
    """A picture at no address of the web has its id from its bytes, whatever it is called."""
    (registered,) = register_media(picture(), base=None)
    assert (registered.item.id, registered.item.url) == (item_id("d"), None)
    (captured,) = register_media(picture(url="http://a.test/x.jpg"))
    assert captured.item.url == "http://a.test/x.jpg"


@pytest.mark.parametrize(("height", "width", "is_item"), [(99, 500, False), (500, 99, False), (100, 100, True)])
def test_small_pictures_are_furniture(height, width, is_item):
    """A picture whose shorter side has under 100 px is an icon or a button; a video has no such bound."""
    (found,) = register_media(picture(height, width))
    assert isinstance(found, Registered if is_item else Furniture)
    assert isinstance(register_media(picture(0, 0, is_video=True))[0], Registered)


def test_what_is_held():
    """What a page, a picture or a record takes of memory is about what they hold."""
    record = ItemRecord(id="a", text="x" * 10, html="y" * 20, images=("z" * 30,), videos=("v" * 40,))
    items = [make_page(content=b"x" * 100), picture(), RawItem(record, "x.jsonl#1", "0:1")]
    assert [Located(item, "a", None).held_bytes for item in items] == [100, 0, 100]
