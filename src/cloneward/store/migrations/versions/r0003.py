"""Items of the same text are folded into one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make room for it. Every page is read again at the next import of its source, which ranks and folds it."""
    rank = "the first of those with the same text stands for all; null: never folded"
    same_as = "id of the item of the same text that stands for it; null: it stands"
    op.add_column("items", sa.Column("rank", sa.Text, comment=rank))
    op.add_column("items", sa.Column("same_as", sa.Text, comment=same_as))
    op.create_index("ix_items_text_digest", "items", ["text_digest"])
    op.create_index("ix_items_same_as", "items", ["same_as"])
    op.create_index("ix_addresses_item", "addresses", ["item"])
    op.execute("UPDATE addresses SET digest = '' WHERE address NOT LIKE 'item:%'")


def downgrade() -> None:
    """Let each item stand for itself again."""
    op.drop_index("ix_addresses_item", "addresses")
    op.drop_index("ix_items_same_as", "items")
    op.drop_index("ix_items_text_digest", "items")
    op.drop_column("items", "same_as")
    op.drop_column("items", "rank")
