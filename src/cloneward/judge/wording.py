"""What a reader is told: each name of the contract in plain words, and figures as they are printed.

The words state what was found. None of them says that a law or a contract was broken: that is said in papers
that a person signs.
"""

import math
import re
from datetime import UTC, datetime
from typing import Final

from cloneward.model.case import Direction, Harm, Host, Likeness, NotCompared, Standing, Verdict, VerdictName
from cloneward.model.finding import Agreement, MatchKind, Transform

VERDICTS: Final[dict[VerdictName, str]] = {
    "copy": ("has been found to be a copy: {share} of its words that count stand, in the same order, in {items}."),
    "partial_copy": (
        "has been found to be a partial copy: at least one longer passage of it stands, in the same order, in a "
        "protected item; {share} of its words that count stand in {items}."
    ),
    "impersonation": (
        "has been found to be an impersonation: it shows the protected site's name, logo or login form, and "
        "not its content."
    ),
    "harvester": "has been found to be a harvester: it asks people for their credentials of the protected site.",
    "authorised": (
        "shows protected content, and a right to show it is on record: the site is the owner's or a licensed one."
    ),
    "benign": (
        "shows protected content in a way that the policy leaves alone: as a quotation, criticism, archive "
        "or reading service, or because it did not come from the protected site."
    ),
    "unrelated": "shows no likeness to the protected items that counts.",
    "unknown": "could not be judged: not enough of it could be read and compared.",
}
"""What follows the name of the site in the sentence that gives the verdict; see `tell_verdict`."""

LIKENESS: Final[dict[Likeness, str]] = {
    "whole": "whole: the share of the target that was found again reaches the policy's bound for a copy",
    "partial": "partial: passages, pictures, videos or records were found again, below that bound",
    "brand_only": "name or look only: the content is not the same",
    "none": "none that counts",
}
STANDING: Final[dict[Standing, str]] = {
    "none_known": "none known: no right of the target to show this content is on record",
    "own": "own: the target belongs to the owner of the protected items",
    "licensed": "licensed: the owner's records say that the target may show this content",
    "quotation": "quotation: a short passage, with its source named",
    "criticism": "criticism: the passages are discussed",
    "archive": "archive: the target keeps pages of others as they were",
    "intermediary": "intermediary: a cache, translation, reader or preview",
    "user_upload": "user upload: a user of the target seems to have placed the content there",
}
DIRECTION: Final[dict[Direction, str]] = {
    "ours_first": "the protected item is the older one, as far as the dates go",
    "theirs_first": "what the target shows is the older one, as far as the dates go",
    "common_source": "both seem to come from a third text",
    "unknown": "unknown: no dates at hand show which came first",
}
HOST: Final[dict[Host, str]] = {
    "dedicated": "a site of its own",
    "compromised": "a site that seems to have been broken into",
    "shared": "a host that many sites share",
    "platform": "a platform on which users publish",
    "unknown": "unknown",
}
HARMS: Final[dict[Harm, str]] = {
    "personal_data": "personal data of the people concerned",
    "login_only": "content that its source does not show to everybody",
    "deleted_at_source": "content that was gone at its source when the page was seen",
    "minors": "content that shows or concerns minors",
    "credential_form": "a form that asks for a name and password",
    "payment": "a request for payment",
    "brand": "the protected site's name or logo",
}
NOT_COMPARED: Final[dict[NotCompared, str]] = {
    "no_text": "Pages without readable text. There were no words to compare.",
    "language": "Text in another language. A translation is not found by comparing words.",
    "login_wall": "Pages behind a login. They were not read.",
    "short_text": "Texts too short for a comparison that means something.",
}
MEASURES: Final[dict[str, str]] = {
    "containment": "share of the item's words found in this page",
    "jaccard": "what both have, as a share of what either has",
    "hamming": "bits in which the fingerprints differ",
    "inliers": "points of the images that agree",
    "fields": "fields of the record that agree",
}
NOUNS: Final[dict[MatchKind, str]] = {
    "text": "text",
    "image": "picture",
    "video": "video",
    "record": "record",
    "structure": "layout",
    "asset": "file",
    "icon": "icon",
}
AGREEMENTS: Final[dict[Agreement, str]] = {
    "exact": "the same",
    "rounded": "the same, rounded",
    "truncated": "its beginning",
    "reordered": "the same words in another order",
    "changed": "changed",
}
"""What a field of a record and what a page says of it have in common."""

_EDGE = 0.01  # of a side, or of a scale: nearer than that to the whole, it is the whole
_TURN = 0.5  # degrees
_SHORT = 3  # characters of a value of which not even the first is shown

_MINUS = "\N{MINUS SIGN}"

