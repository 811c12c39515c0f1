"""The size of the ecosystem, on histories that were written by hand."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cloneward.measure.ecosystem import STALE, Site, estimate_undiscovered, measure_ecosystem

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def site(domain, *seen, resolved=(), channels=("certs",), known=0):
    """A site, by days since the start."""
    return Site(
        domain=domain,
        channels=frozenset(channels),
        known_since=START + known * DAY,
        seen=[(START + day * DAY, state) for day, state in seen],
        resolved_at=[START + day * DAY for day in resolved],
    )


def weekly(first, last, state="live"):
    """A sight each week."""
    return [(day, state) for day in range(first, last + 1, 7)]


def test_each_site_stands_somewhere():
    """Active, dormant, down, resolved and relapsed sites are counted as that."""
    sites = [
        site("a", *weekly(0, 98)),
        site("b", *weekly(0, 49), (56, "changed"), (98, "changed")),
        site("c", *weekly(0, 49), (98, "suspended")),
        site("d", *weekly(0, 49), (56, "empty"), (98, "empty"), resolved=(60,)),
        site("e", *weekly(0, 49), (56, "empty"), (98, "back"), resolved=(60,)),
    ]
    told = measure_ecosystem(sites, START + 98 * DAY)
    assert (told.known, told.active, told.dormant, told.down, told.resolved, told.relapsed) == (5, 2, 1, 1, 1, 1)
    assert (told.peak, told.new_since_peak) == (5, 0)
    assert told.cohort_reduction == pytest.approx(0.6)


def test_newcomers_do_not_hide_in_the_reduction():
    """Sites that came after the peak are told apart, and raise or lower nothing."""
    old = [site(f"o{n}", *weekly(0, 28), (35, "empty"), (84, "empty")) for n in range(10)]
    new = [site(f"n{n}", *weekly(56, 84), known=56) for n in range(4)]
    told = measure_ecosystem([*old, *new], START + 84 * DAY)
    assert (told.peak, told.cohort_reduction, told.new_since_peak, told.active) == (10, 1.0, 4, 4)


def test_what_nobody_looks_at_is_active_at_the_worst():
    """A site that was last seen active, long ago, or that is cloaked, lowers the reduction at the worst."""
    sites = [
        site("a", *weekly(0, 28), (84, "empty")),
        site("b", *weekly(0, 28)),
        site("c", *weekly(0, 28), (84, "cloaked")),
    ]
    told = measure_ecosystem(sites, START + 84 * DAY)
    assert told.cohort_reduction == pytest.approx(2 / 3)
    assert told.cohort_reduction_worst == pytest.approx(1 / 3)
    assert told.cloak_suspect == 2


def test_dropping_sites_raises_nothing():
    """Leaving active sites out of the register makes the reduction no larger than the truth of those left."""
    down = [site(f"d{n}", *weekly(0, 28), (84, "empty")) for n in range(8)]
    active = [site(f"a{n}", *weekly(0, 84)) for n in range(8)]
    assert measure_ecosystem([*down, *active], START + 84 * DAY).cohort_reduction == pytest.approx(0.5)
    unseen = measure_ecosystem([*down, *(site(one.domain) for one in active)], START + 84 * DAY)
    assert (unseen.known, unseen.cloak_suspect) == (16, 8)


def test_nothing_is_known_at_first():
    """Without a site that was ever active there is no reduction."""
    told = measure_ecosystem([site("a")], START)
    assert (told.known, told.peak, told.cohort_reduction, told.undiscovered_estimate) == (1, 0, None, None)


def test_a_scripted_year_is_told_as_it_was():
    """On 120 sites of a year that was made up, the reduction is that of the script, within two points."""
    chance = Random(20261124)
    sites, still = [], 0
    for number in range(120):
        ends = chance.choice([None, *range(210, 350)]) if number % 10 else None
        still += ends is None
        seen = weekly(number % 60, 364 if ends is None else ends)
        seen += [] if ends is None else [(day, "empty") for day in range(ends + 7, 365, 7)]
        sites.append(site(f"s{number}", *seen))
    told = measure_ecosystem(sites, START + 364 * DAY)
    assert told.peak == 120
    assert told.cohort_reduction == pytest.approx(1 - still / 120, abs=0.02)


def test_what_was_never_found_is_estimated():
    """Channels that find sites by chance tell how many they both missed, within the interval."""
    chance = Random(7)
    hits, width = 0, []
    for _ in range(200):
        found = [frozenset(name for name in ("certs", "reports", "names") if chance.random() < 0.5) for _ in range(200)]
        missed = sum(not by for by in found)
        estimate, (low, high) = estimate_undiscovered(by for by in found if by)
        hits += low <= missed <= high
        width.append(estimate / missed)
    assert hits >= 180
    assert sum(width) / len(width) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("channels", [[], [{"a"}], [{"a"}, {"a"}]])
def test_one_channel_tells_nothing_of_what_it_missed(channels):
    """With fewer than two channels nothing can be found twice."""
    assert estimate_undiscovered(map(frozenset, channels)) is None


def test_what_all_found_hides_nothing():
    """Where every site was found twice, none is thought to be missing."""
    assert estimate_undiscovered([frozenset({"a", "b"})] * 9) == (0.0, (0.0, 0.0))


def test_a_sight_of_long_ago_is_none_of_now():
    """What was active longer ago than the limit is not counted as active."""
    assert measure_ecosystem([site("a", (0, "live"))], START + STALE).active == 1
    assert measure_ecosystem([site("a", (0, "live"))], START + STALE + DAY).active == 0
