"""Notices that are good, and the same with one thing spoilt each: what a reader of notices must pass and must catch."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.adversary.papers import Notice

OURS, THEIRS, ADDRESS, SENDER = "owner.test", "copy.test", "23.1.2.3", "notices@owner.test"
PROOF = b"GET /p/1 HTTP/1.1"
HOST = f"""Is it yours? http://{THEIRS}/p/1 is served from {ADDRESS}, an address on your network.
Reproduce it:
    curl -sS -A "Mozilla/5.0" http://{THEIRS}/p/1
Clause: section 4 of your acceptable use policy (copies of other people's works).

The page is a whole copy of https://{OURS}/articles/1. We saw it on 2026-11-24 09:30:00 UTC.
Please remove the page, or ask your customer to remove it.
Is this notice genuine? https://{OURS}/n/7Q2K
Owner Ltd, {SENDER}
"""
DMCA = f"""Notice under 17 U.S.C. § 512(c)(3).

The copyrighted work is the article at https://{OURS}/articles/1.
The material that infringes it is at http://{THEIRS}/p/1, served from {ADDRESS}.

I have a good faith belief that use of the material in the manner complained of is not authorized by the copyright
owner, its agent, or the law.

The information in this notification is accurate. Under penalty of perjury, I state that I am authorized to act on
behalf of the owner of an exclusive right that is allegedly infringed.

Address: 1 Example Street, 10115 Berlin
Telephone: +49 30 555 0100
E-mail: {SENDER}

/s/ Cleo Counsel
"""
DSA = f"""Notice under article 16 of Regulation (EU) 2022/2065.

The page at http://{THEIRS}/p/1 is illegal content because it reproduces the whole of our article at
https://{OURS}/articles/1, which is protected by copyright under Directive 2001/29/EC, without the leave of its owner.

I have a bona fide belief that the information and allegations in this notice are accurate and complete.

Name: Cleo Counsel
E-mail: {SENDER}
"""


def make_report(**changes: Any) -> dict[str, Any]:
    """A good report, but for these changes."""
    contact = {"org": "Owner Ltd", "contact": SENDER, "domain": OURS}
    return {
        "xarf_version": "4.2.0",
        "report_id": "b2c3d4e5-f6a7-8901-bcde-f2345678901a",
        "timestamp": "2026-11-24T09:30:00Z",
        "reporter": contact,
        "sender": contact,
        "source_identifier": ADDRESS,
        "category": "copyright",
        "type": "copyright",
        "infringing_url": f"http://{THEIRS}/p/1",
        "original_url": f"https://{OURS}/articles/1",
        "evidence": [
            {
                "content_type": "text/plain",
                "payload": base64.b64encode(PROOF).decode(),
                "hash": f"sha256:{hashlib.sha256(PROOF).hexdigest()}",
            }
        ],
    } | changes


GOOD: Mapping[str, Notice] = {
    "host": Notice("host", "copyright", HOST, make_report(), OURS, THEIRS, ADDRESS, SENDER),
    "dmca": Notice("dmca", "copyright", DMCA, make_report(), OURS, THEIRS, ADDRESS, SENDER),
    "dsa": Notice("dsa", "copyright", DSA, None, OURS, THEIRS, ADDRESS, SENDER),
}


@dataclass(frozen=True)
class Defect:
    """A notice with one thing spoilt, and the code of the fault."""

    name: str
    notice: Notice
    fault: str


def _swap(kind: str, old: str, new: str, fault: str) -> Defect:
    good = GOOD[kind]
    return Defect(f"{fault}: {old[:30]!r}", replace(good, text=good.text.replace(old, new)), fault)


def _change(fault: str, **changes: Any) -> Defect:
    return Defect(f"{fault}: {sorted(changes)}", replace(GOOD["host"], report=make_report(**changes)), fault)


def list_defects() -> list[Defect]:
    """All of them."""
    texts = (
        ("dmca", "/s/ Cleo Counsel", "", "dmca.signature"),
        ("dmca", "/s/ Cleo Counsel", "/s/ ", "dmca.signature"),
        ("dmca", "/s/ Cleo Counsel", "/s/ Cloneward Program", "dmca.signature"),
        ("dmca", "/s/ Cleo Counsel", "/s/ The Abuse Team", "dmca.signature"),
        ("dmca", f"https://{OURS}/articles/1", "our article", "dmca.work"),
        ("dmca", f"http://{THEIRS}/p/1", f"http://{THEIRS}/", "dmca.material"),
        ("dmca", f"http://{THEIRS}/p/1", "your server", "dmca.material"),
        ("dmca", f"E-mail: {SENDER}", "", "dmca.contact"),
        ("dmca", "Address: 1 Example Street, 10115 Berlin\nTelephone: +49 30 555 0100\n", "", "dmca.contact"),
        ("dmca", "I have a good faith belief", "I do not have a good faith belief", "dmca.good-faith"),
        ("dmca", "its agent, or the law", "or its agent", "dmca.good-faith"),
        ("dmca", "is not authorized", "is authorized", "dmca.good-faith"),
        ("dmca", "good faith belief", "strong feeling", "dmca.good-faith"),
        ("dmca", "The information in this notification is accurate.", "", "dmca.accurate"),
        ("dmca", "is accurate.", "is not accurate.", "dmca.accurate"),
        ("dmca", "Under penalty of perjury, ", "", "dmca.perjury"),
        ("dmca", "I am authorized to act on\nbehalf", "I act on\nbehalf", "dmca.perjury"),
        ("dmca", "perjury, I state that", "perjury this is accurate. I state that", "dmca.perjury"),
        ("dsa", DSA[DSA.index("is illegal") : DSA.index(".\n\nI have")], "is illegal", "dsa.explanation"),
        ("dsa", "protected by copyright under Directive 2001/29/EC, without", "made without", "dsa.explanation"),
        ("dsa", f"http://{THEIRS}/p/1", f"http://{THEIRS}", "dsa.location"),
        ("dsa", "Name: Cleo Counsel", "", "dsa.name"),
        ("dsa", f"E-mail: {SENDER}", "", "dsa.mailbox"),
        ("dsa", f"E-mail: {SENDER}", "E-mail: abuse@hosting.test", "dsa.mailbox"),
        ("dsa", "I have a bona fide belief", "I have no bona fide belief", "dsa.good-faith"),
        ("dsa", "accurate and complete", "accurate", "dsa.good-faith"),
        ("dsa", "notice are accurate and complete.", "notice are accurate and complete?", "dsa.good-faith"),
        ("host", ADDRESS, "your address", "host.ours"),
        ("host", f'    curl -sS -A "Mozilla/5.0" http://{THEIRS}/p/1\n', "See the picture.\n", "host.reproduce"),
        ("host", f'    curl -sS -A "Mozilla/5.0" http://{THEIRS}/p/1', f"    curl http://{OURS}/", "host.reproduce"),
        ("host", "/p/1\nClause", "/p/1 | sh\nClause", "host.reproduce"),
        ("host", "section 4 of your acceptable use policy", "it is bad", "host.clause"),
        ("host", "Is it yours?", "Dear Sir or Madam, we write to you. " * 40 + "Is it yours?", "host.reproduce"),
        ("host", "2026-11-24 09:30:00 UTC", "yesterday", "host.seen"),
        ("host", "09:30:00 UTC", "09:30:00", "host.seen"),
        ("host", "Please remove the page, or ask your customer to remove it.", "", "host.asked"),
        ("host", SENDER, "the owner", "host.mailbox"),
        ("host", f"https://{OURS}/articles/1", "our page", "host.original"),
        ("host", "Owner Ltd", "{{ organisation }}", "any.placeholder"),
        ("dmca", "Telephone: +49 30 555 0100", "Telephone: [your telephone]", "any.placeholder"),
        ("host", "(copies of other", "(phishing and copies of other", "any.category"),
        ("dmca", "The copyrighted work", "This fraudulent site copied us. The copyrighted work", "any.category"),
        ("host", "Owner Ltd", "Seen by jane.doe@mail.test, Owner Ltd", "any.persons"),
        ("host", "Owner Ltd", "Owner \u202eLtd", "any.readable"),
    )  # fmt: skip
    changed = (
        _change("xarf.version", xarf_version="3"),
        _change("xarf.id", report_id="7"),
        _change("xarf.time", timestamp="2026-11-24 09:30"),
        _change("xarf.time", timestamp=None),
        _change("xarf.reporter", reporter={"org": "Owner Ltd", "contact": "nobody", "domain": OURS}),
        _change("xarf.sender", sender={"org": "Owner Ltd"}),
        _change("xarf.source", source_identifier="127.0.0.1"),
        _change("xarf.category", category="content", type="phishing"),
        _change("xarf.url", infringing_url=f"http://{THEIRS}/p/2"),
        _change("xarf.url", infringing_url=None),
        _change("xarf.description", description="x" * 1_001),
        _change("xarf.internal", _internal={"case": "case-1"}),
        _change("xarf.evidence", evidence=[{"content_type": "text/plain", "payload": "%%%"}]),
        _change("xarf.evidence", evidence=[{"content_type": "text/plain", "payload": ""}] * 51),
        _change(
            "xarf.digest", evidence=[{"content_type": "text/plain", "payload": "QQ==", "hash": "sha256:" + "0" * 64}]
        ),
        Defect("xarf.missing", replace(GOOD["host"], report=None), "xarf.missing"),
    )
    return [*(_swap(*told) for told in texts), *changed]
