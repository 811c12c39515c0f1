"""From what a visit was given, or why it failed, to the state of a watched address and its cause.

What shows the copy outweighs all else: a page that says "suspended" below our whole text is live.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloneward.capture.matrix import find_status, read_text
from cloneward.capture.parking import find_default, find_parking, find_suspension
from cloneward.fingerprint.winnow import fingerprint
from cloneward.model.vantage import Rendering
from cloneward.model.watch import SHOWN, Cause, Revisit, State
from cloneward.url import host_of, registered_domain

_SAME: Final = 0.5  # part of the sealed text that must still be there, as a half is what policy default/1 calls a copy
_FEWEST: Final = 10  # words; below, a page says nothing
_GONE: Final = frozenset({401, 403, 404, 410})  # it answers, and shows nothing
_FAILED: Final = 500
_LEGAL: Final = 451
_REFUSED: Final = 400
_TLS: Final = "TLS failed"  # how the recording proxy words it
_HELD: Final = frozenset({"clienthold", "serverhold"})


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one vantage was given: a rendering, or why there is none and in whose words."""

    vantage: str
    rendering: Rendering | None = None
    failure: Cause = "host"
    told: str = ""


def find_state(
    looks: Sequence[Look], sealed: str, *, before: State | None = None, domain_status: Sequence[str] = ()
) -> Revisit:
    """Give the state of an address from what every vantage was given.

    Args:
        looks: at least one.
        sealed: visible text of the sealed capture.
        before: the state at the last visit; what is shown again after a state of being gone is `back`.
        domain_status: of the domain at its registry, as RDAP or WHOIS spell it.
    """
    return join_sights([see(look, sealed) for look in looks], before=before, domain_status=domain_status)


def join_sights(seen: Sequence[Revisit], *, before: State | None = None, domain_status: Sequence[str] = ()) -> Revisit:
    """Give the state of an address from what `see` gave for every vantage; otherwise as `find_state`."""
    shown = [one for one in seen if one.state == "live"]
    withheld = [one for one in seen if one.state not in {"live", "unreachable"}]
    if shown and withheld:
        return replace(shown[0], state="cloaked", evidence=f"{shown[0].evidence}; but {withheld[0].evidence}")
    if shown:
        is_back = before is not None and before not in SHOWN
        return replace(shown[0], state="back") if is_back else shown[0]
    held = [status for status in domain_status if "".join(status.lower().split()) in _HELD]
    if held:
        return Revisit(state="suspended", cause="dns", evidence=f"the registry says {held[0]}")
    return (withheld or seen)[0]


def see(look: Look, sealed: str) -> Revisit:
    """Give the state as one vantage sees it: never cloaked, and never back."""
    if look.rendering is None:
        return Revisit(state="unreachable", cause=look.failure, evidence=f"{look.vantage}: {look.told}")
    rendering = look.rendering
    if failure := _find_failure(rendering):
        return Revisit(state="unreachable", cause=failure[0], evidence=f"{look.vantage}: {failure[1]}")
    text = read_text(rendering)
    containment = _measure_containment(np.unique(fingerprint(sealed).shingles), sealed, text)
    state, cause, what = _tell(rendering, text, containment)
    return Revisit(state=state, cause=cause, evidence=f"{look.vantage}: {what}", containment=containment)


def is_page(rendering: Rendering, sealed: str) -> bool:
    """Say whether a page is as long as half of the sealed one or longer: what stands in for a site is short."""
    return len(read_text(rendering).split()) >= _SAME * len(sealed.split())


def _tell(rendering: Rendering, text: str, containment: float | None) -> tuple[State, Cause, str]:
    is_elsewhere = _domain(rendering.final_url) != _domain(rendering.url)
    if containment is not None and containment >= _SAME:
        share = f"{containment:.2f} of the sealed text"
        return (
            ("moved", "redirect", f"{share} at {rendering.final_url}") if is_elsewhere else ("live", "content", share)
        )
    standing_in = _tell_stand_in(rendering, text, is_elsewhere=is_elsewhere)
    if standing_in is not None:
        return standing_in
    status = find_status(rendering)
    if is_elsewhere:
        return "moved", "redirect", rendering.final_url
    if status is not None and status >= _REFUSED:
        return _tell_status(status)
    if len(text.split()) < _FEWEST:
        return "empty", "content", f"{len(text.split())} words"
    return "changed", "content", f"{containment or 0.0:.2f} of the sealed text"


def _tell_stand_in(rendering: Rendering, text: str, *, is_elsewhere: bool) -> tuple[State, Cause, str] | None:
    """Give the state where a host, or a service that sells domains, answers in place of a site."""
    if found := find_suspension(text):
        return "suspended", "content", found
    if found := find_parking(text, (host_of(rendering.final_url), *map(host_of, _list_frames(rendering)))):
        return "parked", "redirect" if is_elsewhere else "content", found
    if found := find_default(text):
        return "empty", "host", found
    return None


def _tell_status(status: int) -> tuple[State, Cause, str]:
    """Give the state for a status that refuses: by law, for good, or for whoever asks now."""
    if status == _LEGAL:
        return "suspended", "status", f"status {status}"
    state: State = "empty" if status in _GONE else "unreachable"
    return state, "host" if status >= _FAILED else "status", f"status {status}"


def _measure_containment(sealed: NDArray[np.uint64], words: str, text: str) -> float | None:
    """Give the part of the sealed text that is there; of texts too short for runs, whether the whole is."""
    if sealed.size:
        return round(int(np.isin(sealed, fingerprint(text).shingles).sum()) / sealed.size, 4)
    short = " ".join(words.split())
    return float(short in " ".join(text.split())) if short else None


def _list_frames(rendering: Rendering) -> tuple[str, ...]:
    return tuple(document.url for document in rendering.documents)


def _find_failure(rendering: Rendering) -> tuple[Cause, str] | None:
    """Give why a browser showed nothing but its own page of failure; none where a page was answered."""
    hosts = {host_of(rendering.url), host_of(rendering.final_url)}
    unreached = [problem.text for problem in rendering.problems if problem.code == "host_unreached"]
    told = next((text for text in unreached if host_of(text.partition(" ")[0].rstrip(":")) in hosts), None)
    if told is None or find_status(rendering) is not None:
        return None
    if not any(rendering.addresses.get(host) for host in hosts):
        return "dns", told
    return ("tls" if _TLS in told else "host"), told


def _domain(address: str) -> str:
    return registered_domain(host_of(address))
