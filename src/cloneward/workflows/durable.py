"""Bodies whose steps are not done again after a crash: what each gave is in a database. Alone imports dbos.

Values are kept as JSON, never pickled: whoever can write to the database cannot run code here.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar, TypeVarTuple, get_type_hints

from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID, error
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from cloneward.errors import Unavailable
from cloneward.model.codec import decode, encode
from cloneward.ports import Body, Run

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")
VERSION: Final = "1"
"""Of the bodies: raised with the order or the names of steps; what an older one began is then left to lie."""

_NAME: Final = "cloneward"
_BODY: Final = "leg"


@contextmanager
def open_engine(database: URL, body: Body) -> Iterator[Run]:
    """Give what runs a body, on SQLite or PostgreSQL; what a killed process left halfway goes on by itself.

    A bug that a body meets is raised, and what it did is done again next time.

    One at a time in a process, and one process at a time for a database: the caller sees to that.

    Raises:
        Unavailable: the database cannot be reached.
    """
    config: DBOSConfig = {
        "name": _NAME,
        "system_database_url": database.render_as_string(hide_password=False),
        "application_version": VERSION,
        "serializer": _Json(),
        "log_level": "CRITICAL",
        "enable_otlp": False,
    }
    try:
        DBOS(config=config)
        work = DBOS.workflow(name=_BODY)(lambda line: body(_Durable(), line.encode()))
        DBOS.launch()
        yield lambda name, noun: _run(work, name, encode(noun).decode())
    except (error.DBOSException, OperationalError) as failure:
        raise Unavailable(f"the durable workflows stop: {failure}", hint="look whether the database is up") from failure
    finally:
        DBOS.destroy(destroy_registry=True)
        logging.getLogger("dbos").handlers.clear()  # theirs write to the stream of the day of their making


def _run(work: Callable[[str], None], name: str, line: str) -> None:
    with SetWorkflowID(name):
        handle = DBOS.start_workflow(work, line)
    try:
        handle.get_result()
    except Exception:
        DBOS.delete_workflow(name)  # it must be able to begin again by its name
        raise
    DBOS.delete_workflow(name)  # what it did is on record elsewhere


class _Durable:
    """Steps that are kept; only within a body that an engine runs."""

    def step(self, name: str, function: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
        """Give what a function gives, or gave before; see `cloneward.ports.Steps`."""
        kind: type[Value] = get_type_hints(function)["return"]
        kept = DBOS.run_step({"name": name}, lambda: encode(function(*arguments)).decode())
        return decode(kept.encode(), kind)


class _Json(Serializer):
    """What DBOS keeps, as JSON: lines that we wrote, in lists and objects of its own, and errors by their words."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401  its type is theirs
        """Give the JSON of what a step gave, or of the error that it raised."""
        return json.dumps({"error": repr(data)} if isinstance(data, BaseException) else {"value": data})

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401  its type is theirs
        """Give what was kept; an error as one of no kind of ours."""
        kept = json.loads(serialized_data)
        return RuntimeError(kept["error"]) if "error" in kept else kept["value"]

    def name(self) -> str:
        """Give the name under which DBOS notes how a value was written."""
        return "json"
