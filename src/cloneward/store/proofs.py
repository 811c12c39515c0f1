"""Proofs of control as rows: one for each evidence, kept for good."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from cloneward.clock import format_utc
from cloneward.model.evidence import Proof
from cloneward.store.tables import proofs


def write_proof(connection: Connection, proof: Proof, now: datetime) -> Proof:
    """Put a proof on record, or note that it was found again; give it with its times."""
    key = {"domain": proof.domain, "method": proof.method, "evidence": proof.evidence, "digest": proof.digest}
    mine = tuple(proofs.c[name] == value for name, value in key.items())
    first = connection.scalar(select(proofs.c.first_proven_at).where(*mine))
    if first is None:
        connection.execute(proofs.insert(), key | {"first_proven_at": now, "last_proven_at": now})
    else:
        connection.execute(proofs.update().where(*mine).values(last_proven_at=now))
    return replace(proof, first_proven_at=format_utc(first or now), last_proven_at=format_utc(now))


def read_domains(connection: Connection) -> frozenset[str]:
    """Give the registered domains that were ever proven."""
    return frozenset(connection.scalars(select(proofs.c.domain).distinct()))
