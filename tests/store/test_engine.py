"""Tests of opening the database."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cloneward.errors import Error, InputError, Unavailable
from cloneward.store.engine import open_engine, resolve_database, translate_errors


@pytest.fixture
def url(tmp_path):
    """The address of a database that is not there yet."""
    return resolve_database("sqlite:///records.db", tmp_path)


@pytest.fixture
def engine(url):
    """An engine for it."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_relative_path_lies_inside(tmp_path):
    """A relative path is looked for in the workspace, wherever the command was started."""
    assert resolve_database("sqlite:///a/b.db", tmp_path).database == str(tmp_path / "a" / "b.db")


def test_other_addresses_stay():
    """An absolute path, memory and a server are taken as written."""
    for address in ("sqlite:////srv/b.db", "sqlite:///:memory:", "postgresql+psycopg://host/name"):
        assert resolve_database(address, Path("x")) == make_url(address)


def test_no_address(tmp_path):
    """What is no address is the caller's to mend."""
    with pytest.raises(InputError, match=r"not a database address: 'cloneward\.db'") as caught:
        resolve_database("cloneward.db", tmp_path)
    assert "sqlite:///" in caught.value.hint


@pytest.mark.parametrize("address", ["abacus://host/name", "mysql+oursql://host/name"])
def test_no_driver(tmp_path, address):
    """A database that no installed driver speaks to is the caller's to mend."""
    with pytest.raises(InputError, match="no driver for"):
        open_engine(resolve_database(address, tmp_path))


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("query_only", 0)]
)
def test_settings_of_sqlite(engine, pragma, value):
    """Readers do not wait, a commit outlives a power cut, and references hold."""
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_reader_cannot_write(url, engine):
    """An engine for reading refuses to write, whatever it is asked."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    reader = open_engine(url, read_only=True)
    with reader.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("INSERT INTO t VALUES (1)"))
    reader.dispose()


def test_tables_roll_back(engine):
    """A table made in a transaction that fails is not there afterwards."""

    def make_and_fail():
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_and_fail()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master")) == 0


def test_not_a_database(tmp_path, url, engine):
    """A file that is no database is the caller's to mend, and is named."""
    (tmp_path / "records.db").write_bytes(b"no database at all, just bytes" * 100)
    with pytest.raises(InputError, match=r"records\.db.*not a database"), translate_errors(url):
        engine.connect()


def test_no_folder(tmp_path):
    """A database in a folder that is not there is the caller's to mend."""
    url = resolve_database("sqlite:///nowhere/records.db", tmp_path)
    engine = open_engine(url)
    with pytest.raises(InputError, match="unable to open"), translate_errors(url):
        engine.connect()


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("database is locked", Unavailable),
        ("database or disk is full", Unavailable),
        ("disk I/O error", Unavailable),
        ("database disk image is malformed", InputError),
        ("UNIQUE constraint failed: items.id", Error),
    ],
)
def test_who_must_act(url, cause, kind):
    """What SQLite complains of becomes the error of the one who can act, and keeps its words."""
    with pytest.raises(Error, match=cause) as caught, translate_errors(url):
        raise DBAPIError("SELECT 1", (), sqlite3.OperationalError(cause))
    assert type(caught.value) is kind
    assert caught.value.hint
