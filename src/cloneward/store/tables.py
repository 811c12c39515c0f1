"""The tables of the records, for SQLite and PostgreSQL alike.

Facts and what changes are apart: a row of `versions` is a fact, written once, and only its end is filled in
later; a row of `items` says how things stand now. A change here needs a revision in `migrations/versions`.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept as whole milliseconds since 1970 in UTC: equal, sortable and exact on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  its name is theirs
        """Give the milliseconds of an aware moment; parts of one are dropped."""
        return None if value is None else (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  its name is theirs
        """Give the moment in UTC."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Codes(TypeDecorator[tuple[str, ...]]):
    """Keyed codes, kept as one text with spaces between them; null for none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  its name is theirs
        """Give the text."""
        return " ".join(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002  its name is theirs
        """Give the codes."""
        return tuple((value or "").split())


imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True, comment="from the source and which import of it this is"),
    Column("source", Text, nullable=False, comment="what was read, as the caller named it"),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, comment="null while it runs, or when it was cut short"),
    Column("count", Integer, comment="versions it added; null until finished"),
    Column("digest", Text, comment="seal of priority over those versions; null until finished"),
    Index(None, "source"),
    comment="One row an import: with its digest and time, what the owner had and when.",
)

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, comment="canonical"),
    Column("title", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("language", Text),
    Column("published_at", Text, comment="as the page states it, so of any precision"),
    Column("digest", Text, nullable=False, comment="of the bytes last read; an object"),
    Column("text_digest", Text, nullable=False, comment="of the text last read; an object"),
    Column("words", Integer, nullable=False),
    Column("version", Integer, nullable=False, comment="number of its last version, from 1"),
    Column("removed_at", UtcTime, comment="a tombstone; null while we protect it"),
    Column("rank", Text, comment="the first of those with the same text stands for all; null: never folded"),
    Column("same_as", Text, comment="id of the item of the same text that stands for it; null: it stands"),
    Column("mandate", Boolean, comment="whether the person lets us act; null, here and below: not told"),
    Column("person", Text, comment="keyed code of whose content it is"),
    Column("subjects", Codes, comment="keyed codes of the people shown, with spaces between them"),
    Column("minor", Boolean),
    Column("visibility", Text, comment="public, login or private"),
    Column("visibility_since", Text, comment="this and the other times as the owner states them, RFC 3339 in UTC"),
    Column("expires_at", Text),
    Column("deleted_at", Text),
    Column("has_fields", Boolean, nullable=False, server_default=false(), comment="whether its object is a record"),
    Index(None, "text_digest"),
    Index(None, "same_as"),
    comment="One row an item: how it stands now.",
)

addresses = Table(
    "addresses",
    metadata,
    Column("address", Text, primary_key=True, comment="a URL, a path, or a line's own key"),
    Column("item", Text, ForeignKey("items.id"), nullable=False),
    Column("digest", Text, nullable=False, comment="of the bytes last read there"),
    Index(None, "item"),
    comment="One row a place where we read an item: what came of it last time. Two places may hold one item.",
)

versions = Table(
    "versions",
    metadata,
    Column("item", Text, ForeignKey("items.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1, no gaps"),
    Column("import_id", Text, ForeignKey("imports.id"), nullable=False),
    Column("digest", Text, nullable=False, comment="of the bytes it was first read from"),
    Column("text_digest", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Column("since", UtcTime, nullable=False, comment="when we first read it"),
    Column("until", UtcTime, comment="when another text took its place or the item was removed; null: it stands"),
    Index(None, "import_id"),
    comment="One row a text that an item had: facts, never edited; `until` is filled in once.",
)

media = Table(
    "media",
    metadata,
    Column("item", Text, ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False, comment="from 0, as the owner lists them"),
    Column("address", Text, nullable=False, comment="as the owner wrote it"),
    Column("digest", Text, nullable=False, comment="of its bytes; an object"),
    Column("is_video", Boolean, nullable=False),
    Index(None, "digest"),
    comment="One row a picture or video of an item: how it stands now.",
)

answers = Table(
    "answers",
    metadata,
    Column("url", Text, primary_key=True, comment="what was asked for, canonical"),
    Column("final_url", Text, nullable=False, comment="where redirects led"),
    Column("digest", Text, nullable=False, comment="of the bytes that it gave; an object"),
    Column("content_type", Text, nullable=False),
    Column("etag", Text, nullable=False, comment="empty: none was given"),
    Column("last_modified", Text, nullable=False, comment="as the server wrote it; empty: none was given"),
    Column("read_at", UtcTime, nullable=False, comment="when it was read, or last said to be unchanged"),
    comment="One row an address of the web that an import asked: what it gave last, so as not to ask for it again.",
)

proofs = Table(
    "proofs",
    metadata,
    Column("domain", Text, primary_key=True, comment="registered domain"),
    Column("method", Text, primary_key=True, comment="dns or file"),
    Column("evidence", Text, primary_key=True, comment="the record as it stood, or the address of the file"),
    Column("digest", Text, primary_key=True, comment="of the record's text, or of the file's bytes"),
    Column("first_proven_at", UtcTime, nullable=False),
    Column("last_proven_at", UtcTime, nullable=False),
    comment="One row an evidence of control of a domain: facts, never deleted; only `last_proven_at` moves.",
)

vault = Table(
    "vault",
    metadata,
    Column("code", Text, primary_key=True, comment="keyed code of a person, as items hold it"),
    Column("value", LargeBinary, nullable=False, comment="the clear id, encrypted under the key of the vault"),
    Column("since", UtcTime, nullable=False, comment="when it was last given by the owner"),
    Column("case_id", Text, comment="case that needs it; null: none does"),
    Index(None, "since"),
    comment="One row a person whose clear id is kept for a time. A row that went leaves one of `forgotten`.",
)

copies = Table(
    "copies",
    metadata,
    Column("id", Text, primary_key=True, comment="of the capture, or the digest of what was withheld"),
    Column("kind", Text, primary_key=True, comment="working or quarantine: the folder that it lies in"),
    Column("since", UtcTime, nullable=False),
    Column("case_id", Text),
    comment="One row a working copy or withheld body that is on the disk for a time.",
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False, comment="case, person or record"),
    Column("value", Text, nullable=False, comment="id of the case or record, or keyed code of the person"),
    Column("placed_at", UtcTime, nullable=False),
    Column("lifted_at", UtcTime, comment="null: in force"),
    comment="One row a hold, which no period beats; why and by whom stands on the ledger.",
)

stop_marks = Table(
    "stop_marks",
    metadata,
    Column("kind", Text, primary_key=True, comment="of the digits: sha256 or pdq"),
    Column("digits", Text, primary_key=True),
    Column("address", Text, nullable=False, comment="where it was served"),
    Column("capture_id", Text, comment="in which it was seen"),
    Column("marked_at", UtcTime, nullable=False),
    Column("released_at", UtcTime, comment="null: it stands"),
    comment="One row a mark of a person that something must not be kept; by whom stands on the ledger.",
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("id", Text, primary_key=True, comment="keyed code, id of a capture, or digest: nothing clear"),
    Column("kind", Text, primary_key=True, comment="vault, working or quarantine"),
    Column("at", UtcTime, primary_key=True),
    Column("why", Text, nullable=False, comment="expired or asked"),
    comment="One row a thing that went: that it was there, and since when it is not.",
)

watches = Table(
    "watches",
    metadata,
    Column("id", Text, primary_key=True, comment="from the address"),
    Column("url", Text, nullable=False, comment="canonical"),
    Column("against", Text, nullable=False, comment="id of the sealed capture that it is compared with"),
    Column("has_notice", Boolean, nullable=False, comment="whether a notice is open"),
    Column("visits", Integer, nullable=False, comment="how many were made; numbers the next"),
    Column("unchanged", Integer, nullable=False, comment="visits since the state was first found"),
    Column("next_at", UtcTime, nullable=False, comment="when the next visit is due"),
    Column("removed_at", UtcTime, comment="null: it is watched"),
    Index(None, "next_at"),
    comment="One row an address that is visited again and again: how it stands now.",
)

sightings = Table(
    "sightings",
    metadata,
    Column("watch", Text, ForeignKey("watches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 0, no gaps"),
    Column("at", UtcTime, nullable=False),
    Column("since", UtcTime, nullable=False, comment="when this state was first found, without another between"),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("containment", Text, comment="part of the sealed text that was there, as decimal digits"),
    Column("captures", Codes, comment="ids of the captures of the visit, with spaces between them"),
    comment="One row a visit of a watched address: facts, never edited.",
)
