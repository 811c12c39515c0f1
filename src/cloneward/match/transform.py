"""What a picture went through before a page showed it, told from where its points went."""

import math

from cloneward.fingerprint.local import SIDE, Frame
from cloneward.match.geometry import Similarity
from cloneward.model.finding import Transform

_REACHES = 0.02  # of a side: as near to its end, a part is taken to reach it
_DIGITS = 4

Box = tuple[float, float, float, float]


def tell_transform(item: Frame, shown: Frame, similarity: Similarity, *, mirror: bool) -> Transform:
    """Give what happened to an item, as fractions of the whole of it, from the similarity of what borders leave.

    What a border on the page hides is not shown. But a plain edge of the item itself, as a dark sky, looks like one:
    where the part shown reaches the end of what the item has within its borders, they count as shown too.
    """
    degrees = math.degrees(math.atan2(similarity.across, similarity.along))
    own, theirs = _measure_unit(item), _measure_unit(shown)
    inner = _cut(_map_back(item, shown, similarity, _box_inner(shown), mirror=mirror))
    outer = _cut(_map_back(item, shown, similarity, (0, 0, shown.width, shown.height), mirror=mirror))
    left, top, right, bottom = _box_inner(item)
    edges = (left / item.width, top / item.height, right / item.width, bottom / item.height)
    crop = (
        outer[0] if inner[0] <= edges[0] + _REACHES else inner[0],
        outer[1] if inner[1] <= edges[1] + _REACHES else inner[1],
        outer[2] if inner[2] >= edges[2] - _REACHES else inner[2],
        outer[3] if inner[3] >= edges[3] - _REACHES else inner[3],
    )
    return Transform(
        mirror=mirror,
        degrees=round(-degrees if mirror else degrees, _DIGITS),
        scale=round(math.hypot(similarity.along, similarity.across) * own / theirs, _DIGITS),
        crop=tuple(round(edge, _DIGITS) for edge in crop),  # type: ignore[arg-type]  # as many as there are edges
    )


def tell_plain(item: Frame, shown: Frame, *, mirror: bool) -> Transform:
    """Give what happened to an item that is shown as a whole."""
    scale = (shown.width * shown.height / (item.width * item.height)) ** 0.5
    return Transform(mirror=mirror, degrees=0.0, scale=round(scale, _DIGITS), crop=(0.0, 0.0, 1.0, 1.0))


def _measure_unit(frame: Frame) -> float:
    """Give how many of the units of a similarity make one pixel."""
    return SIDE / math.sqrt((frame.right - frame.left) * (frame.bottom - frame.top))


def _box_inner(frame: Frame) -> Box:
    return frame.left, frame.top, frame.right, frame.bottom


def _map_back(item: Frame, shown: Frame, similarity: Similarity, box: Box, *, mirror: bool) -> Box:
    """Give the part of the item, in fractions of its sides, that lies within a box of the page's picture, in pixels."""
    square = similarity.along**2 + similarity.across**2
    own, theirs = _measure_unit(item), _measure_unit(shown)
    across, down = [], []
    for x, y in ((box[0], box[1]), (box[2], box[1]), (box[0], box[3]), (box[2], box[3])):
        begin = shown.right - x if mirror else x - shown.left
        u = begin * theirs - similarity.right
        v = (y - shown.top) * theirs - similarity.down
        across.append((item.left + (similarity.along * u + similarity.across * v) / square / own) / item.width)
        down.append((item.top + (similarity.along * v - similarity.across * u) / square / own) / item.height)
    return min(across), min(down), max(across), max(down)


def _cut(box: Box) -> Box:
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
    return left, top, right, bottom
