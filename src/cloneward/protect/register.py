"""Pages of the owner become items: an id that stays, an address, the extracted text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, urljoin, urlsplit, urlunsplit

from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.archive.media import RawMedia
from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.tokens import tokenise
from cloneward.model.content import Item, Known, Media, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text, item_id
from cloneward.protect.records import Intake, record_address, register_record, take_record, write_record
from cloneward.url import canonical

# Parameters by which advertisements, mailings and social networks follow a visitor; they choose no other page.
_TRACKING = frozenset(
    "fbclid gclid dclid msclkid yclid ttclid twclid gbraid wbraid igshid mc_cid mc_eid _ga _gl _hsenc _hsmi".split()
)


LEAST_SIDE_PX = 100
"""Of a picture in a folder or an archive: what is smaller is an icon or a button, and nobody's work."""


@dataclass(frozen=True)
class Located:
    """What the owner gave, with the address under which it is known, and its URL where it has one."""

    page: RawPage | RawItem | RawMedia
    address: str
    url: str | None

    @property
    def held_bytes(self) -> int:
        """About how much memory it takes."""
        match self.page:
            case RawPage(content=content) | RawMedia(media=Media(content=content)):
                return len(content)
            case RawItem(record=record):
                return sum(map(len, (record.text or "", record.html or "", *record.images, *record.videos)))


@dataclass(frozen=True)
class Unchanged:
    """A page, record, picture or video whose bytes are those we know."""

    address: str


@dataclass(frozen=True)
class Furniture:
    """A picture that is no item, since it is as small as icons and buttons are."""

    address: str


def locate_pages(
    pages: Iterable[RawPage | RawItem | RawMedia | Problem], source: Path, base: str | None
) -> Iterator[Located | Problem]:
    """Give each page, picture and video its address: where it was captured, else its path below `base`, else its file.

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


def _locate(page: RawPage | RawItem | RawMedia, top: str, *, is_web: bool) -> Located | Problem:
    if isinstance(page, RawItem):
        return Located(page, record_address(page.record), page.record.url)
    if page.url is not None:
        try:
            url = canonical(page.url)
        except InputError as error:
            return Problem(code="address_invalid", page=page.address, text=str(error), hint=error.hint)
        return Located(page, page.address.replace(page.url, url, 1), url)
    address = f"{top.rstrip('/')}/{quote(page.address)}"
    # canonical as it stands, since `top` is and a path that is quoted whole stays as it is
    return Located(page, address, address if is_web else None)


def register_pages(
    pages: Iterable[Located | Problem], known: Mapping[str, Known], intake: Intake | None = None
) -> Iterator[Registered | Unchanged | Furniture | Problem]:
    """Give an item for each page, record, picture or video, in order, with a problem for what could not be read in it.

    The id of a page comes from its URL; one without keeps that of its address while no other has it too, or takes it
    from its text. A picture's comes from its bytes instead, and a record has its owner's id. What has the digest that
    is `known` for its address is not read again.
    """
    intake = intake or Intake()
    for located in pages:
        if isinstance(located, Problem):
            yield located
            continue
        held = known.get(located.address)
        match located.page:
            case RawItem():
                yield from _register_item(located.page, held, intake)
            case RawMedia():
                yield _register_media(located.page, located, held)
            case RawPage():
                yield from _register(located.page, located, held)


def rank_address(url: str | None, canonical_link: str | None) -> str:
    """Give the place of an address among those of one text, in the order of text: the first one names the item.

    First is what the page itself calls its address, then https, then what has no mark of an advertisement or a mailing
    in it, no query, and few letters.
    """
    if url is None:
        return "9"
    parts = urlsplit(url)
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    is_tracked = bool(names & _TRACKING) or any(name.startswith("utm_") for name in names)
    bits = (parts.scheme != "https", is_tracked, bool(parts.query))
    return f"{_rank_link(url, canonical_link)}{''.join(str(int(bit)) for bit in bits)}{min(len(url), 99_999):05}"


def _rank_link(url: str, canonical_link: str | None) -> int:
    """Give 0 where a page names its own address as the canonical one, 2 where it names another, else 1."""
    try:
        return 1 if not canonical_link else 0 if canonical(urljoin(url, canonical_link)) == url else 2
    except (InputError, ValueError):
        return 1


def join_languages(tags: Iterable[str | None]) -> frozenset[str]:
    """Give the primary subtags of items' languages; empty where that of any item is unknown."""
    found = {primary_language(tag) for tag in tags}
    return frozenset() if "" in found else frozenset(found)


def primary_language(tag: str | None) -> str:
    """Give the primary subtag of a language tag in lower case (BCP 47); empty for none."""
    return (tag or "").replace("_", "-").split("-")[0].strip().lower()


def _register_item(item: RawItem, held: Known | None, intake: Intake) -> Iterator[Registered | Unchanged | Problem]:
    taken = take_record(item.record, intake)
    yield from taken.problems
    if held is not None and held.digest == digest_bytes(write_record(taken.record)):
        yield Unchanged(record_address(taken.record))
    else:
        yield from register_record(taken)


def _register_media(raw: RawMedia, located: Located, held: Known | None) -> Registered | Unchanged | Furniture:
    digest, is_video = raw.media.digest, raw.media.is_video
    if not is_video and min(raw.height, raw.width) < LEAST_SIDE_PX:
        return Furniture(located.address)
    if held is not None and held.digest == digest:
        return Unchanged(located.address)
    item = Item(
        id=_name_item(held, located.url or digest),
        kind="video" if is_video else "photo",
        url=located.url,
        title=raw.address,
        digest=digest,
        text_digest=digest_text(""),
        words=0,
    )
    return Registered(item=item, address=located.address, body=b"", text="", media=(raw.media,))


def _name_item(held: Known | None, source: str) -> str:
    """Give the id that what lies at an address has, or else one from its URL or content."""
    return held.id if held is not None and not held.is_shared else item_id(source)


def _register(page: RawPage, located: Located, held: Known | None) -> Iterator[Registered | Unchanged | Problem]:
    digest = digest_bytes(page.content)
    if held is not None and held.digest == digest:
        yield Unchanged(located.address)
        return
    content = extract(page.content, "html" if page.is_html else "text", page.charset)
    yield from (replace(problem, page=page.address) for problem in content.problems)
    if not content.text:
        return
    text_digest = digest_text(content.text)
    words = tokenise(content.text).count_words()
    item = Item(
        id=_name_item(held, located.url or text_digest),
        url=located.url,
        title=content.title or page.address,
        digest=digest,
        text_digest=text_digest,
        words=words,
        published_at=content.published_at,
        language=content.language,
    )
    rank = rank_address(located.url, content.canonical) if words else None
    yield Registered(item=item, address=located.address, body=page.content, text=content.text, rank=rank)
