"""Tests of the fifth revision."""

import pytest
from sqlalchemy import inspect, text

from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import lower_to, raise_to

ITEM = (
    "INSERT INTO items (id, kind, title, rights, digest, text_digest, words, version) "
    "VALUES ('i', 'profile', 't', 'own', 'd', 'e', 0, 1)"
)
ADDRESSES = "INSERT INTO addresses VALUES ('item:i', 'i', 'd'), ('https://a.test/', 'i', 'd')"


@pytest.fixture
def connection(tmp_path):
    """A connection to a database that was at revision 0004, with an item in it, and is now at 0005."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    with engine.begin() as connection:
        raise_to(connection, "0004")
        connection.execute(text(ITEM))
        connection.execute(text(ADDRESSES))
        raise_to(connection, "0005")
        yield connection
    engine.dispose()


def test_nothing_is_known_of_old_items(connection):
    """An item from before has nothing told of it, and is no record until it is read again."""
    row = connection.execute(text("SELECT * FROM items")).one()
    assert (row.person, row.subjects, row.minor, row.mandate, row.visibility, row.deleted_at) == (None,) * 6
    assert not row.has_fields


def test_records_are_read_again(connection):
    """The next import reads each record again, and no page for it."""
    rows = connection.execute(text("SELECT address, digest FROM addresses")).all()
    assert dict(map(tuple, rows)) == {"item:i": "", "https://a.test/": "d"}


def test_taken_back(connection):
    """Taking it back drops what it made, and keeps the item."""
    assert "media" in inspect(connection).get_table_names()
    lower_to(connection, "0004")
    assert "media" not in inspect(connection).get_table_names()
    assert not {"person", "has_fields"} & {column["name"] for column in inspect(connection).get_columns("items")}
    assert connection.scalar(text("SELECT count(*) FROM items")) == 1
