"""Tests of cloneward.workflows.enrol."""

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from cloneward.errors import InputError
from cloneward.store.workspace import Workspace
from cloneward.workflows import enrol as module
from cloneward.workflows.enrol import Enrolment, enrol, enrol_address, make_intake
from cloneward.workflows.gather import Gatherer
from tests.archive.crawl import http, pack, pages, record
from tests.archive.test_media import FILM
from tests.fetch.hosts import JumpClock, answer
from tests.hostile_images import encode, make_picture
from tests.store.entries import JumpingClock
from tests.workflows.test_visit import Site

BASE = "https://owner.test/"


@pytest.fixture
def workspace(tmp_path):
    """An empty workspace."""
    return Workspace.create(tmp_path / "workspace", BASE, {})


@pytest.fixture
def site(tmp_path):
    """A folder of ten pages."""
    folder = tmp_path / "site"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.html").write_text(f"<p>Page {number} has some words of ours.")
    return folder


def run(workspace, source, base=BASE):
    """Enrol a source: the counts (new, changed, unchanged, problems), the problems' codes, and the seal."""
    enrolment = Enrolment()
    with workspace.writer(JumpingClock()) as store:
        problems = [problem.code for problem in enrol(source, base, store, enrolment)]
    counts = enrolment.new, enrolment.changed, enrolment.unchanged, enrolment.problems
    return counts, problems, enrolment.seal


def read(workspace):
    """The texts of all items by their addresses, and the number of imports."""
    with workspace.reader(JumpingClock()) as store:
        return {item.url: store.text(item) for item in store.items()}, len(store.imports())


def test_again_changes_nothing(workspace, site):
    """A second run over the same pages stores nothing new, and says so."""
    counts, _, seal = run(workspace, site)
    assert (counts, seal.count) == ((10, 0, 0, 0), 10)
    before, _ = read(workspace)
    counts, _, seal = run(workspace, site)
    assert (counts, seal.count) == ((0, 0, 10, 0), 0)
    assert read(workspace) == (before, 2)


def test_counts_what_changed(workspace, site):
    """New and changed pages are told apart; other bytes of the same text change nothing."""
    run(workspace, site)
    (site / "0.html").write_text("<p>Quite another text.")
    (site / "1.html").write_text("<div>Page 1 has some words of ours.</div>")
    (site / "new.html").write_text("<p>A new page.")
    counts, _, seal = run(workspace, site)
    assert (counts, seal.count) == ((1, 1, 9, 0), 2)
    texts, _ = read(workspace)
    assert texts["https://owner.test/0.html"] == "Quite another text."
    assert len(texts) == 11


def test_the_same_page_under_several_addresses_is_one(workspace, site, tmp_path):
    """Pages of one text are one item with the address they call their own, and the others' are kept and counted."""
    head = '<link rel="canonical" href="/first.html">'
    for name in ("copy", "first", "other"):
        (site / f"{name}.html").write_text(f"{head}<p>One text at several addresses.<!-- {name} -->")
    counts, _, seal = run(workspace, site)
    assert (counts, seal.count) == ((11, 0, 0, 0), 13)
    urls = [f"https://owner.test/{name}" for name in ("x", "x/", "x?utm_source=mail")]
    path = tmp_path / "crawl.warc"
    path.write_bytes(pack(*(record(url, http(b"<p>page x of ours")) for url in ["http://owner.test/x", *urls])))
    enrolments = []
    for _ in range(2):
        enrolments.append(Enrolment())
        with workspace.writer(JumpingClock()) as store:
            assert list(enrol(path, None, store, enrolments[-1])) == []
            items = dict(store.placed_items())
    assert [(one.new, one.unchanged, one.folded) for one in enrolments] == [(1, 0, 3), (0, 4, 0)]
    places = {item.url: others for item, others in items.items() if others}
    assert places == {
        "https://owner.test/first.html": ("https://owner.test/copy.html", "https://owner.test/other.html"),
        "https://owner.test/x": ("http://owner.test/x", *urls[1:]),
    }
    assert len(items) == 12


