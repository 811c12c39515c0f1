"""What supports a likeness in words: the same layout, the same files, the same icon. Alone they make none.

Two sites built with the same open-source template look alike without any copying, so these matches are measured only
between a page and an item that share text, and never counted among the words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cloneward.fingerprint.asset import ASSET, ICON
from cloneward.fingerprint.kinds import TRAITS, Traits, require_same
from cloneward.fingerprint.layout import STRUCTURE
from cloneward.model.finding import Match

MIN_FEATURES = 12
"""A layout of fewer tags and class names is that of any page."""

_NO_STRUCTURE, _NO_ASSETS, _NO_ICONS = Traits(STRUCTURE), Traits(ASSET), Traits(ICON)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a page shows beside its text: its layout, and the digests of its files and icons."""

    structure: Traits = _NO_STRUCTURE
    assets: Traits = _NO_ASSETS
    icons: Traits = _NO_ICONS


PLAIN = Look()
"""Nothing at all: as a background, nothing is set aside."""


def estimate_jaccard(left: Traits, right: Traits, aside: Traits) -> float:
    """Give the Jaccard similarity of two sets without what is set aside; 0 where nothing is left.

    Exact where neither set has more than `TRAITS` values, else of standard error about 0.5 / sqrt(TRAITS).

    Raises:
        VersionMismatch: they were made by different versions; nothing to compare.

    Source: Bar-Yossef et al. 2002, Counting distinct elements in a data stream.
    """
    require_same(left.kind, right.kind)
    require_same(left.kind, aside.kind)
    # up to the highest value kept of a set that was cut, both sets are known whole
    known_to = min((max(each.values) for each in (left, right) if len(each.values) >= TRAITS), default="g")
    both = {value for value in (left.values | right.values) - aside.values if value <= known_to}
    return len(both & left.values & right.values) / len(both) if both else 0.0


def find_support(match: Match, theirs: Look, ours: Look, aside: Look = PLAIN) -> Iterator[Match]:
    """Give what else the page and the item of a match in text have in common, each kind at most once.

    Args:
        match: in text, by which the two are known to each other.
        theirs: how the page looks.
        ours: how the item looks.
        aside: what many sites have, by the owner's background.
    """
    layouts = [look.structure.values - aside.structure.values for look in (theirs, ours)]
    likeness = estimate_jaccard(theirs.structure, ours.structure, aside.structure)
    if min(map(len, layouts)) >= MIN_FEATURES:
        yield Match(item=match.item, page=match.page, kind="structure", measure="jaccard", value=round(likeness, 6))
    files = estimate_jaccard(theirs.assets, ours.assets, aside.assets)
    if files:
        yield Match(item=match.item, page=match.page, kind="asset", measure="jaccard", value=round(files, 6))
    if estimate_jaccard(theirs.icons, ours.icons, aside.icons):
        yield Match(item=match.item, page=match.page, kind="icon", measure="hamming", value=0.0)
