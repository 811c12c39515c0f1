"""Writes items. Killed at any point, each is there once or not at all; the same call again completes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, bindparam, func, or_, select

from cloneward.clock import Clock
from cloneward.errors import EvidenceError, InputError
from cloneward.model.content import Media, Registered
from cloneward.model.evidence import Proof
from cloneward.model.ids import digest_bytes
from cloneward.store.answers import Answer, write_answer
from cloneward.store.folds import fold, read_twins
from cloneward.store.imports import Import, import_id, read_import, seal_versions, select_sealed
from cloneward.store.items import ItemStore, storable
from cloneward.store.media import Shelf, open_shelf
from cloneward.store.objects import ObjectStore
from cloneward.store.proofs import write_proof
from cloneward.store.tables import addresses, imports, items, versions

# One commit and one flush a batch: at 500 they vanish beside the work, and a kill loses under a second of it.
BATCH_ENTRIES = 500
BATCH_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Added:
    """Ids of the items that are new, of those that changed, and how many are as we know them.

    A page changes with its text; what has pictures, or is a record, with any byte. `folded`: how many are none of
    these, since their text is that of another item, or was read elsewhere before.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    folded: int = 0


class ItemWriter(ItemStore):
    """The items of a workspace, to read and write. At most one at a time: `Workspace.writer` sees to that."""

    def __init__(self, engine: Engine, objects: ObjectStore, clock: Clock) -> None:
        super().__init__(engine, objects)
        self._clock = clock

    def begin_import(self, source: str) -> str:
        """Give the id of a new import of `source`, or of one that was cut short: that is taken up again."""
        source = storable(source)
        mine = imports.c.source == source
        with self._engine.begin() as connection:
            unfinished = select(imports.c.id).where(mine, imports.c.finished_at.is_(None))
            if (cut_short := connection.scalar(unfinished)) is not None:
                return str(cut_short)
            ordinal = connection.scalar(select(func.count()).select_from(imports).where(mine)) or 0
            row = {"id": import_id(source, ordinal), "source": source, "started_at": self._clock.now()}
            connection.execute(imports.insert(), row)
        return str(row["id"])

    def add(self, of_import: str, entries: Iterable[Registered], *, batch_entries: int = BATCH_ENTRIES) -> Added:
        """Add or update items; what is already there as given is left alone, so adding twice does no harm.

        Another text of a known id makes a new version and closes the former, and of a record or picture another byte
        does; a removed item comes back.
        `entries` is read a batch at a time, and what a batch holds is on the disk before the next is read.

        Raises:
            InputError: there is no such import, or it is closed.
            EvidenceError: a body or text is not what the item's digests say.
            Unavailable: the disk is full.
        """
        new: list[str] = []
        changed: list[str] = []
        unchanged = folded = 0
        for batch in _cut_batches(entries, batch_entries):
            plan = self._commit(of_import, batch)
            new += plan.new
            changed += plan.changed
            unchanged += plan.unchanged
            folded += plan.folded
        return Added(new=tuple(new), changed=tuple(changed), unchanged=unchanged, folded=folded)

    def close_import(self, of_import: str) -> Import:
        """Seal the import: one digest over the versions it added, and the time. Twice changes nothing.

        Raises:
            InputError: there is no such import.
        """
        with self._engine.begin() as connection:
            row = connection.execute(select(imports).where(imports.c.id == of_import)).one_or_none()
            if row is None:
                raise InputError(f"no import {of_import!r}", hint="begin_import gives its id")
            if row.finished_at is not None:
                return read_import(row)
            count, digest = seal_versions(connection.execute(select_sealed(of_import)))
            values = {"finished_at": self._clock.now(), "count": count, "digest": digest}
            connection.execute(imports.update().where(imports.c.id == of_import).values(values))
            return read_import(connection.execute(select(imports).where(imports.c.id == of_import)).one())

    def remove(self, item_id: str) -> None:
        """Set the tombstone of an item, and of those it stands for, and close their versions; their facts stay.

        Removing twice does no harm.

        Raises:
            InputError: there was never such an item.
        """
        now = self._clock.now()
        with self._engine.begin() as connection:
            mine = or_(items.c.id == item_id, items.c.same_as == item_id)
            ids = list(connection.scalars(select(items.c.id).where(mine)))
            if not ids:
                raise InputError(f"no item {item_id!r}", hint="cloneward protect list shows their ids")
            connection.execute(items.update().where(mine, items.c.removed_at.is_(None)).values(removed_at=now))
            standing = versions.c.item.in_(ids), versions.c.until.is_(None)
            connection.execute(versions.update().where(*standing).values(until=now))

    def keep_answer(self, answer: Answer, body: bytes) -> None:
        """Keep what an address of the web gave. A row whose object a power cut took is as good as none."""
        if self._objects.put(body) != answer.digest:
            raise EvidenceError(f"the answer of {answer.url} does not hold its digest", hint="give its very body")
        with self._engine.begin() as connection:
            write_answer(connection, answer)

    def record_proof(self, proof: Proof) -> Proof:
        """Put a proof of control on record, or that it was found again; give it with its times."""
        with self._engine.begin() as connection:
            return write_proof(connection, proof, self._clock.now())

    def _commit(self, of_import: str, batch: list[Registered]) -> "_Plan":
        """Objects first, flushed, then the rows at once: a row never names an object that is not there."""
        with self._engine.begin() as connection:
            _expect_open(connection, of_import)
            states, places = _read_states(connection, batch), _read_places(connection, batch)
            twins = read_twins(connection, {entry.item.text_digest for entry in batch if entry.rank is not None})
            plan = _Plan(of_import, self._clock.now(), states, places, twins, open_shelf(connection, states))
            texts: set[str] = set()
            for entry in batch:
                if plan.take(entry):
                    self._keep(entry, texts)
            if plan.touched:
                self._objects.sync()
            plan.write(connection)
        return plan

    def _keep(self, entry: Registered, texts: set[str]) -> None:
        """Keep the bytes and text of an entry, unless its text is one of `texts`, which this batch has kept."""
        for one in entry.media:
            self._keep_media(one)
        is_media = entry.item.digest in {one.digest for one in entry.media}
        digest = entry.item.digest if is_media else self._objects.put(entry.body)
        text = entry.text.encode("utf-8", "replace")
        text_digest = digest_bytes(text)
        if text_digest not in texts:
            texts.add(self._objects.put(text))
        if (digest, text_digest) != (entry.item.digest, entry.item.text_digest):
            hint = "the item must be made of the very body and text it comes with"
            raise EvidenceError(f"item {entry.item.id} does not hold its own digests", hint=hint)

    def _keep_media(self, one: Media) -> None:
        if one.path is not None:
            self._objects.put_file(one.path, one.digest)
        elif (self._objects.put(one.content) if one.content else self._find(one.digest)) != one.digest:
            raise EvidenceError(f"{one.address[:200]} does not hold its digest", hint="give its very bytes")

    def _find(self, digest: str) -> str | None:
        return digest if self._objects.locate(digest).exists() else None


