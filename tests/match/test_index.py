"""The index of items."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.kinds import Kind, Sketch
from cloneward.fingerprint.winnow import TEXT, Sketches
from cloneward.match import index as module
from cloneward.match.index import HOT_ITEMS, HOT_MIN_ITEMS, Change, build_index, hot_limit, open_index, update_index

VALUES = st.lists(st.integers(0, 60), max_size=12)


def sketch_of(values, kind=TEXT):
    """Give a sketch of these fingerprints."""
    return Sketch(kind, np.array(values, np.uint64), np.arange(len(values), dtype=np.int32))


def state_of(values):
    """Give a digest that stands for a text with these fingerprints."""
    return f"{abs(hash(tuple(values))):064x}"


def entries_of(items):
    """Give what an index is updated with."""
    return [(item, state_of(values), sketch_of(values)) for item, values in items.items()]


def expect_hot(items):
    """Give the hot fingerprints by counting."""
    sets = [set(values) for values in items.values()]
    least = hot_limit(len(items))
    return {value for value in set().union(*sets) if sum(value in values for values in sets) >= least}


def expect(items, wanted):
    """Give the candidates that plain sets name."""
    hot = expect_hot(items)
    shared = {item: len(set(values) & set(wanted) - hot) for item, values in items.items()}
    return {item: count for item, count in shared.items() if count}


def ask(index, wanted):
    """Give the candidates, having checked their order and number."""
    found, total = index.candidates(sketch_of(wanted))
    assert [count for _, count in found] == sorted((count for _, count in found), reverse=True)
    assert total == len(found)
    return dict(found)


@given(st.lists(VALUES, max_size=14), VALUES)
def test_candidates_are_those_of_plain_sets(values, wanted):
    """The index gives the items that share cold fingerprints, and how many, as sets would."""
    items = {f"i{place}": each for place, each in enumerate(values)}
    assert ask(build_index((item, sketch_of(each)) for item, each in items.items()), wanted) == expect(items, wanted)


def test_hot_fingerprints_retrieve_nothing():
    """What stands on a fiftieth of the items, and on ten, is the owner's template; below that it may be a copy."""
    shared = [1, 2, 3]
    few = build_index((f"i{n}", sketch_of([*shared, 100 + n])) for n in range(HOT_MIN_ITEMS - 1))
    many = build_index((f"i{n}", sketch_of([*shared, 100 + n])) for n in range(HOT_MIN_ITEMS))
    assert few.hot.size == 0
    assert many.hot.tolist() == shared
    assert ask(many, shared) == {}
    assert ask(many, [*shared, 101]) == {"i1": 1}


def test_the_background_retrieves_nothing(tmp_path):
    """What stands on an item and in the background is common: known as such, and no candidate's only reason."""
    background = np.array([2, 3, 77], np.uint64)
    items = {"a": [1, 2, 3], "b": [4, 5]}
    memory = build_index(((item, sketch_of(values)) for item, values in items.items()), background)
    change = Change(added=entries_of(items), background=background)
    disk = update_index(tmp_path, open_index(tmp_path), change)
    for index in (memory, disk):
        assert index.common.tolist() == [2, 3]
        assert ask(index, [2, 3]) == {}
        assert ask(index, [1, 2, 3]) == {"a": 1}


def test_only_the_best_are_named():
    """Of many candidates the most alike are given, with the number of all."""
    index = build_index((f"i{n}", sketch_of(range(n, 40))) for n in range(0, 40, 8))
    assert index.candidates(sketch_of(range(40)), 2) == ([("i0", 40), ("i8", 32)], 5)
    assert index.candidates(sketch_of(range(40)), least=0.6) == ([("i0", 40), ("i8", 32), ("i16", 24)], 5)


@settings(max_examples=30)
@given(st.lists(st.lists(VALUES, max_size=6), max_size=4), st.lists(VALUES, max_size=6), st.integers(1, 9))
def test_many_are_looked_up_as_each_is(tmp_path_factory, batches, wanted, most):
    """Texts looked up in one call have the candidates that each has alone, over all parts of an index."""
    folder = tmp_path_factory.mktemp("index")
    index = open_index(folder)
    for batch in batches:
        items = {f"i{place}": values for place, values in enumerate(batch)}
        index = update_index(folder, index, Change(added=entries_of(items), gone=items.keys() | {"i3"}))
    ends = np.cumsum([len(values) for values in wanted], dtype=np.int64)
    sketches = Sketches(TEXT, np.array([value for values in wanted for value in values], np.uint64), ends)
    for least in (0.0, 0.5):
        expected = [index.candidates(sketch_of(values), most, least) for values in wanted]
        assert list(index.candidates_each(sketches, most, least)) == expected


@pytest.mark.parametrize(("items", "limit"), [(0, 10), (500, 10), (501, 11), (1_000, 20), (10**6, HOT_ITEMS)])
def test_hot_limit(items, limit):
    """A fiftieth of the items, but never under ten nor over a thousand."""
    assert hot_limit(items) == limit


