"""How pages look, and where their files lie."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cloneward.archive.folder import RawPage
from cloneward.errors import EvidenceError
from cloneward.match.support import PLAIN
from cloneward.settings import Settings
from cloneward.sim import write_web
from cloneward.store.workspace import Workspace
from cloneward.workflows import looks
from cloneward.workflows.check import Check
from cloneward.workflows.enrol import Enrolment, enrol
from cloneward.workflows.library import open_folders, open_store
from cloneward.workflows.looks import MAX_LOOKS, Files, keep_background, keep_files, open_source, read_files
from cloneward.workflows.reindex import reindex
from tests.store.entries import JumpingClock

BASE = "https://owner.test/"
SUPPORT = {"structure", "asset", "icon"}
HEAD = '<link rel="stylesheet" href="/own.css?v=2"><script src="/js/jquery.js"></script>'


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """A web whose owner has a style, a picture and an icon, which the mirror took and the viewer did not."""
    folder = tmp_path_factory.mktemp("web")
    write_web(folder, 5, pages=12, pages_of_others=2)
    for name in ("owner.test", "mirror-verbatim.test", "unrelated-same-look.test"):
        site = folder / name
        for page in site.rglob("*.html"):
            html = page.read_text("utf-8").replace("<head>", f"<head>{HEAD}")
            page.write_text(html.replace("</body>", '<img src="/p.png"></body>'), "utf-8")
        (site / "js").mkdir()
        (site / "js" / "jquery.js").write_bytes(b"// a package\n" * 90)
        (site / "own.css").write_bytes(b".garden { color: green }\n" * 40)
        (site / "p.png").write_bytes(bytes(range(256)) * 9)
        (site / "favicon.ico").write_bytes(bytes(range(255, -1, -1)) * 9)
    return folder


def judge(library, target, **options):
    """Judge one site."""
    (checked,) = Check(library=library, clock=JumpingClock(), **options).run(target)
    return checked.verdict


def by_kind(verdict):
    """The supporting matches of a verdict, by kind."""
    return {kind: [match for match in verdict.matches if match.kind == kind] for kind in sorted(SUPPORT)}


def codes(verdict):
    """The codes of its reasons."""
    return {reason.code for reason in verdict.reasons}


ARGUED = {"same_template", "template_shared", "same_assets", "same_icon"}


@pytest.fixture(scope="module")
def library(web):
    """The owner's pages and files, from a folder."""
    return open_folders([web / "owner.test"], BASE)[0]


@pytest.fixture(scope="module")
def workspace(web, tmp_path_factory):
    """The same in a workspace."""
    workspace = Workspace.create(tmp_path_factory.mktemp("workspace"), BASE, {})
    with workspace.writer(JumpingClock()) as store:
        list(enrol(web / "owner.test", BASE, store, Enrolment()))
        reindex(store, workspace.index_folder)
        keep_files(web / "owner.test", BASE, workspace.index_folder)
    return workspace


def test_a_mirror_is_supported_by_all(library, web):
    """Where words are shared, the same layout, files and icon are matches and reasons, and so is the doubt."""
    verdict = judge(library, web / "mirror-verbatim.test")
    found = by_kind(verdict)
    assert [match.value for match in found["structure"]] == [1.0, 1.0]
    assert [match.value for match in found["asset"]] == [1.0, 1.0]
    assert [match.measure for match in found["icon"]] == ["hamming", "hamming"]
    assert codes(verdict) >= ARGUED
    for reason in verdict.reasons:
        if reason.code in ARGUED:
            assert {verdict.matches[at].kind for at in reason.evidence} <= SUPPORT
    assert verdict.items_matched == 2


def test_a_template_alone_is_unrelated(library, web):
    """A site with the same template, files and icon and none of our words is unrelated, and nothing of it is told."""
    verdict = judge(library, web / "unrelated-same-look.test")
    assert (verdict.verdict, verdict.matches, codes(verdict) & ARGUED) == ("unrelated", (), set())


def test_another_template_supports_nothing(library, web):
    """The same words in another template are as much a copy, with a layout that is not alike."""
    verdict = judge(library, web / "viewer-verbatim.test")
    assert verdict.verdict == "copy"
    assert max(match.value for match in by_kind(verdict)["structure"]) < 0.3
    assert codes(verdict) & ARGUED == set()


