"""Where an expected match was lost."""

import pytest

from cloneward.fingerprint.blocks import BLOCK
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.find import Indexes, find_matches
from cloneward.match.index import build_index
from cloneward.match.loss import trace_item

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
