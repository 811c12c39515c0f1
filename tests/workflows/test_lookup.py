"""Looking up who can act."""

import json
from datetime import date

import pytest

from cloneward.errors import InputError
from cloneward.settings import Channel, Fetch, Rdap, Settings
from cloneward.store.objects import ObjectStore
from cloneward.store.workspace import Workspace
from cloneward.workflows.lookup import list_directory, open_lookup
from tests.fetch.hosts import Host, JumpClock, NameServer, answer, header_of, path_of, running

URL = "http://copy.test/ann"
SITE, ORIGIN, MAILER = "77.201.1.1", "77.202.1.1", "77.203.1.1"
NETWORKS = {
    SITE: ("77.201.1.0", "77.201.1.255"),
    ORIGIN: ("77.202.0.0", "77.202.255.255"),
    MAILER: ("77.203.0.0", "77.203.255.255"),
}


def network(address, name, mail, role="abuse"):
    """What a registry says of the network of an address."""
    card = ["vcard", [["fn", {}, "text", name], *([["email", {}, "text", mail]] if mail else [])]]
    first, last = NETWORKS[address]
    holder = {"roles": ["registrant", role], "vcardArray": card}
    return {"startAddress": first, "endAddress": last, "handle": f"NET-{name}", "entities": [holder]}


class World:
    """Sites, a registry and a name server: `pages` by host and path, `zone` by name and kind."""

    def __init__(self, folder, zone):
        self.zone, self.pages, self.asked, self.clock = zone, {}, [], JumpClock()
        self.folder = folder

    def answer(self, link, head):
        """Answer a request; hang up on what is none, as the beginning of TLS."""
        if header_of(head, "host") is None:
            return
        where = header_of(head, "host").partition(":")[0], path_of(head)
        self.asked.append(where)
        page = self.pages.get(where, answer(b"none", status="404 Not Found"))
        link.sendall(page if isinstance(page, bytes) else answer(json.dumps(page).encode()))

    def register(self, address, said):
        """Let the registry say so of an address."""
        self.pages["rdap.test", f"/ip/{address}"] = said

    def open(self, host, names, **changes):
        """What looks up in a workspace whose settings lead there."""
        lists = {"ipv4.json": [[["77.0.0.0/8"], ["http://rdap.test/"]]], "ipv6.json": [], "dns.json": []}
        lists["dns.json"] = [[["test"], ["http://rdap.test/"]]]
        for name, services in lists.items():
            self.pages["iana.test", f"/rdap/{name}"] = {"services": services}
        rules = Fetch(
            allow=(host.endpoint, names.endpoint),
            resolve={"*.test": host.endpoint, "*.test:53": names.endpoint},
            per_host_s=0,
            timeout_s=1,
        )
        settings = Settings(
            site="https://owner.test/", fetch=rules, **{"rdap": Rdap(bootstrap="http://iana.test/rdap/"), **changes}
        )
        return open_lookup(Workspace(self.folder, settings), self.clock)


@pytest.fixture
def world(tmp_path):
    """A world in which copy.test stands on a host that answers for its network."""
    made = World(tmp_path, {("copy.test", "A"): [[SITE]]})
    made.register(SITE, network(SITE, "Host Ltd", "abuse@host.test"))
    with running(Host(made.answer), NameServer(made.zone)) as (host, names):
        made.start = lambda **changes: made.open(host, names, **changes)
        yield made


def test_the_host_is_found_and_the_way_is_kept(world):
    """The holder of the network is found, and every question stands on record with its source and time."""
    route = world.start().route(URL)
    assert (route.state, route.host, route.contact, route.via) == ("found", "Host Ltd", "abuse@host.test", "network")
    kept = json.loads(ObjectStore(world.folder / "lookups").get(route.record))
    told = {(one["kind"], one["about"]): one for one in kept["looked"]}
    assert told["rdap", SITE]["source"] == f"http://rdap.test/ip/{SITE}"
    assert told["rdap", SITE]["outcome"] == "found"
    assert told["rdap", SITE]["at"].startswith("2026-11-24T00:16:40")
    assert told["rdap", "copy.test"]["outcome"] == "none"
    assert kept["networks"][SITE][0]["handle"] == "NET-Host Ltd"


