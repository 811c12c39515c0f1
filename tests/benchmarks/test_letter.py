"""The bench of letters counts what it says it counts: a stand-in that answers rightly passes, and others do not."""

import email
import json
import sys

import letter
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.adversary import backlog, benign, gone, papers_refused, parties, replies
from tests.adversary.mailbox import make_letters
from tests.adversary.papers_samples import GOOD

STAND_IN = """
import json, os, re, sys
told = json.load(open(os.environ["LETTER_ANSWERS"])).get(" ".join(sys.argv[1:3]), [])
if isinstance(told, list):
    print(*map(json.dumps, told), sep="\\n")
else:
    for argument in sys.argv[3:]:
        key = re.sub(":[0-9]+/", "/", argument) if "://" in argument else argument.rpartition("/")[2]
        if key in told:
            print(json.dumps({"target": argument, **told[key]}))
"""


@pytest.fixture
def judge(tmp_path, monkeypatch):
    """Runs one part against a program that gives these answers."""
    program = tmp_path / "stand_in.py"
    program.write_text(STAND_IN)
    answers = tmp_path / "answers.json"
    monkeypatch.setenv("LETTER_ANSWERS", str(answers))

    def begin(part, told, *only):
        answers.write_text(json.dumps(told))
        bench = letter.Bench(letter.Program(tmp_path / "work", (sys.executable, str(program))))
        options = letter.read_options(["--foreign", *(("--only", *only) if only else ())])
        return getattr(bench, f"measure_{part}")(options)

    return begin


def count_right(rows):
    """How many rows have no fault."""
    return sum(not row["faults"] for row in rows)


def test_routes(judge):
    """A program that knows the truth of each route is right on all, and one that says nothing on none."""
    fixtures = parties.list_fixtures()[::20]
    names = [it.name for it in fixtures]
    told = {it.url: {"route": parties.tell_truth(it)} for it in fixtures}
    assert count_right(judge("routes", {"act plan": told}, *names)) == len(fixtures)
    assert count_right(judge("routes", {}, *names)) == 0


def test_replies(judge):
    """The truth of each message passes; the same case for all is neither right nor linked."""
    fixtures = replies.list_fixtures(make_letters())
    told = [{"message_id": read_id(it.mail), **replies.tell_truth(it)} for it in fixtures]
    rows = judge("replies", {"act hear": told})
    assert count_right(rows) == len(fixtures)
    gates = {gate["name"]: gate["held"] for gate in letter.judge_gates({"replies": rows})}
    assert all(gates.values())
    rows = judge("replies", {"act hear": [line | {"case": "case-0"} for line in told]})
    assert not all(gate["held"] for gate in letter.judge_gates({"replies": rows}))
    assert sum(row["linked"] for row in rows) < len(rows) / 4


def read_id(mail):
    """The id of a message."""
    return str(email.message_from_bytes(mail)["Message-ID"])


def test_backlog(judge):
    """The right set passes, and a lost address is told."""
    targets = [{"target": f"http://{it}"} for it in sorted(backlog.make_backlog("plain").targets)]
    assert count_right(judge("backlog", {"case import": targets}, "plain")) == 1
    assert "lost" in judge("backlog", {"case import": targets[1:]}, "plain")[0]["faults"][0]


def test_benign(judge, monkeypatch):
    """No notice on the harmless and one on the copies passes; one on all, none on any, and silence do not."""
    pages = [benign.make_page("quotation", 0), benign.make_page("fan", 0), benign.make_copy(0)]
    monkeypatch.setattr(benign, "list_pages", lambda: pages)

    def answer(ready):
        return {"act plan": {f"{page.name}.warc": {"notices": [{"ready": ready(page)}]} for page in pages}}

    def held(told):
        gates = letter.judge_gates({"benign": judge("benign", told)})
        return [gate["held"] for gate in gates[1:]]

    assert held(answer(lambda page: not page.is_harmless)) == [True, True]
    assert held(answer(lambda page: True)) == [False, True]
    assert held(answer(lambda page: False)) == [True, False]
    assert held({}) == [False, False]


def test_refusals(judge):
    """Right reasons pass; who refuses all fails the lawful acts, who allows all fails the attempts."""
    attempts = [*papers_refused.list_attempts(), *papers_refused.list_allowed()]
    right = [{"name": it.name, "refused": bool(it.reasons), "reasons": sorted(it.reasons)} for it in attempts]

    def held(told):
        gates = letter.judge_gates({"refusals": judge("refusals", {"act guard": told})})
        return [gate["held"] for gate in gates]

    assert held(right) == [True, True, True, True]
    assert held([line | {"refused": True} for line in right]) == [True, True, True, False]
    assert held([line | {"refused": False} for line in right]) == [True, False, False, True]
    assert held([line | {"reasons": ["quota"]} for line in right]) == [True, True, False, True]
    assert held([]) == [True, False, False, False]


def test_papers(judge):
    """A notice is read as it is written, and a missing one is a fault."""
    good = {"text": GOOD["host"].text, "report": dict(GOOD["host"].report), "category": "copyright"}
    told = {"copy-000.warc": {"notices": [good]}}
    rows = judge("papers", {"act plan": told}, "copy-000", "copy-001")
    faults = {row["name"]: row["faults"] for row in rows}
    assert "host.location" in faults["copy-000.host"]  # it is of another host
    assert "dmca.signature" in faults["copy-000.dmca"]
    assert faults["copy-001.host"] == ["no notice"]


def test_gone_without_faketime(judge, monkeypatch):
    """Where time cannot be moved, the part fails and says so."""
    monkeypatch.setattr(letter.shutil, "which", lambda _: None)
    rows = judge("gone", {})
    assert {fault for row in rows for fault in row["faults"]} == {"faketime is not installed"}
    assert not any(gate["held"] for gate in letter.judge_gates({"gone": rows}) if "of" in gate)


def test_gone(judge, monkeypatch):
    """Each visit is another minute, and a state that is said too early is false."""
    asked = []
    script = gone.list_scripts()[0]
    monkeypatch.setattr(letter.shutil, "which", lambda _: "faketime")
    monkeypatch.setattr(
        letter.Program,
        "watch",
        lambda self, workspace, urls, minute: asked.append(minute) or {url: {"state": "resolved"} for url in urls},
    )
    rows = judge("gone", {}, script.name)
    assert tuple(asked) == gone.VISITS
    assert rows[0]["false"] == len(gone.VISITS)
    assert letter.tell_time(750) == "2026-11-25 00:30:00"


def test_warc(tmp_path):
    """A page comes back from its WARC file, by another reader, with its address."""
    letter.write_warc("https://copy.test/p", b"<p>text</p>", tmp_path / "page.warc")
    with (tmp_path / "page.warc").open("rb") as stream:
        told = [(it.rec_headers["WARC-Target-URI"], it.content_stream().read()) for it in ArchiveIterator(stream)]
    assert told == [("https://copy.test/p", b"<p>text</p>")]


def test_report():
    """The report shows each gate and each fault."""
    rows = {"routes": [{"name": "plain-000", "faults": ["the host is A, said B"]}]}
    gates = letter.judge_gates(rows)
    run = letter.describe_run("letter", [])
    page = "\n".join(letter.write_report({**run, "gates": gates, "rows": rows}))
    assert "0 of 1" in page
    assert "plain-000: the host is A, said B" in page
