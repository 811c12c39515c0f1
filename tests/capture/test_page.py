"""Tests of cloneward.capture.page: what is told of a visit and kept beside its exchanges."""

import json
from dataclasses import replace

import pytest

from cloneward.capture.page import describe_capture, list_attachments, spell_vantage
from cloneward.model.content import Problem
from cloneward.model.vantage import Document, Rendering, Vantage

RENDERING = Rendering(
    url="https://x.test/",
    final_url="https://y.test/b",
    title="Page",
    started_at="2026-11-24T12:00:00.000Z",
    ended_at="2026-11-24T12:00:03.000Z",
    documents=(
        Document(url="https://y.test/b", html="<title>x</title><p>One  <b>two</b>"),
        Document(url="https://z.test/", html="<p>frame</p>"),
    ),
    viewport=b"\x89PNG 1",
    console=("log: hello",),
    addresses={"x.test": ("192.0.2.1",)},
    problems=(Problem(code="popup_closed", page=None, text="it opened windows"),),
    not_recorded={"blob": "made in the page"},
    tools={"chromium": "156.0.0.1"},
)


@pytest.mark.parametrize(
    ("tools", "is_recorded", "mode", "bodies"),
    [
        ({"chromium": "1"}, True, "proxy", "wire"),
        ({"chromium": "1"}, False, "browser", "decoded"),
        ({}, True, "fetch", "decoded"),
    ],
)
def test_mode_says_who_recorded(tools, is_recorded, mode, bodies):
    """A capture says whether a proxy, the browser or a plain fetch recorded it, and so what its bodies are."""
    vantage = Vantage(name="desktop", is_recorded=is_recorded)
    told = {"capture": "c1", "operator": "ann", "purpose": "case 7"}
    capture = describe_capture(replace(RENDERING, tools=tools), vantage, **told)
    assert (capture.id, capture.mode, capture.bodies) == ("c1", mode, bodies)
    assert (capture.operator, capture.purpose) == ("ann", "case 7")
    assert capture.tools["cloneward"]


def test_capture_tells_what_was_recorded_and_what_not():
    """What there is of a visit is named, and what there is not with its reason; the page is where it ended."""
    capture = describe_capture(RENDERING, Vantage(name="d"), capture="c", operator="o", purpose="p")
    assert set(capture.recorded) == {"viewport", "documents", "console", "addresses"}
    assert capture.not_recorded == {"blob": "made in the page"}
    assert [(visit.url, visit.title) for visit in capture.visits] == [("https://y.test/b", "Page")]


def test_vantage_is_told_on_one_line():
    """The name comes first, then what differs from a plain visit."""
    assert spell_vantage(Vantage(name="plain")) == "plain"
    spelt = spell_vantage(Vantage(name="m", device="android", languages=("de", "en"), referrer="https://a.test/"))
    assert spelt == "m device=android languages=de,en referrer=https://a.test/"


def test_attachments_hold_what_was_seen():
    """Pictures that there are, each document with its visible text, a HAR and a note of the rest are kept."""
    kept = {(one.kind, one.url): one.content for one in list_attachments(RENDERING)}
    assert kept["view", "https://y.test/b"] == b"\x89PNG 1"
    assert ("fullPage", "https://y.test/b") not in kept
    assert kept["text", "https://y.test/b"] == b"One two"
    assert kept["dom", "https://z.test/#1"] == b"<p>frame</p>"
    assert json.loads(kept["har", "https://y.test/b"])["log"]["pages"]
    info = json.loads(kept["pageinfo", "https://y.test/b"])
    assert info["console"] == ["log: hello"]
    assert info["problems"][0]["code"] == "popup_closed"


def test_visits_that_led_nowhere_keep_their_address():
    """Where a browser ended at no web address, the capture is of the one that was asked for."""
    ended = replace(RENDERING, final_url="chrome-error://chromewebdata/", documents=())
    capture = describe_capture(ended, Vantage(name="d"), capture="c", operator="o", purpose="p")
    assert capture.visits[0].url == "https://x.test/"
