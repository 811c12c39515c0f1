"""Who may import whom: each contract is proved by a sin that it catches."""

import os
import re
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

# Each sin: the contract that catches it, the file, and the module that the file must not import.
SINS = {
    "a stage imports another": (LAYERS, "judge/sin.py", "act.sin"),
    "a stage imports the store": (LAYERS, "judge/sin.py", "store.sin"),
    "a noun imports the library": (LAYERS, "model/sin.py", "match.sin"),
    "the library imports a stage": (LAYERS, "match/sin.py", "protect.sin"),
    "a stage imports a workflow": (LAYERS, "protect/sin.py", "workflows.sin"),
    "a workflow imports the server": (LAYERS, "workflows/sin.py", "server.sin"),
    "the world imports the server": (LAYERS, "sim/sin.py", "server.sin"),
    "the errors import anything": (LAYERS, "errors.py", "url"),
    "the library fetches": (PURE, "match/sin.py", "fetch.sin"),
    "the library reads settings": (PURE, "archive/sin.py", "settings"),
    "the library reads the clock": (PURE, "fingerprint/sin.py", "clock"),
    "a noun reads the clock": (PURE, "model/sin.py", "clock"),
    "a workflow picks its browser": (WIRING, "workflows/sin.py", "capture.chromium"),
    "a workflow picks its engine": (WIRING, "workflows/sin.py", "traffic.duckdb"),
    "check imports the world": (SIM, "cli/sin.py", "sim.sin"),
    "check imports the server": (SERVER, "cli/sin.py", "server.sin"),
}
# What the one file that may is allowed to do.
FORGIVEN = {
    "workflows/wiring.py": "capture.chromium",
    "cli/demo.py": "sim.sin",
    "cli/serve.py": "server.sin",
}


def copy_package(folder):
    """A copy of the package and of the contracts, to sin in."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "src" / "cloneward"


def write_module(package, name, line=""):
    """Append the line to a module of the package, which is made where it does not exist yet."""
    path = package / name
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def write_import(package, name, target):
    """Make one module of the package import another."""
    file = f"{target.replace('.', '/')}.py"
    if not (package / file).exists():
        write_module(package, file)
    write_module(package, name, f"import cloneward.{target}")


def lint(package):
    """Run lint-imports on a copy: whether it held, and what it said of each broken contract."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=package.parents[1],
        env=os.environ | {"PYTHONPATH": str(package.parent), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    faults = done.stdout.partition("\nBroken contracts\n")[2]
    parts = re.split(r"^(.+)\n-+\n", faults, flags=re.MULTILINE)
    return done.returncode == 0, dict(zip(parts[1::2], parts[2::2], strict=True)), done.stdout


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """What lint-imports says of a package in which every sin was committed."""
    package = copy_package(tmp_path_factory.mktemp("sins"))
    for _, name, target in SINS.values():
        write_import(package, name, target)
    holds, faults, _ = lint(package)
    assert not holds
    return faults


def test_clean_tree(tmp_path):
    """The package as it stands keeps every contract, also when the files that may do what only they may."""
    package = copy_package(tmp_path)
    holds, _, output = lint(package)
    assert holds, output
    for name, target in FORGIVEN.items():
        write_import(package, name, target)
    holds, _, output = lint(package)
    assert holds, output


@pytest.mark.parametrize("sin", SINS)
def test_catches_sin(broken, sin):
    """The contract that forbids it names the import that was added on purpose."""
    contract, name, target = SINS[sin]
    importer = name.removesuffix(".py").replace("/", ".")
    assert f"cloneward.{importer} -> cloneward.{target} " in broken[contract]


def test_catches_drawer(tmp_path):
    """A folder that was given no floor is caught by its name."""
    package = copy_package(tmp_path)
    write_module(package, "utils/sin.py")
    holds, faults, output = lint(package)
    assert not holds, output
    assert "- cloneward.utils" in faults[LAYERS]
