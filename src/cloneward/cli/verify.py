"""`cloneward verify`: checks an evidence package, a capture or a ledger, offline."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption, read_path
from cloneward.cli.output import write_line, write_record
from cloneward.errors import EvidenceError, InputError, NoWorkspace

if TYPE_CHECKING:
    from cloneward.seal.verify import Report, Trust


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            parser=read_path,
            help="A package, the folder of a capture, or a ledger.jsonl.",
            show_default=False,
        ),
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="KEY", help="Public key of the owner, as they publish it; may be repeated."),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", parser=read_path, help="Roots of the time-stamp authorities, PEM."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check evidence offline, step by step, as verify.py in each package does.

    What rests on the evidence's own word alone is "not checked". The exit code is 4 then, as where anything fails.
    In a workspace the owner's own keys and authorities are known; elsewhere name them.

    \b
    Examples:
      cloneward verify package.zip --key KEY --trust roots.pem
      cloneward verify evidence/c1338858a519d42840063f0d4
      cloneward verify custody/ledger.jsonl --json
    """
    from cloneward.seal.verify import tell_report
    from cloneward.seal.verify import verify as run

    if not path.exists():
        raise InputError(f"there is no {path}", hint="name a package, the folder of a capture, or a ledger.jsonl")
    if trust and not trust.is_file():
        raise InputError(f"there is no file {trust}", hint="name a file of root certificates, PEM")
    with _find_trust(workspace) as known:
        told = replace(known, keys=frozenset(map(str.lower, keys)) if keys else known.keys, roots=trust or known.roots)
        try:
            report = run(path, told)
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}", hint="look at its rights") from error
    if as_json:
        _write_json(path, report)
    else:
        for line in tell_report(report):
            write_line(line)
    if not report.is_sound:
        found = ", ".join(sorted(report.codes)) or "not all could be checked"
        raise EvidenceError(f"{path} does not hold: {found}", hint="docs/guides/verify.md says what each step means")


@contextmanager
def _find_trust(folder: Path | None) -> "Iterator[Trust]":
    """Give whom the workspace trusts, where there is one."""
    from cloneward.clock import SystemClock
    from cloneward.seal.verify import Trust
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.evidence import find_trust

    clock = SystemClock()
    try:
        opened = Workspace.find(Path.cwd(), folder)
    except NoWorkspace:
        if folder is not None:
            raise
        yield Trust(now=clock.now())
        return
    with find_trust(opened, clock) as trust:
        yield trust


def _write_json(path: Path, report: "Report") -> None:
    from cloneward.model.codec import encode

    steps = [asdict(step) for step in report.steps]
    write_record(encode({"path": str(path), "sound": report.is_sound, "codes": sorted(report.codes), "steps": steps}))
