"""Small sites that between them use what the web uses: every way to send a body, to spoil one, and to ask for one.

A capture of a site holds each decoded body that `Server` says it sent for it, one for one.
"""

import base64
from typing import Any

from tests.adversary.server import Answer, Handler, Line, Reply, Request, Site, Talk, write_head
from tests.adversary.wire import (
    CLOSE_FRAME,
    accept_key,
    cut_pieces,
    frame,
    make_png,
    make_wav,
    read_frame,
)
from tests.adversary.words import name_marker, tell, write_page

PLAIN, JSON, SCRIPT, STYLE = "text/plain; charset=utf-8", "application/json", "text/javascript", "text/css"
PNG, SVG, WAV = "image/png", "image/svg+xml", "audio/wav"
BIG_TEXT_BYTES, BIG_PICTURE_SIDE = 5_000_000, 1_600  # px; 7.7 MB
STREAM_PIECES = 2_000  # of a stream that does not end while anybody waits for it
LATE_MS = 800


def say(name: str, extra: str = "", head: str = "") -> bytes:
    """The page of a site: its marker and its text, and what it does besides."""
    return write_page(f"Site {name}", f"<p>{name_marker(name)} {tell(name)}</p>\n{extra}", head)


def show(name: str, extra: str = "", head: str = "") -> Reply:
    """The same as an answer."""
    return Reply(say(name, extra, head))


def put(name: str) -> str:
    """Script that writes a line of text below the page."""
    return f"document.body.insertAdjacentHTML('beforeend', '<p>{name_marker(name)} {tell(name, 3)}</p>')"


def run_script(code: str) -> str:
    """A script as it stands in a page."""
    return f"<script>{code}</script>"


def picture(name: str) -> Reply:
    """A picture whose bytes are of this name alone."""
    seed = name.encode()
    return Reply(make_png(40, 30, (sum(seed) % 256, len(seed) * 9 % 256, seed[0])) + seed, PNG)


def one(name: str, extra: str = "", head: str = "", **site: Any) -> Site:
    """A site of one page and what the page asks for: `routes` besides `/`."""
    routes = {"/": show(name, extra, head), **site.pop("routes", {})}
    must = site.pop("must", tuple(routes))
    return Site(name, routes, site.pop("text", f"{name_marker(name)} {tell(name)}"), must, **site)


def list_sites() -> list[Site]:
    """Every site."""
    return [
        *_list_redirects(),
        *_list_statuses(),
        *_list_broken(),
        *_list_codings(),
        *_list_parts(),
        *_list_scripted(),
        *_list_streams(),
        *_list_charsets(),
        *_list_odd(),
    ]


def _redirect(status: int, target: str = "/end") -> Reply:
    return Reply(f"moved by {status}".encode(), PLAIN, status, (("Location", target),))


def _list_redirects() -> list[Site]:
    sites = []
    for status in (301, 302, 303, 307, 308):
        name = f"redirect-{status}"
        sites.append(one(name, routes={"/": _redirect(status), "/end": show(name)}))
    chain = {f"/{step}": _redirect(302, f"/{step + 1}") for step in range(1, 6)}
    by_script = run_script("location.replace('/end')")
    by_meta = '<meta http-equiv="refresh" content="0; url=/end">'
    form = (
        '<form method="post" action="/take"><input name="word" value="lantern"></form>'
        "<script>document.forms[0].submit()</script>"
    )
    sites += [
        one("redirect-chain", routes={"/": _redirect(301, "/1"), **chain, "/6": show("redirect-chain")}),
        one("redirect-meta", routes={"/": Reply(write_page("Soon", "", by_meta)), "/end": show("redirect-meta")}),
        one("redirect-script", routes={"/": Reply(write_page("Soon", by_script)), "/end": show("redirect-script")}),
        one(
            "redirect-header",
            routes={"/": Reply(b"soon", headers=(("Refresh", "0; url=/end"),)), "/end": show("redirect-header")},
        ),
        one(
            "redirect-host",
            routes={"/": lambda request, _: _redirect(302, f"{request.origin('redirect-target')}/landing?from=host")},
            text=f"{name_marker('redirect-target')} {tell('redirect-target')}",
        ),
        one("redirect-target", routes={"/landing": show("redirect-target")}, must=("/",)),
        one(
            "redirect-part",
            '<img src="/old.png"><script src="/old.js"></script>',
            routes={
                "/old.png": _redirect(302, "/new.png"),
                "/old.js": _redirect(307, "/new.js"),
                "/new.png": picture("redirect-part"),
                "/new.js": Reply(b"document.title += ' moved'", SCRIPT),
            },
        ),
        one(
            "post-redirect-get",
            routes={
                "/": Reply(write_page("Soon", form)),
                "/take": _redirect(303),
                "/end": show("post-redirect-get"),
            },
        ),
    ]
    return sites


