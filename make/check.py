"""Runs every check and says how long each took; `real` runs the tests with servers and a browser instead."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"

Part = tuple[str, list[str]]

STATIC: list[Part] = [
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("docs", ["python", "-m", "make.reference", "--check"]),
    ("licences", ["python", "-m", "make.licences"]),
]
# One run for all of them: two would start the workers, and load what they need, twice.
TESTS: list[Part] = [("tests", ["pytest", "-q", "-n", "auto", "-m", "not browser and not server", "tests"])]
# A file stays with one worker: a process drives one browser at a time.
REAL: Part = ("real", ["pytest", "-q", "-n", "auto", "--dist", "loadfile", "-m", "browser or server", "tests"])


def run_part(name: str, argv: list[str]) -> bool:
    """True when the part held. Tests are shown as they run and tell their own time, so they speak last."""
    start = time.perf_counter()
    shown = argv[0] == "pytest"
    if shown:
        print(f"{name}:", flush=True)
    done = subprocess.run(
        [str(BIN / argv[0]), *argv[1:]],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and not shown:
        print(done.stdout.rstrip())
    if done.returncode or not shown:
        word = f"FAILED ({done.returncode})" if done.returncode else "ok"
        print(f"{name:10}{word:14}{time.perf_counter() - start:6.1f} s", flush=True)
    return done.returncode == 0


def main(argv: list[str]) -> int:
    """Exit code: 0 when every part held."""
    parts = [REAL] if argv == ["real"] else [*STATIC, *TESTS]
    failed = [name for name, command in parts if not run_part(name, command)]
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
