"""How often we were right: labels of people beside verdicts, with what they do not agree on told.

A label counts where two people who did not see each other's agree; the others are unsettled, and stand in the worst
case as errors.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cloneward.model.case import VerdictName
from cloneward.model.cases import Label

CALLED: Final[frozenset[VerdictName]] = frozenset({"copy", "partial_copy", "impersonation"})
"""Verdicts on which something may be asked of somebody."""
_Z: Final = 1.959964  # of a normal distribution, for 95 %


@dataclass(frozen=True, kw_only=True)
class Precision:
    """Of the cases that a channel called ours and people settled, the part that is; with Wilson's 95 % interval.

    `settled`, `right`: counts. `unsettled`: called, and labelled by one alone or not alike. `worst`: the part if all of
    those were errors. `share`, `low`, `high`: none without a settled case.
    """

    channel: str
    settled: int
    right: int
    unsettled: int
    share: float | None
    low: float | None
    high: float | None
    worst: float | None


def settle_labels(labels: Iterable[Label]) -> dict[str, VerdictName | None]:
    """Give what each case is as people settled it; none where two did not say the same without seeing each other's.

    The last label of a person is what they say. Where a third breaks a tie, two must say the same still.
    """
    last: dict[str, dict[str, Label]] = {}
    for label in sorted(labels, key=lambda one: one.at):
        if not label.saw:
            last.setdefault(label.case, {})[label.by] = label
    return {case: _find_agreed(list(by.values())) for case, by in last.items()}


def measure_precision(called: Mapping[str, tuple[str, VerdictName]], labels: Iterable[Label]) -> tuple[Precision, ...]:
    """Give the precision of each channel.

    Args:
        called: by case, the channel that found it and the verdict that was given.
        labels: all there are.
    """
    settled = settle_labels(labels)
    channels: dict[str, list[str]] = {}
    for case, (channel, verdict) in called.items():
        if verdict in CALLED:
            channels.setdefault(channel, []).append(case)
    return tuple(_count(channel, cases, settled) for channel, cases in sorted(channels.items()))


def measure_agreement(labels: Iterable[Label]) -> float | None:
    """Give how far people agree beyond chance on what they labelled without seeing each other's: Cohen's kappa.

    Of each case the first two people count; none where that is never so, or chance explains all.
    """
    pairs: list[tuple[bool, bool]] = []
    cases: dict[str, dict[str, bool]] = {}
    for label in sorted(labels, key=lambda one: one.at):
        if not label.saw:
            cases.setdefault(label.case, {}).setdefault(label.by, label.verdict in CALLED)
    for by in cases.values():
        if len(by) > 1:
            first, second, *_ = by.values()
            pairs.append((first, second))
    if not pairs:
        return None
    alike = sum(first == second for first, second in pairs) / len(pairs)
    said = [sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1)]
    by_chance = said[0] * said[1] + (1 - said[0]) * (1 - said[1])
    return (alike - by_chance) / (1 - by_chance) if by_chance < 1 else None


def wilson(right: int, total: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share; all of [0, 1] of nothing."""
    if not total:
        return 0.0, 1.0
    share = right / total
    middle = share + _Z**2 / (2 * total)
    spread = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    whole = 1 + _Z**2 / total
    low, high = (middle - spread) / whole, (middle + spread) / whole
    return max(min(low, share), 0.0), min(max(high, share), 1.0)  # the share itself, where digits are lost at an end


def _find_agreed(labels: Sequence[Label]) -> VerdictName | None:
    counts: dict[VerdictName, int] = {}
    for label in labels:
        counts[label.verdict] = counts.get(label.verdict, 0) + 1
    most = max(counts.values())
    agreed = [verdict for verdict, count in counts.items() if count == most]
    return agreed[0] if most > 1 and len(agreed) == 1 else None


def _count(channel: str, cases: Sequence[str], settled: Mapping[str, VerdictName | None]) -> Precision:
    verdicts = [settled.get(case) for case in cases]
    known = [verdict for verdict in verdicts if verdict is not None]
    right = sum(verdict in CALLED for verdict in known)
    low, high = wilson(right, len(known))
    return Precision(
        channel=channel,
        settled=len(known),
        right=right,
        unsettled=len(verdicts) - len(known),
        share=right / len(known) if known else None,
        low=low if known else None,
        high=high if known else None,
        worst=right / len(verdicts) if verdicts else None,
    )
