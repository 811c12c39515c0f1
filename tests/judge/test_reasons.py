"""The arguments."""

import re
from pathlib import Path

from cloneward.judge import harms, reasons
from cloneward.judge.borrowed import Borrowed
from cloneward.judge.harms import Harmed
from cloneward.judge.priority import Told
from cloneward.judge.reasons import _STANDINGS, CODES, Case, Judged, Part, argue
from cloneward.model.case import Reason
from cloneward.model.finding import FieldMatch, FrameMatch, Match, SiteMatches, Span


def case(**more):
    """Give a case of nothing, but for what is given."""
    given = {"matches": (), "found": SiteMatches(), "share": 0.0, "words": 100, "covered": 0, "item_share": 0.0}
    passages = [match.spans[0].words for match in more.get("matches", ())]
    return Case(**(given | {"passages": passages, "said": {}} | more))


def copied(words, value=0.9):
    """Give a match of so many words."""
    return Match(item="i", page="p", value=value, spans=(Span(target=(0, 9), item=(0, 9), words=words),))


def judged(likeness="none", standing="none_known", direction="unknown", dates=None, quoted=None):
    """Give what the rules made of its words."""
    words = Part("copy", likeness, standing, direction, dates or Told(text=""))
    return Judged(words, NOTHING, words, quoted or {}, Borrowed(), Harmed(), 40)


def shown(direction="unknown", standing="none_known", harmed=None, words=None, told=""):
    """Give what the rules made of its pictures, videos and records."""
    part = Part("partial_copy", "partial", standing, direction, Told(text=told))
    return Judged(words or NOTHING, part, part, {}, Borrowed(), harmed or Harmed(), 40)


NOTHING = Part("unrelated", "none", "none_known", "unknown", Told(text=""))


def codes(*arguments):
    """Give the codes of the reasons, in order."""
    return [reason.code for reason in argue(*arguments)]


def test_every_code_is_documented_and_used():
    """The list of codes and the code that gives them are the same set."""
    source = "".join(Path(module.__file__).read_text("utf-8") for module in (reasons, harms))
    used = set(re.findall(r'(?:code=|_against\(|_for\(|_argue\()"(\w+)"', source)) | {"quotation", "partly_quotation"}
    used |= {code for code, _ in _STANDINGS.values()}
    assert used == set(CODES)


def test_likeness_is_argued_with_its_evidence():
    """The longest passage, the share and a whole item each point at the match that shows them."""
    given = case(matches=(copied(50, 0.2), copied(300)), covered=350, share=0.5, item_share=0.9)
    by_code = {reason.code: reason for reason in argue(given, judged("whole"))}
    assert by_code["long_passage"].evidence == (1,)
    assert by_code["long_passage"].weight == 6.0
    assert by_code["whole_item"].evidence == (1,)
    assert by_code["shared_text"].evidence == (0, 1)


def test_the_other_side_is_always_argued():
    """A copy that nobody excuses still hears what is not known."""
    assert codes(case(matches=(copied(300),)), judged("whole"))[-2:] == [
        "direction_unknown",
        "not_captured",
    ]


def test_no_likeness_is_argued():
    """No match, a match too short to count, and nothing read are told apart."""
    assert codes(case(), judged())[0] == "no_shared_text"
    assert "passage_short" in codes(case(matches=(copied(20),)), judged())
    assert codes(case(words=0), judged())[0] == "nothing_read"


def test_what_was_set_aside_is_said():
    """Words and candidates that were left out are counted in the open."""
    given = case(matches=(copied(50),), found=SiteMatches(hot_words=12, left_out=3))
    texts = {reason.code: reason.text for reason in argue(given, judged("partial", "licensed"))}
    assert texts["common_words_set_aside"].startswith("12 words")
    assert texts["candidates_left_out"].startswith("3 further items")
    assert "licensed_partner" in texts


def test_a_common_source_is_told():
    """Words that both took from elsewhere are counted, and are no likeness of their own."""
    given = case(found=SiteMatches(hot_words=120, common_words=120))
    by_code = {reason.code: reason for reason in argue(given, judged("partial", direction="common_source"))}
    assert by_code["common_source"].text.startswith("120 shared words")
    assert "common_words_set_aside" not in by_code


def test_who_was_first_is_argued_on_the_side_it_speaks_for():
    """Our priority is a reason for, theirs one against, and not knowing is one against too."""
    given = case(matches=(copied(300),))
    ours = {r.code: r for r in argue(given, judged("whole", direction="ours_first", dates=Told(text="dated")))}
    theirs = {r.code: r for r in argue(given, judged("whole", direction="theirs_first", dates=Told(text="kept")))}
    assert (ours["ours_first"].pro, ours["ours_first"].text) == (True, "dated")
    assert (theirs["theirs_first"].pro, theirs["theirs_first"].text) == (False, "kept")
    assert "direction_unknown" not in ours | theirs


def test_what_an_archive_claims_weighs_nothing():
    """The date in an archive that was handed over is an argument against that is told, of weight 0."""
    given = case(matches=(copied(300),))
    told = {r.code: r for r in argue(given, judged("whole", dates=Told(text="unproven", claim="an archive says")))}
    claim = told["theirs_first_claimed"]
    assert (claim.pro, claim.weight, claim.text) == (False, 0.0, "an archive says")
    assert told["direction_unknown"].text == "unproven"
    assert "theirs_first_claimed" not in codes(case(), judged(dates=Told(text="", claim="an archive says")))


