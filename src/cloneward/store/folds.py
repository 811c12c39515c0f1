"""Items of the same text: one stands for all, and keeps the addresses of the others.

Nothing is lost by it: each address keeps its item, with the versions that stood there, and stands for itself again as
soon as its text is another.
"""

from collections.abc import Collection, Iterable
from itertools import groupby

from sqlalchemy import Connection, bindparam, func, or_, select

from cloneward.store.tables import addresses, items

_ARE_FOLDED = (items.c.removed_at.is_(None), items.c.rank.is_not(None))


def fold(connection: Connection, text_digests: Iterable[str]) -> None:
    """Let the first in rank of the items of each text stand for the others; call it when any of them has changed."""
    columns = items.c.text_digest, items.c.rank, items.c.id, items.c.same_as
    query = select(*columns).where(items.c.text_digest.in_(set(text_digests)), *_ARE_FOLDED)
    moved = []
    for _, group in groupby(connection.execute(query.order_by(*columns[:3])), lambda row: row.text_digest):
        first, *others = group
        wanted = [(first, None), *((other, first.id) for other in others)]
        moved += [{"key_": row.id, "same_as": same_as} for row, same_as in wanted if row.same_as != same_as]
    if moved:
        connection.execute(items.update().where(items.c.id == bindparam("key_")), moved)


def read_twins(connection: Connection, text_digests: Collection[str]) -> dict[str, set[str]]:
    """Give the ids of the items that have each text now, of those that are ever folded."""
    query = select(items.c.text_digest, items.c.id).where(items.c.text_digest.in_(text_digests), *_ARE_FOLDED)
    found: dict[str, set[str]] = {}
    for text_digest, item in connection.execute(query):
        found.setdefault(text_digest, set()).add(item)
    return found


def read_addresses(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give the further addresses of items that stand, in order: where else the same text was read."""
    stands = func.coalesce(items.c.same_as, items.c.id)
    own = items.alias()
    query = (
        select(stands, addresses.c.address, own.c.url)
        .join(items, items.c.id == addresses.c.item)
        .join(own, own.c.id == stands)
        .where(or_(items.c.id.in_(ids), items.c.same_as.in_(ids)), *_ARE_FOLDED)
    )
    found: dict[str, set[str]] = {}
    for item, address, url in connection.execute(query):
        # a page that an archive holds more than once has its later captures under its address and their date
        bare = address.partition(" ")[0]
        if bare != url:
            found.setdefault(item, set()).add(bare)
    return {item: tuple(sorted(places)) for item, places in found.items()}
