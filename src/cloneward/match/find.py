"""What a page shares with the items: matches with their spans, and how many of its words they cover."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import TextPrint
from cloneward.match.align import align
from cloneward.match.index import TextIndex
from cloneward.match.mark import find_frequent, mark_tokens
from cloneward.model.finding import ItemShare, Match, PageMatches, SiteMatches

MAX_CANDIDATES = 100
"""Items that are aligned with one page, those that share most first; a page that shares text with more is rare."""
TEMPLATE_MIN_PAGES = 4
"""Pages from which on a target's own template can be told from its content (contract, share_of_target)."""

Load = Callable[[str], TextPrint]


@dataclass(frozen=True, eq=False)
class Found:
    """The matches of one page before the rest of the target is known.

    `sketch`: that of the page. `hot`, `covered`: bool, one for each token of the page. `items`: for each match, bool,
    one for each token of the item: whether it is cold, and whether it is so and stands in a span. `common`: words of
    the page under fingerprints that stand on items of ours and on many sites.
    """

    page: str
    matches: tuple[Match, ...]
    sketch: Sketch
    hot: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    items: Mapping[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]
    common: int = 0
    left_out: int = 0


def find_matches(page: str, text: TextPrint, index: TextIndex, load: Load) -> Found:
    """Give the matches of one page with the items of an index.

    `left_out` counts candidates beyond `MAX_CANDIDATES`, which were not aligned.
    """
    candidates, total = index.candidates(text.sketch, MAX_CANDIDATES)
    items = ((item, load(item)) for item, _ in candidates)
    found = _find_among(page, text, items, index.set_aside)
    common = mark_tokens(len(text.tokens), text.sketch, index.common)
    return replace(found, common=int(common.sum()), left_out=total - len(candidates))


def find_exactly(page: str, text: TextPrint, items: Iterable[tuple[str, TextPrint]], hot: NDArray[np.uint64]) -> Found:
    """Give the matches of one page with each of the items: the reference that the index must agree with."""
    return _find_among(page, text, items, hot)


def _find_among(page: str, text: TextPrint, items: Iterable[tuple[str, TextPrint]], hot: NDArray[np.uint64]) -> Found:
    is_hot = mark_tokens(len(text.tokens), text.sketch, hot)
    covered = np.zeros(len(text.tokens), np.bool_)
    matches: list[Match] = []
    shared: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
    for item, other in items:
        is_hot_item = mark_tokens(len(other.tokens), other.sketch, hot)
        alignment = align(text, other, is_hot, is_hot_item)
        if alignment:
            alignment.cover_target(covered)
            covered_item = np.zeros(len(other.tokens), np.bool_)
            alignment.cover_item(covered_item)
            shared[item] = ~is_hot_item, covered_item & ~is_hot_item
            value = _share_of(*shared[item]).share
            matches.append(Match(item=item, page=page, value=value, spans=alignment.spans(text, other)))
    matches.sort(key=lambda match: (-sum(span.words for span in match.spans), match.item))
    return Found(page, tuple(matches), text.sketch, is_hot, covered & ~is_hot, shared)


def _share_of(cold: NDArray[np.bool_], covered: NDArray[np.bool_]) -> ItemShare:
    words = int(covered.sum())
    return ItemShare(words=words, share=words / int(cold.sum()) if words else 0.0)


def find_template(sketches: Sequence[Sketch]) -> NDArray[np.uint64]:
    """Give the fingerprints on half or more of a target's pages, when it has four or more; ascending."""
    if len(sketches) < TEMPLATE_MIN_PAGES:
        return np.empty(0, np.uint64)
    return find_frequent(sketches, least=(len(sketches) + 1) // 2)


def count_site(found: Sequence[Found]) -> SiteMatches:
    """Give what was found on a target whose pages are all read: its words without its own template, each item's share.

    A word inside a span counts even where the target repeats it on every page: it is ours, not its template.
    """
    template = find_template([page.sketch for page in found])
    return SiteMatches(
        pages=tuple(_count_words(page, template) for page in found),
        items=_share_items(found),
        hot_words=sum(int(page.hot.sum()) for page in found),
        common_words=sum(page.common for page in found),
        left_out=sum(page.left_out for page in found),
    )


def _count_words(found: Found, template: NDArray[np.uint64]) -> PageMatches:
    is_template = mark_tokens(found.hot.size, found.sketch, template)
    words = int((~(found.hot | is_template) | found.covered).sum())
    return PageMatches(page=found.page, words=words, covered=int(found.covered.sum()), matches=found.matches)


def _share_items(found: Sequence[Found]) -> dict[str, ItemShare]:
    """Join what the pages show of each item: an item split over ten pages stands whole on the target."""
    joined: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
    for page in found:
        for item, (cold, covered) in page.items.items():
            known = joined.get(item)
            joined[item] = cold, covered if known is None else covered | known[1]
    return {item: _share_of(*masks) for item, masks in joined.items()}
