"""Brings a database to the tables of this release. Fast where nothing is to do: Alembic stays unloaded.

A new revision: change `tables`, add `migrations/versions/rNNNN.py`, set `HEAD`; the tests compare all three.
"""

from sqlalchemy import Connection, Engine, inspect, text

from cloneward.errors import InputError
from cloneward.store.tables import metadata

# The newest revision. Read from here, since importing Alembic takes a second.
HEAD = "0010"


def read_revision(connection: Connection) -> str | None:
    """Give the revision the database is at; none where it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def is_current(engine: Engine) -> bool:
    """Tell whether the database is at our revision.

    Raises:
        InputError: a newer release made it.
    """
    with engine.connect() as connection:
        revision = read_revision(connection)
    # Revisions are numbered with leading zeros, so they sort as text.
    if revision is not None and revision > HEAD:
        hint = "install the release that made it, or open a copy from before the upgrade"
        raise InputError(f"the records are of revision {revision}, newer than ours, {HEAD}", hint=hint)
    return revision == HEAD


def upgrade(engine: Engine) -> None:
    """Bring any database to `HEAD`, in one transaction; a second call does nothing.

    An empty database gets the tables as they are now; the tests prove this equals all revisions in turn.

    Raises:
        InputError: a newer release made it.
    """
    if is_current(engine):
        return
    with engine.begin() as connection:
        if not inspect(connection).has_table("alembic_version"):
            metadata.create_all(connection)
            _stamp(connection)
            return
        from cloneward.store.migrate import raise_to  # noqa: PLC0415  Alembic takes a second to import

        raise_to(connection, HEAD)


def _stamp(connection: Connection) -> None:
    """Write down the revision as Alembic does."""
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
