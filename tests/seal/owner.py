"""An owner who captures, seals, stamps and hands over, for tests: small captures, real authorities."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cloneward.archive.container import pack_folder, write_container
from cloneward.archive.package import write_wacz
from cloneward.archive.recorder import Recorder
from cloneward.errors import Unavailable
from cloneward.model.evidence import Attachment, Capture, Exchange, Visit, capture_id
from cloneward.seal.custody import Act, Ledger
from cloneward.seal.keys import KeyFolder
from cloneward.seal.package import assemble_package
from cloneward.seal.sealing import Evidence, stamp_folder
from cloneward.seal.stamps import Authority, make_request
from cloneward.seal.verify import Trust, tell_moment
from tests.authority import StampServer
from tests.seal.attacks import Field, Hands

BODY = b"<!doctype html><title>Copy</title><p>words that were taken from us"


def make_seed(name):
    """A seed that depends on a name."""
    return hashlib.sha256(name.encode()).digest()


@dataclass
class Owner:
    """Keys, ledger and evidence in a folder; `offset` is how far the owner's clock is off."""

    folder: Path
    servers: tuple
    name: str = "owner"
    offset: timedelta = field(default_factory=timedelta)

    def __post_init__(self):
        self.keys = KeyFolder(self.folder / "keys")
        self.signer = self.keys.load() or self.keys.add_key(make_seed(self.name), self.now())
        self.authorities = tuple(Authority(server.name, server.url, server.roots) for server in self.servers)
        self.by_name = {server.name: server for server in self.servers}
        self.open()

    def open(self):
        """Open ledger and evidence with the key of today."""
        self.ledger = Ledger(self.folder / "custody", self.signer)
        self.evidence = Evidence(self.folder / "evidence", self.ledger, self.signer, self.authorities)

    def now(self):
        """The owner's clock, whole milliseconds."""
        now = datetime.now(UTC) + self.offset
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def ask(self, authority, request):
        """A reply without the way over the network."""
        server = self.by_name[authority.name]
        if not server.is_up:
            raise Unavailable(f"{authority.name} is down")
        return server.reply(request)

    @property
    def roots(self):
        """A file of the roots of all authorities."""
        path = self.folder / "roots.pem"
        path.write_bytes(b"".join(server.roots.read_bytes() for server in self.servers))
        return path

    @property
    def trust(self):
        """What a third party was told of this owner."""
        return Trust(frozenset({self.signer.history[0]["record"]["public"]}), self.roots)

    def describe(self, url):
        """What is told of a capture taken now."""
        at = tell_moment(self.now())
        return Capture(
            id=capture_id(url, "plain", "w1", "s1"),
            url=url,
            vantage="plain",
            mode="fetch",
            bodies="wire",
            started_at=at,
            ended_at=at,
            operator="ana",
            purpose="capture",
            visits=(Visit(url=url, at=at, title="Copy"),),
            tools={"cloneward": "test"},
        )

    def write(self, capture, body=BODY):
        """Write the files of a capture, halfway."""
        folder = self.evidence.begin(capture.id)
        warc = folder / "data.warc.gz"
        with warc.open("wb") as file:
            recorder = Recorder(file, capture.id)
            recorder.write_info(capture.started_at, {"operator": capture.operator})
            recorder.write_exchange(
                Exchange(
                    url=capture.url,
                    requested_at=capture.started_at,
                    status=200,
                    response_headers=(("Content-Type", "text/html"),),
                    body=body + capture.url.encode(),
                    address="192.0.2.7:443",
                )
            )
            recorder.write_attachment(
                Attachment(
                    url=capture.url, kind="view", media_type="image/png", made_at=capture.ended_at, content=b"\x89PNG"
                )
            )
        with (folder / "capture.wacz").open("wb+") as file:
            write_wacz(file, capture, warc, recorder.write_index(), self.signer.sign_wacz)
        warc.unlink()

    def capture(self, url="https://copy.test/", *, body=BODY):
        """Take, seal and stamp a capture; its seal."""
        capture = self.describe(url)
        self.write(capture, body)
        self.evidence.seal(capture, self.now())
        return self.evidence.stamp(capture.id, self.ask, who="ana", at=self.now())[0]

    def export(self, captures, subject="p1"):
        """The bytes of a package."""
        folder = self.folder / "out" / subject
        act = Act("package.exported", subject, "ana", {"to": "abuse desk"})
        assemble_package(folder, self.evidence, captures, act, self.now())
        stamp_folder(folder, self.authorities, self.ask, self.signer)
        path = self.folder / f"{subject}.zip"
        with path.open("wb+") as file:
            write_container(file, pack_folder(folder))
        return path.read_bytes()


def hand_over(folder, servers):
    """An owner, a package of two captures, and another package of the same owner."""
    owner = Owner(folder / "owner", servers)
    ids = [owner.capture(f"https://copy.test/{number}").subject for number in range(3)]
    owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    return owner, owner.export(ids[:2], "p1"), owner.export(ids[2:], "p2")


def make_field(folder, owner, package, other):
    """What the attacker has: two packages, a key and authorities of their own, and the owner's."""
    own = {server.name: StampServer(server.name, folder / server.name) for server in owner.servers}
    stranger = Hands(make_seed("stranger"), make_stamp(own))
    return Field(package, other, stranger, Hands(owner.signer.seed, make_stamp(owner.by_name)))


def make_stamp(servers):
    """What gives the reply of an authority over some bytes."""
    return lambda name, content: servers[name].reply(make_request(content))
