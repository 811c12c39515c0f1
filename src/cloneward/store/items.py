"""Reads items, their versions and their content. Any number of readers, beside one writer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Engine, Row, and_, bindparam, func, or_, select

from cloneward.clock import format_utc
from cloneward.errors import EvidenceError, InputError
from cloneward.model.codec import decode
from cloneward.model.content import Item, ItemRecord, Known, Media
from cloneward.store.answers import Answer, read_answer
from cloneward.store.folds import read_addresses
from cloneward.store.imports import Import, read_import, select_imports
from cloneward.store.media import read_own, read_page, read_shown
from cloneward.store.objects import ObjectStore
from cloneward.store.proofs import read_domains
from cloneward.store.tables import addresses, imports, items, versions
from cloneward.url import registered_domain

# One round trip and some hundred kB a page; SQLite takes 32,766 parameters a statement.
PAGE_ROWS = 1_000
# Enough of the ids that fit a prefix to see which one was meant.
SHOWN_IDS = 3

Thing = TypeVar("Thing")
_IS_HELD = items.c.removed_at.is_(None)
_STANDS = (_IS_HELD, items.c.same_as.is_(None))
_STANDING_ID = func.coalesce(items.c.same_as, items.c.id)
_FIND = select(items).where(
    items.c.id.in_(select(_STANDING_ID).where(items.c.id == bindparam("id"), _IS_HELD)), _IS_HELD
)

_FIND_ALL = select(items).where(items.c.id.in_(bindparam("ids", expanding=True)), _IS_HELD)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One text that an item had, from `since` to `until`; null: it still stands."""

    number: int
    digest: str
    text_digest: str
    words: int
    since: str
    until: str | None


