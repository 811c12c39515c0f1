"""What shows that a claim of ours holds: proofs of control, what was captured, and the seals upon it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cloneward.model.ids import digest_text

Method = Literal["dns", "file"]
Bodies = Literal["decoded", "wire"]
Mode = Literal["browser", "fetch", "proxy"]
SealState = Literal["sealed", "pending"]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That the owner controls a registered domain: the line that only they could have been asked to publish was there.

    `evidence`: the record as it stood in the name service, or the address that served the file. `digest`: of the
    record's text, or of the file's bytes. The times are null until the proof is on record.
    """

    domain: str
    method: Method
    evidence: str
    digest: str
    first_proven_at: str | None = None
    last_proven_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what came of it, as a browser or a fetch saw it.

    `protocol` is what was spoken: `HTTP/1.1`, `h2`, `h3`. Headers are in the order and spelling in which they were
    handed over, repeated ones repeated. `status` is null where no answer came, and `failure` says why; it says too
    why a body ended early, and `is_whole` is false then. `bodies`: whether `body` is as it came over the wire (its
    transfer coding undone, its content codings not) or with its content codings undone. `address`: of the other
    side, `192.0.2.7:443` or `[2001:db8::1]:443`; null where it is not known.
    """

    url: str
    method: str = "GET"
    requested_at: str
    request_headers: Headers = ()
    request_body: bytes = b""
    protocol: str = "HTTP/1.1"
    status: int | None = None
    reason: str = ""
    response_headers: Headers = ()
    body: bytes = b""
    bodies: Bodies = "wire"
    is_whole: bool = True
    failure: str = ""
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """What we made or noted beside the exchanges of a page: a screenshot, the DOM after load, a HAR, DNS answers.

    `url`: of the page. `kind`: one word that names it, and its address in the archive, `urn:<kind>:<url>`; replay
    tools know `view`, `fullPage`, `thumbnail`, `text` and `pageinfo`.
    """

    url: str
    kind: str
    media_type: str
    made_at: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A page that a capture holds, and can be opened with: its address, when we asked for it, its title."""

    url: str
    at: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class FileDigest:
    """What a file must be: SHA-256 in hexadecimal digits, and its length."""

    digest: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What an address served at one moment, told by whoever took it; all of it is sealed with the files.

    `vantage` names from where and as whom we looked. Times are by our clock, which is a claim: what is proven is the
    time of a token. `recorded` and `not_recorded` name kinds of traffic, the latter with the reason. `tools`: version
    by name. `files`: by their path beside the seal.
    """

    id: str
    url: str
    vantage: str
    mode: Mode
    bodies: Bodies
    started_at: str
    ended_at: str
    operator: str
    purpose: str
    visits: tuple[Visit, ...] = ()
    recorded: tuple[str, ...] = ()
    not_recorded: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileDigest] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A time-stamp token (RFC 3161): who gave it, for when, and the digest of the reply that it came in.

    `time` is null where the reply cannot be read.
    """

    authority: str
    time: str | None
    digest: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """That files are unchanged since they were signed, and since when others can vouch for it.

    `id`: SHA-256 of `seal.json`, which is what the tokens stamp. `subject`: id of the capture or package. `manifest`:
    SHA-256 of the signed list of files. `signature` and `key` (the public key): Ed25519, in hexadecimal digits.
    `state`: sealed when every authority that the seal names has given its token; pending until then.
    """

    id: str
    subject: str
    manifest: str
    signature: str
    key: str
    sealed_at: str
    state: SealState
    tokens: tuple[Token, ...] = ()


def capture_id(url: str, vantage: str, workflow: str, step: str) -> str:
    """Give the id of a capture: two visits may see the same bytes and are two captures; a step run twice is one.

    24 hexadecimal digits after a `c`, from the four texts, none of which can be mistaken for a part of another.
    """
    return "c" + digest_text("".join(f"{len(part)}:{part}" for part in (url, vantage, workflow, step)))[:24]
