"""The default policy, rule by rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.judge.policy import Policy, Target, judge
from cloneward.judge.priority import Dates
from cloneward.model.content import Extract, Grant, Item, Owner, Problem, Region
from cloneward.model.finding import FieldMatch, FrameMatch, ItemShare, Match, PageMatches, SiteMatches, Span

OWNER = Owner(
    domains=frozenset({"owner.test"}),
    grants=(Grant(domain="partner.test", may_show=("https://owner.test/free/*",), until="2026-12-31"),),
    languages=frozenset({"en"}),
)
TODAY = "2026-11-24"
APART = Policy().joined_characters + 1


def item(number, url="https://owner.test/a", **facts):
    """Give an item of the owner."""
    return Item(id=f"i{number}", url=f"{url}{number}", title="x", digest="", text_digest="", words=1000, **facts)


def match(number=0, groups=(60,), value=0.1, page="p"):
    """Give a match with groups of so many words, too far apart to be one passage."""
    spans, at = [], 0
    for group, words in enumerate(groups):
        spans.append(Span(target=(at, at + words), item=(at, at + words), words=words, group=group))
        at += words + APART
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
        extracts={"p": Extract(text="".join(f"{n:04} " for n in range(2000)), links=links)},
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
        ((39, 39, 39), 1200, "unrelated", "none"),
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


def test_groups_that_follow_one_another_are_one_passage():
    """Two groups with a little between them count as one passage of forty words; cells of a table do not."""
    apart = match(groups=(20, 21))
    places = [(80 * at, 80 * at + 60) for at in range(2)]
    near = [replace(span, target=place, item=place) for span, place in zip(apart.spans, places, strict=True)]
    assert verdict([replace(apart, spans=tuple(near))]).verdict == "partial_copy"
    assert verdict([replace(apart, spans=tuple(replace(span, words=14) for span in near))]).verdict == "unrelated"
    assert verdict([apart]).verdict == "unrelated"


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
    [(120, 1200, "partial_copy"), (119, 1000, "unrelated"), (120, 1201, "unrelated")],
)
def test_many_short_blocks_of_one_item_are_a_partial_copy(words, total, name):
    """Blocks in another order, none of them long, count together if they are much of the target and of one item."""
    blocks = [(20,) * (words // 20), *([(words % 20,)] if words % 20 else [])]
    assert verdict([match(groups=sum(blocks, ()))], total).verdict == name


def test_a_sentence_that_stands_many_times_is_no_copy():
    """Eight times the same 22 words are 22 words of the item, however much of the target they make."""
    span = match(groups=(22,)).spans[0]
    again = tuple(replace(span, group=number) for number in range(8))
    assert verdict([replace(match(), spans=again)], 755).verdict == "unrelated"


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


def picture(number=0, page="p", image="https://copy.test/1.jpg"):
    """Give a verified match of a picture."""
    return Match(item=f"i{number}", page=page, kind="image", measure="inliers", value=80, image=image)


def record(number=0, fields=4, page="p"):
    """Give a match of a record."""
    told = tuple(FieldMatch(name=f"f{n}", target=(n, n + 1), agreement="exact") for n in range(fields))
    return Match(item=f"i{number}", page=page, kind="record", measure="fields", value=fields, fields=told)


def video(number=0, times=((0, 0), (1, 1), (2, 2)), page="p"):
    """Give a match of a video, by the times of its frames in theirs and in ours."""
    frames = tuple(FrameMatch(target_s=theirs, item_s=ours, distance=9) for theirs, ours in times)
    return Match(item=f"i{number}", page=page, kind="video", measure="hamming", value=9, frames=frames)


@pytest.mark.parametrize("shown", [picture(), record(), video()])
@pytest.mark.parametrize("words", [0, 1000])
def test_a_picture_a_record_or_a_video_is_a_partial_copy(shown, words):
    """Each is a partial copy beside words of their own and without any; the score, which is for text, stays null."""
    found = verdict(words=words, covered=0, shown=(shown,), pictures=4)
    assert (found.verdict, found.likeness, found.items_matched) == ("partial_copy", "partial", 1)
    assert (found.score, found.base_rate, found.share_of_target) == (None, None, 0.0)
    assert found.matches == (shown,)
    assert any(reason.pro and reason.evidence == (0,) for reason in found.reasons)


def test_any_number_of_pictures_is_partial():
    """A gallery of nothing but ours is a partial copy: only words make a whole one."""
    shown = tuple(picture(n % 9, image=f"https://copy.test/{n}.jpg") for n in range(50))
    found = verdict(words=0, shown=shown, pictures=50)
    assert (found.verdict, found.items_matched, found.not_compared) == ("partial_copy", 9, ("no_text",))


@pytest.mark.parametrize("times", [((0, 0), (1, 1)), ((0, 2), (1, 1), (2, 0)), ((0, 5), (1, 5), (2, 5), (3, 5))])
def test_a_video_needs_three_frames_in_order(times):
    """Fewer frames, backwards or of one still, do not count, and are told; its poster as a picture does."""
    found = verdict(shown=(video(times=times),), pictures=1)
    assert (found.verdict, found.items_matched, len(found.matches)) == ("unrelated", 0, 1)
    assert "frames_few" in [reason.code for reason in found.reasons if not reason.pro]
    poster = verdict(shown=(video(times=times), picture()), pictures=1)
    assert (poster.verdict, [match.kind for match in poster.matches]) == ("partial_copy", ["image", "video"])


def test_pictures_that_were_compared_are_not_unknown():
    """A page without words whose pictures were compared is unrelated if none is ours; without pictures, unknown."""
    found = verdict(words=0, pictures=3)
    assert (found.verdict, found.not_compared) == ("unrelated", ("no_text",))
    assert verdict(words=0).verdict == "unknown"


def test_words_and_pictures_do_not_throw_each_other_away():
    """A copy in words stays whole beside a picture, and a passage too short leaves the picture what it is."""
    found = verdict([match(groups=(900,))], shown=(picture(1), record(2)))
    assert (found.verdict, found.likeness, found.items_matched) == ("copy", "whole", 3)
    assert [each.kind for each in found.matches] == ["text", "image", "record"]
    assert found.score == verdict([match(groups=(900,))]).score
    assert verdict([match(groups=(20,))], shown=(picture(1),)).verdict == "partial_copy"
    assert verdict(words=60, common=500, shown=(picture(),)).verdict == "partial_copy"


def test_a_quotation_of_words_excuses_no_picture():
    """Whoever quotes an item and shows a picture of ours is judged by the picture, with the quotation told."""
    found = verdict([match()], links=SOURCE, shown=(picture(),))
    assert (found.verdict, found.likeness, found.standing) == ("partial_copy", "partial", "none_known")
    assert {"quotation", "source_linked"} <= {reason.code for reason in found.reasons if not reason.pro}
    assert "source_linked" not in {reason.code for reason in verdict(shown=(picture(),)).reasons}


def test_standing_covers_what_is_shown():
    """Own site, licence and archive hold for pictures and records; a licence must cover their items as well."""
    shown = (picture(0), record(1))
    free = {f"i{n}": item(n, "https://owner.test/free/a") for n in range(2)}
    assert verdict(shown=shown, site="owner.test").verdict == "authorised"
    assert verdict(shown=shown, site="partner.test", items=free).standing == "licensed"
    assert verdict(shown=shown, site="partner.test", items=free | {"i1": item(1)}).verdict == "partial_copy"
    beside = verdict([match(0)], shown=(record(1),), site="partner.test", items=free | {"i1": item(1)})
    assert (beside.verdict, beside.standing) == ("partial_copy", "none_known")
    assert verdict(shown=shown, site="web.archive.org").verdict == "benign"


def test_dates_speak_for_pictures_apart_from_words():
    """Pictures that they had first are benign; words that they had first excuse no picture of ours, nor the reverse."""
    ours = {"i0": Dates(claimed="2021-05-01"), "i1": Dates(claimed="2019-01-01", proven="2019-01-01")}
    kept = {"p": Dates(proven="2020-01-01T00:00:00Z")}
    assert verdict(shown=(picture(0),), seen=kept, priority=ours).verdict == "benign"
    assert verdict(shown=(picture(1),), seen=kept, priority=ours).direction == "unknown"
    found = verdict([match(groups=(900,))], shown=(picture(1),), seen=kept, priority=ours)
    assert (found.verdict, found.likeness, found.direction) == ("partial_copy", "partial", "unknown")
    assert "theirs_first" in {reason.code for reason in found.reasons if not reason.pro}
    found = verdict([match(1, groups=(900,))], shown=(picture(0),), seen=kept, priority=ours)
    assert (found.verdict, found.direction) == ("copy", "unknown")
    dated = {"p": Dates(claimed="2026-05-01")}
    assert verdict(shown=(record(1),), seen=dated, priority=ours).direction == "ours_first"


PEOPLE = {
    "i0": item(0, person="a", subjects=("b",), minor=True),
    "i1": item(1, person="a", visibility="login"),
    "i2": item(2, kind="profile", visibility="private"),
    "i3": item(3, person="c"),
}


def test_people_and_what_is_not_public_are_counted():
    """People of all matches that count are counted once, with what is not public; each harm has its own evidence."""
    found = verdict([match(0)], shown=(picture(1), record(2)), items=PEOPLE)
    assert (found.persons_affected, found.login_only_items) == (2, 2)
    assert found.harms == ("personal_data", "login_only", "minors")
    evidence = {reason.code: reason.evidence for reason in found.reasons}
    assert (evidence["personal_data"], evidence["login_only"], evidence["minors"]) == ((0, 1, 2), (1, 2), (0,))


def test_a_chance_passage_is_evidence_of_no_harm():
    """Few words of a minor's item beside a real copy of another one accuse nobody; all of a short item do."""
    beside = [match(3, groups=(900,)), match(0, groups=(20,), value=0.1)]
    found = verdict(beside, items=PEOPLE)
    assert (found.verdict, found.harms, found.persons_affected) == ("copy", ("personal_data",), 1)
    whole = [match(3, groups=(900,)), match(0, groups=(20,), value=0.9)]
    assert verdict(whole, items=PEOPLE).harms == ("personal_data", "minors")


