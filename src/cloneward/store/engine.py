"""Opens the database of a workspace: SQLite beside its files, or a server by its address."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from cloneward.errors import Error, InputError, Unavailable

# A reader never waits for the writer in WAL; only two first openings of one file can meet.
BUSY_TIMEOUT_MS = 5_000

# How SQLite words what the caller can mend, and what may pass by itself.
_TO_MEND = ("unable to open", "not a database", "malformed", "readonly")
_TO_WAIT = ("locked", "disk is full", "disk I/O")


def resolve_database(address: str, folder: Path) -> URL:
    """Give the address of the database; a relative SQLite path lies inside `folder`.

    Raises:
        InputError: not an SQLAlchemy address.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        hint = "write sqlite:///cloneward.db or postgresql+psycopg://host/name"
        raise InputError(f"not a database address: {address!r}", hint=hint) from error
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return url.set(database=str(folder / url.database))
    return url


def open_engine(url: URL, *, read_only: bool = False) -> Engine:
    """Give an engine; nothing is connected yet. With `read_only` a write fails instead of happening.

    Raises:
        InputError: the driver that the address asks for is not installed.
    """
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise InputError(f"no driver for {url.drivername}: {error}", hint="install it, or use sqlite") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, read_only=read_only)
    return engine


@contextmanager
def translate_errors(url: URL) -> Iterator[None]:
    """Turn what the driver raises inside the block into our errors, by who must act."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error, url) from error


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        # Python's driver would commit before DDL; with None the BEGIN below is the only one,
        # so a migration cut short leaves nothing behind.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a seal of priority that we have shown must outlive a power cut. NORMAL could lose the last
        # commits; the price is one flush a batch.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


def _translate(error: DBAPIError, url: URL) -> Error:
    cause, where = str(error.orig), url.render_as_string(hide_password=True)
    if any(words in cause for words in _TO_MEND):
        hint = "check the setting `database` and that file, or restore it from a backup"
        return InputError(f"cannot use the records at {where}: {cause}", hint=hint)
    if any(words in cause for words in _TO_WAIT) or error.connection_invalidated:
        return Unavailable(f"the records at {where} cannot be used now: {cause}", hint="try again")
    return Error(f"the records at {where} failed: {cause}", hint="this is a bug; please report it")
