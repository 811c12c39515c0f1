"""The browser on this machine: where it is, which version, and how it is started with its sandbox on and ended."""

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cloneward.errors import Unavailable

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HINT: Final = "install one (Debian: apt-get install chromium), or capture without it: --plain"

_NOBODY: Final = 65534  # uid and gid of the user that owns nothing
_VERSION: Final = re.compile(r"(\d+)\.\d+\.\d+\.\d+")
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "FONTCONFIG_PATH")  # of our environment: what a program needs, and no secret


@dataclass(frozen=True)
class Program:
    """A Chromium, by its path and version."""

    path: str
    version: str

    @property
    def major(self) -> int:
        """The first number of its version."""
        return int(self.version.partition(".")[0])


def find_program(given: str = "") -> Program:
    """Give the Chromium of this machine, or the one at a path.

    Raises:
        Unavailable: there is none, or it does not start.
    """
    path = next(filter(None, map(shutil.which, [given] if given else PROGRAMS)), None)
    if path is None:
        raise Unavailable(f"no Chromium is found{f' at {given}' if given else ''}", hint=HINT)
    try:
        told = subprocess.run(  # noqa: S603  a program that the settings or PATH name
            [path, "--version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{path} does not start: {error}", hint=HINT) from error
    version = _VERSION.search(told)
    if version is None:
        raise Unavailable(f"{path} does not tell its version: {told[:80]!r}", hint=HINT)
    return Program(path, version[0])


def write_launcher(folder: Path, program: str) -> Path:
    """Write what starts the browser with the profile in the folder, and leaves its process id there.

    The profile is named last, since a driver names one of its own, which nobody but us may read. The browser is started
    as nobody when we are root, whom its sandbox refuses.

    Raises:
        Unavailable: we are root and cannot be anybody else.
    """
    drop = ""
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Unavailable("no setpriv on PATH, to start the browser not as root", hint="Debian: util-linux")
        drop = f"{setpriv} --reuid={_NOBODY} --regid={_NOBODY} --clear-groups -- "
    launcher = folder / "launch"
    launcher.write_text(
        f'#!/bin/sh\necho $$ > "{folder}/pid"\nexec {drop}{program} "$@" --user-data-dir="{folder}/profile"\n'
    )
    launcher.chmod(0o755)
    return launcher


def make_profile(folder: Path) -> Path:
    """Make an empty profile that the browser may write to."""
    profile = folder / "profile"
    profile.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        os.chown(profile, _NOBODY, _NOBODY)
    return profile


def list_environment(profile: Path) -> dict[str, str | float | bool]:
    """Give the environment of a browser, which leaves nothing outside its profile."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "HOME": str(profile),
        "TMPDIR": str(profile),
    }


def kill_browser(folder: Path) -> None:
    """End the browser that was started in a folder, with all its processes: they are one group."""
    with suppress(OSError, ValueError):
        os.killpg(int((folder / "pid").read_text()), signal.SIGKILL)
