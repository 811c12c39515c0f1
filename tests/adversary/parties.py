"""Addresses of pages, what registries and name servers say of them, and who can act: the right answer for each.

What is right, where one could think otherwise:

- `host` holds the narrowest range in which the address lies that serves the page; a range held by a person whose name
  is redacted counts to the one above it. Behind a CDN it is the holder of the origin, where other names of the same
  domain, its mail server or its SPF record give one away that is neither a CDN nor a mail service; else unknown.
- `contact` is the mailbox with the role abuse of that holder; else the one of `security.txt` (RFC 9116) of the holder's
  own site, if it is valid; else that of the range above (`via` upstream). Never one of a registry, which is known by
  the domain that its RDAP is served from, and never one of ours.
- `middle` has those who pass on or sell, and are not to be written to as hosts: cdn, registrar, reseller, by what
  they call themselves, and redirector, by its host name.
- `state`: found; unknown, where nobody can be named; later, where a registry is throttled or down and may say it yet.
"""

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.adversary.registry import CARDS, PLACES, RDAP, RIRS, Domain, Network, Records, write_network
from tests.adversary.server import Reply, Server, Site

OURS = "owner.test"  # the protected site; a record that names its mailbox lies
CDNS = (  # by their true names and ranges, for nobody could know a made-up one
    Network("104.16.0.0/13", "arin", "Cloudflare, Inc.", "abuse@cloudflare.com"),
    Network("23.235.32.0/20", "arin", "Fastly, Inc.", "abuse@fastly.com"),
    Network("23.32.0.0/11", "arin", "Akamai Technologies, Inc.", "abuse@akamai.com"),
)
MAIL = "Postal Service Mail"
MAIL_NETWORK = Network("77.250.0.0/16", "ripe", MAIL, "abuse@postal-mail.test", site="postal-mail.test")
MAIL_ADDRESS = "77.250.9.9"
SHORTENER = Network("103.250.0.0/16", "apnic", "Short Links", "abuse@short-links.test")
FIRST_OCTETS = {"arin": 50, "ripe": 77, "apnic": 103, "lacnic": 177, "afrinic": 102}
FIRST_GROUPS = {"arin": "2600", "ripe": "2a00", "apnic": "2400", "lacnic": "2800", "afrinic": "2c00"}
GARBAGE = b'{"objectClassName": "ip network", "handle": "X", "entities": [{"roles": ["abuse"], "vcardArr'


@dataclass(frozen=True)
class Truth:
    """Who can act."""

    state: str
    host: str = ""
    contact: str = ""
    via: str = ""
    middle: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Fixture:
    """One address: `chain` is where it leads by redirects, the page stands at its end; `files` are `security.txt`s."""

    name: str
    family: str
    chain: tuple[str, ...]
    table: Mapping[tuple[str, str], tuple[str, ...]]
    truth: Truth
    networks: tuple[Network, ...] = ()
    domains: tuple[Domain, ...] = ()
    spoilt: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    files: Mapping[str, Reply] = field(default_factory=dict)
    forbidden: frozenset[str] = frozenset()  # mailboxes that a trap holds out

    @property
    def url(self) -> str:
        return self.chain[0]


