"""What addresses of the web gave when an import read them, so that what is unchanged is not fetched again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cloneward.store.tables import answers


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one address gave last. `etag`, `last_modified`: as the server sent them, or empty.

    `read_at`: when it was read, or last said to be unchanged. `digest`: of the bytes, which are an object.
    """

    url: str
    final_url: str
    digest: str
    content_type: str
    etag: str
    last_modified: str
    read_at: datetime


def read_answer(connection: Connection, url: str) -> Answer | None:
    """Give what an address gave last, or none."""
    row = connection.execute(select(answers).where(answers.c.url == url)).one_or_none()
    return None if row is None else Answer(**row._mapping)  # noqa: SLF001  SQLAlchemy's documented name


def write_answer(connection: Connection, answer: Answer) -> None:
    """Put an answer in the place of the one before."""
    mine = answers.c.url == answer.url
    if connection.execute(answers.update().where(mine).values(asdict(answer))).rowcount == 0:
        connection.execute(answers.insert(), asdict(answer))
