"""Tests of writing items: twice is once, changed is a version, and a killed import is completed."""

import hashlib
import json
import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, InputError
from cloneward.model.content import Known
from cloneward.store.objects import ObjectStore
from cloneward.store.workspace import Workspace
from cloneward.store.writer import Added
from tests.store.entries import JumpingClock, import_all, make_entry


def texts_of(store, item):
    """The versions of an item, as digests of their texts."""
    return [version.text_digest for version in store.history(item)]


def test_add(store):
    """What is added is counted as new, and is there."""
    added = store.add(store.begin_import("pages"), map(make_entry, range(3)))
    assert added == Added(new=("i00000", "i00001", "i00002"))
    assert store.count() == 3


def test_add_twice(store):
    """Adding the same again changes nothing, not even the objects on disk."""
    batch = store.begin_import("pages")
    store.add(batch, map(make_entry, range(3)))
    before = [store.history(item.id) for item in store.items()]
    assert store.add(batch, map(make_entry, range(3))) == Added(unchanged=3)
    assert [store.history(item.id) for item in store.items()] == before


def test_changed_text(store):
    """Another text makes a version and closes the former at the very moment it opens; both texts stay."""
    batch = store.begin_import("pages")
    first, second = make_entry(1, "first text"), make_entry(1, "second text")
    store.add(batch, [first])
    assert store.add(batch, [second]) == Added(changed=("i00001",))
    former, present = store.history("i00001")
    assert (former.number, former.text_digest) == (1, first.item.text_digest)
    assert (present.number, present.text_digest) == (2, second.item.text_digest)
    assert former.since < former.until == present.since
    assert present.until is None
    assert store.text(first.item) == "first text"
    assert store.text(store.get("i00001")) == "second text"


def test_changed_around_the_text(store):
    """Other bytes or another title around the same text are taken over, and make no version."""
    batch = store.begin_import("pages")
    store.add(batch, [make_entry(1)])
    entry = make_entry(1, body="<main>new template</main>", title="New title")
    assert store.add(batch, [entry]) == Added(unchanged=1)
    assert len(store.history("i00001")) == 1
    assert store.get("i00001") == entry.item
    assert store.body(entry.item) == entry.body
    assert store.known([entry.address])[entry.address].digest == entry.item.digest


def test_same_id_in_one_batch(store):
    """An item that comes several times in one batch has all its texts in turn."""
    entries = [make_entry(1, text) for text in ("a", "b", "b", "a")]
    added = store.add(store.begin_import("pages"), entries)
    assert added == Added(new=("i00001",), changed=("i00001", "i00001"), unchanged=1)
    assert texts_of(store, "i00001") == [entries[at].item.text_digest for at in (0, 1, 3)]
    assert [version.until is None for version in store.history("i00001")] == [False, False, True]


def test_remove(store):
    """A removed item is gone from every view but its history, which is closed; twice does no harm."""
    store.add(store.begin_import("pages"), map(make_entry, range(2)))
    store.remove("i00001")
    before = store.history("i00001")
    store.remove("i00001")
    assert [item.id for item in store.items()] == ["i00000"]
    assert store.count() == 1
    assert store.known(["https://example.org/1"]) == {}
    with pytest.raises(InputError, match="no item"):
        store.get("i00001")
    assert store.history("i00001") == before
    assert before[0].until is not None


def test_remove_unknown(store):
    """Removing what was never there is the caller's mistake."""
    with pytest.raises(InputError, match="no item 'i9'"):
        store.remove("i9")


def test_removed_comes_back(store):
    """Adding a removed item again opens a version of its own, and the gap shows."""
    batch = store.begin_import("pages")
    store.add(batch, [make_entry(1)])
    store.remove("i00001")
    assert store.add(batch, [make_entry(1)]) == Added(changed=("i00001",))
    former, present = store.history("i00001")
    assert former.until < present.since
    assert former.text_digest == present.text_digest
    assert store.count() == 1


def test_one_item_at_two_places(store):
    """Two files of the same text are one item, and each is known by its own bytes."""
    batch = store.begin_import("pages")
    copy = replace(make_entry(1, body="<b>other bytes</b>"), address="copy")
    assert store.add(batch, [make_entry(1), copy]) == Added(new=("i00001",), unchanged=1)
    assert store.known(["copy", make_entry(1).address]) == {
        "copy": Known(id="i00001", digest=copy.item.digest, is_shared=True),
        make_entry(1).address: Known(id="i00001", digest=make_entry(1).item.digest, is_shared=True),
    }


def test_another_item_at_the_place(store):
    """An address is known for the item last read there; the former item stays until it is removed."""
    batch = store.begin_import("pages")
    store.add(batch, [make_entry(1), replace(make_entry(2), address=make_entry(1).address)])
    store.add(batch, [replace(make_entry(0), address=make_entry(1).address)])
    assert store.known([make_entry(1).address])[make_entry(1).address].id == "i00000"
    assert store.count() == 3


