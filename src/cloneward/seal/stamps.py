"""Time-stamp tokens (RFC 3161): what is asked of an authority, and whether its reply holds when it comes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from cloneward.errors import EvidenceError, InputError
from cloneward.seal.verify import MAX_REPLY_BYTES, ask_openssl, digest, find_time, tell_moment

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True)
class Authority:
    """A time-stamp authority: its name in our files, its address, and the roots (PEM) that its certificate leads to.

    `roots` is null where its root is one that the system trusts.
    """

    name: str
    url: str
    roots: Path | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"an authority named {self.name!r}", hint="use small letters, digits and hyphens")


# Takes an authority and a request; gives its reply, or raises Unavailable.
Ask = Callable[[Authority, bytes], bytes]


def make_request(content: bytes) -> bytes:
    """Give the request to stamp the SHA-256 of these bytes, with the authority's certificate; without a nonce.

    A reply over the same bytes that was given before is as good as a new one: it is only older.
    """
    request = TimestampRequestBuilder(data=content, hash_algorithm=HashAlgorithm.SHA256, nonce=False, cert_req=True)
    return bytes(request.build().as_bytes())


def check_reply(reply: bytes, content: bytes, authority: Authority) -> datetime:
    """Give the time that a reply states over these bytes.

    The library reads strict DER only; some authorities send their certificates out of order. What it refuses is put
    to `openssl ts -verify`, which must say yes.

    Raises:
        EvidenceError: it does not hold: of other bytes, of another authority, not granted, or damaged.
    """
    try:
        return _check_strictly(reply, content, authority)
    except (VerificationError, ValueError, TypeError, OSError) as error:
        answer = ask_openssl(reply[: MAX_REPLY_BYTES + 1], digest(content), authority.roots)
        if answer.result == "holds" and answer.moment is not None:
            return answer.moment
        hint = "look whether its roots in the settings are still the right ones"
        raise EvidenceError(f"the reply of {authority.name}: {answer.text or error}", hint=hint) from error


def _check_strictly(reply: bytes, content: bytes, authority: Authority) -> datetime:
    if authority.roots is None:
        raise VerificationError("the roots of the system are asked through openssl")
    response = decode_timestamp_response(reply)
    roots = x509.load_pem_x509_certificates(authority.roots.read_bytes())
    VerifierBuilder(roots=roots).build().verify(response, bytes.fromhex(digest(content)))
    return response.tst_info.gen_time


def read_time(reply: bytes) -> str | None:
    """Give the time that a reply states, as records write it, whether it holds or not; none where it states none."""
    try:
        return tell_moment(decode_timestamp_response(reply).tst_info.gen_time)
    except (ValueError, TypeError):
        moment = find_time(reply)
        return tell_moment(moment) if moment else None
