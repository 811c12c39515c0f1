"""What a capture gives to compare: its pages as they stood in the browser, and the pictures that these received."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final
from urllib.parse import urljoin

from cloneward.archive.asset import locate_asset
from cloneward.archive.folder import RawPage
from cloneward.archive.media import MAX_IMAGE_BYTES, MAX_VIDEO_BYTES
from cloneward.archive.payload import decode_payload
from cloneward.clock import format_utc
from cloneward.fingerprint.beside import read_beside
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.winnow import fingerprint
from cloneward.match.find import find_matches
from cloneward.match.records import find_records
from cloneward.model.case import SealState
from cloneward.model.content import Problem
from cloneward.model.evidence import Attachment, Exchange
from cloneward.model.ids import digest_bytes
from cloneward.model.vantage import Document as Shown
from cloneward.model.vantage import Rendering
from cloneward.store.answers import Answer
from cloneward.url import host_of, registered_domain
from cloneward.workflows.gallery import Gallery
from cloneward.workflows.library import Library
from cloneward.workflows.pictures import Look, Reference, Seen
from cloneward.workflows.visit import Document, detect_kind

CLOCK: Final = "clock"
"""Kind of the note on how far our clock was from that of a host."""

_MAX_LIST_BYTES: Final = 64 * 1024 * 1024
_MAX_HOPS: Final = 10
_GOOD: Final = range(200, 300)
_PART: Final = 206
_ERROR: Final = 400


@dataclass(frozen=True, kw_only=True)
class Captured:
    """What an address gave from one vantage, under seal: page by page, and why anything is missing."""

    renderings: tuple[Rendering, ...]
    seal: SealState
    problems: tuple[Problem, ...] = ()

    @property
    def site(self) -> str:
        """The host at which the address led to a page."""
        first = self.renderings[0]
        return host_of(first.final_url or first.url)

    @property
    def is_plain(self) -> bool:
        """Whether a page was all that was asked for, and nothing that it shows."""
        return "subresource" in self.renderings[0].not_recorded


def find_answer(rendering: Rendering) -> Exchange | None:
    """Give the answer that a page was made of; none where it was not recorded."""
    page = rendering.final_url.partition("#")[0]
    answers = [one for one in rendering.exchanges if one.url.partition("#")[0] == page and one.status is not None]
    return answers[-1] if answers else None


def is_answered(rendering: Rendering) -> bool:
    """Say whether anything came of a visit; a browser shows a page of its own where nothing did."""
    return any(one.status is not None for one in rendering.exchanges) or any(map(_is_theirs, rendering.documents))


def find_list(rendering: Rendering) -> Document | None:
    """Give the sitemap or feed that an address gave; none where it gave a page."""
    answer = find_answer(rendering)
    body = b"" if answer is None else _decode(answer, _MAX_LIST_BYTES)
    if answer is None or detect_kind(body) == "page":
        return None
    told = Answer(
        url=rendering.url,
        final_url=rendering.final_url,
        digest=digest_bytes(body),
        content_type=_find_header(answer, "content-type"),
        etag="",
        last_modified="",
        read_at=datetime.fromisoformat(rendering.started_at),
    )
    return Document(told, body)


def list_pages(renderings: Sequence[Rendering]) -> Iterator[RawPage | Problem]:
    """Give the documents of all pages of one site, those of frames behind the page that shows them.

    A sitemap or feed at the address itself is no page. What led to another site is told, and not compared: it may have
    led to ours.
    """
    first, *others = renderings
    site = registered_domain(host_of(first.final_url or first.url))
    for rendering in others if find_list(first) else renderings:
        landed = rendering.final_url or rendering.url
        if registered_domain(host_of(landed)) != site:
            text = f"it leads to another site, {landed}, and was not compared"
            yield Problem(code="page_elsewhere", page=rendering.url, text=text, hint="check that one by itself")
            continue
        yield from _list_documents(rendering, landed)


def look_in_capture(gallery: Gallery, renderings: Sequence[Rendering], *, keeps: bool) -> Look:
    """Look at the pictures and videos that browsers received, by the addresses that pages name them by."""
    received = _index_answers(one for rendering in renderings for one in rendering.exchanges)

    @cache
    def see(place: str, *, is_video: bool) -> Seen:
        answer = _follow(received, place)
        if answer is None:
            return None
        content = _decode(answer, MAX_VIDEO_BYTES if is_video else MAX_IMAGE_BYTES)
        return gallery.watch(content) if is_video else gallery.look(content, keeps=keeps)

    def look(reference: Reference) -> Seen:
        place = locate_asset(reference.page.url or "", reference.address)
        return None if place is None else see(place, is_video=reference.is_video)

    return look


def note_clock(rendering: Rendering) -> Attachment:
    """Give how far our clock was from that of the host visited, by the Date of its answer, or that it told none.

    A host may say what it likes: it is a hint, and the tokens upon the seal are the proof. The difference is uncertain
    by the second that a Date is whole in, and by the time that the answer took.
    """
    answer = find_answer(rendering)
    told = None if answer is None else _read_date(_find_header(answer, "date"))
    note: dict[str, object] = {"measured": told is not None, "by": "HTTP Date"}
    if answer is not None and told is not None:
        ours = datetime.fromisoformat(answer.requested_at)
        note |= {"host": host_of(answer.url), "theirs": format_utc(told), "ours": answer.requested_at}
        note["difference_s"] = round((ours - told).total_seconds(), 3)
    content = json.dumps(note, sort_keys=True).encode()
    return Attachment(
        url=rendering.url, kind=CLOCK, media_type="application/json", made_at=rendering.ended_at, content=content
    )


def _read_date(text: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def find_failure(rendering: Rendering) -> Problem | None:
    """Give that an address answered with an error, if it did."""
    answer = find_answer(rendering)
    if answer is None or answer.status is None or answer.status < _ERROR:
        return None
    text = f"{rendering.url} answered with status {answer.status}"
    return Problem(code="target_missing", page=None, text=text, hint="the capture holds what it said")


def is_shown(library: Library, rendering: Rendering) -> bool:
    """Say whether what a visitor was given holds text or a record of ours, long enough to be told."""
    return any(_is_ours(library, page) for page in _list_documents(rendering, rendering.final_url or rendering.url))


def _is_ours(library: Library, page: RawPage) -> bool:
    content = extract(page.content, "html", page.charset)
    if find_matches(page.address, fingerprint(content.text), library.index, library.load).matches:
        return True
    beside = read_beside(page.content)
    return bool(
        len(library.records) and find_records(page.address, content, library.records, library.read_records, beside)
    )


def _list_documents(rendering: Rendering, landed: str) -> Iterator[RawPage]:
    for number, document in enumerate(filter(_is_theirs, rendering.documents)):
        is_own = number == 0 or not document.url.startswith(("http://", "https://"))
        yield RawPage(
            landed if number == 0 else f"{document.url}#{number}",
            document.html.encode("utf-8", "replace"),
            is_html=True,
            url=landed if is_own else document.url,
            seen_at=rendering.started_at,
            charset="utf-8",
            is_fetched=True,
        )


def _is_theirs(document: Shown) -> bool:
    return not document.url.startswith("chrome-error:")


def _index_answers(exchanges: Iterable[Exchange]) -> Mapping[str, Exchange]:
    """Give the last answer of each place that says something: a body that came whole, or a redirect."""
    received: dict[str, Exchange] = {}
    for one in exchanges:
        place = locate_asset(one.url, "")
        if place and one.status and (one.body or _find_header(one, "location")) and one.is_whole:
            received[place] = one
    return received


def _follow(received: Mapping[str, Exchange], place: str) -> Exchange | None:
    """Give the answer at a place in the end, redirects followed."""
    for _ in range(_MAX_HOPS):
        answer = received.get(place)
        if answer is None or answer.status in _GOOD:
            return None if answer is None or _is_part(answer) else answer
        try:
            place = locate_asset(urljoin(answer.url, _find_header(answer, "location")), "") or ""
        except ValueError:
            return None
    return None


def _is_part(answer: Exchange) -> bool:
    """Say whether an answer is a part of a file that does not hold all of it: `bytes 0-99/5000` (RFC 9110, 14.4)."""
    return answer.status == _PART and not _find_header(answer, "content-range").endswith(
        f" 0-{len(answer.body) - 1}/{len(answer.body)}"
    )


def _decode(answer: Exchange, most: int) -> bytes:
    """Give a body without its content codings, at most so many bytes of it."""
    if answer.bodies == "decoded":
        return answer.body[:most]
    fields = {name.lower(): value for name, value in answer.response_headers if name.lower() != "transfer-encoding"}
    return decode_payload(answer.body, fields, most).content


def _find_header(answer: Exchange, name: str) -> str:
    return next((value for key, value in answer.response_headers if key.lower() == name), "")
