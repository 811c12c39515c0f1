"""Tests of the ninth revision."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to

MADE = {"watches", "sightings"}


@pytest.fixture
def connection(tmp_path):
    """A connection to a database at revision 0009."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0009")
        yield connection
    engine.dispose()


def test_makes_the_tables(connection):
    """It makes both tables; taking it back drops these alone."""
    assert set(inspect(connection).get_table_names()) >= MADE | {"holds"}
    lower_to(connection, "0008")
    assert not set(inspect(connection).get_table_names()) & MADE
    assert "holds" in inspect(connection).get_table_names()


def test_one_row_a_visit(connection):
    """A visit of a watch that is on record cannot be put there again."""
    connection.execute(text("INSERT INTO watches VALUES ('w', 'https://x.test/', 'c', 0, 1, 0, 1, NULL)"))
    row = "INSERT INTO sightings VALUES ('w', 0, 1, 1, 'live', 'content', '', NULL, NULL)"
    connection.execute(text(row))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        connection.execute(text(row))
