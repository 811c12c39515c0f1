"""Owners with real authorities, and the packages that they hand over, for the tests of the seal."""

import functools

import pytest

from cloneward.seal import verify
from tests.seal.owner import Owner, hand_over, make_field


@pytest.fixture
def owner(tmp_path, stamp_servers):
    """An owner with two authorities, and nothing captured yet."""
    return Owner(tmp_path / "owner", stamp_servers)


@pytest.fixture(scope="session")
def handed_over(tmp_path_factory, stamp_servers):
    """An owner, a package of two captures, and another package of the same owner."""
    return hand_over(tmp_path_factory.mktemp("handed"), stamp_servers)


@pytest.fixture(scope="session")
def field(handed_over, tmp_path_factory):
    """What the attacker has."""
    return make_field(tmp_path_factory.mktemp("stranger"), *handed_over)


@pytest.fixture
def quick(monkeypatch):
    """Ask openssl once for the same reply, digest and roots."""
    monkeypatch.setattr(verify, "ask_openssl", functools.cache(verify.ask_openssl))
