"""Which technology serves which port: the only place of the workflows that names one."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from cloneward.capture.matrix import list_vantages
from cloneward.capture.plain import Plain
from cloneward.clock import Clock
from cloneward.errors import InputError, Unavailable
from cloneward.fetch.http import Fetcher
from cloneward.fetch.imap import Mailbox, Position
from cloneward.fetch.pace import Pace
from cloneward.fetch.post import Post
from cloneward.fetch.smtp import Relay
from cloneward.govern.roles import Request, Subject
from cloneward.model.content import Problem
from cloneward.model.vantage import Bounds, Vantage
from cloneward.ports import Browser, Channel
from cloneward.settings import Settings
from cloneward.store.outbox import Outbox
from cloneward.store.workspace import Workspace
from cloneward.workflows.access import look
from cloneward.workflows.capture import Job
from cloneward.workflows.evidence import make_ask, open_evidence
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.quarantine import Quarantine, open_stop
from cloneward.workflows.visit import Reader

PROFILES: Final = "cloneward-browser-"
"""How the folders of browsers are called, where the system keeps what is temporary."""

_OLD_S = 3_600


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
    sweep_profiles(Path(tempfile.gettempdir()), clock)
    with Chromium(settings.fetch, clock, program=settings.capture.program) as browser:
        yield browser


def sweep_profiles(folder: Path, clock: Clock) -> None:
    """Remove the profiles that killed runs left: those whose browser is gone, or an hour old where none was started."""
    for profile in folder.glob(f"{PROFILES}*"):
        with suppress(OSError):
            if (profile / "pid").exists():
                is_left = not _is_used(profile, (profile / "pid").read_text().strip())
            else:
                is_left = profile.stat().st_mtime + _OLD_S < clock.now().timestamp()
            if is_left:
                shutil.rmtree(profile, ignore_errors=True)


def _is_used(profile: Path, pid: str) -> bool:
    """Say whether a process with that number works in a profile, or has no command yet, as one that just begins."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return not command or str(profile).encode() in command


@contextmanager
def open_job(workspace: Workspace, clock: Clock, *, is_plain: bool, falls_back: bool = False) -> Iterator[Job]:
    """Give what captures addresses for the owner of a workspace, by plain requests alone where asked for.

    With `falls_back` by plain requests too where there is no browser; each capture then has a problem that says so.

    Raises:
        InputError: the keys, an authority or a stop list in the settings cannot be used.
        Unavailable: there is no browser, or another process writes to the workspace.
    """
    settings = workspace.settings
    evidence, plain = open_evidence(workspace, clock), open_plain(settings, clock)
    stop, quarantine = open_stop(workspace, clock), Quarantine(workspace, evidence.ledger, clock)
    lacks: Problem | None = None

    def permit(who: str, url: str) -> None:
        look(workspace, clock, Request(actor=who, action="capture.take", subject=Subject(id=url)))

    with ExitStack() as stack:
        browser: Browser = plain
        try:
            browser = plain if is_plain else stack.enter_context(open_browser(settings, clock))
        except Unavailable as error:
            if not falls_back:
                raise
            text = f"it was read by plain requests: {error}"
            lacks = Problem(code="no_browser", page=None, text=text, hint=error.hint)
        yield Job(
            browser=browser,
            plain=plain,
            evidence=evidence,
            ask=make_ask(workspace, clock),
            clock=clock,
            pace=Pace(clock),
            stop=stop,
            quarantine=quarantine,
            gatherer=open_gatherer(settings, clock, "capture"),
            permit=permit,
            lacks=lacks,
        )


def open_gatherer(settings: Settings, clock: Clock, purpose: str) -> Gatherer:
    """Give what reads addresses plainly and under our own name, as the settings allow."""
    return Gatherer(Reader(Fetcher(settings.fetch, clock, contact=settings.site), clock, purpose))


def open_channel(workspace: Workspace) -> Channel:
    """Give what carries letters: the outbox as long as the sandbox is on, else the owner's mail.

    Raises:
        InputError: the sandbox is off, and no mail server is set.
    """
    settings = workspace.settings
    if settings.sandbox:
        return Outbox(workspace.folder / "outbox")
    if not settings.mail.host:
        raise InputError("no mail server is set", hint="set host in [mail], or leave the sandbox on")
    return _open_post(settings)


def read_new_mail(workspace: Workspace) -> Iterator[bytes]:
    """Give what lies in the owner's mailbox, the oldest first; what was read before is known by its bytes.

    Raises:
        InputError: no mailbox is set, or it does not let us in.
        Unavailable: it cannot be reached.
    """
    return (content for content, _ in _open_post(workspace.settings).read(Position()))


def _open_post(settings: Settings) -> Post:
    mail = settings.mail
    relay = Relay(host=mail.host, port=mail.port, security=mail.security, user=mail.user, password=mail.password)
    box = Mailbox(
        host=mail.imap_host,
        port=mail.imap_port,
        user=mail.user,
        password=mail.password,
        security=mail.imap_security,
        folder=mail.folder,
    )
    return Post(relay, settings.sender.mail, mail.copy_to or settings.sender.mail, box if mail.imap_host else None)


def list_all(settings: Settings, clock: Clock) -> tuple[Vantage, ...]:
    """Give all vantages of a workspace: a plain visit, those for cloaked sites, and one from each source of its own."""
    known = list_vantages(now=clock.now(), site=settings.site, sources=settings.capture.sources)
    return (Vantage(name="desktop"), *known)