def test_one_of_two_files_changes(workspace, site):
    """Of two files of one text without addresses one may change: both texts are protected."""
    (site / "copy.html").write_bytes((site / "0.html").read_bytes())
    run(workspace, site, None)
    (site / "0.html").write_text("<p>Quite another text.")
    run(workspace, site, None)
    with workspace.reader(JumpingClock()) as store:
        texts = {store.text(item) for item in store.items()}
    assert texts >= {"Quite another text.", "Page 0 has some words of ours."}


def test_ticks_with_each_page(workspace, site):
    """Whoever watches hears of each page once, be it new, unchanged or not to be read."""
    (site / "0.html").write_bytes(b"")
    ticks = []
    for count in (10, 20):
        with workspace.writer(JumpingClock()) as store:
            list(enrol(site, BASE, store, Enrolment(), lambda: ticks.append(1)))
        assert len(ticks) == count


def test_problems_stop_nothing(workspace, site):
    """Pages that cannot be read are given as problems, and the others are stored."""
    (site / "0.html").write_bytes(b"")
    (site / "1.html").write_bytes(b"\0" * 500)
    (site / "2.html").unlink()
    os.mkfifo(site / "2.html")
    counts, problems, _ = run(workspace, site)
    assert counts == (7, 0, 0, 3)
    assert sorted(problems) == ["not_a_file", "not_text", "page_empty"]


