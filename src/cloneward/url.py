"""Canonical form and registered domain of web addresses.

Two addresses that a browser would fetch as one give one canonical form, and the form of a form is itself
(RFC 3986, section 6; host names after UTS 46). Nothing here touches the network.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import idna
from publicsuffixlist import PublicSuffixList

from cloneward.errors import InputError

# What no host name holds (WHATWG URL, forbidden host code points); surrogates cannot be written in any record.
_NO_HOST = re.compile(r"[\x00-\x20\x7f#%/<>?@\[\\\]^|\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # what UTS 46 takes for the dot between labels
_PATH_SAFE = "/!$&'()*+,;=:@-._~%"
_QUERY_SAFE = _PATH_SAFE + "?"
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|igshid|_hsenc|_hsmi|ref_src", re.IGNORECASE)
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical(address: str) -> str:
    """Give the canonical form: lower-case scheme and ASCII host, no default port, dot segments or fragment.

    The query keeps its parameters and their order: dropping any is the owner's choice, not ours.

    Raises:
        InputError: not an absolute http or https address, or its host or port cannot be read.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as error:
        raise InputError(f"not a web address: {address!r}", hint=str(error)) from error
    host = ascii_host(parts.hostname or "")
    is_literal = parts.netloc.rpartition("@")[2].startswith("[")  # what stands in brackets must be IPv6
    if parts.scheme not in _DEFAULT_PORTS or not host or _NO_HOST.search(host) or is_literal != (":" in host):
        raise InputError(f"not a web address: {address!r}", hint="write it whole: https://example.org/page")
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    path = _without_dots(_normal_escapes(parts.path, _PATH_SAFE))
    return urlunsplit((parts.scheme, netloc, path, _normal_escapes(parts.query, _QUERY_SAFE), ""))


def ascii_host(host: str) -> str:
    """Give a host name in lower-case ASCII (A-labels), IPv6 in its short form, without a last dot.

    A label that UTS 46 refuses stays as written.
    """
    bare = _DOTS.sub(".", host.lower()).rstrip(".")
    if ":" in bare and (address := _read_ip(bare)):
        return str(address)
    return bare if bare.isascii() else ".".join(map(_ascii_label, bare.split(".")))


def _ascii_label(label: str) -> str:
    try:
        return label if label.isascii() else idna.encode(label, uts46=True).decode().rstrip(".")
    except idna.IDNAError:
        return label


def host_of(address: str) -> str:
    """Give the host of an address or of a bare host name; empty where there is none."""
    try:
        return ascii_host(urlsplit(address if "//" in address else f"//{address}").hostname or "")
    except ValueError:
        return ""


def place_of(url: str) -> str:
    """Give what spellings of one page have in common: no scheme, no `www.`, no last slash, no tracking parameters."""
    parts = urlsplit(canonical(url))
    query = urlencode(
        [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    )
    return urlunsplit(("", parts.netloc.removeprefix("www."), parts.path.rstrip("/") or "/", query, ""))


def port_of(address: str) -> int:
    """Give the port of a canonical address: the one it names, else that of its scheme."""
    parts = urlsplit(address)
    return parts.port or _DEFAULT_PORTS[parts.scheme]


def registered_domain(host: str) -> str:
    """Give the public suffix plus one label; the host itself where it has no such part, as no IP address has.

    Source: the Public Suffix List, private section included, as shipped by `publicsuffixlist`.
    """
    name = ascii_host(host)
    return name if _read_ip(name) else _suffixes().privatesuffix(name) or name


def join_hosts(hosts: Iterable[str]) -> str:
    """Give the one host, or the registered domain that all share; empty where they share none, or there are none."""
    names = {ascii_host(host) for host in hosts} - {""}
    if len(names) == 1:
        return names.pop()
    domains = {registered_domain(name) for name in names}
    return domains.pop() if len(domains) == 1 else ""


def _read_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _normal_escapes(part: str, safe: str) -> str:
    """Decode escapes of unreserved characters only, write the others in capitals, escape what must be."""

    def mend(escape: re.Match[str]) -> str:
        byte = int(escape[1], 16)
        return chr(byte) if byte in _UNRESERVED else escape[0].upper()

    stray_mended = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return quote(re.sub(r"%([0-9A-Fa-f]{2})", mend, stray_mended), safe=safe, errors="replace")


def _without_dots(path: str) -> str:
    """Remove `.` and `..` segments (RFC 3986, 5.2.4)."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    joined = "/".join(kept)
    return joined if joined.startswith("/") else f"/{joined}"
