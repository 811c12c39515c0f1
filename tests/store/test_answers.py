"""What addresses of the web gave last."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cloneward.errors import EvidenceError
from cloneward.model.ids import digest_bytes
from cloneward.store.answers import Answer

BODY = b"<p>a page"
ANSWER = Answer(
    url="https://example.org/a",
    final_url="https://example.org/b",
    digest=digest_bytes(BODY),
    content_type="text/html; charset=koi8-r",
    etag='W/"1"',
    last_modified="Tue, 24 Nov 2026 04:14:52 GMT",
    read_at=datetime(2026, 11, 24, 4, 14, 52, tzinfo=UTC),
)


def test_the_last_answer_is_found(store):
    """What an address gave is found with its bytes; another answer takes its place; elsewhere there is none."""
    assert store.find_answer(ANSWER.url) is None
    store.keep_answer(ANSWER, BODY)
    assert store.find_answer(ANSWER.url) == (ANSWER, BODY)
    assert store.find_answer(ANSWER.final_url) is None
    later = replace(ANSWER, digest=digest_bytes(b"other"), etag="", read_at=datetime(2026, 11, 25, tzinfo=UTC))
    store.keep_answer(later, b"other")
    assert store.find_answer(ANSWER.url) == (later, b"other")


@pytest.mark.parametrize("damage", [b"other bytes", None])
def test_a_damaged_body_is_none(store, workspace, damage):
    """An answer whose bytes are damaged or gone is as good as none, and is whole when it is kept again."""
    store.keep_answer(ANSWER, BODY)
    path = workspace.folder / "items" / ANSWER.digest[:2] / f"{ANSWER.digest[2:]}.zst"
    path.unlink() if damage is None else path.write_bytes(damage)
    assert store.find_answer(ANSWER.url) is None
    store.keep_answer(ANSWER, BODY)
    assert store.find_answer(ANSWER.url) == (ANSWER, BODY)


def test_a_wrong_digest_is_refused(store):
    """An answer that is not what its digest says is not kept."""
    with pytest.raises(EvidenceError, match="does not hold"):
        store.keep_answer(ANSWER, b"other")
    assert store.find_answer(ANSWER.url) is None
