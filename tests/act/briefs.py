"""What papers are written from, for tests."""

from cloneward.model.notice import Brief, Place, Proof, Sender, Work
from tests.act.test_ladder import make

SENDER = Sender(
    organisation="Example Ltd",
    name="Ann Owner",
    mail="ann@example.org",
    postal="1 Road, Town",
    phone="+1 555 0100",
    site="https://example.org/",
)
WORK = Work(item="i1", kind="page", url="https://example.org/ann", since="2026-11-01T00:00:00.000Z")
PLACE = Place(
    url="https://copy.test/ann",
    served_from="203.0.113.7",
    seen_at="2026-11-24T11:58:00.000Z",
    works=("i1",),
    words=300,
    pictures=2,
)
PROOF = Proof(
    capture="c123",
    digest="a" * 64,
    sealed_at="2026-11-24T11:58:30.000Z",
    recipe="open it with a phone, from a search",
    curl="curl -sS -A 'Mozilla/5.0 (Linux; Android 14)' https://copy.test/ann",
    check="https://example.org/notices/abc",
)


def brief(*, paper="abuse", category="copyright", reach="page", **changes):
    """A brief of a paper, signed by Ann."""
    whole = {
        "action": make(paper=paper, category=category, reach=reach),
        "sender": SENDER,
        "works": (WORK,),
        "places": (PLACE,),
        "proof": PROOF,
        "at": "2026-11-24T12:00:00.000Z",
        "share": 0.8,
        "persons": 3,
        "form": ("email", "password"),
        "form_to": "https://copy.test/in",
        "signer": "Ann Owner",
    }
    return Brief(**{**whole, **changes})
