"""What implements a port gives what the port promises, by the same names."""

import inspect

import pytest

from cloneward.capture.chromium import Chromium
from cloneward.capture.plain import Plain
from cloneward.ports import Browser


@pytest.mark.parametrize("kind", [Chromium, Plain])
def test_browsers_are_asked_alike(kind):
    """A Chromium and a plain fetch are asked by the very words of the port, so that one can stand for the other."""
    assert inspect.signature(kind.render) == inspect.signature(Browser.render)
