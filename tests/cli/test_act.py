"""The first letter from end to end by the command line, in the sandbox: found, judged, written, heard, withdrawn."""

import json
import mailbox
import re
from email import policy
from email.parser import BytesParser

import pytest

from tests.fetch.hosts import Host, answer

COPY = " ".join(f"word {number} of what was ours" for number in range(60))
LIVE = answer(f"<title>Ann</title><p>{COPY}</p>".encode(), "Content-Type: text/html\r\n")
GONE = answer(b"<p>Not found</p>", "Content-Type: text/html\r\n").replace(b" 200 OK", b" 404 Not Found", 1)
URL = "http://copy.test/ann"
SETTINGS = """
[fetch]
allow = ["{endpoint}"]
per_host_s = 0
resolve = {{ "*.test" = "{endpoint}" }}

[rdap]
bootstrap = "lists"

[sender]
organisation = "Own Ltd"
name = "Ann Owner"
mail = "ann@own.test"
postal = "1 Road, Town"

[quotas]
cooling_minutes = 0
"""


@pytest.fixture
def site():
    """A host that gives what it is told to."""
    host = Host(lambda link, _: link.sendall(host.given))
    host.given = LIVE
    yield host
    host.stop()


@pytest.fixture
def at(run, tmp_path, site):
    """A workspace with one item that its person lets us act for; the host is reached by any name below `test`."""
    run("init", tmp_path / "own", "--site", "https://own.test/")
    file = tmp_path / "own" / "cloneward.toml"
    file.write_text(file.read_text() + SETTINGS.format(endpoint=site.endpoint))
    (tmp_path / "own" / "lists").mkdir()
    for name in ("dns", "ipv4", "ipv6"):
        (tmp_path / "own" / "lists" / f"{name}.json").write_text('{"services": []}')
    item = {"id": "ann", "url": "https://own.test/ann", "text": COPY, "mandate": True}
    (tmp_path / "items.jsonl").write_text(json.dumps(item))
    place = ("--workspace", tmp_path / "own")
    assert run("protect", "add", tmp_path / "items.jsonl", *place).code == 0
    return place


def begin(run, at):
    """Open a case, judge it, and say who was first; give its id."""
    (case,) = run("case", "open", URL, "--how", "a user wrote", "--json", *at).records
    (judged,) = run("judge", URL, "--plain", "--json", *at).records
    assert (judged["id"], judged["verdict"], judged["first_known"]["how"]) == (case["id"], "copy", "a user wrote")
    assert judged["seal"]["path"].startswith("evidence/")
    label = run("judge", "label", URL, "copy", "--direction", "ours_first", "--note", "their domain is younger", *at)
    assert label.code == 0
    return case["id"]


def write(run, at):
    """Propose, approve and send a notice; give the action."""
    to = ("--to", "abuse@host.test", "--name", "Host Ltd")
    (action,) = run("act", "propose", URL, *to, "--json", *at).records
    assert run("act", "approve", action["id"], *at).code == 0
    sent = run("act", "perform", action["id"], "--plain", "--json", *at)
    assert sent.code == 0, sent.err
    return sent.records[0]


def read_outbox(at):
    """The letters that were kept, by their subject."""
    letters = [
        BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in (at[1] / "outbox").iterdir()
    ]
    return {letter["Subject"].rpartition("] ")[2]: letter for letter in letters}


def test_nothing_is_asked_before_it_is_known_who_was_first(run, at):
    """A copy of which nobody says who was first is not written about; the refusal says what is missing."""
    run("case", "open", URL, *at)
    run("judge", URL, "--plain", *at)
    refused = run("act", "propose", URL, "--to", "abuse@host.test", *at)
    assert (refused.code, "who was first" in refused.err) == (5, True)


