"""Tests of cloneward.cli.app."""

import os
import subprocess
import sys

import pytest

from cloneward import __version__, errors

COMMANDS = [
    [],
    ["init"],
    ["check"],
    ["protect"],
    *(["protect", name] for name in ["add", "list", "show", "remove", "prove"]),
]
# Prints the help of each command, then what was imported for it.
HELP = """
import sys
from cloneward.cli import main
for command in {commands!r}:
    sys.argv = ["cloneward", *command, "--help"]
    try:
        main()
    except SystemExit as ended:
        assert ended.code == 0
print("imported:", *sys.modules)
"""


def call(*arguments, stdout=subprocess.PIPE, **environment):
    """Run the program in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("CLONEWARD_")} | environment,
    )


def test_help_imports_nothing_heavy():
    """Asking for help, of the program or of any command, loads none of the heavy libraries."""
    done = call("-c", HELP.format(commands=COMMANDS))
    assert done.returncode == 0, done.stderr
    shown, _, imported = done.stdout.partition("imported:")
    assert shown.count("Usage: cloneward") == len(COMMANDS)
    heavy = "numpy numba sqlalchemy selectolax jinja2 alembic msgspec resiliparse zstandard idna publicsuffixlist"
    assert set(imported.split()) & set(heavy.split()) == set()


def test_exit_codes_of_the_process(web, tmp_path):
    """As a process: 3 where a verdict was to fail, with one line for each target though one is missing."""
    done = call(
        *["-m", "cloneward", "check", web / "viewer-verbatim.test", tmp_path / "none", web / "unrelated-blog.test"],
        *["--against", web / "owner.test", "--fail-on", "copy"],
        LC_ALL="C",
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 3, done.stderr
    verdicts = [line.split()[0] for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert verdicts == ["copy", "unknown", "unrelated"]
    assert done.stderr == ""


def test_errors_of_the_process(tmp_path):
    """As a process: 2 for the caller's mistake, with the value and a hint on stderr and nothing on stdout."""
    done = call("-m", "cloneward", "check", tmp_path, "--fail-on", "copied")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cloneward: no such verdict: 'copied'\nhint: one of copy, ")
    assert done.stderr.count("\n") == 2


def test_broken_pipe_of_the_process(workspace):
    """As a process: a reader who leaves before the end (`| head`) is no error, and nobody complains."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = call("-m", "cloneward", "protect", "list", "--json", "--workspace", workspace, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_version(run):
    """The version is one line."""
    assert run("--version").out == f"cloneward {__version__}\n"


@pytest.mark.parametrize("arguments", [["chek"], ["check"], ["check", "a", "--no-such"], ["init"], ["protect", "show"]])
def test_wrong_usage(run, arguments):
    """A command line that cannot be read is the caller's mistake: exit code 2, on stderr."""
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: " in done.err


@pytest.mark.parametrize("kind", [errors.InputError, errors.Unavailable, errors.EvidenceError, errors.RefusedError])
def test_each_family_has_its_exit_code(run, monkeypatch, kind):
    """An error of ours gives its message, a hint and the exit code of its family, on lines that it cannot forge."""

    def fail():
        raise kind("it broke\nat 7", hint="mend it\x1b[2J")

    monkeypatch.setattr(sys.modules["cloneward.cli.app"], "app", fail)
    done = run()
    assert (done.code, done.out) == (kind.exit_code, "")
    assert done.err == "cloneward: it broke\\nat 7\nhint: mend it\\x1b[2J\n"


def test_a_bug_is_not_caught(run, monkeypatch):
    """Any other exception is a bug and is shown whole."""

    def fail():
        raise KeyError("a bug")

    monkeypatch.setattr(sys.modules["cloneward.cli.app"], "app", fail)
    with pytest.raises(KeyError):
        run()
