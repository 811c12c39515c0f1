"""What shows that a claim of ours holds."""

from dataclasses import dataclass
from typing import Literal

Method = Literal["dns", "file"]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That the owner controls a registered domain: the line that only they could have been asked to publish was there.

    `evidence`: the record as it stood in the name service, or the address that served the file. `digest`: of the
    record's text, or of the file's bytes. The times are null until the proof is on record.
    """

    domain: str
    method: Method
    evidence: str
    digest: str
    first_proven_at: str | None = None
    last_proven_at: str | None = None
