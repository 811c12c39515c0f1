"""The joint of the two arms: what `judge` takes. A match is measured likeness, and never a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MatchKind = Literal["text", "image", "video", "record", "structure", "asset", "icon"]
Measure = Literal["containment", "jaccard", "hamming", "inliers", "fields"]
Agreement = Literal["exact", "rounded", "truncated", "reordered", "changed"]


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
class Transform:
    """What a picture of ours went through before a page showed it.

    `mirror`: left and right are swapped. `degrees`: turned clockwise, after that. `scale`: pixels of the page's picture
    for one of ours. `crop`: left, top, right and bottom edge of the part of ours that is shown, as fractions of its
    width and height.
    """

    mirror: bool
    degrees: float
    scale: float
    crop: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class FieldMatch:
    """One field of a record of ours that a page shows.

    `name`: where it stands in the record, as `bio`, `counts.followers` or `posts.0.caption`. `target`: half-open code
    points of the page's text.
    """

    name: str
    target: tuple[int, int]
    agreement: Agreement


@dataclass(frozen=True, kw_only=True)
class FrameMatch:
    """A key frame of a video of ours that a page's video shows: when in each, in seconds, and the bits that differ."""

    target_s: float
    item_s: float
    distance: int


@dataclass(frozen=True, kw_only=True)
class Match:
    """Measured likeness between one item and one page.

    `value` of a containment is the share of the item's words, hot ones aside, that stand in the spans; of inliers,
    the points of both pictures that one transform maps on each other; of hamming, the bits that differ; of fields,
    how many of the record's agree. `version`: the beginning of the time at which the item said so, as its owner wrote
    it. `image`: address of the page's picture or video.
    """

    item: str
    version: str | None = None
    page: str
    kind: MatchKind = "text"
    measure: Measure = "containment"
    value: float
    spans: tuple[Span, ...] = ()
    image: str | None = None
    transform: Transform | None = None
    fields: tuple[FieldMatch, ...] = ()
    frames: tuple[FrameMatch, ...] = ()

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


@dataclass(frozen=True, kw_only=True)
class ItemShare:
    """How much of one item stands on a target, all its pages together: words, and their share of the item's words."""

    words: int
    share: float


@dataclass(frozen=True, kw_only=True)
class SiteMatches:
    """All that was found on one target.

    `items`: what of each matched item stands on it. `hot_words`: words of it that say nothing and were not counted.
    `common_words`: those among them that stand on items of ours and on many other sites: licences, quotations.
    `left_out`: items that share words with a page and were not aligned.
    """

    pages: tuple[PageMatches, ...] = ()
    items: Mapping[str, ItemShare] = field(default_factory=dict)
    hot_words: int = 0
    common_words: int = 0
    left_out: int = 0
