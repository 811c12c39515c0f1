"""What the tests of the store add: small entries made from a number, and a clock that waits in no time."""

import hashlib
from datetime import UTC, datetime, timedelta

from cloneward.model.content import Item, Registered
from cloneward.store.workspace import Workspace

START = datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC)


class JumpingClock:
    """A clock on which each reading is a millisecond later, and sleeping moves it at once."""

    def __init__(self):
        self.passed_s = 0.0
        self.slept_s = 0.0

    def now(self):
        self.passed_s += 0.001
        return START + timedelta(seconds=self.passed_s)

    def monotonic_s(self):
        return self.passed_s

    def sleep(self, seconds):
        self.passed_s += seconds
        self.slept_s += seconds


def make_entry(number, text="", *, body="", **fields):
    """Item `number`: by default its text says its number, and its body wraps the text."""
    text = text or f"The text of page {number}, in a few plain words."
    content = (body or f"<p>{text}</p>").encode()
    url = f"https://example.org/{number}"
    values = {
        "id": f"i{number:05d}",
        "url": url,
        "title": f"Page {number}",
        "words": len(text.split()),
    } | fields
    digests = {
        "digest": hashlib.sha256(content).hexdigest(),
        "text_digest": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    }
    return Registered(item=Item(**(digests | values)), address=url, body=content, text=text)


def import_all(progress, folder, count, batch_entries):
    """One run of an import, as the process that the crash test kills does it; tells how many it has read."""

    def give():
        for number in range(count):
            progress.value = number
            yield make_entry(number)

    workspace = Workspace.open(folder, {})
    with workspace.writer(JumpingClock()) as store:
        batch = store.begin_import("pages")
        store.add(batch, give(), batch_entries=batch_entries)
        store.close_import(batch)
