"""The joint of the two arms: what `judge` takes. A match is measured likeness, and never a decision."""

from dataclasses import dataclass
from typing import Literal

MatchKind = Literal["text", "image", "video", "record", "structure", "asset", "icon"]
Measure = Literal["containment", "jaccard", "hamming", "inliers", "fields"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """One run of words that stands in both texts; half-open offsets in code points of the extracted texts.

    Spans of one `group` keep their order in both texts with gaps of at most 20 words.
    """

    target: tuple[int, int]
    item: tuple[int, int]
    words: int
    group: int = 0


@dataclass(frozen=True, kw_only=True)
class Match:
    """Measured likeness between one item and one page.

    `value` of a containment is the share of the item's words, hot ones aside, that stand in the spans.
    """

    item: str
    version: str | None = None
    page: str
    kind: MatchKind = "text"
    measure: Measure = "containment"
    value: float
    spans: tuple[Span, ...] = ()
    image: str | None = None
    transform: None = None

    def group_words(self) -> dict[int, int]:
        """Give the words in spans of each group."""
        words: dict[int, int] = {}
        for span in self.spans:
            words[span.group] = words.get(span.group, 0) + span.words
        return words


@dataclass(frozen=True, kw_only=True)
class PageMatches:
    """All matches of one page, and how many of its words count and are covered.

    `words`: words that are neither template nor hot, and those in spans. `covered`: words in any span.
    """

    page: str
    words: int
    covered: int
    matches: tuple[Match, ...] = ()
