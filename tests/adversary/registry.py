"""Registries on loopback: RDAP as five regional registries speak it, names, a bootstrap; with what goes wrong there.

Records after RFC 9083 (objects), 9082 (paths), 9224 (bootstrap), 7095 (jCard). Flavours differ in where a registry
keeps who holds a range and where its abuse mailbox stands; they were written from what is generally known of the five
registries, without their answers at hand. Addresses are such as are routed, for a router may rightly not ask about
others; nobody connects to them: every name under `.test` leads to loopback, and RDAP is asked by name.
"""

import ipaddress
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.adversary.server import Answer, Reply, Request, Server, Site

RDAP = "application/rdap+json"
RIRS = ("arin", "ripe", "apnic", "lacnic", "afrinic")
BLOCKS = {  # what the bootstrap gives to whom
    "arin": ("23.0.0.0/8", "50.0.0.0/8", "104.0.0.0/8", "2600::/12"),
    "ripe": ("77.0.0.0/8", "2a00::/12"),
    "apnic": ("103.0.0.0/8", "2400::/12"),
    "lacnic": ("177.0.0.0/8", "2800::/12"),
    "afrinic": ("102.0.0.0/8", "2c00::/12"),
}
PLACES = ("network", "holder", "deep", "stub", "shared-role", "second")
CARDS = ("plain", "typed", "preferred", "many", "group", "upper", "late", "uri")


@dataclass(frozen=True)
class Network:
    """A range and its holder.

    `place`: the abuse mailbox stands beside the holder (network), within it (holder), two levels within (deep), in a
    record that is only named and must be asked for (stub), with one who has more roles (shared-role), or after a
    contact of another role who has a mailbox too (second). `private`: the holder is a person, all of it redacted.
    """

    cidr: str
    rir: str
    holder: str
    abuse: str = ""
    place: str = "network"
    card: str = "plain"
    parent: str = ""
    site: str = ""
    remark: str = ""
    private: bool = False

    @property
    def handle(self) -> str:
        first = str(ipaddress.ip_network(self.cidr).network_address)
        told = first.replace(".", "-").replace(":", "-").strip("-")
        return {"ripe": self.cidr, "apnic": self.cidr, "lacnic": self.cidr}.get(self.rir, f"NET-{told}-1")


@dataclass(frozen=True)
class Domain:
    """A registered name: `abuse` is its registrar's mailbox, `reseller` who sold it."""

    name: str
    registrar: str
    abuse: str = ""
    reseller: str = ""
    nested: bool = True
    status: tuple[str, ...] = ("active",)


@dataclass
class Records:
    """What the registries hold; `spoilt` has answers, one after the other, in place of the truth for a path."""

    networks: list[Network] = field(default_factory=list)
    domains: list[Domain] = field(default_factory=list)
    spoilt: dict[str, tuple[Reply, ...]] = field(default_factory=dict)

    def find_network(self, address: str) -> Network | None:
        """The narrowest range that holds an address (RFC 9082, 3.1.1), asked for one or for a range."""
        try:
            wanted = ipaddress.ip_network(address, strict=False)
        except ValueError:
            return None
        holding = [it for it in self.networks if _holds(it.cidr, wanted)]
        return max(holding, key=lambda it: ipaddress.ip_network(it.cidr).prefixlen, default=None)


def _holds(cidr: str, wanted: Any) -> bool:
    network = ipaddress.ip_network(cidr)
    return network.version == wanted.version and wanted.subnet_of(network)


