"""The kinds of fingerprint and their versions; only like may be compared with like."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import VersionMismatch

TRAITS = 128
"""k: how many values of a set are kept; the standard error of an estimate is at most 0.5 / sqrt(k), which is 0.044."""


@dataclass(frozen=True)
class Kind:
    """A way of making fingerprints. A change of any result is a new version."""

    name: str
    version: int

    def __str__(self) -> str:
        """Give the name under which it is stored: `text/1`."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, eq=False)
class Sketch:
    """The fingerprints of one text.

    `hashes`: uint64, shape (m,). `positions`: int32, shape (m,), the first token of each, ascending.
    """

    kind: Kind
    hashes: NDArray[np.uint64]
    positions: NDArray[np.int32]

    def __len__(self) -> int:
        """Give the number of fingerprints."""
        return int(self.hashes.size)


@dataclass(frozen=True)
class Traits:
    """What one page has, as a set of digests in hexadecimal, of which the lowest `TRAITS` are kept: a bottom-k sketch.

    The lowest of a set are a fair sample of it, and those of two sets together one of their union.
    """

    kind: Kind
    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kind: Kind, values: Iterable[str]) -> "Traits":
        """Keep the lowest of the values."""
        return cls(kind, frozenset(nsmallest(TRAITS, set(values))))


def require_same(left: Kind, right: Kind) -> None:
    """Refuse to compare across kinds or versions: the answer would be wrong, not merely worse.

    Raises:
        VersionMismatch: the two differ.
    """
    if left != right:
        raise VersionMismatch(
            f"fingerprints of {left} cannot be compared with those of {right}",
            hint="make both anew with this version: cloneward protect add, again, rebuilds an index",
        )
