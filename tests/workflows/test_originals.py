"""Our own pages with their marks."""

import pytest

from cloneward.fingerprint.extract import extract
from cloneward.settings import Settings
from cloneward.store.workspace import Workspace
from cloneward.workflows.check import Check
from cloneward.workflows.enrol import Enrolment, enrol
from cloneward.workflows.library import open_folders, open_store
from cloneward.workflows.originals import read_original
from cloneward.workflows.reindex import reindex
from tests.store.entries import JumpingClock

QUOTING = b"<p>Ours.</p><BLOCKQUOTE cite='https://third.test/'>Theirs.</BLOCKQUOTE>"
SETTINGS = Settings(site="https://owner.test/")


def test_a_page_with_a_quotation_is_read_again():
    """The marks come with the text that spans count in."""
    original = read_original(QUOTING, lambda: "Ours.\nTheirs.")
    assert original == extract(QUOTING)
    assert original.quotes


def test_a_page_without_one_is_not_read():
    """Where no quotation is marked up, not even the text is asked for."""

    def fail():
        raise AssertionError

    assert read_original(b"<p>Said &lt;q&gt; and <queue>quite</queue></p>", fail) is None


def test_marks_of_another_text_are_not_given():
    """Offsets in a text that was read otherwise would mark the wrong words."""
    assert read_original(QUOTING, lambda: "Ours, as read in another charset.") is None


def say(word, count=60):
    """Give so many words that no other word of the test has any of."""
    return " ".join(f"{word}{number} {word}ish{number * 7}" for number in range(count // 2))


@pytest.fixture
def site(tmp_path):
    """The owner's one page, in which a passage of somebody else's is quoted."""
    credit = '<footer>From <a href="https://third.test/book">The Third Book</a></footer>'
    folder = tmp_path / "owner.test"
    folder.mkdir()
    html = f"<p>{say('ours', 200)}</p><blockquote><p>{say('theirs')}</p>{credit}</blockquote><p>{say('more', 200)}</p>"
    (folder / "page.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(params=["folder", "workspace"])
def library(request, site, tmp_path):
    """The same items, read on the spot or from a workspace."""
    if request.param == "folder":
        yield open_folders([site])[0]
        return
    workspace = Workspace.create(tmp_path / "workspace", SETTINGS.site, {})
    with workspace.writer(JumpingClock()) as store:
        assert list(enrol(site, SETTINGS.site, store, Enrolment())) == []
        reindex(store, workspace.index_folder)
    with workspace.reader(JumpingClock()) as store:
        yield open_store(store, SETTINGS, workspace.index_folder)


@pytest.mark.parametrize(
    ("word", "verdict", "direction"),
    [("theirs", "benign", "common_source"), ("ours", "partial_copy", "unknown")],
)
def test_a_third_text_that_we_quote_is_no_copy_of_ours(library, tmp_path, word, verdict, direction):
    """Who shows the words that we quote took nothing of ours; who shows the words beside them did."""
    page = tmp_path / "copy.html"
    page.write_text(f"<p>{say('host', 300)}</p><p>{say(word)}</p>", encoding="utf-8")
    (checked,) = Check(library=library, clock=JumpingClock()).run(page)
    assert (checked.verdict.verdict, checked.verdict.direction) == (verdict, direction)
