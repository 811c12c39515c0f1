"""The default policy, rule by rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge.policy import Policy, Target, judge
from cloneward.judge.priority import Dates
from cloneward.model.content import Extract, Grant, Item, Owner, Problem, Region
from cloneward.model.finding import ItemShare, Match, PageMatches, SiteMatches, Span

OWNER = Owner(
    domains=frozenset({"owner.test"}),
    grants=(Grant(domain="partner.test", may_show=("https://owner.test/free/*",), until="2026-12-31"),),
    languages=frozenset({"en"}),
)
TODAY = "2026-11-24"


def item(number, url="https://owner.test/a"):
    """Give an item of the owner."""
    return Item(id=f"i{number}", url=f"{url}{number}", title="x", digest="", text_digest="", words=1000)


def match(number=0, groups=(60,), value=0.1, page="p"):
    """Give a match with groups of so many words."""
    spans, at = [], 0
    for group, words in enumerate(groups):
        spans.append(Span(target=(at, at + words), item=(at, at + words), words=words, group=group))
        at += words
    return Match(item=f"i{number}", page=page, value=value, spans=tuple(spans))


def verdict(matches=(), words=1000, *, covered=None, site="copy.test", links=(), items=None, today=TODAY, **more):
    """Judge a site with these matches, each page of it linking where it is told to."""
    counts = {each.item: sum(span.words for span in each.spans) for each in matches}
    total = sum(span.words for each in matches for span in each.spans) if covered is None else covered
    pages = [PageMatches(page="p", words=words, covered=total, matches=tuple(matches))]
    shares = {each.item: ItemShare(words=counts[each.item], share=each.value) for each in matches}
    target = Target(
        name="t",
        site=site,
        found=SiteMatches(pages=tuple(pages), items=more.pop("shares", shares), common_words=more.pop("common", 0)),
        extracts={"p": Extract(text="word " * 2000, links=links)},
        items=items or {f"i{n}": item(n) for n in range(9)},
        **more,
    )
    return judge(target, OWNER, today=today, policy=Policy(), tool="cloneward/test")


@pytest.mark.parametrize(
    ("groups", "words", "name", "likeness"),
    [
        ((500,), 1000, "copy", "whole"),
        ((499,), 1000, "partial_copy", "partial"),
        ((40,), 1000, "partial_copy", "partial"),
        ((39,), 1000, "unrelated", "none"),
        ((39, 39, 39), 1000, "unrelated", "none"),
        ((20, 20), 80, "copy", "whole"),
        ((39,), 60, "unrelated", "none"),
        ((30,), 30, "unrelated", "none"),
        ((), 1000, "unrelated", "none"),
    ],
)
def test_thresholds(groups, words, name, likeness):
    """A copy from half of the target on, a partial copy from forty words in one group; both need forty words."""
    found = verdict([match(groups=groups)] if groups else [], words)
    assert (found.verdict, found.likeness) == (name, likeness)


def test_nothing_read_is_unknown():
    """Where no word could be read the verdict is unknown, and says what was not compared."""
    found = verdict(words=0, problems=(Problem(code="page_empty", page="p", text="the page is empty"),))
    assert (found.verdict, found.not_compared, len(found.problems)) == ("unknown", ("no_text",), 1)
    assert found.reasons[0].code == "nothing_read"


SOURCE = (Region(start=100, end=110, address="https://owner.test/a0"),)


@pytest.mark.parametrize(
    ("words", "value", "links", "standing"),
    [
        (100, 0.2, SOURCE, "quotation"),
        (101, 0.1, SOURCE, "none_known"),
        (60, 0.21, SOURCE, "none_known"),
        (60, 0.1, (), "none_known"),
    ],
)
def test_quotation(words, value, links, standing):
    """A quotation has at most 100 words, at most a fifth of the item, and names its source nearby."""
    found = verdict([match(groups=(words,), value=value)], links=links)
    assert found.standing == standing
    assert found.verdict == ("benign" if standing == "quotation" else "partial_copy")


def test_an_item_cut_into_quotations_is_a_copy():
    """Ten short quotations of one item, each with its source, are judged by what they are together."""
    whole = {"i0": ItemShare(words=1000, share=1.0)}
    found = verdict([match(groups=(100,)) for _ in range(10)], links=SOURCE, shares=whole)
    assert (found.verdict, found.standing, found.share_of_item_max) == ("copy", "none_known", 1.0)


def test_a_passage_of_several_items_is_a_quotation_of_any():
    """What stands in a short item too, as in a summary of ours, is still the quotation that it is of the long one."""
    matches = [match(0, value=0.1), match(1, value=0.9)]
    assert verdict(matches, links=SOURCE).verdict == "benign"
    apart = [match(0, value=0.1), match(1, groups=(80,), value=0.9)]
    assert verdict(apart, links=SOURCE).verdict == "partial_copy"


@pytest.mark.parametrize(
    ("words", "total", "name"),
    [(120, 600, "partial_copy"), (119, 500, "unrelated"), (120, 601, "unrelated")],
)
def test_many_short_blocks_of_one_item_are_a_partial_copy(words, total, name):
    """Blocks in another order, none of them long, count together if they are much of the target and of one item."""
    blocks = [(20,) * (words // 20), *([(words % 20,)] if words % 20 else [])]
    assert verdict([match(groups=sum(blocks, ()))], total).verdict == name


def test_one_match_that_is_no_quotation_is_enough():
    """A site that quotes one item and copies another is not excused by the quotation."""
    found = verdict([match(0), match(1, groups=(300,), value=0.3)], links=SOURCE)
    assert (found.verdict, found.standing) == ("partial_copy", "none_known")
    assert "partly_quotation" in [reason.code for reason in found.reasons if not reason.pro]


@pytest.mark.parametrize("site", ["owner.test", "www.owner.test", "OWNER.test"])
def test_own_sites_are_authorised(site):
    """What stands on a domain of the owner is never a copy."""
    found = verdict([match(groups=(900,))], site=site)
    assert (found.verdict, found.standing) == ("authorised", "own")


def test_licences_cover_addresses_and_end():
    """A partner may show what its licence names, until its last day; anything else is judged as anywhere."""
    free = {"i0": item(0, "https://owner.test/free/a")}
    matches = [match(groups=(900,))]
    assert verdict(matches, site="partner.test", items=free).verdict == "authorised"
    assert verdict(matches, site="www.partner.test", items=free).standing == "licensed"
    assert verdict(matches, site="partner.test").verdict == "copy"
    assert verdict(matches, site="partner.test.evil.test", items=free).verdict == "copy"
    assert verdict(matches, site="partner.test", items=free, today="2026-12-31").verdict == "authorised"
    assert verdict(matches, site="partner.test", items=free, today="2027-01-01").verdict == "copy"


def test_a_translation_is_not_compared():
    """A page in another language than all of ours is unrelated by words, and says that this was not compared."""
    assert verdict(languages=frozenset({"de"})).not_compared == ("language",)
    assert verdict(languages=frozenset({"de", "en"})).not_compared == ()
    assert verdict([match()], languages=frozenset({"de"})).not_compared == ()


@pytest.mark.parametrize(
    ("site", "standing"),
    [
        ("web.archive.org", "archive"),
        ("www-example-org.translate.goog", "intermediary"),
        ("archive.org", "none_known"),
        ("web.archive.org.evil.test", "none_known"),
    ],
)
def test_services_are_excused_by_their_host(site, standing):
    """An archive, or a service that passes pages on, is benign; a host that merely looks like one is not."""
    found = verdict([match(groups=(900,))], site=site)
    assert (found.standing, found.verdict) == (standing, "copy" if standing == "none_known" else "benign")


def test_a_common_source_is_benign():
    """What both took from elsewhere makes no copy, and the likeness is still told."""
    found = verdict(words=60, common=500)
    assert (found.verdict, found.likeness, found.direction) == ("benign", "whole", "common_source")
    assert verdict(words=900, common=100).likeness == "partial"
    assert verdict(words=900, common=39).verdict == "unrelated"
    beside = verdict([match(groups=(900,))], common=500)
    assert (beside.verdict, beside.direction) == ("copy", "unknown")


def quoting(words, source="https://third.test/"):
    """Give what reads an item whose first characters are a quotation of somebody else's."""
    quote = Region(start=0, end=words, address=source)
    return {"read_original": lambda _: Extract(text="word " * 2000, quotes=(quote,))}


