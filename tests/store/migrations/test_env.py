"""Tests of what Alembic runs for every command."""

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations.ops import AddColumnOp, ModifyTableOps
from sqlalchemy import Column, Integer, MetaData, Text

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import configure, raise_to
from cloneward.store.schema import HEAD
from cloneward.store.tables import metadata


def test_runs_on_the_given_connection(tmp_path):
    """The revisions run inside the caller's transaction, on no other connection."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.connect() as connection:
        transaction = connection.begin()
        raise_to(connection, HEAD)
        assert transaction.is_active
        transaction.rollback()
        assert configure(connection).attributes["connection"] is connection
    engine.dispose()


def test_a_missing_column_is_noticed(tmp_path):
    """The comparison that guards the tables does find a column that no revision makes."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    changed = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(changed)
    changed.tables["imports"].append_column(Column("note", Text))
    changed.tables["imports"].append_column(Column("weight", Integer))
    with engine.begin() as connection:
        raise_to(connection, HEAD)
        found = produce_migrations(MigrationContext.configure(connection), changed).upgrade_ops
    (table,) = found.ops
    assert isinstance(table, ModifyTableOps)
    assert [op.column.name for op in table.ops if isinstance(op, AddColumnOp)] == ["note", "weight"]
    engine.dispose()
