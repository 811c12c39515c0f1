"""What copyists do to a page: take it whole or in part, reword, shuffle, disguise.

Every edit is a pure function of its page and the `Random` it is given. The reader is
written on the standard library alone, so that it shares no fault with the product's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, Literal

from cloneward.sim.page import Block, Page
from cloneward.sim.text import replace_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

QUOTE_WORDS: Final = (50, 90)  # the policy allows 100; who means well keeps clear of that
QUOTE_SHARE_MAX: Final = 0.2  # of the item
SHARE_IN_MAIN: Final = 0.3  # a "main" part with less of the text is no main part

Way = Literal["zero_width", "soft_hyphen", "homoglyph", "full_width", "quotes"]
WAYS: Final[tuple[Way, ...]] = (
    "zero_width",
    "soft_hyphen",
    "homoglyph",
    "full_width",
    "quotes",
)

_BLOCKS: Final = frozenset(
    """
    address article aside blockquote body br caption center dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p
    pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
_SKIPPED: Final = frozenset(
    """
    script style noscript template svg math nav header footer aside form button
    select option iframe object audio video canvas
    """.split()
)
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "title"))
_CLOSED_BY: Final = {  # what a start tag ends when the author left the end tag out
    "p": frozenset(("p",)),
    "li": frozenset(("li", "p")),
    "dt": frozenset(("dt", "dd", "p")),
    "dd": frozenset(("dt", "dd", "p")),
    "tr": frozenset(("tr", "td", "th", "p")),
    "td": frozenset(("td", "th", "p")),
    "th": frozenset(("td", "th", "p")),
}
_FURNITURE: Final = re.compile(
    r"(?:^|[-_])(?:nav\w*|menu\w*|side-?bar|footer|breadcrumbs?|related|toc|banner"
    r"|cookies?|search\w*|skip\w*|lang\w*|page-?header|path|toplang|bottomlang)"
    r"(?:$|[-_])|^sphinxsidebar",
    re.IGNORECASE,
)
_MAIN: Final = re.compile(
    r"^(main|content|main-?content|page-?content|body-?content|document|bodywrapper"
    r"|body|contents|article|post|entry)$",
    re.IGNORECASE,
)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_RUN: Final = re.compile(r"[^\W_]+")
_HEAD_BYTES: Final = 4096  # where a charset may be declared
_LOOKALIKES: Final = str.maketrans(
    "aceopxyijsvABCEHIKMNOPTXZ",
    "асеорхуіјѕνАВСЕНΙКМΝОРТΧΖ",  # noqa: RUF001 - Cyrillic and Greek on purpose
)
_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_CURLY: Final = str.maketrans({"'": "’", '"': "”", "-": "‑"})  # noqa: RUF001
_ZERO_WIDTH: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_SOFT_HYPHEN: Final = "\u00ad"


def read_page(html: str | bytes) -> Page:
    """The title and the text blocks of an HTML page, navigation left out.

    Reads what it can: tags left open or closed twice do no harm. If a part is marked
    as the main one and holds enough of the text, only that part is read.
    """
    reader = _Reader()
    reader.feed(html if isinstance(html, str) else decode_html(html))
    reader.close()
    return reader.finish()


