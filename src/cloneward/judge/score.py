"""The score: how probable it is that what is shared was taken from the owner's items, and not both from elsewhere.

A logistic regression over three figures of a case, each of which pulls one way only (decision 0015). The weights
belong to `default/1` and are printed by `benchmarks/run.py middling --fit`; nothing is fitted here.
"""

import math
from collections.abc import Sequence
from typing import Final

FITTED_RATE: Final = 0.5
"""Part of the true ones among the targets that the weights were fitted on, by their mass."""

INTERCEPT: Final = 0.295
WEIGHTS: Final = (5.872, 1.6, -3.188)
"""In nats, for the figures that `list_figures` gives, in its order."""

BOUND: Final = math.log(99)
"""Nats in either direction: some hundred made targets cannot show that fewer than one in a hundred is wrong."""


def list_figures(*, share: float, item_share: float, covered: int, matched: int) -> tuple[float, ...]:
    """Give what is weighed: the two shares, and the logarithm of how many items a shared word stands on.

    Args:
        share: of the target's words that count, in [0, 1].
        item_share: the greatest part of one item, in [0, 1].
        covered: words of the target in any span.
        matched: words in spans, of all matches: a word that stands on three items is counted three times.
    """
    return share, item_share, math.log(max(matched / covered, 1.0)) if covered else 0.0


def give_score(figures: Sequence[float], base_rate: float) -> float:
    """Give the probability among targets of which so great a part, `base_rate` in (0, 1), took from the owner."""
    nats = INTERCEPT + sum(weight * figure for weight, figure in zip(WEIGHTS, figures, strict=True))
    nats = min(BOUND, max(-BOUND, nats)) + _log_odds(base_rate) - _log_odds(FITTED_RATE)
    return 1 / (1 + math.exp(-nats))


def _log_odds(rate: float) -> float:
    return math.log(rate / (1 - rate))
