"""The ledger: who did what with which evidence, when. Entries are only added; each is signed and holds the one before.

Whoever holds the key could still write another history, or forget the end of this one. So each seal names the head of
the ledger at its time, and the head is stamped by others: both then contradict what was changed.
"""

import fcntl
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cloneward.errors import EvidenceError, Problem, RefusedError, Unavailable
from cloneward.seal.durable import flush, write_file
from cloneward.seal.keys import Signer
from cloneward.seal.stamps import Ask, Authority, check_reply, make_request
from cloneward.seal.verify import (
    AHEAD,
    MAX_LINE_BYTES,
    digest,
    parse_moment,
    read_entry,
    spell,
    state_line,
    tell_moment,
)

FILE_NAME = "ledger.jsonl"


@dataclass(frozen=True)
class Head:
    """The last entry at some moment: its number, and the digest that a next one would hold."""

    number: int
    digest: str


@dataclass(frozen=True)
class Act:
    """What is entered: what was done (`capture.sealed`), with what, by whom, and what belongs to it."""

    what: str
    subject: str
    who: str
    detail: Mapping[str, object]


class Ledger:
    """A ledger in a folder of its own, `ledger.jsonl` and the replies over its heads in `tst/`.

    Several processes may add to it; each waits for the other. An entry is on the disk when `add` returns; one that a
    killed process left half-written was never an entry, and is taken away by the next.
    """

    def __init__(self, folder: Path, signer: Signer) -> None:
        """Open the ledger in that folder, which is made when it is first written to."""
        self.folder = folder
        self._signer = signer

    def add(self, act: Act, at: datetime) -> Head:
        """Add an entry, and give the head that it makes. Keys that it has not named yet are entered before it.

        Raises:
            Unavailable: the clock went back by less than a minute since the last entry, or the disk is full.
            EvidenceError: it went back by more, or the last entry cannot be read.
        """
        with self._open() as file:
            last = _read_last(file)
            _expect_later(last, at)
            number, previous = (last["number"], digest(spell(state_line(last)))) if last else (0, None)
            known = [entry["record"]["public"] for entry in self._signer.history]
            begin = known.index(last["key"]) + 1 if last and last["key"] in known else 0
            acts = [Act("key.added", one["record"]["public"], act.who, one) for one in self._signer.history[begin:]]
            lines = []
            for one in [*acts, act]:
                number += 1
                line = self._spell(one, at, number, previous)
                previous = digest(spell(state_line(line)))
                lines.append(spell(line) + b"\n")
            if max(map(len, lines)) > MAX_LINE_BYTES:
                raise EvidenceError(f"an entry of over {MAX_LINE_BYTES:,} bytes", hint="enter digests, not contents")
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
            return Head(number, previous or "")

    def has(self, act: Act) -> bool:
        """Tell whether the same was entered before, by whomever."""
        entry = spell({"detail": dict(act.detail), "subject": act.subject, "what": act.what})
        with self._open() as file:
            if not file.seek(0, os.SEEK_END):
                return False
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
                return lines.find(b'"entry":' + entry.removesuffix(b"}") + b",") >= 0

    def read_head(self) -> Head | None:
        """Give the head; none where there is no entry yet.

        Raises:
            EvidenceError: the last entry cannot be read.
        """
        with self._open() as file:
            last = _read_last(file)
        return Head(last["number"], digest(spell(state_line(last)))) if last else None

    def stamp(self, authorities: Sequence[Authority], ask: Ask, *, who: str, at: datetime) -> tuple[Problem, ...]:
        """Have the head stamped by each authority, and enter which replies came; to be done daily.

        Replies are kept before they are entered: killed in between, the next day's stamp covers the same entries.

        Returns:
            Why a reply of some authority is not there.

        Raises:
            EvidenceError: the ledger cannot be read, or the clock was set back.
        """
        with self._open() as file:
            last = _read_last(file)
        if last is None:
            return ()
        content = spell(state_line(last))
        replies, problems = ask_all(authorities, ask, content)
        (self.folder / "tst").mkdir(exist_ok=True)
        for name, reply in replies.items():
            write_file(self.folder / "tst" / f"{last['number']}-{name}.tsr", reply)
        detail = {"number": last["number"], "replies": {name: digest(reply) for name, reply in replies.items()}}
        self.add(Act("ledger.stamped", digest(content), who, detail), at)
        return problems

    def _spell(self, act: Act, at: datetime, number: int, previous: str | None) -> dict[str, object]:
        entry = {"detail": dict(act.detail), "subject": act.subject, "what": act.what, "who": act.who}
        line: dict[str, object] = {"at": tell_moment(at), "entry": entry, "number": number, "previous": previous}
        return {**line, "key": self._signer.public, "signature": self._signer.sign("custody", state_line(line))}

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / FILE_NAME).open("ab+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
            flush(self.folder)
        except OSError as error:
            hint = "free some space or mend the folder's rights, then run it again"
            raise Unavailable(f"cannot write to {self.folder}: {error.strerror}", hint=hint) from error


def ask_all(authorities: Sequence[Authority], ask: Ask, content: bytes) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Give the replies over these bytes that came and hold, by the authority's name, and why others are missing."""
    replies: dict[str, bytes] = {}
    problems: list[Problem] = []
    request = make_request(content)
    for authority in authorities:
        try:
            reply = ask(authority, request)
            check_reply(reply, content, authority)
            replies[authority.name] = reply
        except (Unavailable, RefusedError) as error:
            problems.append(Problem(code="authority_silent", page=authority.url, text=str(error), hint=error.hint))
        except EvidenceError as error:
            problems.append(Problem(code="authority_false", page=authority.url, text=str(error), hint=error.hint))
    return replies, tuple(problems)


def withhold(lines: bytes, subjects: frozenset[str]) -> bytes:
    """Give a ledger in which entries on other subjects stand by their digest alone; chain and signatures still hold.

    Entries on the ledger itself and on keys are never withheld.
    """
    kept = []
    for raw in lines.splitlines(keepends=True):
        line = read_entry(raw)
        entry = line.get("entry") if line else None
        if line and entry and entry["subject"] not in subjects and not entry["what"].startswith(("key.", "ledger.")):
            hidden = {
                **{name: value for name, value in line.items() if name != "entry"},
                "digest": digest(spell(entry)),
            }
            kept.append(spell(hidden) + b"\n")
        else:
            kept.append(raw)
    return b"".join(kept)


def _read_last(file: BinaryIO) -> dict[str, Any] | None:
    """Give the last entry, and take away what a killed process left behind it."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 2 * MAX_LINE_BYTES))
    tail = file.read()
    whole, _, torn = tail.rpartition(b"\n")
    if torn:
        file.truncate(end - len(torn))
        file.seek(0, os.SEEK_END)
    if not whole:
        return None
    line = read_entry(whole.rpartition(b"\n")[2] + b"\n")
    if line is None:
        hint = "cloneward verify tells where it is damaged; restore it from a backup"
        raise EvidenceError("the last entry of the ledger cannot be read", hint=hint)
    return line


def _expect_later(last: Mapping[str, Any] | None, at: datetime) -> None:
    before = parse_moment(str(last["at"])) if last else None
    if before is None or at >= before:
        return
    text = f"the clock says {tell_moment(at)}, and the last entry was made at {tell_moment(before)}"
    if before - at > AHEAD:
        raise EvidenceError(text, hint="look who set the clock back; nothing can be entered before it is right again")
    raise Unavailable(text, hint="wait until it has caught up", retry_after_s=(before - at).total_seconds())
