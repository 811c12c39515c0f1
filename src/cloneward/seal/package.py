"""Evidence to hand over: captures with their seals, the ledger, and a verifier that needs nothing of ours."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from cloneward.errors import InputError
from cloneward.model.evidence import Seal
from cloneward.seal import verify
from cloneward.seal.custody import FILE_NAME, Act, withhold
from cloneward.seal.durable import write_file
from cloneward.seal.sealing import Evidence, Statement, load_seal, seal_folder

_README = """\
Evidence package {subject}

How to check it without us, offline, in a few minutes:

1. Have Python 3.11 or newer, the package `cryptography` (pip install cryptography), and `openssl`.
2. Ask the owner, on a way of your own, for the public key of their seals. This package says that it is
   {key}
3. Get the root certificates of the time-stamp authorities from these themselves: {authorities}.
   Put them into one file, roots.pem.
4. Get verify.py from a source that you trust, or read the one in this package; then:
   python verify.py PACKAGE.zip --key KEY --trust roots.pem

It prints {steps} numbered steps and what it found. Its exit code is 0 where everything holds, and 4 where anything
does not, or could not be checked. Each web archive opens in a replay tool: captures/*/capture.wacz.

What is proven: since the times of the authorities nothing was changed. What is claimed, by the owner's clock: when a
page was captured. What the page's own server sent to others at that time is not proven by any of this.
"""


def assemble_package(folder: Path, evidence: Evidence, captures: Sequence[str], act: Act, at: datetime) -> Seal:
    """Put captures and their custody into an empty folder and seal it; its tokens are still to be asked for.

    Entries of the ledger on anything else stand in it by their digest alone.

    Args:
        folder: to write into; packed by `archive.container`, it is the package.
        evidence: where the captures lie.
        captures: ids, in any order.
        act: who hands over what to whom: `package.exported`, its subject the package's id.
        at: now, by our clock.

    Raises:
        InputError: the folder is not empty, or a capture is not there or still waits for a token.
        EvidenceError: a seal is broken, or the ledger cannot be read.
        Unavailable: as the ledger raises it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(f"{folder} is not empty", hint="name a new folder")
    seals = {capture: load_seal(evidence.folder / capture) for capture in captures}
    if waiting := [capture for capture, seal in seals.items() if seal.state == "pending"]:
        raise InputError(f"capture {waiting[0]} still waits for a token", hint="ask the authorities again, then export")
    for capture in seals:
        shutil.copytree(evidence.folder / capture, folder / "captures" / capture)
    detail = {**act.detail, "seals": {capture: seal.id for capture, seal in seals.items()}}
    anchor = evidence.ledger.add(Act(act.what, act.subject, act.who, detail), at)
    _copy_custody(evidence.ledger.folder, folder / "custody", frozenset({act.subject, *seals}))
    shutil.copyfile(verify.__file__, folder / "verify.py")
    names = tuple(authority.name for authority in evidence.authorities)
    text = _README.format(
        subject=act.subject, key=evidence.signer.public, authorities=", ".join(names), steps=len(verify.STEPS)
    )
    write_file(folder / "README.txt", text.encode())
    told: Mapping[str, object] = {"captures": sorted(seals), "by": act.who}
    return seal_folder(folder, Statement("package", act.subject, told, names, anchor), evidence.signer, at)


def _copy_custody(ledger: Path, folder: Path, subjects: frozenset[str]) -> None:
    folder.mkdir()
    write_file(folder / FILE_NAME, withhold((ledger / FILE_NAME).read_bytes(), subjects))
    if (ledger / "tst").is_dir():
        shutil.copytree(ledger / "tst", folder / "tst")