@pytest.mark.parametrize("site", ["mirror-verbatim.test", "shop-excerpt.test", "blog-quoting.test", "partner.test"])
def test_support_changes_no_finding(library, web, site):
    """Without looks a verdict is the same but for the matches and reasons that they add."""
    with_looks = judge(library, web / site)
    without = judge(replace(library, look=lambda _: PLAIN), web / site)
    text = tuple(match for match in with_looks.matches if match.kind == "text")
    others = tuple(reason for reason in with_looks.reasons if reason.code not in ARGUED)
    assert replace(with_looks, matches=text, reasons=others, took_s=0.0) == replace(without, took_s=0.0)


@pytest.mark.parametrize("site", ["mirror-verbatim.test", "viewer-verbatim.test"])
def test_a_workspace_supports_alike(library, workspace, web, site):
    """The same pages and files give the same support from a workspace as from a folder."""
    with workspace.reader(JumpingClock()) as store:
        stored = open_store(store, Settings(site="https://elsewhere.test/"), workspace.index_folder)
        assert judge(stored, web / site).matches == judge(library, web / site).matches


def test_a_background_sets_a_template_aside(workspace, web, tmp_path):
    """Layout, files and icon that pages of others have are not ours any more."""
    index = tmp_path / "index"
    shutil.copytree(workspace.index_folder, index)
    keep_background(web / "unrelated-same-look.test", index)
    keep_background(web / "partner.test", index)
    with workspace.reader(JumpingClock()) as store:
        stored = open_store(store, Settings(site="https://elsewhere.test/"), index)
        verdict = judge(stored, web / "mirror-verbatim.test")
    assert (verdict.verdict, codes(verdict) & ARGUED) == ("copy", set())


def test_a_few_pages_are_looked_at(web, library, tmp_path):
    """Only the first pages with matches are looked at, however many there are."""
    for number in range(MAX_LOOKS + 3):
        shutil.copy(web / "mirror-verbatim.test" / "000.html", tmp_path / f"{number:02}.html")
    assert len(by_kind(judge(library, tmp_path))["structure"]) == MAX_LOOKS


def test_files_follow_their_folder(web, tmp_path):
    """Files added again replace those of the same place, and others stay; a source that is a file has none."""
    site = tmp_path / "site"
    shutil.copytree(web / "owner.test", site)
    keep_files(site, BASE, tmp_path)
    keep_files(site, "https://other.test/", tmp_path)
    names = {"own.css", "p.png", "favicon.ico"}
    assert set(read_files(tmp_path)) == {f"{host}/{name}" for host in ("owner.test", "other.test") for name in names}
    before = read_files(tmp_path)
    (site / "p.png").write_bytes(b"another picture" * 90)
    (site / "own.css").unlink()
    keep_files(site, BASE, tmp_path)
    keep_files(site / "index.html", BASE, tmp_path)
    after = read_files(tmp_path)
    assert {place for place in before if before[place] != after[place]} == {"owner.test/p.png"}


def test_another_version_is_not_at_hand(tmp_path):
    """Digests of another version are not read, so none is compared; a damaged file is evidence that does not hold."""
    (tmp_path / looks.FILES).write_text('{"asset/2": {"a/b": "c"}}')
    assert read_files(tmp_path) == {}
    (tmp_path / looks.FILES).write_text("{")
    with pytest.raises(EvidenceError, match="is damaged"):
        read_files(tmp_path)


def test_a_page_in_an_archive_has_no_files(web):
    """A page that was captured elsewhere is not taken for one of the folder beside it."""
    files = Files(web / "owner.test", "owner.test/")
    content = b'<img src="/p.png">'
    assert files.look(RawPage("a", content, is_html=True)).assets.values
    assert not files.look(RawPage("a", content, is_html=True, url="https://else.test/a")).assets.values
    assert not Files(None, "-/").look(RawPage("a", content, is_html=True)).assets.values


def test_the_place_of_a_source(tmp_path):
    """A source lies at its base, or else at its own path."""
    assert open_source(tmp_path, "https://Owner.test/docs").place == "owner.test/docs/"
    assert open_source(tmp_path / "a.html", None).place == f"{Path(tmp_path).resolve()}/"
