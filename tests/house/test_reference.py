"""The generated reference: complete, fresh, and caught when it is not."""

import ast
import dataclasses
from pathlib import Path

import pytest

from cloneward import errors, settings
from make import reference

ROOT = Path(__file__).parents[2]
COMMANDS = dict(reference.walk_commands())
LEAVES = [path for path in COMMANDS if not any(other.startswith(f"{path} ") for other in COMMANDS)]


def read(name):
    """The page as it stands in the repository."""
    return (ROOT / "docs" / "reference" / name).read_text("utf-8")


@pytest.mark.parametrize("path", COMMANDS)
def test_commands_are_documented(path):
    """Every command has its chapter, with the help that it prints."""
    assert f"# {path}\n\n```text\n{COMMANDS[path]}\n```\n" in read("commands.md")


@pytest.mark.parametrize("path", LEAVES)
def test_commands_have_examples(path):
    """The help of every command shows an example of it."""
    assert path in COMMANDS[path].partition("Example")[2]


@pytest.mark.parametrize("name", [item.name for item in dataclasses.fields(settings.Settings)])
def test_settings_are_documented(name):
    """Every setting has its line, with its environment variable."""
    line = next(line for line in read("settings.md").splitlines() if line.startswith(f"| `{name}` |"))
    assert f"`{settings.ENV_PREFIX}{name.upper()}`" in line


@pytest.mark.parametrize("kind", reference.walk_errors(), ids=lambda kind: kind.__name__)
def test_errors_are_documented(kind):
    """Every error has its line, with its code, exit code and who must act."""
    assert f"| `{kind.code}` | {kind.exit_code} | {reference.name_actor(kind)} | `{kind.__name__}` |" in read(
        "errors.md"
    )


def test_error_codes_differ():
    """No two errors share a code."""
    codes = [kind.code for kind in reference.walk_errors()]
    assert len(codes) == len(set(codes))


def test_errors_live_in_one_file():
    """No module but errors.py makes an error of its own."""
    ours = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.Error)}
    strays = []
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and path.name != "errors.py":
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                strays += [f"{path.name}: {node.name}"] if bases & ours else []
    assert strays == []


def test_catches_stale(tmp_path, monkeypatch, capsys):
    """A page that is missing, edited by hand or written by nothing is called stale; writing mends it."""
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.main(["--check"]) == 1
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    (tmp_path / "errors.md").write_text("by hand", "utf-8")
    (tmp_path / "orphan.md").touch()
    capsys.readouterr()
    assert reference.main(["--check"]) == 1
    assert "errors.md, orphan.md" in capsys.readouterr().out
