"""Tests of cloneward.sim.__main__."""

from cloneward.sim.__main__ import main


def test_command_writes_the_web(tmp_path, capsys) -> None:
    """The command writes the sites and says how many there are."""
    assert main([str(tmp_path), "--seed", "2", "--pages", "12", "--pages-of-others", "2"]) == 0
    assert (tmp_path / "truth.jsonl").is_file()
    assert "14 sites" in capsys.readouterr().err
