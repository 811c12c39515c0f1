"""Tests of cloneward.fetch.certify."""

import base64
import hashlib
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from cloneward.clock import SystemClock
from cloneward.fetch.certify import Certifier


def shake(context):
    """The certificate that a client is shown."""
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=lambda: context.wrap_socket(ours, server_side=True).close(), daemon=True)
    thread.start()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_alpn_protocols(["h2", "http/1.1"])
    with client.wrap_socket(theirs, server_hostname="x") as secured:
        found = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True)), secured.selected_alpn_protocol()
    thread.join(10)
    return found


def test_every_host_has_a_certificate_of_one_key(tmp_path):
    """Each host gets its own certificate, all of the key whose digest the browser is told; HTTP/1.1 is spoken."""
    certifier = Certifier(tmp_path, SystemClock())
    for host in ("a.test", "b" * 200 + ".test"):
        shown, protocol = shake(certifier.serve_as(host))
        encoded = shown.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert base64.b64encode(hashlib.sha256(encoded).digest()).decode() == certifier.spki
        assert shown.subject.rfc4514_string() == f"CN={host[:64]}"
        assert protocol == "http/1.1"


def test_the_secret_does_not_stay_on_the_disk(tmp_path):
    """The key lies in memory alone once a host has been served, and another certifier has another."""
    certifier = Certifier(tmp_path, SystemClock())
    assert certifier.serve_as("a.test") is certifier.serve_as("a.test")
    assert list(tmp_path.iterdir()) == []
    assert certifier.spki != Certifier(tmp_path, SystemClock()).spki
