"""Tests of who may what in a workspace."""

import pytest

from cloneward.errors import RefusedError
from cloneward.govern.audit import find_gaps
from cloneward.settings import Roles
from cloneward.workflows.access import open_gate, read_staff
from tests.workflows.keepers import Clock, ask, make_workspace


def test_staff_of_the_settings():
    """Each person has all roles that name them, and cases name their people."""
    staff = read_staff(Roles(analyst=("ann", "bo"), counsel=("bo",), cases={"c1": ("ann",)}))
    assert staff.roles == {"ann": {"analyst"}, "bo": {"analyst", "counsel"}}
    assert staff.cases == {"c1": {"ann"}}


def test_one_owner():
    """Settings that say nothing of roles make whoever is there everything; one word of roles ends that."""
    assert read_staff(Roles()).is_alone
    for roles in (Roles(admin=("adi",)), Roles(cases={"c1": ("ann",)})):
        assert not read_staff(roles).is_alone


def test_gate_of_a_workspace(tmp_path):
    """A decision stands on the ledger of the workspace, a no as well."""
    workspace = make_workspace(tmp_path)
    gate = open_gate(workspace, Clock())
    gate.expect(ask("vault.open", "p1"))
    with pytest.raises(RefusedError, match="adi may not"):
        gate.expect(ask("vault.open", "p1", actor="adi"))
    lines = (workspace.folder / "custody" / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    assert [b"access.given" in line for line in lines[-2:]] == [True, False]
    assert list(find_gaps(lines)) == []
