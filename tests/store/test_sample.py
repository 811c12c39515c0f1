"""Tests of the settings file of a new workspace."""

import re
import tomllib
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from cloneward.settings import Settings, parse
from cloneward.store.sample import write_settings


def test_says_what_was_given():
    """Read back, the file gives the site and every default."""
    values = tomllib.loads(write_settings({"site": "https://example.org/"}))
    assert parse(values, {}, source="test") == Settings(site="https://example.org/")


@given(st.text().filter(lambda text: text.isprintable() or "\x7f" in text))
def test_any_value_returns(text):
    """Whatever stands in a value, quotes or strange letters, it comes back as it was."""
    written = write_settings({"site": text, "domains": ["a.example", text]})
    assert tomllib.loads(written) == {"site": text, "domains": ["a.example", text]}


def test_every_setting_stands_there():
    """Each setting is there with its line of documentation."""
    text = write_settings({"site": "https://example.org/"})
    for item in fields(Settings):
        assert item.metadata["doc"] in text
        assert re.search(rf"^(# )?(\[\[?)?{item.name}\b", text, re.MULTILINE)


def test_defaults_can_be_uncommented():
    """Taking the # away from every setting that has a default gives a file with just these defaults."""
    written = write_settings({"site": "https://example.org/"}).splitlines()
    lines = [line for line in written if "= …" not in line]
    setting = re.compile(r"# (?=\[|[a-z_]+ = )")
    settings = parse(tomllib.loads("\n".join(setting.sub("", line, count=1) for line in lines)), {}, source="test")
    assert settings.database == Settings(site="x").database
    assert settings.domains == ()
    assert settings.partners[0].may_show == ("*",)
    assert settings.fetch == Settings(site="x").fetch