class Registry:
    """Serves records at `rdap-RIR.test`, names at `rdap-names.test`, the bootstrap at `iana.test`.

    A spoilt path is `HOST/PATH` without the port. Each of its answers is given once, the last one from then on. In a
    Location, `PORT` stands for that of the server.
    """

    def __init__(self, server: Server, records: Records) -> None:
        self.server = server
        self.records = records
        self.asked: list[str] = []
        for rir in RIRS:
            server.add(Site(f"rdap-{rir}", {"*": self._answer}))
        for name in ("rdap-names", "iana"):
            server.add(Site(name, {"*": self._answer}))

    def base(self, name: str) -> str:
        """The base address of one registry."""
        return f"http://rdap-{name}.test:{self.server.port}/rdap/"

    @property
    def bootstrap(self) -> str:
        """Below it stand ipv4.json, ipv6.json and dns.json."""
        return f"http://iana.test:{self.server.port}/rdap/"

    def _answer(self, request: Request, memory: dict[str, Any]) -> Answer:
        path = f"{request.host}{request.path}"
        self.asked.append(path)
        if path in self.records.spoilt:
            turn = memory[path] = memory.get(path, -1) + 1
            answers = self.records.spoilt[path]
            return self._place(answers[min(turn, len(answers) - 1)])
        if request.host == "iana.test":
            return self._introduce(request.path.rpartition("/")[2])
        kind, _, key = request.path.removeprefix("/rdap/").partition("/")
        found = self._find(kind, key, request.host.removeprefix("rdap-").removesuffix(".test"))
        if found is None:
            return Reply(
                _dump({"errorCode": 404, "title": "Not Found", "rdapConformance": ["rdap_level_0"]}), RDAP, 404
            )
        return Reply(_dump(found), RDAP)

    def _place(self, reply: Reply) -> Reply:
        headers = tuple((name, value.replace("PORT", str(self.server.port))) for name, value in reply.headers)
        return Reply(reply.body, reply.kind, reply.status, headers, cut=reply.cut)

    def _introduce(self, file: str) -> Answer:
        """A bootstrap file (RFC 9224)."""
        if file == "dns.json":
            services = [[["test"], [self.base("names")]]]
        elif file in {"ipv4.json", "ipv6.json"}:
            is_six = file == "ipv6.json"
            blocks = {rir: [block for block in BLOCKS[rir] if (":" in block) == is_six] for rir in RIRS}
            services = [[blocks[rir], [self.base(rir)]] for rir in RIRS]
        else:
            return Reply(status=404)
        head = {"version": "1.0", "publication": "2026-11-01T00:00:00Z", "description": "Simulated"}
        return Reply(_dump(head | {"services": services}), "application/json")

    def _find(self, kind: str, key: str, registry: str) -> dict[str, Any] | None:
        if kind == "ip" and (network := self.records.find_network(key)) and network.rir == registry:
            return write_network(network, self.base(network.rir))
        if kind == "entity":
            it = next((it for it in self.records.networks if name_abuse(it) == key and it.rir == registry), None)
            return _write_abuse(it) if it else None
        if kind == "domain" and registry == "names":
            found = next((it for it in self.records.domains if it.name == key.lower()), None)
            return write_domain(found) if found else None
        return None


