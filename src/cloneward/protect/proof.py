"""Proof that the owner controls a domain: a line that only they were asked for, in its name service or on its site."""

import hashlib
import hmac
import ipaddress
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cloneward.errors import InputError, RefusedError, Unavailable
from cloneward.model.content import Item, Problem
from cloneward.model.evidence import Proof
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.url import host_of, registered_domain

if TYPE_CHECKING:  # half a second of libraries, which a list of items does not pay
    from cloneward.fetch.dns import Resolver
    from cloneward.fetch.http import Fetcher, Response

# The lines of some hundred workspaces; what is larger is another page that a server gives for any address.
MAX_FILE_BYTES = 64 * 1024
_SIGN = "cloneward-proof="
_OK, _TOO_MANY, _SERVER_FAULT = 200, 429, 500
_MAY_PASS = frozenset({"answer_broken", "answer_slow", "redirect_unavailable"})


@dataclass(frozen=True)
class Claim:
    """What the owner of a registered domain is to publish. `token` comes from the domain and a key of ours alone."""

    domain: str
    token: str

    @property
    def line(self) -> str:
        """The text of the record, and the line of the file."""
        return _SIGN + self.token

    @property
    def record(self) -> str:
        """The name whose text record it is."""
        return f"_cloneward.{self.domain}"

    @property
    def url(self) -> str:
        """The address of the file."""
        return f"https://{self.domain}/.well-known/cloneward.txt"


def make_claim(address: str, key: bytes) -> Claim:
    """Give the claim to the registered domain of an address or host name.

    Raises:
        InputError: it has none.
    """
    host = host_of(address.strip())
    if not host or _is_ip(host):
        raise InputError(f"no domain: {address!r}", hint="write it as example.org; an IP address cannot be proven")
    domain = registered_domain(host)
    # The purpose goes in, so that nothing else that is ever made with this key can be shown as a proof.
    return Claim(domain, hmac.new(key, f"proof of control\0{domain}".encode(), hashlib.sha256).hexdigest())


def find_record(claim: Claim, resolver: "Resolver", timeout_s: float) -> Proof | Problem:
    """Look for the text record; a problem says why it is no proof."""
    try:
        texts = resolver.find_texts(claim.record, timeout_s)
    except (RefusedError, Unavailable) as error:
        return _explain(error, claim.record)
    problem = _find_line(claim, texts, claim.record)
    evidence = f'{claim.record} TXT "{claim.line}"'
    return problem or Proof(domain=claim.domain, method="dns", evidence=evidence, digest=digest_text(claim.line))


def find_file(claim: Claim, fetcher: "Fetcher") -> Proof | Problem:
    """Look for the file; a problem says why it is no proof.

    The domain itself must serve it, over HTTPS all the way: what a redirect leads to elsewhere shows who controls that.
    """
    try:
        response = fetcher.get(claim.url, purpose="protect", accept="text/plain")
    except (RefusedError, Unavailable) as error:
        return _explain(error, claim.url)
    lines = response.body.decode("utf-8-sig", "replace").splitlines()
    problem = _find_fault(claim, response) or _find_line(claim, lines, response.final_url)
    digest = digest_bytes(response.body)
    return problem or Proof(domain=claim.domain, method="file", evidence=response.final_url, digest=digest)


def is_proven(item: Item, domains: Container[str]) -> bool:
    """Say whether the registered domain of an item's address is among the proven ones."""
    return item.url is not None and registered_domain(host_of(item.url)) in domains


def _find_fault(claim: Claim, response: "Response") -> Problem | None:
    """Give why this answer cannot be a proof, whatever stands in it."""
    for hop in response.chain:
        parts = urlsplit(hop.url)
        if parts.scheme != "https" or registered_domain(parts.hostname or "") != claim.domain:
            text = f"a redirect leads to {hop.url}, which {claim.domain} does not answer for over HTTPS"
            return Problem(code="proof_elsewhere", page=claim.url, text=text, hint="serve the file there itself")
    why = "".join(f"; {problem.text}" for problem in response.problems)
    may_pass = any(problem.code in _MAY_PASS for problem in response.problems)
    if may_pass or response.status == _TOO_MANY or response.status >= _SERVER_FAULT:
        text = f"it answered with status {response.status}{why}"
        return Problem(code="proof_unanswered", page=response.final_url, text=text, hint="try again later")
    if response.status != _OK or not response.is_whole:
        text = f"it answered with status {response.status}{why}"
        return Problem(code="proof_absent", page=response.final_url, text=text)
    return None


def _find_line(claim: Claim, lines: Iterable[str], page: str) -> Problem | None:
    """Give nothing where the line is there, else what is wrong."""
    found = {line.strip() for line in lines}
    if claim.line in found:
        return None
    if any(line.startswith(_SIGN) for line in found):
        hint = "another workspace may have asked for it; add the line of this one beside it"
        return Problem(code="proof_other", page=page, text="a proof is there, with another token", hint=hint)
    return Problem(code="proof_absent", page=page, text="no proof is there")


def _explain(error: RefusedError | Unavailable, page: str) -> Problem:
    if isinstance(error, RefusedError):
        return Problem(code="proof_refused", page=page, text=str(error), hint=error.hint)
    return Problem(code="proof_unanswered", page=page, text=str(error), hint=error.hint)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
