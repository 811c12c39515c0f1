"""Each decision on who may what leaves a line on the ledger, and each use names that line; so a gap is found.

A reason goes into a ledger that nothing is ever taken out of: it must name a case or a request, and no person.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cloneward.clock import Clock
from cloneward.errors import InputError, RefusedError
from cloneward.govern.roles import WHY, Action, Permission, Request, Staff, may
from cloneward.seal.custody import Act, Head, Ledger
from cloneward.seal.verify import digest, parse_moment, read_entry, spell, state_line

MOST_REASON: Final = 500
"""Characters of a reason."""
GIVEN: Final = "access.given"
REFUSED: Final = "access.refused"
REVIEWED: Final = "access.reviewed"

DONE: Final[Mapping[str, Action]] = {
    "hold.lifted": "hold.lift",
    "hold.placed": "hold.place",
    "key.rotated": "key.rotate",
    "material.handed_over": "material.hand_over",
    "material.released": "material.release",
    "material.seized": "material.seize",
    "original.unsealed": "original.unseal",
    "person.forgotten": "person.forget",
    "region.released": "region.release",
    "retention.done": "retention.run",
    "vault.opened": "vault.open",
    REVIEWED: "audit.review",
}
"""What is entered when something was done, and the action that must have been given before."""


@dataclass(frozen=True)
class Pass:
    """A permission on the ledger: for whom and what, and the number of its entry. It is good for one use."""

    request: Request
    number: int


@dataclass(frozen=True)
class Gap:
    """An entry of the ledger that something is missing for, or about: its number, and what, in words."""

    number: int
    text: str


class Gate:
    """Asks who may what, and enters each answer before it is given."""

    def __init__(self, staff: Staff, ledger: Ledger, clock: Clock) -> None:
        self._staff = staff
        self._ledger = ledger
        self._clock = clock

    def ask(self, request: Request) -> tuple[Permission, Head]:
        """Give the answer, and the entry of the ledger that it has become.

        Raises:
            InputError: the reason is too long.
            Unavailable, EvidenceError: as the ledger raises them; then nothing is allowed.
        """
        if len(request.reason) > MOST_REASON:
            hint = "name the case or the request; what belongs to it goes into the case"
            raise InputError(f"a reason of {len(request.reason):,} characters", hint=hint)
        permission = may(request, self._staff)
        detail = {
            "action": request.action,
            "case": request.subject.case,
            "emergency": permission.is_emergency,
            "reason": request.reason.strip(),
            "second": request.second,
            "why": permission.why,
        }
        act = Act(GIVEN if permission.is_given else REFUSED, request.subject.id, request.actor, detail)
        return permission, self._ledger.add(act, self._clock.now())

    def expect(self, request: Request) -> Pass:
        """Give the permission to do something once.

        Raises:
            RefusedError: it is not given; that stands on the ledger too.
        """
        permission, head = self.ask(request)
        if not permission.is_given:
            text = f"{request.actor} may not: {request.action} of {request.subject.id}: {WHY[permission.why]}"
            hint = "[roles] in the settings says who has which role; docs/guides/govern.md, which role may what"
            raise RefusedError(text, hint=hint)
        return Pass(request, head.number)

    def enter(self, what: str, permitted: Pass, detail: Mapping[str, object]) -> Head:
        """Enter that what was permitted is being done, before its effect is shown to anybody.

        Raises:
            ValueError: it is not what was permitted.
        """
        request = permitted.request
        if DONE.get(what) != request.action:
            raise ValueError(f"{what} was not permitted by {request.action}")
        act = Act(what, request.subject.id, request.actor, {**detail, "permission": permitted.number})
        return self._ledger.add(act, self._clock.now())


def find_gaps(lines: Iterable[bytes], head: Head | None = None) -> Iterator[Gap]:
    """Give where lines of a ledger are missing or changed, and what was done without a permission of its own.

    Signatures and time stamps are not looked at: `seal.verify` does that. `head`: as it was known elsewhere, without
    which lines that are missing at the end are not seen.
    """
    given: dict[int, tuple[str, str, Action]] = {}
    number, previous, heads = 0, None, {0: ""}
    for number, raw in enumerate(lines, 1):
        line = read_entry(raw)
        if line is None:
            yield Gap(number, "it cannot be read")
            return
        if line["number"] != number or line["previous"] != previous:
            yield Gap(number, "what stood before it is missing or changed")
            return
        heads[number] = previous = digest(spell(state_line(line)))
        if fault := _find_fault(line, given):
            yield Gap(number, fault)
    if head and heads.get(head.number) != head.digest:
        yield Gap(number + 1, f"entries up to {head.number} were there and are missing or changed")


def list_unreviewed(lines: Iterable[bytes]) -> list[int]:
    """Give the numbers of permissions that were given in an emergency and that nobody has looked at since."""
    waiting: dict[int, None] = {}
    for line in map(read_entry, lines):
        entry = line.get("entry") if line else None
        if line and entry and entry["what"] == GIVEN and entry["detail"].get("emergency"):
            waiting[line["number"]] = None
        elif entry and entry["what"] == REVIEWED:
            waiting.pop(_read_number(entry["detail"].get("looked_at")), None)
    return list(waiting)


_GOOD_FOR: Final = timedelta(days=1)


def _read_number(value: object) -> int:
    """Give the number of an entry that another names; 0, which none has, where it names none: lines say anything."""
    return value if isinstance(value, int) else 0


def _find_fault(line: Mapping[str, Any], given: dict[int, Any]) -> str:
    """Keep what an entry gives, or use up what it was given; tell what is wrong with that."""
    entry = line.get("entry")
    if entry is None:
        return ""
    detail, at = entry["detail"], parse_moment(line["at"])
    if entry["what"] == GIVEN:
        given[line["number"]] = (entry["who"], entry["subject"], detail.get("action"), at)
        return ""
    if entry["what"] not in DONE:
        return ""
    who, subject, action, since = given.pop(_read_number(detail.get("permission")), ("", "", None, at))
    if (who, subject, action) != (entry["who"], entry["subject"], DONE[entry["what"]]):
        return f"{entry['what']} without a permission of its own"
    return "" if at - since <= _GOOD_FOR else f"{entry['what']} more than a day after its permission"