class ItemStore:
    """The items of a workspace, to read. A removed item is found by no method but `history`.

    Of items with the same text one stands for all: it alone is listed and counted, and is found by the ids of the
    others too.
    """

    def __init__(self, engine: Engine, objects: ObjectStore) -> None:
        self._engine = engine
        self._objects = objects

    def count(self) -> int:
        """Give the number of items."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).where(*_STANDS)) or 0

    def items(self) -> Iterator[Item]:
        """Give all items by id, a page at a time: no read stays open, so a slow caller holds up nobody."""
        last = ""
        while rows := self._page(last):
            yield from map(_read_item, rows)
            last = rows[-1].id

    def placed_items(self) -> Iterator[tuple[Item, tuple[str, ...]]]:
        """Give all items as `items` does, each with the further addresses where its text was read."""
        for page in cut(self.items(), PAGE_ROWS):
            places = self.addresses([item.id for item in page])
            yield from ((item, places.get(item.id, ())) for item in page)

    def addresses(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give the further addresses of some items, leaving out those that have none; at most `PAGE_ROWS`."""
        with self._engine.connect() as connection:
            return read_addresses(connection, list(ids))

    def get(self, prefix: str) -> Item:
        """Give the item with that id, or the only one whose id begins so.

        Raises:
            InputError: none does, or several do.
        """
        if (item := self.find(prefix)) is not None:
            return item
        meant = select(_STANDING_ID).where(func.substr(items.c.id, 1, len(prefix)) == prefix, _IS_HELD)
        query = select(items).where(items.c.id.in_(meant), _IS_HELD).order_by(items.c.id).limit(SHOWN_IDS + 1)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all() if prefix else []
        if not rows:
            raise InputError(f"no item {prefix!r}", hint="cloneward protect list shows their ids")
        if len(rows) > 1:
            shown = ", ".join(row.id for row in rows[:SHOWN_IDS])
            raise InputError(f"several items begin with {prefix!r}", hint=f"give more of the id: {shown}")
        return _read_item(rows[0])

    def find(self, item_id: str) -> Item | None:
        """Give the item with exactly that id, or the one that stands for it, or none."""
        with self._engine.connect() as connection:
            row = connection.execute(_FIND, {"id": item_id}).one_or_none()
        return None if row is None else _read_item(row)

    def find_all(self, ids: Sequence[str]) -> list[Item]:
        """Give those of the items that are listed, in no order; at most `PAGE_ROWS`."""
        with self._engine.connect() as connection:
            # in SQL the condition would make SQLite look at all that stand
            return [_read_item(row) for row in connection.execute(_FIND_ALL, {"ids": ids}) if row.same_as is None]

    def since(self, item_id: str) -> str | None:
        """Give when the first text of an item was sealed, RFC 3339: what its priority rests on.

        Where it stands for others, the present text counts from when it was sealed at any of their addresses.
        """
        text = select(items.c.text_digest).where(items.c.id == item_id).scalar_subquery()
        others = select(items.c.id).where(items.c.same_as == item_id, _IS_HELD)
        elsewhere = and_(versions.c.item.in_(others), versions.c.text_digest == text)
        query = select(func.min(versions.c.since)).where(or_(versions.c.item == item_id, elsewhere))
        with self._engine.connect() as connection:
            moment = connection.scalar(query)
        return None if moment is None else format_utc(moment)

    def languages(self) -> frozenset[str | None]:
        """Give the languages that items with words have; none stands for the unknown."""
        query = select(items.c.language).where(*_STANDS, items.c.words > 0).distinct()
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(query))

    def mark(self) -> str:
        """Give what differs whenever an item was added or removed, or has a new version: another text, or record."""
        standing = func.count().filter(versions.c.until.is_(None))
        with self._engine.connect() as connection:
            count, open_ = connection.execute(select(func.count(), standing).select_from(versions)).one()
        return f"{count}.{open_}"

    def mark_all(self) -> str:
        """Give what differs whenever anything of an item may have changed: its record, its pictures, its text.

        While an import that was cut short is taken up again, only what changed items' texts makes a difference.
        """
        query = select(func.count(), func.count(imports.c.finished_at)).select_from(imports)
        with self._engine.connect() as connection:
            begun, finished = connection.execute(query).one()
        return f"{self.mark()}.{begun}.{finished}"

    def known(self, wanted: Iterable[str]) -> dict[str, Known]:
        """Give what we hold for each address, leaving out those we hold nothing for."""
        found: dict[str, Known] = {}
        other = addresses.alias()
        is_shared = select(other.c.item).where(other.c.item == addresses.c.item, other.c.address != addresses.c.address)
        columns = addresses.c.address, addresses.c.item, addresses.c.digest, is_shared.exists()
        with self._engine.connect() as connection:
            for page in cut(wanted, PAGE_ROWS):
                stored = {storable(address): address for address in page}
                query = select(*columns).join(items, items.c.id == addresses.c.item)
                query = query.where(addresses.c.address.in_(stored), _IS_HELD)
                for address, item, digest, shared in connection.execute(query):
                    found[stored[address]] = Known(id=item, digest=digest, is_shared=bool(shared))
        return found

    def text(self, item: Item) -> str:
        """Give its extracted text, the one that every offset counts in.

        Raises:
            EvidenceError: the object is missing or damaged.
        """
        return self._objects.get(item.text_digest).decode()

    def body(self, item: Item) -> bytes:
        """Give the bytes it was last read from.

        Raises:
            EvidenceError: the object is missing or damaged.
        """
        return self._objects.get(item.digest)

    def media(self) -> Iterator[tuple[str, bool]]:
        """Give the digests of all pictures and videos of items, each once, in order, and whether it is a video."""
        last = ""
        while page := self._media_page(last):
            yield from page
            last = page[-1][0]

    def media_of(self, item: Item) -> tuple[Media, ...]:
        """Give the pictures and videos of an item, in the order of its owner, without their bytes."""
        with self._engine.connect() as connection:
            return read_own(connection, item.id)

    def show_media(self, digests: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """Give the items that show a picture or video, by its digest, with the address it has there.

        Those that no item shows are left out.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        with self._engine.connect() as connection:
            for page in cut(digests, PAGE_ROWS):
                found |= read_shown(connection, page)
        return found

    def read_media(self, digest: str) -> bytes:
        """Give the bytes of a picture or a video, at once in memory.

        Raises:
            EvidenceError: the object is missing or damaged.
        """
        return self._objects.get(digest)

    def list_records(self) -> Iterator[tuple[str, str]]:
        """Give the items that have fields, by id, each with the digest of its record: another one, if it changed."""
        last = ""
        while rows := self._record_page(last):
            yield from ((row.id, row.digest) for row in rows)
            last = rows[-1].id

    def records(self) -> Iterator[tuple[str, ItemRecord]]:
        """Give the records of all items that have fields, by id, people as keyed codes; one at a time.

        Raises:
            EvidenceError: an object is missing or damaged.
        """
        return ((item, self._read_record(digest)) for item, digest in self.list_records())

    def records_of(self, ids: Iterable[str]) -> dict[str, ItemRecord]:
        """Give the records of some items, leaving out those that have no fields.

        Raises:
            EvidenceError: an object is missing or damaged.
        """
        found: dict[str, ItemRecord] = {}
        for page in cut(ids, PAGE_ROWS):
            query = select(items.c.id, items.c.digest).where(items.c.id.in_(page), items.c.has_fields, _IS_HELD)
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
            found |= {row.id: self._read_record(row.digest) for row in rows}
        return found

    def record(self, item_id: str) -> ItemRecord:
        """Give the record of an item.

        Raises:
            InputError: there is no such item, or it has no fields.
            EvidenceError: the object is missing or damaged.
        """
        found = self.records_of([item_id])
        if item_id not in found:
            raise InputError(f"no record of an item {item_id!r}", hint="cloneward protect list shows the items")
        return found[item_id]

    def find_answer(self, url: str) -> tuple[Answer, bytes] | None:
        """Give what an address of the web gave last; none where nothing is kept of it, or it is damaged."""
        with self._engine.connect() as connection:
            answer = read_answer(connection, url)
        try:
            return None if answer is None else (answer, self._objects.get(answer.digest))
        except EvidenceError:
            return None

    def history(self, item_id: str) -> tuple[Version, ...]:
        """Give all versions of an item, removed or not, the first one first; none for an unknown id."""
        query = select(versions).where(versions.c.item == item_id).order_by(versions.c.number)
        with self._engine.connect() as connection:
            return tuple(map(_read_version, connection.execute(query)))

    def imports(self) -> tuple[Import, ...]:
        """Give all imports, the oldest first."""
        with self._engine.connect() as connection:
            return tuple(map(read_import, connection.execute(select_imports())))

    def proven_domains(self) -> frozenset[str]:
        """Give the registered domains whose control by the owner is on record."""
        with self._engine.connect() as connection:
            return read_domains(connection)

    def is_proven(self, host: str) -> bool:
        """Say whether control of the registered domain of a host is on record: nothing is acted on without it."""
        return registered_domain(host) in self.proven_domains()

    def _media_page(self, after: str) -> list[tuple[str, bool]]:
        with self._engine.connect() as connection:
            return read_page(connection, after, PAGE_ROWS)

    def _record_page(self, after: str) -> list[Row[Any]]:
        query = select(items.c.id, items.c.digest).where(items.c.has_fields, _IS_HELD, items.c.id > after)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(items.c.id).limit(PAGE_ROWS)))

    def _read_record(self, digest: str) -> ItemRecord:
        try:
            return decode(self._objects.get(digest), ItemRecord)
        except InputError as error:
            hint = "restore it from a backup, or add its source again"
            raise EvidenceError(f"object {digest} is no record: {error}", hint=hint) from error

    def _page(self, after: str) -> list[Row[Any]]:
        query = select(items).where(*_STANDS, items.c.id > after)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(items.c.id).limit(PAGE_ROWS)))


def storable(text: str) -> str:
    """Give text that any database takes: NUL and lone surrogates, as in odd file names, are spelt out."""
    if text.isprintable():
        return text
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


def cut(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Give them in lists of `size`, the last one maybe shorter."""
    rest = iter(things)
    while page := list(islice(rest, size)):
        yield page


def _read_item(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        kind=row.kind,
        url=row.url,
        title=row.title,
        digest=row.digest,
        text_digest=row.text_digest,
        words=row.words,
        rights=row.rights,
        mandate=row.mandate,
        person=row.person,
        subjects=row.subjects,
        minor=row.minor,
        visibility=row.visibility,
        visibility_since=row.visibility_since,
        published_at=row.published_at,
        expires_at=row.expires_at,
        deleted_at=row.deleted_at,
        language=row.language,
    )


def _read_version(row: Row[Any]) -> Version:
    return Version(
        number=row.number,
        digest=row.digest,
        text_digest=row.text_digest,
        words=row.words,
        since=format_utc(row.since),
        until=None if row.until is None else format_utc(row.until),
    )
