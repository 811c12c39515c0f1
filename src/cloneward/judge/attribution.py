"""Whether a page says near a passage where it took it from: the mark of a quotation."""

import re
from collections.abc import Sequence

from cloneward.model.content import Extract, Item, Owner, Region
from cloneward.model.finding import Span
from cloneward.url import host_of, registered_domain

# How far from a passage its source may be named, in characters: about 60 words of English.
_NEAR = 400


def find_attribution(page: Extract, spans: Sequence[Span], item: Item, owner: Owner) -> str | None:
    """Give what names the source near the spans: an address or a name; none where nothing does.

    Counted: a link to a domain of the owner or of the item around the spans, the source of a quotation element, and a
    name or domain of the owner in the text around them. Not counted: a link or a name that was copied with the passage,
    and the item's title, which is copied with it too.
    """
    start = min(span.target[0] for span in spans) - _NEAR
    end = max(span.target[1] for span in spans) + _NEAR
    domains = list_domains(item, owner)
    copied = [region for region in page.links if _lies_within(region, spans)]
    for region in (*page.links, *page.quotes):
        is_near = region.end > start and region.start < end
        if is_near and region not in copied and _leads_to(region, domains):
            return region.address
    around = _read_around(page.text, spans, start, end)
    folded = _fold(around)
    named = (name for name in owner.names if _fold(name) in folded)
    return next(named, None) or next((domain for domain in sorted(domains) if _names(around, domain)), None)


def links_to(page: Extract, domains: frozenset[str]) -> bool:
    """Say whether the page links to one of the domains, wherever on it."""
    return any(_leads_to(region, domains) for region in (*page.links, *page.quotes))


def list_domains(item: Item, owner: Owner) -> frozenset[str]:
    """Give the registered domains that are the source of an item: the owner's, and that of its address."""
    return owner.domains | ({registered_domain(host_of(item.url))} if item.url else frozenset())


def _lies_within(region: Region, spans: Sequence[Span]) -> bool:
    return any(span.target[0] <= region.start and region.end <= span.target[1] for span in spans)


def _leads_to(region: Region, domains: frozenset[str]) -> bool:
    """Say whether a web address with a host of its own leads to one of the domains; a relative one stays at home."""
    host = host_of(region.address) if region.address.lower().startswith(("https://", "http://", "//")) else ""
    return bool(host) and registered_domain(host) in domains


def _read_around(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    """Give the text around the spans, without what stands in them: whoever copies a passage copies the names in it."""
    parts = []
    at = max(0, start)
    for first, last in sorted(span.target for span in spans):
        parts.append(text[at:first])
        at = max(at, last)
    return "\n".join([*parts, text[at:end]])


def _names(text: str, domain: str) -> bool:
    """Say whether a domain stands in a text as it is written, or below another name: "news test" is none."""
    return re.search(rf"(?<![\w-]){re.escape(domain)}(?![\w-]|\.\w)", text, re.IGNORECASE) is not None


def _fold(text: str) -> str:
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "
