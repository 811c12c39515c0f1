"""The policy: versioned rules that turn findings into a verdict, and argue both sides.

The rules are those of the contract (check, default policy); their thresholds stand in a decision record. A verdict
says what was found on likeness and standing. Whether the law was broken is for a person to say, in papers that a
person signs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cloneward.judge.attribution import find_attribution, links_to, list_domains
from cloneward.judge.borrowed import list_quotations, set_aside
from cloneward.judge.frames import count_ordered
from cloneward.judge.harms import find_harms
from cloneward.judge.joined import count_once, measure_passage
from cloneward.judge.priority import Dates, find_direction
from cloneward.judge.reasons import WHOLE_ITEM, Case, Judged, Part, argue
from cloneward.judge.score import give_score, list_figures
from cloneward.judge.services import find_service
from cloneward.model.case import Direction, Likeness, NotCompared, SealState, Standing, Verdict, VerdictName
from cloneward.model.content import Extract, Grant, Item, Owner, Problem, Region
from cloneward.model.finding import Match, SiteMatches
from cloneward.url import host_of, registered_domain

_GRAVITY: tuple[VerdictName, ...] = ("unrelated", "benign", "authorised", "partial_copy", "copy")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The thresholds of one version of the rules; shares are in [0, 1].

    `base_rate`: part of the targets with a match of text that took it from the owner, as the score supposes.
    `joined_words`, `joined_characters`: words of a group from which on it is one passage with the next, and what may
    stand between them on the page.
    `video_frames`: key frames that a video must share with one of ours, in the same order.
    """

    id: str = "default/1"
    copy_share: float = 0.5
    copy_words: int = 40
    partial_words: int = 40
    joined_words: int = 15
    joined_characters: int = 600
    blocks_words: int = 120
    blocks_share: float = 0.1
    quote_words: int = 100
    quote_share: float = 0.2
    video_frames: int = 3
    base_rate: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is judged as one site.

    `site`: host name where known, else the target's name. `extracts`: of the pages that have matches. `items`: at
    least those in the matches. `seen`, `priority`: dates of pages, by address, and of items, by id. `languages`:
    declared by its pages, primary subtags. `shown`: pictures, videos and records of ours on its pages, verified by who
    found them. `pictures`, `videos`: how many different ones of its pages could be compared. `support`: what else its
    pages share with items. `read_original`: gives the page that an item was made from, if it may have quotations in it.
    `seal`: upon the capture that the pages come from.
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
    shown: tuple[Match, ...] = ()
    pictures: int = 0
    videos: int = 0
    support: tuple[Match, ...] = ()
    read_original: Callable[[str], Extract | None] = lambda _: None
    seal: SealState | None = None


def judge(target: Target, owner: Owner, *, today: str, policy: Policy, tool: str) -> Verdict:
    """Give the verdict on a target.

    Words are judged apart from pictures, videos and records: what excuses one part excuses no other, and the part that
    weighs more gives the verdict (decision 0025).

    Args:
        target: what was found on it.
        owner: whose content it is, and who may show it.
        today: YYYY-MM-DD, against which licences run out.
        policy: the thresholds.
        tool: name and version, for the record.
    """
    found, borrowed = set_aside(target.found, _list_borrowed(target, owner))
    case = _sum_up(found, target, owner, policy)
    quoted = _find_quotations(target, case, owner, policy)
    standing = _find_standing(target, case, owner, today)
    words = _judge_words(target, case, policy, standing, quoted)
    shown = _judge_shown(target, case, standing)
    main = max(words, shown, key=lambda part: _GRAVITY.index(part.verdict))
    has_words = case.words + found.hot_words + borrowed.words > 0
    is_read = has_words or case.pictures + case.videos > 0 or bool(case.shown)
    harmed = find_harms(_list_held(case, words, shown, quoted, policy), target.items, target.seen)
    matches = (*_list_matches(target.found), *case.shown, *case.weak)
    return Verdict(
        target=target.name,
        site=target.site,
        captured_at=None,
        verdict=main.verdict if is_read else "unknown",
        likeness=main.likeness,
        standing=main.standing,
        direction=main.direction,
        harms=harmed.harms,
        score=_score_case(case, policy),
        base_rate=policy.base_rate if case.covered else None,
        share_of_target=round(case.share, 6),
        share_of_item_max=round(case.item_share, 6),
        words=case.words,
        pages=len({page.page for page in found.pages} | {match.page for match in case.shown}),
        items_matched=len(_list_items(case)),
        persons_affected=harmed.persons,
        login_only_items=harmed.login_only,
        matches=(*matches, *case.support),
        reasons=argue(case, Judged(words, shown, main, quoted, borrowed, harmed, policy.partial_words)),
        not_compared=_list_not_compared(target, owner, main.likeness, has_words=has_words),
        problems=target.problems,
        policy=policy.id,
        tool=tool,
        seal=target.seal,
        took_s=0.0,
    )