def test_nobody_else_is_asked(world):
    """The address is asked once, the lists and the registry are; where a capture has seen the way, the site is not."""
    lookup = world.start()
    lookup.route(URL)
    lists = [("iana.test", "/rdap/ipv4.json"), ("iana.test", "/rdap/dns.json")]
    registry = [("rdap.test", f"/ip/{SITE}"), ("rdap.test", "/domain/copy.test")]
    assert sorted(world.asked) == sorted([("copy.test", "/ann"), *lists, *registry])
    world.asked.clear()
    assert lookup.route(URL, hops=(URL,)).state == "found"
    assert world.asked == []


def test_redirects_are_followed(world):
    """The last host is looked up, and the others are told as redirectors."""
    world.zone["short.test", "A"] = [[ORIGIN]]
    world.pages["short.test", "/1"] = answer(b"", f"Location: {URL}\r\n", "302 Found")
    route = world.start().route("http://short.test/1")
    assert (route.host, [(one.role, one.name) for one in route.middle]) == ("Host Ltd", [("redirector", "short.test")])


@pytest.mark.parametrize("kind", ["name", "mail", "sender"])
def test_behind_an_intermediary(world, kind):
    """Where an intermediary stands in front, the site's other names, mail servers and senders tell its host."""
    world.register(SITE, network(SITE, "Some CDN", "abuse@cdn.test"))
    world.register(ORIGIN, network(ORIGIN, "Host Ltd", "abuse@host.test"))
    world.zone["copy.test", "MX"] = [["5 mx.copy.test."]]
    world.zone["copy.test", "TXT"] = [[f'"v=spf1 ip4:{ORIGIN} -all"']] if kind == "sender" else [[]]
    if kind != "sender":
        world.zone[{"name": "origin.copy.test", "mail": "mx.copy.test"}[kind], "A"] = [[ORIGIN]]
    route = world.start().route(URL)
    assert (route.host, route.contact) == ("Host Ltd", "abuse@host.test")
    assert [(one.role, one.name) for one in route.middle] == [("cdn", "Some CDN")]


def test_an_intermediary_alone(world):
    """Where nothing tells who is behind it, the host is unknown, and names that are another company's do not count."""
    world.register(SITE, network(SITE, "Some CDN", "abuse@cdn.test"))
    world.register(MAILER, network(MAILER, "Mailer", "abuse@mailer.test"))
    world.zone["mail.copy.test", "CNAME"] = ["mx.mailer.test"]
    world.zone["mx.mailer.test", "A"] = [[MAILER]]
    route = world.start().route(URL)
    assert (route.state, route.contact) == ("unknown", None)
    assert [party.address for party in route.parties] == ["abuse@cdn.test"]


def test_a_customer_without_a_contact(world):
    """Where a network names nobody for abuse, the one around it is asked for."""
    world.register(SITE, network(SITE, "Customer", ""))
    upper = network(SITE, "Provider", "abuse@provider.test")
    world.pages["rdap.test", "/ip/77.201.0.0/23"] = {
        **upper,
        "startAddress": "77.201.0.0",
        "endAddress": "77.201.255.255",
    }
    route = world.start().route(URL)
    assert (route.host, route.contact, route.via) == ("Customer", "abuse@provider.test", "upstream")


