"""Tests of the proof that a domain is the owner's, against servers on loopback."""

import time

import pytest

from cloneward.errors import InputError
from cloneward.fetch.dns import Resolver
from cloneward.fetch.guard import Guard
from cloneward.fetch.http import Fetcher
from cloneward.model.content import Item
from cloneward.model.evidence import Proof
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.protect import proof as module
from cloneward.protect.proof import MAX_FILE_BYTES, find_file, find_record, is_proven, make_claim
from tests.domain import FILE, RECORD, serve_domain
from tests.fetch.hosts import JumpClock, answer, reset

CLAIM = make_claim("https://www.owner.test/", b"k" * 32)
OTHER = make_claim("owner.test", b"o" * 32)
URL = "https://owner.test/.well-known/cloneward.txt"


@pytest.fixture
def domain(tmp_path, monkeypatch):
    """The domain owner.test, whose certificates hold."""
    with serve_domain(tmp_path, timeout_s=2) as domain:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        yield domain


@pytest.fixture
def look_up(domain):
    """Look for the record."""
    return lambda: find_record(CLAIM, Resolver(Guard(domain.fetch)), 1)


@pytest.fixture
def look_at(domain):
    """Look for the file."""
    return lambda: find_file(CLAIM, Fetcher(domain.fetch, JumpClock()))


def test_claim():
    """What is to be published follows from the domain and the key alone, and says so in a form of its own."""
    assert make_claim("owner.test", b"k" * 32) == CLAIM
    assert (CLAIM.domain, CLAIM.record, CLAIM.url) == ("owner.test", RECORD[0], URL)
    assert CLAIM.line == f"cloneward-proof={CLAIM.token}"
    assert len(CLAIM.token) == 64
    assert len({CLAIM.token, OTHER.token, make_claim("other.test", b"k" * 32).token}) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Shop.Example.co.uk", "example.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("someone.github.io", "someone.github.io"),
        (" example.org. ", "example.org"),
    ],
)
def test_claims_the_registered_domain(text, found):
    """Whoever holds a host of a domain is asked about the domain; who shares a platform about their own name."""
    assert make_claim(text, b"").domain == found


@pytest.mark.parametrize("text", ["", "192.0.2.1", "http://[::1]/", "https://", "//"])
def test_no_domain(text):
    """An address of a machine, or nothing, has no domain to prove."""
    with pytest.raises(InputError, match="no domain"):
        make_claim(text, b"")


def test_record(domain, look_up):
    """A TXT record with the line proves the domain; the evidence is the record as it stood."""
    domain.texts = [f'"{CLAIM.line}"']
    evidence = f'_cloneward.owner.test TXT "{CLAIM.line}"'
    assert look_up() == Proof(domain="owner.test", method="dns", evidence=evidence, digest=digest_text(CLAIM.line))


@pytest.mark.parametrize(
    "texts",
    [
        [f'"{CLAIM.line[:20]}" "{CLAIM.line[20:50]}" "{CLAIM.line[50:]}"'],
        [f'"{OTHER.line}"', f'" {CLAIM.line} "'],
        [*(f'"v=spf{number} include:mail{number}.test ~all"' for number in range(200)), f'"{CLAIM.line}"'],
    ],
    ids=["in several strings", "beside that of another workspace", "among many"],
)
def test_record_in_company(domain, look_up, texts):
    """The record may be cut into strings and stand among others."""
    domain.texts = texts
    assert isinstance(look_up(), Proof)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ([], "proof_absent"),
        (['"v=spf1 -all"'], "proof_absent"),
        ([f'"{CLAIM.token}"'], "proof_absent"),
        ([f'"{OTHER.line}"'], "proof_other"),
        ([f'"{CLAIM.line[:-1]}"'], "proof_other"),
        ([f'"{CLAIM.line}0"'], "proof_other"),
        ([f'"{make_claim("other.test", b"k" * 32).line}"'], "proof_other"),
        ("fail", "proof_unanswered"),
        (None, "proof_unanswered"),
    ],
)
def test_no_record(domain, look_up, texts, code):
    """No record, a wrong or cut token, that of another workspace or domain, or silence: each is told as what it is."""
    domain.texts = texts
    problem = look_up()
    assert (problem.code, problem.page) == (code, RECORD[0])


@pytest.mark.parametrize(
    "content",
    [
        CLAIM.line.encode(),
        f"\ufeff{CLAIM.line}\r\n".encode(),
        f"{OTHER.line}\n{CLAIM.line}\n".encode(),
        b"\xff\xfe\n" + CLAIM.line.encode(),
    ],
    ids=["alone", "as an editor saves it", "beside another", "beside what is no text"],
)
def test_file(domain, look_at, content):
    """A file with the line proves the domain; the evidence is its address and the digest of its bytes."""
    domain.publish_file(content)
    assert look_at() == Proof(domain="owner.test", method="file", evidence=URL, digest=digest_bytes(content))


