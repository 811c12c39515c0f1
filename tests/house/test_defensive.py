"""The rules that make us defensive: each is held by the code, and loosening it is shown to be found."""

import ast
import inspect
import ipaddress
import re
from pathlib import Path

import pytest

from cloneward.capture.persona import choose_persona
from cloneward.errors import RefusedError
from cloneward.fetch import http
from cloneward.fetch.guard import PORTS, Endpoint, Guard
from cloneward.fetch.http import Fetcher
from cloneward.model.vantage import Bounds
from cloneward.settings import Fetch, Quarantine, Retention, Settings
from cloneward.workflows import capture
from tests.store.entries import JumpingClock

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))

# What a driver of a browser is told in order to act: to type, click, send or sign in.
ACTS = set(
    "fill type press press_sequentially insert_text click dblclick tap check uncheck set_checked select_option "
    "set_input_files drag_and_drop drag_to down up dispatch_event authenticate add_cookies storage_state "
    "save_as grant_permissions accept set_http_credentials".split()
)
# Words that switch a browser's own protection off.
LOOSENERS = re.compile(
    r"no-sandbox|disable-setuid-sandbox|disable-web-security|allow-file-access|ignore-certificate-errors(?!-spki)"
    r"|allow-running-insecure-content|remote-debugging-address|disable-site-isolation|single-process|no-zygote"
)
# Libraries that send mail, post to the web or sign in somewhere.
SENDERS = set("smtplib imaplib poplib ftplib telnetlib paramiko aiosmtplib tweepy slack_sdk selenium".split())


def find_acts(source):
    """Calls by which a page would be acted upon."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ACTS:
            yield f"{node.lineno}: {ast.unparse(node.func)}"


def find_senders(source):
    """Imports of what sends."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if name.partition(".")[0] in SENDERS)


STARTS = {"launch", "launch_persistent_context", "connect_over_cdp"}


def find_starts(source):
    """What each start of a browser, and each profile opened in one, is told: its name, and the words with it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_other = ast.unparse(node.func) == "DBOS.launch"  # it starts workflows
            if node.func.attr in STARTS | {"new_context", "new_page"} and not is_other:
                yield node.func.attr, {word.arg: ast.unparse(word.value) for word in node.keywords}


def is_tight(start):
    """Say whether a browser has its sandbox, and a profile takes no downloads and brings nobody's credentials."""
    name, words = start
    if {"http_credentials", "storage_state", "client_certificates"} & set(words) or name == "connect_over_cdp":
        return False
    has_sandbox = name not in STARTS or words.get("chromium_sandbox") == "True"
    return has_sandbox and (name in {"launch", "new_page"} or words.get("accept_downloads") == "False")


def find_posts(source):
    """Calls that give a request a body, which makes a POST of it, and methods that are spelt out."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "exchange.ask"
            and len(node.args + node.keywords) > 2
        ):
            yield ast.unparse(node)
        if isinstance(node, ast.Constant) and node.value in {"POST", "PUT", "PATCH", "DELETE", b"POST", b"PUT"}:
            yield node.value


def list_sources(*folders):
    """The sources below some folders of the package."""
    return [path for path in SOURCES if path.relative_to(ROOT / "src" / "cloneward").parts[0] in folders]


def test_never_acts_on_a_page():
    """Where a browser is driven nothing is typed, clicked, sent, accepted or signed in to."""
    drivers = [path for path in SOURCES if "playwright" in path.read_text("utf-8")]
    assert drivers
    assert {path.name: found for path in drivers if (found := list(find_acts(path.read_text("utf-8"))))} == {}


@pytest.mark.parametrize("line", ["page.fill('#user', name)", "page.keyboard.type('x')", "frame.locator('a').click()"])
def test_catches_an_act(line):
    """A line that types or clicks is found."""
    assert list(find_acts(line))


def test_the_browser_keeps_its_sandbox():
    """Every browser starts with its sandbox, and no profile in it takes downloads or brings credentials."""
    starts = [start for path in SOURCES for start in find_starts(path.read_text("utf-8"))]
    assert {"launch", "new_context"} <= {name for name, _ in starts}
    assert all(map(is_tight, starts))


@pytest.mark.parametrize(
    "line",
    [
        "chromium.launch()",
        "chromium.launch_persistent_context(p, chromium_sandbox=False, accept_downloads=False)",
        "chromium.launch(chromium_sandbox=False)",
        "chromium.launch_persistent_context(p, chromium_sandbox=True)",
        "chromium.connect_over_cdp(address)",
        "browser.new_context()",
        "browser.new_context(accept_downloads=True)",
        "browser.new_context(accept_downloads=False, http_credentials=c)",
        "browser.new_page(storage_state=s)",
    ],
)
def test_catches_a_loose_browser(line):
    """A start without one of them is found."""
    assert not all(map(is_tight, find_starts(line)))


def test_no_protection_is_switched_off():
    """No source names a flag that takes the browser's own protection away."""
    found = {path.name: match[0] for path in SOURCES if (match := LOOSENERS.search(path.read_text("utf-8")))}
    assert found == {}
    assert LOOSENERS.search("--no-sandbox")
    assert LOOSENERS.search("--ignore-certificate-errors ")


