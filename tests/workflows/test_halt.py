"""The end of a run from outside."""

import pytest

from cloneward.workflows.halt import Halt


def test_asked_it_ends_at_once():
    """Whoever asks for the end ends the run there, with the code that was asked for."""
    halt = Halt()
    halt.check()
    with pytest.raises(SystemExit) as ended:
        halt.ask(143)
    assert ended.value.code == 143


def test_what_is_held_is_finished_first():
    """Asked for within a block that is held, the end waits for the next look."""
    halt = Halt()
    done = []
    with halt.hold():
        halt.ask(130)
        done.append("written")
    assert done == ["written"]
    assert halt.end is not None
    with pytest.raises(SystemExit):
        halt.check()


def test_what_fails_is_held_no_longer():
    """After a block that failed, asking ends the run again."""
    halt = Halt()
    with pytest.raises(ValueError, match="full"), halt.hold():
        raise ValueError("full")
    with pytest.raises(SystemExit):
        halt.ask(130)
