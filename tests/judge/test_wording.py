"""The words for each name of the contract, and figures as they are printed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from cloneward.judge import wording
from cloneward.model import case
from cloneward.model.finding import Measure

TABLES = [
    (wording.VERDICTS, case.VerdictName),
    (wording.LIKENESS, case.Likeness),
    (wording.STANDING, case.Standing),
    (wording.DIRECTION, case.Direction),
    (wording.HOST, case.Host),
    (wording.HARMS, case.Harm),
    (wording.NOT_COMPARED, case.NotCompared),
    (wording.MEASURES, Measure),
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
