"""Pictures and videos of items as rows: what each item has now, and what a digest is shown by."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Integer, cast, delete, func, select

from cloneward.model.content import Media
from cloneward.store.tables import items, media

Rows = list[dict[str, Any]]
_IS_HELD = items.c.removed_at.is_(None)  # what shows media is never folded, so it stands for itself


@dataclass
class Shelf:
    """The rows of some items: as they lie in the database, and as they are to be there."""

    held: Mapping[str, Rows]
    moved: dict[str, Rows] = field(default_factory=dict)

    def take(self, item: str, shown: Iterable[Media]) -> bool:
        """Note what an item shows now; tell whether it is something else than before."""
        rows = [
            {"item": item, "position": at, "address": one.address, "digest": one.digest, "is_video": one.is_video}
            for at, one in enumerate(shown)
        ]
        is_moved = rows != self.moved.get(item, self.held.get(item, []))
        if is_moved:
            self.moved[item] = rows
        return is_moved

    def write(self, connection: Connection) -> None:
        """Write the rows of the items that show something else."""
        if self.moved:
            connection.execute(delete(media).where(media.c.item.in_(self.moved)))
        if rows := [row for moved in self.moved.values() for row in moved]:
            connection.execute(media.insert(), rows)


def open_shelf(connection: Connection, ids: Collection[str]) -> Shelf:
    """Give the rows of some items, to change them."""
    found = connection.execute(select(media).where(media.c.item.in_(ids)).order_by(media.c.item, media.c.position))
    rows = (dict(row._mapping) for row in found)  # noqa: SLF001  SQLAlchemy's documented name
    return Shelf({item: list(group) for item, group in groupby(rows, lambda row: row["item"])})


def read_own(connection: Connection, item: str) -> tuple[Media, ...]:
    """Give what an item shows, in order, without the bytes."""
    rows = connection.execute(select(media).where(media.c.item == item).order_by(media.c.position))
    return tuple(Media(address=row.address, digest=row.digest, is_video=row.is_video) for row in rows)


def read_page(connection: Connection, after: str, most: int) -> list[tuple[str, bool]]:
    """Give the digests after `after` that standing items show, in order, each with whether it is a video."""
    is_video = func.max(cast(media.c.is_video, Integer))  # PostgreSQL knows no greatest of yes and no
    query = select(media.c.digest, is_video).join(items, items.c.id == media.c.item)
    query = query.where(media.c.digest > after, _IS_HELD).group_by(media.c.digest).order_by(media.c.digest)
    return [(digest, bool(is_film)) for digest, is_film in connection.execute(query.limit(most))]


def read_shown(connection: Connection, digests: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Give the standing items that show each digest, in order, with its address there."""
    columns = media.c.digest, media.c.item, media.c.address
    query = select(*columns).join(items, items.c.id == media.c.item).where(media.c.digest.in_(digests), _IS_HELD)
    found: dict[str, list[tuple[str, str]]] = {}
    for digest, item, address in connection.execute(query.order_by(media.c.item, media.c.position)):
        found.setdefault(digest, []).append((item, address))
    return found
