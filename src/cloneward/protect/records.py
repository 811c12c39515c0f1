"""Records of items, as their owner wrote them, become items: under the owner's id, with the owner's words on them."""

from collections.abc import Iterator
from dataclasses import replace

from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.tokens import tokenise
from cloneward.model.codec import encode
from cloneward.model.content import Extract, Item, ItemRecord, Problem, Registered
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.url import canonical


def record_address(record: ItemRecord) -> str:
    """Give the address under which a record is found again, whatever file it comes in."""
    return f"item:{record.id}"


def write_record(record: ItemRecord) -> bytes:
    """Give the bytes of a record that are kept: all it says but who the people are, whom only the vault may name."""
    return encode(replace(record, person=None, subjects=()))


def register_record(record: ItemRecord) -> Iterator[Registered | Problem]:
    """Give the item of a record, after what is wrong with it.

    Its text is the record's, or else that of its HTML, extracted as a page's is. One that has fields or pictures
    alone is an item of no words: it is kept, and nothing is found by it yet.
    """
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
        published_at=record.published_at or content.published_at,
        language=record.language or content.language,
    )
    yield Registered(item=item, address=record_address(record), body=body, text=content.text)


def _extract(record: ItemRecord) -> Extract:
    if record.text:
        return extract(record.text.encode("utf-8", "replace"), "text")
    if record.html:
        return extract(record.html.encode("utf-8", "replace"), "html")
    return Extract(text="")
