"""Whether a page says near a passage where it took it from: the mark of a quotation."""

import re
from collections.abc import Iterable, Sequence

from cloneward.model.content import Extract, Item, Owner, Region
from cloneward.model.finding import Span
from cloneward.url import host_of, registered_domain

# How far from a passage its source may be named, in characters: about 60 words of English.
_NEAR = 400
_MIN_NAME_WORDS = 2
_TITLE_PARTS = re.compile(r"\s+[|\u2013\u2014\u00b7:\u00bb-]\s+")


def find_attribution(page: Extract, spans: Sequence[Span], item: Item, owner: Owner) -> str | None:
    """Give what names the source near the spans: an address, a name or a title; none where nothing does.

    Counted: a link to a domain of the owner or to the item, or the source of a quotation element, around the
    spans; a name of the owner, or the item's title, in the text around them.
    """
    start = min(span.target[0] for span in spans) - _NEAR
    end = max(span.target[1] for span in spans) + _NEAR
    domains = owner.domains | ({registered_domain(host_of(item.url))} if item.url else frozenset())
    for region in (*page.links, *page.quotes):
        if region.end > start and region.start < end and _leads_to(region, domains):
            return region.address
    around = _fold(page.text[max(0, start) : end])
    return next((name for name in _names(item, owner) if _fold(name) in around), None)


def _leads_to(region: Region, domains: frozenset[str]) -> bool:
    """Say whether an address with a host of its own leads to one of the domains; a relative one stays at home."""
    host = host_of(region.address) if "//" in region.address else ""
    return bool(host) and registered_domain(host) in domains


def _names(item: Item, owner: Owner) -> Iterable[str]:
    """Give the names that count: those of the owner, and the parts of the title that are no single word."""
    yield from owner.names
    for part in (item.title, *_TITLE_PARTS.split(item.title)):
        if len(part.split()) >= _MIN_NAME_WORDS:
            yield part


def _fold(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "
