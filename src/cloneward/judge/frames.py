"""How many key frames of two videos agree in the same order."""

from bisect import bisect_left
from collections.abc import Iterable

from cloneward.model.finding import FrameMatch


def count_ordered(frames: Iterable[FrameMatch]) -> int:
    """Give the most frames that follow one another in both videos, each frame of either counted once.

    A still that one shows again and again agrees with many frames and proves no more than a picture does.
    """
    latest: list[float] = []  # time in ours at which the shortest run of each length can end
    for frame in sorted(frames, key=lambda frame: (frame.target_s, -frame.item_s)):
        place = bisect_left(latest, frame.item_s)
        latest[place : place + 1] = [frame.item_s]
    return len(latest)
