"""Tests of bringing a database to this release."""

import subprocess
import sys

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cloneward.errors import InputError
from cloneward.store.engine import open_engine, resolve_database
from cloneward.store.migrate import configure, lower_to, raise_to
from cloneward.store.schema import HEAD, is_current, read_revision, upgrade

LAYOUT = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name"


@pytest.fixture
def engine(tmp_path):
    """An engine for a database without tables."""
    engine = open_engine(resolve_database("sqlite:///records.db", tmp_path))
    yield engine
    engine.dispose()


def test_head_is_the_newest_revision():
    """The constant that saves loading Alembic names the newest revision there is."""
    assert ScriptDirectory.from_config(configure()).get_heads() == [HEAD]


@pytest.mark.parametrize("by_revisions", [False, True])
def test_tables_equal_revisions(engine, by_revisions):
    """Tables made at once and tables made by all revisions are both what `tables` says."""
    with engine.begin() as connection:
        if by_revisions:
            raise_to(connection, HEAD)
    upgrade(engine)
    with engine.begin() as connection:
        command.check(configure(connection))  # raises where they differ


def test_both_ways_lay_the_same(engine, tmp_path):
    """Both ways leave the same tables and indexes, by name."""
    other = open_engine(resolve_database("sqlite:///other.db", tmp_path))
    upgrade(engine)
    with other.begin() as revised, engine.connect() as made:
        raise_to(revised, HEAD)
        assert revised.execute(text(LAYOUT)).all() == made.execute(text(LAYOUT)).all()
    other.dispose()


def test_upgrade_twice(engine):
    """A second upgrade does nothing, and keeps what is there."""
    assert not is_current(engine)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO imports (id, source, started_at) VALUES ('m', 's', 1)"))
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM imports")) == 1


def test_older_database(engine):
    """A database at an earlier revision is brought up by the revisions."""
    upgrade(engine)
    with engine.begin() as connection:
        lower_to(connection, "base")
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)


def test_newer_database(engine):
    """A database of a newer release is refused, and says what to do."""
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="revision 9999, newer than ours") as caught:
        upgrade(engine)
    assert "install the release" in caught.value.hint
    with engine.connect() as connection:
        assert read_revision(connection) == "9999"


def test_opens_without_alembic(tmp_path):
    """Neither a fresh nor a current database costs the second that Alembic takes to import."""
    code = (
        "import sys; from pathlib import Path; from cloneward.store.engine import *; "
        "from cloneward.store.schema import upgrade; "
        "engine = open_engine(resolve_database('sqlite:///records.db', Path(sys.argv[1]))); "
        "upgrade(engine); upgrade(engine); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_face_is_light():
    """The bare package loads no database library."""
    code = "import sys, cloneward.store; assert not {'sqlalchemy', 'alembic', 'zstandard'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
