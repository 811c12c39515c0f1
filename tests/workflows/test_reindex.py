"""The index follows the records."""

from dataclasses import replace

import pytest

from cloneward.clock import SystemClock
from cloneward.fingerprint.winnow import fingerprint
from cloneward.model.content import Item, Registered
from cloneward.model.ids import digest_bytes, digest_text
from cloneward.store.workspace import Workspace
from cloneward.workflows.reindex import is_behind, open_indexes, reindex


def make_text(word):
    """Give a text of words that no other has."""
    return " ".join(f"{word}{number}" for number in range(40))


def entry(item_id, word):
    """Give an item of such a text."""
    text = make_text(word)
    item = Item(id=item_id, digest=digest_bytes(text.encode()), text_digest=digest_text(text), words=40, language="en")
    return Registered(item=item, address=f"file:///{item_id}", body=text.encode(), text=text)


@pytest.fixture
def workspace(tmp_path):
    """A workspace of its own."""
    return Workspace.create(tmp_path / "w", "https://example.org/")


def add(workspace, *entries):
    """Store items without indexing them, as a crash would leave them."""
    with workspace.writer(SystemClock()) as store:
        store.add(store.begin_import("test"), entries)


def find(workspace, word):
    """Give the items that the index on the disk names for a text."""
    found, _ = open_indexes(workspace.index_folder).text.candidates(fingerprint(make_text(word)).sketch)
    return [item for item, _ in found]


def bring_up(workspace):
    """Index what is stored; give whether that was needed."""
    with workspace.writer(SystemClock()) as store:
        was_behind = is_behind(store, workspace.index_folder)
        reindex(store, workspace.index_folder)
        assert not is_behind(store, workspace.index_folder)
        return was_behind


def test_added_changed_and_removed_items_are_followed(workspace):
    """After each change the index is behind, and once brought up it names what stands now, and nothing else."""
    add(workspace, entry("a", "apple"), entry("b", "pear"))
    assert find(workspace, "apple") == []
    assert bring_up(workspace)
    assert not bring_up(workspace)
    assert (find(workspace, "apple"), find(workspace, "pear")) == (["a"], ["b"])
    add(workspace, entry("a", "plum"))
    assert bring_up(workspace)
    assert (find(workspace, "apple"), find(workspace, "plum")) == ([], ["a"])
    with workspace.writer(SystemClock()) as store:
        store.remove("b")
    assert bring_up(workspace)
    assert find(workspace, "pear") == []
    add(workspace, entry("b", "pear"))
    assert bring_up(workspace)
    assert find(workspace, "pear") == ["b"]


def test_a_text_is_indexed_once(workspace):
    """A text that stands at twenty addresses is in the index once, under the item that stands for all, and not hot."""
    others = [replace(entry(f"b{number:02}", "pear"), rank=f"{number:02}") for number in range(20)]
    add(workspace, entry("a", "apple"), *others)
    bring_up(workspace)
    assert find(workspace, "pear") == ["b00"]
    index = open_indexes(workspace.index_folder).text
    assert (len(index), index.hot.size) == (2, 0)
    with workspace.writer(SystemClock()) as store:
        store.remove("b00")
    bring_up(workspace)
    assert find(workspace, "pear") == []


def test_texts_of_their_own_are_hot(workspace):
    """The same texts where they are not folded are hot, as the test above would show if they were in the index."""
    add(workspace, *(entry(f"b{number:02}", "pear") for number in range(20)))
    bring_up(workspace)
    assert open_indexes(workspace.index_folder).text.hot.size > 0


def test_an_index_of_another_version_is_made_anew(workspace):
    """An index that an older release wrote is replaced, not mixed with."""
    add(workspace, entry("a", "apple"))
    bring_up(workspace)
    manifest = workspace.index_folder / "text" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 0'))
    assert bring_up(workspace)
    assert find(workspace, "apple") == ["a"]
    assert len(open_indexes(workspace.index_folder).text) == 1
