"""Writes the simulated web: `python -m cloneward.sim FOLDER --seed N`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cloneward.sim.web import PAGES, PAGES_OF_OTHERS, write_web


def main(arguments: list[str] | None = None) -> int:
    """Writes the web that the arguments describe; returns the exit code."""
    parser = argparse.ArgumentParser(prog="cloneward.sim", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the sites are written")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes")
    parser.add_argument("--pages", type=int, default=PAGES, help="of the owner")
    parser.add_argument("--pages-of-others", type=int, default=PAGES_OF_OTHERS, help="of each other")
    options = parser.parse_args(arguments)
    facts = write_web(
        options.folder,
        options.seed,
        pages=options.pages,
        pages_of_others=options.pages_of_others,
    )
    sites = len({fact.site for fact in facts})
    sys.stderr.write(f"{sites} sites around the owner's in {options.folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
