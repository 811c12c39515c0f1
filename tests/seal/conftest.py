"""Owners with real authorities, and the packages that they hand over, for the tests of the seal."""

import functools

import pytest

from cloneward.seal import verify
from cloneward.seal.stamps import make_request
from tests.seal.attacks import Field, Hands
from tests.seal.owner import Owner, make_seed
from tests.servers import StampServer


@pytest.fixture
def owner(tmp_path, stamp_servers):
    """An owner with two authorities, and nothing captured yet."""
    return Owner(tmp_path / "owner", stamp_servers)


@pytest.fixture(scope="session")
def handed_over(tmp_path_factory, stamp_servers):
    """An owner, a package of two captures, and another package of the same owner."""
    owner = Owner(tmp_path_factory.mktemp("handed") / "owner", stamp_servers)
    ids = [owner.capture(f"https://copy.test/{number}").subject for number in range(3)]
    owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    return owner, owner.export(ids[:2], "p1"), owner.export(ids[2:], "p2")


@pytest.fixture(scope="session")
def field(handed_over, stamp_servers, tmp_path_factory):
    """What the attacker has."""
    owner, package, other = handed_over
    folder = tmp_path_factory.mktemp("stranger")
    own = {name: StampServer(name, folder / name) for name in ("one", "two")}
    honest = {server.name: server for server in stamp_servers}

    def stamping(servers):
        def stamp(name, content):
            return servers[name].reply(make_request(content))

        return stamp

    stranger = Hands(make_seed("stranger"), stamping(own))
    return Field(package, other, stranger, Hands(owner.signer.seed, stamping(honest)))


@pytest.fixture
def quick(monkeypatch):
    """Ask openssl once for the same reply, digest and roots."""
    monkeypatch.setattr(verify, "ask_openssl", functools.cache(verify.ask_openssl))
