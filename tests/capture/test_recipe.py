"""Tests of cloneward.capture.recipe: the smallest request that shows the copied content."""

import shlex
from itertools import pairwise

import pytest

from cloneward.capture.recipe import find_recipe, write_curl
from cloneward.errors import Unavailable
from cloneward.model.vantage import Document, Rendering, Vantage

AT = "2026-11-24T12:00:00.000Z"
VANTAGE = Vantage(name="android-search", device="android", referrer="https://www.google.com/", languages=("de", "en"))


def site(victim):
    """What asks a site that shows its copy to some headers alone, and the requests that it got."""
    asked = []

    def ask(headers):
        asked.append(dict(headers))
        html = "COPY" if victim(headers) else "nothing here"
        document = Document(url="https://x.test/", html=html)
        return Rendering(url="", final_url="", started_at=AT, ended_at=AT, documents=(document,))

    return ask, asked


def find(victim, cookies=""):
    """The recipe of a site for such victims."""
    ask, asked = site(victim)
    recipe = find_recipe("https://x.test/", VANTAGE, cookies, ask, lambda given: "COPY" in given.documents[0].html)
    assert recipe.requests == len(asked) <= 6
    return recipe


@pytest.mark.parametrize(
    ("victim", "needed"),
    [
        (lambda headers: True, set()),
        (lambda headers: "Android" in headers.get("User-Agent", ""), {"User-Agent"}),
        (lambda headers: "google" in headers.get("Referer", ""), {"Referer"}),
        (lambda headers: headers.get("Accept-Language", "").startswith("de"), {"Accept-Language"}),
        (lambda headers: "seen=1" in headers.get("Cookie", ""), {"Cookie"}),
        (
            lambda headers: "Mobile" in headers.get("User-Agent", "") and "google" in headers.get("Referer", ""),
            {"User-Agent", "Referer"},
        ),
    ],
)
def test_only_what_is_needed_is_left(victim, needed):
    """Each header that the copy does not depend on is left out, and the command and the words name the others."""
    recipe = find(victim, "seen=1")
    assert not recipe.needs_browser
    assert set(recipe.headers) == needed
    arguments = shlex.split(recipe.curl)
    assert arguments[-1] == "https://x.test/"
    assert {argument.partition(":")[0] for before, argument in pairwise(arguments) if before == "-H"} == needed
    assert recipe.words.startswith("Open https://x.test/")


def test_a_browser_is_asked_for_where_no_request_shows_it():
    """Where no plain request shows the copy, the recipe says in words as whom to open it."""
    recipe = find(lambda headers: False)
    assert recipe.needs_browser
    assert recipe.curl == ""
    assert "Android phone" in recipe.words
    assert "https://www.google.com/" in recipe.words
    assert recipe.requests == 1


def test_requests_that_fail_show_nothing():
    """A site that does not answer some request is taken not to show its copy to it."""

    def ask(headers):
        if "Referer" not in headers:
            raise Unavailable("gone", hint="later")
        return Rendering(url="", final_url="", started_at=AT, ended_at=AT)

    recipe = find_recipe("https://x.test/", VANTAGE, "", ask, lambda _: True)
    assert set(recipe.headers) == {"Referer"}


def test_commands_are_safe_in_a_shell():
    """Whatever an address or a header holds is one word of the command."""
    url, value = "https://x.test/?a=1&b='; rm -rf ~ $(id)", "`id` \"x\" 'y'"
    assert shlex.split(write_curl(url, {"Cookie": value}))[-3:] == ["-H", f"Cookie: {value}", url]
