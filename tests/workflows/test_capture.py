"""From an address to sealed evidence: what each vantage was given, and the smallest request that shows the copy."""

import gzip
import json
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import pytest

from cloneward.archive.wacz import read_wacz
from cloneward.capture.matrix import compare_renderings, list_vantages
from cloneward.capture.recipe import Recipe
from cloneward.clock import SystemClock
from cloneward.errors import Unavailable
from cloneward.model.evidence import capture_id
from cloneward.model.ids import digest_bytes
from cloneward.model.vantage import Document, Rendering, Vantage
from cloneward.seal.verify import verify
from cloneward.settings import Capture
from cloneward.store.workspace import Workspace
from cloneward.workflows.capture import (
    RECIPE,
    Order,
    choose_seen,
    compare_taken,
    find_odd,
    is_alike,
    make_order,
    take_one,
)
from cloneward.workflows.captured import list_pages
from cloneward.workflows.evidence import find_trust
from cloneward.workflows.wiring import open_job
from tests.cloaked import COPY, DECOY, cloaked_site
from tests.fetch.hosts import Host, answer, path_of

CLOCK = SystemClock()
URL = "http://copy.test/ann"
AT = "2026-11-24T12:00:00.000Z"
VICTIM = Vantage(name="victim", device="android", referrer="https://www.google.com/")
OTHER = Vantage(name="other")


class NoWait:
    """A pace that gives every turn at once, and counts them."""

    def __init__(self):
        self.turns = 0

    def wait(self, host, gap_s):
        assert gap_s >= 2
        self.turns += 1


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A workspace that reaches a cloaked site, and what captures by plain requests for it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with cloaked_site() as (_, lines):
        Workspace.create(tmp_path / "site", "https://own.test/", {})
        file = tmp_path / "site" / "cloneward.toml"
        file.write_text(file.read_text() + lines)
        workspace = Workspace.open(tmp_path / "site", {})
        with open_job(workspace, CLOCK, is_plain=True) as job:
            object.__setattr__(job, "pace", NoWait())
            yield workspace, job


def order(*vantages, url=URL):
    """What is to be captured."""
    return Order(url=url, vantages=vantages, operator="ann", purpose="case 7")


def test_each_vantage_is_sealed_with_what_it_was_given(opened):
    """A capture from each vantage lies under seal, holds what was served there, and verifies with the owner's key."""
    workspace, job = opened
    taken = list(job.take(order(VICTIM, OTHER)))
    for one, words in zip(taken, (COPY, DECOY), strict=True):
        folder = workspace.folder / "evidence" / one.capture.id
        with (folder / "capture.wacz").open("rb") as file:
            pages = [page for page in read_wacz(file, name="x") if getattr(page, "url", "") == URL]
        assert words.encode() in pages[0].content
        with find_trust(workspace, CLOCK) as trust:
            steps = {step.name: step.result for step in verify(folder, trust).steps}
        assert {steps[name] for name in ("container", "files", "signature", "keys", "archives")} == {"holds"}
        assert (one.capture.operator, one.capture.purpose, one.capture.mode) == ("ann", "case 7", "fetch")
        assert one.seal.state == "pending"
    assert job.pace.turns == 2


def test_the_same_visit_again_is_another_capture(opened):
    """Two visits of one address are two captures, and one that was cut short before its seal is taken up again."""
    _, job = opened
    (first,), (second,) = job.take(order(OTHER)), job.take(order(OTHER))
    assert first.capture.id != second.capture.id
    third = capture_id(URL, "other", "capture/2", "render")
    job.evidence.begin(third)
    (again,) = job.take(order(OTHER))
    assert again.capture.id == third
    assert sorted(job.evidence.list_sealed()) == sorted({first.capture.id, second.capture.id, third})


def test_a_cloak_is_found_and_its_recipe_kept(opened):
    """Where one vantage is given more, the request that shows it is stripped to what is needed, captured, and kept."""
    workspace, job = opened
    ordered = order(VICTIM, OTHER)
    taken = list(job.take(ordered))
    odd = find_odd(compare_taken(taken))
    assert odd.vantage == "victim"
    recipe, one = job.find_recipe(ordered, VICTIM, is_alike(taken[0].rendering))
    assert set(recipe.headers) == {"User-Agent", "Referer"}
    assert COPY in one.rendering.documents[0].html
    assert one.capture.vantage.startswith(RECIPE)
    recipes = [line for line in read_archive(workspace, one) if line.startswith(b'{"url"')]
    assert [json.loads(line)["curl"] for line in recipes] == [recipe.curl]