def test_same_item_at_another_place(store):
    """An item that moved is known at its new address at once, and nothing else of it changes."""
    batch = store.begin_import("pages")
    store.add(batch, [make_entry(1)])
    assert store.add(batch, [replace(make_entry(1), address="new")]) == Added(unchanged=1)
    assert store.known(["new"])["new"].id == "i00001"
    assert len(store.history("i00001")) == 1


def test_hostile_strings(store):
    """File names of no encoding, NUL and lone surrogates are kept apart, found again, and seen as unchanged."""
    odd, other, absent = (f"a{sign}" for sign in ("\udce9", "\udce8", "\udce7"))
    batch = store.begin_import(odd)
    entries = [
        replace(make_entry(1, "text \ud800 with \x00", body="b", title="T\ud800\x00"), address=odd),
        replace(make_entry(2), address=other),
    ]
    store.add(batch, entries)
    assert store.add(batch, entries) == Added(unchanged=2)
    known = store.known([odd, other, absent])
    assert {address: held.id for address, held in known.items()} == {odd: "i00001", other: "i00002"}
    assert store.text(store.get("i00001")) == "text ? with \x00"
    assert store.begin_import(odd) == batch
    assert store.begin_import(other) != batch


@pytest.mark.parametrize("field", ["digest", "text_digest"])
def test_wrong_digest(store, field):
    """An item that is not what its digests say is refused, its batch with it; earlier batches stay."""
    batch = store.begin_import("pages")
    entries = [make_entry(0), make_entry(1), make_entry(2), make_entry(3, **{field: "0" * 64})]
    with pytest.raises(EvidenceError, match="i00003"):
        store.add(batch, entries, batch_entries=2)
    assert [item.id for item in store.items()] == ["i00000", "i00001"]


def test_source_that_fails(store):
    """An error of the source passes through, and the batches before it stay."""

    def give_and_fail():
        yield from map(make_entry, range(5))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.add(store.begin_import("pages"), give_and_fail(), batch_entries=2)
    assert store.count() == 4


def test_flushed_before_named(workspace, store, clock, monkeypatch):
    """The objects of a batch are there and flushed before its rows can be seen; where nothing came, no flush."""
    seen = []

    def look(objects):
        with workspace.reader(clock) as reader:
            seen.append((len(list(objects.folder.rglob("*.zst"))), reader.count()))

    monkeypatch.setattr(ObjectStore, "sync", look)
    batch = store.begin_import("pages")
    for _ in range(2):
        store.add(batch, map(make_entry, range(4)), batch_entries=2)
    assert seen == [(4, 0), (8, 2)]


def test_large_bodies_make_small_batches(store, monkeypatch):
    """A batch is cut by its bytes too, so that large pages do not pile up in memory."""
    monkeypatch.setattr("cloneward.store.writer.BATCH_BYTES", 100)
    seen = []

    def give():
        for number in range(6):
            seen.append(store.count())
            yield make_entry(number, "x" * 60)

    store.add(store.begin_import("pages"), give())
    assert seen == [0, 0, 2, 2, 4, 4]


def test_seal(store, clock):
    """An import is sealed by a digest over just the versions it added, with the time; twice changes nothing."""
    store.add(store.begin_import("earlier"), [make_entry(0)])
    batch = store.begin_import("pages")
    entries = [make_entry(0), make_entry(2), make_entry(1)]
    store.add(batch, entries)
    sealed = store.close_import(batch)
    lines = [
        json.dumps([entry.item.id, entry.item.digest, entry.item.text_digest], separators=(",", ":")) + "\n"
        for entry in entries[1:]
    ]
    assert sealed.count == 2
    assert sealed.digest == hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
    assert sealed.started_at < sealed.finished_at
    clock.sleep(60)
    assert store.close_import(batch) == sealed
    assert store.imports()[1] == sealed


def test_imports(store):
    """A source read again is another import; one that was cut short is taken up again."""
    first = store.begin_import("pages")
    assert store.begin_import("pages") == first
    other = store.begin_import("feed")
    store.close_import(first)
    second = store.begin_import("pages")
    assert len({first, other, second}) == 3
    assert [(entry.id, entry.finished_at is None) for entry in store.imports()] == [
        (first, False),
        (other, True),
        (second, True),
    ]


@pytest.mark.parametrize("ended", [True, False])
def test_no_open_import(store, ended):
    """Nothing is added to an import that is sealed or never began, so a seal stays true."""
    batch = store.begin_import("pages") if ended else "m0"
    if ended:
        store.close_import(batch)
    with pytest.raises(InputError, match="already sealed" if ended else "no import"):
        store.add(batch, [make_entry(1)])
    assert store.count() == 0


def test_close_unknown(store):
    """An import that never began cannot be sealed."""
    with pytest.raises(InputError, match="no import 'm0'"):
        store.close_import("m0")


# Hundreds of commits, each flushed: in memory where the system has a folder for that.
MEMORY = next(filter(os.path.isdir, ["/dev/shm"]), None)

