"""Tests of cloneward.workflows.library."""

import os

import pytest

from cloneward.archive.folder import RawPage, read_pages
from cloneward.errors import EvidenceError, InputError
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.find import find_matches
from cloneward.model.content import Grant
from cloneward.settings import Settings, parse
from cloneward.store.workspace import Workspace
from cloneward.workflows import library as module
from cloneward.workflows.enrol import Enrolment, enrol
from cloneward.workflows.library import describe_owner, open_folders, open_store
from cloneward.workflows.reindex import reindex
from tests.drawings import draw, write
from tests.store.entries import JumpingClock

SETTINGS = Settings(site="https://owner.test/")


@pytest.fixture(scope="module")
def workspace(web, tmp_path_factory):
    """A workspace with the owner's pages."""
    workspace = Workspace.create(tmp_path_factory.mktemp("workspace"), "https://owner.test/", {})
    with workspace.writer(JumpingClock()) as store:
        assert list(enrol(web / "owner.test", "https://owner.test/", store, Enrolment())) == []
        reindex(store, workspace.index_folder)
    return workspace


def list_spans(library, site):
    """All that the pages of a site share with a library: page, the item's text digest, spans."""
    found = []
    for page in read_pages(site):
        text = fingerprint(extract(page.content).text)
        matches = find_matches(page.address, text, library.index, library.load).matches
        found += [(page.address, library.items[match.item].text_digest, match.spans) for match in matches]
    return sorted(found)


def test_a_folder_and_a_workspace_find_alike(web, workspace):
    """The same pages give the same matches, whether read on the spot or from a workspace."""
    folders, problems = open_folders([web / "owner.test"])
    assert problems == []
    with workspace.reader(JumpingClock()) as store:
        found = list_spans(open_store(store, SETTINGS, workspace.index_folder), web / "lessons-changed.test")
    assert found
    assert found == list_spans(folders, web / "lessons-changed.test")


def test_several_folders_are_one_library(web, tmp_path):
    """Folders and files are taken together; the same text twice is one item; what cannot be read is a problem."""
    (tmp_path / "more.html").write_text("<p>A page that stands in no other folder.")
    os.mkfifo(tmp_path / "pipe.html")
    one, _ = open_folders([web / "partner.test"])
    several, problems = open_folders([web / "partner.test", web / "partner.test", tmp_path])
    assert len(several.items) == len(one.items) + 1
    assert [problem.code for problem in problems] == ["not_a_file"]
    assert {item for item, _ in several.index.text.states()} == set(several.items)


def test_pictures_are_no_texts(tmp_path):
    """A picture is an item that has one picture and no words, so that it does not count where words are counted."""
    (tmp_path / "page.html").write_text("<p>words of ours")
    (tmp_path / "photo.jpg").write_bytes(write(draw(1)))
    library, problems = open_folders([tmp_path])
    assert problems == []
    (photo,) = (item.id for item in library.items.values() if item.kind == "photo")
    assert [library.count_media(item) for item in (photo, *(library.items.keys() - {photo}))] == [1, 0]
    assert {item for item, _ in library.index.text.states()} == library.items.keys() - {photo}


def test_a_text_is_there_once(tmp_path):
    """Pages of one text are one item on the spot too, and it is found by the address of any, or its id."""
    for name in ("a", "b-long", "c"):
        (tmp_path / f"{name}.html").write_text(f"<p>{'other ' * (name == 'c')}words of ours<!--{name}-->")
    library, _ = open_folders([tmp_path], "https://owner.test/")
    urls = {item.url: item.id for item in library.items.values()}
    assert set(urls) == {"https://owner.test/a.html", "https://owner.test/c.html"}
    assert {item for item, _ in library.index.text.states()} == set(library.items) == set(urls.values())
    first = urls["https://owner.test/a.html"]
    names = ["https://owner.test/a.html", "https://owner.test/b-long.html", first, first[:9]]
    assert [library.find_id(name) for name in names] == [first] * 4
    assert [library.find_id(name) for name in ("i", "x", "https://owner.test/none")] == [None] * 3


