"""Where an expected match was lost: the answer to `check --why-not`."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.winnow import RUN, SHINGLE, TextPrint
from cloneward.match.find import Found
from cloneward.model.case import Stage, WhyNot


def trace_item(item: str, text: TextPrint | None, pages: Iterable[Found], hot: NDArray[np.uint64]) -> WhyNot:
    """Give the last stage that the item reached on its way to a match with one of the pages.

    Args:
        item: its id.
        text: what it is compared by; none when no such item is registered.
        pages: what was found on each page of the target.
        hot: fingerprints that retrieve nothing.
    """
    if text is None:
        return _lost(item, "registered", "no item with this id is registered")
    found = list(pages)
    matches = [match for page in found for match in page.matches if match.item == item]
    if matches:
        words = max(sum(span.words for span in match.spans) for match in matches)
        longest = max(max(match.group_words().values()) for match in matches)
        told = f"it is among the matches: {words:,} words in spans, the longest passage {longest:,}; the policy decided"
        return WhyNot(item=item, stage="judged", lost=False, text=told)
    if not any(len(page.hot) for page in found):
        return _lost(item, "read", "no page of the target had any text")
    ours = np.unique(text.sketch.hashes)
    cold = ours[~np.isin(ours, hot)]
    if not cold.size:
        return _lost(item, "fingerprinted", _describe_no_fingerprints(text))
    shared = max(int(np.isin(cold, page.sketch.hashes).sum()) for page in found)
    if shared:
        told = f"a page shares {shared:,} of its fingerprints, but no passage of {RUN} words or more that count"
        return _lost(item, "aligned", told)
    told = f"no page shares one of its {cold.size:,} fingerprints, so none has {RUN} of its words in a row"
    return _lost(item, "retrieved", told)


def _describe_no_fingerprints(text: TextPrint) -> str:
    if len(text.sketch):
        return "all its words are template or common phrases, which retrieve nothing"
    return f"the item has {len(text.tokens)} words; {SHINGLE} make a fingerprint"


def _lost(item: str, stage: Stage, text: str) -> WhyNot:
    return WhyNot(item=item, stage=stage, lost=True, text=text)
