"""Tests of cloneward.capture.walls."""

import time

import pytest

from cloneward.capture.walls import find_walls


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        ("<form><input name=q></form>", []),
        ('<input id="p" type="password">', ["login_wall"]),
        ("<INPUT TYPE=password>", ["login_wall"]),
        ("<p>Our passwords are long; type=password</p>", []),
        ('<script src="https://www.google.com/recaptcha/api.js">', ["challenge"]),
        ('<div class="cf-turnstile" data-sitekey="x">', ["challenge"]),
        ("<h1>Verify you are human</h1>", ["challenge"]),
        ("<label>I\u2019m not a robot</label><input type='password'>", ["login_wall", "challenge"]),
    ],
)
def test_walls_are_seen(html, codes):
    """A password field and a challenge are told, and what only speaks of them is not."""
    assert [problem.code for problem in find_walls("https://x.test/", html)] == codes


@pytest.mark.parametrize("html", ["<input " * 200_000, "<input " + "a" * 1_000_000, "class='" * 200_000])
def test_hostile_pages_take_no_time(html):
    """Endless tags and attributes are looked through in bounded time."""
    began_s = time.process_time()
    find_walls("https://x.test/", html)
    assert time.process_time() - began_s < 5
