"""From an address to sealed evidence: what each vantage was given, and the smallest request that shows the copy."""

import gzip
import json
import zipfile

import pytest

from cloneward.archive.wacz import read_wacz
from cloneward.capture.matrix import compare_renderings, list_vantages
from cloneward.clock import SystemClock
from cloneward.errors import Unavailable
from cloneward.model.evidence import capture_id
from cloneward.model.ids import digest_bytes
from cloneward.model.vantage import Document, Rendering, Vantage
from cloneward.seal.verify import verify
from cloneward.store.workspace import Workspace
from cloneward.workflows.capture import RECIPE, Order, compare_taken, find_odd, is_alike
from cloneward.workflows.evidence import find_trust
from cloneward.workflows.wiring import open_job
from tests.cloaked import COPY, DECOY, cloaked_site

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
