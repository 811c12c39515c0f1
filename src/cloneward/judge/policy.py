"""The policy: versioned rules that turn findings into a verdict, and argue both sides.

The rules are those of the contract (check, default policy); their thresholds stand in a decision record. A verdict
says what was found on likeness and standing. Whether the law was broken is for a person to say, in papers that a
person signs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cloneward.judge.attribution import find_attribution
from cloneward.judge.borrowed import list_quotations, set_aside
from cloneward.judge.priority import Dates, find_direction
from cloneward.judge.reasons import Case, Judged, argue
from cloneward.judge.score import give_score, list_figures
from cloneward.judge.services import find_service
from cloneward.model.case import Direction, Likeness, NotCompared, Standing, Verdict, VerdictName
from cloneward.model.content import Extract, Grant, Item, Owner, Problem, Region
from cloneward.model.finding import Match, SiteMatches
from cloneward.url import host_of, registered_domain


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The thresholds of one version of the rules; shares are in [0, 1].

    `base_rate`: part of the targets with a match of text that took it from the owner, as the score supposes.
    """

    id: str = "default/1"
    copy_share: float = 0.5
    copy_words: int = 40
    partial_words: int = 40
    blocks_words: int = 120
    blocks_share: float = 0.2
    quote_words: int = 100
    quote_share: float = 0.2
    base_rate: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is judged as one site.

    `site`: host name where known, else the target's name. `extracts`: of the pages that have matches. `items`: at
    least those in the matches. `seen`, `priority`: dates of pages, by address, and of items, by id. `languages`:
    declared by its pages, primary subtags. `support`: what else its pages share with items, of other kinds than text.
    `read_original`: gives the page that an item was made from, if it may have quotations in it.
    """

    name: str
    site: str
    found: SiteMatches
    extracts: Mapping[str, Extract]
    items: Mapping[str, Item]
    seen: Mapping[str, Dates] = field(default_factory=dict)
    priority: Mapping[str, Dates] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    support: tuple[Match, ...] = ()
    read_original: Callable[[str], Extract | None] = lambda _: None


def judge(target: Target, owner: Owner, *, today: str, policy: Policy, tool: str) -> Verdict:
    """Give the verdict on a target.

    Args:
        target: what was found on it.
        owner: whose content it is, and who may show it.
        today: YYYY-MM-DD, against which licences run out.
        policy: the thresholds.
        tool: name and version, for the record.
    """
    found, borrowed = set_aside(target.found, _list_borrowed(target, owner))
    case = _sum_up(found, target.support)
    likeness = _weigh_likeness(case, policy)
    matches = _list_matches(target.found)
    direction, dates = find_direction(matches, target.priority, target.seen)
    if likeness == "none" and found.common_words >= policy.partial_words:
        likeness, direction = _weigh_common(case, policy), "common_source"
    quoted = _find_quotations(target, case, owner, policy)
    standing = _find_standing(target, case, owner, quoted, today)
    is_read = case.words + found.hot_words + borrowed.words > 0
    return Verdict(
        target=target.name,
        site=target.site,
        captured_at=None,
        verdict=_name_verdict(likeness, standing, direction, is_read=is_read),
        likeness=likeness,
        standing=standing,
        direction=direction,
        score=_score_case(case, policy),
        base_rate=policy.base_rate if case.covered else None,
        share_of_target=round(case.share, 6),
        share_of_item_max=round(case.item_share, 6),
        words=case.words,
        pages=len(found.pages),
        items_matched=len(found.items),
        matches=(*matches, *case.support),
        reasons=argue(case, Judged(likeness, standing, direction, dates, quoted, borrowed, policy.partial_words)),
        not_compared=_list_not_compared(target, owner, likeness, is_read=is_read),
        problems=target.problems,
        policy=policy.id,
        tool=tool,
        took_s=0.0,
    )


def _list_borrowed(target: Target, owner: Owner) -> dict[str, tuple[Region, ...]]:
    """Give, by item, what the owner's own pages quote from others."""
    quotations: dict[str, tuple[Region, ...]] = {}
    for item in target.found.items:
        original = target.read_original(item)
        if original is not None:
            domains = owner.domains | {registered_domain(host_of(target.items[item].url or ""))}
            quotations[item] = list_quotations(original, domains)
    return quotations


def _sum_up(found: SiteMatches, support: Sequence[Match]) -> Case:
    matches = _list_matches(found)
    words = sum(page.words for page in found.pages)
    covered = sum(page.covered for page in found.pages)
    return Case(
        matches=matches,
        found=found,
        share=covered / words if words else 0.0,
        words=words,
        covered=covered,
        longest_group=max((max(match.group_words().values()) for match in matches), default=0),
        item_share=max((item.share for item in found.items.values()), default=0.0),
        support=_find_support(matches, support),
    )


