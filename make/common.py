"""Writes the fingerprints of texts that stand on many sites and are nobody's copy: licences, notices, quotations.

Licences are those of the SPDX list that are approved by the OSI, Creative Commons' and the GFDL, from spdx-full.json
of the npm package spdx-license-list (CC0). The other texts lie beside this file; they are in the public domain, or
too common to have an author. Only fingerprints are shipped.

Run: python make/common.py spdx-full.json src/cloneward/match/common1.npz
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cloneward.fingerprint.winnow import TEXT, fingerprint


def read_texts(licences: Path) -> Iterator[str]:
    """Give the texts, one by one."""
    for name, licence in json.loads(licences.read_text("utf-8")).items():
        if licence["osiApproved"] or name.startswith(("CC-", "CC0-", "GFDL-")):
            yield licence["licenseText"]
    yield from (Path(__file__).parent / "common.txt").read_text("utf-8").split("\n\n")


def main(licences: Path, file: Path) -> None:
    """Write `hashes`, uint64, ascending, of the fingerprint kind that the file is named after."""
    hashes = np.unique(np.concatenate([fingerprint(text).sketch.hashes for text in read_texts(licences)]))
    np.savez_compressed(file, hashes=hashes)
    print(f"{file}: {hashes.size:,} fingerprints of {TEXT}, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
