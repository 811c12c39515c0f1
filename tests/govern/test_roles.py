"""Tests of who may what."""

import pytest

from cloneward.govern.roles import ACTIONS, ROLES, RULES, WHY, Permission, Request, Staff, Subject, may

# Written by hand, from the requirements and not from the rules: x yes, 2 yes with a second person, e in an emergency.
MATRIX = """
                    analyst approver counsel privacy admin
action.approve      .       x        x       .       .
action.perform      x       x        .       .       .
action.propose      x       .        x       .       .
audit.read          .       .        x       x       x
audit.review        .       .        x       x       .
capture.take        x       .        x       .       .
case.read           x       x        x       x       .
evidence.list       x       x        x       x       .
evidence.stamp      x       .        x       .       x
hold.lift           .       .        2       .       .
hold.place          .       .        x       x       .
key.rotate          .       .        .       .       x
material.hand_over  .       .        2       .       .
material.mark       x       x        x       x       x
material.release    .       .        2       .       .
material.seize      2       .        2       2       .
original.unseal     2       .        2       .       .
person.forget       .       .        .       x       .
region.release      .       .        x       x       .
retention.run       .       .        .       x       x
roles.change        .       .        .       .       2
vault.open          e       .        2       2       .
verdict.label       x       .        .       .       .
working.read        x       x        x       x       .
"""
HEAD, *ROWS = (line.split() for line in MATRIX.strip().splitlines())
CELLS = [(action, role, cell) for action, *cells in ROWS for role, cell in zip(HEAD, cells, strict=True)]
# Who stands beside the first where two are asked for.
SECONDS = {
    "hold.lift",
    "material.hand_over",
    "material.release",
    "material.seize",
    "original.unseal",
    "roles.change",
    "vault.open",
}
NEED_REASON = SECONDS | {"audit.review", "hold.place", "key.rotate", "person.forget", "region.release"}
IN_CASE = {
    "action.approve",
    "action.perform",
    "action.propose",
    "case.read",
    "hold.lift",
    "original.unseal",
    "region.release",
    "vault.open",
    "verdict.label",
    "working.read",
}

EVERYBODY = {role: frozenset({role}) for role in ROLES}
STAFF = Staff(roles=EVERYBODY | {"both": frozenset({"counsel", "privacy"}), "nobody": frozenset()})


def ask(action, actor, staff=STAFF, **fields):
    """The answer to a request with all that could be asked for."""
    subject = Subject(id="s1", case=fields.pop("case", "c1"), author=fields.pop("author", "somebody"))
    given = {"reason": "request 7", "second": "privacy" if actor != "privacy" else "counsel"} | fields
    return may(Request(actor=actor, action=action, subject=subject, **given), staff)


def test_the_matrix_is_whole():
    """Every action and role has its cell, and every rule its action."""
    assert {action for action, *_ in ROWS} == set(ACTIONS) == set(RULES)
    assert len(CELLS) == len(ACTIONS) * len(ROLES)
    assert tuple(HEAD) == ROLES


@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_matrix(action, role, cell):
    """Each role may do what its cell says, alone, with a second person, in an emergency, or not at all."""
    assert ask(action, role).is_given is (cell in {"x", "2"})
    assert ask(action, role, second=None).is_given is (cell == "x")
    assert ask(action, role, second=None, is_emergency=True).is_given is (cell != ".")


@pytest.mark.parametrize("action", ACTIONS)
def test_strangers(action):
    """Who has no role may do nothing, not even in an emergency."""
    for actor in ("stranger", "nobody", ""):
        assert ask(action, actor, is_emergency=True) == Permission(is_given=False, why="not_on_staff")


@pytest.mark.parametrize("action", ACTIONS)
def test_reasons(action):
    """Where a reason is asked for an empty one is none, and an emergency always needs one."""
    (role, *_) = (role for name, role, cell in CELLS if name == action and cell in {"x", "2"})
    expected = "reason_missing" if action in NEED_REASON else "given"
    assert ask(action, role, reason=" \n").why == expected
    if action in SECONDS:
        assert not ask(action, role, reason=" ", second=None, is_emergency=True).is_given


@pytest.mark.parametrize("action", ACTIONS)
def test_need_to_know(action):
    """A case that names people is for them alone, save in an emergency; without a case there is no need to know."""
    (role, *_) = (role for name, role, cell in CELLS if name == action and cell in {"x", "2"})
    closed = Staff(roles=EVERYBODY, cases={"c1": frozenset({"somebody else"})})
    is_bound = action in IN_CASE
    assert ask(action, role, closed).why == ("not_on_case" if is_bound else "given")
    assert ask(action, role, closed, case="c2").is_given
    assert ask(action, role, case=None).why == ("case_missing" if is_bound else "given")
    urgent = ask(action, role, closed, is_emergency=True)
    assert urgent.is_given
    assert urgent.is_emergency is is_bound


@pytest.mark.parametrize("action", sorted(SECONDS))
def test_two_people_in_two_roles(action):
    """The second person is not the first, has a role for it, and stands for another role than the first."""
    (role, *_) = (role for name, role, cell in CELLS if name == action and cell == "2")
    assert ask(action, role, second=None).why == "second_missing"
    for second in (role, "stranger", "nobody"):
        assert ask(action, role, second=second).why == "second_unfit"


def test_two_of_one_role():
    """Two people of the same role alone are one role, and one person with two roles is one person."""
    staff = Staff(roles={"ann": frozenset({"counsel"}), "ben": frozenset({"counsel"}), "cay": STAFF.roles["both"]})
    assert ask("original.unseal", "ann", staff, second="ben").why == "second_unfit"
    assert ask("original.unseal", "cay", staff, second="cay").why == "second_unfit"
    assert ask("original.unseal", "ann", staff, second="cay").is_given


def test_the_second_needs_to_know_too():
    """A second person who is not named for the case does not count."""
    staff = Staff(roles=EVERYBODY, cases={"c1": frozenset({"analyst"})})
    assert ask("original.unseal", "analyst", staff, second="privacy").why == "second_unfit"


@pytest.mark.parametrize("action", ["action.approve", "audit.review"])
def test_own_work(action):
    """Nobody approves or reviews their own work, nor work of which nobody knows whose it is, in no emergency either."""
    (role, *_) = (role for name, role, cell in CELLS if name == action and cell == "x")
    for author in (role, None):
        assert ask(action, role, author=author, is_emergency=True).why == "own_work"


def test_emergencies_are_told():
    """What is allowed anyway is no emergency, and what an emergency allowed says so."""
    assert not ask("capture.take", "analyst", is_emergency=True).is_emergency
    assert ask("vault.open", "analyst", is_emergency=True) == Permission(True, "given_in_emergency", True)


def test_every_reason_is_told():
    """Each word that a permission may say is explained."""
    assert {"given", "role_missing", "second_unfit", "given_in_emergency", "own_work", "case_missing"} <= set(WHY)


@pytest.mark.parametrize("action", ACTIONS)
def test_one_owner(action):
    """Who is alone may do everything, without a second person or a case, but gives a reason where one is asked for."""
    alone = Staff(roles={}, is_alone=True)
    given = ask(action, "anybody", alone, case=None, author=None, second=None, reason="")
    assert given.why == ("reason_missing" if action in NEED_REASON else "given_alone")
    assert given.is_given is (action not in NEED_REASON)
    assert ask(action, "anybody", alone, case=None, second=None).is_given