def test_versions_are_never_mixed(tmp_path):
    """A sketch of another version can be neither indexed nor looked up, nor an index of one opened."""
    with pytest.raises(VersionMismatch):
        build_index([("i", sketch_of([1], Kind("text", 0)))])
    with pytest.raises(VersionMismatch):
        build_index([]).candidates(sketch_of([1], Kind("text", 2)))
    with pytest.raises(VersionMismatch):
        list(build_index([]).candidates_each(Sketches(Kind("text", 2), np.zeros(0, np.uint64), np.zeros(0, int)), 1))
    update_index(tmp_path, open_index(tmp_path), Change(added=entries_of({"i": [1]})))
    with pytest.raises(VersionMismatch):
        open_index(tmp_path, Kind("text", 2))


CHANGES = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from([f"i{n}" for n in range(20)]), VALUES, max_size=6),
        st.sets(st.sampled_from([f"i{n}" for n in range(20)]), max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=30)
@given(CHANGES, VALUES)
def test_updates_add_change_and_remove(tmp_path_factory, changes, wanted):
    """After any changes, merges included, the index on the disk answers as one built of what is left."""
    folder = tmp_path_factory.mktemp("index")
    items = {}
    for number, (added, removed) in enumerate(changes):
        index = open_index(folder)
        gone = (removed | added.keys()) & items.keys()
        items = {item: values for item, values in items.items() if item not in gone} | added
        index = update_index(folder, index, Change(added=entries_of(added), gone=gone, mark=str(number)))
        assert index.mark == str(number)
        assert dict(index.states()) == {item: state_of(values) for item, values in items.items()}
    index = open_index(folder)
    assert len(index) == len(items)
    assert set(index.hot.tolist()) == expect_hot(items)
    assert ask(index, wanted) == expect(items, wanted)
    names = {file.name for file in folder.iterdir()}
    assert len(names) == len(index.parts) + bool(changes), "no file is left over"


def test_many_small_updates_are_merged(tmp_path):
    """Adding item by item does not leave a segment each."""
    for number in range(40):
        index = update_index(tmp_path, open_index(tmp_path), Change(added=entries_of({f"i{number}": [number]})))
    assert len(index.parts) < 10
    assert all(ask(index, [number]) == {f"i{number}": 1} for number in range(40))


def test_large_additions_are_cut(tmp_path, monkeypatch):
    """More fingerprints than a segment is made of at once become several, and the answers stay the same."""
    monkeypatch.setattr(module, "SEGMENT_SIZE", 6)
    items = {f"i{number}": [number, number + 1] for number in range(10)}
    index = update_index(tmp_path, open_index(tmp_path), Change(added=entries_of(items)))
    assert len(index.parts) == 4
    assert ask(index, [4, 5]) == expect(items, [4, 5])


def test_readers_keep_what_they_opened(tmp_path):
    """An index that was opened before an update answers as it did, though its files are gone."""
    old = update_index(tmp_path, open_index(tmp_path), Change(added=entries_of({"a": [1], "b": [2]})))
    update_index(tmp_path, old, Change(added=entries_of({"c": [1]}), gone={"a", "b"}))
    assert ask(old, [1, 2]) == {"a": 1, "b": 1}
    assert ask(open_index(tmp_path), [1, 2]) == {"c": 1}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "text"}'])
def test_a_damaged_manifest_is_told(tmp_path, content):
    """A manifest that cannot be read gives an error that says how to get a new index."""
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(EvidenceError, match="damaged"):
        open_index(tmp_path)


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_index import entries_of
from cloneward.match import index as module
folder, at = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
def stop(real):
    def step(*arguments, **named):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return step
os.fsync, os.rename = stop(os.fsync), stop(os.rename)
Path.replace, Path.unlink = stop(Path.replace), stop(Path.unlink)
change = module.Change(added=entries_of({{"new": [7], "a": [8]}}), gone={{"a"}}, mark="after")
module.update_index(folder, module.open_index(folder), change)
"""


def test_a_crash_leaves_the_old_index_or_the_new_one(tmp_path):
    """Killed at any step of writing, the index is whole: as it was before, or as it is after; and writing goes on."""
    script = KILLED.format(tests=str(Path(__file__).parent))
    seen = set()
    for at in range(1, 20):
        folder = tmp_path / str(at)
        update_index(folder, open_index(folder), Change(added=entries_of({"a": [1], "b": [2]}), mark="before"))
        done = subprocess.run([sys.executable, "-c", script, folder, str(at)], capture_output=True, check=False)
        index = open_index(folder)
        seen.add(index.mark)
        expected = {"a": 1, "b": 1} if index.mark == "before" else {"new": 1, "a": 1, "b": 1}
        assert ask(index, [1, 2] if index.mark == "before" else [7, 8, 2]) == expected
        again = update_index(folder, index, Change(added=entries_of({"later": [9]})))
        assert ask(again, [9]) == {"later": 1}
        if done.returncode != -signal.SIGKILL:
            assert done.returncode == 0, done.stderr.decode()
            break
    assert seen == {"before", "after"}
