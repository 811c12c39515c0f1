"""Labels, precision and agreement."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.measure.quality import measure_agreement, measure_precision, settle_labels, wilson
from cloneward.model.cases import Label

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def label(case, by, verdict, *, minute=0, saw=False):
    """What somebody says of a case."""
    return Label(case=case, by=by, at=NOON + timedelta(minutes=minute), verdict=verdict, saw=saw)


@pytest.mark.parametrize(
    ("labels", "settled"),
    [
        ([label("c", "ann", "copy"), label("c", "ben", "copy")], "copy"),
        ([label("c", "ann", "copy")], None),
        ([label("c", "ann", "copy"), label("c", "ben", "benign")], None),
        ([label("c", "ann", "copy"), label("c", "ben", "copy", saw=True)], None),
        ([label("c", "ann", "copy"), label("c", "ben", "benign"), label("c", "cem", "benign")], "benign"),
        ([label("c", "ann", "copy"), label("c", "ann", "copy", minute=1)], None),
        ([label("c", "ann", "benign"), label("c", "ann", "copy", minute=1), label("c", "ben", "copy")], "copy"),
    ],
)
def test_two_who_did_not_see_each_other_settle_a_case(labels, settled):
    """One person, or one who saw the other's label, settles nothing; the last word of each counts."""
    assert settle_labels(labels)["c"] == settled


def test_precision_by_channel():
    """Each channel is told apart, with what is unsettled and what that means at the worst."""
    called = {
        "a": ("text", "copy"),
        "b": ("text", "partial_copy"),
        "c": ("text", "copy"),
        "d": ("image", "copy"),
        "e": ("text", "benign"),
    }
    labels = [
        *(label(case, by, "copy") for case in "ad" for by in ("ann", "ben")),
        *(label("b", by, "benign") for by in ("ann", "ben")),
        label("c", "ann", "copy"),
    ]
    image, text = measure_precision(called, labels)
    assert (image.channel, image.settled, image.share, image.worst) == ("image", 1, 1.0, 1.0)
    assert (text.settled, text.right, text.unsettled, text.share) == (2, 1, 1, 0.5)
    assert text.worst == pytest.approx(1 / 3)


def test_nothing_settled_is_no_share():
    """A channel without a settled case has no precision, and is named all the same."""
    (only,) = measure_precision({"a": ("text", "copy")}, [])
    assert (only.share, only.low, only.unsettled, only.worst) == (None, None, 1, 0.0)


def test_agreement():
    """Kappa is that of the textbook: 20 of 50 both yes, 15 both no, 5 and 10 not alike give 0.4."""
    pairs = [("copy", "copy")] * 20 + [("copy", "benign")] * 5 + [("benign", "copy")] * 10 + [("benign", "benign")] * 15
    labels = [
        label(str(number), by, verdict)
        for number, pair in enumerate(pairs)
        for by, verdict in zip(("ann", "ben"), pair, strict=True)
    ]
    assert measure_agreement(labels) == pytest.approx(0.4)
    assert measure_agreement([]) is None
    assert measure_agreement(labels[:4]) is None


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_holds_the_share(right, more):
    """The interval is within [0, 1] and around the share."""
    total = right + more
    low, high = wilson(right, total)
    assert 0 <= low <= (right / total if total else 0.5) <= high <= 1


def test_the_interval_is_wilsons():
    """9 of 10 give the limits that the tables print."""
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-3)
