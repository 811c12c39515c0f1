"""Tests of cloneward.seal.custody."""

import json
import shutil
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, Unavailable
from cloneward.seal.custody import Act, Ledger, withhold
from cloneward.seal.stamps import Authority
from cloneward.seal.verify import (
    Answer,
    Trust,
    digest,
    parse_moment,
    read_entry,
    spell,
    state_line,
    tell_moment,
    verify,
)
from tests.seal.owner import Owner, make_seed


@pytest.fixture
def alone(tmp_path):
    """An owner without authorities."""
    return Owner(tmp_path / "alone", ())


def add(owner, *names, at=None):
    """Enter acts of these names; the last head."""
    return [owner.ledger.add(Act("item.seen", name, "ana", {"n": 1}), at or owner.now()) for name in names][-1]


def read_lines(owner):
    """The lines of the ledger."""
    return (owner.ledger.folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)


def check(owner, **trust):
    """What the verifier finds in the ledger."""
    told = Trust(owner.trust.keys, owner.roots, **trust)
    return verify(owner.ledger.folder / "ledger.jsonl", told)


def test_entries_follow_each_other(alone):
    """Each entry holds the digest of the one before, and the first names the key that signs."""
    head = add(alone, "a", "b", "c")
    lines = [read_entry(raw) for raw in read_lines(alone)]
    assert [line["entry"]["subject"] for line in lines] == [alone.signer.public, "a", "b", "c"]
    heads = [digest(spell(state_line(line))) for line in lines]
    assert [line["previous"] for line in lines] == [None, *heads[:-1]]
    assert (head.number, head.digest) == (4, heads[-1])
    assert alone.ledger.read_head() == head
    assert check(alone).is_sound


def test_an_empty_ledger(alone):
    """Where nothing was entered there is no head, nothing to stamp, and nothing was entered before."""
    assert alone.ledger.read_head() is None
    assert alone.ledger.stamp((), alone.ask, who="ana", at=alone.now()) == ()
    assert not alone.ledger.has(Act("item.seen", "a", "ana", {}))
    assert check(alone).codes == {"ledger_rolled_back", "key_unknown"}


def test_knows_what_was_entered(alone):
    """What was entered is known again by what, with what and what belongs to it, whoever did it."""
    add(alone, "a")
    assert alone.ledger.has(Act("item.seen", "a", "bob", {"n": 1}))
    for other in (Act("item.seen", "a", "ana", {"n": 2}), Act("item.seen", "b", "ana", {"n": 1})):
        assert not alone.ledger.has(other)


def test_rotation(alone):
    """A new key enters itself, signed for by the one before, and old entries hold as they did."""
    add(alone, "a")
    alone.signer = alone.keys.add_key(make_seed("next"), alone.now())
    alone.open()
    add(alone, "b", "c")
    whats = [read_entry(raw)["entry"]["what"] for raw in read_lines(alone)]
    assert whats == ["key.added", "item.seen", "key.added", "item.seen", "item.seen"]
    assert check(alone).is_sound


def test_torn_entries(alone):
    """What a killed process left of an entry is taken away, and the next one follows the last whole one."""
    add(alone, "a", "b")
    lines = read_lines(alone)
    path = alone.ledger.folder / "ledger.jsonl"
    for size in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        path.write_bytes(b"".join(lines[:-1]) + lines[-1][:size])
        assert alone.ledger.read_head().number == len(lines) - 1
        assert path.read_bytes() == b"".join(lines[:-1])
    path.write_bytes(lines[0][:5])
    add(alone, "c")
    assert check(alone).is_sound


def test_a_damaged_end(alone):
    """Nothing is entered behind an entry that cannot be read."""
    add(alone, "a")
    path = alone.ledger.folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(EvidenceError, match="last entry"):
        add(alone, "b")


def test_the_clock_goes_back(alone):
    """An entry older than the last is not made: a moment is waited out, for more a person must look."""
    at = alone.now()
    add(alone, "a", at=at)
    with pytest.raises(Unavailable) as caught:
        add(alone, "b", at=at - timedelta(seconds=5))
    assert caught.value.retry_after_s == 5
    with pytest.raises(EvidenceError, match="the clock says"):
        add(alone, "b", at=at - timedelta(minutes=2))
    assert len(read_lines(alone)) == 2