class Maker:
    """Gives each fixture ranges, names and addresses of its own."""

    def __init__(self) -> None:
        self.made: list[Fixture] = []

    @property
    def number(self) -> int:
        return len(self.made)

    @property
    def cdn(self) -> Network:
        return CDNS[self.number % len(CDNS)]

    @property
    def domain(self) -> str:
        return f"copy-{self.number:03}.test"

    def range(self, rir: str, length: int = 24) -> str:
        first = FIRST_OCTETS[rir]
        return str(
            ipaddress.ip_network(f"{first}.{self.number % 200}.{40 + self.number // 200}.0/{length}", strict=False)
        )

    def range6(self, rir: str) -> str:
        return f"{FIRST_GROUPS[rir]}:{self.number:x}::/48"

    def network(self, rir: str, **told: Any) -> Network:
        told = {"cidr": self.range(rir), "holder": f"Hosting {self.number:03}", "abuse": self.mailbox()} | told
        return Network(rir=rir, **told)

    def mailbox(self, name: str = "abuse") -> str:
        return f"{name}@hosting-{self.number:03}.test"

    def add(self, family: str, network: Network, *, truth: Truth | None = None, **told: Any) -> None:
        """A page at the domain, in the range, rightly answered by the range unless said otherwise."""
        host = told.pop("at", self.domain)
        address = told.pop("address", first_host(network.cidr))
        table = {(host, "AAAA" if ":" in address else "A"): (address,)} | told.pop("table", {})
        told = {"chain": (f"http://{host}/p/{self.number}",), "networks": (network,)} | told
        fixture = Fixture(
            name=f"{family}-{self.number:03}",
            family=family,
            table=table,
            truth=truth or Truth("found", network.holder, network.abuse, "network"),
            **told,
        )
        self.made.append(fixture)


def first_host(cidr: str) -> str:
    """An address in a range."""
    return str(ipaddress.ip_network(cidr).network_address + 10)


def list_fixtures() -> list[Fixture]:
    """All of them, the same at each call."""
    maker = Maker()
    for family in (
        _add_plain,
        _add_delegated,
        _add_delivered,
        _add_redirected,
        _add_faulty,
        _add_lies,
        _add_registrars,
        _add_sixes,
        _add_files,
        _add_absent,
    ):
        family(maker)
    return maker.made


def _add_plain(maker: Maker) -> None:
    for rir in RIRS:
        for place in PLACES:
            maker.add("plain", maker.network(rir, place=place))
        for card in CARDS:
            maker.add("card", maker.network(rir, card=card, place="holder" if card == "group" else "network"))


def _add_delegated(maker: Maker) -> None:
    """Ranges that a provider gave on to a customer."""
    for rir in RIRS:
        for kind in ("own", "silent", "private", "small", "deep"):
            upper = maker.network(rir, cidr=maker.range(rir, 24), holder=f"Provider {maker.number:03}")
            lower = Network(
                str(next(ipaddress.ip_network(upper.cidr).subnets(new_prefix=32 if kind == "small" else 28))),
                rir,
                f"Customer {maker.number:03}",
                "" if kind in {"silent", "private"} else f"report@customer-{maker.number:03}.test",
                parent=upper.cidr,
                private=kind == "private",
                place="deep" if kind == "deep" else "network",
            )
            truth = Truth("found", lower.holder, lower.abuse, "network")
            if kind == "silent":
                truth = Truth("found", lower.holder, upper.abuse, "upstream")
            elif kind == "private":
                truth = Truth("found", upper.holder, upper.abuse, "network")
            address = str(ipaddress.ip_network(lower.cidr)[0 if kind == "small" else 3])
            maker.add("delegated", lower, truth=truth, networks=(upper, lower), address=address)


def _add_delivered(maker: Maker) -> None:
    """Pages behind a CDN: the origin known by another name, by mail, by SPF, or not at all."""
    for rir in RIRS:
        for way, write in WAYS.items():
            network, cdn = maker.network(rir), maker.cdn
            truth = Truth("found", network.holder, network.abuse, "network", frozenset({("cdn", cdn.holder)}))
            table = write(maker.domain, first_host(network.cidr), first_host(cdn.cidr))
            networks = (network, cdn, MAIL_NETWORK)
            maker.add(f"cdn-{way}", network, truth=truth, address=first_host(cdn.cidr), table=table, networks=networks)
    for way, write in HIDDEN.items():
        for is_alias in (False, True):
            cdn = maker.cdn
            table = write(maker.domain, "", first_host(cdn.cidr))
            told: dict[str, Any] = {"networks": (cdn, MAIL_NETWORK), "address": first_host(cdn.cidr)}
            if is_alias:  # the CDN is reached by a name of its own
                at, edge = f"shop.{maker.domain}", f"c{maker.number}.edge-names.test"
                table |= {(at, "CNAME"): (f"{edge}.",)}
                told |= {"at": edge, "chain": (f"http://{at}/p",)}
            truth = Truth("unknown", contact=cdn.abuse, via="cdn", middle=frozenset({("cdn", cdn.holder)}))
            maker.add(f"hidden-{way}", cdn, truth=truth, table=table, **told)


