"""Certificates by which our own browser takes the recording proxy for the host that it asked for, and nobody else does.

All are of one key, made for one browser and kept in its folder. The browser is told to trust that key alone, by its
digest; no system or other browser ever hears of it.
"""

import base64
import hashlib
import ssl
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloneward.clock import Clock

_LIFE: Final = timedelta(days=2)
_KEPT: Final = 1_000  # contexts; a page of more hosts has them made again
_COMMON_NAME: Final = 64  # characters at most (RFC 5280, appendix A.1)


class Certifier:
    """Gives each host a certificate of one key; safe from several threads."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Make the key; `folder` is the browser's own, and goes with it."""
        self._folder = folder
        self._clock = clock
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def spki(self) -> str:
        """SHA-256 of the public key in base64, as Chromium's `--ignore-certificate-errors-spki-list` takes it."""
        encoded = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(encoded).digest()).decode()

    def serve_as(self, host: str) -> ssl.SSLContext:
        """Give what a server needs to speak TLS as `host`, with HTTP/1.1 alone."""
        with self._lock:
            if host not in self._contexts:
                if len(self._contexts) >= _KEPT:
                    self._contexts.clear()
                self._contexts[host] = self._make(host)
            return self._contexts[host]

    def _make(self, host: str) -> ssl.SSLContext:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:_COMMON_NAME])])
        now = self._clock.now()
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _LIFE)
            .not_valid_after(now + _LIFE)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / "certificate.pem"
        secret = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.touch(0o600)
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        context.set_alpn_protocols(["http/1.1"])
        file.unlink()
        return context