@pytest.mark.parametrize(
    ("name", "base", "domains"),
    [
        ("www.owner.test", None, {"owner.test"}),
        ("site", None, set()),
        ("site", "https://www.owner.example/docs", {"owner.example"}),
        ("www.owner.test", "https://other.test/", {"other.test"}),
    ],
)
def test_folders_tell_whose_they_are(web, tmp_path, name, base, domains):
    """Folders are those of the base's domain, or of the host that they are named after, and of nobody else's."""
    (tmp_path / name).symlink_to(web / "partner.test")
    library, _ = open_folders([tmp_path / name], base)
    assert library.owner.domains == domains
    assert {item.url for item in library.items.values()} == (
        {f"{base.rstrip('/')}/00{number}.html" for number in range(2)} if base else {None}
    )


def test_missing_folder(tmp_path):
    """A folder of ours that is not there stops the run: nothing could be compared with it."""
    with pytest.raises(InputError, match="nothing at"):
        open_folders([tmp_path / "none"])


def test_texts_at_hand_are_bounded(web, monkeypatch):
    """Only the texts used last are kept, each is read once while it is kept, and all are right."""
    monkeypatch.setattr(module, "_KEPT", 2)
    library, _ = open_folders([web / "owner.test"])
    reads = []
    read_text = library.read_text
    library.read_text = lambda item: reads.append(item) or read_text(item)
    first, second, third = list(library.items)[:3]
    for item in [first, second, first, third, first, second]:
        assert library.load([item])[0].tokens.count_words() == library.items[item].words
    assert reads == [first, second, third, second]


def test_items_are_read_together(web, workspace):
    """What is compared with one page is asked of the records in one go, and an item that is gone is still told."""
    with workspace.reader(JumpingClock()) as store:
        library = open_store(store, SETTINGS, workspace.index_folder)
        wanted = [item.id for item in store.items()][:3]
        asked = []
        store.find = asked.append
        loaded = library.load(wanted)
        assert [text.tokens.count_words() for text in loaded] == [library.items[item].words for item in wanted]
        assert asked == []
        with pytest.raises(KeyError):
            library.load(["gone"])


def test_damaged_text(web, workspace):
    """A text that is not what its digest says is evidence that does not hold, never compared."""
    with workspace.reader(JumpingClock()) as store:
        item = next(iter(store.items()))
        path = workspace.folder / "items" / item.text_digest[:2] / f"{item.text_digest[2:]}.zst"
        content = path.read_bytes()
        path.write_bytes(content[:-8])
        try:
            with pytest.raises(EvidenceError, match=item.text_digest):
                open_store(store, SETTINGS, workspace.index_folder).load([item.id])
        finally:
            path.write_bytes(content)


def test_owner_is_described_by_the_settings():
    """Domains, names and licences are the settings', in the forms that verdicts compare."""
    values = {
        "site": "https://www.owner.test/",
        "domains": ["Owner.example"],
        "brands": [{"name": "The Owner"}],
        "partners": [{"domain": "Partner.TEST", "may_show": ["https://owner.test/a*"], "until": "2026-12-31"}],
    }
    owner = describe_owner(parse(values, {}, source="x"), [])
    assert owner.domains == {"owner.test", "owner.example"}
    assert owner.names == ("The Owner",)
    assert owner.grants == (Grant(domain="partner.test", may_show=("https://owner.test/a*",), until="2026-12-31"),)


def test_an_address_is_a_source_too(web):
    """Pages read from the web make a library whose domain is that of the address."""

    class Gatherer:
        def gather(self, url):
            return iter(
                [RawPage(url, (next((web / "owner.test").rglob("*.html"))).read_bytes(), is_html=True, url=url)]
            )

    library, problems = open_folders(["https://www.owner.test/"], gatherer=Gatherer())
    assert problems == []
    assert [item.url for item in library.items.values()] == ["https://www.owner.test/"]
    assert library.owner.domains == {"owner.test"}
