"""Tests of the tenth revision."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to

MADE = {"cases", "entries", "verdicts", "labels", "actions", "steps", "letters", "replies"}


@pytest.fixture
def connection(tmp_path):
    """A connection to a database at revision 0010."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0010")
        yield connection
    engine.dispose()


def test_makes_the_tables(connection):
    """It makes the tables of cases; taking it back drops these alone."""
    assert set(inspect(connection).get_table_names()) >= MADE | {"watches"}
    lower_to(connection, "0009")
    assert not set(inspect(connection).get_table_names()) & MADE
    assert "watches" in inspect(connection).get_table_names()


def test_one_case_a_place(connection):
    """There is one case on each place."""
    told = "'https://x.test/', '//x.test/', 'x.test', 'reports', 1, 1, 'a', 'b', 'open', ''"
    connection.execute(text(f"INSERT INTO cases VALUES ('c1', {told})"))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        connection.execute(text(f"INSERT INTO cases VALUES ('c2', {told})"))
