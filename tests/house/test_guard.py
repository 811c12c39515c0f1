"""The guard that keeps tests on loopback."""

import socket
import threading

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("example.org", 80)])
def test_refuses_others(address):
    """A connection to another machine fails the test before a packet leaves, past any `except Exception`."""
    with pytest.raises(pytest.fail.Exception, match="loopback only"):
        socket.create_connection(address, timeout=0.01)


def test_refuses_datagrams():
    """The same holds for a datagram."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(pytest.fail.Exception, match="loopback only"),
    ):
        sender.sendto(b"", ("192.0.2.1", 9))


def test_allows_loopback():
    """A server of ours on loopback is reached by number and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=lambda: [server.accept()[0].close() for _ in range(2)])
        thread.start()
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port), timeout=5).close()
        thread.join()
