"""A page of the simulated world: a title and blocks of plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "heading", "quote"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or cell, as a reader sees it.

    Spaces are collapsed. `link` and `author` name the source of a quotation and
    are empty otherwise.
    """

    text: str
    kind: Kind = "text"
    link: str = ""
    author: str = ""

    @property
    def words(self) -> int:
        """How many words the block has, cut at white space."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Page:
    """A title and the blocks below it, in reading order."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def words(self) -> int:
        """How many words the blocks have together; the title does not count."""
        return sum(block.words for block in self.blocks)

    @property
    def text(self) -> str:
        """The blocks joined by one newline."""
        return "\n".join(block.text for block in self.blocks)
