"""Attempts to act without what the act needs: the facts of a case, the act, and why it must be refused.

Each attempt is a lawful case with one thing wrong (`defect`), so that one reason alone is right; `PAIRS` have two, and
either reason will do. `list_allowed` are acts that must not be refused: lawful cases, and such as stand just inside a
bound. Limits, where the issue gives them: two withdrawals in the last 50 notices to a recipient stop it; live again at
most ten minutes before sending. The others are part of the facts (`quota`, `cooling_h`, `verdict_days`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

LIVE_MINUTES = 10
WITHDRAWALS, WINDOW = 2, 50
REASONS = {
    "category": "the category lacks its own evidence",
    "proof": "no item is proven to be the owner's first",
    "mandate": "the person whose work it is has given no mandate",
    "direction": "it is not shown that we were first",
    "likeness": "nothing of ours was found",
    "standing": "the page may show it, or may well do",
    "host": "the host is shared, a platform or compromised: nothing at domain level",
    "approver": "an approval is missing, was taken back, or is of something else",
    "same-approver": "one person cannot approve twice, nor what they proposed",
    "role": "the approver has not the role that this needs",
    "signature": "papers of law are signed by a named person",
    "quota": "the quota is used up",
    "cooling": "the cooling time has not passed",
    "withdrawals": "the recipient is stopped: too many notices were withdrawn",
    "verdict": "there is no verdict, or it is out of date or superseded",
    "seal": "the evidence is not sealed, or its seal does not hold",
    "live": "the page was not seen live shortly before, or is gone",
    "duplicate": "the same address was reported to the same recipient, and that is open",
    "transition": "the act does not follow on the state of the action",
    "recipient": "there is no one to send it to, or it is ourselves or a registry of numbers",
    "sandbox": "nothing leaves the sandbox",
    "stopped": "acting is stopped altogether",
    "clock": "the clock went back",
}
ACTS = ("propose", "approve", "perform", "confirm", "resolve", "withdraw")
STATES = ("none", "proposed", "approved", "performed", "confirmed", "resolved", "withdrawn", "failed", "refused")
FOLLOWS = {  # the only states on which an act may follow
    "propose": {"none"},
    "approve": {"proposed"},
    "perform": {"approved"},
    "confirm": {"performed"},
    "resolve": {"performed", "confirmed"},
    "withdraw": {"performed", "confirmed", "resolved"},
}
EVIDENCE = {  # what a category needs to have been seen
    "phishing": "credential_form",
    "fraud": "payment",
    "malware": "malware",
    "brand_infringement": "brand",
    "exposed_data": "personal_data",
}


@dataclass(frozen=True)
class Facts:
    """A case and an action on it. `approvals` are person and role, in their order."""

    category: str = "copyright"  # of the report
    paper: str = "host"  # host, dmca, dsa
    level: str = "page"  # page, domain
    recipient: str = "host"  # host, registrar; rir: a registry of numbers
    address: str = "abuse@hosting.test"
    harms: frozenset[str] = frozenset()
    likeness: str = "whole"
    standing: str = "none_known"
    direction: str = "ours_first"
    verdict: str = "copy"
    verdict_age_days: int = 0
    verdict_days: int = 7
    superseded: bool = False
    host: str = "dedicated"
    rights: str = "own"
    proven: bool = True
    mandate: bool = False
    sealed: str = "sealed"  # sealed, pending, broken, none
    live_minutes: float | None = 2.0  # since the page was seen live; None: never
    is_live: bool = True
    severity: str = "normal"  # normal: one approver; high: two
    proposer: str = "ada"
    approvals: tuple[tuple[str, str], ...] = (("ben", "reviewer"),)
    approved_digest: str = "same"  # of what was approved: same, other
    signed_by: str = ""
    quota: tuple[int, int] = (3, 20)  # used, at most
    cooling_h: tuple[float, float] = (5.0, 1.0)  # passed since it was proposed, needed
    withdrawn: tuple[int, ...] = ()  # how many notices ago each withdrawal to the recipient was
    open_before: bool = False
    state: str = "approved"
    sandbox: bool = False
    stopped: bool = False
    clock_back: bool = False


@dataclass(frozen=True)
class Attempt:
    """An act on a case; any of `reasons` is right, none at all means that it must be allowed."""

    name: str
    facts: Facts
    act: str
    reasons: frozenset[str] = field(default_factory=frozenset)


COUNSEL = (("ben", "reviewer"), ("cleo", "counsel"))
TWO = (("ben", "reviewer"), ("dan", "lead"))
LAWFUL: Mapping[str, Facts] = {
    "host-copy": Facts(),
    "host-part": Facts(likeness="partial", verdict="partial_copy", host="shared"),
    "platform-page": Facts(host="platform"),
    "mandated": Facts(rights="user", mandate=True),
    "dmca": Facts(paper="dmca", approvals=COUNSEL, signed_by="Cleo Counsel", severity="high"),
    "dsa": Facts(paper="dsa", approvals=COUNSEL, signed_by="Cleo Counsel", severity="high"),
    "phishing": Facts(
        category="phishing",
        harms=frozenset({"credential_form", "brand"}),
        likeness="brand_only",
        verdict="impersonation",
        severity="high",
        approvals=TWO,
    ),
    "fraud": Facts(category="fraud", harms=frozenset({"payment", "brand"}), severity="high", approvals=TWO),
    "malware": Facts(category="malware", harms=frozenset({"malware"}), severity="high", approvals=TWO),
    "brand": Facts(
        category="brand_infringement",
        harms=frozenset({"brand"}),
        likeness="brand_only",
        verdict="impersonation",
        severity="high",
        approvals=TWO,
    ),
    "data": Facts(category="exposed_data", harms=frozenset({"personal_data"}), severity="high", approvals=TWO),
    "domain": Facts(
        category="phishing",
        level="domain",
        recipient="registrar",
        harms=frozenset({"credential_form", "brand"}),
        severity="high",
        approvals=TWO,
    ),
}

Change = Callable[[Facts], dict[str, Any] | None]  # None: the defect is none in this case


def _needs_work(facts: Facts) -> bool:
    """Whether the act rests on a work of ours, and not on a name or a form alone."""
    return facts.category == "copyright"


def _for_works(**changes: Any) -> Change:
    return lambda facts: changes if _needs_work(facts) else None


def _for_all(**changes: Any) -> Change:
    return lambda _: changes


def _for_high(**changes: Any) -> Change:
    return lambda facts: changes if facts.severity == "high" else None


def _for_law(**changes: Any) -> Change:
    return lambda facts: changes if facts.paper != "host" else None


def _for_domain(**changes: Any) -> Change:
    return lambda facts: changes if facts.level == "domain" else None


def _for_category(**changes: Any) -> Change:
    return lambda facts: changes if facts.category in EVIDENCE else None


def _relabel(category: str) -> Change:
    """The word of another category, without what it needs."""
    return lambda facts: {"category": category} if EVIDENCE[category] not in facts.harms else None


DEFECTS: Mapping[str, tuple[str, Change]] = {
    "no-evidence": ("category", _for_category(harms=frozenset())),
    "other-evidence": (
        "category",
        lambda facts: {"harms": frozenset({"login_only"})} if facts.category in EVIDENCE else None,
    ),
    **{f"called-{category}": ("category", _relabel(category)) for category in EVIDENCE},
    "unproven": ("proof", lambda facts: {"proven": False} if _needs_work(facts) and facts.rights == "own" else None),
    "no-mandate": ("mandate", _for_works(rights="user", mandate=False)),
    "licensed-only": ("mandate", _for_works(rights="licensed", mandate=False)),
    "theirs-first": ("direction", _for_works(direction="theirs_first")),
    "common-source": ("direction", _for_works(direction="common_source")),
    "direction-unknown": ("direction", _for_works(direction="unknown")),
    "no-likeness": ("likeness", lambda facts: {"likeness": "none"} if _needs_work(facts) else None),
    "brand-only-as-copy": ("likeness", _for_works(likeness="brand_only")),
    "own-page": ("standing", _for_all(standing="own", verdict="authorised")),
    "licensed-page": ("standing", _for_all(standing="licensed", verdict="authorised")),
    "quotation": ("standing", _for_works(standing="quotation", verdict="benign")),
    "criticism": ("standing", _for_works(standing="criticism", verdict="benign")),
    "archive": ("standing", _for_works(standing="archive", verdict="benign")),
    "translator": ("standing", _for_works(standing="intermediary", verdict="benign")),
    "shared-domain": ("host", _for_domain(host="shared")),
    "platform-domain": ("host", _for_domain(host="platform")),
    "compromised-domain": ("host", _for_domain(host="compromised")),
    "unknown-domain": ("host", _for_domain(host="unknown")),
    "shared-escalated": (
        "host",
        lambda facts: {"level": "domain", "recipient": "registrar"} if facts.host in {"shared", "platform"} else None,
    ),
    "no-approver": ("approver", _for_all(approvals=())),
    "one-of-two": ("approver", _for_high(approvals=(("cleo", "counsel"),))),
    "other-text": ("approver", _for_all(approved_digest="other")),
    "own-approval": (
        "same-approver",
        lambda facts: {"proposer": facts.approvals[0][0]},
    ),
    "twice-the-same": ("same-approver", _for_high(approvals=(("cleo", "counsel"), ("cleo", "lead")))),
    "same-in-capitals": ("same-approver", _for_high(approvals=(("cleo", "counsel"), ("Cleo ", "counsel")))),
    "no-role": ("role", lambda facts: {"approvals": tuple((name, "viewer") for name, _ in facts.approvals)}),
    "no-counsel": ("role", _for_law(approvals=TWO)),
    "unsigned": ("signature", _for_law(signed_by="")),
    "signed-by-program": ("signature", _for_law(signed_by="Cloneward")),
    "quota-used": ("quota", _for_all(quota=(20, 20))),
    "quota-over": ("quota", _for_all(quota=(25, 20))),
    "quota-none": ("quota", _for_all(quota=(0, 0))),
    "too-soon": ("cooling", _for_all(cooling_h=(0.5, 1.0))),
    "much-too-soon": ("cooling", _for_all(cooling_h=(0.0, 24.0))),
    "two-withdrawn": ("withdrawals", _for_all(withdrawn=(3, 17))),
    "three-withdrawn": ("withdrawals", _for_all(withdrawn=(1, 2, 50))),
    "verdict-old": ("verdict", _for_all(verdict_age_days=30)),
    "verdict-superseded": ("verdict", _for_all(superseded=True)),
    "verdict-unknown": ("verdict", _for_all(verdict="unknown")),
    "verdict-unrelated": ("verdict", _for_all(verdict="unrelated")),
    "no-verdict": ("verdict", _for_all(verdict="")),
    "seal-broken": ("seal", _for_all(sealed="broken")),
    "not-sealed": ("seal", _for_all(sealed="none")),
    "page-gone": ("live", _for_all(is_live=False)),
    "seen-long-ago": ("live", _for_all(live_minutes=LIVE_MINUTES + 0.5)),
    "never-seen": ("live", _for_all(live_minutes=None)),
    "reported-before": ("duplicate", _for_all(open_before=True)),
    "nobody": ("recipient", _for_all(address="")),
    "to-ourselves": ("recipient", _for_all(address="abuse@owner.test")),
    "to-a-registry": ("recipient", _for_all(recipient="rir", address="abuse@rdap-ripe.test")),
    "sandbox": ("sandbox", _for_all(sandbox=True)),
    "stopped": ("stopped", _for_all(stopped=True)),
    "clock-back": ("clock", _for_all(clock_back=True)),
}
EITHER = {  # reasons that name one and the same thing
    "verdict": {"verdict", "likeness"},
    "no-likeness": {"likeness", "verdict"},
    "standing": {"standing", "verdict"},
    "direction": {"direction", "verdict"},
    "same-approver": {"same-approver", "approver"},
    "role": {"role", "approver"},
    "clock": {"clock", "cooling", "live", "verdict"},
    "proof": {"proof", "direction"},
}
PAIRED = (
    "no-approver",
    "quota-used",
    "page-gone",
    "unproven",
    "theirs-first",
    "two-withdrawn",
    "no-evidence",
    "unsigned",
)


def list_attempts() -> list[Attempt]:
    """Every act that must be refused, the same at each call."""
    attempts = []
    for base, facts in LAWFUL.items():
        for name, (reason, change) in DEFECTS.items():
            if (changed := change(facts)) is not None:
                reasons = frozenset(EITHER.get(reason, {reason}))
                attempts.append(Attempt(f"{base}.{name}", replace(facts, **changed), "perform", reasons))
        attempts += _list_pairs(base, facts)
    return [*attempts, *_list_transitions(), *_list_early()]


def _list_pairs(base: str, facts: Facts) -> Iterable[Attempt]:
    """Two things wrong at a time: either reason will do."""
    for left, right in combinations(PAIRED, 2):
        (first, change), (second, other) = DEFECTS[left], DEFECTS[right]
        changed, changed_too = change(facts), other(facts)
        if changed is not None and changed_too is not None:
            reasons = frozenset(EITHER.get(first, {first}) | EITHER.get(second, {second}))
            yield Attempt(f"{base}.{left}+{right}", replace(facts, **changed, **changed_too), "perform", reasons)


def _list_transitions() -> Iterable[Attempt]:
    """Acts in an order in which none may follow."""
    for act in ACTS:
        for state in STATES:
            if state not in FOLLOWS[act]:
                approvals = () if state in {"none", "proposed"} else LAWFUL["host-copy"].approvals
                facts = replace(LAWFUL["host-copy"], state=state, approvals=approvals)
                yield Attempt(f"{state}.{act}", facts, act, frozenset({"transition", "approver", "duplicate"}))


def _list_early() -> Iterable[Attempt]:
    """What must be refused as soon as it is proposed: it could never be sent, and nobody should be asked to approve."""
    for name in (
        "theirs-first",
        "no-mandate",
        "archive",
        "not-sealed",
        "verdict-unrelated",
        "called-phishing",
        "no-verdict",
    ):
        reason, change = DEFECTS[name]
        facts = replace(LAWFUL["host-copy"], **(change(LAWFUL["host-copy"]) or {}), state="none", approvals=())
        yield Attempt(f"early.{name}", facts, "propose", frozenset(EITHER.get(reason, {reason})))


def list_allowed() -> list[Attempt]:
    """What must not be refused: every lawful case from its proposal on, and what stands just inside a bound."""
    allowed = []
    for base, facts in LAWFUL.items():
        allowed.append(Attempt(f"{base}.propose", replace(facts, state="none", approvals=()), "propose"))
        allowed.append(Attempt(f"{base}.perform", facts, "perform"))
        for name, changes in INSIDE.items():
            allowed.append(Attempt(f"{base}.{name}", replace(facts, **changes), "perform"))
    for act, states in FOLLOWS.items():
        allowed += [
            Attempt(f"{state}.{act}", replace(LAWFUL["host-copy"], state=state, approvals=()), act)
            for state in sorted(states)
            if act not in {"propose", "perform"}
        ]
    return allowed


INSIDE: Mapping[str, dict[str, Any]] = {
    "last-of-quota": {"quota": (19, 20)},
    "one-withdrawn": {"withdrawn": (3,)},
    "two-long-ago": {"withdrawn": (WINDOW + 1, WINDOW + 9)},
    "just-live": {"live_minutes": LIVE_MINUTES - 0.5},
    "just-cooled": {"cooling_h": (1.1, 1.0)},
    "just-fresh": {"verdict_age_days": 6},
}


def judge_attempt(attempt: Attempt, said: Mapping[str, Any]) -> list[str]:
    """What is wrong in what came of an act: `refused`, and the class of `reason`, or several `reasons`."""
    if not attempt.reasons:
        return [f"it was refused: {said.get('reasons') or said.get('reason')}"] if said.get("refused") else []
    if not said.get("refused"):
        return ["it was allowed"]
    told = {*(said.get("reasons") or ()), *((said["reason"],) if said.get("reason") else ())}
    wanted = " or ".join(sorted(attempt.reasons))
    return [] if told & attempt.reasons else [f"it is refused for {wanted}, said {sorted(told) or 'nothing'}"]
