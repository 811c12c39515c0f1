"""The command line: one file a verb. Heavy libraries are imported inside the command that needs them.

Takes: a command line.
Gives: data to stdout, logs to stderr, an exit code.
Never: holds a rule of the business.
"""

from cloneward.cli.app import app, main

__all__ = ["app", "main"]
