"""What every test gets: loopback only, profiles for properties, larger data, the real servers."""

import ipaddress
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.mail", "tests.servers"]

settings.register_profile("local", deadline=None, max_examples=50)
# CI's cores are shared, so no test may fail for being slow; the same examples are drawn in every run.
settings.register_profile(
    "ci", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "local"))


def _is_loopback(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple) -> None:
    """Fails the test that talks to another machine, or asks a name server for one; Python calls it itself."""
    if event in {"socket.connect", "socket.sendto"}:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # a path is a local socket
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        pytest.fail(f"a test may talk to loopback only, not to {host!r} ({event})")


# An audit hook cannot be patched away, and pytest.fail is no Exception that the code under test could catch.
sys.addaudithook(_guard)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of larger data sets that CLONEWARD_TEST_DATA names; skips where there is none."""
    folder = os.environ.get("CLONEWARD_TEST_DATA")
    if not folder:
        pytest.skip("CLONEWARD_TEST_DATA names no folder of data")
    return Path(folder)
