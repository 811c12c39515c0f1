"""Runs the command line as `python -m cloneward`."""

from cloneward.cli import main

main()
