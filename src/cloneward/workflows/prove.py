"""Proves that an owner controls a domain: key, claim, look, record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cloneward.clock import Clock
from cloneward.errors import Problem
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Guard
from cloneward.fetch.http import Fetcher
from cloneward.model.evidence import Method, Proof
from cloneward.protect.proof import MAX_FILE_BYTES, Claim, find_file, find_record, make_claim
from cloneward.settings import Settings
from cloneward.store.keys import find_keys, load_key
from cloneward.store.workspace import Workspace

METHODS: tuple[Method, ...] = ("dns", "file")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What was claimed; the proof as it is on record now, or none; and why what was asked before it gave none."""

    claim: Claim
    proof: Proof | None
    problems: tuple[Problem, ...]


def prove(workspace: Workspace, address: str | None, methods: Sequence[Method], clock: Clock) -> Attempt:
    """Look for the proof in one place after the other, and put it on record. The lock is held for the record alone.

    Args:
        workspace: whose key asks.
        address: a host name or address of the domain; none: that of the protected site.
        methods: where to look, in this order.
        clock: for the pace, and for the record.

    Raises:
        InputError: there is no such domain, or no place for a key.
        Unavailable: another process is writing.
    """
    settings = workspace.settings
    key = load_key(find_keys(settings.keys, workspace.folder), settings.site)
    claim = make_claim(address or settings.site, key)
    problems: list[Problem] = []
    for method in methods:
        match _LOOK[method](claim, settings, clock):
            case Proof() as proof:
                with workspace.writer(clock) as store:
                    return Attempt(claim=claim, proof=store.record_proof(proof), problems=tuple(problems))
            case problem:
                problems.append(problem)
    return Attempt(claim=claim, proof=None, problems=tuple(problems))


def _look_up(claim: Claim, settings: Settings, _: Clock) -> Proof | Problem:
    return find_record(claim, Resolver(Guard(settings.fetch)), settings.fetch.timeout_s)


def _look_at_file(claim: Claim, settings: Settings, clock: Clock) -> Proof | Problem:
    rules = replace(settings.fetch, max_bytes=min(MAX_FILE_BYTES, settings.fetch.max_bytes))
    return find_file(claim, Fetcher(rules, clock, contact=settings.site))


_LOOK: Mapping[Method, Callable[[Claim, Settings, Clock], Proof | Problem]] = {"dns": _look_up, "file": _look_at_file}