def _dump(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def name_abuse(network: Network) -> str:
    """The handle of the abuse contact of a range."""
    return f"ABUSE-{network.handle.replace('/', '-').replace(':', '-').replace('.', '-')}-{network.rir.upper()}"


def write_network(network: Network, base: str) -> dict[str, Any]:
    """An ip network as its registry writes it (RFC 9083, 5.4)."""
    whole = ipaddress.ip_network(network.cidr)
    itself = f"{base}ip/{network.cidr}"
    told: dict[str, Any] = {
        "objectClassName": "ip network",
        "handle": network.handle,
        "startAddress": str(whole.network_address),
        "endAddress": str(whole.broadcast_address),
        "ipVersion": f"v{whole.version}",
        "name": f"NET-{network.holder.upper().replace(' ', '-')}"[:30],
        "type": "REASSIGNED" if network.parent else "DIRECT ALLOCATION",
        "status": ["active"],
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "links": [{"rel": "self", "href": itself, "value": itself, "type": RDAP}],
        "notices": [{"title": "Terms of use", "description": [f"Complaints: hostmaster@rdap-{network.rir}.test"]}],
        "entities": _write_entities(network, base),
    }
    if network.parent:
        told["parentHandle"] = network.parent
        told["links"].append({"rel": "up", "href": f"{base}ip/{network.parent}", "value": itself, "type": RDAP})
    if network.remark:
        told["remarks"] = [{"title": "description", "description": [network.remark]}]
    return told | _flavour(network)


def _flavour(network: Network) -> dict[str, Any]:
    """What only one registry says."""
    length = ipaddress.ip_network(network.cidr).prefixlen
    first = str(ipaddress.ip_network(network.cidr).network_address)
    return {
        "arin": {"port43": "whois.arin-registry.test", "cidr0_cidrs": [{"v4prefix": first, "length": length}]},
        "ripe": {"country": "NL", "type": "ASSIGNED PA", "lang": "en"},
        "apnic": {"country": "AU", "remarks": [{"title": "remarks", "description": ["Geofeed: none"]}]},
        "lacnic": {"nicbr_autnum": "64500", "lacnic_legalRepresentative": "A. Person", "country": "BR"},
        "afrinic": {"country": "ZA", "port43": "whois.afrinic-registry.test"},
    }[network.rir] | ({"remarks": [{"description": [network.remark]}]} if network.remark else {})


def _write_entities(network: Network, base: str) -> list[dict[str, Any]]:
    holder = _write_holder(network)
    around = _list_around(network)
    if not network.abuse:
        return [holder, *around]
    abuse = _write_abuse(network)
    if network.place == "stub":
        itself = f"{base}entity/{abuse['handle']}"
        abuse = {key: abuse[key] for key in ("objectClassName", "handle", "roles")}
        abuse["links"] = [{"rel": "self", "href": itself, "value": itself, "type": RDAP}]
    if network.place == "holder":
        holder["entities"] = [_write_other(network, "technical"), abuse]
    elif network.place == "deep":
        holder["entities"] = [_write_other(network, "administrative") | {"entities": [abuse]}]
    elif network.place == "second":
        return [_write_other(network, "technical"), holder, abuse, *around]
    else:
        return [holder, abuse, *around] if network.rir == "arin" else [abuse, *around, holder]
    return [*around, holder]


def _write_holder(network: Network) -> dict[str, Any]:
    if network.private:
        return {
            "objectClassName": "entity",
            "handle": "PRIVATE-CUSTOMER",
            "roles": ["registrant"],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", ""]]],
            "remarks": [{"title": "REDACTED FOR PRIVACY", "type": "object redacted due to authorization"}],
        }
    lines = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", network.holder],
        ["kind", {}, "text", "org"],
        ["adr", {"label": "1 Example Street"}, "text", ["", "", "", "", "", "", ""]],
    ]
    if network.site:
        lines.append(["url", {}, "uri", f"https://{network.site}/"])
    handle = {"ripe": "ORG-EX1-RIPE", "lacnic": "BR-EXMP-LACNIC", "apnic": "ORG-EX1-AP"}.get(network.rir, "EXMPL-4")
    return _entity(handle, ["registrant"], lines)


def _list_around(network: Network) -> list[dict[str, Any]]:
    """Others that stand beside the holder and are none: maintainers, the registry itself."""
    mark = network.rir.upper()
    if network.rir in {"ripe", "afrinic"}:
        lines = [["version", {}, "text", "4.0"], ["fn", {}, "text", f"MNT-{mark}"], ["kind", {}, "text", "individual"]]
        return [_entity(f"MNT-{mark}", ["registrant"], lines)]
    if network.rir == "lacnic":
        lines = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Registry of names and numbers"]]
        lines.append(["email", {}, "text", f"abuse@rdap-{network.rir}.test"])
        return [_entity("REGISTRY", ["sponsor"], lines)]
    return [_write_other(network, "noc")] if network.rir == "apnic" else []