# What would be invisible, or would change how its surroundings are read: controls but for tab and newline,
# bidi marks, embeddings, overrides and isolates, line separators, zero-width signs (not the two joiners,
# which scripts and emoji need), fillers, annotation and tag signs, lone surrogates and non-characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def split_hidden(text: str) -> tuple[tuple[str, bool], ...]:
    """Split a text into what can be printed (False) and the names of signs that must not be (True)."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for found in _HIDDEN.finditer(text):
        if found.start() > at:
            parts.append((text[at : found.start()], False))
        parts.append((f"U+{ord(found[0]):04X}", True))
        at = found.end()
    if at < len(text):
        parts.append((text[at:], False))
    return tuple(parts)


def defang_address(address: str) -> str:
    """Give an address in a form that no program turns into a link; a relative path stays as it is."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?([^/?#]*)", address)
    if not found:
        return address
    scheme, slashes, host = found.groups()
    rest = address[found.end() :]
    if scheme.lower() in {"http", "https"} and slashes:
        return f"{scheme.lower().replace('tt', 'xx')}://{host.replace('.', '[.]')}{rest}"
    return f"{scheme}[:]{slashes or ''}{host}{rest}"


def defang_host(host: str) -> str:
    """Give a host name in a form that no program turns into a link."""
    return host.replace(".", "[.]")


def shorten(text: str, limit: int = 300) -> str:
    """Give the text, cut after `limit` characters with a sign that it was."""
    return text if len(text) <= limit else text[:limit] + " …"


def print_share(share: float) -> str:
    """Give a share in per cent, rounded down so that no figure looks larger than it is: `64.7%`."""
    tenths = math.floor(share * 1000 + 1e-9)
    if share > 0 and not tenths:
        return "below 0.1%"
    return f"{tenths // 10 if tenths % 10 == 0 else tenths / 10}%"


def print_weight(nats: float) -> str:
    """Give a weight in nats. What it does to odds is not said: weights set by hand only compare arguments."""
    if nats == 0:
        return "Informs or decides by rule; adds no weight"
    return f"Weight {'+' if nats > 0 else _MINUS}{abs(nats):.1f}"


def say_sentence(text: str) -> str:
    """Give a reason's words with a capital first, and a full stop last."""
    sentence = text[:1].upper() + text[1:]
    return sentence if not text or text.endswith((".", "!", "?", "…")) else sentence + "."


def tell_verdict(verdict: Verdict, items: str, shown: str = "") -> str:
    """Give what follows the site's name in the sentence of the verdict; `items` and `shown` count what was found."""
    if verdict.verdict == "partial_copy" and shown:
        words = f"; {print_share(verdict.share_of_target)} of its words that count stand in protected items"
        return (
            f"has been found to be a partial copy: it shows {shown} of ours{words if verdict.share_of_target else ''}."
        )
    return VERDICTS[verdict.verdict].format(share=print_share(verdict.share_of_target), items=items)


def tell_score(base_rate: float) -> str:
    """Say what a score means, with the base rate that it supposes."""
    return (
        "Probability that the shared words were taken from the protected items, and not both from a third text, a "
        f"notice or by chance, where {print_share(base_rate)} of the targets that share words took them; it says "
        "nothing of rights."
    )


def tell_transform(transform: Transform) -> str:
    """Say what a picture of ours went through: `mirrored, turned by 2° clockwise, the left 78% shown, at 40% …`."""
    left, top, right, bottom = transform.crop
    parts = [_tell_edges(left, right, "left", "right", "width"), _tell_edges(top, bottom, "upper", "lower", "height")]
    cut = " and ".join(part for part in parts if part)
    turn = abs(transform.degrees)
    told = [
        "mirrored" if transform.mirror else "",
        f"turned by {turn:.0f}° {'clockwise' if transform.degrees > 0 else 'anticlockwise'}" if turn >= _TURN else "",
        f"{cut} shown" if cut else "",
        f"at {transform.scale:.0%} of its size" if abs(transform.scale - 1) > _EDGE else "",
    ]
    return ", ".join(part for part in told if part) or "shown as it is"


def _tell_edges(low: float, high: float, first: str, last: str, side: str) -> str:
    """Say which part of one side is left; nothing where all of it is."""
    if low <= _EDGE and high >= 1 - _EDGE:
        return ""
    if low <= _EDGE:
        return f"the {first} {high:.0%}"
    if high >= 1 - _EDGE:
        return f"the {last} {1 - low:.0%}"
    return f"{low:.0%} to {high:.0%} of its {side}"


def mask_value(text: str) -> str:
    """Give what may be shown of a value that could name a person: its first letter, and how long it is."""
    if len(text) <= _SHORT:
        return "…"
    return f"{len(text):,} characters, {text[0]}…"  # so that it reads from left to right whatever the letter is


def print_seconds(seconds: float) -> str:
    """Give a place in a video: `1:02.5`."""
    tenths = max(0, round(seconds * 10))
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def print_time(moment: datetime) -> str:
    """Give a moment in UTC, to the second, for a reader."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M:%S} UTC"


def read_time(text: str | None) -> str | None:
    """Give a record's time for a reader; one that cannot be read stays as it was written."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return print_time(moment) if moment.tzinfo else text


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
