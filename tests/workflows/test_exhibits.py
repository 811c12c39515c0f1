"""What a report is made of: pictures side by side, blurred unless people may be shown, and records."""

import json
from dataclasses import replace

import pytest

from cloneward.model.case import SealState
from cloneward.model.vantage import Rendering
from cloneward.workflows.captured import Captured
from cloneward.workflows.check import Check
from cloneward.workflows.exhibits import make_exhibit
from cloneward.workflows.library import open_folders
from tests.drawings import draw, write
from tests.store.entries import JumpingClock

AT = "2026-11-24T12:00:00.000Z"
BIO = "Ceramics, slow mornings and far too many houseplants in a flat by the old harbour"


@pytest.fixture
def checked(tmp_path):
    """A library of one profile with a picture, and what came of a page that shows both."""
    own, page = tmp_path / "own", tmp_path / "copy"
    own.mkdir()
    page.mkdir()
    (own / "p.jpg").write_bytes(write(draw(1)))
    fields = {"handle": "annmeadow", "name": "Ann Meadow", "bio": BIO, "counts": {"followers": 12_345}}
    (own / "p.jsonl").write_text(json.dumps({"id": "ann", "kind": "profile", "fields": fields, "images": ["p.jpg"]}))
    (page / "b.jpg").write_bytes(write(draw(1).crop((60, 0, 480, 360))))
    html = f'<h1>Ann Meadow</h1><p>@annmeadow</p><p>{BIO}</p><p>12.3K followers</p><img src="b.jpg">'
    (page / "index.html").write_text(html)
    library, _ = open_folders([own / "p.jsonl"])
    (found,) = Check(library=library, clock=JumpingClock(), keeps_pictures=True).run(page)
    return found, library


@pytest.mark.parametrize("shows_people", [True, False])
def test_both_pictures_stand_side_by_side(checked, shows_people):
    """Our picture has an outline of what is shown of it, and both are blurred unless people may be shown."""
    found, library = checked
    exhibit = make_exhibit(found, library, shows_people=shows_people)
    ((position, (pair,)),) = exhibit.pictures.items()
    assert found.verdict.matches[position].kind == "image"
    assert pair.ours.is_outlined
    assert not pair.theirs.is_outlined
    assert {pair.ours.is_blurred, pair.theirs.is_blurred} == {not shows_people}


def test_the_screenshot_is_that_of_the_page_with_the_match(checked):
    """Of several pages the one whose match is the strongest is shown, blurred unless people may be shown."""
    found, library = checked
    seal = SealState(id="s", path="evidence/s", state="pending")
    address = found.verdict.matches[0].page
    visits = tuple(
        Rendering(url=url, final_url=url, started_at=AT, ended_at=AT, viewport=write(draw(number)))
        for number, url in enumerate(("http://copy.test/", address))
    )
    captured = Captured(renderings=visits, seal=seal)
    for shows_people in (True, False):
        exhibit = make_exhibit(replace(found, captured=captured), library, shows_people=shows_people)
        page, picture = exhibit.screenshot
        assert (page, picture.is_blurred) == (address, not shows_people)
    captured = Captured(renderings=(replace(visits[0], viewport=b"no picture"),), seal=seal)
    assert make_exhibit(replace(found, captured=captured), library, shows_people=False).screenshot is None
    assert make_exhibit(found, library, shows_people=False).screenshot is None


def test_the_record_is_at_hand(checked):
    """The record that the page shows is given with its fields, under the item that the match names."""
    found, library = checked
    (match,) = [match for match in found.verdict.matches if match.kind == "record"]
    assert {"bio", "handle"} <= {field.name for field in match.fields}
    exhibit = make_exhibit(found, library, shows_people=False)
    assert exhibit.records[match.item].fields["bio"] == BIO
    assert exhibit.items["ann"][0].kind == "profile"
    text = exhibit.pages[match.page]
    bio = next(field for field in match.fields if field.name == "bio")
    assert text[slice(*bio.target)] == BIO
