"""Addresses from sitemaps and sitemap indexes, as sitemaps.org has them: XML or plain text, also packed by gzip.

Nothing is fetched: an index gives its sitemaps back to the caller, and `Seen` keeps the caller from going round.
"""

import io
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cloneward.archive.moment import parse_moment
from cloneward.archive.stream import GZIP_MAGIC, Stream
from cloneward.archive.xml import MAX_BYTES, Element, Visitor, read_xml, root_name
from cloneward.errors import InputError
from cloneward.fingerprint.charset import decode
from cloneward.model.content import Problem
from cloneward.url import canonical

# Limits of the protocol (sitemaps.org, "Sitemap file location" and "Sitemap index"); MAX_BYTES is the other one.
MAX_ADDRESSES = 50_000
MAX_ADDRESS_LENGTH = 2_048
# A site with more sitemaps than an index of indexes names is one that makes them as they are asked for.
_MAX_SEEN = 100_000


@dataclass(frozen=True)
class Link:
    """An address that a sitemap names, as written there, and when it says that what is there last changed."""

    url: str
    changed_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sitemap:
    """What one sitemap names: pages, or further sitemaps where it is an index, and what is wrong with it."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class Seen:
    """Remembers addresses in canonical form, so that sitemaps that name one another end; at most so many."""

    most: int = _MAX_SEEN
    _addresses: set[str] = field(default_factory=set)

    def is_new(self, url: str) -> bool:
        """Tell whether an address is one of the web, was not asked for yet, and there is room; it is seen from now."""
        try:
            address = canonical(url)
        except InputError:
            return False
        if address in self._addresses or len(self._addresses) >= self.most:
            return False
        self._addresses.add(address)
        return True


def is_sitemap(head: bytes) -> bool:
    """Tell by the first bytes, unpacked, whether a document is a sitemap or an index of them, in XML."""
    return root_name(head) in {"urlset", "sitemapindex"}


def read_sitemap(content: bytes) -> Sitemap:
    """Give the addresses in a sitemap; never raises on hostile bytes."""
    problems: list[Problem] = []
    if content.startswith(GZIP_MAGIC):
        content, damage = _unpack(content)
        if damage:
            problems.append(Problem(code="payload_damaged", page=None, text=f"packed: {damage}"))
    if not content.strip():
        problems.append(Problem(code="page_empty", page=None, text="the sitemap is empty"))
        return Sitemap(problems=tuple(problems))
    reader = _Reader()
    if content.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<") or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems += read_xml(content, Visitor(closed=reader.close))
    else:
        if len(content) > MAX_BYTES:
            text = f"it has {len(content):,} bytes; the first {MAX_BYTES:,} were read"
            problems.append(Problem(code="page_truncated", page=None, text=text))
        reader.read_lines(content[:MAX_BYTES])
    if reader.bad:
        text = f"{reader.bad:,} entries are no addresses of the web, the first {reader.first_bad!r}"
        problems.append(Problem(code="address_invalid", page=None, text=text, hint="write them whole, with https://"))
    if reader.surplus:
        text = f"{reader.surplus:,} addresses beyond the {MAX_ADDRESSES:,} that a sitemap may name were not read"
        problems.append(Problem(code="sitemap_too_long", page=None, text=text, hint="split it, under an index"))
    return Sitemap(pages=tuple(reader.pages), sitemaps=tuple(reader.sitemaps), problems=tuple(problems))


def _unpack(content: bytes) -> tuple[bytes, str]:
    stream = Stream(io.BytesIO(content))
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    while left > 0 and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts), stream.damage


@dataclass
class _Reader:
    pages: list[Link] = field(default_factory=list)
    sitemaps: list[Link] = field(default_factory=list)
    address: str = ""
    changed_at: str | None = None
    bad: int = 0
    first_bad: str = ""
    surplus: int = 0

    def close(self, path: list[Element]) -> None:
        """Take what an element said, by where it stands: images and videos have addresses of their own."""
        names = [element.name for element in path[1:]]
        if names in (["url", "loc"], ["sitemap", "loc"]):
            self.address = path[-1].text.strip()
        elif names in (["url", "lastmod"], ["sitemap", "lastmod"]):
            self.changed_at = parse_moment(path[-1].text)
        elif names == ["url"]:
            self.add(self.pages)
        elif names == ["sitemap"]:
            self.add(self.sitemaps)

    def add(self, links: list[Link]) -> None:
        url, changed_at = self.address, self.changed_at
        self.address, self.changed_at = "", None
        if not _is_address(url):
            self.bad += 1
            self.first_bad = self.first_bad or url[:80]
        elif len(links) < MAX_ADDRESSES:
            links.append(Link(url, changed_at))
        else:
            self.surplus += 1

    def read_lines(self, content: bytes) -> None:
        for line in decode(content)[0].split("\n"):
            self.address = line.strip()
            if self.address:
                self.add(self.pages)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)
    return is_web and len(url) <= MAX_ADDRESS_LENGTH and url.isprintable() and " " not in url