def _judge_words(target: Target, case: Case, policy: Policy, standing: Standing, quoted: Mapping[int, str]) -> Part:
    likeness = _weigh_likeness(case, policy)
    direction, dates = find_direction(_list_matches(target.found), target.priority, target.seen)
    if likeness == "none" and case.found.common_words >= policy.partial_words:
        likeness, direction = _weigh_common(case, policy), "common_source"
    counted = case.list_counted()
    if standing == "none_known" and counted and quoted.keys() >= set(counted):
        standing = "quotation"
    return Part(_name_verdict(likeness, standing, direction), likeness, standing, direction, dates)


def _judge_shown(target: Target, case: Case, standing: Standing) -> Part:
    """Judge pictures, videos and records: a part of the target, however many there are, and never a quotation."""
    likeness: Likeness = "partial" if case.shown else "none"
    direction, dates = find_direction(case.shown, target.priority, target.seen)
    return Part(_name_verdict(likeness, standing, direction), likeness, standing, direction, dates)


def _list_borrowed(target: Target, owner: Owner) -> dict[str, tuple[Region, ...]]:
    """Give, by item, what the owner's own pages quote from others."""
    quotations: dict[str, tuple[Region, ...]] = {}
    for item in target.found.items:
        original = target.read_original(item)
        if original is not None:
            domains = owner.domains | {registered_domain(host_of(target.items[item].url or ""))}
            quotations[item] = list_quotations(original, domains)
    return quotations


def _sum_up(found: SiteMatches, target: Target, owner: Owner, policy: Policy) -> Case:
    matches = _list_matches(found)
    shown = [match for match in target.shown if _is_counted(match, policy)]
    words = sum(page.words for page in found.pages)
    covered = sum(page.covered for page in found.pages)
    return Case(
        matches=matches,
        found=found,
        share=covered / words if words else 0.0,
        words=words,
        covered=covered,
        said=_count_said(found, matches, target),
        passages=[_measure_passage(match, target, policy) for match in matches],
        item_share=max((item.share for item in found.items.values()), default=0.0),
        shown=shown,
        weak=[match for match in target.shown if not _is_counted(match, policy)],
        support=_find_support((*matches, *shown), target.support),
        pictures=target.pictures,
        videos=target.videos,
        linked=tuple(_list_linked(shown, len(matches), target, owner)),
        is_captured=target.seal is not None,
    )


def _count_said(found: SiteMatches, matches: Sequence[Match], target: Target) -> dict[str, int]:
    once = count_once(matches, {page: content.text for page, content in target.extracts.items()})
    return {item: min(shared.words, once.get(item, 0)) for item, shared in found.items.items()}


def _is_counted(match: Match, policy: Policy) -> bool:
    """Say whether a picture, video or record counts: a single frame of a video is a still that others may show."""
    return match.kind != "video" or count_ordered(match.frames) >= policy.video_frames


def _list_linked(shown: Sequence[Match], first: int, target: Target, owner: Owner) -> Iterator[int]:
    """Give the positions of those whose page links to us; a page is asked once, however many pictures it shows."""
    answers: dict[tuple[str, frozenset[str]], bool] = {}
    for at, match in enumerate(shown, first):
        asked = match.page, list_domains(target.items[match.item], owner)
        if asked not in answers:
            page = target.extracts.get(match.page)
            answers[asked] = page is not None and links_to(page, asked[1])
        if answers[asked]:
            yield at


def _list_items(case: Case) -> set[str]:
    return {*case.found.items, *(match.item for match in case.shown)}


