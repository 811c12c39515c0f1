"""Papers: notices that an abuse desk understands in a minute, and that say no more than was found.

Whatever comes from the other side stands on one line, without control characters. What only a person may claim, that
something is infringing or illegal, stands in papers of law alone, which a person signs.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cloneward.act.xarf import write_report
from cloneward.errors import InputError
from cloneward.model.action import LAWFUL, Category, Paper
from cloneward.model.notice import Brief, Notice, Place, Work

FIRST_SCREEN: Final = 1_200
"""Characters in which whoever reads sees whether it is theirs, how to see it, and which rule it is about."""

_CURL: Final = 420  # characters of a command on the first screen

_RULES: Final[Mapping[Category, str]] = {
    "copyright": "copyright: pages of ours, published elsewhere",
    "personal_data": "privacy: data of people, taken from our site and published without them",
    "impersonation": "impersonation: our name, shown by somebody else",
    "phishing": "phishing: asks for log-in data in our name",
    "fraud": "fraud: asks for money in our name",
    "malware": "malware",
}
_LAWS: Final[Mapping[Paper, str]] = {
    "abuse": "",
    "dmca": " (17 U.S.C. 512(c))",
    "dsa": " (Article 16, Regulation (EU) 2022/2065)",
}
_WHY: Final[Mapping[Category, str]] = {
    "copyright": "It reproduces works of ours and makes them available without our permission "
    "(Directive 2001/29/EC, Articles 2 and 3).",
    "personal_data": "It publishes personal data that was taken from our site, without a legal basis "
    "(Regulation (EU) 2016/679, Article 6).",
    "impersonation": "It uses our name so that people take it for us.",
    "phishing": "It asks people for their log-in data in our name.",
    "fraud": "It asks people for money in our name.",
    "malware": "It spreads malware.",
}
_ASKED: Final = {
    "page": "Please look at these pages, and remove or disable what your rules do not allow. "
    "Nothing else on the domain is meant.",
    "domain": "The whole site is of this kind. Please look at it, and suspend it if your rules say so.",
}


def write_notice(brief: Brief) -> Notice:
    """Give the paper of an action.

    Raises:
        InputError: something that belongs into it is missing: an address, a work, a name to sign a paper of law.
    """
    action = brief.action
    _require(bool(brief.places), "no place that shows it", "capture the addresses first")
    _require(
        bool(brief.works) or action.category not in {"copyright", "personal_data"}, "no work of ours", "name items"
    )
    if action.paper in LAWFUL:
        _require(bool(brief.signer.strip()), f"nobody signs the {action.paper} notice", "name who signs it")
    reference = f"CW-{action.id[1:13]}"
    see = f"{brief.proof.curl}" if 0 < len(brief.proof.curl) <= _CURL else brief.proof.recipe
    text = _load(action.paper).render(
        reference=reference,
        yours=_tell_whose(brief),
        see=clean(see)[:_CURL],
        rule=_RULES[action.category] + _LAWS[action.paper],
        why=_WHY[action.category],
        asked=_ASKED[action.reach],
        places=brief.places,
        works=brief.works,
        persons=brief.persons,
        proof=brief.proof,
        sender=brief.sender,
        signer=brief.signer,
        at=brief.at,
    )
    subject = f"[{reference}] {_RULES[action.category].partition(':')[0]}: {clean(brief.places[0].url)[:120]}"
    return Notice(action=action.id, subject=subject, text=text.strip() + "\n", report=write_report(brief))


def clean(text: object) -> str:
    """Give a text on one line, without control, private or unseen characters: it may come from the other side."""
    on_one_line = " ".join(str(text).split())
    kept = (
        " " if unicodedata.category(one)[0] == "Z" else one
        for one in on_one_line
        if unicodedata.category(one)[0] != "C"
    )
    return " ".join("".join(kept).split())


def _tell_whose(brief: Brief) -> str:
    """Say by what the recipient sees that it is theirs."""
    served = sorted({place.served_from for place in brief.places if place.served_from})
    by = f"served from {', '.join(served[:3])}" if served else "served under these addresses"
    return f"{by}; {brief.action.recipient.name} by {brief.action.recipient.source}"


def _tell_shown(place: Place) -> str:
    parts = [f"{place.words:,} words" if place.words else "", f"{place.pictures:,} pictures" if place.pictures else ""]
    what = " and ".join(part for part in parts if part)
    return f"{what} of ours" if what else "our name"


def _tell_work(work: Work) -> str:
    where = f"{work.kind} at {work.url}" if work.url else f"{work.kind} {work.item}"
    return f"{where}, under seal with us since {work.since}" if work.since else where


@cache
def _load(paper: Paper) -> Template:
    """Load a template; what does not exist is a bug, not a blank."""
    environment = Environment(
        loader=PackageLoader("cloneward.act"),
        autoescape=False,  # noqa: S701  plain text; `finalize` keeps each value on its line
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=clean,
    )
    environment.filters["shown"] = _tell_shown
    environment.filters["work"] = _tell_work
    environment.filters["cut"] = lambda text, most: text if len(text) <= most else f"{text[: most - 1]}…"
    return environment.get_template(f"{paper}.txt.jinja")


def _require(holds: bool, what: str, hint: str) -> None:  # noqa: FBT001  it reads as a sentence
    if not holds:
        raise InputError(f"a notice cannot be written: {what}", hint=hint)
