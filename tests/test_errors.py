"""Tests of cloneward.errors."""

import pytest

from cloneward import errors

FAMILIES = {
    errors.InputError: 2,
    errors.Unavailable: 75,
    errors.EvidenceError: 4,
    errors.RefusedError: 5,
}


@pytest.mark.parametrize(("family", "exit_code"), FAMILIES.items())
def test_family_fixes_the_exit_code(family, exit_code):
    """Each family has the exit code of the contract, and so has everything in it."""
    kinds = [family, *family.__subclasses__()]
    assert {kind.exit_code for kind in kinds} == {exit_code}


def test_every_error_is_in_one_family():
    """No error of ours stands outside the four families."""
    assert set(errors.Error.__subclasses__()) == set(FAMILIES)


@pytest.mark.parametrize("kind", [errors.Error, *FAMILIES, errors.NoWorkspace, errors.VersionMismatch])
def test_message_and_hint_stay_apart(kind):
    """What happened is the message, what to do next the hint, and the hint may be missing."""
    error = kind("the value 7 is odd", hint="give an even one")
    assert (str(error), error.hint) == ("the value 7 is odd", "give an even one")
    assert kind("alone").hint == ""


def test_unavailable_tells_when():
    """An error that passes tells when to try again, where that is known."""
    assert errors.Unavailable("busy", retry_after_s=2.5).retry_after_s == 2.5
    assert errors.Unavailable("busy").retry_after_s is None
