"""Hosts that a test starts and that stop with it, and an authority that signs their certificates."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloneward.fetch.http import Fetcher
from cloneward.settings import Fetch
from tests.fetch.hosts import Host, JumpClock, NameServer


@pytest.fixture
def start():
    """Start a host that behaves so; it stops with the test."""
    hosts = []

    def begin(behave, **options):
        hosts.append(Host(behave, **options))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.stop()


@pytest.fixture
def names():
    """Start a name server that knows these records; it stops with the test."""
    servers = []

    def begin(records):
        servers.append(NameServer(records))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


@pytest.fixture
def open_fetcher():
    """A fetcher that finds every name below `test` at a host, without waiting between requests."""

    def make(host, *, clock=None, tls=None, contact="", **rules):
        values = {"allow": (host.endpoint,), "resolve": {"*.test": host.endpoint}, "per_host_s": 0, "timeout_s": 20}
        return Fetcher(Fetch(**(values | rules)), clock or JumpClock(), contact=contact, tls=tls)

    return make


class Authority:
    """Signs certificates, each into one PEM file with its key."""

    def __init__(self, folder):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        builder = self._begin(self._name, self._key, 30).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self._own = builder.sign(self._key, hashes.SHA256())
        self.pem = self._own.public_bytes(serialization.Encoding.PEM)
        self.tls = ssl.create_default_context(cadata=self.pem.decode())

    def sign(self, *hosts, days=30):
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(ipaddress.ip_address(host)) for host in hosts
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test host")])
        builder = self._begin(subject, key, days).add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = builder.sign(self._key, hashes.SHA256())
        path = self._folder / f"{made.serial_number}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
        return path

    def _begin(self, subject, key, days):
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
        )


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority that nobody else trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))
