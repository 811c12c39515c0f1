"""Two texts side by side."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.winnow import RUN, SHINGLE, fingerprint
from cloneward.match.align import MAX_GAP, align

WORDS = [f"w{number}" for number in range(4000)]


def align_words(target, item, hot_target=(), hot_item=(), common=()):
    """Align two lists of words; give their fingerprints too."""
    left, right = fingerprint(" ".join(target)), fingerprint(" ".join(item))
    masks = [np.zeros(len(words), np.bool_) for words in (target, item, target)]
    for mask, places in zip(masks, (hot_target, hot_item, common), strict=True):
        mask[list(places)] = True
    return align(left, right, *masks), left, right


def some_words(seed, count):
    """Give distinct words, the same for each seed."""
    return random.Random(seed).sample(WORDS, count)


def test_verbatim_run_is_one_span():
    """A shared run gives one span, with the words before and after left out."""
    shared = some_words(1, 60)
    alignment, left, right = align_words(["a", "b", *shared, "c"], ["x", *shared, "y", "z"])
    (span,) = alignment.spans(left, right)
    assert alignment.runs.tolist() == [[2, 1, 60, 0]]
    assert span.words == 60


def test_shared_runs_of_the_guaranteed_length_are_reported_and_shorter_ones_are_not():
    """A lone run of w + k - 1 words is a match; one word less is not."""
    shared = some_words(2, RUN)
    assert align_words(["a", *shared], ["x", *shared])[0]
    assert not align_words(["a", *shared[1:]], ["x", *shared[1:]])[0]


def test_changed_words_are_read_over_but_not_counted():
    """Every ninth word changed leaves one group, in which only agreeing words count."""
    item = some_words(3, 300)
    target = [("z" if place % 9 == 4 else word) for place, word in enumerate(item)]
    alignment, *_ = align_words(target, item)
    assert set(alignment.runs[:, 3].tolist()) == {0}
    assert alignment.words.sum() == sum(left == right for left, right in zip(target, item, strict=True))


def test_reading_on_works_in_both_directions():
    """From one long run the alignment reads on before and behind it, over added and dropped words."""
    item = some_words(4, 100)
    target = [*item[:10], "new", *item[10:14], *item[15:20], "x", "y", *item[22:70], *item[75:80]]
    alignment, *_ = align_words(target, item)
    assert alignment.runs[:, :3].tolist() == [
        [0, 0, 10], [11, 10, 4], [15, 15, 5], [22, 22, 48], [70, 75, 5],
    ]  # fmt: skip
    assert set(alignment.runs[:, 3].tolist()) == {0}


def test_groups_end_at_wide_gaps_and_at_another_order():
    """A gap over the limit in either text, or a step back in the item, begins a new group."""
    first, second = some_words(5, 40)[:20], some_words(6, 60)[20:40]
    gap, wide = ["g"] * MAX_GAP, ["g"] * (MAX_GAP + 1)
    assert align_words([*first, *gap, *second], [*first, *second])[0].runs[:, 3].tolist() == [0, 0]
    assert align_words([*first, *wide, *second], [*first, *second])[0].runs[:, 3].tolist() == [0, 1]
    assert align_words([*first, *second], [*first, *wide, *second])[0].runs[:, 3].tolist() == [0, 1]
    assert align_words([*second, *first], [*first, *second])[0].runs[:, 3].tolist() == [0, 1]


def test_hot_words_make_no_group():
    """A group without RUN words that are not hot disappears; in another the hot ones are counted too."""
    shared = some_words(7, 40)
    assert not align_words(shared, shared, hot_target=range(40))[0]
    assert not align_words(shared, shared, hot_target=range(20), hot_item=range(20 + RUN - 1, 40))[0]
    assert align_words(shared, shared, hot_target=range(10), hot_item=range(5, 40 - RUN))[0].words.tolist() == [40]


def test_common_words_do_not_count():
    """In a group that stands, the words that are nobody's are left out; a span of them alone is none."""
    shared = some_words(8, 60)
    told = {"hot_target": range(30), "common": range(20)}
    assert align_words(shared, shared, **told)[0].words.tolist() == [40]
    target = [*shared[:20], "x", "y", "z", *shared[20:]]
    alone = align_words(target, shared, hot_target=range(33), common=range(20))[0]
    assert (alone.runs[:, :3].tolist(), alone.words.tolist()) == ([[23, 20, 40]], [40])


def test_repeated_text_stays_bounded():
    """A text of one word, thousands of times, is covered in one step and does not blow up."""
    alignment, *_ = align_words(["a"] * 30_000, ["a"] * 30_000)
    assert alignment.words.tolist() == [30_000]
    alternating = (["a"] * 9 + ["b"]) * 2_000
    assert align_words(alternating, alternating[5:])[0].words.sum() >= 19_000


ALPHABET = st.lists(st.sampled_from("abcdefghij"), max_size=120)


@given(ALPHABET, ALPHABET, st.lists(st.sampled_from("klmnopqrstuvwxyz"), min_size=RUN, max_size=30))
def test_spans_say_the_same_words_in_both_texts(left_words, right_words, shared):
    """Whatever the texts, each span holds equal tokens, none overlap in the target, and each group has RUN words."""
    alignment, left, right = align_words([*left_words, *shared, *right_words], [*right_words, *shared, *left_words])
    end = 0
    for at, place, size, _ in alignment.runs:
        assert (left.tokens.hashes[at : at + size] == right.tokens.hashes[place : place + size]).all()
        assert at >= end
        end = at + size
    groups = {}
    for (_, _, _, group), words in zip(alignment.runs.tolist(), alignment.words.tolist(), strict=True):
        groups[group] = groups.get(group, 0) + words
    assert all(words >= RUN for words in groups.values())
    assert groups, "the shared run alone is long enough"


@given(ALPHABET, ALPHABET)
def test_every_seed_is_covered(left_words, right_words):
    """Every run of k tokens that stands in both texts lies under a span, or in a group too small to report."""
    left, right = fingerprint(" ".join(left_words)), fingerprint(" ".join(right_words))
    nothing_hot = [np.zeros(len(words), np.bool_) for words in (left_words, right_words, left_words)]
    alignment = align(left, right, *nothing_hot)
    covered = np.zeros(len(left_words), np.bool_)
    alignment.cover_target(covered)
    ours = set(right.shingles.tolist())
    runs = [place for place, value in enumerate(left.shingles.tolist()) if value in ours]
    for start in runs:
        rest = [place for place in runs if start <= place <= start + RUN - SHINGLE]
        if len(rest) == RUN - SHINGLE + 1 and _stands_whole(left_words[start : start + RUN], right_words):
            assert covered[start : start + RUN].all()


def _stands_whole(run, words):
    return any(words[place : place + len(run)] == run for place in range(len(words) - len(run) + 1))


def test_joined_alignments_keep_order_and_groups():
    """Two alignments of one pair become one, in the order of the target, with no group of the one in the other."""
    words = some_words(9, 60)
    first, *_ = align_words([*words[:20], *["x"] * 30, *words[20:40]], words[:40])
    second, *_ = align_words([*["y"] * 25, *words[40:]], words[40:])
    joined = first.join(second)
    assert joined.runs[:, 0].tolist() == sorted([0, 50, 25])
    assert joined.words.sum() == 60
    assert len(set(joined.runs[:, 3].tolist())) == len(set(first.runs[:, 3].tolist())) + 1
