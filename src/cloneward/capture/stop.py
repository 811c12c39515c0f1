"""Material that must not be kept or shown: found by lists of hashes and by marks of people, before anything is written.

A list is a file with one entry a line: `sha256:`, `sha1:`, `md5:` or `pdq:` and hexadecimal digits; `#` begins a
comment. Looked at is each body, as it came and with its codings undone, each request's body, and what pages hold in
`data:` addresses. What has one entry of a list in it is withheld as a whole, and with it all pictures of the visit,
which may show it.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote_to_bytes

import numpy as np
from numpy.typing import NDArray

from cloneward.archive.payload import decode_payload
from cloneward.errors import InputError
from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.pdq import PDQ, fingerprint_photo
from cloneward.match.hamming import MOST_BITS, BitIndex, build_bits, find_near
from cloneward.model.content import Problem
from cloneward.model.evidence import Exchange
from cloneward.model.ids import digest_bytes
from cloneward.model.vantage import Document, Rendering

FAILURE: Final = "withheld: it is on a stop list"
"""What stands in place of a body that was withheld."""
MARKS: Final = "mark"
"""Name of the list of what people marked."""

_MAX_UNFOLDED = 256 * 1024 * 1024  # bytes of one body: four times the most that a visit is given by default
_MAX_INLINE = 2_000  # pictures in one page that are looked at one by one
_DIGITS: Final = {"sha256": 64, "sha1": 40, "md5": 32, "pdq": 64}
_ENTRY: Final = re.compile(r"(sha256|sha1|md5|pdq):([0-9a-f]+)", re.ASCII)
_INLINE: Final = re.compile(rb"data:[^,\"'\s<>()]{0,300};base64,([A-Za-z0-9+/=%\s]+)", re.IGNORECASE)

Measure = Literal["digest", "hamming", "beside"]


@dataclass(frozen=True)
class StopList:
    """A list of what must not be kept: digests in hexadecimal, and PDQ as uint64 of shape (n, 4)."""

    name: str
    digests: frozenset[str] = frozenset()
    prints: NDArray[np.uint64] = field(default_factory=lambda: np.empty((0, 4), np.uint64))


@dataclass(frozen=True)
class Hit:
    """By which list something must not be kept, and how that is known; `value`: of a hamming distance, in bits."""

    list_name: str
    measure: Measure
    value: int | None = None


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """What was taken out of a visit: its address, SHA-256 and length, why, and its bytes, for quarantine."""

    address: str
    digest: str
    size_bytes: int
    hit: Hit
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Screened:
    """A visit without what must not be kept, and that."""

    rendering: Rendering
    withheld: tuple[Withheld, ...] = ()


def read_stop_list(file: Path) -> StopList:
    """Read a list; its name is the file's.

    Raises:
        InputError: it cannot be read, or a line is no entry: half a list would let the other half through.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the stop list {file}: {error}", hint="mend it, or [quarantine] lists") from error
    entries = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip().lower()
        found = _ENTRY.fullmatch(text)
        if text and (found is None or len(found[2]) != _DIGITS[found[1]]):
            hint = "write sha256:, sha1:, md5: or pdq: and all its hexadecimal digits"
            raise InputError(f"line {number} of the stop list {file} is no entry", hint=hint)
        if found:
            entries.append((found[1], found[2]))
    return make_stop_list(file.name, entries)


def make_stop_list(name: str, entries: Iterable[tuple[str, str]]) -> StopList:
    """Give a list of pairs of kind and hexadecimal digits, as `("pdq", "f8f8…")`."""
    told = list(entries)
    prints = [_read_print(digits) for kind, digits in told if kind == "pdq"]
    digests = frozenset(digits for kind, digits in told if kind != "pdq")
    return StopList(name, digests, np.array(prints, np.uint64).reshape(-1, 4))


def spell_print(content: bytes) -> str | None:
    """Give the PDQ of a picture as a list writes it; none where the bytes are no picture, or too plain a one."""
    prints = _find_prints(content)
    return None if prints is None else "".join(f"{word:016x}" for word in reversed(prints[0].tolist()))


