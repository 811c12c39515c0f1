"""Text that many sites share and that is nobody's copy: licences, cookie notices, well-known quotations.

What is shipped is fingerprints alone, made by make/background.py. An owner adds a background corpus of their own: wire
texts, a vendor's descriptions, anything that others may show with the same right.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloneward.errors import EvidenceError
from cloneward.fingerprint.kinds import Sketch, require_same
from cloneward.fingerprint.winnow import TEXT


@cache
def load_common() -> NDArray[np.uint64]:
    """Give the fingerprints that are shipped, ascending; of `text/1`."""
    with (files("cloneward.match") / "background1.npz").open("rb") as file, np.load(file) as arrays:
        hashes: NDArray[np.uint64] = arrays["hashes"]
    return hashes


def read_background(file: Path) -> NDArray[np.uint64]:
    """Give what is shipped and what the owner added, ascending.

    Raises:
        EvidenceError: the owner's file is damaged.
    """
    return np.union1d(load_common(), _load_own(file)) if file.exists() else load_common()


def _load_own(file: Path) -> NDArray[np.uint64]:
    try:
        hashes: NDArray[np.uint64] = np.load(file, allow_pickle=False).astype(np.uint64)
        return hashes
    except (ValueError, OSError, EOFError) as error:
        hint = "remove it and add the background again: cloneward protect add --background"
        raise EvidenceError(f"the background {file} is damaged: {error}", hint=hint) from error


def add_background(file: Path, sketches: Iterable[Sketch]) -> int:
    """Add the fingerprints of texts to the owner's background, and give how many it has now.

    Raises:
        VersionMismatch: a sketch is not of the kind that items are compared by.
        EvidenceError: the owner's file is damaged.
    """
    added = [_load_own(file)] if file.exists() else []
    for sketch in sketches:
        require_same(sketch.kind, TEXT)
        added.append(sketch.hashes)
    hashes = np.unique(np.concatenate(added)) if added else np.empty(0, np.uint64)
    partial = file.with_suffix(".partial")
    with partial.open("wb") as stream:
        np.save(stream, hashes)
    partial.replace(file)
    return int(hashes.size)
