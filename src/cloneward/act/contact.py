"""Whom to write to, as registries and hosts say: mail addresses for abuse in RDAP answers and in security.txt.

All of it may lie, or be written by whoever is reported; it is read as far as it can be, and never raises.
Source: RFC 9083 (RDAP), RFC 7095 (jCard), RFC 9116 (security.txt).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cloneward.url import host_of, registered_domain

Answer = Mapping[str, Any]

REGISTRIES: Final = frozenset(
    {"afrinic.net", "apnic.net", "arin.net", "iana.org", "icann.org", "lacnic.net", "ripe.net"}
)
"""Who gives networks out, and answers for none of them."""

_NOBODY: Final = frozenset({"example.com", "example.net", "example.org"})
_UNREAD: Final = re.compile(r"(?:do-?not-?reply|no-?reply|nobody|devnull)[+@]", re.IGNORECASE)
_MAIL: Final = re.compile(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,23})(?![\w-])", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+|\n")
_NEGATED: Final = re.compile(r"\b(?:not|never|no longer|instead of)\b|n['\u2019]t\b", re.IGNORECASE)
_MAILTO: Final = re.compile(r"mailto:([^?\s]+)", re.IGNORECASE)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DEPTH: Final = 6  # entities within entities; registries write three
_MOST: Final = 200  # entities of one answer
_MOST_CHARACTERS: Final = 32_768
_SIGNED: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"


def list_abuse(answer: Answer) -> list[str]:
    """Give the mail addresses that an RDAP object names for reports of abuse, in lower case, the likeliest first.

    Those of entities with the role abuse come first, then those that a card marks so, those that begin with the word,
    and what remarks call so.
    """
    named: list[str] = []
    marked: list[str] = []
    like: list[str] = []
    for entity in (answer, *walk_entities(answer)):
        mails = _list_mails(entity)
        (named if "abuse" in list_roles(entity) else marked).extend(mail for mail, is_marked in mails if is_marked)
        (named if "abuse" in list_roles(entity) else like).extend(mail for mail, is_marked in mails if not is_marked)
    like = [mail for mail in like if "abuse" in mail.partition("@")[0].lower()]
    found = [mail.lower() for mail in (*named, *marked, *like, *_list_remarked(answer))]
    return [mail for mail in dict.fromkeys(found) if is_read(mail)]


def is_read(mail: str) -> bool:
    """Say whether somebody may read what goes to an address: none does for examples, or where it says so itself."""
    return registered_domain(mail.rpartition("@")[2]) not in _NOBODY and not _UNREAD.match(mail)


def list_domains(answer: Answer) -> list[str]:
    """Give the registered domains of the mail and web addresses in an RDAP object's cards, each once."""
    hosts: list[str] = []
    for entity in (answer, *walk_entities(answer)):
        hosts += [mail.rpartition("@")[2] for mail, _ in _list_mails(entity)]
        hosts += [host_of(value) for _, value in _list_values(entity, "url")]
    domains = dict.fromkeys(registered_domain(host) for host in hosts if "." in host)
    return [domain for domain in domains if domain not in REGISTRIES | _NOBODY]


def walk_entities(answer: Answer, depth: int = _DEPTH) -> Iterator[Answer]:
    """Give the entities of an RDAP object and those within them, the nearer ones first, so many and so deep."""
    left = _MOST
    level: list[Answer] = [answer]
    for _ in range(depth):
        level = [one for outer in level for one in _list_maps(outer.get("entities"))][:left]
        left -= len(level)
        yield from level