def test_a_host_tells_by_its_own_file(world):
    """Where registries name nobody for abuse, the holder's security.txt is read, and only as text."""
    world.register(SITE, network(SITE, "Host Ltd", "noc@host.test", role="technical"))
    text = b"Contact: mailto:report@host.test\nExpires: 2027-01-01T00:00:00Z\n"
    where = "host.test", "/.well-known/security.txt"
    world.pages[where] = answer(text, "Content-Type: text/plain; charset=utf-8\r\n")
    assert world.start().route(URL).contact == "report@host.test"
    world.pages[where] = answer(text, "Content-Type: text/html\r\n")
    assert world.start().route(URL).state == "unknown"
    world.pages[where] = answer(b"", "Location: http://other.test/security.txt\r\n", "302 Found")
    world.pages["other.test", "/security.txt"] = answer(text, "Content-Type: text/plain\r\n")
    assert world.start().route(URL).state == "unknown"


def test_an_address_by_https_is_told_by_https_alone(world):
    """What is read without TLS does not tell whom to write to over a site that is reached by it."""
    world.register(SITE, network(SITE, "Host Ltd", "noc@host.test", role="technical"))
    text = b"Contact: mailto:report@host.test\nExpires: 2027-01-01T00:00:00Z\n"
    world.pages["host.test", "/.well-known/security.txt"] = answer(text, "Content-Type: text/plain\r\n")
    assert world.start().route("https://copy.test/ann").state == "unknown"


@pytest.mark.parametrize("fault", ["throttled", "silent names", "no lists"])
def test_later(world, fault):
    """Where something that would tell could not be had now, it is known later, and when if that was said."""
    changes = {}
    if fault == "throttled":
        world.register(SITE, answer(b"", "Retry-After: 900\r\n", "429 Too Many Requests"))
    elif fault == "silent names":
        world.zone["copy.test", "A"] = ["fail"]
    else:
        changes["rdap"] = Rdap(bootstrap="nowhere")
    route = world.start(**changes).route(URL)
    assert (route.state, route.retry_after_s) == ("later", 900.0 if fault == "throttled" else None)


def test_no_such_name(world):
    """A name that does not exist leads to nobody, which is no reason to wait; what is no address is refused."""
    assert world.start().route("http://none.test/").state == "unknown"
    with pytest.raises(InputError, match="not a web address"):
        world.start().route("none")


def test_time_ends(world):
    """When the time for an address is over, nothing more is asked."""
    world.clock.monotonic_s = iter(range(0, 10**6, 100)).__next__
    found = world.start().look_up(URL)
    assert found.late
    assert {one.about for one in found.looked if one.outcome.startswith("no time")} >= {"copy.test"}


def test_lists_are_kept_for_a_day(world):
    """The lists of registries are read once a day, and yesterday's are used where today's cannot be had."""
    for _ in range(2):
        world.start().route(URL)
    assert world.asked.count(("iana.test", "/rdap/ipv4.json")) == 1
    world.clock.sleep(86_400)
    lookup = world.start()
    world.pages["iana.test", "/rdap/ipv4.json"] = answer(b"", status="500 Broken")
    assert lookup.route(URL).state == "found"
    assert world.asked.count(("iana.test", "/rdap/ipv4.json")) == 2


def test_lists_in_a_folder(world):
    """The lists may lie in a folder of the workspace."""
    (world.folder / "iana").mkdir()
    for name in ("ipv4.json", "dns.json"):
        services = [[["77.0.0.0/8", "test"], ["http://rdap.test/"]]]
        (world.folder / "iana" / name).write_text(json.dumps({"services": services}))
    assert world.start(rdap=Rdap(bootstrap="iana")).route(URL).state == "found"
    assert ("iana.test", "/rdap/ipv4.json") not in world.asked


def test_the_directory_of_the_settings():
    """Entries of the settings carry the day on which somebody looked."""
    channel = Channel(name="Host", words=("host",), address="abuse@host.test", verified_on=date(2026, 11, 1))
    (entry,) = list_directory(Settings(site="https://owner.test/", channels=(channel,)))
    assert (entry.name, entry.words, entry.part, entry.verified_on) == ("Host", ("host",), "host", "2026-11-01")
