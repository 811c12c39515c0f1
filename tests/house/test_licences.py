"""The licence check."""

from email.message import Message

import pytest

from make import licences


class Installed:
    """Stands in for an installed distribution."""

    def __init__(self, name, requires=(), **fields):
        self.metadata = Message()
        self.metadata["Name"] = name
        for field, values in fields.items():
            for value in [values] if isinstance(values, str) else values:
                self.metadata[field.replace("_", "-")] = value
        self.requires = list(requires)
        self.version = "1.0"


@pytest.fixture
def install(monkeypatch):
    """Make the check see these distributions only."""

    def put(*found):
        by_name = {item.metadata["Name"]: item for item in found}
        monkeypatch.setattr(licences, "distribution", by_name.__getitem__)

    return put


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "GPL-3.0-or-later"},
        {"License_Expression": "MIT AND AGPL-3.0-only"},
        {"License_Expression": "SSPL-1.0"},
        {"License": "GPLv3"},
        {"License": "FoxIO License 1.1"},
        {"Classifier": ["License :: OSI Approved :: GNU General Public License v2 (GPLv2)"]},
        {"Classifier": ["License :: OSI Approved :: MIT License", "License :: Other/Proprietary License"]},
        {"License": "x" * 500},
        {},
    ],
)
def test_catches(install, fields):
    """A copyleft, source-available or untold licence deep in the closure is called by the package's name."""
    install(
        Installed("top", ["middle"], License="MIT"),
        Installed("middle", ["deep>=1"], License="MIT"),
        Installed("deep", **fields),
    )
    assert [line.split()[0] for line in licences.find_faults("top")] == ["deep"]


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "MIT"},
        {"License_Expression": "GPL-2.0-only OR MIT"},
        {"License_Expression": "BSD-3-Clause AND (Apache-2.0 OR MIT)"},
        {"License": "MPL-2.0"},
        {"License_Expression": "LGPL-3.0-or-later"},
        {"Classifier": ["License :: OSI Approved", "License :: OSI Approved :: ISC License (ISCL)"]},
    ],
)
def test_allows(install, fields):
    """Permissive licences, MPL and LGPL pass, however the metadata tell them."""
    install(Installed("top", **fields))
    assert licences.find_faults("top") == []


def test_skips_what_is_not_needed(install):
    """What only another platform or an extra that nobody asked for would need is not looked at."""
    install(Installed("top", ["winning; sys_platform == 'win64'", "more; extra == 'more'"], License="MIT"))
    assert licences.find_faults("top") == []


def test_follows_extras(install):
    """An extra that is asked for brings its packages in."""
    install(
        Installed("top", ["middle[more]"], License="MIT"),
        Installed("middle", ["deep; extra == 'more'"], License="MIT"),
        Installed("deep", License_Expression="GPL-3.0-only"),
    )
    assert licences.find_faults("top") == ["deep 1.0: gpl-3.0-only"]


def test_reviewed():
    """Each package that a person reviewed has its reason."""
    assert all(reason for _, reason in licences.REVIEWED.values())
