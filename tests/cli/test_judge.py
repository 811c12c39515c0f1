"""Tests of cloneward.cli.judge."""

import pytest

from tests.cli.test_act import URL, at, site

__all__ = ["at", "site"]


@pytest.fixture
def judged(run, at):
    """A workspace with a case that is judged."""
    run("case", "open", URL, *at)
    run("judge", URL, "--plain", *at)
    return at


def test_the_queue_asks_each_person_once(run, judged):
    """A card waits for each person until they labelled it, and does not show what others said."""
    (card,) = run("judge", "queue", "--operator", "eve", "--json", *judged).records
    assert (card["target"], card["urgency"]) == (URL, "week")
    assert card["found"].startswith("copy: 1 items")
    assert card["pro"]
    assert run("judge", "label", URL, "copy", "--operator", "eve", *judged).code == 0
    assert run("judge", "queue", "--operator", "eve", *judged).out == ""
    shown = run("judge", "queue", "--operator", "ben", *judged).out
    assert URL in shown
    assert "eve" not in shown


def test_what_is_not_judged_has_no_direction(run, at):
    """Who was first can be said of what was judged, and with a reason alone."""
    run("case", "open", URL, *at)
    early = run("judge", "label", URL, "copy", "--direction", "ours_first", "--note", "so", *at)
    assert (early.code, "not judged" in early.err) == (2, True)
    run("judge", URL, "--plain", *at)
    bare = run("judge", "label", URL, "copy", "--direction", "ours_first", *at)
    assert (bare.code, "--note" in bare.err) == (2, True)


@pytest.mark.parametrize("words", [("infringing",), ("copy", "--direction", "us")])
def test_only_the_words_of_the_contract(run, judged, words):
    """A verdict or direction that is none of the words is refused with those that are."""
    asked = run("judge", "label", URL, *words, *judged)
    assert (asked.code, "one of" in asked.err) == (2, True)


def test_a_case_that_is_not_there(run, at):
    """A case that nobody opened is not judged."""
    asked = run("judge", "https://nobody.test/", "--plain", *at)
    assert (asked.code, "no case" in asked.err) == (2, True)


def test_without_items_nothing_is_judged(run, tmp_path):
    """A workspace that protects nothing judges nothing."""
    run("init", tmp_path / "own", "--site", "https://own.test/")
    place = ("--workspace", tmp_path / "own")
    run("case", "open", URL, *place)
    asked = run("judge", URL, "--plain", *place)
    assert (asked.code, "nothing is protected" in asked.err) == (2, True)
