"""The words for each name of the contract, and figures as they are printed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from cloneward.judge import wording
from cloneward.model import case
from cloneward.model.finding import Agreement, MatchKind, Measure, Transform
from tests.judge.sample import make_verdict, make_viewer

TABLES = [
    (wording.VERDICTS, case.VerdictName),
    (wording.LIKENESS, case.Likeness),
    (wording.STANDING, case.Standing),
    (wording.DIRECTION, case.Direction),
    (wording.HOST, case.Host),
    (wording.HARMS, case.Harm),
    (wording.NOT_COMPARED, case.NotCompared),
    (wording.MEASURES, Measure),
    (wording.AGREEMENTS, Agreement),
    (wording.NOUNS, MatchKind),
]


@pytest.mark.parametrize(("table", "names"), TABLES)
def test_names_have_words(table, names):
    """Every name of the contract has its words, and none of them is a statement of law."""
    assert set(table) == set(get_args(names))
    said = " ".join(table.values()).lower()
    for word in ("infring", "unauthor", "illegal", "unlawful", "stolen", "theft", "pirat"):
        assert word not in said


@pytest.mark.parametrize(
    ("share", "printed"),
    [(0.0, "0%"), (1.0, "100%"), (0.99999, "99.9%"), (0.49999, "49.9%"), (0.58, "58%"), (0.0004, "below 0.1%")],
)
def test_shares_round_down(share, printed):
    """A share is never printed larger than it is."""
    assert wording.print_share(share).replace("\N{NO-BREAK SPACE}", " ") == printed


@pytest.mark.parametrize(
    ("nats", "printed"),
    [
        (0.0, "Informs or decides by rule; adds no weight"),
        (3.0, "Weight +3.0"),
        (-0.5, "Weight −0.5"),
    ],
)
def test_weights(nats, printed):
    """A weight is printed with its sign, and one of nothing as what it is."""
    assert wording.print_weight(nats) == printed


@pytest.mark.parametrize(
    ("address", "defanged"),
    [
        ("https://evil.example/a.html?b.c", "hxxps://evil[.]example/a.html?b.c"),
        ("HTTP://user@evil.example:80", "hxxp://user@evil[.]example:80"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("ftp://evil.example/x", "ftp[:]//evil.example/x"),
        ("pages/index.html", "pages/index.html"),
        ("", ""),
    ],
)
def test_addresses_are_defanged(address, defanged):
    """An address with a scheme loses what programs make links from, and a path stays as it is."""
    assert wording.defang_address(address) == defanged


def test_hidden_signs_are_named():
    """Controls, bidi overrides, zero-width signs and lone surrogates are named; newline, joiners and emoji stay."""
    hidden = "\x00\x1f\x7f\x9b\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\u2028\ud800\uffff\U000e0041"
    assert wording.split_hidden(hidden) == tuple((f"U+{ord(sign):04X}", True) for sign in hidden)
    plain = "a\n\tb می‌خواهم 👩‍🚀 ❤️ é"
    assert wording.split_hidden(plain) == ((plain, False),)
    assert wording.split_hidden("a\u202eb") == (("a", False), ("U+202E", True), ("b", False))


def test_times_are_utc():
    """A moment is printed in UTC; a record's time that cannot be read stays as it was written."""
    moment = datetime(2026, 11, 24, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert wording.print_time(moment) == "23 November 2026, 23:30:00 UTC"
    assert wording.print_time(moment.astimezone(UTC)) == wording.print_time(moment)
    assert wording.read_time("2026-11-24T05:00:00.000Z") == "24 November 2026, 05:00:00 UTC"
    assert wording.read_time("2026-11-24") == "2026-11-24"
    assert wording.read_time("last week") == "last week"
    assert wording.read_time(None) is None


def test_sentences():
    """A reason's words become a sentence."""
    assert wording.say_sentence("some words are shared") == "Some words are shared."
    assert wording.say_sentence("Done.") == "Done."
    assert wording.say_sentence("") == ""
    assert wording.shorten("abc", 2) == "ab …"


def test_score_names_its_base_rate():
    """What a score means is said with the base rate that it supposes, and that it is not about rights."""
    told = wording.tell_score(0.001)
    assert "where 0.1% of the targets that share words took them" in told
    assert "nothing of rights" in told


@pytest.mark.parametrize(
    ("mirror", "degrees", "scale", "crop", "words"),
    [
        (False, 0.0, 1.0, (0.0, 0.0, 1.0, 1.0), "shown as it is"),
        (
            True,
            2.0,
            0.4,
            (0.0, 0.0, 0.78, 1.0),
            "mirrored, turned by 2° clockwise, the left 78% shown, at 40% of its size",
        ),
        (False, -90.0, 1.0, (0.0, 0.0, 1.0, 1.0), "turned by 90° anticlockwise"),
        (False, 0.4, 1.004, (0.004, 0.0, 0.996, 1.0), "shown as it is"),
        (
            False,
            0.0,
            2.5,
            (0.1, 0.25, 0.9, 1.0),
            "10% to 90% of its width and the lower 75% shown, at 250% of its size",
        ),
        (False, 0.0, 1.0, (0.3, 0.0, 1.0, 0.5), "the right 70% and the upper 50% shown"),
    ],
)
def test_a_transform_is_told(mirror, degrees, scale, crop, words):
    """What happened to a picture is told in words, and what is next to nothing is not."""
    assert wording.tell_transform(Transform(mirror=mirror, degrees=degrees, scale=scale, crop=crop)) == words


def test_masked_values():
    """A masked value has no more of a text than its first letter, and of a short one nothing."""
    assert wording.mask_value("nora.vessel") == "11 characters, n…"
    assert wording.mask_value("Ann") == wording.mask_value("") == "…"


def test_places_in_a_video():
    """Seconds are printed as minutes and seconds."""
    assert [wording.print_seconds(at) for at in (0, 9.96, 62.5, 3600)] == ["0:00.0", "0:10.0", "1:02.5", "60:00.0"]


def test_a_partial_copy_is_told_by_what_it_shows():
    """Where pictures or records count the sentence counts them, with the share of the words if any is shared."""
    verdict = make_viewer().verdict
    told = wording.tell_verdict(verdict, "3 protected items", "2 pictures")
    assert told == "has been found to be a partial copy: it shows 2 pictures of ours."
    words = make_verdict("a.example", verdict="partial_copy", likeness="partial", share_of_target=0.25)
    assert "; 25% of its words that count stand" in wording.tell_verdict(words, "3 protected items", "1 record")
    assert "at least one longer passage" in wording.tell_verdict(words, "3 protected items")
