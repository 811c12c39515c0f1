"""What our own items show as somebody else's: quotations that name their source. Such words are not ours to claim.

Only pages of the owner are read here, so no copyist can excuse himself by what he writes on his.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cloneward.model.content import Extract, Region
from cloneward.model.finding import ItemShare, Match, PageMatches, SiteMatches, Span
from cloneward.url import host_of, registered_domain

Range = tuple[int, int]

# A credit is a line; what is longer is a paragraph that happens to have a link.
_CREDIT_WORDS = 20
# The part of a last line that its link makes up where no dash marks it as a credit: on real sites most of what is
# marked up as a quotation is merely indented, and has links in its text (decision 0019).
_LINKED = 0.5
_DASH = "(?:[\u2014\u2013\u2015]|--)"
_LAST_LINE = re.compile(rf"(\n|{_DASH})((?:(?!{_DASH})[^\n])+)\Z")
_NEXT_LINE = re.compile(rf"\n({_DASH})([^\n]+)")


@dataclass(frozen=True, kw_only=True)
class Borrowed:
    """Words of a target that items of ours quote from others.

    `words`: how many. `matches`: positions of the matches with some of them. `sources`: addresses, each once.
    """

    words: int = 0
    matches: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()


def list_quotations(original: Extract, domains: frozenset[str]) -> tuple[Region, ...]:
    """Give the quotations of an item that credit a source on none of these domains, with its address.

    Counted are an address in `cite`, and a link in a credit: the last line of the quotation if the link makes up half
    of it, or what follows a dash at the end of the quotation or on the line after it.
    """
    named = ((quote, _name_source(original, quote, domains)) for quote in original.quotes)
    return tuple(Region(start=quote.start, end=quote.end, address=source) for quote, source in named if source)


def set_aside(found: SiteMatches, quotations: Mapping[str, tuple[Region, ...]]) -> tuple[SiteMatches, Borrowed]:
    """Give what is left of what was found without the words that items quote from others, and what those are.

    They are treated as common words are: counted neither among the words of the target nor among the shared ones.
    How many of a stretch's words count is taken from its length.

    Args:
        found: what was found.
        quotations: of the items that have any, by id.
    """
    ranges, positions, sources = _find_ranges(found, quotations)
    if not ranges:
        return found, Borrowed()
    pages = tuple(_reduce_page(page, ranges.get(page.page, [])) for page in found.pages)
    words = sum(page.covered for page in found.pages) - sum(page.covered for page in pages)
    items = dict(_reduce_items(found, pages))
    left = replace(found, pages=pages, items=items, common_words=found.common_words + words)
    return left, Borrowed(words=words, matches=tuple(positions), sources=tuple(dict.fromkeys(sources)))


def _name_source(original: Extract, quote: Region, domains: frozenset[str]) -> str:
    """Give the address that a quotation credits; empty where it credits nobody, or the owner."""
    if _leads_out(quote.address, domains):
        return quote.address
    text = original.text
    first = quote.start + (text[quote.start : quote.end][:1] == "\n")  # an element may begin at the end of a line
    last = _LAST_LINE.search(text, first, quote.end)
    following = _NEXT_LINE.match(text, quote.end)
    for line in filter(None, (last, following)):
        start, end = line.span(2)
        links = [link for link in original.links if start <= link.start and link.end <= end]
        is_credit = line[1] != "\n" or 2 * sum(link.end - link.start for link in links) >= len(line[2].strip())
        if is_credit and len(line[2].split()) <= _CREDIT_WORDS:
            source = next((link.address for link in links if _leads_out(link.address, domains)), "")
            if source:
                return source
    return ""


def _leads_out(address: str, domains: frozenset[str]) -> bool:
    """Say whether a web address with a host of its own leads to none of the domains."""
    host = host_of(address) if address.lower().startswith(("https://", "http://", "//")) else ""
    return bool(host) and registered_domain(host) not in domains


def _find_ranges(
    found: SiteMatches, quotations: Mapping[str, tuple[Region, ...]]
) -> tuple[dict[str, list[Range]], list[int], list[str]]:
    """Give the stretches of each page that an item quotes, the matches that show it, and the sources."""
    ranges: dict[str, list[Range]] = {}
    positions: list[int] = []
    sources: list[str] = []
    for at, match in enumerate(match for page in found.pages for match in page.matches):
        for quote in quotations.get(match.item, ()):
            quoted = [part for span in match.spans if (part := _map_range(span, quote))]
            if quoted:
                ranges.setdefault(match.page, []).extend(quoted)
                positions += [at] if at not in positions[-1:] else []
                sources.append(quote.address)
    return {page: list(_merge(sorted(parts))) for page, parts in ranges.items()}, positions, sources


def _map_range(span: Span, quote: Region) -> Range | None:
    """Give where the part of a span that lies in a quotation of the item stands on the page."""
    start, end = max(span.item[0], quote.start), min(span.item[1], quote.end)
    if start >= end:
        return None
    # both sides have the same words; hidden signs may make one of them longer
    scale = (span.target[1] - span.target[0]) / (span.item[1] - span.item[0])
    first = span.target[0] + round((start - span.item[0]) * scale)
    return first, first + round((end - start) * scale)


def _merge(ranges: Iterable[Range]) -> Iterator[Range]:
    last = None
    for start, end in ranges:
        if last is None:
            last = start, end
        elif start <= last[1]:
            last = last[0], max(last[1], end)
        else:
            yield last
            last = start, end
    if last is not None:
        yield last


def _reduce_page(page: PageMatches, ranges: list[Range]) -> PageMatches:
    if not ranges:
        return page
    shared = _merge(sorted(span.target for match in page.matches for span in match.spans))
    words = round(page.covered * _measure(ranges) / _measure(shared))
    matches = tuple(replace(match, spans=tuple(_reduce_span(s, ranges) for s in match.spans)) for match in page.matches)
    return replace(page, words=page.words - words, covered=page.covered - words, matches=matches)


def _measure(ranges: Iterable[Range]) -> int:
    return sum(end - start for start, end in ranges)


def _reduce_span(span: Span, ranges: list[Range]) -> Span:
    """Give the span with the words that are left of it."""
    start, end = span.target
    within = sum(max(0, min(end, high) - max(start, low)) for low, high in ranges)
    return replace(span, words=round(span.words * (1 - within / (end - start)))) if within else span


def _reduce_items(found: SiteMatches, pages: Iterable[PageMatches]) -> Iterator[tuple[str, ItemShare]]:
    before, after = _count_words(found.pages), _count_words(pages)
    for item, shared in found.items.items():
        part = after[item] / before[item] if before.get(item) else 1.0
        yield item, ItemShare(words=round(shared.words * part), share=shared.share * part)


def _count_words(pages: Iterable[PageMatches]) -> dict[str, int]:
    words: dict[str, int] = {}
    for page in pages:
        for match in page.matches:
            words[match.item] = words.get(match.item, 0) + _sum_words(match)
    return words


def _sum_words(match: Match) -> int:
    return sum(span.words for span in match.spans)
