"""Fails unless everything that is installed at run time is permissive, MPL or LGPL."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What may stand in a licence expression, in lower case; a licence that is not here fails by name.
ALLOWED: Final = {
    "0bsd", "apache-2.0", "blueoak-1.0.0", "bsd", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "cc0-1.0", "isc",
    "lgpl-2.1", "lgpl-2.1-only", "lgpl-2.1-or-later", "lgpl-3.0", "lgpl-3.0-only", "lgpl-3.0-or-later", "mit",
    "mit-0", "mit-cmu", "mpl-2.0", "psf-2.0", "python-2.0", "unicode-3.0", "unlicense", "zlib",
    "apache-2.0 with llvm-exception",
}  # fmt: skip

# How packages write the same licences when they do not use SPDX.
SPELLINGS: Final = {
    "apache 2.0": "apache-2.0",
    "apache license 2.0": "apache-2.0",
    "apache software license": "apache-2.0",
    "bsd license": "bsd",
    "isc license (iscl)": "isc",
    "mit license": "mit",
    "mozilla public license 2.0 (mpl 2.0)": "mpl-2.0",
    "python software foundation license": "psf-2.0",
    "the unlicense (unlicense)": "unlicense",
}

# Packages whose metadata do not tell; each was read by a person.
REVIEWED: Final[dict[str, tuple[str, str]]] = {
    "imapclient": ("bsd-3-clause", "COPYING in its wheel, 4.1.0"),
}

_OPERATORS: Final = re.compile(r"\s+(and|or)\s+|[()]", re.IGNORECASE)
_LONGEST_NAME: Final = 100  # characters; some packages put the whole text of the licence in the field


def walk(name: str, extras: frozenset[str] = frozenset(), seen: set[str] | None = None) -> Iterator[Distribution]:
    """The distribution and everything it needs here at run time, each once."""
    seen = set() if seen is None else seen
    key = f"{canonicalize_name(name)}{sorted(extras)}"
    if key in seen:
        return
    seen.add(key)
    found = distribution(name)
    yield found
    for line in found.requires or ():
        needed = Requirement(line)
        contexts = [{"extra": extra} for extra in extras] or [{"extra": ""}]
        if needed.marker is None or any(needed.marker.evaluate(context) for context in contexts):
            yield from walk(needed.name, frozenset(needed.extras), seen)


def read_licence(found: Distribution) -> str:
    """The licence as one SPDX-like expression in lower case; empty when the metadata do not tell."""
    name = canonicalize_name(found.metadata["Name"])
    if name in REVIEWED:
        return REVIEWED[name][0].lower()
    expression = found.metadata.get("License-Expression")
    if expression:
        return str(expression).lower()
    classifiers = [
        line.rpartition(" :: ")[2].lower()
        for line in found.metadata.get_all("Classifier") or ()
        if line.startswith("License ::") and line != "License :: OSI Approved"
    ]
    if classifiers:
        return " and ".join(SPELLINGS.get(text, text) for text in classifiers)
    field = str(found.metadata.get("License") or "").strip().lower()
    return SPELLINGS.get(field, field) if len(field) <= _LONGEST_NAME else ""


def is_allowed(expression: str) -> bool:
    """True when every alternative's every part may be used; `or` asks for one good side only at the top."""
    sides = re.split(r"\s+or\s+", expression) if "(" not in expression else [expression]
    return any(all(part.strip() in ALLOWED for part in _split(side)) for side in sides)


def _split(expression: str) -> list[str]:
    parts = [part for part in _OPERATORS.split(expression) if part and part.strip()]
    return [part for part in parts if part.lower() not in {"and", "or"}] or [""]


def find_faults(name: str) -> list[str]:
    """One line for each package of the closure whose licence may not be used or is not told."""
    faults = []
    for found in walk(name):
        expression = read_licence(found)
        if not is_allowed(expression):
            faults.append(f"{found.metadata['Name']} {found.version}: {expression or 'licence not told'}")
    return sorted(set(faults))


if __name__ == "__main__":
    lines = find_faults("cloneward")
    if lines:
        print("licences that may not be used, or are not told:", *lines, sep="\n  ")
        print("hint: take another package; or read its licence and enter it in REVIEWED in make/licences.py")
    sys.exit(1 if lines else 0)