def _write_other(network: Network, role: str) -> dict[str, Any]:
    """A contact for something else, who has a mailbox."""
    lines = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Operations"]]
    lines.append(["email", {}, "text", f"{role}@{network.abuse.rpartition('@')[2] or 'operations.test'}"])
    return _entity(f"{role.upper()}-{network.rir.upper()}", [role], lines)


def _write_abuse(network: Network) -> dict[str, Any]:
    roles = ["technical", "abuse", "noc"] if network.place == "shared-role" else ["abuse"]
    entity = _entity(name_abuse(network), roles, write_card(network.card, network.abuse))
    if network.rir == "apnic":
        entity["handle"] = name_abuse(network)
        entity["remarks"] = [{"title": "remarks", "description": [f"{network.abuse} was validated on 2026-06-01"]}]
    return entity


def _entity(handle: str, roles: list[str], lines: list[Any]) -> dict[str, Any]:
    return {"objectClassName": "entity", "handle": handle, "roles": roles, "vcardArray": ["vcard", lines]}


def write_card(card: str, mail: str) -> list[Any]:
    """The lines of a jCard (RFC 7095) that has a mailbox, in one of many ways."""
    head: list[Any] = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Abuse desk"]]
    phone = ["tel", {"type": ["work", "voice"]}, "uri", "tel:+1-555-0100"]
    other = mail.replace("abuse", "sales").replace("report", "sales")
    ways: dict[str, list[Any]] = {
        "plain": [["kind", {}, "text", "group"], ["email", {}, "text", mail]],
        "typed": [phone, ["email", {"type": "work"}, "text", mail]],
        "preferred": [["email", {"pref": "50"}, "text", other], ["email", {"pref": "1"}, "text", mail]],
        "many": [["email", {"type": ["work", "internet"], "pref": "1"}, "text", mail], phone],
        "group": [["email", {"group": "item1"}, "text", mail], ["x-note", {}, "text", "24 hours"]],
        "upper": [["EMAIL", {"TYPE": "abuse"}, "text", mail.upper()]],
        "late": [phone, *[["note", {}, "text", f"Line {number}"] for number in range(30)], ["email", {}, "text", mail]],
        "uri": [["email", {}, "uri", f"mailto:{mail}"]],
    }
    return [*head, *ways[card]]


def write_domain(domain: Domain) -> dict[str, Any]:
    """A domain as its registry writes it (RFC 9083, 5.3)."""
    lines = [["version", {}, "text", "4.0"], ["fn", {}, "text", domain.registrar], ["kind", {}, "text", "org"]]
    registrar = _entity("9999", ["registrar"], lines)
    registrar["publicIds"] = [{"type": "IANA Registrar ID", "identifier": "9999"}]
    entities = [registrar]
    if domain.abuse:
        abuse = _entity("", ["abuse"], write_card("typed", domain.abuse))
        (registrar.setdefault("entities", []) if domain.nested else entities).append(abuse)
    if domain.reseller:
        entities.append(
            _entity("R1", ["reseller"], [["version", {}, "text", "4.0"], ["fn", {}, "text", domain.reseller]])
        )
    registrant = _entity("REDACTED", ["registrant"], [["version", {}, "text", "4.0"], ["fn", {}, "text", ""]])
    return {
        "objectClassName": "domain",
        "ldhName": domain.name.upper(),
        "handle": f"{domain.name}-X",
        "status": list(domain.status),
        "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_1"],
        "events": [{"eventAction": "registration", "eventDate": "2026-10-20T08:00:00Z"}],
        "entities": [registrant, *entities],
    }


def list_mailboxes(told: Any) -> Iterable[str]:
    """Every mailbox that a record names anywhere, its words folded to lower case."""
    if isinstance(told, dict):
        for value in told.values():
            yield from list_mailboxes(value)
    elif isinstance(told, list):
        for value in told:
            yield from list_mailboxes(value)
    elif isinstance(told, str):
        yield from (word.strip(".,;").lower().removeprefix("mailto:") for word in told.split() if "@" in word)
