"""Items know their people, who may see them, and their pictures and videos."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = (
    ("mandate", sa.Boolean, "whether the person lets us act; null, here and below: not told"),
    ("person", sa.Text, "keyed code of whose content it is"),
    ("subjects", sa.Text, "keyed codes of the people shown, with spaces between them"),
    ("minor", sa.Boolean, None),
    ("visibility", sa.Text, "public, login or private"),
    ("visibility_since", sa.Text, "this and the other times as the owner states them, RFC 3339 in UTC"),
    ("expires_at", sa.Text, None),
    ("deleted_at", sa.Text, None),
)


def upgrade() -> None:
    """Make room for it. Every record is read again at the next import of its source, which fills it."""
    for name, kind, comment in _COLUMNS:
        op.add_column("items", sa.Column(name, kind, comment=comment))
    has_fields = "whether its object is a record"
    op.add_column(
        "items", sa.Column("has_fields", sa.Boolean, nullable=False, server_default=sa.false(), comment=has_fields)
    )
    op.create_table(
        "media",
        sa.Column("item", sa.Text, nullable=False),
        sa.Column(
            "position", sa.Integer, nullable=False, autoincrement=False, comment="from 0, as the owner lists them"
        ),
        sa.Column("address", sa.Text, nullable=False, comment="as the owner wrote it"),
        sa.Column("digest", sa.Text, nullable=False, comment="of its bytes; an object"),
        sa.Column("is_video", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("item", "position", name="pk_media"),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_media_item_items"),
        comment="One row a picture or video of an item: how it stands now.",
    )
    op.create_index("ix_media_digest", "media", ["digest"])
    op.execute("UPDATE addresses SET digest = '' WHERE address LIKE 'item:%'")


def downgrade() -> None:
    """Forget it: objects stay, and no row names them."""
    op.drop_index("ix_media_digest", "media")
    op.drop_table("media")
    for name in ("has_fields", *(name for name, _, _ in reversed(_COLUMNS))):
        op.drop_column("items", name)