@pytest.mark.parametrize("after", [0, 3, 7])
def test_killed_and_taken_up(workspace, site, monkeypatch, after):
    """A run that dies between two batches is taken up by the next: each page is stored once, under one seal."""
    monkeypatch.setattr(module, "_CHUNK", 2)
    seen = []
    read_bytes = Path.read_bytes

    def die(path):
        if path.parent == site and len(seen) >= after:
            raise MemoryError
        seen.append(path)
        return read_bytes(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", die)
        with pytest.raises(MemoryError):
            run(workspace, site)
    stored = len(read(workspace)[0])
    assert stored == after // 2 * 2
    counts, _, seal = run(workspace, site)
    assert counts == (10 - stored, 0, stored, 0)
    assert seal.count == 10
    assert read(workspace)[1] == 1


PAGES = 20


@pytest.fixture
def web_site():
    """A site of the web of so many pages, dated long ago, and a sitemap; its server tags what it sends."""
    links = "".join(
        f"<url><loc>http://site.test/{number}</loc>{number % 2 * '<lastmod>2020-01-01</lastmod>'}</url>"
        for number in range(PAGES)
    )
    pages = {f"/{number}": f"<p>words of page {number}".encode() for number in range(PAGES)}
    site = Site({"/sitemap.xml": f"<urlset>{links}</urlset>".encode()} | pages)
    yield site
    site.host.stop()


def run_address(workspace, site):
    """Enrol the sitemap of a site: new, changed, unchanged, problems, and what was asked for and sent."""
    site.asked.clear()
    site.sent.clear()
    enrolment, clock = Enrolment(), JumpClock()
    with workspace.writer(clock) as store:
        gatherer = Gatherer(site.reader(clock, store))
        list(enrol_address("http://site.test/sitemap.xml", gatherer, store, enrolment))
    counts = enrolment.new, enrolment.changed, enrolment.unchanged, enrolment.problems
    return counts, len(site.asked), sorted(site.sent)


def test_an_unchanged_site_sends_nothing(workspace, web_site):
    """A second run fetches no body, and asks only for what the sitemap does not date; what it skips stays."""
    counts, asked, sent = run_address(workspace, web_site)
    assert (counts, asked, len(sent)) == ((PAGES, 0, 0, 0), PAGES + 1, PAGES + 1)
    before, _ = read(workspace)
    assert run_address(workspace, web_site) == ((0, 0, PAGES, 0), PAGES // 2 + 1, [])
    assert read(workspace)[0] == before
    web_site.pages["/4"] = b"<p>quite other words"
    assert run_address(workspace, web_site) == ((0, 1, PAGES - 1, 0), PAGES // 2 + 1, ["/4"])
    assert read(workspace)[0] == before | {"http://site.test/4": "quite other words"}


def test_a_removed_page_comes_back_unfetched(workspace, web_site):
    """An item that was removed is registered again from what is kept of its page, like that of a folder."""
    run_address(workspace, web_site)
    with workspace.writer(JumpingClock()) as store:
        store.remove(next(item.id for item in store.items() if item.url == "http://site.test/3"))
    counts, _, sent = run_address(workspace, web_site)
    assert (counts, sent) == ((0, 1, PAGES - 1, 0), [])
    assert read(workspace)[0]["http://site.test/3"] == "words of page 3"


@pytest.mark.parametrize("after", [1, 9, PAGES - 1])
def test_killed_while_it_reads_the_web(workspace, web_site, after):
    """Killed at any point, the next run has every page once, and asks again for no page that had come."""
    rules = f'allow = ["{web_site.host.endpoint}"]\nresolve = {{"*.test" = "{web_site.host.endpoint}"}}\nper_host_s = 0'
    with (workspace.folder / "cloneward.toml").open("a") as settings:
        settings.write(f"\n[fetch]\n{rules}")
    command = ["protect", "add", "http://site.test/sitemap.xml", "--workspace", str(workspace.folder)]
    run = subprocess.Popen([sys.executable, "-m", "cloneward", *command], stderr=subprocess.PIPE)
    body = web_site.pages[f"/{after}"]

    def kill(_):
        run.kill()
        return answer(body)

    web_site.pages[f"/{after}"] = kill
    assert b"Traceback" not in run.communicate(timeout=60)[1]
    assert run.returncode == -signal.SIGKILL
    web_site.pages[f"/{after}"] = body
    counts, _, sent = run_address(workspace, web_site)
    assert sum(counts) == PAGES
    assert sent == sorted(f"/{number}" for number in range(after, PAGES))
    texts, imports = read(workspace)
    assert texts == {f"http://site.test/{number}": f"words of page {number}" for number in range(PAGES)}
    assert imports == 1


@pytest.mark.parametrize(("name", "base"), [("none", BASE), ("site", "owner.test"), ("n" * 300, None)])
def test_a_bad_source_leaves_no_import(workspace, site, name, base):
    """A source that is not there, or a base that is no address, is refused before anything is recorded."""
    with pytest.raises(InputError):
        run(workspace, site.parent / name, base)
    assert read(workspace) == ({}, 0)


def test_an_empty_folder_is_told(workspace, tmp_path):
    """A folder without a page is a problem, not a silent success."""
    (tmp_path / "empty").mkdir()
    assert run(workspace, tmp_path / "empty")[1] == ["no_pages"]


def test_a_source_whose_name_is_no_text(workspace, tmp_path):
    """A folder whose name is no UTF-8 is enrolled like any other."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "a.html").write_text("<p>Some words.")
    counts, _, seal = run(workspace, folder, None)
    assert counts == (1, 0, 0, 0)
    assert seal.source.endswith("caf\\xe9")
    assert run(workspace, folder, None)[0] == (0, 0, 1, 0)


def test_archives_carry_their_addresses(workspace, tmp_path):
    """Pages of a WARC are items of the addresses they were captured at, without a base; a second run adds nothing."""
    path = tmp_path / "crawl.warc.gz"
    urls = ["https://owner.test/1", "HTTPS://Owner.test:443/2"]
    changed = record(urls[0], http(b"<p>words that changed"), WARC_Date="2027-01-01T00:00:00Z")
    path.write_bytes(pack(*pages(*urls), changed, record(urls[0], length="x")))
    counts, problems, _ = run(workspace, path, None)
    assert (counts, problems) == ((2, 1, 0, 1), ["warc_damaged"])
    texts = {"https://owner.test/1": "words that changed", "https://owner.test/2": f"words of {urls[1]}"}
    assert read(workspace)[0] == texts
    assert run(workspace, path, None)[0] == (0, 0, 3, 1)


def test_records_keep_their_ids(workspace, tmp_path):
    """Items of JSONL keep their owner's id and words; what changed is told, in whatever file it comes."""
    path = tmp_path / "items.jsonl"
    records = [
        {
            "id": "a",
            "kind": "post",
            "url": "https://owner.test/a",
            "title": "A",
            "text": "some words",
            "rights": "user",
        },
        {"id": 7, "fields": {"name": "x"}},
        {"id": "b"},
    ]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    counts, problems, _ = run(workspace, path, None)
    assert (counts, problems) == ((2, 0, 0, 1), ["item_invalid"])
    with workspace.reader(JumpingClock()) as store:
        items = {item.id: item for item in store.items()}
    assert (items["a"].kind, items["a"].url, items["a"].rights, items["a"].words) == (
        "post",
        "https://owner.test/a",
        "user",
        2,
    )
    assert items["7"].words == 0
    records[0] |= {"text": "other words"}
    records[1] |= {"title": "Named"}
    other = tmp_path / "more.ndjson"
    other.write_text("".join(f"{json.dumps(one)}\n" for one in records[:2]))
    assert run(workspace, other, None)[0] == (0, 2, 0, 0)
    assert run(workspace, other, None)[0] == (0, 0, 2, 0)
    with workspace.reader(JumpingClock()) as store:
        assert store.get("7").title == "Named"


def take(workspace, source):
    """Enrol a source as the command does, without a network: the counts and the problems' codes."""
    enrolment = Enrolment()
    intake = make_intake(workspace, source, pytest.fail)
    with workspace.writer(JumpingClock()) as store:
        problems = [problem.code for problem in enrol(source, BASE, store, enrolment, intake=intake)]
    return (enrolment.new, enrolment.changed, enrolment.unchanged, enrolment.left_out), problems


def write_records(path, *records):
    """A file of records."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keys lie in a home of the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


PERSON = {"id": "u1", "kind": "profile", "fields": {"name": "A"}, "person": "who-1", "subjects": ["who-2", "who-1"]}


def test_people_are_codes(workspace, tmp_path):
    """No id of a person is anywhere in the workspace; the same person has the same code in every record and import."""
    source = write_records(tmp_path / "r.jsonl", PERSON, PERSON | {"id": "u2"})
    assert take(workspace, source) == ((2, 0, 0, 0), [])
    with workspace.reader(JumpingClock()) as store:
        one, two = store.items()
        records = dict(store.records())
    assert (one.person, one.subjects) == (two.person, two.subjects)
    assert one.subjects[1] == one.person != one.subjects[0]
    assert (records["u1"].person, records["u1"].subjects) == (one.person, one.subjects)
    files = [file for file in workspace.folder.rglob("*") if file.is_file()]
    kept = [zstandard.decompress(file.read_bytes()) if file.suffix == ".zst" else file.read_bytes() for file in files]
    assert [content for content in kept if b"who-" in content] == []
    assert one.person.encode() in b"".join(kept)


@pytest.mark.parametrize(
    "change",
    [
        {"person": "who-3"},
        {"subjects": []},
        {"deleted_at": "2026-03-01T00:00:00Z"},
        {"visibility": "private"},
        {"minor": True},
        {"fields": {"name": "B"}},
    ],
    ids=str,
)
def test_facts_alone_may_change(workspace, tmp_path, change):
    """A change of who, who may see it or what a field says is stored and sealed, though the text is the same."""
    source = write_records(tmp_path / "r.jsonl", PERSON, {"id": "b", "text": "words"})
    take(workspace, source)
    with workspace.reader(JumpingClock()) as store:
        before = store.get("u1")
        digests = dict(store.list_records())
    write_records(source, PERSON | change, {"id": "b", "text": "words"})
    assert take(workspace, source) == ((0, 1, 1, 0), [])
    with workspace.reader(JumpingClock()) as store:
        after = store.get("u1")
        assert dict(store.list_records())["u1"] not in digests.values()
        assert len(store.history("u1")) == 2
        assert sorted(one.count for one in store.imports()) == [1, 2]
    assert after != before
    assert take(workspace, source) == ((0, 0, 2, 0), [])


def test_no_key_without_people(workspace, site, home):
    """A key is made when the first person is met, and not for pages."""
    take(workspace, site)
    assert not home.exists()
    take(workspace, write_records(site / "r.jsonl", PERSON))
    assert len(list((home / "cloneward" / "keys").iterdir())) == 1


def test_pictures_of_a_folder(workspace, site):
    """Pictures and videos of a folder are items, those as small as icons aside; what is none is told."""
    for name, side in {"a.jpg": 100, "icon.png": 99}.items():
        (site / name).write_bytes(encode(make_picture(size=(300, side))))
    (site / "film.mp4").write_bytes(FILM)
    (site / "bad.png").write_bytes(b"<html>")
    assert take(workspace, site) == ((12, 0, 0, 1), ["image_unknown"])
    with workspace.reader(JumpingClock()) as store:
        found = {item.kind: item for item in store.items() if item.kind != "page"}
        assert (found["photo"].url, found["video"].url) == (f"{BASE}a.jpg", f"{BASE}film.mp4")
        assert store.body(found["video"]) == FILM
        assert store.show_media([found["photo"].digest]) == {found["photo"].digest: [(found["photo"].id, "a.jpg")]}
        assert store.languages() == {None}
    (site / "a.jpg").write_bytes(encode(make_picture(8)))
    assert take(workspace, site) == ((0, 1, 11, 1), ["image_unknown"])


def test_pictures_of_records(workspace, tmp_path):
    """A picture that a record names is kept; one that is another under its name is told from before."""
    (tmp_path / "a.jpg").write_bytes(encode(make_picture()))
    source = write_records(tmp_path / "r.jsonl", {"id": "a", "images": ["a.jpg", "none.jpg"], "videos": ["f"]})
    (tmp_path / "f").write_bytes(FILM)
    assert take(workspace, source) == ((1, 0, 0, 0), ["image_unread"])
    assert take(workspace, source) == ((0, 0, 1, 0), ["image_unread"])
    (tmp_path / "a.jpg").write_bytes(encode(make_picture(8)))
    assert take(workspace, source) == ((0, 1, 0, 0), ["image_unread"])
    with workspace.reader(JumpingClock()) as store:
        (picture, film) = store.media_of(store.get("a"))
        assert store.read_media(picture.digest) == encode(make_picture(8))
    assert (film.address, film.is_video) == ("f", True)


def test_pictures_on_the_web(workspace, tmp_path):
    """A picture at an address is fetched through the door once, and not again with the next import."""
    site, clock = Site({"/a.jpg": encode(make_picture()), "/page": b"<p>none"}), JumpClock()
    urls = [f"http://owner.test/{name}" for name in ("a.jpg", "page", "gone")]
    source = write_records(tmp_path / "r.jsonl", {"id": "a", "images": urls})
    enrolment = Enrolment()
    for _ in range(2):
        with workspace.writer(clock) as store:
            intake = make_intake(workspace, source, lambda: Gatherer(site.reader(clock, store)))
            problems = [problem.code for problem in enrol(source, None, store, enrolment, intake=intake)]
        assert sorted(problems) == ["image_unknown", "image_unread"]
    site.host.stop()
    assert (enrolment.new, enrolment.unchanged, site.asked.count("/a.jpg")) == (1, 1, 1)
    with workspace.reader(clock) as store:
        (picture,) = store.media_of(store.get("a"))
        assert (picture.address, store.read_media(picture.digest)) == (urls[0], encode(make_picture()))


def test_pictures_of_an_archive(workspace, tmp_path):
    """A picture that a crawl holds is an item at the address it was captured at."""
    picture = http(encode(make_picture()), media="image/jpeg")
    path = tmp_path / "x.warc.gz"
    path.write_bytes(pack(*pages("http://owner.test/p"), record("http://owner.test/a.jpg", picture)))
    assert take(workspace, path) == ((2, 0, 0, 0), [])
    assert take(workspace, path) == ((0, 0, 2, 0), [])
    assert {url for url, _ in read(workspace)[0].items()} == {"http://owner.test/p", "http://owner.test/a.jpg"}


def test_memory_is_bounded(workspace, tmp_path, monkeypatch):
    """Records that hold their pictures are taken a few at a time, however many there are."""
    monkeypatch.setattr(module, "BATCH_BYTES", 200_000)
    data = "data:image/jpeg;base64," + base64.b64encode(encode(make_picture()).ljust(90_000, b"x")).decode()
    source = write_records(tmp_path / "r.jsonl", *({"id": number, "images": [data]} for number in range(40)))
    sizes = []
    monkeypatch.setattr(module, "register_pages", lambda chunk, *_: sizes.append(len(chunk)) or [])
    take(workspace, source)
    assert sizes == [2] * 20