@pytest.mark.parametrize("more", [{"site": "owner.test"}, {"words": 99999}, {"links": SOURCE}])
def test_what_is_excused_or_too_little_harms_nobody(more):
    """The owner's own site, a quotation and a passage too short have no harms, and nobody is affected."""
    groups = (20,) if "words" in more else (60,)
    found = verdict([match(0, groups=groups)], items=PEOPLE, **more)
    assert (found.harms, found.persons_affected, found.login_only_items) == ((), 0, 0)


def test_an_archive_is_benign_and_its_harms_are_told():
    """An archive that keeps what was deleted when we saw it is benign, and people can be told."""
    gone = {"i0": item(0, deleted_at="2026-01-01T00:00:00Z")}
    found = verdict(shown=(picture(),), items=gone, site="archive.ph", seen={"p": Dates(proven="2026-02-01T00:00:00Z")})
    assert (found.verdict, found.harms) == ("benign", ("deleted_at_source",))


def test_excused_matches_are_evidence_of_no_harm():
    """A passage of a minor that is quoted beside a copy, and one that they had first, accuse nobody."""
    quoted = [match(0, groups=(60,), value=0.1), match(3, groups=(300,), value=0.3)]
    found = verdict(quoted, links=SOURCE, items=PEOPLE)
    assert (found.verdict, found.harms, found.persons_affected) == ("partial_copy", ("personal_data",), 1)
    theirs = {"seen": {"p": Dates(proven="2020-01-01")}, "priority": {"i0": Dates(claimed="2021-05-01")}}
    found = verdict([match(0, groups=(900,))], items=PEOPLE, **theirs)
    assert (found.verdict, found.harms, found.persons_affected) == ("benign", (), 0)