@dataclass
class _Plan:
    """What one batch changes: worked out entry by entry against the state before it, then written at once."""

    of_import: str
    now: datetime
    states: dict[str, dict[str, Any]]
    places: dict[str, dict[str, Any]]
    twins: dict[str, set[str]]
    shelf: Shelf
    known: set[str] = field(init=False)
    found: set[str] = field(init=False)
    moved: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    opened: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    folded: int = 0
    texts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.known, self.found = set(self.states), set(self.places)

    def take(self, entry: Registered) -> bool:
        """Note what `entry` changes; False where its content is there as given."""
        row = _write_row(entry)
        is_new_place = self._take_place(storable(entry.address), row)
        key, old = row["id"], self.states.get(row["id"])
        version = 0 if old is None else old["version"]
        shows_other = self.shelf.take(key, entry.media)
        told_by = "text_digest" if entry.record is None and not entry.media else "digest"
        if old is not None and old["removed_at"] is None and old[told_by] == row[told_by]:
            is_copy = is_new_place and row["url"] is None and row["rank"] is not None
            self.folded += is_copy
            self.unchanged += not is_copy
            row |= {"same_as": old["same_as"] if row["rank"] is not None else None}
            if old == row | {"version": version}:
                return shows_other
        else:
            self._count(row, old)
            self._open_version(row, version, old)
            version += 1
        self._note_text(row, old)
        self.states[key] = row | {"version": version}
        self.touched.add(key)
        return True

    def write(self, connection: Connection) -> None:
        """Write the rows; items before the versions that name them."""
        _write_rows(connection, items.c.id, self.states, self.touched, self.known)
        _write_rows(connection, addresses.c.address, self.places, self.moved, self.found)
        self.shelf.write(connection)
        if self.opened:
            connection.execute(versions.insert(), self.opened)
        if self.closed:
            ended = (versions.c.item == bindparam("key_"), versions.c.number == bindparam("at"))
            connection.execute(versions.update().where(*ended), self.closed)
        if self.texts:
            fold(connection, self.texts)

    def _take_place(self, address: str, row: dict[str, Any]) -> bool:
        """Note what was read at an address; tell whether nothing ever was before."""
        place = {"address": address, "item": row["id"], "digest": row["digest"]}
        before = self.places.get(address)
        if before != place:
            self.places[address] = place
            self.moved.add(address)
        return before is None

    def _count(self, row: dict[str, Any], old: dict[str, Any] | None) -> None:
        """Count an item that is another than before as folded, new or changed."""
        if row["rank"] is not None and self.twins.get(row["text_digest"], set()) - {row["id"]}:
            self.folded += 1
        else:
            (self.new if old is None else self.changed).append(row["id"])

    def _note_text(self, row: dict[str, Any], old: dict[str, Any] | None) -> None:
        """Note which text has one item more, and which one less, of those that are ever folded."""
        if old is not None and old["rank"] is not None:
            self.texts.add(old["text_digest"])
            self.twins.get(old["text_digest"], set()).discard(row["id"])
        if row["rank"] is not None:
            self.texts.add(row["text_digest"])
            self.twins.setdefault(row["text_digest"], set()).add(row["id"])

    def _open_version(self, row: dict[str, Any], former: int, old: dict[str, Any] | None) -> None:
        if old is not None and old["removed_at"] is None:
            self.closed.append({"key_": row["id"], "at": former, "until": self.now})
        self.opened.append(
            {name: row[name] for name in ("digest", "text_digest", "words")}
            | {"item": row["id"], "number": former + 1, "import_id": self.of_import, "since": self.now}
        )


