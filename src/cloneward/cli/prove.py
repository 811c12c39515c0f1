"""`cloneward protect prove`: that a domain is the owner's."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cloneward.cli.options import JsonOption, WorkspaceOption
from cloneward.cli.output import describe_problem, tell, write_line, write_record
from cloneward.errors import RefusedError, Unavailable

if TYPE_CHECKING:
    from cloneward.model.evidence import Method
    from cloneward.protect.proof import Claim
    from cloneward.workflows.prove import Attempt


def prove(
    domain: Annotated[
        str | None,
        typer.Argument(metavar="DOMAIN", help="Registered domain; by default that of the site.", show_default=False),
    ] = None,
    method: Annotated[
        Literal["dns", "file"] | None,
        typer.Option("--method", help="Look there alone; by default at both, the name service first."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that you control a domain: say what to publish, then look whether it is there.

    Until it is found, the exit code is 5; 75 where nobody answered.

    \b
    Examples:
      cloneward protect prove
      cloneward protect prove example.net --method dns
    """
    from cloneward.clock import SystemClock
    from cloneward.store.workspace import Workspace
    from cloneward.workflows.prove import METHODS
    from cloneward.workflows.prove import prove as run

    opened = Workspace.find(Path.cwd(), workspace)
    methods = (method,) if method else METHODS
    attempt = run(opened, domain, methods, SystemClock())
    if as_json:
        _write_json(attempt)
    else:
        _show(attempt, methods)
    if attempt.proof is None:
        _refuse(attempt)


def _refuse(attempt: "Attempt") -> None:
    """Say no: for now, where nobody answered; until somebody publishes it, where it is not there."""
    what = f"it is not proven that {attempt.claim.domain} is yours"
    if any(problem.code == "proof_unanswered" for problem in attempt.problems):
        raise Unavailable(f"{what}: not all could be asked", hint="publish what is asked for, or try again later")
    raise RefusedError(what, hint="publish what is asked for, then run this again; DNS may take an hour")


def _show(attempt: "Attempt", methods: "tuple[Method, ...]") -> None:
    proof = attempt.proof
    if proof is not None:
        write_line(f"proven  {proof.domain}  {proof.method}: {proof.evidence}  since {proof.first_proven_at}")
        return
    for problem in attempt.problems:
        tell(describe_problem(problem))
    write_line(
        f"to prove that {attempt.claim.domain} is yours, publish {' or '.join(map(_NAMES.__getitem__, methods))}:"
    )
    for method in methods:
        write_line(_ask(attempt.claim, method))


_NAMES: "dict[Method, str]" = {"dns": "this TXT record", "file": "this file"}


def _ask(claim: "Claim", method: "Method") -> str:
    if method == "dns":
        return f'  {claim.record}  TXT  "{claim.line}"'
    return f"  {claim.url}  with the line  {claim.line}"


def _write_json(attempt: "Attempt") -> None:
    from cloneward.model.codec import encode

    claim = attempt.claim
    publish = {"line": claim.line, "record": claim.record, "file": claim.url}
    record = {"domain": claim.domain, "proven": attempt.proof is not None, "proof": attempt.proof, "publish": publish}
    write_record(encode(record | {"problems": attempt.problems}))
