"""A match with its two texts, and the texts in full."""

from dataclasses import replace

from cloneward.judge import exhibit as subject
from cloneward.judge.exhibit import Exhibit, view_listed, view_match, view_texts
from cloneward.judge.pictures import Room
from cloneward.model.finding import Span
from tests.judge.sample import make_copy, make_crowd, make_item, make_match, make_verdict

ROOM = Room(shows_people=False)


def make_exhibit(text, item_text, **facts):
    """One match between the two texts."""
    item = make_item("one", item_text)
    match = replace(make_match(item, "https://a.example/", text, item_text), **facts)
    verdict = make_verdict("a.example", matches=(match,))
    return Exhibit(verdict=verdict, pages={match.page: text}, items={item.id: (item, item_text)})


def test_numbers_agree():
    """Spans in another order in the item keep the numbers of the target's order, and link both ways."""
    spans = (
        Span(target=(10, 14), item=(0, 4), words=1, group=1),
        Span(target=(0, 4), item=(10, 14), words=1, group=0),
    )
    view = view_match(make_exhibit("aaaa aaaa bbbb", "bbbb aaaa aaaa", spans=spans), 0, "t1", 1, ROOM)
    starts = [
        [(p.text, p.starts) for row in side.cut[0].paragraphs for p in row if p.starts]
        for side in (view.target_side, view.item_side)
    ]
    assert starts == [[("aaaa", (1,)), ("bbbb", (2,))], [("bbbb", (2,)), ("aaaa", (1,))]]
    assert view.links == {1, 2}
    assert (view.words, view.spans, view.longest) == (2, 2, 1)


def test_links_need_both_sides():
    """A span whose beginning is left out on one side is numbered without a link, and counted as not shown."""
    filler = "filler " * 3_000
    spans = [Span(target=(n * 38, n * 38 + 30), item=(n * 400, n * 400 + 50), words=9) for n in range(50)]
    view = view_match(make_exhibit(filler[:1_900], filler, spans=tuple(spans)), 0, "t1", 1, ROOM)
    assert view.target_side.numbers == set(range(1, 51))
    assert view.links == view.item_side.numbers
    assert len(view.links) < 50
    assert view.left_out.startswith(f"{50 - len(view.links)} spans with ")


def test_texts_not_at_hand():
    """A match whose texts are missing is shown with a note in their place."""
    exhibit = make_exhibit("one two three four five", "one two three four five")
    view = view_match(replace(exhibit, pages={}, items={}), 0, "t1", 1, ROOM)
    assert view.target_side.note == view.item_side.note == "The text is not at hand and cannot be shown."
    assert view.item_facts == "not among the items at hand"
    assert not view.links


def test_strays_are_told():
    """Spans outside the text at hand are not marked, and the reader is told."""
    spans = (Span(target=(0, 3), item=(0, 3), words=1), Span(target=(90, 99), item=(4, 7), words=1))
    view = view_match(make_exhibit("one two", "one two", spans=spans), 0, "t1", 1, ROOM)
    assert view.target_side.note == "1 span not marked: outside the text at hand."
    assert view.links == {1}


def test_other_measures():
    """A match by another measure prints its value as it is."""
    exhibit = make_exhibit("one", "one", measure="hamming", kind="image", value=12.0, spans=())
    view = view_listed(exhibit, 0, "t1", 1)
    assert (view.value, view.kind, view.longest) == ("12", "image", 0)


def test_language_is_checked():
    """A language that is no language tag does not enter the page."""
    exhibit = make_exhibit("one", "one")
    (id_,) = exhibit.items
    item, text = exhibit.items[id_]
    bad = replace(exhibit, items={id_: (replace(item, language='x" onclick="y'), text)})
    assert view_listed(exhibit, 0, "t1", 1).language == "en"
    assert view_listed(bad, 0, "t1", 1).language == ""


def test_full_texts():
    """Each text is reproduced once, with its digest, cut at the limit and left out where there is no room."""
    exhibit = make_copy()
    views, left_out = view_texts(exhibit, [0, 1, 2, 0], 10**6)
    assert (len(views), left_out) == (6, 0)
    assert [view.left_out > 0 for view in views] == [False, False, True, False, False, True]
    assert all(sum(map(len, view.blocks)) <= subject.FULL_CHARACTERS for view in views)
    assert all(len(view.digest) == 64 for view in views)
    few, missing = view_texts(exhibit, [0, 1, 2], 2_000)
    assert (len(few), missing) == (2, 4)
    crowd = make_crowd(30)
    assert len(view_texts(crowd, range(30), 10**6)[0]) == 31
