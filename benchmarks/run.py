"""Runs the benchmarks: all of them, or the one named, with its own options.

    python benchmarks/run.py
    python benchmarks/run.py text --sites --all

Figures are written to benchmarks/results. Exit 1 if a gate does not hold.
"""

import sys
from collections.abc import Callable, Mapping, Sequence

import text
import world

BENCHMARKS: Mapping[str, Callable[[Sequence[str]], int]] = {"world": world.main, "text": text.main}


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    if arguments and not arguments[0].startswith("-"):
        name, *options = arguments
        if name not in BENCHMARKS:
            print(f"no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
        return BENCHMARKS[name](options)
    return max(run(arguments) for run in BENCHMARKS.values())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