def _list_statuses() -> list[Site]:
    sites = []
    for status in (404, 410, 451, 500, 503):
        name = f"status-{status}"
        headers = (("Retry-After", "120"),) if status == 503 else ()
        sites.append(one(name, routes={"/": Reply(say(name), status=status, headers=headers)}))
    asks = "".join(run_script(f"fetch('/{path}', {{cache: 'no-cache'}})") for path in ("none", "none?again"))
    ask_twice = run_script(
        "(async () => { for (const turn of [1, 2, 3]) await (await fetch('/kept.txt', {cache: 'no-cache'})).text() })()"
    )
    sites += [
        one(
            "parts-missing",
            '<img src="/gone.png"><script src="/broken.js"></script><link rel="stylesheet" href="/gone.css">',
            routes={
                "/gone.png": Reply(b"no picture here", PLAIN, 404),
                "/broken.js": Reply(b"the server broke", PLAIN, 500),
                "/gone.css": Reply(b"", PLAIN, 410),
            },
        ),
        one("no-content", asks, routes={"/none": Reply(status=204, kind="")}),
        one("not-modified", ask_twice, routes={"/kept.txt": _answer_unless_same}),
        one("empty", routes={"/": Reply(b"")}, text=""),
        one("auth", routes={"/": _challenge("auth")}, text=""),
        one("auth-part", '<img src="/locked.png">', routes={"/locked.png": _challenge("auth-part")}),
        one(
            "early-hints",
            '<img src="/a.png">',
            routes={
                "/": Reply(
                    say("early-hints", '<img src="/a.png">'),
                    early=write_head(103, (("Link", "</a.png>; rel=preload; as=image"),)),
                ),
                "/a.png": picture("early-hints"),
            },
        ),
    ]
    return sites


def _answer_unless_same(request: Request, memory: dict[str, Any]) -> Answer:
    tag = ("ETag", '"lantern-1"')
    if request.header("If-None-Match") == tag[1]:
        return Reply(status=304, kind="", headers=(tag,))
    return Reply(b"kept by the browser", PLAIN, headers=(tag,))


def _challenge(name: str) -> Reply:
    return Reply(say(name), status=401, headers=(("WWW-Authenticate", 'Basic realm="staff"'),))


