"""Runs the revisions with Alembic, on a connection that the caller opened and will commit."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from cloneward.errors import InputError

MIGRATIONS = Path(__file__).parent / "migrations"


def configure(connection: Connection | None = None) -> Config:
    """Give Alembic's own configuration, for its commands and its view of our revisions."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def raise_to(connection: Connection, revision: str) -> None:
    """Run the revisions up to and with `revision`.

    Raises:
        InputError: the database says it is at a revision that never was.
    """
    try:
        command.upgrade(configure(connection), revision)
    except CommandError as error:
        raise InputError(f"cannot bring the records up: {error}", hint="restore them from a backup") from error


def lower_to(connection: Connection, revision: str) -> None:
    """Take back the revisions after `revision`; `base` takes back all."""
    command.downgrade(configure(connection), revision)
