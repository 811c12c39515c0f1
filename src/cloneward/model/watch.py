"""What an address that is watched has come to, and by what."""

from dataclasses import dataclass
from typing import Final, Literal

State = Literal["live", "changed", "empty", "parked", "suspended", "cloaked", "moved", "back", "unreachable"]
Cause = Literal["content", "dns", "host", "redirect", "status", "tls"]

SHOWN: Final[frozenset[State]] = frozenset({"live", "back", "cloaked"})
"""States in which somebody is shown the copy at the address itself."""


@dataclass(frozen=True, kw_only=True)
class Revisit:
    """What one visit of a watched address found: its state, what makes it so, and what shows that.

    `evidence`: a status, an address, a phrase or a share, with the vantage that saw it. `containment`: the part of the
    sealed capture's distinct runs of words that is still there, in [0, 1]; none where nothing could be compared.
    """

    state: State
    cause: Cause
    evidence: str
    containment: float | None = None
