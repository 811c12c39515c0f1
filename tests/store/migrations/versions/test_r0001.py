"""Tests of the first revision."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to


@pytest.fixture
def connection(tmp_path):
    """A connection to a database at revision 0001."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0001")
        yield connection
    engine.dispose()


def test_makes_tables(connection):
    """It makes the four tables, and taking it back drops them."""
    made = {"addresses", "alembic_version", "imports", "items", "versions"}
    assert set(inspect(connection).get_table_names()) == made
    lower_to(connection, "base")
    assert inspect(connection).get_table_names() == ["alembic_version"]


def test_references_hold(connection):
    """A version of an item that is not there is refused."""
    row = "INSERT INTO versions VALUES ('i', 1, 'm', 'd', 't', 3, 0, NULL)"
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(text(row))
