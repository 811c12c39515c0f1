"""Proofs that the owner controls a domain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "proofs",
        sa.Column("domain", sa.Text, nullable=False, comment="registered domain"),
        sa.Column("method", sa.Text, nullable=False, comment="dns or file"),
        sa.Column("evidence", sa.Text, nullable=False, comment="the record as it stood, or the address of the file"),
        sa.Column("digest", sa.Text, nullable=False, comment="of the record's text, or of the file's bytes"),
        sa.Column("first_proven_at", sa.BigInteger, nullable=False),
        sa.Column("last_proven_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("domain", "method", "evidence", "digest", name="pk_proofs"),
        comment="One row an evidence of control of a domain: facts, never deleted; only `last_proven_at` moves.",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("proofs")
