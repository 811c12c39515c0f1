"""What a page shares with the items: matches with their spans, and how many of its words they cover."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cloneward.fingerprint.blocks import LONGEST, Blocks, find_blocks
from cloneward.fingerprint.kinds import Sketch
from cloneward.fingerprint.winnow import TextPrint
from cloneward.match.align import Alignment, align
from cloneward.match.index import Index
from cloneward.match.mark import Listed, find_frequent, mark_tokens
from cloneward.match.scatter import LEAST_WORDS, leave_open, pair_blocks
from cloneward.model.finding import ItemShare, Match, PageMatches, SiteMatches

MAX_CANDIDATES = 100
"""Items that are aligned with one page at most; a page made of more passages than that is rare."""
_ROUND = 16
"""Items that are aligned before it is asked again what is left to explain."""
_RIVAL = 0.5
"""An item is shown beside the one that shares most if it shares this part as much: passages stand in several items."""
TEMPLATE_MIN_PAGES = 4
"""Pages from which on a target's own template can be told from its content (contract, share_of_target)."""

_SCATTERED = 4
"""Items whose short blocks are looked for on a page."""

Load = Callable[[Sequence[str]], Sequence[TextPrint]]
"""Takes ids of items and gives what each is compared by: together, since where they lie each asking has its price."""


@dataclass(frozen=True, eq=False)
class Indexes:
    """The indexes of the same items: by runs of words, and by short blocks."""

    text: Index
    block: Index

    @cached_property
    def aside(self) -> Listed:
        """The fingerprints of texts that retrieve nothing: of the owner's template, and common ones."""
        return Listed.of(self.text.set_aside)

    @cached_property
    def common(self) -> Listed:
        """Those of them that are common: on items of ours and on many sites."""
        return Listed.of(self.text.common)


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


def find_matches(page: str, text: TextPrint, index: Indexes, load: Load) -> Found:
    """Give the matches of one page with the items of an index.

    Every shared run of `RUN` words that are not hot is covered by a match, with the items that share most; an item that
    shares only what others explain better is left out. What is left is looked up by its short blocks. `left_out`
    counts the items beyond `MAX_CANDIDATES` that share words with what is not explained.
    """
    search = _Search(page, text, index)
    open_ = text.sketch
    left_out = 0
    while len(open_):
        least = 0.0 if search.seen else _RIVAL
        candidates, _ = index.text.candidates(open_, _ROUND + len(search.seen), least)
        fresh = [(item, shared) for item, shared in candidates if item not in search.seen][:_ROUND]
        rivals = [item for item, shared in fresh if shared >= _RIVAL * fresh[0][1]]
        if not rivals:
            break
        if len(search.seen) + len(rivals) > MAX_CANDIDATES:
            left_out = sum(item not in search.seen for item, _ in index.text.candidates(open_)[0])
            break
        for item, other in zip(rivals, load(rivals), strict=True):
            search.compare(item, other)
        open_ = _leave_covered(open_, search.covered)
    rest = leave_open(find_blocks(text.tokens), search.covered, index.block.set_aside)
    if rest.sizes.sum() >= LEAST_WORDS:
        candidates, _ = index.block.candidates(rest.sketch, _SCATTERED)
        # fewer blocks than these cannot have the words, however long they are; most items share one or two
        scattered = [item for item, shared in candidates if shared * LONGEST >= LEAST_WORDS]
        for item, other in zip(scattered, load(scattered), strict=True):
            search.compare_blocks(item, other, rest)
    return search.result(left_out=left_out)


def _leave_covered(sketch: Sketch, covered: NDArray[np.bool_]) -> Sketch:
    """Give the fingerprints whose words are not yet explained by a match."""
    is_open = ~covered[sketch.positions]
    return Sketch(sketch.kind, sketch.hashes[is_open], sketch.positions[is_open])


def find_exactly(page: str, text: TextPrint, items: Iterable[tuple[str, TextPrint]], index: Indexes) -> Found:
    """Give the matches of one page with each of the items: the reference that finding through the index must meet."""
    search = _Search(page, text, index)
    for item, other in items:
        search.compare(item, other)
    return search.result()


class _Search:
    """The matches of one page, item after item."""

    def __init__(self, page: str, text: TextPrint, index: Indexes) -> None:
        self.seen: set[str] = set()
        self.covered = np.zeros(len(text.tokens), np.bool_)
        self._page = page
        self._text = text
        self._hot = index.aside
        self._is_hot = _leave_uncounted(text, self._hot)
        self._is_common = mark_tokens(len(text.tokens), text.sketch, index.common)
        self._is_aside = self._is_common | ~text.tokens.is_word
        self._are_hot: dict[str, NDArray[np.bool_]] = {}
        self._found: dict[str, tuple[TextPrint, Alignment]] = {}

    def compare(self, item: str, other: TextPrint) -> None:
        """Align the page with one item and keep what they share."""
        self.seen.add(item)
        alignment = align(self._text, other, self._is_hot, self._leave_uncounted(item, other), self._is_aside)
        if alignment:
            alignment.cover_target(self.covered)
            self._found[item] = other, alignment

    def compare_blocks(self, item: str, other: TextPrint, rest: Blocks) -> None:
        """Keep the short blocks that the page has of an item beside what was aligned with it."""
        blocks = pair_blocks(rest, find_blocks(other.tokens), self._is_hot, self._leave_uncounted(item, other))
        if blocks is not None:
            blocks.cover_target(self.covered)
            known = self._found.get(item)
            self._found[item] = other, known[1].join(blocks) if known else blocks

    def result(self, *, left_out: int = 0) -> Found:
        """Give what was found, the match with the most words first."""
        matches: list[Match] = []
        shared: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
        for item, (other, alignment) in self._found.items():
            cold = ~self._leave_uncounted(item, other)
            covered = np.zeros(len(other.tokens), np.bool_)
            alignment.cover_item(covered)
            shared[item] = cold, covered & cold
            spans = alignment.spans(self._text, other)
            matches.append(Match(item=item, page=self._page, value=_share_of(*shared[item]).share, spans=spans))
        matches.sort(key=lambda match: (-sum(span.words for span in match.spans), match.item))
        covered = self.covered & ~self._is_hot
        return Found(
            self._page,
            tuple(matches),
            self._text.sketch,
            self._is_hot,
            covered,
            shared,
            common=int(self._is_common.sum()),
            left_out=left_out,
        )

    def _leave_uncounted(self, item: str, other: TextPrint) -> NDArray[np.bool_]:
        if item not in self._are_hot:
            self._are_hot[item] = _leave_uncounted(other, self._hot)
        return self._are_hot[item]


def _leave_uncounted(text: TextPrint, hot: Listed) -> NDArray[np.bool_]:
    """Give the tokens that are not counted: under hot fingerprints, and mere numbers."""
    return mark_tokens(len(text.tokens), text.sketch, hot) | ~text.tokens.is_word


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
    template = Listed.of(find_template([page.sketch for page in found]))
    return SiteMatches(
        pages=tuple(_count_words(page, template) for page in found),
        items=_share_items(found),
        hot_words=sum(int(page.hot.sum()) for page in found),
        common_words=sum(page.common for page in found),
        left_out=sum(page.left_out for page in found),
    )


def _count_words(found: Found, template: Listed) -> PageMatches:
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
