"""Tests of cloneward.workflows.background."""

import pytest

from cloneward.errors import EvidenceError, InputError
from cloneward.fetch.http import Fetcher
from cloneward.settings import Fetch
from cloneward.store.workspace import Workspace
from cloneward.workflows.background import Background, add_address, add_pages
from cloneward.workflows.check import Check
from cloneward.workflows.enrol import Enrolment, enrol
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.library import open_store
from cloneward.workflows.reindex import BACKGROUND, is_behind, reindex
from cloneward.workflows.visit import Reader
from tests.archive.crawl import http, record
from tests.drawings import draw, write
from tests.fetch.hosts import Host, JumpClock, answer, running, say

WIRE = " ".join(f"wire{number} word{number * 7}" for number in range(60))
OWN = " ".join(f"mine{number} own{number * 3}" for number in range(200))
THEIRS = " ".join(f"theirs{number} else{number * 5}" for number in range(90))

# Its bytes in this charset are guessed to be another's, so that what the server declared is seen to count.
PAGE, CHARSET = f"<p>{WIRE.replace('wire', 'łódź')}", "iso-8859-2"


def write_page(folder, name, *texts):
    """Write a page with a paragraph for each text."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("<title>A page</title>" + "".join(f"<p>{text}</p>" for text in texts))
    return folder


@pytest.fixture
def workspace(tmp_path):
    """A workspace with one item: a wire text among words of its own."""
    workspace = Workspace.create(tmp_path / "workspace", "https://owner.test/", {})
    site = write_page(tmp_path / "site", "news.html", OWN, WIRE)
    with workspace.writer(JumpClock()) as store:
        list(enrol(site, "https://owner.test/", store, Enrolment()))
        reindex(store, workspace.index_folder)
    return workspace


def judge(workspace, target):
    """Give verdict and direction of a target."""
    with workspace.reader(JumpClock()) as store:
        library = open_store(store, workspace.settings, workspace.index_folder)
        (checked,) = Check(library=library, clock=JumpClock()).run(target)
    return checked.verdict.verdict, checked.verdict.direction


def add(workspace, source):
    """Add a source to the background and bring the index up."""
    background = Background()
    ticks = []
    with workspace.writer(JumpClock()) as store:
        problems = add_pages(source, workspace.index_folder, background, lambda: ticks.append(1))
        reindex(store, workspace.index_folder)
        assert not is_behind(store, workspace.index_folder)
    return background, problems, len(ticks)


def test_a_wire_text_is_nobodys_copy(workspace, tmp_path):
    """A page that shares only the wire text is a partial copy before the background has it, and benign after."""
    shared = write_page(tmp_path / "paper", "news.html", WIRE, THEIRS)
    copied = write_page(tmp_path / "copy", "news.html", OWN, WIRE)
    assert judge(workspace, shared)[0] == "partial_copy"
    background, problems, _ = add(workspace, write_page(tmp_path / "agency", "wire.html", WIRE))
    assert (background.pages, background.problems, problems) == (1, 0, ())
    assert background.fingerprints > 10
    assert judge(workspace, shared) == ("benign", "common_source")
    assert judge(workspace, copied)[0] == "copy"


def test_again_changes_nothing(workspace, tmp_path):
    """The same pages twice leave the background as it was; others are added to it."""
    agency = write_page(tmp_path / "agency", "wire.html", WIRE)
    first, *_ = add(workspace, agency)
    assert add(workspace, agency)[0] == first
    write_page(agency, "more.html", THEIRS)
    more, _, ticks = add(workspace, agency)
    assert more.fingerprints > first.fingerprints
    assert (more.pages, ticks) == (2, 2)


def test_records_are_a_background_too(workspace, tmp_path):
    """What a file of records holds is added like pages, and their problems are told with their place."""
    file = tmp_path / "texts.jsonl"
    file.write_text(f'{{"id": "w", "text": "{WIRE}"}}\nno json\n{{"id": "e", "images": ["a.png"]}}\n')
    background, problems, _ = add(workspace, file)
    assert (background.pages, background.pictures) == (1, 0)
    assert len(problems) == background.problems == 2
    assert all(problem.page for problem in problems)


def test_pictures_are_a_background_too(workspace, tmp_path):
    """Pictures of a folder, and those of records, are set aside: who shows them has nothing of ours."""
    ours = write_page(tmp_path / "photos", "page.html", OWN)
    for number in (1, 2, 3):
        (ours / f"{number}.jpg").write_bytes(write(draw(number)))
    with workspace.writer(JumpClock()) as store:
        list(enrol(ours, "https://owner.test/photos/", store, Enrolment()))
        reindex(store, workspace.index_folder)
    shown = write_page(tmp_path / "paper", "news.html", THEIRS)
    for number in (1, 2):
        (shown / f"{number}.jpg").write_bytes(write(draw(number, 400, 300), quality=60))
    with (shown / "news.html").open("a") as page:
        page.write('<img src="1.jpg"><img src="2.jpg">')
    assert judge(workspace, shown)[0] == "partial_copy"
    agency = tmp_path / "agency"
    agency.mkdir()
    (agency / "1.jpg").write_bytes(write(draw(1, 600, 450)))
    (agency / "torn.jpg").write_bytes(write(draw(5))[:3000])
    background, problems, ticks = add(workspace, agency)
    assert (background.pages, background.pictures, ticks) == (0, 2, 2)
    assert [(problem.code, problem.page) for problem in problems] == [("image_damaged", "torn.jpg")]
    assert judge(workspace, shown)[0] == "partial_copy"
    (tmp_path / "photos.jsonl").write_text('{"id": "p", "images": ["agency/1.jpg", "paper/2.jpg", "none.jpg"]}')
    background, problems, _ = add(workspace, tmp_path / "photos.jsonl")
    assert (background.pages, background.pictures) == (0, 2)
    assert [problem.page for problem in problems] == ["p"]
    assert judge(workspace, shown)[0] == "unrelated"


def test_addresses_are_a_background_too(workspace):
    """A page of the web is added like one of a folder, in the charset that its server declared."""
    folder = workspace.index_folder
    backgrounds = []
    for charset in (CHARSET, "utf-8"):
        content = PAGE.encode(charset)
        with running(Host(say(answer(content, f"Content-Type: text/html; charset={charset}\r\n")))) as (host,):
            rules = Fetch(allow=(host.endpoint,), resolve={"wire.test": host.endpoint}, per_host_s=0)
            gatherer = Gatherer(Reader(Fetcher(rules, JumpClock()), JumpClock(), "protect"))
            backgrounds.append(Background())
            assert add_address("http://wire.test/", gatherer, folder, backgrounds[-1]) == ()
    assert backgrounds[0].pages == 1
    assert backgrounds[0] == backgrounds[1]


def test_archives_keep_their_charset(workspace, tmp_path):
    """A page of a WARC is read in the charset that its server declared, as the same page in UTF-8 is."""
    backgrounds = []
    for charset in (CHARSET, "utf-8"):
        file = tmp_path / f"{charset}.warc"
        file.write_bytes(record(block=http(PAGE.encode(charset), media=f"text/html; charset={charset}")))
        backgrounds.append(add(workspace, file)[0])
    assert backgrounds[0].pages == 1
    assert backgrounds[0] == backgrounds[1]


def test_nothing_there(workspace, tmp_path):
    """A source that is not there is the caller's mistake, and the background stays as it was."""
    with pytest.raises(InputError, match="nothing at"):
        add(workspace, tmp_path / "none")
    assert not (workspace.index_folder / BACKGROUND).exists()


def test_damage_is_told(workspace, tmp_path):
    """A damaged background is not written over."""
    (workspace.index_folder / BACKGROUND).write_bytes(b"nonsense")
    with pytest.raises(EvidenceError, match="damaged"):
        add(workspace, write_page(tmp_path / "agency", "wire.html", WIRE))
    assert (workspace.index_folder / BACKGROUND).read_bytes() == b"nonsense"