def _list_broken() -> list[Site]:
    image = make_png(200, 150, noise=b"quiet harbour ")
    cut = len(image) // 2
    script = b"document.title += ' cut';" * 400
    page_cut = 600
    sites = []
    for ending in ("close", "reset", "hang"):
        name = f"part-{ending}"
        sites.append(
            one(
                name,
                '<img src="/cut.png">',
                routes={"/cut.png": Reply(image, PNG, cut=cut, ending=ending)},
            )
        )
    long = say("page-short") + b"<p>never sent</p>" * 200
    sites += [
        one("page-short", routes={"/": Reply(long, cut=page_cut)}, text=name_marker("page-short")),
        one(
            "length-too-long",
            '<img src="/a.png">',
            routes={"/a.png": Reply(image, PNG, claimed=len(image) + 999, cut=len(image))},
        ),
        one(
            "chunks-cut",
            '<script src="/a.js"></script>',
            routes={"/a.js": Reply(script, SCRIPT, framing="chunked", cut=900)},
        ),
        one(
            "gzip-cut", '<script src="/a.js"></script>', routes={"/a.js": Reply(script, SCRIPT, coding="gzip", cut=40)}
        ),
        one("page-reset", routes={"/": Reply(long, cut=page_cut, ending="reset")}, text=""),
        one(
            "coding-lie",
            '<script src="/a.js"></script>',
            routes={"/a.js": Reply(b"this is no gzip", SCRIPT, headers=(("Content-Encoding", "gzip"),))},
            loose=frozenset({"/a.js"}),
        ),
        one(
            "head-cut",
            '<img src="/a.png">',
            routes={"/a.png": Talk(lambda line, request: line.send(b"HTTP/1.1 200 OK\r\nContent-Ty"))},
        ),
        one("no-answer", '<img src="/a.png">', routes={"/a.png": Talk(lambda line, request: line.reset())}),
        one(
            "not-http",
            '<img src="/a.png">',
            routes={"/a.png": Talk(lambda line, request: line.send(b"220 mail.example ESMTP\r\n"))},
            loose=frozenset({"/a.png"}),
        ),
    ]
    return sites


def _list_codings() -> list[Site]:
    def coded(name: str, coding: str, framing: str = "length", *, secure: bool = False) -> Site:
        script = f"document.body.dataset.coding = '{name}';".encode() * 50
        routes: dict[str, Answer | Handler] = {
            "/": Reply(say(name, '<script src="/a.js"></script>'), coding=coding, framing=framing),
            "/a.js": Reply(script, SCRIPT, coding=coding, framing=framing),
        }
        return one(name, routes=routes, secure=secure)

    return [
        coded("gzip", "gzip"),
        coded("deflate", "deflate"),
        coded("gzip-chunked", "gzip", "chunked"),
        coded("gzip-twice", "gzip, gzip"),
        # Browsers take these two from trusted origins only.
        coded("brotli", "br", secure=True),
        coded("brotli-chunked", "br", "chunked", secure=True),
        coded("zstd", "zstd", secure=True),
        coded("chunked", "", "chunked"),
        coded("until-close", "", "close"),
        one(
            "trailers",
            routes={"/": Reply(say("trailers"), framing="chunked", trailers=(("X-Digest", "none"),))},
        ),
    ]


