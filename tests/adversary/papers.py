"""Reads a finished notice as a lawyer and a clerk would, and says what it lacks. Written from the law, not from ours.

A notice has a text in English, and a XARF v4 report beside it (or none where `report` is None, which is a fault of a
host notice alone). Elements, each with where it stands:

- DMCA, 17 U.S.C. § 512(c)(3)(A): (i) signature; (ii) the work; (iii) the material and where it is; (iv) how to reach
  the complaining party; (v) belief in good faith that the use is not authorised by the owner, its agent, or the law;
  (vi) the information is accurate and, under penalty of perjury, one is authorised to act for the owner.
- DSA, Regulation (EU) 2022/2065, article 16(2): (a) a substantiated explanation of why it is illegal; (b) the exact
  URL; (c) name and e-mail address; (d) a statement of bona fide belief that it is accurate and complete.
- Host: what an abuse desk needs within the first screen of 1,200 characters: whether it is theirs (the address on the
  network), how to reproduce it in one command, which clause is broken; when it was seen; what is asked; whom to reach.

A statement that is denied, asked, or left open by a placeholder is none. What no notice may hold: words of a category
that it is not of, mailboxes of third persons, placeholders. The words are looked for sentence by sentence, so a notice
that says the law's words in another order passes, and one that scatters them over sentences does not.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

SCREEN = 1_200
EVIDENCE_BYTES, EVIDENCE_ITEMS, DESCRIPTION = 5 * 2**20, 50, 1_000
KINDS = ("host", "dmca", "dsa")
WORDS = {  # of a category, which no other may use
    "phishing": re.compile(r"\bphish", re.IGNORECASE),
    "fraud": re.compile(r"\b(fraud|scam)", re.IGNORECASE),
    "malware": re.compile(r"\b(malware|virus|trojan)", re.IGNORECASE),
}
URL = re.compile(r"\bh(?:tt|xx)ps?://[^\s<>\"')\]]+", re.IGNORECASE)
MAILBOX = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|<(?:name|url|date|your \w+)>|\[(?:name|url|date|insert[^\]]*|your [^\]]*)\]"
    r"|\b(?:TODO|XXX|None|null|undefined)\b|lorem ipsum",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?:\+|\b00)\d[\d ()./-]{6,}\d|\btel(?:ephone)?\b[^\n]{0,12}\d[\d ()./-]{5,}\d", re.IGNORECASE)
POST = re.compile(
    r"^(?:postal )?address:\s*\S.{10,}|\b\d{1,5}\s+\w+\s+(?:street|road|avenue|lane|way|square)\b",
    re.IGNORECASE | re.MULTILINE,
)
DENIED = re.compile(r"\b(?:not|no|never|cannot|don't|without|neither|unable)\b[^.;]{0,25}$", re.IGNORECASE)
SIGNED = re.compile(r"(?im)^\s*(?:/s/|(?:electronic(?:ally)? )?sign(?:ed|ature)(?: by)?\s*[:/-])[ \t]*(.*?)[ \t]*/?$")
NAMED = re.compile(
    r"^\s*(?:name|submitted by|notifier|contact person|complaining party)\s*:\s*[^\W\d_][\w.'-]*(?: [\w.,'-]+)+",
    re.IGNORECASE | re.MULTILINE,
)
CLAUSE = re.compile(
    r"§|\bsections?\s+\d|\bclauses?\s+\d|\b(?:acceptable use|terms of (?:service|use)|abuse policy|AUP)\b"
    r"|\barticle\s+\d|U\.S\.C",
    re.IGNORECASE,
)
COMMAND = re.compile(r"(?m)^\s*\$?\s*curl\s.*$")
SEEN = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d\d:?\d\d)")
ASKED = re.compile(
    r"\b(?:please|we ask|we request|kindly|asked to)\b[^.]{0,80}\b(?:remove|disable|take down|delete|suspend)",
    re.IGNORECASE,
)
LAWS = re.compile(
    r"copyright|trade ?mark|database right|data protection|GDPR|Directive|Regulation|criminal code|unfair competition",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Notice:
    """A finished notice: `ours` and `theirs` are the hosts of the work and of the copy, `address` their IP address."""

    kind: str
    category: str
    text: str
    report: Mapping[str, Any] | None
    ours: str
    theirs: str
    address: str
    sender: str


def find_faults(notice: Notice) -> list[str]:
    """What is missing or wrong, as codes such as `dmca.signature`, in the order of the law."""
    faults = [f"{notice.kind}.{name}" for name, holds in ELEMENTS[notice.kind].items() if not holds(notice)]
    faults += [f"any.{name}" for name, holds in ANY.items() if not holds(notice)]
    if notice.report is not None:
        faults += [f"xarf.{name}" for name in check_report(notice)]
    elif notice.kind == "host":
        faults.append("xarf.missing")
    return faults


def split_sentences(text: str) -> list[str]:
    """Sentences, over the ends of lines; a blank line ends one too."""
    paragraphs = re.split(r"\n\s*\n", URL.sub("URL", text))
    joined = (" ".join(paragraph.split()) for paragraph in paragraphs)
    return [part for paragraph in joined for part in re.split(r"(?<=[.!?])\s+(?=[A-Z(])", paragraph)]


def is_stated(text: str, *parts: str) -> bool:
    """Whether one sentence holds all parts, affirms the first of them, and asks nothing."""
    for sentence in split_sentences(text):
        found = [re.search(part, sentence, re.IGNORECASE) for part in parts]
        if all(found) and found[0] and not DENIED.search(sentence[: found[0].start()]) and not sentence.endswith("?"):
            return True
    return False


def list_urls(text: str) -> list[str]:
    """Addresses in a text, defanged ones as they were."""
    whole = text.replace("[.]", ".").replace("(.)", ".")
    return [re.sub("^hxxp", "http", it.rstrip(".,;"), flags=re.IGNORECASE) for it in URL.findall(whole)]


def _has_url(text: str, host: str, *, deep: bool = False) -> bool:
    """Whether an address of a host stands in a text; a deep one is that of a page and not of the whole host."""
    for url in list_urls(text):
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.hostname == host and (not deep or parts.path.strip("/") or parts.query):
            return True
    return False


def _names_original(notice: Notice) -> bool:
    """An address of ours that is said to be what was copied, and not that of the notice itself."""
    text = " ".join(notice.text.split())
    before = [text[max(0, found.start() - 60) : found.start()] for found in URL.finditer(text)]
    return any(
        _has_url(found.group(), notice.ours)
        and re.search(r"\bcop(?:y|ie)|original|reproduc|\bwork", told, re.IGNORECASE)
        for found, told in zip(URL.finditer(text), before, strict=True)
    )


def _is_signed(notice: Notice) -> bool:
    """By a person: two words at least, none of them the program's."""
    names = [it.strip() for it in SIGNED.findall(notice.text)]
    return any(
        len(re.findall(r"[^\W\d_]{2,}", name)) >= 2
        and not re.search(r"cloneward|\bteam\b|\bdesk\b", name, re.IGNORECASE)
        for name in names
    )