def _write_rows(
    connection: Connection, key: Column[str], rows: dict[str, dict[str, Any]], touched: set[str], old: set[str]
) -> None:
    """Insert or update the touched rows, by whether they are old."""
    if fresh := [rows[name] for name in touched - old]:
        connection.execute(key.table.insert(), fresh)
    if again := [rows[name] | {"key_": name} for name in touched & old]:
        connection.execute(key.table.update().where(key == bindparam("key_")), again)


def _cut_batches(entries: Iterable[Registered], most: int) -> Iterator[list[Registered]]:
    batch: list[Registered] = []
    held_bytes = 0
    for entry in entries:
        batch.append(entry)
        held_bytes += len(entry.body) + sum(len(one.content) for one in entry.media)
        if len(batch) >= most or held_bytes >= BATCH_BYTES:
            yield batch
            batch, held_bytes = [], 0
    if batch:
        yield batch


def _write_row(entry: Registered) -> dict[str, Any]:
    row = dict(vars(entry.item))  # asdict copies each value: a tenth of an import
    texts = {name: storable(value) for name, value in row.items() if isinstance(value, str)}
    has_fields = entry.record is not None and bool(
        entry.record.fields or any(version.fields for version in entry.record.versions)
    )
    return row | texts | {"removed_at": None, "rank": entry.rank, "same_as": None, "has_fields": has_fields}


def _read_states(connection: Connection, batch: list[Registered]) -> dict[str, dict[str, Any]]:
    ids = {storable(entry.item.id) for entry in batch}
    rows = connection.execute(select(items).where(items.c.id.in_(ids)))
    return {row.id: dict(row._mapping) for row in rows}  # noqa: SLF001  SQLAlchemy's documented name


def _read_places(connection: Connection, batch: list[Registered]) -> dict[str, dict[str, Any]]:
    wanted = {storable(entry.address) for entry in batch}
    rows = connection.execute(select(addresses).where(addresses.c.address.in_(wanted)))
    return {row.address: dict(row._mapping) for row in rows}  # noqa: SLF001  SQLAlchemy's documented name


def _expect_open(connection: Connection, of_import: str) -> None:
    row = connection.execute(select(imports.c.finished_at).where(imports.c.id == of_import)).one_or_none()
    if row is None or row.finished_at is not None:
        what = "no import" if row is None else "already sealed: import"
        raise InputError(f"{what} {of_import!r}", hint="begin_import gives the id of an open one")
