"""Where an expected match was lost: the answer to `check --why-not`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.winnow import RUN, SHINGLE, TextPrint
from cloneward.match.find import Found
from cloneward.model.case import Stage, WhyNot
from cloneward.model.finding import Match

Lost = tuple[Stage, str]
"""The last stage that was reached, and what stopped the item there."""

_STAGES = get_args(Stage)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What an item has beside its text, and what came of it.

    `media`: its pictures and videos. `compared`: those of the target that could be compared. `shown`: the matches of
    pictures, videos and records of any item.
    """

    media: int = 0
    compared: int = 0
    has_fields: bool = False
    shown: Sequence[Match] = ()


NOTHING = Beside()
"""Of an item that has its text alone."""


def trace_item(
    item: str, text: TextPrint | None, pages: Iterable[Found], hot: NDArray[np.uint64], beside: Beside = NOTHING
) -> WhyNot:
    """Give the last stage that the item reached on its way to a match with one of the pages.

    Args:
        item: its id.
        text: what it is compared by; none when no such item is registered.
        pages: what was found on each page of the target.
        hot: fingerprints that retrieve nothing.
        beside: its pictures, videos and fields.
    """
    if text is None:
        return WhyNot(item=item, stage="registered", lost=True, text="no item with this id is registered")
    found = list(pages)
    matched = [*_tell_words(item, found), *_tell_shown(item, beside)]
    if matched:
        told = f"it is among the matches: {', '.join(matched)}; the policy decided"
        return WhyNot(item=item, stage="judged", lost=False, text=told)
    lost = [*_trace_media(beside), *_trace_fields(found, beside)]
    if len(text.tokens) or not lost:
        lost.insert(0, _trace_text(text, found, hot))
    stage = max((stage for stage, _ in lost), key=_STAGES.index)
    return WhyNot(item=item, stage=stage, lost=True, text="; ".join(told for _, told in lost))


def _tell_words(item: str, found: Iterable[Found]) -> Iterable[str]:
    matches = [match for page in found for match in page.matches if match.item == item]
    if matches:
        words = max(sum(span.words for span in match.spans) for match in matches)
        longest = max(max(match.group_words().values()) for match in matches)
        yield f"{words:,} words in spans, the longest passage {longest:,}"


def _tell_shown(item: str, beside: Beside) -> Iterable[str]:
    kinds = Counter(match.kind for match in beside.shown if match.item == item)
    return (f"{count:,} of kind {kind}" for kind, count in kinds.items())


def _trace_text(text: TextPrint, found: Sequence[Found], hot: NDArray[np.uint64]) -> Lost:
    if not _has_text(found):
        return "read", "no page of the target had any text"
    ours = np.unique(text.sketch.hashes)
    cold = ours[~np.isin(ours, hot)]
    if not cold.size:
        return "fingerprinted", _describe_no_fingerprints(text)
    shared = max(int(np.isin(cold, page.sketch.hashes).sum()) for page in found)
    if shared:
        return (
            "aligned",
            f"a page shares {shared:,} of its fingerprints, but no passage of {RUN} words or more that count",
        )
    told = f"no page shares one of its {cold.size:,} fingerprints, so none has {RUN} of its words in a row"
    return "retrieved", told


def _trace_media(beside: Beside) -> Iterable[Lost]:
    if not beside.media:
        return
    if beside.compared:
        told = f"none of the {beside.compared:,} pictures and videos of the target that were compared"
        yield "retrieved", f"{told} shows one of the {beside.media:,} of the item"
    else:
        yield "read", "no picture or video of the target could be compared"


def _trace_fields(found: Sequence[Found], beside: Beside) -> Iterable[Lost]:
    if not beside.has_fields:
        return
    if _has_text(found):
        yield "retrieved", "no page shows enough of what its fields say to tell it from others"
    else:
        yield "read", "no page of the target had any text that its fields could stand in"


def _has_text(found: Iterable[Found]) -> bool:
    return any(len(page.hot) for page in found)


def _describe_no_fingerprints(text: TextPrint) -> str:
    if len(text.sketch):
        return "all its words are template or common phrases, which retrieve nothing"
    return f"the item has {len(text.tokens)} words; {SHINGLE} make a fingerprint"