def _has_contact(notice: Notice) -> bool:
    has_mailbox = any(
        it.lower().endswith(f"@{notice.sender.rpartition('@')[2]}") for it in MAILBOX.findall(notice.text)
    )
    return has_mailbox and bool(PHONE.search(notice.text) or POST.search(notice.text))


def _is_explained(notice: Notice) -> bool:
    """A reason of fifteen words at least that names a law and a cause."""
    return any(
        len(sentence.split()) >= 15
        and LAWS.search(sentence)
        and re.search(r"\b(because|since|as it|reproduces?|infring|without)", sentence, re.IGNORECASE)
        for sentence in split_sentences(notice.text)
    )


def _screen(notice: Notice) -> str:
    return notice.text[:SCREEN]


def _is_one_command(notice: Notice) -> bool:
    """One line that can be copied, asks the page itself, and does nothing besides."""
    return any(
        _has_url(line, notice.theirs) and not re.search(r"[;|&]\s*\w|\$\(|`|\s>\s", URL.sub("URL", line))
        for line in COMMAND.findall(_screen(notice))
    )


Check = Callable[[Notice], Any]
BELIEF = r"\b(?:good[- ]faith|bona[- ]fide)\b"
ELEMENTS: Mapping[str, Mapping[str, Check]] = {
    "dmca": {
        "signature": _is_signed,
        "work": lambda it: _has_url(it.text, it.ours) and re.search(r"\bwork", it.text, re.IGNORECASE),
        "material": lambda it: _has_url(it.text, it.theirs, deep=True),
        "contact": _has_contact,
        "good-faith": lambda it: is_stated(
            it.text, BELIEF, r"belie[fv]", r"not authori[sz]ed", r"\bowner", r"\bagent", r"\blaw\b"
        ),
        "accurate": lambda it: is_stated(it.text, r"\baccurate\b", r"\binformation\b"),
        "perjury": lambda it: is_stated(
            it.text, r"under (?:the )?penalty of perjury", r"authori[sz]ed to act", r"\b(?:owner|exclusive right)"
        ),
    },
    "dsa": {
        "explanation": _is_explained,
        "location": lambda it: _has_url(it.text, it.theirs, deep=True),
        "name": lambda it: _is_signed(it) or NAMED.search(it.text),
        "mailbox": lambda it: any(
            box.lower().endswith(f"@{it.sender.rpartition('@')[2]}") for box in MAILBOX.findall(it.text)
        ),
        "good-faith": lambda it: is_stated(it.text, BELIEF, r"belie[fv]", r"accurate and complete"),
    },
    "host": {
        "ours": lambda it: it.address in _screen(it) and re.search(r"\bnetwork|\bhost", _screen(it), re.IGNORECASE),
        "location": lambda it: _has_url(_screen(it), it.theirs),
        "reproduce": _is_one_command,
        "clause": lambda it: CLAUSE.search(URL.sub("", _screen(it))),
        "seen": lambda it: SEEN.search(it.text),
        "asked": lambda it: ASKED.search(" ".join(it.text.split())),
        "mailbox": lambda it: it.sender.lower() in it.text.lower(),
        "original": _names_original,
    },
}
ANY: Mapping[str, Check] = {
    "placeholder": lambda it: not PLACEHOLDER.search(URL.sub("", it.text)),
    "category": lambda it: (
        not any(
            word.search(MAILBOX.sub("", URL.sub("", it.text))) for name, word in WORDS.items() if name != it.category
        )
    ),
    "persons": lambda it: all(_is_known(it, box) for box in MAILBOX.findall(URL.sub("", it.text))),
    "readable": lambda it: it.text.isprintable() or not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", it.text),
}
TYPES = {  # of a report, for each category of notice
    "copyright": ("copyright", "copyright"),
    "phishing": ("content", "phishing"),
    "fraud": ("content", "fraud"),
    "malware": ("content", "malware"),
    "brand_infringement": ("content", "brand_infringement"),
    "exposed_data": ("content", "exposed_data"),
}


