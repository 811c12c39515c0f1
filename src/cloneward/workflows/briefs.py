"""What a notice rests on and is written from, gathered from the records of a workspace."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import PurePosixPath

from sqlalchemy import Connection

from cloneward.act.guard import Claim, Facts, Limits, Refusal
from cloneward.act.ladder import Terms
from cloneward.clock import Clock, format_utc
from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Guard
from cloneward.model.action import Action
from cloneward.model.case import Verdict
from cloneward.model.notice import Brief, Place, Proof, Sender, Work
from cloneward.seal.sealing import tell_state
from cloneward.settings import Settings
from cloneward.store.actions import count_begun, list_erred
from cloneward.store.cases import get_verdict
from cloneward.store.workspace import Workspace
from cloneward.url import host_of

_DAY = timedelta(days=1)
_LOOK_UP_S = 10.0


def read_terms(settings: Settings) -> Terms:
    """Give how many must approve and how long it cools; where nobody has a role, one keeper is alone."""
    quotas = settings.quotas
    return Terms(
        approvals=quotas.approvals,
        approvals_grave=quotas.approvals_grave,
        cooling=timedelta(minutes=quotas.cooling_minutes),
        cooling_grave=timedelta(minutes=quotas.cooling_grave_minutes),
        alone=settings.roles == type(settings.roles)(),
    )


def read_limits(settings: Settings) -> Limits:
    """Give how many notices may go."""
    return Limits(per_recipient_day=settings.quotas.per_recipient_day, per_day=settings.quotas.per_day)


def read_sender(settings: Settings) -> Sender:
    """Give who writes.

    Raises:
        InputError: the settings do not say who, or how they are answered.
    """
    told = settings.sender
    if not (told.organisation and told.name and told.mail):
        raise InputError("the settings do not say who writes", hint="set organisation, name and mail in [sender]")
    names = ("organisation", "name", "mail", "postal", "phone")
    return Sender(**{name: getattr(told, name) for name in names}, site=settings.site)


def read_facts(workspace: Workspace, clock: Clock, connection: Connection, action: Action) -> Facts:
    """Give what is known of an action; whether its pages are live is for somebody else to say.

    Raises:
        InputError: there is no such verdict.
    """
    verdict, decided_at = get_verdict(connection, action.verdict)
    since, recipient = clock.now() - _DAY, action.recipient.address
    return Facts(
        verdict=verdict,
        decided_at=decided_at,
        is_sealed=_is_sealed(workspace, verdict),
        claims=_list_claims(workspace, clock, action),
        sent_day=count_begun(connection, since, recipient),
        sent_day_all=count_begun(connection, since),
        erred=list_erred(connection, recipient, Limits().of_last),
    )


def make_brief(
    workspace: Workspace, clock: Clock, action: Action, facts: Facts, served_from: Mapping[str, str | None]
) -> Brief:
    """Give all that the paper of an action is written from; `served_from` is by address of a page.

    Raises:
        InputError: the settings do not say who writes, or the verdict has no seal.
    """
    verdict = facts.verdict
    if verdict.seal is None:
        raise InputError(f"{verdict.target} was judged without a capture under seal", hint="cloneward judge CASE")
    standing = tell_state(workspace.folder / "evidence" / PurePosixPath(verdict.seal.path).name)
    proof = Proof(
        capture=PurePosixPath(verdict.seal.path).name,
        digest=verdict.seal.id,
        sealed_at=standing.seal.sealed_at if standing.seal else "",
        recipe=f"open the address with a browser, as we did at {verdict.captured_at}",
    )
    return Brief(
        action=action,
        sender=read_sender(workspace.settings),
        works=_list_works(workspace, clock, action),
        places=tuple(_make_place(url, facts, served_from.get(url)) for url in action.urls),
        proof=proof,
        at=format_utc(clock.now()),
        share=verdict.share_of_target,
        persons=verdict.persons_affected,
        signer=facts.signer,
    )


def find_address(settings: Settings, url: str) -> str | None:
    """Give the network address that answers for a page now; none where no name server tells."""
    try:
        found = Resolver(Guard(settings.fetch)).find_addresses(host_of(url), _LOOK_UP_S)
    except (InputError, RefusedError, Unavailable):
        return None
    return str(found[0])


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise what stands against an action, all of it in one error.

    Raises:
        RefusedError: there is anything.
    """
    told = "; ".join(f"{refusal.code}: {refusal.text}" for refusal in refusals)
    if told:
        raise RefusedError(told, hint="cloneward act plan CASE tells what is missing")


def _is_sealed(workspace: Workspace, verdict: Verdict) -> bool:
    if verdict.seal is None:
        return False
    return tell_state(workspace.folder / "evidence" / PurePosixPath(verdict.seal.path).name).state != "broken"


def _list_claims(workspace: Workspace, clock: Clock, action: Action) -> dict[str, Claim]:
    with workspace.reader(clock) as store:
        return {
            item.id: Claim(
                rights=item.rights,
                is_proven=item.url is not None and store.is_proven(host_of(item.url)),
                is_mandated=bool(item.mandate),
            )
            for item in store.find_all(action.items)
        }


def _list_works(workspace: Workspace, clock: Clock, action: Action) -> tuple[Work, ...]:
    with workspace.reader(clock) as store:
        return tuple(
            Work(item=item.id, kind=item.kind, url=item.url, since=store.since(item.id))
            for item in store.find_all(action.items)
        )


def _make_place(url: str, facts: Facts, served_from: str | None) -> Place:
    shown = [match for match in facts.verdict.matches if match.page == url]
    return Place(
        url=url,
        served_from=served_from,
        seen_at=format_utc(facts.seen[url]),
        works=tuple(dict.fromkeys(match.item for match in shown)),
        words=sum(span.words for match in shown for span in match.spans if match.kind == "text"),
        pictures=sum(match.kind in {"image", "video"} for match in shown),
    )
