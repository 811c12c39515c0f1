"""Tests of cloneward.cli.doctor."""


def test_a_machine_without_a_workspace_is_looked_at(run):
    """Without a workspace the machine is told, and that there is none is a warning."""
    done = run("doctor", "--json")
    states = {record["name"]: record["state"] for record in done.records}
    assert done.code == 0
    assert (states["workspace"], states["sqlite"]) == ("warning", "good")


def test_what_is_wrong_gives_its_exit_code(run, workspace):
    """A workspace that all may write to is wrong: its line has a hint, and the exit code is 2."""
    assert run("doctor", "--offline", "--workspace", workspace).code == 0
    workspace.chmod(0o777)
    done = run("doctor", "--offline", "--workspace", workspace)
    assert done.code == 2
    assert "chmod go-w" in next(line for line in done.out.splitlines() if line.startswith("wrong"))


def test_a_workspace_that_is_named_must_be_there(run, tmp_path):
    """A folder that is named and is none is an error, and no warning."""
    assert run("doctor", "--workspace", tmp_path / "none").code == 2