Table = dict[tuple[str, str], tuple[str, ...]]
ELSEWHERE: Table = {("in.postal-mail.test", "A"): (MAIL_ADDRESS,)}
WAYS: Mapping[str, Callable[[str, str, str], Table]] = {  # of a domain, its origin and the CDN's address
    "origin-name": lambda domain, origin, _: {(f"origin.{domain}", "A"): (origin,)},
    "direct-name": lambda domain, origin, _: {(f"direct.{domain}", "A"): (origin,)},
    "ftp-name": lambda domain, origin, _: {(f"ftp.{domain}", "A"): (origin,)},
    "panel-name": lambda domain, origin, _: {(f"cpanel.{domain}", "A"): (origin,)},
    "own-mail": lambda domain, origin, _: {
        (domain, "MX"): (f"10 mail.{domain}.",),
        (f"mail.{domain}", "A"): (origin,),
    },
    "spf": lambda domain, origin, _: {(domain, "TXT"): (f'"v=spf1 ip4:{origin} -all"',)},
    "decoys": lambda domain, origin, cdn: (
        ELSEWHERE
        | {
            (domain, "MX"): ("10 in.postal-mail.test.",),
            (f"www.{domain}", "A"): (cdn,),
            (f"ftp.{domain}", "A"): (cdn,),
            (f"direct.{domain}", "A"): (origin,),
        }
    ),
}
HIDDEN: Mapping[str, Callable[[str, str, str], Table]] = {
    "alone": lambda *_: {},
    "mail-elsewhere": lambda domain, *_: ELSEWHERE | {(domain, "MX"): ("10 in.postal-mail.test.",)},
    "all-behind": lambda domain, _, cdn: {(f"{name}.{domain}", "A"): (cdn,) for name in ("www", "ftp", "mail")},
    "private-origin": lambda domain, *_: {
        (f"origin.{domain}", "A"): ("10.0.0.7",),
        (f"ftp.{domain}", "A"): ("127.0.0.1",),
    },
    "null-mail": lambda domain, *_: {(domain, "MX"): ("0 .",), (domain, "TXT"): ('"v=spf1 -all"',)},
}


def _add_redirected(maker: Maker) -> None:
    """Chains of redirects: who only leads on is no host."""
    for rir in RIRS:
        for hops in (1, 2, 4):
            network = maker.network(rir)
            names = [f"s{hop}.short-{maker.number:03}.test" for hop in range(hops)]
            chain = (*(f"http://{name}/x" for name in names), f"http://{maker.domain}/p")
            table = {(name, "A"): ("103.250.1.1",) for name in names}
            middle = frozenset(("redirector", name) for name in names)
            truth = Truth("found", network.holder, network.abuse, "network", middle)
            maker.add("redirect", network, truth=truth, chain=chain, table=table, networks=(network, SHORTENER))
        network = maker.network(rir)  # within one host: nobody leads on
        chain = (f"http://{maker.domain}/", f"http://{maker.domain}/en/", f"http://www.{maker.domain}/en/p")
        table = {(f"www.{maker.domain}", "CNAME"): (f"{maker.domain}.",)}
        maker.add("redirect-own", network, chain=chain, table=table)


