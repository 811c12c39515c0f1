"""Tests of cloneward.sim.web."""

import json

import pytest

from cloneward.sim.copyist import read_page
from cloneward.sim.web import OWNER, OWNER_NAME, write_web


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One web of seed 5 and what is true of it."""
    folder = tmp_path_factory.mktemp("web")
    return folder, write_web(folder, 5)


def _read_folder(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_seed_gives_same_bytes(world, tmp_path) -> None:
    """Two webs of one seed are equal to the byte."""
    write_web(tmp_path, 5)
    assert _read_folder(tmp_path) == _read_folder(world[0])


def test_other_seed_gives_other_pages(world, tmp_path) -> None:
    """Another seed gives other text."""
    write_web(tmp_path, 6)
    name = f"{OWNER}/pages/000.html"
    assert (tmp_path / name).read_bytes() != (world[0] / name).read_bytes()


def test_owner_has_forty_pages_mostly_long(world) -> None:
    """The owner has forty pages or more, nine of ten with at least 600 words."""
    pages = [read_page(path.read_bytes()) for path in (world[0] / OWNER / "pages").iterdir()]
    assert len(pages) >= 40
    assert sum(page.words >= 600 for page in pages) >= 0.9 * len(pages)


def test_truth_is_written_as_returned(world) -> None:
    """`truth.jsonl` has one line for each fact, and names files that exist."""
    folder, facts = world
    lines = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    assert [line["verdict"] for line in lines] == [fact.verdict for fact in facts]
    for fact in facts:
        assert fact.page is None or (folder / fact.site / fact.page).is_file()
        assert fact.item is None or (folder / OWNER / fact.item).is_file()


def test_each_site_is_told_as_a_whole_too(world) -> None:
    """One line a site tells of the site, with the verdict of its pages."""
    _, facts = world
    whole = {fact.site: fact.verdict for fact in facts if fact.page is None}
    assert {fact.site: fact.verdict for fact in facts if fact.page} == whole


@pytest.mark.parametrize("edit", ["verbatim", "shuffled"])
def test_whole_copies_hold_the_item(world, edit) -> None:
    """Each paragraph of the copied item stands on the copy's page."""
    folder, facts = world
    for fact in facts:
        if fact.edit == edit and fact.page and fact.item:
            item = read_page((folder / OWNER / fact.item).read_bytes())
            text = read_page((folder / fact.site / fact.page).read_bytes()).text
            assert all(block.text in text for block in item.blocks if block.words > 20)


def test_excerpts_are_less_than_half_of_their_page(world) -> None:
    """An excerpt that is to be a partial copy is the smaller part of its page."""
    folder, facts = world
    for fact in facts:
        if fact.verdict == "partial_copy" and fact.page:
            shown = read_page((folder / fact.site / fact.page).read_bytes()).words
            assert 40 < fact.words < shown * 0.45


def test_quotations_are_short_and_attributed(world) -> None:
    """A quoting page shows at most a hundred words, the owner's name and a link."""
    folder, facts = world
    quoting = [fact for fact in facts if fact.standing == "quotation" and fact.page]
    assert quoting
    for fact in quoting:
        html = (folder / fact.site / fact.page).read_text()
        assert fact.words <= 100
        assert f'<a href="https://owner.test/{fact.item}">{OWNER_NAME}</a>' in html


def test_unrelated_sites_copy_nothing(world) -> None:
    """An unrelated site names no item and holds no word of the owner's."""
    facts = [fact for fact in world[1] if fact.verdict == "unrelated"]
    assert facts
    assert all(fact.item is None and fact.words == 0 for fact in facts)