def decode_html(content: bytes) -> str:
    """The text of HTML bytes: by byte-order mark, declaration, UTF-8, or Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    declared = _CHARSET.search(content[:_HEAD_BYTES])
    names = [declared.group(1).decode("ascii")] if declared else []
    for name in (*names, "utf-8-sig"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("latin-1")


def copy_verbatim(page: Page) -> Page:
    """The page as it stands; only the template around it will be another."""
    return page


def copy_excerpt(page: Page, host: Page, share: float, rng: Random) -> Page:
    """The host's page with one contiguous part of `page` put inside its text.

    The part has `share` of the page's words (at least one) and begins at a random
    word. Title and all other text are the host's.
    """
    part = take_part(page, round(page.words * share), rng)
    at = rng.randint(0, len(host.blocks))
    return replace(host, blocks=host.blocks[:at] + part + host.blocks[at:])


def take_part(page: Page, words: int, rng: Random) -> tuple[Block, ...]:
    """`words` successive words of the page, cut into the blocks they stand in."""
    total = page.words
    wanted = min(max(words, 1), total)
    left = rng.randint(0, total - wanted)
    right = left + wanted
    taken: list[Block] = []
    position = 0
    for block in page.blocks:
        tokens = block.text.split()
        kept = tokens[max(left - position, 0) : max(right - position, 0)]
        position += len(tokens)
        if kept:
            taken.append(replace(block, text=" ".join(kept)))
    return tuple(taken)


def change_words(page: Page, share: float, rng: Random) -> Page:
    """Each word replaced by another plausible one with probability `share`."""
    return replace(
        page,
        blocks=tuple(replace(block, text=_change_text(block.text, share, rng)) for block in page.blocks),
    )


def shuffle_blocks(page: Page, rng: Random) -> Page:
    """The same blocks in a random order."""
    blocks = list(page.blocks)
    rng.shuffle(blocks)
    return replace(page, blocks=tuple(blocks))


def quote_page(page: Page, host: Page, url: str, author: str, rng: Random) -> Page:
    """The host's page with one short quotation, its author's name and a link to `url`.

    The quotation has 50 to 90 words and at most 20 % of the page's, whether a word ends at
    white space or at any sign that is no letter or digit.
    """
    most = min(rng.randint(*QUOTE_WORDS), int(page.words * QUOTE_SHARE_MAX))
    part = take_part(page, most, rng)
    tokens = " ".join(block.text for block in part).split()
    while sum(len(_RUN.findall(token)) for token in tokens) > most:
        tokens.pop()
    quote = Block(" ".join(tokens), "quote", link=url, author=author)
    at = rng.randint(1, len(host.blocks)) if host.blocks else 0
    return replace(host, blocks=(*host.blocks[:at], quote, *host.blocks[at:]))


def disguise(page: Page, rng: Random, ways: Sequence[Way] = WAYS, share: float = 0.5) -> Page:
    """Words that look the same and compare as others: hidden and look-alike letters.

    Each word is disguised with probability `share`, in one of the `ways`.
    """
    return replace(
        page,
        blocks=tuple(replace(block, text=_disguise_text(block.text, rng, ways, share)) for block in page.blocks),
    )


def _change_text(text: str, share: float, rng: Random) -> str:
    return " ".join(replace_word(word, rng) if rng.random() < share else word for word in text.split())


def _disguise_text(text: str, rng: Random, ways: Sequence[Way], share: float) -> str:
    return " ".join(
        _disguise_word(word, rng.choice(ways), rng) if rng.random() < share else word for word in text.split()
    )


def _disguise_word(word: str, way: Way, rng: Random) -> str:
    if way == "homoglyph":
        return word.translate(_LOOKALIKES)
    if way == "full_width":
        return word.translate(_FULL_WIDTH)
    if way == "quotes":
        return word.translate(_CURLY)
    inserted = rng.choice(_ZERO_WIDTH) if way == "zero_width" else _SOFT_HYPHEN
    at = rng.randint(1, max(len(word) - 1, 1))
    return word[:at] + inserted + word[at:]


class _Reader(HTMLParser):
    """Collects blocks; a stack of open tags tells what is skipped and what is main."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._skips: list[int] = []  # depths of the open tags whose text is skipped
        self._mains: list[int] = []  # depths of the open tags that mark the main part
        self._parts: list[str] = []
        self._kind: Literal["text", "heading"] = "text"
        self._is_main = False
        self._blocks: list[tuple[Block, bool]] = []
        self._title: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self._open and self._open[-1] in _CLOSED_BY.get(tag, ()):
            self._close_top()
        if tag in _BLOCKS:
            self._end_block()
        if tag in _VOID:
            return
        self._open.append(tag)
        marks = dict(attrs)
        names = f"{marks.get('class') or ''} {marks.get('id') or ''}".split()
        role = marks.get("role") or ""
        if _is_furniture(tag, names, role):
            self._skips.append(len(self._open))
        elif _is_main(tag, names, role):
            self._mains.append(len(self._open))
        if tag in _HEADINGS and not self._skips:
            self._kind = "heading"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag not in self._open:
            return
        while self._close_top() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._skips:
            return
        if self._open and self._open[-1] == "title":
            self._title.append(data)
            return
        self._is_main = self._is_main or bool(self._mains)
        self._parts.append(data)

    def finish(self) -> Page:
        """The page read so far: its main part if that holds enough of the text."""
        self._skips.clear()
        self._end_block()
        blocks = tuple(block for block, _ in self._blocks)
        main = tuple(block for block, is_main in self._blocks if is_main)
        title = " ".join("".join(self._title).split())
        whole, part = Page(title, blocks), Page(title, main)
        return part if part.words >= SHARE_IN_MAIN * whole.words else whole

    def _close_top(self) -> str:
        depth = len(self._open)
        for depths in (self._skips, self._mains):
            if depths and depths[-1] == depth:
                depths.pop()
        return self._open.pop()

    def _end_block(self) -> None:
        if self._skips:
            return
        text = " ".join("".join(self._parts).split())
        if text:
            self._blocks.append((Block(text, self._kind), self._is_main))
        self._parts.clear()
        self._kind = "text"
        self._is_main = False


def _is_furniture(tag: str, names: Sequence[str], role: str) -> bool:
    if tag in {"html", "body"}:
        return False
    if tag in _SKIPPED or role in {"navigation", "search", "banner", "contentinfo"}:
        return True
    if tag == "a":
        return "headerlink" in names
    return tag in _BLOCKS and any(_FURNITURE.search(name) for name in names)


def _is_main(tag: str, names: Sequence[str], role: str) -> bool:
    if tag in {"html", "body"}:
        return False
    if tag in {"main", "article"} or role == "main":
        return True
    return tag in _BLOCKS and any(_MAIN.match(name) for name in names)
