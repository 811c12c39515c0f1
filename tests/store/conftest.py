"""An empty workspace and a clock for the tests of the store."""

import pytest

from cloneward.store.workspace import Workspace
from tests.store.entries import JumpingClock


@pytest.fixture
def clock():
    """A clock that waits in no time."""
    return JumpingClock()


@pytest.fixture
def workspace(tmp_path):
    """An empty workspace of https://example.org/."""
    return Workspace.create(tmp_path / "workspace", "https://example.org/", {})


@pytest.fixture
def store(workspace, clock):
    """The items of the empty workspace, to write."""
    with workspace.writer(clock) as store:
        yield store
