"""What a stage asks of the outside, where more than one thing can answer."""

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple

from cloneward.model.vantage import Bounds, Rendering, Vantage

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")


class Browser(Protocol):
    """Visits addresses as a person would: a Chromium, or a plain fetch where there is none."""

    def render(self, url: str, vantage: Vantage, bounds: Bounds) -> Rendering:
        """Give what a visitor from a vantage is given, within bounds and ending by itself, whatever the page does.

        What the other side does is never raised: it is in the problems of what is given.

        Raises:
            InputError: `url` is no web address.
            RefusedError: the guard does not let us there.
            Unavailable: nothing answers there, or the browser cannot be started.
        """
        ...


class Channel(Protocol):
    """Carries letters to those who can act: the owner's mail, or an outbox from which nothing leaves.

    `settle_s`: seconds after which a letter that was taken is sure to be found by `has`.
    """

    settle_s: float

    def send(self, message_id: str, recipient: str, content: bytes) -> str:
        """Hand a letter over, and give what was said when it was taken.

        Raises:
            RefusedError: it will never be taken; nothing went.
            Unavailable: not now; nothing went, or with the code `unsure` nobody knows.
        """
        ...

    def has(self, message_id: str) -> bool:
        """Say whether a letter was taken before."""
        ...


class Steps(Protocol):
    """Runs the steps of a workflow's body: at once, or so that what was done is not done again after a crash."""

    def step(self, name: str, function: Callable[[*Arguments], Value], *arguments: *Arguments) -> Value:
        """Give what a function gives; of a step that has run to its end before, what it gave then.

        One that was cut short runs again, so running twice must do no harm. What it gives is kept as JSON, and read
        back as what its annotation says.
        """
        ...


Body = Callable[[Steps, bytes], None]
"""A workflow's list of steps over one noun, which it is given as JSON."""

Run = Callable[[str, object], None]
"""Runs a body over a noun, once to its end for each name; begun again, it goes on behind the last step that ended."""
