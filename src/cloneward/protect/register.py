"""Pages of the owner become items: an id that stays, an address, the extracted text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.tokens import tokenise
from cloneward.model.content import Item, Known, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text, item_id
from cloneward.protect.records import record_address, register_record, write_record
from cloneward.url import canonical


@dataclass(frozen=True)
class Located:
    """A page or record of the owner with the address under which it is known, and its URL where it has one."""

    page: RawPage | RawItem
    address: str
    url: str | None

    @property
    def body(self) -> bytes:
        """The bytes by which a change is told, and which are kept."""
        return self.page.content if isinstance(self.page, RawPage) else write_record(self.page.record)


@dataclass(frozen=True)
class Unchanged:
    """A page whose bytes are those we know."""

    address: str


def locate_pages(
    pages: Iterable[RawPage | RawItem | Problem], source: Path, base: str | None
) -> Iterator[Located | Problem]:
    """Give each page its address: the one it was captured at, else its path below `base`, else its file.

    A record has the address of its owner's id, in whatever file it comes.

    Raises:
        InputError: `base` is no web address; raised at once, not with the first page.
    """
    if base is None:
        top = (source if source.is_dir() else source.parent).resolve().as_uri()
    else:
        parts = urlsplit(canonical(base))
        top = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return (page if isinstance(page, Problem) else _locate(page, top, is_web=base is not None) for page in pages)


def _locate(page: RawPage | RawItem, top: str, *, is_web: bool) -> Located | Problem:
    if isinstance(page, RawItem):
        return Located(page, record_address(page.record), page.record.url)
    if page.url is not None:
        try:
            url = canonical(page.url)
        except InputError as error:
            return Problem(code="address_invalid", page=page.address, text=str(error), hint=error.hint)
        return Located(page, page.address.replace(page.url, url, 1), url)
    address = f"{top.rstrip('/')}/{quote(page.address)}"
    if not is_web:
        return Located(page, address, None)
    url = canonical(address)
    return Located(page, url, url)


def register_pages(
    pages: Iterable[Located | Problem], known: Mapping[str, Known]
) -> Iterator[Registered | Unchanged | Problem]:
    """Give an item for each page or record, in order, with a problem for what could not be read in it.

    The id of a page comes from its URL; one without keeps that of its address, or takes it from its text, so the same
    text twice is one item. A record has its owner's id. What has the digest that is `known` for its address is not
    read again.
    """
    for located in pages:
        if isinstance(located, Problem):
            yield located
            continue
        held = known.get(located.address)
        if held is not None and held.digest == digest_bytes(located.body):
            yield Unchanged(located.address)
        elif isinstance(located.page, RawItem):
            yield from register_record(located.page.record)
        else:
            yield from _register(located.page, located, held)


def join_languages(tags: Iterable[str | None]) -> frozenset[str]:
    """Give the primary subtags of items' languages; empty where that of any item is unknown."""
    found = {primary_language(tag) for tag in tags}
    return frozenset() if "" in found else frozenset(found)


def primary_language(tag: str | None) -> str:
    """Give the primary subtag of a language tag in lower case (BCP 47); empty for none."""
    return (tag or "").replace("_", "-").split("-")[0].strip().lower()


def _register(page: RawPage, located: Located, held: Known | None) -> Iterator[Registered | Problem]:
    content = extract(page.content, "html" if page.is_html else "text", page.charset)
    yield from (replace(problem, page=page.address) for problem in content.problems)
    if not content.text:
        return
    text_digest = digest_text(content.text)
    item = Item(
        id=held.id if held else item_id(located.url or text_digest),
        url=located.url,
        title=content.title or page.address,
        digest=digest_bytes(page.content),
        text_digest=text_digest,
        words=tokenise(content.text).count_words(),
        published_at=content.published_at,
        language=content.language,
    )
    yield Registered(item=item, address=located.address, body=page.content, text=content.text)
