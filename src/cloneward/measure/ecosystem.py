"""How large the known ecosystem is, and by how much it shrank: of the same sites, those that came later told apart.

A falling count may be our blindness. So a reduction is told twice: as seen, and at the worst, where all that may be
hidden from us, or that nobody has looked at lately, counts as active; and an estimate of what was never found stands
beside it. A site never leaves the register: dropping one would raise the reduction.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cloneward.model.watch import SHOWN, State

Standing = Literal["active", "dormant", "down", "resolved", "unseen"]

STALE: Final = timedelta(days=14)
"""After which what was last seen tells nothing of now."""
_Z: Final = 1.959964  # of a normal distribution, for 95 %
_DOWN: Final[frozenset[State]] = frozenset({"unreachable", "suspended", "parked"})


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site of the register: by which channels it was found, and what was seen there.

    `seen`: moments and states in any order. `resolved_at`: when cases on it were closed as resolved.
    """

    domain: str
    channels: frozenset[str]
    known_since: datetime
    seen: Sequence[tuple[datetime, State]]
    resolved_at: Sequence[datetime] = ()


@dataclass(frozen=True, kw_only=True)
class Ecosystem:
    """The record of the contract. Counts are of sites; reductions are shares of the peak's own sites, none without one.

    `active`: shows our content, as last seen, no longer ago than `STALE`. `dormant`: answers without it. `down`: does
    not answer, or somebody else in its place. `resolved`: a case was closed as resolved, and nothing was seen since.
    `relapsed`: shows it again after that; counted in `active` too. `cloak_suspect`: hidden from some, or not looked at
    lately. `peak`: most that were active at once. `undiscovered`: sites that no channel has found, estimated from how
    often channels found the same; none with fewer than two channels.
    """

    as_of: datetime
    known: int
    active: int
    dormant: int
    down: int
    resolved: int
    relapsed: int
    cloak_suspect: int
    peak: int
    cohort_reduction: float | None
    cohort_reduction_worst: float | None
    new_since_peak: int
    undiscovered_estimate: float | None
    undiscovered_ci: tuple[float, float] | None


def measure_ecosystem(sites: Iterable[Site], as_of: datetime) -> Ecosystem:
    """Give how large the ecosystem is at a moment, by what was known at that moment."""
    known = [site for site in sites if site.known_since <= as_of]
    now = [_tell_standing(site, as_of) for site in known]
    peak_at = _find_peak(known, as_of)
    cohort = [site for site in known if peak_at and _is_active(site, peak_at)]
    still = sum(_is_active(site, as_of) for site in cohort)
    at_worst = sum(_is_active(site, as_of) or _is_hidden(site, as_of) for site in cohort)
    estimate = estimate_undiscovered([site.channels for site in known])
    return Ecosystem(
        as_of=as_of,
        known=len(known),
        active=now.count("active"),
        dormant=now.count("dormant"),
        down=now.count("down"),
        resolved=now.count("resolved"),
        relapsed=sum(_is_relapsed(site, as_of) for site in known),
        cloak_suspect=sum(_is_hidden(site, as_of) for site in known),
        peak=len(cohort),
        cohort_reduction=1 - still / len(cohort) if cohort else None,
        cohort_reduction_worst=1 - at_worst / len(cohort) if cohort else None,
        new_since_peak=sum(_is_new(site, peak_at, as_of) for site in known) if peak_at else 0,
        undiscovered_estimate=estimate[0] if estimate else None,
        undiscovered_ci=estimate[1] if estimate else None,
    )


def estimate_undiscovered(channels: Iterable[frozenset[str]]) -> tuple[float, tuple[float, float]] | None:
    """Give how many sites no channel has found, and its 95 % interval; none with fewer than two channels.

    A lower bound in truth: channels that find the same kind of sites make it too small.

    Source: Chao 1987, Biometrics 43, for samples of incidence (Chao2), bias-corrected, with its log-normal interval.
    """
    found = list(channels)
    count = len(frozenset().union(*found))
    if count < 2:  # noqa: PLR2004  nothing can be found twice
        return None
    once = sum(len(by) == 1 for by in found)
    twice = sum(len(by) == 2 for by in found)  # noqa: PLR2004  as the source calls it, Q2
    part = (count - 1) / count
    estimate = part * once * (once - 1) / (2 * (twice + 1))
    if not estimate:
        return 0.0, (0.0, 0.0)
    ratio = once / (twice + 1)
    variance = (twice + 1) * (part / 2 * ratio**2 + part**2 * ratio**3 + part**2 / 4 * ratio**4)
    spread = math.exp(_Z * math.sqrt(math.log1p(variance / estimate**2)))
    return estimate, (estimate / spread, estimate * spread)


def _tell_standing(site: Site, at: datetime) -> Standing:
    last = _last_seen(site, at)
    if _is_active(site, at):
        return "active"
    if any(moment <= at for moment in site.resolved_at):
        return "resolved"
    if last is None:
        return "unseen"
    return "down" if last[1] in _DOWN else "dormant"


def _is_active(site: Site, at: datetime) -> bool:
    last = _last_seen(site, at)
    return last is not None and last[1] in SHOWN and at - last[0] <= STALE


def _is_hidden(site: Site, at: datetime) -> bool:
    """Say whether it may be active and we do not know: cloaked, or last seen active and not looked at since."""
    last = _last_seen(site, at)
    if last is None:
        return True
    return last[1] == "cloaked" or (last[1] in SHOWN and at - last[0] > STALE)


def _is_relapsed(site: Site, at: datetime) -> bool:
    first = min((moment for moment in site.resolved_at if moment <= at), default=None)
    return (
        first is not None
        and _is_active(site, at)
        and any(first < when <= at and state in SHOWN for when, state in site.seen)
    )


def _is_new(site: Site, peak_at: datetime, at: datetime) -> bool:
    """Say whether it was seen active for the first time after the peak."""
    first = min((when for when, state in site.seen if state in SHOWN and when <= at), default=None)
    return first is not None and first > peak_at


def _find_peak(sites: Sequence[Site], as_of: datetime) -> datetime | None:
    """Give the first moment at which most were active at once; that only changes when something is seen."""
    moments = sorted({when for site in sites for when, state in site.seen if when <= as_of and state in SHOWN})
    counts = [(sum(_is_active(site, moment) for site in sites), moment) for moment in moments]
    most = max((count for count, _ in counts), default=0)
    return next((moment for count, moment in counts if count == most), None) if most else None


def _last_seen(site: Site, at: datetime) -> tuple[datetime, State] | None:
    return max(((when, state) for when, state in site.seen if when <= at), key=lambda one: one[0], default=None)