numbers = st.integers(0, 4)
additions = st.tuples(
    st.just("add"),
    st.lists(st.tuples(numbers, st.sampled_from("abc"), st.sampled_from(["", "x", "y"])), max_size=5),
)
steps = st.lists(additions | st.tuples(st.just("remove"), numbers) | st.tuples(st.just("reopen"), numbers), max_size=8)


class Model:
    """What the store should hold, in plain dictionaries."""

    def __init__(self):
        self.live = {}
        self.texts = {}

    def add(self, entry):
        before = self.live.get(entry.item.id)
        if before is None or before.text != entry.text:
            self.texts.setdefault(entry.item.id, []).append(entry.item.text_digest)
        self.live[entry.item.id] = entry

    def check(self, store):
        """The store and its reader's views say the same."""
        assert list(store.items()) == [self.live[key].item for key in sorted(self.live)]
        assert store.count() == len(self.live)
        known = {entry.address: Known(id=key, digest=entry.item.digest) for key, entry in self.live.items()}
        assert store.known(make_entry(number).address for number in range(5)) == known
        for key, texts in self.texts.items():
            self.check_history(key, texts, store.history(key))
        for entry in self.live.values():
            assert store.text(entry.item) == entry.text
            assert store.body(entry.item) == entry.body

    def check_history(self, key, texts, history):
        """Versions are numbered without gaps, do not overlap, and the last stands if the item does."""
        assert [version.text_digest for version in history] == texts
        assert [version.number for version in history] == list(range(1, len(texts) + 1))
        assert all(former.until <= later.since for former, later in pairwise(history))
        assert (history[-1].until is None) == (key in self.live)


@given(steps, st.integers(1, 3))
def test_behaves_like_a_dictionary(taken, batch_entries):
    """Any sequence of additions, changes, removals and restarts leaves what a dictionary would hold."""
    model, clock = Model(), JumpingClock()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        workspace = Workspace.create(Path(folder), "https://example.org/", {})
        for sitting in split_at_reopen(taken):
            with workspace.writer(clock) as store:
                batch = store.begin_import("pages")
                for verb, value in sitting:
                    take_step(store, model, batch, (verb, value, batch_entries))
                store.close_import(batch)
                model.check(store)
        with workspace.reader(clock) as store:
            model.check(store)
            assert sum(entry.count for entry in store.imports()) == sum(map(len, model.texts.values()))


def split_at_reopen(taken):
    """The steps of each sitting."""
    sittings = [[]]
    for verb, value in taken:
        if verb == "reopen":
            sittings.append([])
        else:
            sittings[-1].append((verb, value))
    return sittings


def take_step(store, model, batch, step):
    """One step, on the store and on the model."""
    verb, value, batch_entries = step
    if verb == "add":
        entries = [make_entry(number, text, body=body and f"{text} in {body}") for number, text, body in value]
        store.add(batch, entries, batch_entries=batch_entries)
        for entry in entries:
            model.add(entry)
    elif f"i{value:05d}" in model.texts:
        store.remove(f"i{value:05d}")
        model.live.pop(f"i{value:05d}", None)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_any_point(tmp_path, seed):
    """An import killed again and again and rerun until done has each item once, with its content whole."""
    folder, count, batch_entries = tmp_path / "workspace", 2000, 50
    Workspace.create(folder, "https://example.org/", {})
    chance = random.Random(seed)
    done = 0
    for ahead in (*(chance.randrange(400) for _ in range(6)), count):
        exit_code = run_import(done + ahead, chance.uniform(0, 0.03), folder, count, batch_entries)
        assert exit_code in {0, -signal.SIGKILL}
        before, done = done, check_whole(folder, done)
        assert done >= before
        assert done % batch_entries == 0
    assert (exit_code, done) == (0, count)
    with Workspace.open(folder, {}).reader(JumpingClock()) as store:
        assert Counter(len(store.history(item.id)) for item in store.items()) == {1: count}
        assert sum(entry.count or 0 for entry in store.imports()) == count


def run_import(mark, delay_s, *arguments):
    """Runs the import in a process of its own, kills it `delay_s` after it has read `mark` items; its exit code."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.store.entries"])
    progress = processes.RawValue("i")
    process = processes.Process(target=import_all, args=(progress, *arguments))
    process.start()
    while progress.value < mark and process.is_alive():
        process.join(0.001)
    if process.is_alive():
        process.join(delay_s)
        process.kill()
    process.join()
    return process.exitcode


def check_whole(folder, checked):
    """The number of items: from the first on without gaps, those not yet checked with their very content."""
    with Workspace.open(folder, {}).reader(JumpingClock()) as store:
        items = list(store.items())
        assert [item.id for item in items] == [f"i{number:05d}" for number in range(len(items))]
        for number in range(checked, len(items)):
            entry, item = make_entry(number), items[number]
            assert (item, store.text(item), store.body(item)) == (entry.item, entry.text, entry.body)
    return len(items)
