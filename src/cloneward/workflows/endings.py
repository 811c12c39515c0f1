"""Endings: pages looked at again from several places, until it can be said that what they showed is gone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final, cast

from sqlalchemy import Connection

from cloneward.act.gone import Outlook, Rule, Sight, tell_end
from cloneward.capture.states import Look, see
from cloneward.clock import Clock
from cloneward.errors import Unavailable
from cloneward.model.action import Action
from cloneward.model.cases import Entry
from cloneward.model.vantage import Vantage
from cloneward.model.watch import State
from cloneward.store.cases import add_entry, get_verdict, list_entries
from cloneward.store.workspace import Workspace
from cloneward.workflows.capture import Missed, make_order
from cloneward.workflows.notices import Desk
from cloneward.workflows.watch import read_sealed
from cloneward.workflows.wiring import open_job

See = Callable[[str, Vantage, str], State]
"""Visits an address from a vantage, and gives what it has come to beside the sealed capture of an id."""

LOOKS: Final = 4
"""Vantages of one round: three must miss it, and one of them must be new to the site."""

_RULE: Final = Rule()


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What has come of each address of an action, as far as it was ever looked at."""

    action: Action
    outlooks: dict[str, Outlook]

    @property
    def is_over(self) -> bool:
        """Whether all of it is gone, for everybody and for good."""
        return all(outlook.end == "resolved" for outlook in self.outlooks.values())


@contextmanager
def open_see(workspace: Workspace, clock: Clock, *, is_plain: bool) -> Iterator[See]:
    """Give what visits an address from a vantage, and says what it has come to beside a sealed capture.

    Raises:
        InputError, Unavailable: as `open_job`.
    """
    with open_job(workspace, clock, is_plain=is_plain, falls_back=True) as job:

        def see_from(url: str, vantage: Vantage, against: str) -> State:
            sealed = read_sealed(job.evidence, against)
            order = replace(make_order(workspace.settings, url, [vantage]), pages=1)
            try:
                taken = next(job.take(order))
            except Unavailable as error:
                return see(Look(vantage=vantage.name, failure=error.cause, told=str(error)), sealed).state
            if isinstance(taken, Missed):  # never: of one vantage that is raised
                raise taken.error
            return see(Look(vantage=vantage.name, rendering=taken.rendering), sealed).state

        yield see_from


def look_again(desk: Desk, action: Action, vantages: Sequence[Vantage], visit: See) -> Looked:
    """Make one round of looks at the addresses of an action, and give what has come of each.

    Every look stands in the timeline of the case. Where all is gone, the action is resolved and its recipient told;
    where it is gone so far on a host that others share, an interim letter asks to hold steps against the domain.
    """
    with desk.workspace.transaction(desk.clock) as connection:
        verdict, decided_at = get_verdict(connection, action.verdict)
        used = _list_used(connection, action)
    against = PurePosixPath(verdict.seal.path).name if verdict.seal else ""
    first = Sight(vantage="desktop", at=decided_at, state="live")
    outlooks: dict[str, Outlook] = {}
    for url in action.urls:
        for vantage in _choose(vantages, used | {first.vantage}):
            sight = Sight(vantage=vantage.name, state=visit(url, vantage, against), at=desk.clock.now())
            with desk.workspace.transaction(desk.clock) as connection:
                add_entry(connection, action.case, _note(action, sight, url))
        with desk.workspace.transaction(desk.clock) as connection:
            outlooks[url] = tell_end([first, *_list_sights(connection, action, url)], _RULE)
    looked = Looked(action=action, outlooks=outlooks)
    since = min((one.gone_since for one in outlooks.values() if one.gone_since), default=None)
    if looked.is_over:
        desk.end(action.id, "cloneward", f"not seen since {since:%Y-%m-%d %H:%M} UTC by anybody", has_erred=False)
    elif since is not None and verdict.host != "dedicated" and all(one.gone_since for one in outlooks.values()):
        desk.tell(action, "interim", _say_interim(action, f"{since:%Y-%m-%d %H:%M} UTC"))
    return looked


def _choose(vantages: Sequence[Vantage], used: frozenset[str] | set[str]) -> list[Vantage]:
    """Give those that have seen it before, and one that the site has never met, so many together."""
    known = [one for one in vantages if one.name in used]
    new = [one for one in vantages if one.name not in used]
    return [*known, *new[: max(LOOKS - len(known), 1)]]


def _list_used(connection: Connection, action: Action) -> frozenset[str]:
    return frozenset(sight.vantage for url in action.urls for sight in _list_sights(connection, action, url))


def _list_sights(connection: Connection, action: Action, url: str) -> list[Sight]:
    return [
        Sight(vantage=entry.detail["vantage"], at=entry.at, state=cast("State", entry.detail["state"]))
        for entry in list_entries(connection, action.case)
        if entry.kind == "seen" and entry.detail.get("url") == url
    ]


def _note(action: Action, sight: Sight, url: str) -> Entry:
    detail = {"url": url, "vantage": sight.vantage, "state": sight.state}
    text = f"{url} from {sight.vantage}: {sight.state}"
    return Entry(kind="seen", at=sight.at, by="cloneward", text=text, subject=action.id, detail=detail)


def _say_interim(action: Action, since: str) -> str:
    addresses = "\n".join(f"  {url}" for url in action.urls)
    return (
        f"The content is not reachable since {since}. We look again before we call it resolved.\n"
        f"Others have pages on that domain: please hold any step against all of it.\n\nIt was about:\n{addresses}\n"
    )