def test_long_entries(alone):
    """Contents do not belong in a ledger."""
    with pytest.raises(EvidenceError, match="an entry of over"):
        alone.ledger.add(Act("item.seen", "x" * 70_000, "ana", {}), alone.now())
    assert alone.ledger.read_head() is None


def test_several_at_once(alone):
    """Processes and threads that add at once wait for each other, and none loses an entry."""
    at = alone.now()
    ledgers = [Ledger(alone.ledger.folder, alone.signer) for _ in range(4)]

    def work(number):
        for place in range(10):
            ledgers[number].add(Act("item.seen", f"{number}/{place}", "ana", {}), at)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_lines(alone)) == 41
    assert check(alone).is_sound


def test_withheld_entries(alone):
    """A ledger with entries withheld holds as before, and shows no word of them."""
    add(alone, "secret", "open")
    path = alone.ledger.folder / "ledger.jsonl"
    told = withhold(path.read_bytes(), frozenset({"open"}))
    assert b"secret" in path.read_bytes()
    assert b"secret" not in told
    assert [("entry" in json.loads(line)) for line in told.splitlines()] == [True, False, True]
    path.write_bytes(told)
    assert check(alone).is_sound
    path.write_bytes(told.replace(b'"digest":"', b'"digest":"0', 1))
    assert check(alone).codes == {"ledger_broken"}


@given(st.binary(max_size=200))
def test_whatever_lines(content):
    """What is no ledger is given back as it is."""
    assert withhold(content, frozenset()) == content


@pytest.mark.server
def test_daily_stamps(owner):
    """Replies over the head are kept beside it and entered, and each is named where it is stripped or exchanged."""
    add(owner, "a", "b")
    assert owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now()) == ()
    files = sorted((owner.ledger.folder / "tst").iterdir())
    assert [path.name for path in files] == ["3-one.tsr", "3-two.tsr"]
    assert check(owner, now=owner.now()).is_sound
    reply = files[0].read_bytes()
    files[0].unlink()
    assert check(owner).codes == {"token_missing"}
    files[0].write_bytes(files[1].read_bytes())
    assert check(owner).codes == {"token_exchanged"}
    files[0].write_bytes(reply)
    assert check(owner).is_sound


@pytest.mark.server
def test_replies_that_fit_no_entry(owner):
    """A reply over an entry that is gone, or beside one that it is not over, is told, and so is a link."""
    add(owner, "a", "b")
    owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    path, tst = owner.ledger.folder / "ledger.jsonl", owner.ledger.folder / "tst"
    whole = path.read_bytes()
    path.write_bytes(b"".join(read_lines(owner)[:2]))
    assert check(owner).codes == {"ledger_rolled_back"}
    path.write_bytes(whole)
    shutil.copy(tst / "3-one.tsr", tst / "2-one.tsr")
    assert check(owner).codes == {"ledger_rewritten"}
    (tst / "2-one.tsr").unlink()
    assert check(owner).is_sound
    (tst / "2-one.tsr").symlink_to(tst / "3-one.tsr")
    assert check(owner).codes == {"container"}


@pytest.mark.server
def test_an_authority_is_down(owner):
    """Where one authority does not answer the other's reply is kept, and the problem is told."""
    add(owner, "a")
    owner.servers[0].is_up = False
    try:
        problems = owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    finally:
        owner.servers[0].is_up = True
    assert [(one.code, one.page) for one in problems] == [("authority_silent", owner.servers[0].url)]
    assert [path.name for path in (owner.ledger.folder / "tst").iterdir()] == ["2-two.tsr"]
    assert check(owner).is_sound


@pytest.mark.server
def test_nothing_stays_unstamped(owner):
    """An entry that waited longer than a day and a half for its stamp is told, and so is a ledger left alone."""
    add(owner, "a")
    owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    assert check(owner, now=owner.now() + timedelta(hours=35)).is_sound
    assert check(owner, now=owner.now() + timedelta(hours=37)).codes == {"ledger_unstamped"}


