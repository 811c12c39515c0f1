"""What addresses of the web gave last, so that what is unchanged is not fetched again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answers",
        sa.Column("url", sa.Text, nullable=False, comment="what was asked for, canonical"),
        sa.Column("final_url", sa.Text, nullable=False, comment="where redirects led"),
        sa.Column("digest", sa.Text, nullable=False, comment="of the bytes that it gave; an object"),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False, comment="empty: none was given"),
        sa.Column("last_modified", sa.Text, nullable=False, comment="as the server wrote it; empty: none was given"),
        sa.Column("read_at", sa.BigInteger, nullable=False, comment="when it was read, or last said to be unchanged"),
        sa.PrimaryKeyConstraint("url", name="pk_answers"),
        comment="One row an address of the web that an import asked: what it gave last, so as not to ask for it again.",
    )


def downgrade() -> None:
    """Drop it: the next import asks for everything."""
    op.drop_table("answers")
