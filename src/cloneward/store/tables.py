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

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True, comment="from the place"),
    Column("target", Text, nullable=False, comment="canonical"),
    Column("place", Text, nullable=False, unique=True, comment="what all spellings of the address have in common"),
    Column("site", Text, nullable=False, comment="registered domain"),
    Column("channel", Text, nullable=False, comment="by which it was found"),
    Column("opened_at", UtcTime, nullable=False),
    Column("known_at", UtcTime, nullable=False, comment="when somebody of ours first knew of it"),
    Column("known_by", Text, nullable=False),
    Column("known_how", Text, nullable=False),
    Column("state", Text, nullable=False, comment="open or closed"),
    Column("closing", Text, nullable=False, comment="why it was closed; empty while it is open"),
    Index(None, "site"),
    Index(None, "state"),
    comment="One row a case: the file on one matter, how it stands now.",
)

entries = Table(
    "entries",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1, no gaps"),
    Column("kind", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="id of what it is about; empty: the case"),
    Column("detail", Text, nullable=False, comment="JSON"),
    Column("is_privileged", Boolean, nullable=False, comment="whether it never leaves the house"),
    Index(None, "subject"),
    comment="One row a line of a timeline: facts, never edited.",
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Text, primary_key=True, comment="from the case, its capture and the policy"),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False, comment="the policy, or who decided otherwise"),
    Column("capture_id", Text, comment="the sealed capture that was judged; null: none"),
    Column("verdict", Text, nullable=False, comment="the word"),
    Column("record", Text, nullable=False, comment="JSON: the whole verdict"),
    Index(None, "case_id"),
    comment="One row a decision on a case: superseded by the next, never changed.",
)

labels = Table(
    "labels",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1, no gaps"),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("saw", Boolean, nullable=False, comment="whether they had seen another's label"),
    Column("note", Text, nullable=False),
    comment="One row a label: what one person says that a case is.",
)

actions = Table(
    "actions",
    metadata,
    Column("id", Text, primary_key=True, comment="what is asked of whom, over what, and when it was proposed"),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("about", Text, nullable=False, comment="equal for two that ask the same"),
    Column("recipient", Text, nullable=False, comment="address of the channel"),
    Column("record", Text, nullable=False, comment="JSON: the action without its steps"),
    Index(None, "case_id"),
    Index(None, "about"),
    Index(None, "recipient"),
    comment="One row an action; its state follows from its steps.",
)

steps = Table(
    "steps",
    metadata,
    Column("action_id", Text, ForeignKey("actions.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 0, no gaps: two at once cannot be"),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("detail", Text, nullable=False, comment="JSON"),
    Index(None, "name", "at"),
    comment="One row a step of an action: facts, never edited.",
)

letters = Table(
    "letters",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("action_id", Text, ForeignKey("actions.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="notice, follow_up, interim, resolved or withdrawn"),
    Column("number", Integer, nullable=False, comment="which of that kind"),
    Column("recipient", Text, nullable=False),
    Column("at", UtcTime, nullable=False, comment="the moment that it bears"),
    Column("digest", Text, nullable=False, comment="of its bytes; an object"),
    Column("state", Text, nullable=False, comment="begun, sent, kept, refused or unsure"),
    Column("said", Text, nullable=False, comment="what the mail server said, or where the sandbox kept it"),
    Index(None, "action_id"),
    comment="One row a letter that left or was about to.",
)

replies = Table(
    "replies",
    metadata,
    Column("id", Text, primary_key=True, comment="SHA-256 of its bytes: read twice, it is one"),
    Column("action_id", Text, comment="null: it answers none of ours"),
    Column("case_id", Text),
    Column("at", UtcTime, nullable=False, comment="when we read it"),
    Column("sender", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("trust", Text, nullable=False),
    Column("linked_by", Text),
    Column("ticket", Text, comment="the other side's own number"),
    Column("record", Text, nullable=False, comment="JSON: the reply as read"),
    Index(None, "case_id"),
    Index(None, "action_id"),
    comment="One row a mail that came in.",
)