def _list_held(case: Case, words: Part, shown: Part, quoted: Mapping[int, str], policy: Policy) -> dict[int, Match]:
    """Give the matches that may speak of harm, by position: each would count alone, and the policy excuses none."""
    held = case.list_shown() if _is_held(shown) else {}
    if _is_held(words):
        held |= {
            at: case.matches[at] for at in case.list_counted() if at not in quoted and _stands_alone(case, at, policy)
        }
    return dict(sorted(held.items()))


def _is_held(part: Part) -> bool:
    """Say whether what was found is held against a target, or against a service that passes it on."""
    is_excused = part.standing in {"own", "licensed", "quotation", "criticism"}
    return part.likeness != "none" and not is_excused and part.direction not in {"theirs_first", "common_source"}


def _stands_alone(case: Case, at: int, policy: Policy) -> bool:
    """Say whether a match of text makes a likeness by itself, or has nearly all of its item, however short that is."""
    item = case.matches[at].item
    is_scattered = case.said[item] >= policy.blocks_words
    return case.passages[at] >= policy.partial_words or is_scattered or case.found.items[item].share >= WHOLE_ITEM


def _measure_passage(match: Match, target: Target, policy: Policy) -> int:
    text = target.extracts[match.page].text
    return measure_passage(match, text, least=policy.joined_words, between=policy.joined_characters)


def _list_matches(found: SiteMatches) -> tuple[Match, ...]:
    return tuple(match for page in found.pages for match in page.matches)


def _weigh_likeness(case: Case, policy: Policy) -> Likeness:
    """Whole from `copy_share` of the target on; a share of next to nothing says nothing, hence `copy_words`.

    Partial by one passage, or by many short ones of one item, in whatever order, that make up much of the target.
    """
    if case.share >= policy.copy_share and case.covered >= policy.copy_words:
        return "whole"
    most = max(case.said.values(), default=0)
    is_scattered = case.share >= policy.blocks_share and most >= policy.blocks_words
    return "partial" if case.longest_passage >= policy.partial_words or is_scattered else "none"


def _score_case(case: Case, policy: Policy) -> float | None:
    """Score what the matches of text share, whatever the likeness; where nothing is left, there is none to speak of."""
    if not case.covered:
        return None
    matched = sum(span.words for match in case.matches for span in match.spans)
    figures = list_figures(share=case.share, item_share=case.item_share, covered=case.covered, matched=matched)
    return round(give_score(figures, policy.base_rate), 4)


def _find_support(matches: Sequence[Match], support: Sequence[Match]) -> tuple[Match, ...]:
    """Keep what is beside a match of what is shown: it supports that one, is argued, and changes no finding."""
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


def _find_standing(target: Target, case: Case, owner: Owner, today: str) -> Standing:
    """Give what the host is to the owner, for all that it shows."""
    site = registered_domain(target.site)
    if site in owner.domains:
        return "own"
    items = [target.items[item] for item in _list_items(case)]
    names = {site, target.site}
    if items and any(grant.domain in names and _covers(grant, items, today) for grant in owner.grants):
        return "licensed"
    return find_service(target.site) or "none_known"


def _covers(grant: Grant, items: Sequence[Item], today: str) -> bool:
    """Say whether a licence that still runs covers every matched item; one without an address only a `*` covers."""
    if grant.until is not None and grant.until < today:
        return False
    return all(any(_allows(pattern, item.url or "") for pattern in grant.may_show) for item in items)


def _allows(pattern: str, address: str) -> bool:
    return pattern == "*" or (bool(address) and address.startswith(pattern.removesuffix("*")))


def _name_verdict(likeness: Likeness, standing: Standing, direction: Direction) -> VerdictName:
    """Give the summary; the order is the contract's: what is allowed is never called a copy."""
    if likeness == "none":
        return "unrelated"
    if standing in {"own", "licensed"}:
        return "authorised"
    is_excused = standing in {"quotation", "criticism", "archive", "intermediary"}
    if is_excused or direction in {"theirs_first", "common_source"}:
        return "benign"
    return "copy" if likeness == "whole" else "partial_copy"


def _list_not_compared(target: Target, owner: Owner, likeness: Likeness, *, has_words: bool) -> tuple[NotCompared, ...]:
    if not has_words:
        return ("no_text",)
    if likeness == "none" and target.languages and owner.languages and not target.languages & owner.languages:
        return ("language",)
    return ()
