"""What is installed, reachable, out of date or unsafe on this machine and in a workspace."""

import importlib.metadata
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cloneward.capture.program import find_program
from cloneward.clock import Clock
from cloneward.errors import Error, InputError, Unavailable
from cloneward.seal.custody import ask_all
from cloneward.seal.stamps import Ask, Authority, read_time
from cloneward.seal.verify import parse_moment
from cloneward.settings import FILE_NAME, Settings
from cloneward.store.keys import find_keys
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import list_authorities

State = Literal["good", "warning", "wrong"]

LEAST_FREE_BYTES: Final = 2 * 1024**3
"""Below this a capture or an import may fill the disk."""
MOST_SKEW_S: Final = 2.0
"""Seconds that our clock may differ from an authority's without a word: answers take time, and `genTime` is whole."""
OLDEST_CHROMIUM: Final = 130
"""Major version below which sites and their guards take a browser for a robot's, and known holes are open."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_APT = "Debian: apt-get install {}"
_WAIT_S = 10


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One thing that was looked at: whether it is as it should be, and what to do where it is not."""

    name: str
    state: State
    text: str
    hint: str = ""


def examine_machine(settings: Settings | None) -> Iterator[Examined]:
    """Look at the programs and packages that commands need."""
    yield _examine_browser(settings.capture.program if settings else "")
    yield _examine_package("playwright", "drives the browser", "pip install 'cloneward[capture]'")
    yield _examine_package("opencv-python-headless", "reads videos", "pip install cloneward")
    yield _examine_openssl()
    if sqlite3.sqlite_version_info < (3, 37):
        text = f"SQLite {sqlite3.sqlite_version} is too old"
        yield Examined(name="sqlite", state="wrong", text=text, hint="use a Python that is built with a newer one")
    else:
        yield Examined(name="sqlite", state="good", text=f"SQLite {sqlite3.sqlite_version}")


def examine_workspace(workspace: Workspace, clock: Clock, ask: Ask | None) -> Iterator[Examined]:
    """Look at the keys, rights, records, disk and authorities of a workspace; nobody is asked without `ask`."""
    yield _examine_keys(workspace)
    yield _examine_rights(workspace.folder)
    yield _examine_records(workspace, clock)
    yield _examine_disk(workspace.folder)
    halfway = [path for path in (workspace.folder / "evidence" / "tmp").glob("*") if path.is_dir()]
    if halfway:
        text = f"captures that a killed run left halfway: {len(halfway):,}"
        yield Examined(name="evidence", state="warning", text=text, hint="the next capture removes them")
    authorities = list_authorities(workspace)
    yield _count_authorities(authorities)
    if ask is not None and authorities:
        yield from _ask_authorities(authorities, ask, clock)


def _examine_browser(program: str) -> Examined:
    try:
        found = find_program(program)
    except Unavailable as error:
        return Examined(name="chromium", state="warning", text=str(error), hint=error.hint)
    text = f"Chromium {found.version} at {found.path}"
    if found.major < OLDEST_CHROMIUM:
        return Examined(name="chromium", state="warning", text=f"{text} is old", hint=_APT.format("chromium"))
    return Examined(name="chromium", state="good", text=text)


def _examine_package(package: str, does: str, hint: str) -> Examined:
    try:
        text = f"{package} {importlib.metadata.version(package)} {does}"
    except importlib.metadata.PackageNotFoundError:
        return Examined(name=package, state="warning", text=f"{package}, which {does}, is missing", hint=hint)
    return Examined(name=package, state="good", text=text)


def _examine_openssl() -> Examined:
    program = shutil.which("openssl")
    if program is None:
        text = "no openssl: time stamps cannot be checked"
        return Examined(name="openssl", state="warning", text=text, hint=_APT.format("openssl"))
    told = subprocess.run([program, "version"], capture_output=True, text=True, timeout=_WAIT_S, check=False)  # noqa: S603  the one on PATH
    return Examined(name="openssl", state="good", text=told.stdout.strip() or program)


def _examine_keys(workspace: Workspace) -> Examined:
    try:
        folder = find_keys(workspace.settings.keys, workspace.folder)
    except InputError as error:
        return Examined(name="keys", state="wrong", text=str(error), hint=error.hint)
    if not folder.exists():
        return Examined(name="keys", state="good", text=f"none yet; they will lie in {folder}")
    loose = [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & _find_loose(path)]
    if loose:
        hint = f"chmod -R go= {folder}"
        return Examined(name="keys", state="wrong", text=f"others may read or replace {loose[0]}", hint=hint)
    if folder.parent == workspace.folder.parent:
        text = f"the keys in {folder} lie beside the workspace: one copy of both is one loss of both"
        return Examined(name="keys", state="warning", text=text, hint="keys = another place, in the settings")
    return Examined(name="keys", state="good", text=f"apart from the workspace, in {folder}")


def _find_loose(path: Path) -> int:
    """Give the rights that others must not have: any of a key, and of what lies around it to replace it."""
    return _OTHERS if path.suffix == ".key" else _OTHERS_WRITE


def _examine_rights(folder: Path) -> Examined:
    open_ = [path for path in (folder, folder / FILE_NAME) if path.stat().st_mode & _OTHERS_WRITE]
    if open_:
        text = f"others may write to {open_[0]}"
        return Examined(name="rights", state="wrong", text=text, hint=f"chmod go-w {open_[0]}")
    return Examined(name="rights", state="good", text=f"nobody else writes to {folder}")


def _examine_records(workspace: Workspace, clock: Clock) -> Examined:
    try:
        with workspace.reader(clock) as store:
            return Examined(name="records", state="good", text=f"items: {store.count():,}")
    except Error as error:
        return Examined(name="records", state="wrong", text=str(error), hint=error.hint)


def _examine_disk(folder: Path) -> Examined:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1024**3:,.1f} GiB are free"
    if free < LEAST_FREE_BYTES:
        return Examined(name="disk", state="warning", text=f"only {text}", hint="free some space before you capture")
    return Examined(name="disk", state="good", text=text)


def _count_authorities(authorities: Sequence[Authority]) -> Examined:
    text = f"time-stamp authorities: {len(authorities)}"
    if len(authorities) < 2:  # noqa: PLR2004  two, so that neither has to be believed alone
        hint = "[[authorities]] in the settings, of two that know nothing of each other"
        return Examined(
            name="authorities", state="warning", text=f"{text}; seals stay pending or rest on one", hint=hint
        )
    return Examined(name="authorities", state="good", text=text)


def _ask_authorities(authorities: Sequence[Authority], ask: Ask, clock: Clock) -> Iterator[Examined]:
    """Let each authority stamp a few bytes, and compare its clock with ours."""
    for authority in authorities:
        replies, problems = ask_all([authority], ask, b"cloneward doctor")
        name = f"authority {authority.name}"
        told = parse_moment(read_time(replies[authority.name]) or "") if replies else None
        if problems:
            yield Examined(name=name, state="warning", text=problems[0].text, hint=problems[0].hint)
        elif told is None:
            yield Examined(name=name, state="wrong", text="its reply has no time", hint="ask another authority")
        else:
            skew_s = (clock.now() - told).total_seconds()
            state: State = "good" if abs(skew_s) <= MOST_SKEW_S else "warning"
            hint = "" if state == "good" else "set the clock of this machine by NTP"
            yield Examined(name=name, state=state, text=f"it stamps; our clock is {skew_s:+.1f} s from its", hint=hint)