def test_what_our_own_item_quotes_is_not_ours_to_claim():
    """A passage that our page shows as another's is a common source, and no probability speaks of what is left."""
    found = verdict([match(groups=(60,))], **quoting(60))
    assert (found.verdict, found.likeness, found.direction) == ("benign", "partial", "common_source")
    assert (found.score, found.base_rate, found.share_of_target) == (None, None, 0.0)
    assert found.matches[0].spans[0].words == 60
    (told,) = [reason for reason in found.reasons if reason.code == "borrowed"]
    assert (told.pro, told.evidence) == (False, (0,))
    assert "third.test" in told.text
    assert not any(reason.pro for reason in found.reasons)
    assert verdict([match(groups=(60,))], **quoting(60, "https://www.owner.test/b")).verdict == "partial_copy"


def test_what_is_left_beside_our_quotation_is_judged():
    """The words around a quotation of somebody else's count as ever, and a short one makes no likeness."""
    beside = verdict([match(groups=(60, 500))], **quoting(60))
    assert (beside.verdict, beside.direction) == ("copy", "unknown")
    assert beside.words < 1000
    assert "borrowed" in [reason.code for reason in beside.reasons]
    short = verdict([match(groups=(20, 30))], **quoting(20))
    assert (short.verdict, short.score is None) == ("unrelated", False)


