"""Who may import whom: each contract is proved by a sin that it catches."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = "Everything rests on what stands below it; stages do not know one another"
PURE = "The library is pure: no network, no clock, no settings"
WIRING = "Only the wiring knows the technology"
SIM = "The simulated world is entered by the demo alone"
SERVER = "The server is started by serve alone"

SINS = {
    "a stage imports another": (LAYERS, "judge/sin.py", "import cloneward.act.sin"),
    "a stage imports the store": (LAYERS, "judge/sin.py", "import cloneward.store.sin"),
    "a noun imports the library": (LAYERS, "model/sin.py", "import cloneward.match.sin"),
    "the library imports a stage": (LAYERS, "match/sin.py", "import cloneward.protect.sin"),
    "a stage imports a workflow": (LAYERS, "protect/sin.py", "import cloneward.workflows.sin"),
    "a workflow imports the server": (LAYERS, "workflows/sin.py", "import cloneward.server.sin"),
    "the world imports the server": (LAYERS, "sim/sin.py", "import cloneward.server.sin"),
    "the errors import anything": (LAYERS, "errors.py", "import cloneward.url"),
    "a drawer": (LAYERS, "utils/sin.py", ""),
    "the library fetches": (PURE, "match/sin.py", "import cloneward.fetch.sin"),
    "the library reads settings": (PURE, "archive/sin.py", "import cloneward.settings"),
    "the library reads the clock": (PURE, "fingerprint/sin.py", "import cloneward.clock"),
    "a noun reads the clock": (PURE, "model/sin.py", "import cloneward.clock"),
    "a workflow picks its browser": (WIRING, "workflows/sin.py", "import cloneward.capture.chromium"),
    "a workflow picks its engine": (WIRING, "workflows/sin.py", "import cloneward.traffic.duckdb"),
    "check imports the world": (SIM, "cli/sin.py", "import cloneward.sim.sin"),
    "check imports the server": (SERVER, "cli/sin.py", "import cloneward.server.sin"),
}

FORGIVEN = {
    "the wiring picks the browser": ("workflows/wiring.py", "import cloneward.capture.chromium"),
    "the demo enters the world": ("cli/demo.py", "import cloneward.sim.sin"),
    "serve starts the server": ("cli/serve.py", "import cloneward.server.sin"),
}


@pytest.fixture
def tree(tmp_path):
    """A copy of the package and of the contracts, to sin in."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add_line(tree, name, line):
    """Append the line to a file of the package, and make the module that it imports."""
    package = tree / "src" / "cloneward"
    imported = package.joinpath(*line.split(".")[1:]).with_suffix(".py")
    for path in (imported, package / name) if line else (package / name,):
        if not path.exists() and not path.with_suffix("").is_dir():
            path.parent.mkdir(exist_ok=True)
            path.touch()
        init = path.parent / "__init__.py"
        init.touch()
    with (package / name).open("a") as file:
        file.write(f"\n{line}\n")


def lint(tree):
    """Run lint-imports there: the exit code, and what it said with each contract on one line."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree / "src"), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def list_broken(output):
    """Names of the contracts that the output calls broken."""
    return {line.rpartition(" BROKEN")[0].strip() for line in output.splitlines() if line.endswith(" BROKEN")}


def test_clean_tree(tree):
    """The package as it stands keeps every contract."""
    code, output = lint(tree)
    assert code == 0, output


@pytest.mark.parametrize("sin", SINS)
def test_catches_sin(tree, sin):
    """The contract names the sin that was added on purpose, and that contract alone is enough to fail."""
    contract, name, line = SINS[sin]
    add_line(tree, name, line)
    code, output = lint(tree)
    assert code != 0, output
    if name.startswith("utils"):
        assert "utils" in output
    else:
        assert contract in list_broken(output), output


@pytest.mark.parametrize("case", FORGIVEN)
def test_lets_through(tree, case):
    """The one file that may is not called a sinner."""
    add_line(tree, *FORGIVEN[case])
    code, output = lint(tree)
    assert code == 0, output
