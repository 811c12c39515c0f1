"""Tests of cloneward.model.codec."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import InputError
from cloneward.model.case import Reason, SealState, Verdict, WhyNot
from cloneward.model.codec import decode, encode, encode_verdict
from cloneward.model.content import Extract, Item, Owner, Problem, Region
from cloneward.model.finding import Match, PageMatches, Span
from tests.records import FIELDS

SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 2**40)
RANGES = st.tuples(COUNTS, COUNTS)
SPANS = st.builds(Span, target=RANGES, item=RANGES, words=COUNTS, group=COUNTS)
MATCHES = st.builds(Match, value=SHARES, spans=st.lists(SPANS, max_size=2).map(tuple), version=..., image=...)
REASONS = st.builds(
    Reason, weight=st.floats(-9, 9), evidence=st.lists(st.integers(0, 9) | st.text(), max_size=2).map(tuple)
)
VERDICTS = st.builds(
    Verdict,
    captured_at=...,
    score=st.none() | SHARES,
    share_of_target=SHARES,
    share_of_item_max=SHARES,
    words=COUNTS,
    pages=COUNTS,
    items_matched=COUNTS,
    took_s=st.floats(0, 1e6),
    harms=...,
    matches=st.lists(MATCHES, max_size=2).map(tuple),
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    problems=...,
    seal=st.none() | st.builds(SealState),
    why_not=st.none() | st.builds(WhyNot),
)
NOUNS = st.one_of(
    st.builds(Item, words=COUNTS, url=..., language=..., published_at=...),
    st.builds(Problem, page=..., hint=...),
    st.builds(Extract, links=st.lists(st.builds(Region, start=COUNTS, end=COUNTS), max_size=2).map(tuple)),
    st.builds(Owner, domains=..., names=...),
    st.builds(PageMatches, words=COUNTS, covered=COUNTS, matches=st.lists(MATCHES, max_size=2).map(tuple)),
    VERDICTS,
)


@given(VERDICTS)
def test_verdict_has_the_fields_of_the_contract(verdict):
    """The record of any verdict has the contract's fields by their names, and `why_not` only where it was asked."""
    line = encode_verdict(verdict)
    assert b"\n" not in line
    record = json.loads(line)
    assert set(record) == FIELDS | ({"why_not"} if verdict.why_not else set())
    for match in record["matches"]:
        more = {"record": {"fields"}, "video": {"frames"}}.get(match["kind"], set())
        assert set(match) == set("item version page kind measure value spans image transform".split()) | more
        for span in match["spans"]:
            assert set(span) == {"target", "item", "words"}
    for reason, given_reason in zip(record["reasons"], verdict.reasons, strict=True):
        assert set(reason) == {"code", "text", "weight", "for", "evidence"}
        assert reason["for"] is given_reason.pro
    for problem in record["problems"]:
        assert set(problem) == {"code", "page", "text", "hint"}
    assert record["seal"] is None or set(record["seal"]) == {"id", "path", "state"}


@given(NOUNS)
def test_nouns_come_back(noun):
    """What is written of any noun is one line, and read back as an equal noun."""
    line = encode(noun)
    assert b"\n" not in line
    assert decode(line, type(noun)) == noun


@given(st.binary() | st.text().map(str.encode) | st.dictionaries(st.text(), st.text()).map(encode))
def test_foreign_lines_are_refused(line):
    """A line that is no such record gives our error and no other."""
    with pytest.raises(InputError, match="not a Item"):
        decode(line, Item)


@pytest.mark.parametrize("line", [b"[" * 200_000, b'{"x":' * 200_000, b'{"x":' + b"[" * 200_000])
def test_deep_lines_are_refused(line):
    """A line that nests without end gives our error, and does not exhaust the stack."""
    with pytest.raises(InputError):
        decode(line, Item)