def _list_matches(found: SiteMatches) -> tuple[Match, ...]:
    return tuple(match for page in found.pages for match in page.matches)


def _weigh_likeness(case: Case, policy: Policy) -> Likeness:
    """Whole from `copy_share` of the target on; a share of next to nothing says nothing, hence `copy_words`.

    Partial by one passage, or by many short ones of one item, in whatever order, that make up much of the target.
    """
    if case.share >= policy.copy_share and case.covered >= policy.copy_words:
        return "whole"
    most = max((item.words for item in case.found.items.values()), default=0)
    is_scattered = case.share >= policy.blocks_share and most >= policy.blocks_words
    return "partial" if case.longest_group >= policy.partial_words or is_scattered else "none"


def _score_case(case: Case, policy: Policy) -> float | None:
    """Score what the matches of text share, whatever the likeness; where nothing is left, there is none to speak of."""
    if not case.covered:
        return None
    matched = sum(span.words for match in case.matches for span in match.spans)
    figures = list_figures(share=case.share, item_share=case.item_share, covered=case.covered, matched=matched)
    return round(give_score(figures, policy.base_rate), 4)


def _find_support(matches: Sequence[Match], support: Sequence[Match]) -> tuple[Match, ...]:
    """Keep what is beside a match in text: it supports that one, is argued, and changes no finding."""
    pairs = {(match.item, match.page) for match in matches}
    return tuple(match for match in support if (match.item, match.page) in pairs)


def _weigh_common(case: Case, policy: Policy) -> Likeness:
    """Weigh what is shared only because both took it from elsewhere: licences, notices, quotations."""
    words = case.found.common_words
    return "whole" if (case.covered + words) / (case.words + words) >= policy.copy_share else "partial"


def _find_quotations(target: Target, case: Case, owner: Owner, policy: Policy) -> dict[int, str]:
    """Give the matches that are quotations, by position, each with what names its source.

    What counts is how much of an item stands on the whole target: cut into many short quotations it is a copy. A
    passage that stands in several items is a quotation if it is one of any of them.
    """
    short = {
        item
        for item, shared in target.found.items.items()
        if shared.words <= policy.quote_words and shared.share <= policy.quote_share
    }
    quoted: dict[int, str] = {}
    for position, match in enumerate(case.matches):
        if match.item in short:
            extract = target.extracts[match.page]
            source = find_attribution(extract, match.spans, target.items[match.item], owner)
            if source is not None:
                quoted[position] = source
    for position, match in enumerate(case.matches):
        for other, source in list(quoted.items()):
            if position not in quoted and _stands_in(match, case.matches[other]):
                quoted[position] = source
    return quoted


def _stands_in(match: Match, other: Match) -> bool:
    """Say whether all that one match shares with a page, the other shares with it too."""
    within = [span.target for span in other.spans]
    return match.page == other.page and all(
        any(start <= span.target[0] and span.target[1] <= end for start, end in within) for span in match.spans
    )


def _find_standing(target: Target, case: Case, owner: Owner, quoted: Mapping[int, str], today: str) -> Standing:
    site = registered_domain(target.site)
    if site in owner.domains:
        return "own"
    if case.matches and any(_covers(grant, site, target, today) for grant in owner.grants):
        return "licensed"
    service = find_service(target.site)
    if service is not None:
        return service
    counted = case.list_counted()
    return "quotation" if counted and quoted.keys() >= set(counted) else "none_known"


def _covers(grant: Grant, site: str, target: Target, today: str) -> bool:
    """Say whether a licence that still runs covers every matched item; one without an address only a `*` covers."""
    if grant.domain not in {site, target.site} or (grant.until is not None and grant.until < today):
        return False
    addresses = {target.items[item].url or "" for item in target.found.items}
    return all(any(_allows(pattern, address) for pattern in grant.may_show) for address in addresses)


def _allows(pattern: str, address: str) -> bool:
    return pattern == "*" or (bool(address) and address.startswith(pattern.removesuffix("*")))


def _name_verdict(likeness: Likeness, standing: Standing, direction: Direction, *, is_read: bool) -> VerdictName:
    """Give the summary; the order is the contract's: what was not read, or is allowed, is never called a copy."""
    if not is_read:
        return "unknown"
    if likeness == "none":
        return "unrelated"
    if standing in {"own", "licensed"}:
        return "authorised"
    is_excused = standing in {"quotation", "criticism", "archive", "intermediary"}
    if is_excused or direction in {"theirs_first", "common_source"}:
        return "benign"
    return "copy" if likeness == "whole" else "partial_copy"


def _list_not_compared(target: Target, owner: Owner, likeness: Likeness, *, is_read: bool) -> tuple[NotCompared, ...]:
    if not is_read:
        return ("no_text",)
    if likeness == "none" and target.languages and owner.languages and not target.languages & owner.languages:
        return ("language",)
    return ()
