"""What is kept for a time has its tables, and holds, marks and what went have theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; nothing is kept in them until the settings ask for it."""
    op.create_table(
        "vault",
        sa.Column("code", sa.Text, nullable=False, comment="keyed code of a person, as items hold it"),
        sa.Column(
            "value", sa.LargeBinary, nullable=False, comment="the clear id, encrypted under the key of the vault"
        ),
        sa.Column("since", sa.BigInteger, nullable=False, comment="when it was last given by the owner"),
        sa.Column("case_id", sa.Text, comment="case that needs it; null: none does"),
        sa.PrimaryKeyConstraint("code", name="pk_vault"),
        comment="One row a person whose clear id is kept for a time. A row that went leaves one of `forgotten`.",
    )
    op.create_index("ix_vault_since", "vault", ["since"])
    op.create_table(
        "copies",
        sa.Column("id", sa.Text, nullable=False, comment="of the capture, or the digest of what was withheld"),
        sa.Column("kind", sa.Text, nullable=False, comment="working or quarantine: the folder that it lies in"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("case_id", sa.Text),
        sa.PrimaryKeyConstraint("id", "kind", name="pk_copies"),
        comment="One row a working copy or withheld body that is on the disk for a time.",
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False, comment="case, person or record"),
        sa.Column("value", sa.Text, nullable=False, comment="id of the case or record, or keyed code of the person"),
        sa.Column("placed_at", sa.BigInteger, nullable=False),
        sa.Column("lifted_at", sa.BigInteger, comment="null: in force"),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        comment="One row a hold, which no period beats; why and by whom stands on the ledger.",
    )
    op.create_table(
        "stop_marks",
        sa.Column("kind", sa.Text, nullable=False, comment="of the digits: sha256 or pdq"),
        sa.Column("digits", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False, comment="where it was served"),
        sa.Column("capture_id", sa.Text, comment="in which it was seen"),
        sa.Column("marked_at", sa.BigInteger, nullable=False),
        sa.Column("released_at", sa.BigInteger, comment="null: it stands"),
        sa.PrimaryKeyConstraint("kind", "digits", name="pk_stop_marks"),
        comment="One row a mark of a person that something must not be kept; by whom stands on the ledger.",
    )
    op.create_table(
        "forgotten",
        sa.Column("id", sa.Text, nullable=False, comment="keyed code, id of a capture, or digest: nothing clear"),
        sa.Column("kind", sa.Text, nullable=False, comment="vault, working or quarantine"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False, comment="expired or asked"),
        sa.PrimaryKeyConstraint("id", "kind", "at", name="pk_forgotten"),
        comment="One row a thing that went: that it was there, and since when it is not.",
    )


def downgrade() -> None:
    """Drop them, and the way back to persons with them."""
    for name in ("forgotten", "stop_marks", "holds", "copies"):
        op.drop_table(name)
    op.drop_index("ix_vault_since", "vault")
    op.drop_table("vault")
