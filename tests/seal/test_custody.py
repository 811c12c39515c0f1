"""Tests of cloneward.seal.custody."""

import json
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, Unavailable
from cloneward.seal.custody import Act, Ledger, withhold
from cloneward.seal.verify import Trust, digest, read_entry, spell, state_line, verify
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
