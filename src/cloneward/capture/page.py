"""One visit made a capture: what is told of it, and what is kept beside its exchanges."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from ssl import DER_cert_to_PEM_cert

from cloneward import __version__
from cloneward.capture.har import write_har
from cloneward.errors import InputError
from cloneward.fingerprint.extract import extract
from cloneward.model.evidence import Attachment, Bodies, Capture, Mode, Visit
from cloneward.model.vantage import Rendering, Vantage
from cloneward.url import canonical


def describe_capture(rendering: Rendering, vantage: Vantage, *, capture: str, operator: str, purpose: str) -> Capture:
    """Give what is told of a visit.

    Args:
        rendering: what was given there.
        vantage: from where and as whom.
        capture: its id.
        operator: who had it made.
        purpose: what for.
    """
    mode = _tell_mode(rendering, vantage)
    bodies: Bodies = "wire" if mode == "proxy" else "decoded"
    return Capture(
        id=capture,
        url=rendering.url,
        vantage=spell_vantage(vantage),
        mode=mode,
        bodies=bodies,
        started_at=rendering.started_at,
        ended_at=rendering.ended_at,
        operator=operator,
        purpose=purpose,
        visits=(Visit(url=_find_page(rendering), at=rendering.started_at, title=rendering.title),),
        recorded=tuple(_list_recorded(rendering)),
        not_recorded=rendering.not_recorded,
        tools={"cloneward": __version__, **rendering.tools},
    )


def spell_vantage(vantage: Vantage) -> str:
    """Give a vantage on one line: its name, and what differs from a plain visit."""
    plain = asdict(Vantage(name=vantage.name))
    differs = {name: value for name, value in asdict(vantage).items() if value != plain[name]}
    told = (f"{name}={_spell(value)}" for name, value in differs.items() if name != "dwell_s")
    return " ".join([vantage.name, *told])


def list_attachments(rendering: Rendering) -> tuple[Attachment, ...]:
    """Give what is kept beside the exchanges: pictures, documents, their visible text, a HAR, and what was noted."""
    page = _find_page(rendering)
    kept: list[tuple[str, str, str, bytes]] = [
        (page, "view", "image/png", rendering.viewport),
        (page, "fullPage", "image/png", rendering.full_page),
    ]
    for number, document in enumerate(rendering.documents):
        html = document.html.encode("utf-8", "replace")
        address = page if number == 0 else f"{document.url}#{number}"
        kept.append((address, "dom", "text/html; charset=utf-8", html))
        kept.append(
            (address, "text", "text/plain; charset=utf-8", extract(html, "html").text.encode("utf-8", "replace"))
        )
    kept.append((page, "har", "application/json", write_har(rendering)))
    kept.append((page, "pageinfo", "application/json", _write_info(rendering)))
    return tuple(
        Attachment(url=url, kind=kind, media_type=media_type, made_at=rendering.ended_at, content=content)
        for url, kind, media_type, content in kept
        if content
    )


def _tell_mode(rendering: Rendering, vantage: Vantage) -> Mode:
    """Say who recorded the exchanges: the proxy between, the browser itself, or our own fetch without any."""
    if "chromium" not in rendering.tools:
        return "fetch"
    return "proxy" if vantage.is_recorded else "browser"


def _find_page(rendering: Rendering) -> str:
    """Give the address at which the visit ended, or where it leads nowhere that has one, that where it began."""
    try:
        return canonical(rendering.final_url or rendering.url)
    except InputError:
        return rendering.url


def _list_recorded(rendering: Rendering) -> Iterator[str]:
    kinds: Mapping[str, object] = {
        "exchanges": rendering.exchanges,
        "viewport": rendering.viewport,
        "full page": rendering.full_page,
        "documents": rendering.documents,
        "console": rendering.console,
        "certificates": rendering.certificates,
        "addresses": rendering.addresses,
    }
    return (name for name, value in kinds.items() if value)


def _write_info(rendering: Rendering) -> bytes:
    info = {
        "url": rendering.url,
        "final_url": rendering.final_url,
        "title": rendering.title,
        "console": list(rendering.console),
        "addresses": dict(rendering.addresses),
        "certificates": {
            host: [DER_cert_to_PEM_cert(one) for one in chain] for host, chain in rendering.certificates.items()
        },
        "problems": [asdict(problem) for problem in rendering.problems],
        "not_recorded": dict(rendering.not_recorded),
        "tools": dict(rendering.tools),
    }
    return json.dumps(info, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace")


def _spell(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
