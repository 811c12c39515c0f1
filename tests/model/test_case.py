"""Tests of cloneward.model.case."""

import dataclasses
from typing import get_args

import pytest

from cloneward.model import case

# The words of the contract; one more or less is a change of the contract.
WORDS = {
    "VerdictName": "copy partial_copy impersonation harvester authorised benign unrelated unknown",
    "Likeness": "whole partial brand_only none",
    "Standing": "none_known own licensed quotation criticism archive intermediary user_upload",
    "Direction": "ours_first theirs_first common_source unknown",
    "Harm": "personal_data login_only deleted_at_source minors credential_form payment brand",
    "Host": "dedicated compromised shared platform unknown",
}


@pytest.mark.parametrize("name", WORDS)
def test_words_are_those_of_the_contract(name):
    """A verdict speaks in the words of the contract and no others."""
    assert list(get_args(getattr(case, name))) == WORDS[name].split()


@pytest.mark.parametrize("noun", [case.Reason, case.SealState, case.Verdict, case.WhyNot])
def test_nouns_are_frozen(noun):
    """A decision is superseded, never changed."""
    assert noun.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(noun))


def test_verdict_knows_nothing_by_itself():
    """A verdict claims no harm, host, score or seal that nobody gave it."""
    defaults = {field.name: field.default for field in dataclasses.fields(case.Verdict)}
    assert (defaults["harms"], defaults["host"]) == ((), "unknown")
    assert (defaults["score"], defaults["base_rate"], defaults["seal"], defaults["why_not"]) == (None,) * 4
