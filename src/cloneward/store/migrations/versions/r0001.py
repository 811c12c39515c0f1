"""Items, where they were read, their versions, and the imports that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Text, nullable=False, comment="from the source and which import of it this is"),
        sa.Column("source", sa.Text, nullable=False, comment="what was read, as the caller named it"),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger, comment="null while it runs, or when it was cut short"),
        sa.Column("count", sa.Integer, comment="versions it added; null until finished"),
        sa.Column("digest", sa.Text, comment="seal of priority over those versions; null until finished"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        comment="One row an import: with its digest and time, what the owner had and when.",
    )
    op.create_index("ix_imports_source", "imports", ["source"])
    op.create_table(
        "items",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("url", sa.Text, comment="canonical"),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("published_at", sa.Text, comment="as the page states it, so of any precision"),
        sa.Column("digest", sa.Text, nullable=False, comment="of the bytes last read; an object"),
        sa.Column("text_digest", sa.Text, nullable=False, comment="of the text last read; an object"),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="number of its last version, from 1"),
        sa.Column("removed_at", sa.BigInteger, comment="a tombstone; null while we protect it"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        comment="One row an item: how it stands now.",
    )
    op.create_table(
        "addresses",
        sa.Column("address", sa.Text, nullable=False, comment="a URL, a path, or a line's own key"),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, comment="of the bytes last read there"),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_addresses_item_items"),
        sa.PrimaryKeyConstraint("address", name="pk_addresses"),
        comment="One row a place where we read an item: what came of it last time. Two places may hold one item.",
    )
    op.create_table(
        "versions",
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False, comment="from 1, no gaps"),
        sa.Column("import_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, comment="of the bytes it was first read from"),
        sa.Column("text_digest", sa.Text, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False, comment="when we first read it"),
        sa.Column(
            "until",
            sa.BigInteger,
            comment="when another text took its place or the item was removed; null: it stands",
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_versions_import_id_imports"),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_versions_item_items"),
        sa.PrimaryKeyConstraint("item", "number", name="pk_versions"),
        comment="One row a text that an item had: facts, never edited; `until` is filled in once.",
    )
    op.create_index("ix_versions_import_id", "versions", ["import_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("versions")
    op.drop_table("addresses")
    op.drop_table("items")
    op.drop_table("imports")
