"""Tests of cloneward.model.finding."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.model.finding import Match, PageMatches, Span

SPANS = st.lists(st.tuples(st.integers(1, 500), st.integers(0, 5)), max_size=20)


@pytest.mark.parametrize("noun", [Match, PageMatches, Span])
def test_nouns_are_frozen(noun):
    """No finding can be changed once it is made: it is a fact."""
    assert noun.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(noun))


@given(SPANS)
def test_group_words_add_up(pairs):
    """Each group has the words of its own spans, and all groups together those of all spans."""
    spans = tuple(Span(target=(0, 1), item=(0, 1), words=words, group=group) for words, group in pairs)
    groups = Match(item="i1", page="a.html", value=0.5, spans=spans).group_words()
    assert groups == {group: sum(words for words, other in pairs if other == group) for _, group in pairs}
    assert sum(groups.values()) == sum(span.words for span in spans)


def test_a_match_is_of_text_by_containment():
    """A match that says nothing else is a containment of text, by no image and no transform."""
    match = Match(item="i1", page="a.html", value=1.0)
    assert (match.kind, match.measure, match.version, match.image, match.transform) == (
        "text",
        "containment",
        None,
        None,
        None,
    )
