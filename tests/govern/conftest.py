"""A ledger with a key of its own, and a clock that waits in no time, for the tests of governing."""

import pytest

from cloneward.seal.custody import Ledger
from cloneward.seal.keys import KeyFolder
from tests.store.entries import JumpingClock


@pytest.fixture
def clock():
    """A clock that waits in no time."""
    return JumpingClock()


@pytest.fixture
def ledger(tmp_path, clock):
    """A ledger without an entry."""
    return Ledger(tmp_path / "custody", KeyFolder(tmp_path / "keys").add_key(b"s" * 32, clock.now()))
