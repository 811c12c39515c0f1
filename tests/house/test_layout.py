"""The shape of the house: rooms, faces, names, sizes, and what may not lie around."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "cloneward"
MODULES = sorted(PACKAGE.rglob("*.py"))
FACES = [path for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))

DRAWERS = set("base common core func helper helpers lib misc shared stuff tools util utils".split())
MOST_NAMES = 8  # public names of a package: more is no face but a list
MOST_LINES = 500

# Modules without a test file of the same name, and why.
UNTESTED = {
    "__main__.py": "one line; tests/cli runs it",
}
# Alembic runs these by number; tests/store/test_migrate.py runs them all.
REVISIONS = "store/migrations/"
# Modules over 500 lines, and why.
LONG: dict[str, str] = {
    "capture/chromium.py": "all that drives a browser: only files named after a technology may import it",
    "seal/verify.py": "it goes into each package as the one file that a stranger reads and runs",
}


def name_of(path, root=PACKAGE):
    """The path below the root, as the lists above write it."""
    return path.relative_to(root).as_posix()


def list_files():
    """Every file of the project that is tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def list_public(path):
    """Public names of a package: __all__ where it has one, else what its face defines or imports."""
    names = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def test_no_drawers():
    """No folder or module is a drawer for what has no place."""
    names = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(PACKAGE).parts}
    assert names & DRAWERS == set()


def test_names_are_one_word():
    """Every module and folder is named by one plain word."""
    names = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(PACKAGE).parts}
    assert [name for name in sorted(names) if not re.fullmatch(r"[a-z][a-z0-9]*|__init__|__main__", name)] == []


@pytest.mark.parametrize("face", FACES, ids=name_of)
def test_faces(face):
    """A package says what it takes, gives and never does, and shows at most eight names."""
    lines = (ast.get_docstring(ast.parse(face.read_text("utf-8"))) or "").splitlines()
    for word in ("Takes:", "Gives:", "Never:"):
        assert any(line.startswith(word) for line in lines), f"{name_of(face)}: no line {word}"
    assert len(list_public(face)) <= MOST_NAMES


def test_folders_are_packages():
    """Every folder of modules has a face."""
    folders = {path.parent for path in MODULES}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_modules_have_tests():
    """Every module has its test file; the list of those without holds no other."""
    missing = {
        name_of(path)
        for path in MODULES
        if path.name != "__init__.py"
        and not name_of(path).startswith(REVISIONS)
        and not (ROOT / "tests" / path.relative_to(PACKAGE).with_name(f"test_{path.name}")).exists()
    }
    assert missing == set(UNTESTED)
    assert all(UNTESTED.values())


def test_modules_are_short():
    """A module over 500 lines is listed by name; the list holds no other."""
    long = {name_of(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > MOST_LINES}
    assert long == set(LONG)
    assert all(LONG.values())


def test_tests_say_what_they_prove():
    """Every test has one sentence that says what it proves."""
    silent = []
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                text = ast.get_docstring(node) or ""
                if not text.endswith(".") or re.search(r"\n\s*\n|[.!?]\s+[A-Z]", text):
                    silent.append(f"{name_of(path, ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_machine_paths():
    """No file names a folder of the machine it was written on."""
    folders = "work|root|opt"
    pattern = re.compile((r"(?<![\w.:/~$})\]-])/(?:" + folders + r")/\w").encode())
    found = [
        f"{name_of(path, ROOT)}: {match[0].decode()}"
        for path in list_files()
        if b"\0" not in (content := path.read_bytes())[:8000] and (match := pattern.search(content))
    ]
    assert found == []


def test_licence():
    """The project is under Apache-2.0, and says so in both places."""
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert re.match(r"\s*Apache License\s+Version 2\.0, January 2004", text)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"] == "Apache-2.0"


def test_changelog():
    """Users find what changed, in the form of Keep a Changelog."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## \[?(Unreleased|\d+\.\d+\.\d+)", text, re.MULTILINE)


def test_uv_is_pinned_once():
    """The version of uv stands in one file only."""
    pin = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["required-version"]
    version = pin.removeprefix("==")
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    places = [path for path in list_files() if path.suffix in {"", ".sh", ".py", ".toml", ".md"}]
    again = re.compile(rf"\buv\W+{re.escape(version)}\b")
    assert [path.name for path in places if again.search(path.read_text("utf-8"))] == []
