"""Tests of running the revisions."""

from dataclasses import replace

import pytest
from sqlalchemy import inspect, text

from cloneward.errors import InputError
from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import MIGRATIONS, configure, lower_to, raise_to
from cloneward.store.schema import HEAD, read_revision
from cloneward.store.workspace import Workspace
from cloneward.store.writer import Added
from tests.store.entries import JumpingClock, make_entry

ADDRESSES = ["https://example.org/0", "https://example.org/1"]


@pytest.fixture
def engine(tmp_path):
    """An engine for a database without tables."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    yield engine
    engine.dispose()


def test_up_and_down(engine):
    """All revisions can be run, taken back, and run again."""
    for _ in range(2):
        with engine.begin() as connection:
            raise_to(connection, HEAD)
            assert read_revision(connection) == HEAD
        with engine.begin() as connection:
            lower_to(connection, "base")
            assert read_revision(connection) is None
            assert inspect(connection).get_table_names() == ["alembic_version"]


def test_items_of_an_older_release_are_folded(tmp_path):
    """Pages registered before there were ranks are read again at the next import, and folded by that, not records."""
    workspace = Workspace.create(tmp_path, "https://example.org/", {})
    pages = [make_entry(number, "one text", body=f"{number}") for number in range(2)]
    record = replace(make_entry(2), address="item:2")
    with workspace.writer(JumpingClock()) as store:
        store.add(store.begin_import("old"), [*pages, record])
    engine = open_engine(resolve_database("sqlite:///cloneward.db", tmp_path))
    with engine.begin() as connection:
        lower_to(connection, "0002")
    engine.dispose()
    with workspace.writer(JumpingClock()) as store:
        digests = {address: known.digest for address, known in store.known([*ADDRESSES, "item:2"]).items()}
        assert digests == dict.fromkeys([*ADDRESSES, "item:2"], "")
        assert store.count() == 3
        ranked = [replace(page, rank=str(number)) for number, page in enumerate(pages)]
        assert store.add(store.begin_import("new"), ranked) == Added(unchanged=2)
        assert dict(store.placed_items()) == {pages[0].item: (ADDRESSES[1],), record.item: ()}


def test_cut_short(engine):
    """A migration whose transaction fails leaves nothing behind."""

    def raise_and_fail():
        with engine.begin() as connection:
            raise_to(connection, HEAD)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        raise_and_fail()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master")) == 0


def test_unknown_revision(engine):
    """A database at a revision that never was is refused."""
    with engine.begin() as connection:
        raise_to(connection, HEAD)
        connection.execute(text("UPDATE alembic_version SET version_num = '000x'"))
        with pytest.raises(InputError, match="000x"):
            raise_to(connection, HEAD)


def test_configuration_names_our_folder():
    """Alembic is told of our revisions without a file in the current folder."""
    assert configure().get_main_option("script_location") == str(MIGRATIONS)
    assert (MIGRATIONS / "env.py").is_file()
