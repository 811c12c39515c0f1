"""The reader of notices passes good ones, whatever their words, and catches each defect."""

import random
from dataclasses import replace

import pytest

from tests.adversary.papers import KINDS, find_faults, is_stated, list_urls
from tests.adversary.papers_samples import GOOD


@pytest.mark.parametrize("kind", KINDS)
def test_good(kind):
    """A notice that has all its elements has no fault."""
    assert find_faults(GOOD[kind]) == []


def test_other_words():
    """The law's words in another order, spelling and line breaks pass too."""
    good = GOOD["dmca"]
    text = good.text.replace("not authorized", "not authorised").replace(
        "I have a good faith belief", "We in good faith\nbelieve"
    )
    text = text.replace(
        "Under penalty of perjury, I state that I am authorized to act on\nbehalf of the owner of an exclusive right",
        "I declare under the penalty of perjury that I am authorised to act for the owner of an exclusive right",
    )
    assert find_faults(replace(good, text=text.replace("http://copy.test", "hxxp://copy[.]test"))) == []
    assert not [fault for fault in find_faults(replace(good, text=text)) if fault.startswith("dmca")]


def test_empty():
    """An empty notice lacks everything, and no noise makes the reader fail."""
    for kind in KINDS:
        faults = find_faults(replace(GOOD[kind], text="", report=None))
        assert len([fault for fault in faults if fault.startswith(kind)]) >= 5
    rng = random.Random(7)
    for _ in range(200):
        noise = "".join(rng.choice("ab \n.:/@{}[]$'\"\u202e\x00curl http://") for _ in range(300))
        find_faults(replace(GOOD["host"], text=noise, report={noise: noise, "evidence": noise, "timestamp": 7}))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("The information is accurate.", True),
        ("The information is not accurate.", False),
        ("Is the information accurate?", False),
        ("The information is here. It is accurate.", False),
    ],
)
def test_statements(text, stated):
    """A statement is one sentence that affirms."""
    assert is_stated(text, "accurate", "information") == stated


def test_addresses():
    """Addresses are found, defanged ones too."""
    assert list_urls("see hxxp://copy[.]test/a, and https://b.test/.") == ["http://copy.test/a", "https://b.test/"]
