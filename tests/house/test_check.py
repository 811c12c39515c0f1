"""The runner of the checks."""

import pytest

from make import check


@pytest.fixture
def parts(monkeypatch):
    """Replace the parts by these programs."""

    def put(*programs):
        monkeypatch.setattr(check, "STATIC", [(f"part{n}", ["python", "-c", text]) for n, text in enumerate(programs)])
        monkeypatch.setattr(check, "TESTS", [])

    return put


def test_every_part_counts(parts, capfd):
    """One part that fails fails the whole, shows what it said, and does not stop the others."""
    parts("print('fine')", "print('the fault'); raise SystemExit(3)", "print('fine too')")
    assert check.main([]) == 1
    said = capfd.readouterr()
    assert "the fault" in said.out
    assert "fine" not in said.out
    assert [line.split()[:2] for line in said.out.splitlines() if line.startswith("part")] == [
        ["part0", "ok"],
        ["part1", "FAILED"],
        ["part2", "ok"],
    ]
    assert said.err == "failed: part1\n"


def test_holds(parts):
    """When every part holds, so does the whole."""
    parts("pass", "pass")
    assert check.main([]) == 0


def test_nothing_is_left_out():
    """Every promised check is a part; tests with browsers and servers are not."""
    assert [name for name, _ in [*check.STATIC, *check.TESTS]] == [
        "format",
        "lint",
        "types",
        "imports",
        "docs",
        "licences",
        "tests",
    ]
