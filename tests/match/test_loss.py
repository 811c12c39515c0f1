"""Where an expected match was lost."""

from dataclasses import replace

import pytest

from cloneward.fingerprint.blocks import BLOCK
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.find import Indexes, find_matches
from cloneward.match.index import build_index
from cloneward.match.loss import Beside, trace_item
from cloneward.model.finding import Match

PROSE = " ".join(f"word{n}" for n in range(60))
OTHER = " ".join(f"other{n}" for n in range(60))


@pytest.mark.parametrize(
    ("item", "pages", "stage", "words"),
    [
        (None, [PROSE], "registered", "no item with this id"),
        (PROSE, [""], "read", "no page of the target had any text"),
        ("too short", [PROSE], "fingerprinted", "the item has 2 words"),
        (PROSE, [OTHER], "retrieved", "no page shares one of its"),
        (" ".join(PROSE.split()[:11]), [OTHER + " " + PROSE], "aligned", "no passage of 15 words"),
        (PROSE, [OTHER, PROSE], "judged", "60 words in spans"),
    ],
)
def test_each_stage_is_told(item, pages, stage, words):
    """The last stage that an item reached is named, with the figures."""
    text = None if item is None else fingerprint(item)
    index = Indexes(build_index([] if text is None else [("i", text.sketch)]), build_index([], kind=BLOCK))
    found = [find_matches(str(place), fingerprint(page), index, lambda _: [text]) for place, page in enumerate(pages)]
    why_not = trace_item("i", text, found, index.text.hot)
    assert (why_not.stage, why_not.lost) == (stage, stage != "judged")
    assert words in why_not.text


def test_template_alone_is_told():
    """An item of nothing but template words cannot be found, and that is said."""
    template = fingerprint(PROSE)
    index = Indexes(build_index((f"i{n}", template.sketch) for n in range(10)), build_index([], kind=BLOCK))
    found = [find_matches("p", template, index, lambda items: [template] * len(items))]
    assert "template or common phrases" in trace_item("i0", template, found, index.text.hot).text


SHOWN = Match(item="i", page="0", kind="image", measure="hamming", value=2.0)


@pytest.mark.parametrize(
    ("item", "beside", "page", "stage", "words"),
    [
        ("", Beside(media=2), PROSE, "read", "no picture or video of the target could be compared"),
        ("", Beside(media=2, compared=9), PROSE, "retrieved", "none of the 9 pictures and videos of the target"),
        ("", Beside(has_fields=True), PROSE, "retrieved", "no page shows enough of what its fields say"),
        ("", Beside(has_fields=True), "", "read", "any text that its fields could stand in"),
        (PROSE, Beside(media=1, compared=1), "", "retrieved", "no page of the target had any text; none of the 1"),
        ("", Beside(media=1, compared=1, shown=[SHOWN]), "", "judged", "among the matches: 1 of kind image"),
        (PROSE, Beside(media=1, shown=[SHOWN] * 2), PROSE, "judged", "longest passage 60, 2 of kind image; the"),
        (PROSE, Beside(shown=[replace(SHOWN, item="other")]), OTHER, "retrieved", "no page shares one"),
    ],
)
def test_pictures_and_fields_are_told(item, beside, page, stage, words):
    """Of an item with pictures or fields it is said what became of those, and of its text where it has one."""
    text = fingerprint(item)
    index = Indexes(build_index([("i", text.sketch)]), build_index([], kind=BLOCK))
    found = [find_matches("0", fingerprint(page), index, lambda _: [text])]
    why_not = trace_item("i", text, found, index.text.hot, beside)
    assert (why_not.stage, why_not.lost) == (stage, stage != "judged")
    assert words in why_not.text
    assert "the item has 0 words" not in why_not.text
