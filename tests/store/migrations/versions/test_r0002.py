"""Tests of the second revision."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to

ROW = "INSERT INTO proofs VALUES ('a.test', 'dns', 'e', 'd', 1, 2)"


@pytest.fixture
def connection(tmp_path):
    """A connection to a database that was at revision 0001, with an import in it, and is now at 0002."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0001")
        connection.execute(text("INSERT INTO imports (id, source, started_at) VALUES ('m', 's', 1)"))
        raise_to(connection, "0002")
        yield connection
    engine.dispose()


def test_makes_the_table(connection):
    """It makes the table and leaves the others; taking it back drops that one alone."""
    assert "proofs" in inspect(connection).get_table_names()
    lower_to(connection, "0001")
    assert "proofs" not in inspect(connection).get_table_names()
    assert connection.scalar(text("SELECT count(*) FROM imports")) == 1


def test_one_row_an_evidence(connection):
    """The same evidence twice is refused."""
    connection.execute(text(ROW))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        connection.execute(text(ROW))