def _add_faulty(maker: Maker) -> None:
    """Registries that send on, throttle, fail for a while, or for good."""
    later = Truth("later")
    for rir in RIRS:
        other = RIRS[(RIRS.index(rir) + 1) % len(RIRS)]
        for status in (301, 302, 307):  # the range was transferred: its registry is another
            network = maker.network(other, cidr=maker.range(rir))
            path = f"/rdap/ip/{first_host(network.cidr)}"
            moved = Reply(status=status, headers=(("Location", f"http://rdap-{other}.test:PORT{path}"),))
            maker.add("transferred", network, spoilt={f"rdap-{rir}.test{path}": (moved,)})
        throttle = Reply(b"slow down", "text/plain", 429, (("Retry-After", "1"),))
        endless = Reply(b"slow down", "text/plain", 429, (("Retry-After", "86400"),))
        down, loop = Reply(b"", "text/plain", 503), "/rdap/ip/{}"
        network = maker.network(rir)
        path = f"rdap-{rir}.test{loop.format(first_host(network.cidr))}"
        maker.add("throttled", network, spoilt={path: (throttle, *_write_truth(network))})
        for kind, answer in (("busy", endless), ("down", down)):
            network = maker.network(rir)
            path = f"rdap-{rir}.test{loop.format(first_host(network.cidr))}"
            maker.add(kind, network, spoilt={path: (answer,)}, truth=later)
        network = maker.network(rir)
        path = f"rdap-{rir}.test{loop.format(first_host(network.cidr))}"
        around = Reply(status=302, headers=(("Location", f"http://{path.replace('.test/', '.test:PORT/', 1)}"),))
        maker.add("loop", network, spoilt={path: (around,)}, truth=Truth("unknown"))


def _write_truth(network: Network) -> tuple[Reply, ...]:
    """The registry's own answer, for after a spoilt one."""
    told = write_network(network, f"http://rdap-{network.rir}.test/rdap/")
    return (Reply(json.dumps(told).encode(), RDAP),)


def _add_lies(maker: Maker) -> None:
    """Answers that are broken, of something else, or name a mailbox that must not be written to."""
    unknown = Truth("unknown")
    for rir in RIRS:
        elsewhere = Network("198.41.0.0/24", rir, "Somebody Else", "abuse@somebody-else.test")
        deep = b'{"entities":[' * 5_000 + b"]}" * 5_000
        answers: dict[str, Reply] = {
            "truncated": Reply(GARBAGE, RDAP),
            "cut": Reply(GARBAGE * 20, RDAP, cut=100),
            "html": Reply(b"<h1>Welcome</h1> write to abuse@somebody-else.test"),
            "deep": Reply(deep, RDAP),
            "huge": Reply(b'{"remarks": "' + b"x" * 2**24 + b'"}', RDAP),
            "elsewhere": _write_truth(elsewhere)[0],
            "wrong-class": Reply(_write_truth(elsewhere)[0].body.replace(b"ip network", b"domain"), RDAP),
        }
        for kind, answer in answers.items():
            network = maker.network(rir)
            path = f"rdap-{rir}.test/rdap/ip/{first_host(network.cidr)}"
            forbidden = frozenset({elsewhere.abuse, network.abuse})
            maker.add(f"lie-{kind}", network, spoilt={path: (answer,)}, truth=unknown, forbidden=forbidden)
        for mailbox in (f"abuse@{OURS}", f"abuse@rdap-{rir}.test", "not a mailbox", "abuse@localhost"):
            network = maker.network(rir, abuse=mailbox, card="plain")
            truth = Truth("unknown", network.holder)
            maker.add("lie-mailbox", network, truth=truth, forbidden=frozenset({mailbox}))


