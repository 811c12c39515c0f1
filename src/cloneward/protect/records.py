"""Records of items, as their owner wrote them, become items: under the owner's id, with the owner's words on them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cloneward.archive.media import spell_reference
from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.tokens import tokenise
from cloneward.model.codec import encode
from cloneward.model.content import Extract, Item, ItemRecord, Media, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.url import canonical

MAX_MEDIA = 1_000
"""Pictures and videos of one record that are read."""
_SHOWN_CHARS = 100

Code = Callable[[str], str]
"""Takes the owner's id of a person, and gives the keyed code that is kept of it."""
ReadMedia = Callable[[str], Media | Problem]
"""Takes what a record refers to as a picture or video, and gives it, or why it cannot be read."""


@dataclass(frozen=True)
class Intake:
    """What it takes to make all of a record its item.

    Without `code` nothing is kept of who the people are; without `read_media` no picture or video is read.
    """

    code: Code | None = None
    read_media: ReadMedia | None = None


@dataclass(frozen=True)
class Taken:
    """A record with people as keyed codes, what it shows, and what of that could not be read."""

    record: ItemRecord
    media: tuple[Media, ...] = ()
    problems: tuple[Problem, ...] = ()


def record_address(record: ItemRecord) -> str:
    """Give the address under which a record is found again, whatever file it comes in."""
    return f"item:{record.id}"


def take_record(record: ItemRecord, intake: Intake) -> Taken:
    """Take in what a record says of people and refers to; a picture that cannot be read stops nothing.

    A reference that holds its data leaves its head alone in the record: the data are kept as the picture they are.
    """
    code = intake.code or (lambda _: "")
    subjects = (code(subject) for subject in record.subjects if subject)
    record = replace(
        record,
        person=(code(record.person) or None) if record.person else None,
        subjects=tuple(dict.fromkeys(subject for subject in subjects if subject)),
    )
    references = (*record.images, *record.videos)
    if not references:
        return Taken(record)
    found = [] if intake.read_media is None else [intake.read_media(one) for one in references[:MAX_MEDIA]]
    return Taken(
        replace(
            record,
            images=tuple(map(spell_reference, record.images)),
            videos=tuple(map(spell_reference, record.videos)),
            media_digests=tuple("" if isinstance(one, Problem) else one.digest for one in found),
        ),
        tuple(one for one in found if isinstance(one, Media)),
        tuple(_tell_unread(record, references, found)),
    )


def write_record(record: ItemRecord) -> bytes:
    """Give the bytes of a record that are kept; it must have been taken in, so that it names no person."""
    return encode(record)


def register_record(taken: Taken) -> Iterator[Registered | Problem]:
    """Give the item of a record, after what is wrong with it.

    Its text is the record's, or else that of its HTML, extracted as a page's is. One that has fields or pictures
    alone is an item of no words.
    """
    record = taken.record
    content = _extract(record)
    yield from (replace(problem, page=record_address(record)) for problem in content.problems)
    url = None
    if record.url:
        try:
            url = canonical(record.url)
        except InputError as error:
            text = f"the item goes without its address: {error}"
            yield Problem(code="address_invalid", page=record_address(record), text=text, hint=error.hint)
    body = write_record(record)
    item = Item(
        id=record.id,
        kind=record.kind,
        url=url,
        title=record.title or content.title or record.id,
        digest=digest_bytes(body),
        text_digest=digest_text(content.text),
        words=tokenise(content.text).count_words(),
        rights=record.rights,
        mandate=record.mandate,
        person=record.person,
        subjects=record.subjects,
        minor=record.minor,
        visibility=record.visibility,
        visibility_since=record.visibility_since,
        published_at=record.published_at or content.published_at,
        expires_at=record.expires_at,
        deleted_at=record.deleted_at,
        language=record.language or content.language,
    )
    yield Registered(
        item=item, address=record_address(record), body=body, text=content.text, media=taken.media, record=record
    )


def _tell_unread(record: ItemRecord, references: tuple[str, ...], found: list[Media | Problem]) -> Iterator[Problem]:
    """Give one problem for each kind of fault, with the first reference that has it."""
    failed = [(name, one) for name, one in zip(references, found, strict=False) if isinstance(one, Problem)]
    counts = Counter((one.code, one.hint) for _, one in failed)
    for name, one in {(one.code, one.hint): (name, one) for name, one in reversed(failed)}.values():
        more = counts[one.code, one.hint] - 1
        text = f"{spell_reference(name)[:_SHOWN_CHARS]!r}: {one.text}" + (f"; {more:,} more like it" if more else "")
        yield replace(one, page=record_address(record), text=text)
    if found and len(references) > MAX_MEDIA:
        text = f"it names {len(references):,} pictures and videos; the first {MAX_MEDIA:,} were read"
        hint = "split it into several items"
        yield Problem(code="media_capped", page=record_address(record), text=text, hint=hint)


def _extract(record: ItemRecord) -> Extract:
    if record.text:
        return extract(record.text.encode("utf-8", "replace"), "text")
    if record.html:
        return extract(record.html.encode("utf-8", "replace"), "html")
    return Extract(text="")
