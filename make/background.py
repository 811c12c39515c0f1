"""Writes the fingerprints of texts that stand on many sites and are nobody's copy: licences, notices, quotations.

Licences are those of the SPDX list that are approved by the OSI, Creative Commons' and the GFDL, from spdx-full.json
of the npm package spdx-license-list (CC0). The other texts lie beside this file; they are in the public domain, or
too common to have an author. A folder of pages may be added: the text that generators of documentation put around
any content, as javadoc on a project of empty classes. Only fingerprints are shipped.

Run: python make/background.py src/cloneward/match/background1.npz spdx-full.json [FOLDER...]
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.winnow import TEXT, fingerprint


def read_texts(licences: Path, folders: list[Path]) -> Iterator[str]:
    """Give the texts, one by one."""
    for name, licence in json.loads(licences.read_text("utf-8")).items():
        if licence["osiApproved"] or name.startswith(("CC-", "CC0-", "GFDL-")):
            yield licence["licenseText"]
    yield from (Path(__file__).parent / "background.txt").read_text("utf-8").split("\n\n")
    for folder in folders:
        for page in sorted(folder.rglob("*.html")):
            yield extract(page.read_bytes()).text


def main(file: Path, licences: Path, *folders: Path) -> None:
    """Write `hashes`, uint64, ascending, of the fingerprint kind that the file is named after."""
    hashes = np.unique(np.concatenate([fingerprint(text).sketch.hashes for text in read_texts(licences, [*folders])]))
    np.savez_compressed(file, hashes=hashes)
    print(f"{file}: {hashes.size:,} fingerprints of {TEXT}, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
