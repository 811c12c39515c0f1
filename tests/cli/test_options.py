"""Tests of cloneward.cli.options."""

import pytest

COMMANDS = [
    ["check", "a"],
    ["protect", "add", "a"],
    ["protect", "list"],
    ["protect", "show", "i"],
    ["protect", "remove", "i"],
    ["protect", "prove"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_workspace(run, command):
    """Every command that needs a workspace and finds none says so, with a hint how to make one."""
    done = run(*command)
    assert (done.code, done.out) == (2, "")
    assert "no workspace in" in done.err
    assert "hint: cloneward init" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_named_workspace_must_be_one(run, tmp_path, command):
    """A folder that is named as the workspace and is none is refused by its name."""
    done = run(*command, "--workspace", tmp_path)
    assert done.code == 2
    assert f"no workspace in {tmp_path}" in done.err


def test_ways_to_the_workspace(run, workspace, tmp_path, monkeypatch):
    """The option goes before the variable, and the variable before the nearest folder above."""
    monkeypatch.setenv("CLONEWARD_WORKSPACE", str(tmp_path / "none"))
    assert run("protect", "list").code == 2
    assert run("protect", "list", "--workspace", workspace).code == 0
    monkeypatch.setenv("CLONEWARD_WORKSPACE", str(workspace))
    assert len(run("protect", "list", "--json").records) == 13
    monkeypatch.delenv("CLONEWARD_WORKSPACE")
    (workspace / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(workspace / "deep" / "er")
    assert len(run("protect", "list", "--json").records) == 13


def test_settings_by_variable(run, workspace, monkeypatch):
    """A setting in the environment wins over the file, and one that cannot be read is named."""
    monkeypatch.setenv("CLONEWARD_DATABASE", "nonsense")
    done = run("protect", "list", "--workspace", workspace)
    assert (done.code, "'nonsense'" in done.err, "hint: " in done.err) == (2, True, True)


@pytest.mark.parametrize(
    "command",
    [
        ["check", ""],
        ["check", "a", "--against", ""],
        ["check", "a", "--html", ""],
        ["check", "a", "--texts", ""],
        ["check", "a", "--workspace", ""],
        ["protect", "add", ""],
        ["init", "", "--site", "https://example.org/"],
    ],
)
def test_empty_paths_are_refused(run, command):
    """An empty path, as of an empty variable in a script, does not mean the current folder."""
    done = run(*command)
    assert (done.code, done.out) == (2, "")
    assert "an empty path; write . for the current folder" in done.err


def test_names_that_no_file_can_have(run):
    """A name that is too long is refused like any folder that is no workspace."""
    assert run("check", "a", "--workspace", "a" * 300).code == 2
    assert "File name too long" in run("init", "a" * 300, "--site", "https://example.org/").err
