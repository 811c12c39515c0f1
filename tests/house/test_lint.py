"""What must have one door: each ban is proved by a line that the linter catches."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BANNED = [
    "from datetime import datetime\nMADE = datetime.now()",
    "from datetime import datetime\nMADE = datetime.utcnow()",
    "import datetime\nMADE = datetime.datetime.today()",
    "from datetime import date\nMADE = date.today()",
    "import time\nMADE = time.time()",
    "import time\nMADE = time.monotonic()",
    "from time import perf_counter\nMADE = perf_counter()",
    "import time\ntime.sleep(1)",
    "from asyncio import sleep\nWAIT = sleep(1)",
    "import uuid\nMADE = uuid.uuid4()",
    "from uuid import uuid1\nMADE = uuid1()",
    "import secrets\nMADE = secrets.token_hex()",
    "import os\nMADE = os.urandom(8)",
    "import random\nMADE = random.random()",
    "from random import choice\nMADE = choice([1])",
    "import random\nrandom.shuffle([1])",
    "import httpx\nMADE = httpx.get",
    "import requests\nMADE = requests.get",
    "from urllib.request import urlopen\nMADE = urlopen",
    "import urllib.request\nMADE = urllib.request.urlopen",
    "import socket\nMADE = socket.socket",
    "from http.client import HTTPConnection\nMADE = HTTPConnection",
]
LATE_IMPORT = 'def load() -> object:\n    """Give the library."""\n    import numpy\n\n    return numpy\n'


def lint(source, place):
    """Codes of the rules that the source breaks when it stands at that place."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            "check",
            "--no-cache",
            "--output-format=json",
            f"--stdin-filename={place}",
            "-",
        ],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    return {finding["code"] for finding in json.loads(done.stdout)}


@pytest.mark.parametrize("source", BANNED)
def test_catches_banned(source):
    """A stage that reads the time, chance or the network past its door is caught."""
    assert "TID251" in lint(source, "src/cloneward/judge/policy.py")


@pytest.mark.parametrize(
    "place", ["src/cloneward/clock.py", "src/cloneward/fetch/http.py", "src/cloneward/store/keys.py"]
)
def test_lets_doors_through(place):
    """The doors themselves may use what they are the doors of."""
    assert "TID251" not in lint("\n".join(BANNED), place)


def test_one_place_makes_keys():
    """Chance that no seed can repeat is read in the one file that makes keys."""
    files = (ROOT / "src").rglob("*.py")
    assert [path.name for path in files if re.search(r"urandom|SystemRandom|import secrets", path.read_text())] == [
        "keys.py"
    ]


def test_lets_seeded_chance_through():
    """A seeded Random passed as an argument is no sin."""
    source = "from random import Random\n\nRNG = Random(7)\nMADE = RNG.random()\n"
    assert lint(source, "src/cloneward/sim/draw.py") <= {"D100", "INP001"}


def test_late_import():
    """Only a command may import inside a function."""
    assert "PLC0415" in lint(LATE_IMPORT, "src/cloneward/judge/policy.py")
    assert "PLC0415" not in lint(LATE_IMPORT, "src/cloneward/cli/check.py")


def test_reasons():
    """Every rule that is off has its reason beside it."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.partition("[tool.ruff.lint]\n")[2].partition("[tool.ruff.lint.pydocstyle]")[0]
    rules = [
        line for line in section.splitlines() if line.lstrip().startswith('"') or "ignore = [" in line or "= [" in line
    ]
    silent = [
        line for line in rules if '"' in line and "#" not in line and "select" not in line and not line.endswith("[")
    ]
    assert len(rules) > 20
    assert silent == []
