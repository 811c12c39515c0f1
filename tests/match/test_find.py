"""Matches of a page: through the index, and by comparing with all."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.blocks import BLOCK, LONGEST, find_blocks
from cloneward.fingerprint.winnow import RUN, WINDOW, fingerprint
from cloneward.match.find import MAX_CANDIDATES, Indexes, count_site, find_exactly, find_matches, find_template
from cloneward.match.index import build_index
from cloneward.model.finding import ItemShare, SiteMatches


def prose(rng, count):
    """Give words that repeat by chance only."""
    return [f"w{rng.randrange(3000)}" for _ in range(count)]


def library(texts):
    """Give the fingerprints of items and their index."""
    prints = {item: fingerprint(" ".join(words)) for item, words in texts.items()}
    return prints, Indexes(
        text=build_index((item, text.sketch) for item, text in prints.items()),
        block=build_index(((item, find_blocks(text.tokens).sketch) for item, text in prints.items()), kind=BLOCK),
    )


def find(words, prints, index):
    """Find through the index, and by comparing with all."""
    page = fingerprint(" ".join(words))
    return find_matches("page", page, index, lambda items: [prints[item] for item in items]), find_exactly(
        "page", page, prints.items(), index
    )


@given(st.integers(0, 2**32), st.data())
def test_the_index_agrees_with_the_reference(seed, data):
    """What the index finds, the exact comparison finds alike; and no run of the guaranteed length goes unexplained."""
    rng = random.Random(seed)
    texts = {f"i{n}": prose(rng, rng.randint(0, 200)) for n in range(rng.randint(1, 12))}
    for item in list(texts)[:2]:  # the owner repeats itself
        texts[item + "again"] = texts[item][: rng.randint(0, 200)]
    prints, index = library(texts)
    page = prose(rng, 30)
    for _ in range(data.draw(st.integers(0, 4))):
        source = texts[rng.choice(sorted(texts))]
        start, size = rng.randint(0, 150), rng.randint(5, 60)
        page += source[start : start + size] + prose(rng, rng.randint(0, 10))
    fast, exact = find(page, prints, index)
    reference = {match.item: match for match in exact.matches}
    assert all(reference[match.item] == match for match in fast.matches)
    assert not exact.matches or fast.matches or max(s.words for m in exact.matches for s in m.spans) < RUN
    for match in exact.matches:
        for span in match.spans:
            if span.words >= RUN:
                assert any(_covers(other, span) for other in fast.matches)


def _covers(match, span):
    return any(each.target[0] < span.target[1] and span.target[0] < each.target[1] for each in match.spans)


def test_containment_both_ways():
    """The share of the item and the covered words of the page are counted apart."""
    rng = random.Random(1)
    item = prose(rng, 200)
    prints, index = library({"i": item})
    found, _ = find([*prose(rng, 300), *item[:100]], prints, index)
    (counted,) = count_site([found]).pages
    assert (counted.words, counted.covered) == (400, 100)
    assert counted.matches[0].value == 0.5


def test_an_item_split_over_pages_is_joined():
    """What the pages of a target show of one item adds up, and what two of them show counts once."""
    rng = random.Random(6)
    item = prose(rng, 200)
    prints, index = library({"i": item})
    pages = [find([*prose(rng, 20), *item[start : start + 60]], prints, index)[0] for start in (0, 40, 140)]
    assert count_site(pages).items == {"i": ItemShare(words=160, share=0.8)}


def test_words_matched_by_two_items_count_once():
    """A passage that stands in two items gives two matches, and covers its words once."""
    rng = random.Random(2)
    shared = prose(rng, 50)
    prints, index = library({"a": shared + prose(rng, 20), "b": prose(rng, 20) + shared})
    found, _ = find(shared, prints, index)
    assert [match.item for match in found.matches] == ["a", "b"]
    assert count_site([found]).pages[0].covered == 50


def test_the_targets_template_is_left_out_of_its_words():
    """What the target repeats on half of its pages is no content of it, unless it is ours."""
    rng = random.Random(3)
    ours, menu = prose(rng, 60), prose(rng, 80)
    prints, index = library({"i": ours})
    pages = [find([*menu, *prose(rng, 40), *ours], prints, index)[0] for _ in range(4)]
    counted = count_site(pages).pages[0]
    assert counted.covered == 60
    assert 100 <= counted.words <= 100 + 2 * (WINDOW - 1), "own words and ours, and of the menu a window's edge"
    assert find_template([page.sketch for page in pages[:3]]).size == 0


def test_a_page_of_very_many_passages_is_bounded():
    """Beyond the cap, candidates are not aligned, and how many is said."""
    rng = random.Random(4)
    texts = {f"i{n:03}": prose(rng, 60) for n in range(MAX_CANDIDATES + 30)}
    prints, index = library(texts)
    page = [word for words in texts.values() for word in words[:20]]
    found, _ = find(page, prints, index)
    assert len(found.matches) <= MAX_CANDIDATES
    assert found.left_out >= 30


def test_items_that_add_nothing_are_left_out():
    """Beside the item that explains a page best, those that share only a part of the same passage are not listed."""
    rng = random.Random(7)
    passage = prose(rng, 200)
    texts = {"whole": passage, "rival": passage[:150] + prose(rng, 50)}
    texts |= {f"i{n}": passage[:20] + prose(rng, 200) for n in range(8)}
    prints, index = library(texts)
    found, _ = find(passage, prints, index)
    assert {match.item for match in found.matches} == {"whole", "rival"}


def test_numbers_are_not_counted():
    """Line numbers that agree are no words that agree."""
    numbers = [str(number) for number in range(100, 200)]
    prints, index = library({"i": numbers + ["word"] * 8})
    found, _ = find(numbers, prints, index)
    assert found.matches == ()


def test_standing_words_count_beside_the_items_own_and_common_ones_never():
    """Of a passage, what the owner says on many pages counts if words of this item alone stand in it too."""
    rng = random.Random(10)
    standing, licence, own = prose(rng, 40), prose(rng, 40), prose(rng, 20)
    texts = {f"i{n:02}": [*prose(rng, 30), *licence, *prose(rng, 30), *standing] for n in range(12)}
    prints, index = library(texts | {"i": [*licence, *own, *standing]})
    common = np.unique(fingerprint(" ".join(licence)).sketch.hashes)
    index = Indexes(text=replace(index.text, common=common), block=index.block)
    found, exact = find([*prose(rng, 30), *licence, *own, *standing], prints, index)
    assert found.matches == exact.matches
    (match,) = found.matches
    assert match.item == "i"
    assert 55 <= sum(match.group_words().values()) <= 60 + 2 * WINDOW
    assert count_site([found]).items["i"].words <= 20 + 2 * WINDOW
    assert find([*prose(rng, 30), *licence, *standing], prints, index)[0].matches == ()


def test_every_long_shared_run_is_covered():
    """Whatever is left out, each shared run of the guaranteed length lies under a match."""
    rng = random.Random(8)
    texts = {f"i{n:02}": prose(rng, 120) for n in range(40)}
    prints, index = library(texts)
    page = [word for n in range(30) for word in [*prose(rng, 5), *texts[f"i{n:02}"][30 : 30 + RUN]]]
    found, exact = find(page, prints, index)
    assert found.covered.sum() >= 30 * RUN
    assert (found.covered == exact.covered).all()


def test_short_blocks_are_found_in_any_order():
    """The cells of a table, in another order and between other lines, are found, though no run of words is left."""
    rng = random.Random(9)
    cells = [" ".join(prose(rng, 5)) for _ in range(60)]
    prints = {
        "i": fingerprint("\n".join(cells)),
        "other": fingerprint("\n".join(" ".join(prose(rng, 5)) for _ in range(60))),
    }
    index = Indexes(
        text=build_index((item, text.sketch) for item, text in prints.items()),
        block=build_index(((item, find_blocks(text.tokens).sketch) for item, text in prints.items()), kind=BLOCK),
    )
    shuffled = rng.sample(cells, 40)
    page = fingerprint("\n".join(line for cell in shuffled for line in (cell, " ".join(prose(rng, 4)))))
    found = find_matches("page", page, index, lambda items: [prints[item] for item in items])
    assert [match.item for match in found.matches] == ["i"]
    assert count_site([found]).items["i"].words == 200
    assert {span.words for span in found.matches[0].spans} == {5}


def test_items_that_share_too_few_short_blocks_are_not_read():
    """Four blocks cannot have sixty words, five of the longest can: only then is the item's text asked for."""
    rng = random.Random(3)
    blocks = [" ".join(prose(rng, LONGEST)) for _ in range(5)]
    prints = {"four": fingerprint("\n".join(blocks[:4])), "five": fingerprint("\n".join(blocks))}
    index = Indexes(
        text=build_index(()),
        block=build_index(((item, find_blocks(text.tokens).sketch) for item, text in prints.items()), kind=BLOCK),
    )
    asked = []
    page = fingerprint("\n".join(line for block in blocks for line in (" ".join(prose(rng, 4)), block)))
    found = find_matches("page", page, index, lambda items: asked.extend(items) or [prints[item] for item in items])
    assert asked == ["five"]
    assert [match.item for match in found.matches] == ["five"]


def test_an_empty_page_has_no_matches():
    """Nothing to read, nothing to find."""
    prints, index = library({"i": prose(random.Random(5), 50)})
    found, exact = find([], prints, index)
    assert found.matches == exact.matches == ()
    assert count_site([found]).pages[0].words == 0
    assert count_site([]) == SiteMatches()
