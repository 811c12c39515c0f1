"""Fuzzes every target for a while, guided by what the readers do: `make fuzz`, or `run.py TARGET FOLDER -libFuzzer…`.

Inputs that go further are kept in build/fuzz/TARGET and taken up by the next run; what breaks a target is kept there
as crash-…, and belongs, made small, into tests/fuzz/seeds.
"""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
SEEDS = Path(__file__).parent / "seeds"
_COMPILED = ("fingerprint.extract", "fingerprint.local", "match.find", "match.points", "match.records")


def fuzz_all(seconds: int) -> int:
    """Fuzz each target in a process of its own; give how many broke."""
    sys.path.insert(0, str(ROOT))
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    broken = 0
    for name in TARGETS:
        folder = ROOT / "build" / "fuzz" / name
        folder.mkdir(parents=True, exist_ok=True)
        options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=3000"]
        options += [f"-artifact_prefix={folder}{os.sep}", "-print_final_stats=1"]
        command = [sys.executable, __file__, name, str(folder), str(SEEDS / name), *options]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        runs = done.stderr.rpartition("number_of_executed_units:")[2].partition("\n")[0].strip() or "?"
        print(f"{name:10}{'ok' if not done.returncode else 'BROKEN':8}{runs:>12} inputs", flush=True)  # noqa: T201
        if done.returncode:
            broken += 1
            print(done.stderr[-4_000:], flush=True)  # noqa: T201
    return broken


def fuzz_one(name: str) -> None:
    """Fuzz one target as the options on the command line say."""
    sys.path.insert(0, str(ROOT))
    for compiled in _COMPILED:  # first, since numba compiles no instrumented function
        importlib.import_module(f"cloneward.{compiled}")

    with atheris.instrument_imports(include=["cloneward"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        fuzz_one(sys.argv[1])
    else:
        sys.exit(1 if fuzz_all(int((sys.argv[1:] or ["60"])[0])) else 0)