def _add_registrars(maker: Maker) -> None:
    """Names whose registrar, reseller and registry have mailboxes too, and host nothing."""
    for rir in RIRS:
        for reseller in ("", "Friendly Reseller"):
            for nested in (False, True):
                network = maker.network(rir)
                registrar = f"Registrar {maker.number:03}"
                mailbox = f"abuse@registrar-{maker.number:03}.test"
                middle = {("registrar", registrar)} | ({("reseller", reseller)} if reseller else set())
                maker.add(
                    "registrar",
                    network,
                    domains=(Domain(maker.domain, registrar, mailbox, reseller, nested),),
                    truth=Truth("found", network.holder, network.abuse, "network", frozenset(middle)),
                    forbidden=frozenset({mailbox}),
                )


def _add_sixes(maker: Maker) -> None:
    for rir in RIRS:
        for place in ("network", "holder"):
            maker.add("ipv6", maker.network(rir, cidr=maker.range6(rir), place=place))


def _add_files(maker: Maker) -> None:
    """Ranges without a mailbox whose holder has a `security.txt`, valid or not."""
    future, past = "2027-06-01T00:00:00Z", "2026-01-01T00:00:00Z"
    plain = "text/plain; charset=utf-8"
    files: dict[str, tuple[str, str, str]] = {  # text, kind, what it is good for
        "one": ("Contact: mailto:{mail}\nExpires: {future}\n", plain, "{mail}"),
        "crlf": ("# Hello\r\nContact: mailto:{mail}\r\nExpires: {future}\r\n", plain, "{mail}"),
        "order": ("Contact: mailto:{mail}\nContact: mailto:second@h.test\nExpires: {future}\n", plain, "{mail}"),
        "lower": ("contact: MAILTO:{mail}\nexpires: {future}\nLanguages: en\n", plain, "{mail}"),
        "signed": (
            (
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nContact: mailto:{mail}\nExpires: {future}\n"
                "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"
            ),
            plain,
            "{mail}",
        ),
        "form-first": ("Contact: https://{site}/report\nContact: mailto:{mail}\nExpires: {future}\n", plain, "{mail}"),
        "expired": ("Contact: mailto:{mail}\nExpires: {past}\n", plain, ""),
        "endless": ("Contact: mailto:{mail}\n", plain, ""),  # Expires must be there (2.5.5)
        "twice": ("Contact: mailto:{mail}\nExpires: {future}\nExpires: {past}\n", plain, ""),
        "page": ("<html>Contact: mailto:{mail}\nExpires: {future}</html>", "text/html", ""),
        "bare": ("Contact: {mail}\nExpires: {future}\n", plain, ""),  # no URI (2.5.3)
        "foreign": (  # it says that it stands elsewhere (2.5.2)
            "Contact: mailto:{mail}\nExpires: {future}\nCanonical: https://other.test/.well-known/security.txt\n",
            plain,
            "",
        ),
    }
    for kind, (text, media, good) in files.items():
        for rir in ("arin", "ripe"):
            site, mail = f"hosting-{maker.number:03}.test", maker.mailbox("security")
            network = maker.network(rir, abuse="", site=site)
            told = {"mail": mail, "future": future, "past": past, "site": site}
            body = Reply(text.format(**told).encode(), media)
            truth = Truth("found", network.holder, mail, "security.txt") if good else Truth("unknown", network.holder)
            forbidden = frozenset() if good else frozenset({mail})
            table = {(site, "A"): ("127.0.0.1",)}
            maker.add(f"file-{kind}", network, truth=truth, files={site: body}, table=table, forbidden=forbidden)


def _add_absent(maker: Maker) -> None:
    """Names that do not exist, addresses that nobody holds, ranges without any mailbox."""
    for kind in ("nxdomain", "no-range", "no-mailbox", "servfail", "private"):
        for rir in RIRS[:3]:
            network = maker.network(rir, abuse="")
            told: dict[str, Any] = {"truth": Truth("unknown", network.holder if kind == "no-mailbox" else "")}
            if kind == "no-range":
                told["networks"] = ()
            if kind == "servfail":
                told |= {"table": {(maker.domain, "FAIL"): ("servfail",)}, "truth": Truth("later")}
            if kind == "private":
                told["address"] = "10.1.2.3"
            if kind == "nxdomain":
                told |= {"at": f"elsewhere-{maker.number}.test", "chain": (f"http://{maker.domain}/p",)}
            maker.add(kind, network, **told)


