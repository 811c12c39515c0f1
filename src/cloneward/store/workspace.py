"""The folder of one protected site: made, found and opened, and the doors to what it holds."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from cloneward.clock import Clock
from cloneward.errors import InputError, NoWorkspace
from cloneward.settings import FILE_NAME, Settings, load
from cloneward.store.engine import open_engine, resolve_database, translate_errors
from cloneward.store.items import ItemStore
from cloneward.store.lock import WAIT_S, hold_lock
from cloneward.store.objects import ObjectStore
from cloneward.store.sample import write_settings
from cloneward.store.schema import is_current, upgrade
from cloneward.store.writer import ItemWriter
from cloneward.url import canonical

VARIABLE = "CLONEWARD_WORKSPACE"
_HINT = f"cloneward init DIR --site URL makes one; --workspace DIR or {VARIABLE} names one that is elsewhere"


@dataclass(frozen=True)
class Workspace:
    """An opened workspace: its folder and its settings. Holds no lock and no connection by itself."""

    folder: Path
    settings: Settings

    @classmethod
    def create(cls, folder: Path, site: str, environment: Mapping[str, str] = os.environ) -> "Workspace":
        """Make a workspace in `folder`, which may exist and hold other files; the settings file comes last.

        Raises:
            InputError: there is a workspace already, `site` is no web address, or `folder` cannot be written.
        """
        text = write_settings({"site": canonical(site)})
        file = folder / FILE_NAME
        if os.path.exists(file):  # noqa: PTH110  Path.exists raises where no file can have that name
            raise InputError(f"there is a workspace in {folder} already", hint="edit its cloneward.toml instead")
        try:
            (folder / "items").mkdir(parents=True, exist_ok=True)
            (folder / "index").mkdir(exist_ok=True)
            with file.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise InputError(f"cannot write to {folder}: {error.strerror}", hint="choose another folder") from error
        return cls.open(folder, environment)

    @classmethod
    def open(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> "Workspace":
        """Open the workspace in that very folder.

        Raises:
            NoWorkspace: it has no settings file.
            InputError: the settings cannot be read.
        """
        if not os.path.isfile(folder / FILE_NAME):  # noqa: PTH113  Path.is_file raises where no file can have that name
            raise NoWorkspace(f"no workspace in {folder}: it has no {FILE_NAME}", hint=_HINT)
        return cls(folder.resolve(), load(folder / FILE_NAME, environment))

    @classmethod
    def find(
        cls, start: Path, explicit: Path | None = None, environment: Mapping[str, str] = os.environ
    ) -> "Workspace":
        """Open `explicit`, else the one the environment names, else the nearest at or above `start`.

        Raises:
            NoWorkspace: there is none.
            InputError: its settings cannot be read.
        """
        if explicit is not None:
            return cls.open(explicit, environment)
        if named := environment.get(VARIABLE):
            return cls.open(Path(named), environment)
        here = start.resolve()
        for folder in (here, *here.parents):
            if (folder / FILE_NAME).is_file():
                return cls.open(folder, environment)
        raise NoWorkspace(f"no workspace in {here} or above it", hint=_HINT)

    @property
    def index_folder(self) -> Path:
        """Where the indexes lie, a folder for each kind of fingerprint."""
        return self.folder / "index"

    @contextmanager
    def writer(self, clock: Clock, *, wait_s: float = WAIT_S) -> Iterator[ItemWriter]:
        """Give the items to write, under the lock, in a database brought to this release.

        Raises:
            Unavailable: another process is writing, or the disk is full.
            InputError: the database cannot be used or a newer release made it.
        """
        with hold_lock(self.folder / "lock", clock, wait_s=wait_s), self._records(read_only=False) as engine:
            upgrade(engine)
            objects = ObjectStore(self.folder / "items")
            objects.sweep()
            yield ItemWriter(engine, objects, clock)

    @contextmanager
    def reader(self, clock: Clock) -> Iterator[ItemStore]:
        """Give the items to read, beside any writer; takes the lock only to bring an old database up.

        Raises:
            Unavailable: an old database must be brought up while another process writes.
            InputError: the database cannot be used or a newer release made it.
        """
        with self._records(read_only=True) as engine:
            if not is_current(engine):
                with self.writer(clock):
                    pass
            yield ItemStore(engine, ObjectStore(self.folder / "items"))

    @contextmanager
    def transaction(self, clock: Clock, *, wait_s: float = WAIT_S) -> Iterator[Connection]:
        """Give one transaction over the records, under the lock: `store.vault` and `store.holds` work in it.

        Raises:
            Unavailable: another process is writing, or the disk is full.
            InputError: the database cannot be used or a newer release made it.
        """
        with hold_lock(self.folder / "lock", clock, wait_s=wait_s), self._records(read_only=False) as engine:
            upgrade(engine)
            with engine.begin() as connection:
                yield connection

    @contextmanager
    def _records(self, *, read_only: bool) -> Iterator[Engine]:
        url = resolve_database(self.settings.database, self.folder)
        engine = open_engine(url, read_only=read_only)
        try:
            with translate_errors(url):
                yield engine
        finally:
            engine.dispose()
