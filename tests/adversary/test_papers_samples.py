"""Each spoilt notice differs from a good one, and the reader names what was spoilt."""

import pytest

from tests.adversary.papers import find_faults
from tests.adversary.papers_samples import GOOD, list_defects

DEFECTS = list_defects()
LEAST = 20


def test_enough():
    """There are more defects than asked for, in all kinds of notice and in the report."""
    assert len(DEFECTS) >= LEAST
    assert {defect.fault.partition(".")[0] for defect in DEFECTS} == {"dmca", "dsa", "host", "any", "xarf"}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda it: it.name)
def test_caught(defect):
    """The defect is a change, and it is named."""
    assert defect.notice not in GOOD.values()
    assert defect.fault in find_faults(defect.notice)
