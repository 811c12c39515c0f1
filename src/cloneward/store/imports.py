"""What an import was, and the digest that seals it: what the owner had, and since when."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select

from cloneward.clock import format_utc
from cloneward.model.ids import digest_text
from cloneward.store.tables import imports, versions


@dataclass(frozen=True, kw_only=True)
class Import:
    """One reading of a source. `count` and `digest` are of the versions it added; null until it finished."""

    id: str
    source: str
    started_at: str
    finished_at: str | None
    count: int | None
    digest: str | None


def import_id(source: str, ordinal: int) -> str:
    """Give the id of the import number `ordinal`, from 0, of that source."""
    return "m" + digest_text(f"{ordinal} {source}")[:24]


def select_sealed(of_import: str) -> Select[Any]:
    """Ask for what the seal of an import covers: item, digest and text digest of each version it added."""
    columns = versions.c.item, versions.c.digest, versions.c.text_digest
    return select(*columns).where(versions.c.import_id == of_import)


def seal_versions(rows: Iterable[Iterable[str]]) -> tuple[int, str]:
    """Give their number and one SHA-256 over them, in any order.

    Each row is a line of JSON, `["<item>","<digest>","<text digest>"]`; the lines are sorted as bytes and
    each ends in a newline, so anyone can compute it again.
    """
    lines = sorted(msgspec.json.encode(tuple(row)) for row in rows)
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line + b"\n")
    return len(lines), whole.hexdigest()


def read_import(row: Row[Any]) -> Import:
    """Make the noun of a row of `imports`."""
    return Import(
        id=row.id,
        source=row.source,
        started_at=format_utc(row.started_at),
        finished_at=None if row.finished_at is None else format_utc(row.finished_at),
        count=row._mapping["count"],  # noqa: SLF001  documented by SQLAlchemy; `row.count` is the tuple's method
        digest=row.digest,
    )


def select_imports() -> Select[Any]:
    """Ask for all imports, the oldest first."""
    return select(imports).order_by(imports.c.started_at, imports.c.id)