def list_roles(entity: Answer) -> set[str]:
    """Give the roles of an entity, in lower case."""
    roles = entity.get("roles")
    return {role.lower() for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()


def name_organisation(answer: Answer) -> str:
    """Give the name of an organisation: that of a card, or of the registrant's, or what the network is called."""
    return name_holder(answer) or read_text(answer.get("name")) or read_text(answer.get("handle")) or "unknown"


def name_holder(answer: Answer) -> str:
    """Give who holds a network, or whose card an entity is; empty where nobody is named.

    Registries give those who maintain a record the role of registrants too: they are called as their handle is, and
    are not meant.
    """
    holders = [entity for entity in walk_entities(answer, 1) if "registrant" in list_roles(entity)]
    for one in (answer, *sorted(holders, key=lambda entity: _list_kinds(entity) != ["org"])):
        for _, value in _list_values(one, "fn", "org"):
            if value.lower() != read_text(one.get("handle")).lower():
                return value
    return ""


def list_names(answer: Answer) -> list[str]:
    """Give what an RDAP object and the entities in it are called."""
    names = [name_organisation(one) for one in (answer, *walk_entities(answer, 1))]
    return [name for name in (read_text(answer.get("name")), *names) if name]


def list_remarks(answer: Answer) -> Iterator[str]:
    """Give the texts of the remarks of an RDAP object and of the entities within it."""
    for one in (answer, *walk_entities(answer)):
        for remark in _list_maps(one.get("remarks")):
            lines = remark.get("description")
            text = "\n".join(filter(None, map(read_text, lines if isinstance(lines, list) else [lines])))
            yield text[:_MOST_CHARACTERS]


def read_text(value: object) -> str:
    """Give a text or number as text; empty for anything else."""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def read_security(text: str, host: str, day: str) -> list[str]:
    """Give the mail addresses that the security.txt of a host names as contacts, in its order.

    None where it has expired by that day (YYYY-MM-DD), does not say when it will, or says that it belongs to another
    host (2.5.5); a contact without a scheme is none (2.5.3). What stands outside the text that is signed does not
    count; the signature is not checked, as nobody tells us its key.
    """
    fields = list(_read_fields(text[:_MOST_CHARACTERS]))
    places = [host_of(value) for name, value in fields if name == "canonical"]
    ends = [value[:10] for name, value in fields if name == "expires"]
    if len(ends) != 1 or not _DATE.fullmatch(ends[0]) or ends[0] < day or (places and host not in places):
        return []
    contacts = (_MAILTO.match(value) for name, value in fields if name == "contact")
    mails = [mail.lower() for one in contacts if one for mail in _MAIL.findall(one[1])]
    return [mail for mail in dict.fromkeys(mails) if is_read(mail)]


def _read_fields(text: str) -> Iterator[tuple[str, str]]:
    """Give names, in lower case, and values of the fields; of a signed text those that are signed (RFC 9580, 7)."""
    _, is_signed, signed = text.partition(_SIGNED)
    told = signed.partition(_SIGNATURE)[0] if is_signed else text
    for line in told.splitlines():
        name, colon, value = line.removeprefix("- ").partition(":")
        if colon and not name.startswith("#"):
            yield name.strip().lower(), value.strip()


def _list_remarked(answer: Answer) -> list[str]:
    """Give the mail addresses that remarks name for abuse, those that begin with the word first."""
    sentences = (part for text in list_remarks(answer) for part in _SENTENCE.split(text))
    fitting = [part for part in sentences if "abuse" in part.lower() and not _NEGATED.search(part)]
    mails = [mail for part in fitting for mail in _MAIL.findall(part)]
    return sorted(mails, key=lambda mail: "abuse" not in mail.partition("@")[0].lower())


def _list_mails(entity: Answer) -> list[tuple[str, bool]]:
    """Give the mail addresses of a card, preferred ones first, each with whether it is marked as one for abuse."""
    found: list[tuple[int, str, bool]] = []
    for parameters, value in _list_values(entity, "email"):
        pref, kind = read_text(parameters.get("pref")), str(parameters.get("type", "")).lower()
        rank = int(pref) if pref.isascii() and pref.isdigit() and len(pref) < 4 else 100  # noqa: PLR2004
        found += [(rank, mail, "abuse" in kind) for mail in _MAIL.findall(re.sub("^mailto:", "", value))]
    return [(mail, is_marked) for _, mail, is_marked in sorted(found, key=lambda one: (not one[2], one[0]))]


def _list_kinds(entity: Answer) -> list[str]:
    return [value.lower() for _, value in _list_values(entity, "kind")]


def _list_values(entity: Answer, *names: str) -> Iterator[tuple[Answer, str]]:
    """Give the texts of a jCard that have one of these names, each with its parameters (RFC 7095, 3.3)."""
    card = entity.get("vcardArray")
    rows = card[1] if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list) else []
    for row in rows[:_MOST]:
        if isinstance(row, list) and row and read_text(row[0]).lower() in names:
            parameters = row[1] if len(row) > 1 and isinstance(row[1], dict) else {}
            yield from ((parameters, value.strip()) for value in row[3:] if isinstance(value, str) and value.strip())


def _list_maps(value: object) -> list[Answer]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