def test_what_shows_ours_is_what_the_recipe_looks_for(opened):
    """Where some vantages were given content of ours and others not, that decides, not who saw most words."""
    _, job = opened
    taken = list(job.take(order(OTHER, VICTIM)))
    seen, shows = choose_seen(taken, lambda given: COPY in given.documents[0].html)
    assert seen.vantage.name == "victim"
    assert (shows(taken[0].rendering), shows(taken[1].rendering)) == (False, True)
    seen, shows = choose_seen(taken, lambda given: DECOY in given.documents[0].html)
    assert seen.vantage.name == "other"
    for nothing_told in (lambda _: False, lambda _: True):
        seen, shows = choose_seen(taken, nothing_told)
        assert seen.vantage.name == "victim"
        assert not shows(taken[0].rendering)
    assert choose_seen(taken[:1], lambda _: True) is None


def test_a_recipe_is_repeated_as_it_was_kept(opened):
    """A recipe that was kept gives the copy again by its own request, under a seal of its own."""
    _, job = opened
    headers = {"User-Agent": "Android", "Referer": "https://www.google.com/"}
    recipe = Recipe(url=URL, vantage="victim", needs_browser=False, headers=headers, curl="c", words="w", requests=1)
    again, taken = job.repeat(order(VICTIM), VICTIM, recipe)
    assert again == recipe
    assert COPY in taken.rendering.documents[0].html
    assert taken.capture.id in job.evidence.list_sealed()


def test_a_sample_of_a_site_is_one_capture(tmp_path, monkeypatch):
    """The pages that a page links to are visited in their order, at the pace, and lie under one seal with it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    pages = {
        "/": '<a href="/about">About</a> <a href="/p/1">Ann Lee</a> <a href="/logout">out</a>',
        "/about": "about us",
        "/p/1": '<a href="/p/2">next</a>',
        "/p/2": "the second page",
        "/feed": '<rss version="2.0"><channel><item><link>http://copy.test/p/2</link></item></channel></rss>',
    }
    with named_pages(pages) as lines:
        workspace = make_workspace(tmp_path / "site", lines)
        with open_job(workspace, CLOCK, is_plain=True) as job:
            object.__setattr__(job, "pace", NoWait())
            given = replace(order(OTHER, url="http://copy.test/"), pages=3, is_ours=lambda link: link.text == "Ann Lee")
            (taken,) = job.take(given)
            assert [visit.url for visit in taken.capture.visits] == [
                f"http://copy.test{path}" for path in ("/", "/p/1", "/about")
            ]
            assert [problem.code for problem in taken.problems] == ["pages_capped"]
            assert job.pace.turns == 3
            listed = take_one(job, replace(order(OTHER, url="http://copy.test/feed"), listed=5))
    assert [one.url for one in listed.renderings] == ["http://copy.test/feed", "http://copy.test/p/2"]
    assert [page.address for page in list_pages(listed.renderings)] == ["http://copy.test/p/2"]
    assert (workspace.folder / listed.seal.path / "seal.json").is_file()


def test_a_run_that_is_ended_seals_what_came(opened):
    """Ended while a capture is written, the capture is finished and given, and the run ends after it."""
    _, job = opened
    keep = job.quarantine.keep

    def end_then_keep(*arguments, **named):
        job.halt.ask(143)
        keep(*arguments, **named)

    object.__setattr__(job.quarantine, "keep", end_then_keep)
    visits = job.take(order(VICTIM, OTHER))
    taken = next(visits)
    assert job.evidence.list_sealed() == [taken.capture.id]
    with pytest.raises(SystemExit):
        next(visits)
    assert job.evidence.list_sealed() == [taken.capture.id]


def test_what_a_killed_run_left_is_swept(opened):
    """The folders that a killed run left halfway are gone with the next capture, whatever address they were of."""
    _, job = opened
    (job.evidence.begin("c0") / "data.warc.gz").write_bytes(b"half")
    list(job.take(order(OTHER)))
    assert list((job.evidence.folder / "tmp").iterdir()) == []


@contextmanager
def named_pages(pages):
    """A site of these pages by their paths; gives the lines of the settings that lead to it."""

    def behave(link, head):
        kind = "application/xml" if path_of(head) == "/feed" else "text/html"
        link.sendall(answer(pages[path_of(head)].encode(), f"Content-Type: {kind}\r\n"))

    host = Host(behave)
    try:
        yield f'[fetch]\nallow = ["{host.endpoint}"]\nper_host_s = 0\nresolve = {{ "*.test" = "{host.endpoint}" }}\n'
    finally:
        host.stop()


def make_workspace(folder, lines):
    """A workspace with these lines in its settings."""
    Workspace.create(folder, "https://own.test/", {})
    file = folder / "cloneward.toml"
    file.write_text(f"{file.read_text()}\n{lines}")
    return Workspace.open(folder, {})


def test_the_order_for_an_address_follows_the_settings(opened):
    """Of a site's top as many pages are visited as the settings say, of another address one, and each is bounded."""
    workspace, _ = opened
    settings = replace(workspace.settings, capture=Capture(pages=7, operator="ann", max_bytes=9, timeout_s=2))
    for url, pages in (("http://copy.test", 7), ("http://copy.test/a", 1), ("http://copy.test/?p=1", 1)):
        made = make_order(settings, url, [OTHER])
        assert (made.pages, made.listed, made.operator) == (pages, 7, "ann")
        assert (made.bounds.max_bytes, made.bounds.timeout_s) == (9, 2)


