"""Addresses that are watched, and every visit of one, have their tables."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; nothing is watched yet."""
    op.create_table(
        "watches",
        sa.Column("id", sa.Text, nullable=False, comment="from the address"),
        sa.Column("url", sa.Text, nullable=False, comment="canonical"),
        sa.Column("against", sa.Text, nullable=False, comment="id of the sealed capture that it is compared with"),
        sa.Column("has_notice", sa.Boolean, nullable=False, comment="whether a notice is open"),
        sa.Column("visits", sa.Integer, nullable=False, comment="how many were made; numbers the next"),
        sa.Column("unchanged", sa.Integer, nullable=False, comment="visits since the state was first found"),
        sa.Column("next_at", sa.BigInteger, nullable=False, comment="when the next visit is due"),
        sa.Column("removed_at", sa.BigInteger, comment="null: it is watched"),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        comment="One row an address that is visited again and again: how it stands now.",
    )
    op.create_index("ix_watches_next_at", "watches", ["next_at"])
    op.create_table(
        "sightings",
        sa.Column("watch", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False, comment="from 0, no gaps"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column(
            "since",
            sa.BigInteger,
            nullable=False,
            comment="when this state was first found, without another between",
        ),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("containment", sa.Text, comment="part of the sealed text that was there, as decimal digits"),
        sa.Column("captures", sa.Text, comment="ids of the captures of the visit, with spaces between them"),
        sa.ForeignKeyConstraint(["watch"], ["watches.id"], name="fk_sightings_watch_watches"),
        sa.PrimaryKeyConstraint("watch", "number", name="pk_sightings"),
        comment="One row a visit of a watched address: facts, never edited.",
    )


def downgrade() -> None:
    """Drop them, and with them what was found at each visit."""
    op.drop_table("sightings")
    op.drop_index("ix_watches_next_at", "watches")
    op.drop_table("watches")
