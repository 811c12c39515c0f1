"""A real Chromium that visits an address, in a context of its own, with its sandbox on and the guard around it.

All that it asks for goes through a proxy of ours, one for each visit, which keeps it from private addresses and records
what flows; names are looked up there and nowhere else. The page is looked at as a person would: the pointer moves, the
page scrolls, and nothing is clicked, typed, granted, downloaded or confirmed. A watchdog ends the browser when its time
is over, whatever the page does to it.
"""

import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from playwright.sync_api import Browser, BrowserContext, Dialog, Download, Page, Playwright, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from cloneward.capture.exchanges import OWN_TALK, join_tunnels, list_addresses, list_certificates, tell_refused
from cloneward.capture.persona import Persona, choose_persona
from cloneward.capture.program import HINT, find_program, kill_browser, list_environment, make_profile, write_launcher
from cloneward.capture.walls import find_walls
from cloneward.clock import Clock, format_utc
from cloneward.errors import Problem, Unavailable
from cloneward.fetch.certify import Certifier
from cloneward.fetch.guard import Rules
from cloneward.fetch.proxy import Proxy, Recording
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Bounds, Document, Rendering, Vantage
from cloneward.url import canonical

_FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-pings",
    "--disable-domain-reliability",
    "--disable-breakpad",
    "--disable-blink-features=AutomationControlled",
    "--dns-prefetch-disable",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--deny-permission-prompts",
    "--autoplay-policy=user-gesture-required",
    "--js-flags=--max-old-space-size=512",
    "--disable-features=DnsOverHttps,OptimizationHints,MediaRouter,Translate,ServiceWorkerSubresourceFilter",
)
_LEFT_OUT: Final = ("--enable-automation", "--enable-unsafe-swiftshader")
_MASK: Final = files("cloneward.capture") / "mask.js"
_NOWHERE: Final = "http://127.0.0.1:9"  # for what belongs to no visit: the port of RFC 863, which nobody serves
_MOST_VISITS: Final = 50  # of one browser, after which a new one begins with a clean memory
_MAX_FRAMES: Final = 40
_MAX_CONSOLE: Final = 200
_MAX_LINE: Final = 2_000
_MAX_HEIGHT: Final = 12_000  # px of a full picture: what is longer is shown to there
_STEP_MS: Final = 120
_SWIPE: Final = 3_000  # px a second
_PHONES: Final = frozenset({"android", "app", "iphone"})
_GLANCE_S: Final = 1.0  # how long it is looked at in visits before the one that counts
_TOUCHES: Final = 5  # fingers that the screen of a phone tells apart
_CORES: Final = 8  # of a visitor's processor
_SHOT_MS: Final = 10_000
_GRACE_S: Final = 5.0
_QUIET_MS: Final = 3_000
_MAX_BODIES: Final = 1_000


@dataclass
class _Running:
    """A browser under way, the folder that goes with it, and the key of the certificates that it takes."""

    folder: tempfile.TemporaryDirectory[str]
    certifier: Certifier
    browser: Browser
    visits: int = 0

    @property
    def path(self) -> Path:
        """Where its profile is, and its process id."""
        return Path(self.folder.name)