@pytest.mark.server
@pytest.mark.parametrize("days", [-3, 1])
def test_a_clock_that_is_wrong(tmp_path, stamp_servers, days):
    """Entries of a clock that is days off contradict the stamps over them."""
    owner = Owner(tmp_path / "owner", stamp_servers, offset=timedelta(days=days))
    add(owner, "a")
    owner.ledger.stamp(owner.authorities, owner.ask, who="ana", at=owner.now())
    assert check(owner).codes == {"ledger_unstamped"}


@pytest.mark.server
def test_rolled_back_behind_its_seals(owner):
    """A ledger that ends before a capture of the same workspace was sealed, or began anew, contradicts its seal."""
    owner.capture()
    path = owner.ledger.folder / "ledger.jsonl"
    assert check(owner).is_sound
    lines = read_lines(owner)
    path.write_bytes(lines[0])
    assert check(owner).codes == {"ledger_rolled_back"}
    path.unlink()
    add(owner, "x", "y", "z")
    assert check(owner).codes == {"ledger_rewritten"}


@pytest.fixture
def days(tmp_path, monkeypatch):
    """An owner whose two authorities tell the owner's time, so that days can pass; replies are plain text."""

    def answer(reply, imprint, roots):
        stated, _, at = reply.decode().partition(" ")
        return Answer("holds", "", parse_moment(at)) if stated == imprint else Answer("fails", "of other bytes")

    monkeypatch.setattr("cloneward.seal.verify.ask_openssl", answer)
    monkeypatch.setattr("cloneward.seal.custody.check_reply", lambda *_: None)
    monkeypatch.setattr("cloneward.seal.custody.make_request", lambda content: digest(content).encode())
    owner = Owner(tmp_path / "owner", (), offset=timedelta(days=-6))
    owner.authorities = (Authority("one", "http://one.test/"), Authority("two", "http://two.test/"))
    owner.ask = lambda authority, request: request + b" " + tell_moment(owner.now()).encode()
    return owner


def live(owner, days):
    """Enter something on each of so many days, and have it stamped in the evening, once by one authority alone."""
    for day in range(days):
        add(owner, f"a{day}", f"b{day}")
        owner.offset += timedelta(hours=12)
        authorities = owner.authorities[:1] if day == 1 else owner.authorities
        owner.ledger.stamp(authorities, owner.ask, who="ana", at=owner.now())
        owner.offset += timedelta(hours=12)


def test_days_go_by(days):
    """A ledger that is kept and stamped daily holds, on each day and in the end."""
    for _ in range(5):
        live(days, 1)
        assert check(days, now=days.now()).is_sound


def test_history_rewritten_by_the_holder_of_the_key(days):
    """Whoever holds the key and writes the same days anew, with one word changed, gets stamps of today only."""
    live(days, 5)
    lines = [read_entry(raw) for raw in read_lines(days)]
    shutil.rmtree(days.ledger.folder)
    for line in lines[1:]:
        entry = line["entry"]
        if entry["what"] != "ledger.stamped":
            subject = entry["subject"].replace("a0", "another")
            days.ledger.add(Act(entry["what"], subject, entry["who"], entry["detail"]), parse_moment(line["at"]))
    days.ledger.stamp(days.authorities, days.ask, who="ana", at=days.now())
    report = check(days, now=days.now())
    assert report.codes == {"ledger_unstamped"}
    assert any(text.startswith("9 entries, the first of them 1,") for text in report.steps[7].texts), report


def test_a_day_was_missed(days):
    """Where nobody stamped for two days, the entries of those days are told, and no others."""
    live(days, 2)
    for _ in range(2):
        add(days, "unstamped")
        days.offset += timedelta(days=1)
    live(days, 1)
    (text, *_) = check(days, now=days.now()).steps[7].texts
    assert text.startswith("3 entries, the first of them 7,")  # its stamp of the second evening is one
