"""The policy: versioned rules that turn findings into a verdict, and argue both sides.

The rules are those of the contract (check, default policy); their thresholds stand in a decision record. A verdict
says what was found on likeness and standing. Whether the law was broken is for a person to say, in papers that a
person signs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloneward.judge.attribution import find_attribution
from cloneward.judge.reasons import Case, argue
from cloneward.model.case import Likeness, NotCompared, Standing, Verdict, VerdictName
from cloneward.model.content import Extract, Grant, Item, Owner, Problem
from cloneward.model.finding import PageMatches
from cloneward.url import registered_domain


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The thresholds of one version of the rules; shares are in [0, 1]."""

    id: str = "default/1"
    copy_share: float = 0.5
    copy_words: int = 40
    partial_words: int = 40
    quote_words: int = 100
    quote_share: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is judged as one site.

    `site`: host name where known, else the target's name. `extracts`: of the pages that have matches. `items`: at
    least those in the matches. `languages`: declared by its pages, primary subtags.
    """

    name: str
    site: str
    findings: Sequence[PageMatches]
    extracts: Mapping[str, Extract]
    items: Mapping[str, Item]
    languages: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    hot_words: int = 0
    candidates_left_out: int = 0


def judge(target: Target, owner: Owner, *, today: str, policy: Policy, tool: str) -> Verdict:
    """Give the verdict on a target.

    Args:
        target: what was found on it.
        owner: whose content it is, and who may show it.
        today: YYYY-MM-DD, against which licences run out.
        policy: the thresholds.
        tool: name and version, for the record.
    """
    matches = tuple(match for finding in target.findings for match in finding.matches)
    words = sum(finding.words for finding in target.findings)
    covered = sum(finding.covered for finding in target.findings)
    case = Case(
        matches=matches,
        items=target.items,
        share=covered / words if words else 0.0,
        words=words,
        covered=covered,
        longest_group=max((max(match.group_words().values()) for match in matches), default=0),
        item_share=max((match.value for match in matches), default=0.0),
        hot_words=target.hot_words,
        candidates_left_out=target.candidates_left_out,
    )
    likeness = _weigh_likeness(case, policy)
    quoted = _find_quotations(target, case, owner, policy)
    standing = _find_standing(target, case, owner, quoted, today)
    is_read = any(finding.words for finding in target.findings) or bool(matches)
    return Verdict(
        target=target.name,
        site=target.site,
        captured_at=None,
        verdict=_name_verdict(likeness, standing, is_read=is_read),
        likeness=likeness,
        standing=standing,
        direction="unknown",
        share_of_target=round(case.share, 6),
        share_of_item_max=round(case.item_share, 6),
        words=words,
        pages=len(target.findings),
        items_matched=len({match.item for match in matches}),
        matches=matches,
        reasons=argue(case, likeness, standing, quoted, policy.partial_words),
        not_compared=_list_not_compared(target, owner, likeness, is_read=is_read),
        problems=target.problems,
        policy=policy.id,
        tool=tool,
        took_s=0.0,
    )


def _weigh_likeness(case: Case, policy: Policy) -> Likeness:
    """Whole from `copy_share` of the target on; a share of next to nothing says nothing, hence `copy_words`."""
    if case.share >= policy.copy_share and case.covered >= policy.copy_words:
        return "whole"
    return "partial" if case.longest_group >= policy.partial_words else "none"


def _find_quotations(target: Target, case: Case, owner: Owner, policy: Policy) -> dict[int, str]:
    """Give the matches that are quotations, by position, each with what names its source."""
    quoted: dict[int, str] = {}
    for position, match in enumerate(case.matches):
        words = sum(span.words for span in match.spans)
        item = case.items.get(match.item)
        if item is None or words > policy.quote_words or match.value > policy.quote_share:
            continue
        source = find_attribution(target.extracts[match.page], match.spans, item, owner)
        if source is not None:
            quoted[position] = source
    return quoted


def _find_standing(target: Target, case: Case, owner: Owner, quoted: Mapping[int, str], today: str) -> Standing:
    site = registered_domain(target.site)
    if site in owner.domains:
        return "own"
    if case.matches and any(_covers(grant, site, target.site, case, today) for grant in owner.grants):
        return "licensed"
    if case.matches and len(quoted) == len(case.matches):
        return "quotation"
    return "none_known"


def _covers(grant: Grant, site: str, host: str, case: Case, today: str) -> bool:
    """Say whether a licence that still runs covers every matched item; one without an address only a `*` covers."""
    if grant.domain not in {site, host} or (grant.until is not None and grant.until < today):
        return False
    addresses = {(case.items[match.item].url or "") if match.item in case.items else "" for match in case.matches}
    return all(any(_allows(pattern, address) for pattern in grant.may_show) for address in addresses)


def _allows(pattern: str, address: str) -> bool:
    return pattern == "*" or (bool(address) and address.startswith(pattern.removesuffix("*")))


def _name_verdict(likeness: Likeness, standing: Standing, *, is_read: bool) -> VerdictName:
    """Give the summary; the order is the contract's: what was not read, or is allowed, is never called a copy."""
    if not is_read:
        return "unknown"
    if likeness == "none":
        return "unrelated"
    if standing in {"own", "licensed"}:
        return "authorised"
    if standing in {"quotation", "criticism", "archive", "intermediary"}:
        return "benign"
    return "copy" if likeness == "whole" else "partial_copy"


def _list_not_compared(target: Target, owner: Owner, likeness: Likeness, *, is_read: bool) -> tuple[NotCompared, ...]:
    if not is_read:
        return ("no_text",)
    if likeness == "none" and target.languages and owner.languages and not target.languages & owner.languages:
        return ("language",)
    return ()
