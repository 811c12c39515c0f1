"""Runs the benchmarks: all of them, or the one named, with its own options.

    python benchmarks/run.py
    python benchmarks/run.py text --sites --all

Figures are written to benchmarks/results. Exit 1 if a gate does not hold.
"""

import importlib
import os
import sys
from collections.abc import Sequence

BENCHMARKS = (
    "world",
    "text",
    "speed",
    "pages",
    "scale",
    "middling",
    "photos",
    "people",
    "redaction",
    "pdq",
    "hamming",
    "video",
    "gallery",
    "seal",
    "capture",
    "letter",
)
ONE_CORE = ("speed", "pages", "scale", "pdq", "hamming", "gallery", "seal")
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS")


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    if arguments and not arguments[0].startswith("-"):
        name, *options = arguments
        if name not in BENCHMARKS:
            print(f"no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
        return run(name, options)
    return max(run(name, arguments) for name in BENCHMARKS)


def run(name: str, options: Sequence[str]) -> int:
    """Import a benchmark when it is run: its peers need not be here for the others, and pools read this at import."""
    if name in ONE_CORE:
        os.environ.update(dict.fromkeys(POOLS, "1"))
    worst: int = importlib.import_module(name).main(options)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