def test_looks_beside_a_picture_are_kept():
    """A layout or icon of a page that shows a picture of the same item supports it; of another item it does not."""
    look = Match(item="i0", page="p", kind="icon", measure="hamming", value=0)
    found = verdict(shown=(picture(0),), support=(look, replace(look, item="i1")))
    assert [each.kind for each in found.matches] == ["image", "icon"]
    assert "same_icon" in {reason.code for reason in found.reasons}


SHOWN = st.lists(
    st.one_of(
        st.builds(picture, number=st.integers(0, 3), page=st.sampled_from("pq")),
        st.builds(record, number=st.integers(0, 3), fields=st.integers(1, 6)),
        st.builds(video, number=st.integers(0, 3), times=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)))),
    ),
    max_size=4,
)


@given(MATCHES, SHOWN, SUPPORT, st.sampled_from(["copy.test", "owner.test", "archive.ph"]))
def test_every_verdict_with_pictures_holds_together(matches, shown, support, site):
    """No match is lost or put twice, evidence lies within them, and no picture makes a verdict milder."""
    found = verdict(matches, words=9000, site=site, shown=tuple(shown), support=tuple(support), items=PEOPLE | OTHERS)
    kept = [each for each in found.matches if each.kind in {"image", "video", "record"}]
    assert sorted(map(repr, kept)) == sorted(map(repr, shown))
    assert list(found.matches[: len(matches)]) == matches
    for reason in found.reasons:
        assert all(0 <= place < len(found.matches) for place in reason.evidence if isinstance(place, int))
        if reason.code in {"same_picture", "same_video", "same_record"}:
            assert {found.matches[at].kind for at in reason.evidence} <= {"image", "video", "record"}
    alone = verdict(matches, words=9000, site=site, items=PEOPLE | OTHERS)
    order = ["unrelated", "benign", "authorised", "partial_copy", "copy"]
    assert order.index(found.verdict) >= order.index(alone.verdict)
    assert set(found.harms) <= {reason.code for reason in found.reasons}
    assert found.harms or not found.persons_affected


OTHERS = {"i7": item(7)}