class Chromium:
    """Visits addresses, each in a context of its own that shares nothing with another. Use it as a context.

    One browser serves many visits: it is started by the first, and anew where a page has broken it or made us end it.
    """

    def __init__(self, rules: Rules, clock: Clock, *, program: str = "", tls: ssl.SSLContext | None = None) -> None:
        """Find the browser.

        Args:
            rules: the settings' `[fetch]`.
            clock: tells the times that are recorded; a browser moves in real time.
            program: path of the browser; the one on PATH where empty.
            tls: which certificates of sites hold; those that the system trusts by default.

        Raises:
            Unavailable: there is none.
        """
        self._rules = rules
        self._clock = clock
        self._tls = tls or ssl.create_default_context()
        self._program = find_program(program)
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        """Start the driver."""
        self._manager = sync_playwright()
        self._driver: Playwright = self._manager.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the driver, and the browser that it still has."""
        self._end()
        self._driver.stop()

    def render(self, url: str, vantage: Vantage, bounds: Bounds) -> Rendering:
        """Give what a visitor is given; see `cloneward.ports.Browser`."""
        url = canonical(url)
        persona = choose_persona(vantage, self._program.major)
        running = self._start()
        started_at = format_utc(self._clock.now())
        recording = Recording(clock=self._clock, certifier=running.certifier, tls=self._tls)
        proxy = Proxy(
            self._rules,
            max_bytes=bounds.max_bytes,
            timeout_s=bounds.timeout_s + _GRACE_S,
            source=vantage.source,
            recording=recording if vantage.is_recorded else None,
            closed=OWN_TALK,
        )
        sight = _Sight(url=url, bounds=bounds, clock=self._clock, is_recorded=vantage.is_recorded)
        try:
            with proxy, _open_page(running, proxy.address, vantage, persona, sight) as page:
                sight.visit(page, vantage)
        finally:
            if sight.was_killed or not sight.is_closed:
                self._end()
        return self._sum_up(sight, proxy, started_at)

    def _start(self) -> _Running:
        """Give the browser under way; a new one where there is none, or it has served its time."""
        running = self._running
        if running is not None and (running.visits >= _MOST_VISITS or not running.browser.is_connected()):
            self._end()
        if self._running is None:
            self._running = self._launch()
        self._running.visits += 1
        return self._running

    def _launch(self) -> _Running:
        folder = tempfile.TemporaryDirectory(prefix="cloneward-browser-", ignore_cleanup_errors=True)
        path = Path(folder.name)
        certifier = Certifier(path, self._clock)
        try:
            profile = make_profile(path)
            browser = self._driver.chromium.launch(
                executable_path=write_launcher(path, self._program.path),
                chromium_sandbox=True,
                headless=True,
                args=[*_FLAGS, f"--ignore-certificate-errors-spki-list={certifier.spki}"],
                ignore_default_args=list(_LEFT_OUT),
                env=list_environment(profile),
                proxy={"server": _NOWHERE},
                timeout=30_000,
            )
        except PlaywrightError as error:
            kill_browser(path)
            folder.cleanup()
            raise Unavailable(f"Chromium does not start: {_shorten(str(error))}", hint=HINT) from error
        return _Running(folder, certifier, browser)

    def _end(self) -> None:
        """End the browser, with all its processes, and remove its folder."""
        if self._running is not None:
            kill_browser(self._running.path)
            with suppress(PlaywrightError):
                self._running.browser.close()
            self._running.folder.cleanup()
            self._running = None

    def _sum_up(self, sight: "_Sight", proxy: Proxy, started_at: str) -> Rendering:
        tunnels = proxy.tunnels
        if proxy.is_exhausted and not sight.was_killed:
            text = "the bytes or connections that a visit may take ran out: something may be missing"
            sight.tell(Problem(code="capture_cut", page=None, text=text))
        return Rendering(
            url=sight.url,
            final_url=sight.final_url,
            title=sight.title,
            started_at=started_at,
            ended_at=format_utc(self._clock.now()),
            documents=tuple(sight.documents),
            viewport=sight.viewport,
            full_page=sight.full_page,
            console=tuple(sight.console),
            exchanges=join_tunnels(tunnels) if sight.is_recorded else tuple(sight.exchanges),
            certificates=list_certificates(tunnels),
            addresses=list_addresses(tunnels),
            not_recorded=sight.list_unrecorded(),
            problems=(*sight.problems, *tell_refused(tunnels)),
            tools={"chromium": self._program.version},
        )


@dataclass
class _Sight:
    """What is seen in one visit, as it comes."""

    url: str
    bounds: Bounds
    clock: Clock
    is_recorded: bool
    final_url: str = ""
    title: str = ""
    documents: list[Document] = field(default_factory=list)
    viewport: bytes = b""
    full_page: bytes = b""
    console: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    popups: int = 0
    sockets: int = 0
    workers: int = 0
    was_killed: bool = False
    is_over: bool = False
    is_closed: bool = False
    _responses: list[Response] = field(default_factory=list)

    def tell(self, problem: Problem) -> None:
        """Note once what kept us from something."""
        problem = replace(problem, page=self.url)
        if problem not in self.problems:
            self.problems.append(problem)

    def give_up(self, folder: Path) -> None:
        """End a browser whose time is over."""
        if not self.is_over:
            self.was_killed = True
            kill_browser(folder)

    def listen(self, context: BrowserContext, page: Page) -> None:
        """Take note of what the page does, and let it do none of what a visitor would have to allow."""
        context.on("page", self._close_popup)
        page.on("dialog", self._dismiss)
        page.on("download", self._refuse)
        page.on("console", lambda message: self._note(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        page.on("websocket", lambda _: self._count("sockets"))
        page.on("worker", lambda _: self._count("workers"))
        page.on("crash", lambda _: self.tell(Problem(code="page_crashed", page=None, text="the page crashed its tab")))
        if not self.is_recorded:
            page.on("response", lambda response: self._responses.append(response))  # noqa: PLW0108  it takes no builtin

    def visit(self, page: Page, vantage: Vantage) -> None:
        """Go there, look at it as a person would, and keep what there is to see."""
        try:
            for _ in range(vantage.visits - 1):
                self._go(page, vantage)
                _wander(page, vantage, min(vantage.dwell_s, _GLANCE_S))
            self._go(page, vantage)
            _wander(page, vantage, vantage.dwell_s)
            with suppress(PlaywrightError):
                page.wait_for_load_state("networkidle", timeout=_QUIET_MS)
        except PlaywrightError as error:
            self._tell_error(error)
        self._keep(page)

    def list_unrecorded(self) -> dict[str, str]:
        """Name the kinds of traffic that the exchanges do not hold."""
        missing = {"blob": "made in the page; its screenshot and DOM show it"}
        if self.sockets:
            missing["websocket"] = f"{self.sockets} connections: their first request is kept, their messages are not"
        if not self.is_recorded:
            missing["service_worker"] = "blocked, since what it asks for could not be recorded"
            missing["wire"] = "bodies are as the browser decoded them; those of redirects are not handed over"
            if self.workers:
                missing["worker"] = f"{self.workers} workers: what they asked for may be missing"
        return missing

    def _go(self, page: Page, vantage: Vantage) -> None:
        page.goto(
            self.url, referer=vantage.referrer or None, timeout=self.bounds.timeout_s * 1_000, wait_until="commit"
        )
        with suppress(PlaywrightError):
            page.wait_for_load_state("load", timeout=_SHOT_MS)

    def _keep(self, page: Page) -> None:
        """Keep what can still be had; each may fail alone, as where the page never rests."""
        self.final_url = page.url
        steps: tuple[Callable[[Page], None], ...] = (
            self._read_documents,
            self._take_viewport,
            self._take_full,
        )
        for step in steps:
            try:
                step(page)
            except PlaywrightError as error:
                self._tell_error(error)
                if self.was_killed:
                    return
        self._read_bodies()

    def _read_documents(self, page: Page) -> None:
        self.title = page.title()[:_MAX_LINE]
        left = self.bounds.max_document
        for frame in page.frames[:_MAX_FRAMES]:
            with suppress(PlaywrightError):
                html = frame.content()
                if len(html) > left:
                    self.tell(
                        Problem(
                            code="document_cut",
                            page=None,
                            text=f"its documents have more than {self.bounds.max_document:,} characters",
                        )
                    )
                self.documents.append(Document(url=frame.url, html=html[:left]))
                left -= len(self.documents[-1].html)
                self.problems += [wall for wall in find_walls(frame.url, html) if wall not in self.problems]
        if len(page.frames) > _MAX_FRAMES:
            self.tell(
                Problem(
                    code="frames_left_out", page=None, text=f"of {len(page.frames):,} frames {_MAX_FRAMES} were read"
                )
            )

    def _take_viewport(self, page: Page) -> None:
        with suppress(PlaywrightError):
            page.evaluate("scrollTo(0, 0)")
        self.viewport = page.screenshot(timeout=_SHOT_MS, animations="disabled")

    def _take_full(self, page: Page) -> None:
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        width, height = (int(side) if isinstance(side, int | float) else 0 for side in size)
        shown = page.viewport_size
        if self.viewport and shown and width <= shown["width"] and height <= shown["height"]:
            self.full_page = self.viewport
        elif height > _MAX_HEIGHT:
            self.tell(
                Problem(
                    code="picture_cut",
                    page=None,
                    text=f"the page is {height:,} px long; its picture shows {_MAX_HEIGHT:,}",
                )
            )
            clip = {"x": 0, "y": 0, "width": min(max(width, 1), 4_000), "height": _MAX_HEIGHT}
            self.full_page = page.screenshot(full_page=True, clip=clip, timeout=_SHOT_MS, animations="disabled")  # type: ignore[arg-type]
        else:
            self.full_page = page.screenshot(full_page=True, timeout=_SHOT_MS, animations="disabled")

    def _read_bodies(self) -> None:
        """Ask the browser for what it received, where no proxy recorded it."""
        for response in self._responses[:_MAX_BODIES]:
            self.exchanges.append(_read_exchange(response, format_utc(self.clock.now())))
        if len(self._responses) > _MAX_BODIES:
            self.tell(
                Problem(
                    code="exchanges_left_out",
                    page=None,
                    text=f"of {len(self._responses):,} answers {_MAX_BODIES:,} were kept",
                )
            )

    def _close_popup(self, page: Page) -> None:
        self.popups += 1
        self.tell(Problem(code="popup_closed", page=None, text="it opened windows; they were closed at once"))
        with suppress(PlaywrightError):
            page.close()

    def _dismiss(self, dialog: Dialog) -> None:
        self._note(f"dialog {dialog.type}: {dialog.message}")
        self.tell(Problem(code="dialog_dismissed", page=None, text="it showed dialogs; they were dismissed"))
        with suppress(PlaywrightError):
            dialog.dismiss()

    def _refuse(self, download: Download) -> None:
        self.tell(
            Problem(
                code="download_refused",
                page=None,
                text=f"it offers a file, which was not taken: {_shorten(download.suggested_filename)}",
            )
        )
        with suppress(PlaywrightError):
            download.cancel()

    def _note(self, line: str) -> None:
        if len(self.console) < _MAX_CONSOLE:
            self.console.append(line[:_MAX_LINE])

    def _count(self, name: str) -> None:
        setattr(self, name, getattr(self, name) + 1)

    def _tell_error(self, error: PlaywrightError) -> None:
        if self.was_killed:
            text = f"its time of {self.bounds.timeout_s:g} s was over: the browser was ended"
            self.tell(Problem(code="capture_cut", page=None, text=text, hint="what was received until then is kept"))
        else:
            self.tell(Problem(code="page_failed", page=None, text=f"the browser says: {_shorten(str(error))}"))


@contextmanager
def _open_page(running: _Running, proxy: str, vantage: Vantage, persona: Persona, sight: "_Sight") -> Iterator[Page]:
    """Give a page of a new context, which is gone afterwards; the browser is killed when its time is over.

    Raises:
        Unavailable: it gives none.
    """
    watchdog = threading.Timer(sight.bounds.timeout_s, lambda: sight.give_up(running.path))
    watchdog.daemon = True
    watchdog.start()
    try:
        context = _make_context(running.browser, proxy, vantage, persona)
        page = context.new_page()
        _be(context, page, persona, vantage)
        sight.listen(context, page)
    except PlaywrightError as error:
        watchdog.cancel()
        raise Unavailable(f"Chromium gives no page: {_shorten(str(error))}", hint="try again") from error
    try:
        yield page
    finally:
        sight.is_over = True
        with suppress(PlaywrightError):
            context.close()
            sight.is_closed = True
        watchdog.cancel()


def _make_context(browser: Browser, proxy: str, vantage: Vantage, persona: Persona) -> BrowserContext:
    return browser.new_context(
        proxy={"server": f"http://{proxy}", "bypass": "<-loopback>"},
        user_agent=persona.user_agent,
        viewport={"width": persona.width, "height": persona.height},
        screen={"width": persona.screen_width, "height": persona.screen_height},
        device_scale_factor=persona.density,
        is_mobile=persona.is_mobile,
        has_touch=persona.is_mobile,
        locale=vantage.languages[0],
        timezone_id=vantage.timezone or None,
        accept_downloads=False,
        service_workers="allow" if vantage.is_recorded else "block",
    )


def _be(context: BrowserContext, page: Page, persona: Persona, vantage: Vantage) -> None:
    """Make a page say of itself what its persona is."""
    told: dict[str, Any] = {
        "userAgent": persona.user_agent,
        "acceptLanguage": ",".join(vantage.languages),
        "platform": persona.platform,
    }
    if persona.hints is not None:
        told["userAgentMetadata"] = dict(persona.hints)
    session = context.new_cdp_session(page)
    session.send("Emulation.setUserAgentOverride", told)
    session.send("Emulation.setHardwareConcurrencyOverride", {"hardwareConcurrency": _CORES})
    if persona.is_mobile:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": _TOUCHES})
    window = session.send("Browser.getWindowForTarget")["windowId"]
    bounds = {"left": 0, "top": 0, "width": persona.outer_width, "height": persona.outer_height}
    session.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})
    with suppress(PlaywrightError):
        page.wait_for_function("outerWidth > 0", timeout=_SHOT_MS)  # else the page's first script finds no window
    page.add_init_script(_MASK.read_text("utf-8"))


def _wander(page: Page, vantage: Vantage, dwell_s: float) -> None:
    """Scroll to the end and back for a time, as someone who looks at a page: by pointer and wheel, or by finger."""
    steps = max(int(dwell_s * 1_000 / _STEP_MS), 1)
    finger = page.context.new_cdp_session(page) if vantage.device in _PHONES else None
    for step in range(steps):
        distance = 900 if step < steps * 2 // 3 else -900
        if finger:
            swipe = {"x": 200, "y": 400, "yDistance": -distance // 3, "speed": _SWIPE, "gestureSourceType": "touch"}
            finger.send("Input.synthesizeScrollGesture", swipe)
        else:
            page.mouse.move(200 + 37 * step % 500, 150 + 53 * step % 400)
            page.wait_for_timeout(_STEP_MS)
        page.mouse.wheel(0, distance)  # on a phone too: a finger alone goes slowly to the end of a long page


def _read_exchange(response: Response, now: str) -> Exchange:
    request = response.request
    try:
        body, failure = response.body(), ""
    except PlaywrightError as error:
        body, failure = b"", f"the browser did not hand its body over: {_shorten(str(error))}"
    reached = response.server_addr()
    return Exchange(
        url=response.url,
        method=request.method,
        requested_at=now,
        request_headers=_list_headers(request.headers_array()),
        request_body=request.post_data_buffer or b"",
        status=response.status,
        reason=response.status_text,
        response_headers=_list_headers(response.headers_array()),
        body=body,
        bodies="decoded",
        is_whole=not failure,
        failure=failure,
        address=f"{reached['ipAddress']}:{reached['port']}" if reached else None,
    )


def _list_headers(headers: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((header["name"], header["value"]) for header in headers)


def _shorten(text: str) -> str:
    return " ".join(text.split())[:300]