def find_headers(source):
    """Headers that sign in, where one is set."""
    return set(re.findall(r"[\"'](authorization|proxy-authorization|cookie)[\"']\s*[:\]]", source.casefold()))


def test_no_credentials():
    """No header that signs in is written by what reads the web; a cookie is given back by the recipe alone."""
    found = {path.name: find_headers(path.read_text("utf-8")) for path in list_sources("fetch", "capture", "workflows")}
    assert {name: headers for name, headers in found.items() if headers} == {"recipe.py": {"cookie"}}
    assert find_headers('{"Authorization": "Basic x"}') == {"authorization"}


def test_no_login():
    """An address that brings a user name or a password is refused before anything is asked."""
    with pytest.raises(RefusedError, match="we log in nowhere"):
        Fetcher(Fetch(), JumpingClock()).get("https://ann:secret@copy.test/", purpose="capture")


def test_pace():
    """Whatever the settings say, no site is asked or visited more often than once in two seconds."""
    assert http.MIN_GAP_S >= 2
    assert capture.GAP_S >= 2
    assert Fetch().per_host_s >= 2
    told = inspect.getsource(http)
    assert "max(self._rules.per_host_s, MIN_GAP_S)" in told


def test_bounds():
    """A visit has an end by default: in bytes and in time."""
    bounds = Bounds()
    assert bounds.max_bytes <= 64 * 1024**2
    assert bounds.timeout_s <= 60
    assert Fetch().max_bytes <= 64 * 1024**2
    assert Fetch().timeout_s <= 60


PRIVATE = """
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 169.254.169.254 172.16.0.1 172.31.255.255
192.168.0.1 192.0.2.1 198.18.0.1 224.0.0.1 255.255.255.255 168.63.129.16 ::1 :: fc00::1 fd00:ec2::254 fe80::1 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address):
    """By default nothing private is reached, whatever name leads there."""
    guard = Guard(Fetch())
    for host in (address, "copy.test"):
        with pytest.raises(RefusedError):
            guard.check(host, 80, Endpoint(ipaddress.ip_address(address), 80))


def test_ports():
    """By default only the ports of the web are reached."""
    assert {80, 443} <= PORTS <= {80, 443, 8080, 8443}
    with pytest.raises(RefusedError, match="port 22"):
        Guard(Fetch()).check("copy.test", 22, Endpoint(ipaddress.ip_address("93.184.216.34"), 22))


def test_nothing_is_sent():
    """One source alone sends mail, to nobody by default; only authorities, which are sent a digest, are posted to."""
    senders = {path.name: found for path in SOURCES if (found := list(find_senders(path.read_text("utf-8"))))}
    assert senders == {"smtp.py": ["smtplib"]}
    assert Settings(site="https://example.org/").sandbox
    assert Settings(site="https://example.org/").mail.host == ""
    assert list(find_senders("import smtplib"))
    assert list(find_senders("from imaplib import IMAP4"))
    assert {path.name for path in SOURCES if set(find_posts(path.read_text("utf-8")))} == {"stamp.py", "wire.py"}
    assert list(find_posts("exchange.ask(target, headers, body)"))
    assert list(find_posts("ask(method='POST')"))
    assert Settings(site="https://example.org/").authorities == ()


def test_every_request_says_what_for():
    """Nothing is asked of the web without a purpose, which goes into the log with each hop, refused ones too."""
    purpose = inspect.signature(Fetcher.get).parameters["purpose"]
    assert purpose.kind is inspect.Parameter.KEYWORD_ONLY
    assert purpose.default is inspect.Parameter.empty
    told = inspect.getsource(http)
    assert told.count("extra={**trace") == len(re.findall(r"_log\.\w+\(", told)) == 3
    assert '"purpose": errand.purpose' in told
    assert "purpose" in capture.Order.__dataclass_fields__


def test_people_are_not_kept_by_default():
    """By default no clear id is kept, and what must not be kept is destroyed."""
    assert not Retention().clear_ids
    assert Quarantine().rule == "destroy"
    assert 0 < Retention().vault_days <= 365
    assert 0 < Retention().quarantine_days <= 365


def test_visitors_look_like_people():
    """A persona is a way to be shown what people are shown, and brings nothing that says who anybody is."""
    told = inspect.getsource(inspect.getmodule(choose_persona)).casefold()
    assert not re.search(r"\b(?:password|username|credential|cookie)s?\b", told)