def test_from_case_to_letter_and_back(run, at, tmp_path):
    """A notice is written once, kept in the sandbox, confirmed by its reply, and withdrawn with a letter."""
    case = begin(run, at)
    action = write(run, at)
    assert action["state"] == "performed"
    assert "nothing left the sandbox" in action["steps"][-1]["detail"]["receipt"]
    (notice,) = read_outbox(at).values()
    assert notice["To"] == "abuse@host.test"
    assert URL in notice.get_content()
    again = run("act", "perform", action["id"], "--plain", *at)
    assert (again.code, len(read_outbox(at))) == (5, 1)

    box = mailbox.Maildir(tmp_path / "mail", create=True)
    box.add(
        f"From: abuse@host.test\r\nMessage-ID: <r@host.test>\r\nIn-Reply-To: {notice['Message-ID']}\r\n"
        "Subject: [Ticket 4711] your report\r\n\r\nWe have received your report.\r\n".encode()
    )
    for is_new in (True, False):
        (reply,) = run("act", "hear", tmp_path / "mail", "--json", *at).records
        assert (reply["case"], reply["meaning"], reply["is_believed"]) == (case, "acknowledged", True)
        assert (reply["ticket"], reply["is_new"]) == ("4711", is_new)
    (known,) = run("case", "show", case, "--json", *at).records
    kinds = [entry["kind"] for entry in known["timeline"]]
    assert kinds[-3:] == ["sent", "replied", "confirmed"]

    closed = run("case", "close", case, "--reason", "done", *at)
    assert (closed.code, "open" in closed.err) == (5, True)
    (ended,) = run("act", "withdraw", action["id"], "--reason", "it was licensed", "--json", *at).records
    assert ended["state"] == "withdrawn"
    letter = read_outbox(at)["withdrawn"]
    assert "We were wrong" in letter.get_content()
    assert letter["In-Reply-To"] == notice["Message-ID"]
    assert run("case", "close", case, "--reason", "done", *at).code == 0
    refused = run("act", "propose", URL, "--to", "abuse@host.test", *at)
    assert (refused.code, "withdrawn as an error" in refused.err) == (5, True)


def test_a_page_that_is_gone_is_not_written_about(run, at, site):
    """A notice is not sent over a page that does not show it any more."""
    begin(run, at)
    (action,) = run("act", "propose", URL, "--to", "abuse@host.test", "--json", *at).records
    run("act", "approve", action["id"], *at)
    site.given = GONE
    refused = run("act", "perform", action["id"], "--plain", *at)
    assert (refused.code, "was not seen with our content" in refused.err) == (5, True)
    assert not (at[1] / "outbox").exists()


def test_gone_once_is_not_resolved(run, at, site):
    """One round that misses it resolves nothing, and says what is still to be looked at."""
    begin(run, at)
    action = write(run, at)
    site.given = GONE
    (looked,) = run("act", "resolve", action["id"], "--plain", "--json", *at).records
    assert looked["end"] == "waiting"
    assert any("twice" in missing for missing in looked["missing"])
    assert "interim" in read_outbox(at)


@pytest.mark.parametrize(("option", "word"), [("--paper", "letter"), ("--category", "spam"), ("--reach", "world")])
def test_words_that_are_none(run, at, option, word):
    """A paper, category or reach that there is not is told with those that there are."""
    begin(run, at)
    asked = run("act", "propose", URL, "--to", "abuse@host.test", option, word, *at)
    assert (asked.code, word in asked.err, "one of" in asked.err) == (2, True, True)


def test_crimes_need_their_evidence(run, at):
    """Phishing is not said of a page that asks nobody for anything."""
    begin(run, at)
    refused = run("act", "propose", URL, "--to", "abuse@host.test", "--category", "phishing", *at)
    assert (refused.code, "without evidence" in refused.err) == (5, True)


def test_a_plan_says_what_is_missing(run, at):
    """A plan names who can act as far as registries tell, and what stands against each notice; nothing is kept."""
    begin(run, at)
    (plan,) = run("act", "plan", URL, "--json", *at).records
    ready = {(one["paper"], one["category"], one["reach"]) for one in plan["notices"] if one["ready"]}
    assert {("abuse", "copyright", "page"), ("dmca", "copyright", "page")} <= ready
    assert not any(category == "malware" or reach == "domain" for _, category, reach in ready)
    assert plan["route"]["state"] in {"unknown", "later"}
    shown = run("act", "plan", URL, *at)
    assert re.search(r"who +unknown", shown.out)


def test_no_maildir(run, at, tmp_path):
    """A folder that is no Maildir is told as that."""
    heard = run("act", "hear", tmp_path, *at)
    assert (heard.code, "no Maildir" in heard.err) == (2, True)


def test_confirmed_by_hand(run, at):
    """What the recipient says otherwise is put on record with their ticket."""
    begin(run, at)
    action = write(run, at)
    (told,) = run("act", "confirm", action["id"], "--ticket", "T-1", "--json", *at).records
    assert (told["state"], told["steps"][-1]["detail"]) == ("confirmed", {"ticket": "T-1"})