class Stop:
    """Looks whether a visit holds anything that is on a list.

    Found is a picture that was scaled, compressed again, mirrored or turned; not one that was cut, nor the frames of a
    video, which only its own digest tells.
    """

    def __init__(self, lists: Sequence[StopList], radius: int = MOST_BITS) -> None:
        """Take the lists, and within how many bits, 0 to 31, a picture counts as one of a list."""
        self._lists = lists
        self._radius = radius
        prints = [one.prints for one in lists]
        owners = np.repeat(np.arange(len(lists), dtype=np.uint32), [len(one) for one in prints])
        self._index: BitIndex | None = None
        if len(owners):
            self._index = build_bits(PDQ, [one.name for one in lists], np.concatenate(prints), owners)

    def check(self, rendering: Rendering) -> Screened:
        """Give a visit without what must not be kept; to be called before anything of it is written or shown.

        Of what is withheld, address, headers and digest remain, and a problem says so.
        """
        if not any(len(one.digests) or len(one.prints) for one in self._lists):
            return Screened(rendering)
        withheld: list[Withheld] = []
        exchanges = tuple(self._screen_exchange(one, withheld) for one in rendering.exchanges)
        documents = tuple(self._screen_document(one, withheld) for one in rendering.documents)
        for picture in (rendering.viewport, rendering.full_page):
            hit = (self.find(picture) if picture else None) or (
                Hit(withheld[0].hit.list_name, "beside") if withheld else None
            )
            if picture and hit:
                withheld.append(_withhold(rendering.final_url or rendering.url, picture, hit))
        if not withheld:
            return Screened(rendering)
        text = f"{len(withheld):,} bodies or pictures must not be kept, and were withheld"
        problem = Problem(code="material_withheld", page=rendering.url, text=text, hint="a person with the role looks")
        return Screened(
            replace(
                rendering,
                exchanges=exchanges,
                documents=documents,
                viewport=b"",
                full_page=b"",
                console=(),
                problems=(*rendering.problems, problem),
            ),
            tuple(withheld),
        )

    def find(self, content: bytes) -> Hit | None:
        """Tell by which list these bytes, or something that a page of them holds inline, must not be kept."""
        hits = (self._find_one(part) for part in (content, *_list_inline(content)))
        return next((hit for hit in hits if hit), None)

    def _find_one(self, content: bytes) -> Hit | None:
        digests = {
            digest_bytes(content),
            hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        by_digest = next((one for one in self._lists if not one.digests.isdisjoint(digests)), None)
        if by_digest:
            return Hit(by_digest.name, "digest")
        prints = None if self._index is None else _find_prints(content)
        if self._index is None or prints is None:
            return None
        near = find_near(self._index, prints, self._radius)
        if not near.rows.size:
            return None
        nearest = int(near.hamming.argmin())
        return Hit(self._index.item(int(self._index.owners[near.rows[nearest]])), "hamming", int(near.hamming[nearest]))

    def _screen_exchange(self, exchange: Exchange, withheld: list[Withheld]) -> Exchange:
        parts = [exchange.body, exchange.request_body, exchange.url.encode("utf-8", "replace")]
        if exchange.bodies == "wire":
            fields = {name.lower(): value for name, value in exchange.response_headers}
            parts.insert(1, decode_payload(exchange.body, fields, _MAX_UNFOLDED).content)
        hit = next((hit for hit in map(self.find, filter(None, parts)) if hit), None)
        if hit is None:
            return exchange
        address = exchange.url.partition(",")[0] if exchange.url.startswith("data:") else exchange.url
        withheld.append(_withhold(address, exchange.body or exchange.request_body or parts[-1], hit))
        return replace(exchange, url=address, body=b"", request_body=b"", is_whole=False, failure=FAILURE)

    def _screen_document(self, document: Document, withheld: list[Withheld]) -> Document:
        content = document.html.encode("utf-8", "replace")
        hit = self.find(content)
        if hit is None:
            return document
        withheld.append(_withhold(document.url, content, hit))
        return replace(document, html="")


def _withhold(address: str, content: bytes, hit: Hit) -> Withheld:
    return Withheld(address=address, digest=digest_bytes(content), size_bytes=len(content), hit=hit, content=content)


def _list_inline(content: bytes) -> Iterator[bytes]:
    """Give what stands in `data:` addresses; what cannot be decoded is none that a browser would show."""
    for number, found in enumerate(_INLINE.finditer(content.replace(b"\\/", b"/"))):  # as JSON may spell it
        if number >= _MAX_INLINE:
            return
        text = unquote_to_bytes(found[1]).translate(None, delete=b" \t\r\n\f=")
        try:
            yield b64decode(text + b"=" * (-len(text) % 4))
        except ValueError:
            continue


def _find_prints(content: bytes) -> NDArray[np.uint64] | None:
    """Give the PDQ of a picture in its eight turns, shape (8, 4); none where it tells nothing."""
    picture, _ = read_image(content)
    made = None if picture is None else fingerprint_photo(picture)
    return made.turned() if made and made.is_usable else None


def _read_print(digits: str) -> list[int]:
    return [int(digits[at : at + 16], 16) for at in (48, 32, 16, 0)]
