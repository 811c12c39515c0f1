"""Tests of what is kept of people in clear, and how it goes."""

import sqlite3
from contextlib import closing

import pytest

from cloneward.errors import EvidenceError, InputError, RefusedError
from cloneward.govern.audit import find_gaps
from cloneward.model.retention import Kept
from cloneward.store.vault import list_kept, note_copy
from cloneward.workflows.access import open_gate
from cloneward.workflows.retain import (
    CLOSED,
    forget_person,
    hold,
    keep_clear,
    lift,
    load_vault_key,
    open_vault,
    run_retention,
)
from tests.workflows.keepers import Clock, ask, make_workspace

DAY_S = 86_400


@pytest.fixture
def clock():
    """A clock that stands still until it sleeps."""
    return Clock()


@pytest.fixture
def workspace(tmp_path):
    """A workspace whose settings ask for clear ids."""
    return make_workspace(tmp_path, "[retention]\nclear_ids = true\nvault_days = 30\nworking_days = 10\n")


@pytest.fixture
def gate(workspace, clock):
    """Its gate."""
    return open_gate(workspace, clock)


def list_ids(workspace, clock):
    """What is kept for a time."""
    with workspace.transaction(clock) as connection:
        return [(one.kind, one.id) for one in list_kept(connection)]


def list_entries(workspace):
    """Lines of the ledger."""
    return (workspace.folder / "custody" / "ledger.jsonl").read_bytes().splitlines(keepends=True)


def test_not_unless_asked_for(tmp_path, clock):
    """By default no clear id is kept."""
    workspace = make_workspace(tmp_path)
    assert keep_clear(workspace, {"p1": "ann@example.org"}, clock) == 0
    assert list_ids(workspace, clock) == []


def test_opened_by_role(workspace, gate, clock):
    """A clear id is given to who may, after it was entered; to nobody else, and the file of records tells it nobody."""
    assert keep_clear(workspace, {"p1": "ann@example.org", "p2": "bo"}, clock) == 2
    assert open_vault(workspace, gate, ask("vault.open", "p1"), clock) == "ann@example.org"
    assert b'"vault.opened"' in list_entries(workspace)[-1]
    for refused in (ask("vault.open", "p1", actor="adi"), ask("vault.open", "p1", second=None)):
        with pytest.raises(RefusedError):
            open_vault(workspace, gate, refused, clock)
    assert list(find_gaps(list_entries(workspace))) == []
    kept = b"".join(file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file())
    assert b"ann@example.org" not in kept


def test_no_way_around(workspace, gate, clock):
    """Another action's permission opens nothing, and a code of which nothing is kept is told."""
    keep_clear(workspace, {"p1": "ann"}, clock)
    with pytest.raises(ValueError, match=r"vault\.opened"):
        open_vault(workspace, gate, ask("audit.read", "p1"), clock)
    with pytest.raises(InputError, match="nothing is kept"):
        open_vault(workspace, gate, ask("vault.open", "p9"), clock)


def test_rows_cannot_be_exchanged(workspace, gate, clock):
    """Who writes to the records cannot have one person's id shown as another's."""
    keep_clear(workspace, {"p1": "ann", "p2": "bo"}, clock)
    with closing(sqlite3.connect(workspace.folder / "cloneward.db")) as connection, connection:
        connection.execute("UPDATE vault SET value = (SELECT value FROM vault WHERE code = 'p2') WHERE code = 'p1'")
    with pytest.raises(EvidenceError):
        open_vault(workspace, gate, ask("vault.open", "p1"), clock)


def test_keys_lie_apart(workspace, tmp_path):
    """The key of the vault is a file of its own, outside the workspace."""
    key = load_vault_key(workspace)
    assert [file.read_text().strip() for file in (tmp_path / "keys" / "vault").iterdir()] == [key.hex()]


def test_periods(workspace, gate, clock):
    """What is over goes, from the records and from the disk; a hold keeps it until it is lifted, and digests stay."""
    keep_clear(workspace, {"p1": "ann", "p2": "bo"}, clock)
    folder = workspace.folder / "working" / "c9"
    folder.mkdir(parents=True)
    (folder / "page.txt").write_text("[name]")
    with workspace.transaction(clock) as connection:
        note_copy(connection, Kept("c9", "working", clock.now()))
    placed = hold(workspace, gate, ask("hold.place", "p2"), "person", clock)
    assert run_retention(workspace, gate, "pia", clock) == 0
    clock.sleep(10 * DAY_S)
    assert run_retention(workspace, gate, "pia", clock) == 1
    assert not folder.exists()
    clock.sleep(20 * DAY_S)
    assert run_retention(workspace, gate, "adi", clock) == 1
    assert list_ids(workspace, clock) == [("vault", "p2")]
    lift(workspace, gate, ask("hold.lift", placed.id, actor="cay", second="pia"), clock)
    assert run_retention(workspace, gate, "pia", clock) == 1
    assert list_ids(workspace, clock) == []
    with closing(sqlite3.connect(workspace.folder / "cloneward.db")) as connection:
        gone = connection.execute("SELECT id, kind, why FROM forgotten ORDER BY id").fetchall()
    assert gone == [("c9", "working", "expired"), ("p1", "vault", "expired"), ("p2", "vault", "expired")]
    assert list(find_gaps(list_entries(workspace))) == []


def test_deletes_preserved_material(workspace, gate, clock):
    """Material that was preserved goes when its period is over."""
    file = workspace.folder / "quarantine" / f"d1{CLOSED}"
    file.parent.mkdir()
    file.write_bytes(b"x")
    with workspace.transaction(clock) as connection:
        note_copy(connection, Kept("d1", "quarantine", clock.now()))
    clock.sleep(91 * DAY_S)
    assert run_retention(workspace, gate, "pia", clock) == 1
    assert not file.exists()


def test_forgotten_at_their_wish(workspace, gate, clock):
    """A person is forgotten at once, and not while a hold keeps what is theirs."""
    keep_clear(workspace, {"p1": "ann", "p2": "bo"}, clock)
    hold(workspace, gate, ask("hold.place", "p2"), "person", clock)
    assert forget_person(workspace, gate, ask("person.forget", "p1"), clock) == 1
    assert forget_person(workspace, gate, ask("person.forget", "p2"), clock) == 0
    assert list_ids(workspace, clock) == [("vault", "p2")]


@pytest.mark.parametrize("actor", ["ann", "app", "cay"])
def test_not_by_everybody(workspace, gate, clock, actor):
    """Who has no role for it deletes nothing."""
    with pytest.raises(RefusedError):
        run_retention(workspace, gate, actor, clock)