def _list_parts() -> list[Site]:
    font = b"wOF2" + bytes(range(256)) * 20  # no font: browsers ask for it, and refuse it
    uri = base64.b64encode(make_png(4, 4)).decode()
    styles = (
        "@font-face{font-family:Own;src:url(/own.woff2)}h1{font-family:Own}p{background:url(/back.svg)}"
        "p::after{content:url(/after.png)}"
    )
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="9" height="9"/></svg>'
    tall = '<div style="height:4000px"></div>'
    frames: dict[str, Answer | Handler] = {
        f"/{depth}": Reply(
            write_page(f"Frame {depth}", f'{tell(f"frame {depth}", 2)}<iframe src="/{depth + 1}"></iframe>')
        )
        for depth in range(1, 5)
    }
    wav = make_wav(60)
    return [
        one("plain"),
        one("favicon", head='<link rel="icon" href="/own.png">', routes={"/own.png": picture("favicon")}, must=("/",)),
        one(
            "pictures",
            "".join(f'<img src="/{n}.png">' for n in range(20)),
            routes={f"/{n}.png": picture(f"p{n}") for n in range(20)},
        ),
        one(
            "responsive",
            '<picture><source srcset="/wide.png" media="(min-width: 1px)"><img src="/narrow.png"></picture>'
            '<img srcset="/once.png 1x, /twice.png 2x" src="/none.png">',
            routes={
                name: picture(name) for name in ("/wide.png", "/narrow.png", "/once.png", "/twice.png", "/none.png")
            },
            must=("/", "/wide.png"),
        ),
        one(
            "styles",
            head='<link rel="stylesheet" href="/a.css">',
            routes={
                "/a.css": Reply(b"@import '/b.css';" + styles.encode(), STYLE),
                "/b.css": Reply(b"@import url(/c.css?deep);h1{color:teal}", STYLE),
                "/c.css": Reply(b"p{margin:1em}", STYLE),
                "/own.woff2": Reply(font, "font/woff2"),
                "/back.svg": Reply(svg, SVG),
                "/after.png": picture("after"),
            },
        ),
        one(
            "frames",
            '<iframe src="/1"></iframe><iframe srcdoc="<p>inside</p><img src=/s.png>"></iframe>',
            routes={**frames, "/5": Reply(write_page("Innermost", tell("innermost"))), "/s.png": picture("srcdoc")},
        ),
        Site(
            "frame-host",
            {
                "/": lambda request, _: show(
                    "frame-host", f'<iframe src="{request.origin("frame-guest")}/inside"></iframe>'
                )
            },
            f"{name_marker('frame-host')} {tell('frame-host')}",
        ),
        one("frame-guest", routes={"/inside": show("frame-guest inside")}, must=("/",)),
        one("data-urls", f'<img src="data:image/png;base64,{uri}"><iframe src="data:text/html,<p>inside"></iframe>'),
        one(
            "lazy",
            f'{tall}<img loading="lazy" src="/low.png" width="40" height="30">',
            routes={"/low.png": picture("low")},
        ),
        one(
            "observer",
            f'{tall}<img id="low" width="40" height="30">'
            + run_script(
                "new IntersectionObserver(seen => { if (seen[0].isIntersecting) low.src = '/low.png' }).observe(low)"
            ),
            routes={"/low.png": picture("observed")},
        ),
        one(
            "preload",
            '<script type="module" src="/m.js"></script>',
            '<link rel="preload" as="image" href="/p.png"><link rel="modulepreload" href="/m.js">'
            '<link rel="prefetch" href="/next.html"><link rel="preload" as="fetch" crossorigin href="/d.json">',
            routes={
                "/p.png": picture("preload"),
                "/m.js": Reply(b"import '/n.js'; import('/late.js')", SCRIPT),
                "/n.js": Reply(b"export default 1", SCRIPT),
                "/late.js": Reply(b"document.body.dataset.late = 1", SCRIPT),
                "/d.json": Reply(b"{}", JSON),
                "/next.html": Reply(write_page("Next", "prefetched")),
            },
            must=("/", "/p.png", "/m.js", "/n.js", "/late.js"),
            loose=frozenset({"/next.html"}),
        ),
        one(
            "media",
            '<video src="/sound.wav" preload="auto" controls poster="/poster.png"></video>',
            routes={"/sound.wav": Reply(wav, WAV, ranges=True), "/poster.png": picture("poster")},
            loose=frozenset({"/sound.wav"}),  # a player takes as much as it likes, and hangs up
        ),
        one(
            "ranges",
            run_script(
                "for (const span of ['0-99', '100-', '5-5', '999999-'])"
                " fetch('/sound.wav', {headers: {Range: 'bytes=' + span}}).then(answer => answer.arrayBuffer())"
            ),
            routes={"/sound.wav": Reply(make_wav(1), WAV, ranges=True)},
        ),
        one(
            "big-text",
            routes={"/": Reply(say("big-text") + (tell("big", 400) + "\n").encode() * (BIG_TEXT_BYTES // 24_000))},
        ),
        one(
            "big-picture",
            '<img src="/big.png">',
            routes={"/big.png": Reply(make_png(BIG_PICTURE_SIDE, BIG_PICTURE_SIDE, noise=tell("noise").encode()), PNG)},
        ),
        one(
            "big-chunked",
            '<script src="/big.js"></script>',
            routes={"/big.js": Reply(b"// quiet\n" * 120_000, SCRIPT, framing="chunked")},
        ),
    ]


def _list_scripted() -> list[Site]:
    post = "{method: 'POST', body: 'word=lantern'}"
    form = "let form = new FormData(); form.append('file', new Blob(['quiet']), 'a.txt');"
    echo = lambda request, _: Reply(b"got " + request.body[:2000], PLAIN)  # noqa: E731 - an answer, as those beside it
    worker = b"importScripts('/part.js'); fetch('/from-worker.json').then(answer => answer.text()).then(postMessage)"
    blob = (
        "const made = new Blob([\"fetch('\" + location.origin + \"/from-blob.json')\"], {type: 'text/javascript'});"
        "new Worker(URL.createObjectURL(made));"
        "const seen = new Image(); seen.src = URL.createObjectURL(new Blob(['<svg/>'], {type: 'image/svg+xml'}))"
    )
    service = (
        b"self.addEventListener('install', event => { self.skipWaiting() });"
        b"self.addEventListener('activate', event => event.waitUntil(clients.claim()));"
        b"self.addEventListener('fetch', event => { if (event.request.url.endsWith('/made'))"
        b" event.respondWith(new Response('made by the worker')) })"
    )
    register = (
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(async () => {"
        " await fetch('/passed.json'); document.body.append(await (await fetch('/made')).text()) })"
    )
    talk = (
        "const line = new WebSocket(`ws://${location.host}/line`); line.onopen = () => line.send('hello');"
        "line.onmessage = event => document.body.append(event.data + ' ')"
    )
    late = f"setTimeout(async () => {{ document.body.append(await (await fetch('/late.txt')).text()) }}, {LATE_MS})"
    return [
        one(
            "fetch-json",
            run_script("fetch('/d.json').then(answer => answer.json()).then(it => document.body.append(it.word))"),
            routes={"/d.json": Reply(b'{"word": "lantern"}', JSON)},
        ),
        one("fetch-post", run_script(f"fetch('/take', {post})"), routes={"/take": echo}),
        one("fetch-form", run_script(f"{form} fetch('/take', {{method: 'POST', body: form}})"), routes={"/take": echo}),
        one(
            "fetch-put",
            run_script("fetch('/take', {method: 'PUT', body: 'x'}); fetch('/take', {method: 'DELETE'})"),
            routes={"/take": echo},
        ),
        one("fetch-head", run_script("fetch('/big', {method: 'HEAD'})"), routes={"/big": Reply(b"x" * 1000, PLAIN)}),
        one(
            "xhr-post",
            run_script("const ask = new XMLHttpRequest(); ask.open('POST', '/take'); ask.send('word=lantern')"),
            routes={"/take": echo},
        ),
        Site(
            "cross-origin",
            {
                "/": lambda request, _: show(
                    "cross-origin",
                    run_script(
                        f"fetch('{request.origin('open-data')}/d.json', {{method: 'PUT', headers: {{'X-Own': '1'}}}});"
                        f"fetch('{request.origin('open-data')}/opaque', {{mode: 'no-cors'}})"
                    ),
                )
            },
            f"{name_marker('cross-origin')} {tell('cross-origin')}",
        ),
        one(
            "open-data",
            routes={
                "/d.json": Reply(
                    b"{}",
                    JSON,
                    headers=(
                        ("Access-Control-Allow-Origin", "*"),
                        ("Access-Control-Allow-Methods", "PUT"),
                        ("Access-Control-Allow-Headers", "X-Own"),
                    ),
                ),
                "/opaque": Reply(b"nobody may read this", PLAIN),
            },
            must=("/",),
        ),
        one(
            "beacon",
            run_script(
                "addEventListener('pagehide', () => navigator.sendBeacon('/bye', 'word=lantern'));"
                "navigator.sendBeacon('/hello', 'word=lantern')"
            ),
            routes={"/hello": Reply(status=204, kind=""), "/bye": Reply(b"bye", PLAIN)},
            must=("/", "/hello"),
            loose=frozenset({"/bye"}),
        ),
        one("late", run_script(late), routes={"/late.txt": Reply(b"late words", PLAIN)}),
        one(
            "worker",
            run_script("new Worker('/w.js').onmessage = event => document.body.append(event.data)"),
            routes={
                "/w.js": Reply(worker, SCRIPT),
                "/part.js": Reply(b"self.part = 1", SCRIPT),
                "/from-worker.json": Reply(b'"from the worker"', JSON),
            },
        ),
        one(
            "blob",
            run_script(blob),
            routes={"/from-blob.json": Reply(b"{}", JSON, headers=(("Access-Control-Allow-Origin", "*"),))},
        ),
        one(
            "service-worker",
            run_script(register),
            routes={"/sw.js": Reply(service, SCRIPT), "/passed.json": Reply(b'{"passed": 1}', JSON)},
            secure=True,
        ),
        one("websocket", run_script(talk), routes={"/line": Talk(_talk_socket)}),
        Site("cookies", {"/": _count_visit, "/seen.txt": _tell_cookies}, name_marker("cookies"), ("/", "/seen.txt")),
        one(
            "csp",
            '<img src="/allowed.png"><script>document.body.append("never run")</script><script src="/own.js"></script>',
            routes={
                "/": Reply(
                    say(
                        "csp",
                        '<img src="/allowed.png"><script>document.body.append("never run")</script><script'
                        ' src="/own.js"></script>',
                    ),
                    headers=(("Content-Security-Policy", "default-src 'self'; report-uri /report"),),
                ),
                "/allowed.png": picture("csp"),
                "/own.js": Reply(b"document.body.dataset.own = 1", SCRIPT),
                "/report": Reply(status=204, kind=""),
            },
            must=("/", "/allowed.png", "/own.js"),
        ),
        one(
            "document-write",
            run_script("document.write('<script src=\"/w.js\"><' + '/script>')"),
            routes={
                "/w.js": Reply(b"document.write('<img src=/written.png>')", SCRIPT),
                "/written.png": picture("written"),
            },
        ),
        one(
            "same-address",
            run_script("(async () => { for (let n = 0; n < 5; n++) await (await fetch('/count.txt')).text() })()"),
            routes={"/count.txt": _count_up},
        ),
        one(
            "same-body",
            "".join(f'<script src="/s{n}.js?v={n}"></script>' for n in range(5)),
            routes={f"/s{n}.js": Reply(b"window.twin = 1", SCRIPT) for n in range(5)},
        ),
        one(
            "single-page",
            run_script(
                f"document.querySelector('p').remove(); history.pushState({{}}, '', '/deep/page'); {put('single-page')}"
            ),
            text=name_marker("single-page"),
        ),
    ]


def _talk_socket(line: Line, request: Request) -> None:
    """Greet a WebSocket, say again what it says, twice at most, and close."""
    headers = (
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(request.header("Sec-WebSocket-Key"))),
    )
    line.sent.status, line.sent.headers = 101, headers
    line.send(write_head(101, headers))
    for message in (b"welcome", b""):
        if not message:
            kind, message = read_frame(line.reader)  # noqa: PLW2901 - the client's own words
            line.sent.messages.append(("received", message))
            if kind == 8:
                return
        line.send(frame(message))
        line.sent.messages.append(("sent", message))
    line.send(frame(b"\x03\xe8", CLOSE_FRAME))
    line.sent.complete = True


def _count_visit(request: Request, memory: dict[str, Any]) -> Answer:
    memory["visits"] = memory.get("visits", 0) + 1
    extra = run_script("fetch('/seen.txt').then(answer => answer.text()).then(text => document.body.append(text))")
    headers = (
        ("Set-Cookie", f"visit={memory['visits']}; Path=/; HttpOnly"),
        ("Set-Cookie", "theme=plain; SameSite=Lax; Max-Age=3600"),
    )
    return Reply(say("cookies", extra), headers=headers)


def _tell_cookies(request: Request, memory: dict[str, Any]) -> Answer:
    return Reply(f"cookies: {sorted(request.cookies)}".encode(), PLAIN)


def _count_up(request: Request, memory: dict[str, Any]) -> Answer:
    memory["count"] = memory.get("count", 0) + 1
    return Reply(f"asked {memory['count']} times".encode(), PLAIN, headers=(("Cache-Control", "no-store"),))


def _list_streams() -> list[Site]:
    slow = b"".join(b"line %d\n" % number for number in range(20))
    read_slow = "fetch('/slow.txt').then(answer => answer.text()).then(text => document.body.append(text.length))"

    def tick():
        for number in range(STREAM_PIECES):
            yield f"data: tick {number}\n\n".encode()

    return [
        one(
            "event-stream",
            run_script("new EventSource('/events').onmessage = event => document.body.dataset.tick = event.data"),
            routes={"/events": Reply(kind="text/event-stream", framing="close", pieces=tick, pause_s=0.1)},
            loose=frozenset({"/events"}),
        ),
        one(
            "slow-body",
            run_script(read_slow),
            routes={
                "/slow.txt": Reply(kind=PLAIN, framing="chunked", pieces=lambda: cut_pieces(slow, 16), pause_s=0.05)
            },
        ),
        one("slow-head", '<img src="/slow.png">', routes={"/slow.png": Reply(picture("slow").body, PNG, delay_s=1.0)}),
    ]


def _list_charsets() -> list[Site]:
    words = "Bäume grüßen über Flüsse, façade déjà vu"
    japanese = "静かな港の灯台は銅の灯を見守る"
    html = "<!doctype html><meta charset='{}'><title>Words</title><p>{} {}</p>"

    def tell_in(name: str, text: str, codec: str, kind: str, meta: str = "") -> Site:
        declared = f"<meta charset='{meta}'>" if meta else ""
        body = f"<!doctype html>{declared}<title>Words</title><p>{name_marker(name)} {text}</p>".encode(codec)
        return one(name, routes={"/": Reply(body, kind)}, text=f"{name_marker(name)} {text}")

    return [
        tell_in("latin-1", words, "latin-1", "text/html; charset=iso-8859-1"),
        tell_in("latin-1-meta", words, "latin-1", "text/html", "iso-8859-1"),
        tell_in("shift-jis", japanese, "shift_jis", "text/html", "shift_jis"),
        tell_in("euc-jp", japanese, "euc_jp", "text/html; charset=euc-jp"),
        tell_in("utf-16", words, "utf-16", "text/html"),
        tell_in("utf-8-bom", japanese, "utf-8-sig", "text/html; charset=iso-8859-1"),
        one(
            "charset-lie",
            routes={"/": Reply(html.format("utf-8", name_marker("charset-lie"), words).encode("latin-1"))},
            text=name_marker("charset-lie"),
        ),
    ]


def _list_odd() -> list[Site]:
    odd_path = "/%E9%9D%99?q=%22a%20b%22&q=2&empty=&x=%F0%9F%90%A2"
    headers = (("X-Twice", "one"), ("X-Twice", "two"), ("X-Latin", "gr\xfc\xdfe"), ("x-empty", ""))
    return [
        one("text-page", routes={"/": Reply(f"{name_marker('text-page')} {tell('text-page')}".encode(), PLAIN)}),
        one(
            "json-page",
            routes={"/": Reply(f'{{"word": "{name_marker("json-page")}"}}'.encode(), JSON)},
            text=name_marker("json-page"),
        ),
        one("picture-page", routes={"/": picture("picture-page")}, text=""),
        one(
            "xhtml-page",
            routes={
                "/": Reply(
                    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>X</title></head>'
                    b"<body><p>" + name_marker("xhtml-page").encode() + b"</p></body></html>",
                    "application/xhtml+xml",
                )
            },
            text=name_marker("xhtml-page"),
        ),
        one("no-type", routes={"/": Reply(say("no-type"), kind="")}),
        one("odd-address", f'<img src="{odd_path}">', routes={"*": picture("odd")}, must=("/",)),
        one("odd-headers", routes={"/": Reply(say("odd-headers"), headers=headers)}),
        one("fragment", '<a id="low"></a>' + run_script("if (!location.hash) location.hash = '#low'")),
    ]
