"""Tests of the eighth revision."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to

MADE = {"vault", "copies", "holds", "stop_marks", "forgotten"}


@pytest.fixture
def connection(tmp_path):
    """A connection to a database at revision 0008."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0008")
        yield connection
    engine.dispose()


def test_makes_the_tables(connection):
    """It makes the five tables; taking it back drops these alone."""
    assert set(inspect(connection).get_table_names()) >= MADE | {"items"}
    lower_to(connection, "0005")
    assert not set(inspect(connection).get_table_names()) & MADE
    assert "items" in inspect(connection).get_table_names()


def test_one_row_a_person(connection):
    """A second clear id under one code is refused."""
    row = "INSERT INTO vault VALUES ('c', x'00', 1, NULL)"
    connection.execute(text(row))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        connection.execute(text(row))
