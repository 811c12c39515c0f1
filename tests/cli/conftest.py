"""The command line, run in this process, and a small web to run it on."""

import json
import os
import sys
from dataclasses import dataclass

import pytest

from cloneward.cli import main
from cloneward.sim import write_web


@dataclass(frozen=True)
class Run:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def records(self):
        """The lines of stdout, each of which must be a JSON object."""
        records = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(record, dict) for record in records)
        return records


@pytest.fixture
def run(monkeypatch, capfdbinary, tmp_path):
    """Run the program as a user does, from an empty folder that no workspace is above, and give what it gave."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in [name for name in os.environ if name.startswith("CLONEWARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["cloneward", *map(str, arguments)])
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfdbinary.readouterr()
        return Run(ended.value.code, said.out.decode(), said.err.decode())

    return call


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    """The folder of a small simulated web."""
    folder = tmp_path_factory.mktemp("web")
    write_web(folder, 5, pages=12, pages_of_others=2)
    return folder


@pytest.fixture
def workspace(run, web, tmp_path):
    """A workspace with the owner's pages."""
    folder = tmp_path / "workspace"
    assert run("init", folder, "--site", "https://owner.test/").code == 0
    done = run("protect", "add", web / "owner.test", "--base", "https://owner.test/", "--workspace", folder)
    assert done.code == 0, done.err
    return folder
