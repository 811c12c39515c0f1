"""What a stage asks of the outside, where more than one thing can answer."""

from typing import Protocol

from cloneward.model.vantage import Bounds, Rendering, Vantage


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
