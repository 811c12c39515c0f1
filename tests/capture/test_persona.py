"""Tests of cloneward.capture.persona: that a persona agrees with itself."""

from typing import get_args

import pytest

from cloneward.capture.persona import choose_persona, name_agent, write_languages
from cloneward.model.vantage import Device, Vantage


@pytest.mark.parametrize("device", get_args(Device))
def test_a_persona_agrees_with_itself(device):
    """What the name says (mobile, platform, version) is what hints, window and touch say."""
    persona = choose_persona(Vantage(name="x", device=device), 156)
    assert persona.user_agent == name_agent(device, 156)
    assert persona.is_mobile == ("Mobile" in persona.user_agent)
    assert persona.is_mobile == (persona.height > persona.width)
    if persona.hints is None:
        assert "Chrome" not in persona.user_agent
    else:
        assert "Chrome/156." in persona.user_agent
        assert persona.hints["mobile"] == persona.is_mobile
        assert persona.hints["platform"] in {"Windows", "Android"}
        assert {"brand": "Chromium", "version": "156"} in persona.hints["brands"]
    assert "Headless" not in persona.user_agent


@pytest.mark.parametrize(
    ("languages", "header"),
    [
        (("en",), "en"),
        (("de-DE", "de", "en"), "de-DE,de;q=0.9,en;q=0.8"),
        (
            tuple("abcdefghijkl"),
            "a,b;q=0.9,c;q=0.8,d;q=0.7,e;q=0.6,f;q=0.5,g;q=0.4,h;q=0.3,i;q=0.2,j;q=0.1,k;q=0.1,l;q=0.1",
        ),
    ],
)
def test_languages_are_written_as_browsers_do(languages, header):
    """The most wanted language comes first and the weights fall, never to nothing."""
    assert write_languages(languages) == header