def _is_known(notice: Notice, mailbox: str) -> bool:
    """Ours, or that of a role at the host: no person's."""
    name, _, domain = mailbox.lower().rpartition("@")
    return domain == notice.sender.rpartition("@")[2] or name in {"abuse", "report", "dmca", "legal", "security"}


def check_report(notice: Notice) -> list[str]:
    """What is wrong in a XARF v4 report beside a notice: form, and whether it says the same."""
    report = notice.report or {}
    faults = []
    if not re.fullmatch(r"4\.\d+\.\d+", str(report.get("xarf_version"))):
        faults.append("version")
    if not _is_uuid(report.get("report_id")):
        faults.append("id")
    if not _is_time(report.get("timestamp")):
        faults.append("time")
    faults += [name for name in ("reporter", "sender") if not _is_contact(report.get(name))]
    if report.get("source_identifier") not in {notice.address, notice.theirs}:
        faults.append("source")
    if (report.get("category"), report.get("type")) != TYPES.get(notice.category):
        faults.append("category")
    located = report.get("infringing_url" if notice.category == "copyright" else "url")
    if not isinstance(located, str) or located not in list_urls(notice.text):
        faults.append("url")
    if notice.category == "brand_infringement" and not (
        report.get("infringement_type") and report.get("legitimate_site")
    ):
        faults.append("brand")
    if len(str(report.get("description") or "")) > DESCRIPTION:
        faults.append("description")
    if "_internal" in report:
        faults.append("internal")
    return faults + _check_evidence(report.get("evidence"))


def _check_evidence(evidence: Any) -> list[str]:
    if evidence is None:
        return []
    if not isinstance(evidence, Sequence) or len(evidence) > EVIDENCE_ITEMS:
        return ["evidence"]
    faults = []
    for item in evidence:
        try:
            payload = base64.b64decode(item["payload"], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError):
            faults.append("evidence")
            continue
        if not item.get("content_type") or len(payload) > EVIDENCE_BYTES:
            faults.append("evidence")
        method, _, digest = str(item.get("hash") or "").partition(":")
        if digest and (method != "sha256" or hashlib.sha256(payload).hexdigest() != digest.lower()):
            faults.append("digest")
    return sorted(set(faults))


def _is_uuid(told: Any) -> bool:
    try:
        return str(UUID(told)) == str(told).lower()
    except (ValueError, TypeError, AttributeError):
        return False


def _is_time(told: Any) -> bool:
    """A time of RFC 3339, with its zone."""
    try:
        return datetime.fromisoformat(told).tzinfo is not None
    except (ValueError, TypeError):
        return False


def _is_contact(told: Any) -> bool:
    return (
        isinstance(told, Mapping)
        and set(told) == {"org", "contact", "domain"}
        and bool(MAILBOX.fullmatch(str(told["contact"])))
        and bool(told["org"])
    )
