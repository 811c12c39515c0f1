"""A visit without a browser: one plain request. It sees no more than the first answer, and says so."""

from collections.abc import Callable

from cloneward.capture.persona import name_agent, write_languages
from cloneward.capture.walls import find_walls
from cloneward.clock import Clock, format_utc
from cloneward.errors import InputError
from cloneward.fetch.http import Fetcher, Hop, Response
from cloneward.fingerprint.charset import decode
from cloneward.model.evidence import Exchange
from cloneward.model.vantage import Bounds, Document, Rendering, Vantage
from cloneward.url import host_of

MAJOR = 156
"""Of the Chromium that a plain request calls itself where a vantage asks for one: that of this release."""

_UNSEEN = "a plain request was made in place of a browser's visit"


class Plain:
    """Visits addresses by one request each; a `cloneward.ports.Browser` for where there is none.

    `open_fetcher` gives what reads an address within bounds.
    """

    def __init__(self, open_fetcher: Callable[[Bounds], Fetcher], clock: Clock) -> None:
        self._open_fetcher = open_fetcher
        self._clock = clock

    def render(self, url: str, vantage: Vantage, bounds: Bounds) -> Rendering:
        """Give what a plain request is given; see `cloneward.ports.Browser`."""
        return self.ask(url, make_headers(vantage), bounds)

    def ask(self, url: str, headers: dict[str, str], bounds: Bounds) -> Rendering:
        """Give what is given to a request with just these headers beside those that every request has."""
        started_at = format_utc(self._clock.now())
        response = self._open_fetcher(bounds).get(url, purpose="capture", headers=headers)
        html, _ = decode(response.body, response.charset or None)
        document = Document(url=response.final_url, html=html[: bounds.max_document])
        return Rendering(
            url=url,
            final_url=response.final_url,
            started_at=started_at,
            ended_at=format_utc(self._clock.now()),
            documents=(document,),
            exchanges=_list_exchanges(response, started_at),
            addresses=_list_addresses(response),
            not_recorded=dict.fromkeys(("script", "subresource", "screenshot"), _UNSEEN),
            problems=(*response.problems, *find_walls(response.final_url, document.html)),
        )


def make_headers(vantage: Vantage) -> dict[str, str]:
    """Give the headers by which a request looks as one from a vantage, as far as headers can."""
    headers = {
        "User-Agent": name_agent(vantage.device, MAJOR),
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language": write_languages(vantage.languages),
    }
    return headers | ({"Referer": vantage.referrer} if vantage.referrer else {})


def _list_exchanges(response: Response, at: str) -> tuple[Exchange, ...]:
    hops = [_make_exchange(hop, response, at) for hop in response.chain[:-1]]
    why = "; ".join(problem.text for problem in response.problems)
    last = _make_exchange(response.chain[-1], response, at, response.body)
    failure = "" if response.is_whole else why or "it is not whole"
    return (*hops, Exchange(**(vars(last) | {"is_whole": response.is_whole, "failure": failure})))


def _make_exchange(hop: Hop, response: Response, at: str, body: bytes = b"") -> Exchange:
    return Exchange(
        url=hop.url,
        requested_at=at,
        request_headers=response.sent,
        status=hop.status,
        response_headers=hop.headers,
        body=body,
        bodies="decoded",
        address=hop.address,
    )


def _list_addresses(response: Response) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for hop in response.chain:
        try:
            found.setdefault(host_of(hop.url), set()).add(hop.address.rpartition(":")[0].strip("[]"))
        except InputError:
            continue
    return {host: tuple(sorted(addresses)) for host, addresses in found.items()}
