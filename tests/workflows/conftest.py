"""A small web, read once for all tests of the workflows."""

import pytest

from cloneward.sim import write_web


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    """The folder of a small simulated web."""
    folder = tmp_path_factory.mktemp("web")
    write_web(folder, 5, pages=12, pages_of_others=2)
    return folder