def read_archive(workspace, taken):
    """The lines of all records of a capture's WARC."""
    with zipfile.ZipFile(workspace.folder / "evidence" / taken.capture.id / "capture.wacz") as archive:
        return gzip.decompress(archive.read("archive/data.warc.gz")).splitlines()


def test_nothing_is_odd_where_all_are_given_the_same():
    """A site that shows everybody the same has no cloak, nor has one that shows nobody anything."""
    assert find_odd(compare_renderings({name: render(COPY) for name in "ab"})) is None
    assert find_odd(compare_renderings({name: render("") for name in "ab"})) is None
    assert find_odd(compare_renderings({"a": render(DECOY), "b": render(COPY)})).vantage == "b"


def render(text):
    """What a page of some words gives."""
    document = Document(url=URL, html=f"<p>{text}</p>")
    return Rendering(url=URL, final_url=URL, started_at=AT, ended_at=AT, documents=(document,))


def test_what_is_alike_shows_it():
    """A page with most of what was seen shows it, and another one does not."""
    shows = is_alike(render(COPY))
    assert shows(render(f"{COPY} and one more line"))
    assert not shows(render(DECOY))
    assert not shows(render(""))


def test_what_does_not_answer_is_raised(opened):
    """An address where nothing answers gives no capture, and leaves nothing under seal."""
    _, job = opened
    with pytest.raises(Unavailable):
        list(job.take(order(OTHER, url="https://copy.test/")))
    assert job.evidence.list_sealed() == []


def test_one_vantage_without_an_answer_stops_no_other(opened):
    """A site that drops some visitors is captured from the vantages that it answers to, and the others are told."""
    _, job = opened

    class Picky:
        def render(self, url, vantage, bounds):
            if vantage.name == "other":
                raise Unavailable("it hung up", hint="later")
            return job.plain.render(url, vantage, bounds)

    object.__setattr__(job, "browser", Picky())
    missed, taken = job.take(order(OTHER, VICTIM))
    assert (missed.vantage.name, str(missed.error)) == ("other", "it hung up")
    assert taken.vantage.name == "victim"
    with pytest.raises(Unavailable):
        list(job.take(order(OTHER)))


def test_the_matrix_has_no_two_of_one_name():
    """Captures are named by their vantage, so no two vantages may have one name."""
    names = [vantage.name for vantage in list_vantages(now=CLOCK.now(), site="https://own.test/")]
    assert len({*names, RECIPE}) == len(names) + 1


def test_what_is_on_a_stop_list_is_never_written(tmp_path, monkeypatch):
    """A page with a stand-in on a list is sealed without it: no file of the workspace holds a byte of it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with cloaked_site() as (_, lines):
        workspace = Workspace.create(tmp_path / "site", "https://own.test/", {})
        digest = digest_bytes(f"<title>Garden</title><p>{DECOY}</p>".encode())
        (workspace.folder / "stand-in.txt").write_text(f"sha256:{digest}\n")
        file = workspace.folder / "cloneward.toml"
        file.write_text(file.read_text() + lines + '[quarantine]\nlists = ["stand-in.txt"]\nrule = "preserve"\n')
        with open_job(Workspace.open(workspace.folder, {}), CLOCK, is_plain=True) as job:
            object.__setattr__(job, "pace", NoWait())
            (taken,) = job.take(order(OTHER))
    assert "material_withheld" in [problem.code for problem in taken.problems]
    (archive,) = workspace.folder.rglob("capture.wacz")
    with zipfile.ZipFile(archive) as packed:
        written = [gzip.decompress(packed.read(name)) for name in packed.namelist() if name.endswith(".gz")]
    assert any(b"WARC/1.1" in content for content in written)
    written += [file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file()]
    assert not any(b"about gardens" in content for content in written)
    assert digest.encode() in (workspace.folder / "custody" / "ledger.jsonl").read_bytes()
    assert [file.name for file in (workspace.folder / "quarantine").iterdir()] == [f"{digest}.closed"]
