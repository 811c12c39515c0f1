"""Tests of cloneward.capture.parking."""

import time

import pytest

from cloneward.capture.parking import find_parking, find_suspension


@pytest.mark.parametrize(
    ("text", "hosts", "found"),
    [
        ("The domain x.test is for sale", (), "The domain x.test is for sale"),
        ("Diese Domain steht zum Verkauf", (), "Diese Domain steht zum Verkauf"),
        ("", ("x.test", "ww1.sedoparking.com"), "ww1.sedoparking.com"),
        ("Our dogs are for sale in the park", ("x.test",), ""),
        ("Buy this domain. " + "word " * 400, (), ""),
    ],
)
def test_parking_is_told_by_service_or_words(text, hosts, found):
    """A parking service or short sale page is told; other sales, and long texts on domains, are not."""
    assert find_parking(text, hosts) == found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("This account has been suspended. Contact your hosting provider.", True),
        ("Account Suspended", True),
        ("Lessons are suspended in summer " + "word " * 60, False),
        ("Account suspended " + "word " * 400, False),
        ("Diese Seite wurde gesperrt.", True),
        ("Сайт заблокирован", True),
        ("Danger: phishing", True),
        ("How phishing works. " + "word " * 70, False),
    ],
)
def test_suspensions_are_told_by_words(text, is_found):
    """The notice of a host is told; what else is suspended, and long texts, are not."""
    assert bool(find_suspension(text)) == is_found


def test_hostile_texts_take_no_time():
    """Texts of one endless word, or of endless beginnings, are looked through in bounded time."""
    began_s = time.process_time()
    for text in ("a" * 3_000_000, "domain " * 500_000, "account\u00a0" * 299 + "x" * 1_000_000):
        find_parking(text, ())
        find_suspension(text)
    assert time.process_time() - began_s < 5