def test_file_of_the_same_domain(domain, look_at):
    """A redirect within the domain, as to www, is followed, and the evidence says where the file was."""
    domain.redirect(f"https://www.owner.test{FILE}")
    domain.publish_file(CLAIM.line.encode(), "www.owner.test")
    assert look_at().evidence == f"https://www.owner.test{FILE}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "proof_absent"),
        ("403 Forbidden", "proof_absent"),
        ("203 Other", "proof_absent"),
        ("429 Slow Down", "proof_unanswered"),
        ("503 Busy", "proof_unanswered"),
    ],
)
def test_status_must_be_200(domain, look_at, status, code):
    """The line in an answer of another status is no proof; a server in trouble may be asked again."""
    domain.pages["owner.test", FILE] = answer(CLAIM.line.encode(), status=status)
    problem = look_at()
    assert (problem.code, problem.page) == (code, URL)
    assert status[:3] in problem.text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "proof_absent"),
        (f"<p>{CLAIM.line}</p>".encode(), "proof_absent"),
        (CLAIM.token.encode(), "proof_absent"),
        (OTHER.line.encode(), "proof_other"),
        ((CLAIM.line + "\n").encode() + b"x" * MAX_FILE_BYTES, "proof_absent"),
    ],
    ids=["empty", "in a page", "without its sign", "of another workspace", "huge"],
)
def test_no_line(domain, look_at, content, code):
    """A file without the very line, or one so large that it is another page, is no proof."""
    domain.publish_file(content)
    rules = type(domain.fetch)(**(vars(domain.fetch) | {"max_bytes": MAX_FILE_BYTES}))
    assert find_file(CLAIM, Fetcher(rules, JumpClock())).code == code


@pytest.mark.parametrize(
    "where", [f"https://other.test{FILE}", f"http://owner.test{FILE}", f"https://owner.test.other.test{FILE}"]
)
def test_redirect_elsewhere(domain, look_at, where):
    """What another domain serves, or comes without TLS, is no proof, though the line be there."""
    domain.redirect(where)
    for host in ("other.test", "owner.test.other.test"):
        domain.publish_file(CLAIM.line.encode(), host)
    assert look_at().code in {"proof_elsewhere", "proof_unanswered"}


def test_redirect_out_and_back(domain, look_at):
    """A way that leaves the domain and returns is no proof: somebody else chose where it ends."""
    domain.redirect(f"https://other.test{FILE}")
    domain.redirect(f"https://www.owner.test{FILE}", "other.test")
    domain.publish_file(CLAIM.line.encode(), "www.owner.test")
    problem = look_at()
    assert problem.code == "proof_elsewhere"
    assert "https://other.test" in problem.text


def test_redirect_into_a_private_network(domain, look_at):
    """A redirect to a machine that must not be reached is not followed, and is no proof."""
    domain.redirect("https://10.0.0.1/")
    problem = look_at()
    assert problem.code == "proof_absent"
    assert "10.0.0.1" in problem.text


def test_loop(domain, look_at):
    """A redirect to itself ends, and is no proof."""
    domain.redirect(URL)
    assert look_at().code == "proof_absent"


@pytest.mark.parametrize("is_headless", [True, False])
def test_silence_ends(domain, look_at, is_headless):
    """A server that never ends its answer is left after the time of the settings, and may be asked again."""

    def drip(link):
        if not is_headless:
            link.sendall(answer(CLAIM.line.encode() + b"\n", length=10_000))
        time.sleep(4)

    domain.pages["owner.test", FILE] = drip
    began_s = time.monotonic()
    assert look_at().code == "proof_unanswered"
    assert time.monotonic() - began_s < 3.5


def test_no_server(domain, look_at, monkeypatch):
    """A server that hangs up, or whose certificate does not hold, did not answer."""
    domain.pages["owner.test", FILE] = reset
    assert look_at().code == "proof_unanswered"
    domain.publish_file(CLAIM.line.encode())
    monkeypatch.delenv("SSL_CERT_FILE")
    problem = look_at()
    assert problem.code == "proof_unanswered"
    assert "certificate" in problem.text


def test_door_is_shut(domain):
    """Where our own settings let nobody go, that is told with the setting, for the record and the file."""
    fetch = type(domain.fetch)(resolve=domain.fetch.resolve)
    for problem in (find_record(CLAIM, Resolver(Guard(fetch)), 1), find_file(CLAIM, Fetcher(fetch, JumpClock()))):
        assert problem.code == "proof_refused"
        assert "allow" in problem.hint


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.owner.test/a", True),
        ("https://owner.test.other.test/", False),
        ("https://192.0.2.1/", False),
        (None, False),
    ],
)
def test_items_are_proven_by_their_address(url, expected):
    """An item is proven where the registered domain of its address is; one without an address never."""
    item = Item(id="i", url=url, digest="d", text_digest="t", words=1)
    assert is_proven(item, {"owner.test"}) is expected


def test_listing_pays_no_network():
    """Saying whether items are proven imports no library of the network."""
    assert not {"Fetcher", "Resolver"} & set(vars(module))
