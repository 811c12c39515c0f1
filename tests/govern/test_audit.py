"""Tests of the audit: every decision is entered, and every gap is found."""

import json

import pytest

from cloneward.errors import InputError, RefusedError
from cloneward.govern.audit import DONE, GIVEN, REFUSED, Gate, find_gaps, list_unreviewed
from cloneward.govern.roles import ACTIONS, ROLES, Request, Staff, Subject
from cloneward.seal.custody import FILE_NAME, Act

STAFF = Staff(roles={role: frozenset({role}) for role in ROLES})


@pytest.fixture
def gate(ledger, clock):
    """A gate with one person for each role."""
    return Gate(STAFF, ledger, clock)


def request(action="vault.open", actor="privacy", **fields):
    """A request that is granted unless the fields say otherwise."""
    given = {"reason": "request 7", "second": "counsel"} | fields
    return Request(actor=actor, action=action, subject=Subject(id="s1", case="c1", author="x"), **given)


def read(ledger):
    """The lines of a ledger."""
    return (ledger.folder / FILE_NAME).read_bytes().splitlines(keepends=True)


def list_entries(ledger):
    """What was entered, without the key."""
    entries = [json.loads(line)["entry"] for line in read(ledger)]
    return [entry for entry in entries if not entry["what"].startswith("key.")]


def fill(gate, times=4):
    """Do some things as they should be done."""
    for _ in range(times):
        gate.enter("vault.opened", gate.expect(request()), {"code": "c"})
        gate.enter("original.unsealed", gate.expect(request("original.unseal", "counsel", second="privacy")), {})


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_every_decision_is_entered(gate, ledger, action, role):
    """A yes and a no alike stand on the ledger: who, what, with what, why and with whom."""
    permission, _ = gate.ask(request(action, role))
    (entry,) = list_entries(ledger)
    assert entry["what"] == (GIVEN if permission.is_given else REFUSED)
    assert (entry["who"], entry["subject"]) == (role, "s1")
    assert entry["detail"] == {
        "action": action,
        "case": "c1",
        "emergency": False,
        "reason": "request 7",
        "second": "counsel",
        "why": permission.why,
    }


def test_refusal(gate, ledger):
    """A no is an error of policy, and is entered before it is raised."""
    with pytest.raises(RefusedError, match=r"analyst may not: vault\.open"):
        gate.expect(request(actor="analyst"))
    assert [entry["what"] for entry in list_entries(ledger)] == [REFUSED]


def test_only_what_was_permitted(gate):
    """A permission cannot be entered as another deed."""
    with pytest.raises(ValueError, match=r"hold\.placed"):
        gate.enter("hold.placed", gate.expect(request()), {})


def test_long_reasons(gate):
    """A reason of a page is refused: contents do not belong on a ledger."""
    with pytest.raises(InputError, match="501 characters"):
        gate.expect(request(reason="x" * 501))


def test_no_gap(gate, ledger):
    """A ledger on which everything was done as it should be has no gap."""
    fill(gate)
    assert list(find_gaps(read(ledger), ledger.read_head())) == []


def test_every_missing_line_is_found(gate, ledger):
    """Whichever line is taken out, the first, the last or one between, it is missed."""
    fill(gate)
    lines, head = read(ledger), ledger.read_head()
    for number in range(len(lines)):
        assert list(find_gaps([*lines[:number], *lines[number + 1 :]], head)), number
    assert list(find_gaps([], head))


def test_every_change_is_found(gate, ledger):
    """Whichever line is changed in any field, or swapped with the next one, it is found."""
    fill(gate)
    lines, head = read(ledger), ledger.read_head()
    for number, line in enumerate(lines):
        for old, new in ((b'"who":"', b'"who":"x'), (b'"subject":"', b'"subject":"x'), (b'"at":"2026', b'"at":"2025')):
            changed = line.replace(old, new)
            assert changed != line
            assert list(find_gaps([*lines[:number], changed, *lines[number + 1 :]], head)), (number, old)
        if number + 1 < len(lines):
            swapped = [*lines[:number], lines[number + 1], line, *lines[number + 2 :]]
            assert list(find_gaps(swapped, head)), number


@pytest.mark.parametrize("what", DONE)
def test_every_deed_needs_its_permission(ledger, clock, what):
    """What was done without a permission, whatever it is, is found though the chain holds."""
    ledger.add(Act(what, "s1", "privacy", {}), clock.now())
    assert [gap.text for gap in find_gaps(read(ledger))] == [f"{what} without a permission of its own"]


@pytest.mark.parametrize(
    ("who", "subject", "times"), [("counsel", "s1", 1), ("privacy", "s2", 1), ("privacy", "s1", 2)]
)
def test_borrowed_permissions(gate, ledger, clock, who, subject, times):
    """A permission of somebody else, for something else, or one that was used before, is none."""
    given = gate.expect(request())
    for _ in range(times):
        ledger.add(Act("vault.opened", subject, who, {"permission": given.number}), clock.now())
    assert len(list(find_gaps(read(ledger)))) == 1


def test_late_use(gate, ledger, clock):
    """A permission is good for a day."""
    given = gate.expect(request())
    clock.sleep(25 * 3600)
    gate.enter("vault.opened", given, {})
    assert "more than a day" in next(find_gaps(read(ledger))).text


def test_emergencies_wait_for_review(gate, ledger):
    """What was given in an emergency is listed until somebody else has looked at it."""
    assert list_unreviewed([]) == []
    given = gate.expect(request(actor="analyst", is_emergency=True, second=None))
    gate.enter("vault.opened", given, {})
    assert list_unreviewed(read(ledger)) == [given.number]
    gate.enter("access.reviewed", gate.expect(request("audit.review", "privacy")), {"looked_at": given.number})
    assert list_unreviewed(read(ledger)) == []
    assert list(find_gaps(read(ledger), ledger.read_head())) == []


def test_hostile_lines():
    """Lines that are none end the walk with a gap and raise nothing."""
    assert [gap.text for gap in find_gaps([b"{}\n"])] == ["it cannot be read"]
    assert list_unreviewed([b"\xff\n"]) == []


@pytest.mark.parametrize("number", [[], {}, None, "1", 1.5])
def test_a_permission_that_is_no_number(ledger, clock, number):
    """Whatever a line gives as the number of its permission, it is a gap and no error."""
    ledger.add(Act("vault.opened", "s1", "privacy", {"permission": number}), clock.now())
    ledger.add(Act("access.reviewed", "s1", "privacy", {"looked_at": number}), clock.now())
    assert len(list(find_gaps(read(ledger)))) == 2
    assert list_unreviewed(read(ledger)) == []
