"""A time-stamp authority of our own, made with `openssl ts`; tests and benchmarks ask it."""

import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

# What `openssl ts` asks of an authority: a root, a certificate for time stamps alone, and how it replies.
AUTHORITY = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = stamps
[stamps]
serial = serial
crypto_device = builtin
signer_cert = leaf.pem
signer_key = leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
{more}
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")


@dataclass
class StampServer:
    """A real time-stamp authority: `openssl ts` behind HTTP on loopback. `is_up` may be turned off for a while."""

    name: str
    folder: Path
    url: str = ""
    is_up: bool = True
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Make its root and its certificate."""
        self.folder.mkdir(parents=True)
        self.configure()
        (self.folder / "serial").write_text("01\n")
        self.run(
            "req", "-x509", *CURVE, "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-extensions", "root"
        )
        self.run("req", *CURVE, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", f"/CN={self.name} stamps")
        signed_by = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
        self.run(
            "x509",
            "-req",
            "-in",
            "leaf.csr",
            *signed_by,
            *("-out", "leaf.pem", "-extfile", "tsa.cnf"),
            "-extensions",
            "leaf",
        )

    @property
    def roots(self) -> Path:
        """The root that its certificate leads to."""
        return self.folder / "root.pem"

    def configure(self, more: str = "") -> None:
        """Say how it replies."""
        (self.folder / "tsa.cnf").write_text(AUTHORITY.format(name=self.name, more=more))

    def reply(self, request: bytes) -> bytes:
        """What it replies to a request."""
        with self.lock:
            self.asked += 1
            (self.folder / "request.tsq").write_bytes(request)
            self.run("ts", "-reply", "-queryfile", "request.tsq", "-config", "tsa.cnf", "-out", "reply.tsr")
            return (self.folder / "reply.tsr").read_bytes()

    def run(self, *arguments: str) -> None:
        """Run openssl in its folder."""
        program = shutil.which("openssl")
        if program is None:
            raise FileNotFoundError("no openssl on PATH; hint: make servers")
        subprocess.run([program, *arguments], cwd=self.folder, check=True, capture_output=True)