def supported(kind, value):
    """Give a match of another kind than text."""
    return Match(item="i", page="p", kind=kind, measure="jaccard", value=value)


def test_support_is_argued_on_both_sides():
    """A layout counts from seven tenths on, with the doubt that weighs as much; files and icons are told beside it."""
    support = (supported("structure", 0.69), supported("structure", 0.7), supported("asset", 0.1), supported("icon", 0))
    given = case(matches=(copied(300),), support=support)
    by_code = {reason.code: reason for reason in argue(given, judged("whole"))}
    assert by_code["same_template"].evidence == by_code["template_shared"].evidence == (2,)
    assert by_code["same_template"].weight == -by_code["template_shared"].weight
    assert (by_code["same_assets"].evidence, by_code["same_icon"].evidence) == ((3,), (4,))


def test_support_alone_is_not_argued():
    """Where no likeness in words is found, or only a common source, what else is alike is no reason."""
    given = case(matches=(copied(20),), support=(supported("structure", 1.0), supported("icon", 0)))
    told = {"same_template", "same_icon", "template_shared"}
    assert told.isdisjoint(codes(given, judged()))
    assert told.isdisjoint(codes(given, judged("partial", direction="common_source")))
    assert told <= set(codes(given, judged("partial")))


def seen(kind, item="i", image=None, fields=0, frames=0):
    """Give a match of a picture, a video or a record."""
    return Match(
        item=item, page="p", kind=kind, measure="inliers", value=9, image=image,
        fields=tuple(FieldMatch(name=f"f{n}", target=(n, n + 1), agreement="exact") for n in range(fields)),
        frames=tuple(FrameMatch(target_s=n, item_s=n, distance=3) for n in range(frames)),
    )  # fmt: skip


def test_pictures_videos_and_records_are_argued():
    """Each kind has a reason that counts them and points at them, behind the matches of text."""
    given = case(
        matches=(copied(20),), pictures=9,
        shown=(seen("image", image="a"), seen("image", image="b"), seen("record", fields=5), seen("video", frames=4)),
        weak=(seen("video", frames=1),),
    )  # fmt: skip
    by_code = {reason.code: reason for reason in argue(given, shown())}
    assert by_code["same_picture"].evidence == (1, 2)
    assert "2 of 9 that were compared" in by_code["same_picture"].text
    assert (by_code["same_record"].evidence, by_code["same_record"].weight) == ((3,), 5.0)
    assert (by_code["same_video"].evidence, by_code["same_video"].pro) == ((4,), True)
    assert (by_code["frames_few"].evidence, by_code["frames_few"].pro) == ((5,), False)
    assert by_code["passage_short"].weight == 0.0
    assert "no_shared_picture" not in by_code


def test_a_picture_shown_twice_is_one():
    """A picture of a page that agrees with two items of ours is counted once, and what is unknown is not counted."""
    given = case(shown=(seen("image", image="a"), seen("image", "j", image="a")))
    told = next(reason for reason in argue(given, shown()) if reason.code == "same_picture")
    assert told.text.endswith("by what they show: 1")


def test_pictures_without_words_are_argued():
    """A target of pictures alone was read: that none is ours, or that it has no words, is told as what it is."""
    given = case(words=0, pictures=3)
    assert codes(given, judged()) == ["no_words", "no_shared_picture", "not_captured"]
    given = case(words=0, pictures=3, shown=(seen("image", image="a"),))
    assert codes(given, shown()) == ["same_picture", "no_words", "direction_unknown", "not_captured"]
    without_words = {reason.code: reason for reason in argue(case(shown=given.shown), shown())}
    assert without_words["no_shared_text"].weight == 0.0


def test_support_follows_what_is_shown():
    """A layout beside a picture points at its own match, behind pictures that count and those that do not."""
    given = case(shown=(seen("image"),), weak=(seen("video"),), support=(supported("structure", 0.9),))
    by_code = {reason.code: reason for reason in argue(given, shown())}
    assert by_code["same_template"].evidence == (2,)


def test_the_dates_of_both_parts_are_told():
    """That they were first with the words is told even where the pictures give the verdict, and ours where known."""
    words = Part("benign", "whole", "none_known", "theirs_first", Told(text="kept"))
    given = case(matches=(copied(300),), shown=(seen("image"),))
    told = {reason.code: reason for reason in argue(given, shown("ours_first", words=words, told="dated"))}
    assert (told["theirs_first"].text, told["ours_first"].text) == ("kept", "dated")


def test_links_to_us_are_told_and_excuse_nothing():
    """A page that shows a picture of ours and links to us is told so."""
    given = case(shown=(seen("image"),), linked=(0,))
    told = {reason.code: reason for reason in argue(given, shown())}
    assert (told["source_linked"].pro, told["source_linked"].evidence) == (False, (0,))


def test_harms_are_told_as_they_are_given():
    """What tells of a harm stands among the reasons for."""
    reason = Reason(code="minors", text="x", weight=0.0, pro=True, evidence=(0,))
    told = argue(case(shown=(seen("image"),)), shown(harmed=Harmed(reasons=(reason,))))
    assert reason in told
