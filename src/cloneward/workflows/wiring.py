"""Which technology serves which port: the only place of the workflows that names one."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from cloneward.capture.plain import Plain
from cloneward.clock import Clock
from cloneward.errors import Unavailable
from cloneward.fetch.http import Fetcher
from cloneward.fetch.pace import Pace
from cloneward.model.vantage import Bounds
from cloneward.ports import Browser
from cloneward.settings import Settings
from cloneward.store.workspace import Workspace
from cloneward.workflows.capture import Job
from cloneward.workflows.evidence import make_ask, open_evidence
from cloneward.workflows.quarantine import Quarantine, open_stop


def open_plain(settings: Settings, clock: Clock) -> Plain:
    """Give what makes plain requests as a visitor would, within the settings' bounds and those of a visit."""

    def open_fetcher(bounds: Bounds) -> Fetcher:
        rules = settings.fetch
        most, wait_s = min(rules.max_bytes, bounds.max_bytes), min(rules.timeout_s, bounds.timeout_s)
        return Fetcher(replace(rules, max_bytes=most, timeout_s=wait_s), clock, contact=settings.site)

    return Plain(open_fetcher, clock)


@contextmanager
def open_browser(settings: Settings, clock: Clock) -> Iterator[Browser]:
    """Give a real browser that is gone with the context.

    Raises:
        Unavailable: there is none on this machine, or nothing to drive it with.
    """
    try:
        from cloneward.capture.chromium import Chromium  # noqa: PLC0415  an extra, and half a second
    except ImportError as error:
        hint = "pip install 'cloneward[capture]', or capture without a browser: --plain"
        raise Unavailable(f"nothing to drive a browser with: {error}", hint=hint) from error
    with Chromium(settings.fetch, clock) as browser:
        yield browser


@contextmanager
def open_job(workspace: Workspace, clock: Clock, *, is_plain: bool) -> Iterator[Job]:
    """Give what captures addresses for the owner of a workspace, by plain requests alone where asked for.

    Raises:
        InputError: the keys, an authority or a stop list in the settings cannot be used.
        Unavailable: there is no browser, or another process writes to the workspace.
    """
    settings = workspace.settings
    evidence, plain = open_evidence(workspace, clock), open_plain(settings, clock)
    stop, quarantine = open_stop(workspace, clock), Quarantine(workspace, evidence.ledger, clock)
    with nullcontext(plain) if is_plain else open_browser(settings, clock) as browser:
        yield Job(browser, plain, evidence, make_ask(workspace, clock), clock, Pace(clock), stop, quarantine)
