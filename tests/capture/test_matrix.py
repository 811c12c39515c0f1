"""Tests of cloneward.capture.matrix."""

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from cloneward.capture.matrix import compare_renderings, list_vantages
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Device, Document, Rendering
from cloneward.settings import Source

AT = "2026-11-24T12:00:00.000Z"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def render(text, final_url="https://x.test/", status=200):
    """What a page of some words gives."""
    exchange = Exchange(url=final_url, requested_at=AT, status=status)
    document = Document(url=final_url, html=f"<p>{text}</p>")
    times = {"started_at": AT, "ended_at": AT}
    return Rendering(url="https://x.test/", final_url=final_url, documents=(document,), exchanges=(exchange,), **times)


def test_vantages_are_many_victims():
    """Every device, referrer, past and recording is there, no two have one name, and some look long."""
    vantages = list_vantages(now=NOW, languages=("de-DE",), site="https://own.test/")
    assert len({vantage.name for vantage in vantages}) == len(vantages)
    assert {vantage.device for vantage in vantages} == set(get_args(Device))
    assert {vantage.visits for vantage in vantages} == {1, 2, 3}
    assert {vantage.is_recorded for vantage in vantages} == {True, False}
    assert {"", "https://own.test/", "https://www.google.com/"} <= {vantage.referrer for vantage in vantages}
    assert ("de-DE", "de", "en") in {vantage.languages for vantage in vantages}
    assert max(vantage.dwell_s for vantage in vantages if vantage.device in {"android", "iphone", "app"}) >= 5
    assert max(vantage.dwell_s for vantage in vantages if vantage.device in {"desktop", "firefox"}) >= 5


def test_whoever_visits_from_a_country_lives_there():
    """From a source one speaks its language and has its hour; where the country is none we know, those of the first."""
    here = Source(name="berlin", country="de", address="192.0.2.9")
    there = Source(name="there", country="zz", address="192.0.2.10")
    vantages = list_vantages(now=NOW, sources=(here, there))
    berlin, unknown = vantages[-2:]
    assert (berlin.name, berlin.source, berlin.country) == ("android-search-berlin", "192.0.2.9", "de")
    assert (berlin.languages, berlin.timezone) == (("de-DE", "de", "en"), "Europe/Berlin")
    assert (unknown.languages, unknown.timezone) == (vantages[0].languages, vantages[0].timezone)


@pytest.mark.parametrize("hour", range(24))
def test_some_have_day_and_some_night(hour):
    """Whenever a site is visited, it is about one o'clock in the afternoon for some visitors, and two at night."""
    now = NOW.replace(hour=hour)
    zones = {vantage.timezone for vantage in list_vantages(now=now)} - {""}
    assert {now.astimezone(ZoneInfo(zone)).hour for zone in zones} == {2, 13}


def test_differences_are_measured_from_the_first():
    """Equal texts have likeness 1, texts of other words 0, and where a visit ended is told with its status."""
    words = "the first words of a page that goes on for a while and says something"
    others = "quite another text that has nothing at all to do with what was said before"
    found = compare_renderings(
        {
            "a": render(words),
            "b": render(words),
            "c": render(others, "https://y.test/z", 404),
            "d": render(words + " " + others),
        }
    )
    assert [one.jaccard for one in found[:3]] == [1.0, 1.0, 0.0]
    assert 0 < found[3].jaccard < 1
    assert (found[2].status, found[2].final_url, found[2].words) == (404, "https://y.test/z", 15)


def test_nothing_is_like_nothing_in_no_measure():
    """Where two vantages see no words there is no likeness, rather than a full one."""
    assert [one.jaccard for one in compare_renderings({"a": render(""), "b": render("")})] == [None, None]
    assert compare_renderings({}) == ()
