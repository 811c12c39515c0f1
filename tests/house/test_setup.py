"""What `make setup` says where something is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = "sh sed awk cut head mv rm dirname".split()


@pytest.fixture
def run_setup(tmp_path):
    """Run the script in an empty checkout, with a PATH that holds the Python given and no other."""

    def run(python=""):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in PROGRAMS:
            (folder / name).symlink_to(shutil.which(name))
        if python:
            (folder / "python3").write_text(f"#!/bin/sh\n{python}\n")
            (folder / "python3").chmod(0o755)
        (tmp_path / "make").mkdir()
        shutil.copy(ROOT / "make" / "setup.sh", tmp_path / "make")
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        return subprocess.run(
            ["sh", "make/setup.sh"],
            cwd=tmp_path,
            env={"PATH": str(folder), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_no_python(run_setup):
    """Without any Python it says which one it needs and how to get it."""
    done = run_setup()
    assert done.returncode == 1
    assert "no Python 3.11 or newer on PATH" in done.stderr
    assert "apt-get install python3.11 python3.11-venv" in done.stderr


def test_old_python(run_setup):
    """A Python that is too old is as good as none."""
    assert "no Python 3.11 or newer" in run_setup("exit 0").stderr


def test_no_pip(run_setup):
    """A Python that can neither make an environment nor install is named, with the package that it lacks."""
    done = run_setup('case "$2" in *realpath*) echo "$0" ;; *"%d.%d"*) echo 3.12 ;; *) exit 1 ;; esac')
    assert done.returncode == 1
    assert "bin/python3 has neither ensurepip nor pip" in done.stderr
    assert "apt-get install python3.12-venv" in done.stderr