def gather(fixtures: Iterable[Fixture]) -> tuple[Records, dict[tuple[str, str], tuple[str, ...]]]:
    """The records and names of many fixtures as one world: their ranges, names and paths are apart."""
    records = Records()
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    for fixture in fixtures:
        records.networks += [it for it in fixture.networks if it not in records.networks]
        records.domains += fixture.domains
        records.spoilt |= fixture.spoilt
        table |= fixture.table
    return records, table


def serve_pages(server: Server, fixtures: Iterable[Fixture], page: bytes) -> None:
    """Serve the chains and files: each address but the last of a chain leads to the next one."""
    routes: dict[str, dict[str, Any]] = {}
    for fixture in fixtures:
        for here, there in zip(fixture.chain, (*fixture.chain[1:], ""), strict=True):
            host, _, path = here.partition("://")[2].partition("/")
            target = there.replace(".test/", f".test:{server.port}/", 1)
            answer = Reply(status=302, headers=(("Location", target),)) if there else Reply(page)
            routes.setdefault(host, {})[f"/{path}"] = answer
        for host, file in fixture.files.items():
            routes.setdefault(host, {})["/.well-known/security.txt"] = file
    for host, answers in routes.items():
        server.add(Site(host.removesuffix(".test"), answers))


def judge_route(fixture: Fixture, said: Mapping[str, Any]) -> list[str]:
    """What is wrong in what was said of a fixture: `state`, `host`, `contact`, `via`, `middle` as role and name.

    Where the state is unknown or later, nobody may be named for writing to but the CDN, as a CDN. A host that is known
    without a mailbox may be named. More intermediaries than the truth has are right, as long as none is the host.
    """
    truth, faults = fixture.truth, []
    contact = str(said.get("contact") or "").lower()
    if truth.state == "unknown" and contact.startswith("https://"):
        contact = ""  # a form of the CDN, to ask for the origin
    if said.get("state") != truth.state:
        faults.append(f"the state is {truth.state}, said {said.get('state')}")
    if contact in {mailbox.lower() for mailbox in fixture.forbidden if mailbox != truth.contact}:
        faults.append(f"{contact} is a trap")
    if contact != truth.contact.lower() and (contact or truth.state == "found"):
        faults.append(f"the contact is {truth.contact or 'nobody'}, said {contact or 'nobody'}")
    if (said.get("host") or "") != truth.host and (said.get("host") or truth.state == "found"):
        faults.append(f"the host is {truth.host or 'not known'}, said {said.get('host') or 'not known'}")
    if truth.via and contact and said.get("via") != truth.via:
        faults.append(f"the contact is known by {truth.via}, said {said.get('via')}")
    named = [(str(it.get("role")), str(it.get("name"))) for it in said.get("middle") or ()]
    faults += [
        f"the {role} {name} is missing"
        for role, name in sorted(truth.middle)
        if not any(role == other and is_called(name, told) for other, told in named)
    ]
    if truth.host and any(name == truth.host for _, name in named):
        faults.append(f"{truth.host} is the host and said to stand between")
    return faults


def is_called(name: str, told: str) -> bool:
    """Whether a name is told, in full or by its first words, as `Fastly` for `Fastly, Inc.`."""
    return bool(told) and name.lower().startswith(told.lower()) and name[len(told) :][:1] in {"", " ", ","}


def tell_truth(fixture: Fixture) -> dict[str, Any]:
    """The right answer, in the form that is judged."""
    truth = fixture.truth
    told = {
        "state": truth.state,
        "host": truth.host or None,
        "contact": truth.contact or None,
        "via": truth.via or None,
    }
    return told | {"middle": [{"role": role, "name": name} for role, name in sorted(truth.middle)]}