def test_who_was_first_decides():
    """Text that they had before us is benign; text they date after our seal is ours."""
    matches = [match(groups=(900,))]
    kept = {"p": Dates(proven="2020-01-01T00:00:00Z")}
    ours = {"i0": Dates(claimed="2021-05-01", proven="2026-01-01T00:00:00Z")}
    found = verdict(matches, seen=kept, priority=ours)
    assert (found.verdict, found.direction) == ("benign", "theirs_first")
    found = verdict(matches, seen={"p": Dates(archived="2020-01-01T00:00:00Z")}, priority=ours)
    assert (found.verdict, found.direction) == ("copy", "unknown")
    assert "theirs_first_claimed" in [reason.code for reason in found.reasons]
    dated = {"p": Dates(claimed="2026-05-01")}
    found = verdict(matches, seen=dated, priority=ours)
    assert (found.verdict, found.direction) == ("copy", "ours_first")


MATCHES = st.lists(
    st.builds(
        match,
        number=st.integers(0, 3),
        groups=st.lists(st.integers(15, 400), min_size=1, max_size=4).map(tuple),
        value=st.floats(0.001, 1),
    ),
    max_size=4,
)


@given(MATCHES, st.sampled_from(["copy.test", "owner.test", "partner.test"]), st.booleans(), st.integers(0, 3000))
def test_every_verdict_holds_together(matches, site, is_linked, other_words):
    """Figures lie in their ranges, both sides are argued, evidence points at matches, and standing excuses."""
    found = verdict(matches, words=other_words + 1700, covered=1700 if matches else 0, site=site,
                    links=SOURCE if is_linked else ())  # fmt: skip
    assert 0 <= found.share_of_target <= 1
    assert 0 <= found.share_of_item_max <= 1
    assert found.items_matched == len({each.item for each in matches})
    assert any(not reason.pro for reason in found.reasons)
    assert any(reason.pro for reason in found.reasons) == bool(matches)
    for reason in found.reasons:
        assert all(0 <= place < len(matches) for place in reason.evidence if isinstance(place, int))
    if found.standing != "none_known":
        assert found.verdict not in {"copy", "partial_copy"}
    assert (found.score is None) == (found.base_rate is None) == (not matches)
    assert found.score is None or 0.01 <= found.score <= 0.99


def test_score_speaks_of_what_is_shared():
    """A copy scores near 1, and a passage too short for a likeness has a score of its own; nothing shared has none."""
    assert verdict([match(groups=(950,), value=0.95)]).score == pytest.approx(0.99)
    short = verdict([match(groups=(30,), value=0.03)])
    assert (short.likeness, short.base_rate) == ("none", Policy().base_rate)
    assert 0.3 < short.score < 0.7
    assert verdict(common=60).score is None


def test_score_counts_a_word_on_several_items_against():
    """The same passage on three items gives a lower score than on one."""
    one, three = ([match(number, groups=(60,)) for number in range(count)] for count in (1, 3))
    assert verdict(three, covered=60).score < verdict(one, covered=60).score


SUPPORT = st.lists(
    st.builds(
        Match,
        item=st.sampled_from(["i0", "i1", "i7"]),
        page=st.sampled_from(["p", "other"]),
        kind=st.sampled_from(["structure", "asset", "icon"]),
        measure=st.just("jaccard"),
        value=st.floats(0, 1),
    ),
    max_size=6,
)


@given(SUPPORT, st.lists(st.sampled_from([20, 39, 60, 500]), max_size=2), st.sampled_from([SOURCE, ()]))
def test_support_changes_no_finding(support, groups, links):
    """Layouts, files and icons add matches beside those in text, and reasons; nothing else of a verdict changes."""
    matches = [match(number, groups=(words,), value=0.1) for number, words in enumerate(groups)]
    alone = verdict(matches, links=links)
    found = verdict(matches, links=links, support=tuple(support))
    added = found.matches[len(alone.matches) :]
    assert found.matches[: len(alone.matches)] == alone.matches
    assert all(any((each.item, each.page) == (text.item, text.page) for text in matches) for each in added)
    codes = {"same_template", "same_assets", "same_icon", "template_shared"}
    others = tuple(reason for reason in found.reasons if reason.code not in codes)
    assert replace(found, matches=alone.matches, reasons=others) == alone
    for reason in found.reasons:
        if reason.code in codes:
            assert reason.evidence
            assert all(found.matches[at].kind != "text" for at in reason.evidence)
