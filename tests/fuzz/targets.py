"""What is fuzzed: each target takes any bytes, may not raise, and must give what any record can hold."""

import io
import math
import tempfile
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from cloneward.archive import feed, items, payload, sitemap, sources, wacz, warc
from cloneward.archive.folder import RawPage
from cloneward.archive.items import RawItem
from cloneward.archive.media import read_reference
from cloneward.fingerprint import charset
from cloneward.fingerprint.beside import read_beside
from cloneward.fingerprint.extract import extract
from cloneward.fingerprint.header import Header, read_header
from cloneward.fingerprint.image import read_image, trim_borders
from cloneward.fingerprint.local import BUFFER_SIDE, LOCAL, MOST_ASKED, Frame, LocalPrint
from cloneward.fingerprint.media import MAX_PICTURES, MAX_VIDEOS, choose_largest, list_media
from cloneward.fingerprint.photo import PicturePrint
from cloneward.match.photos import build_photos, find_photos
from cloneward.match.records import find_records, index_records
from cloneward.model.codec import encode
from cloneward.model.content import Media, Problem
from cloneward.seal import verify
from cloneward.seal.verify import Answer, Trust, tell_report
from cloneward.url import canonical

# No file of a few KB holds more; a reader that gives more goes round in circles.
_MOST = 20_000


def _hold(given_ones: Iterable[object]) -> None:
    """Everything that was given can be written down, and there is an end to it."""
    found = list(islice(given_ones, _MOST))
    assert len(found) < _MOST
    for one in found:
        if isinstance(one, RawPage):
            encode((one.address, one.url, one.seen_at, one.position))
        else:
            encode(one)


def _fuzz_extract(content: bytes) -> None:
    for media in ("html", "text"):
        found = extract(content, media)
        found.text.encode()
        encode(found)
        for region in (*found.links, *found.quotes):
            assert 0 <= region.start <= region.end <= len(found.text)


def _fuzz_charset(content: bytes) -> None:
    text, is_clean = charset.decode(content)
    assert isinstance(text, str)
    assert isinstance(is_clean, bool)


def _fuzz_image(content: bytes) -> None:
    picture, problems = read_image(content)
    _hold(problems)
    assert (picture is None) == any(problem.code != "image_animated" for problem in problems)
    if picture is not None:
        squares = tuple(-(-side // picture.scale) for side in (picture.height, picture.width))
        assert picture.grey.shape == squares
        assert 0 <= picture.grey.min() <= picture.grey.max() < 255.01
        assert trim_borders(picture).grey.size


def _fuzz_media(content: bytes) -> None:
    shown = list_media(content)
    assert len(shown.pictures) <= MAX_PICTURES
    assert len(shown.videos) <= MAX_VIDEOS
    encode(shown)
    choose_largest(content.decode("latin-1"))


def _fuzz_header(content: bytes) -> None:
    found = read_header(io.BytesIO(content))
    encode(found)
    picture, _ = read_image(content)
    if picture is not None:
        assert found == Header(is_video=False, height=found.height, width=found.width)
        assert {found.height, found.width} == {picture.height, picture.width}


def _fuzz_reference(content: bytes) -> None:
    """As a reference in a file beside a picture, with another one above its folder, and as data."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name) / "top"
        top.mkdir()
        for folder in (top, top.parent):
            (folder / "a.gif").write_bytes(b"GIF89a\1\0\1\0\0\0\0;")
        for reference in (content.decode("utf-8", "surrogateescape"), f"data:;base64,{content.decode('latin-1')}"):
            found = read_reference(top, reference)
            encode(found)
            assert not isinstance(found, Media) or found.path is None or found.path.is_relative_to(top.resolve())


def _fuzz_photos(content: bytes) -> None:
    """As the points of a picture, 12 bytes each, looked up among those of others that have a part of them."""
    points = np.frombuffer(content[: len(content) // 12 * 12], np.uint8).reshape(-1, 12)[:MOST_ASKED]
    sides = [1 + byte * 37 for byte in content[:2].ljust(2, b"\0")]
    buffer = np.resize(np.frombuffer(content or b"\0", np.uint8), (BUFFER_SIDE, BUFFER_SIDE))
    asked = _make_print(points, buffer, *sides)
    held = {"same": asked, "half": _make_print(points[::2], buffer[:, ::-1], *sides[::-1])}
    held["moved"] = _make_print(points + np.uint8(1), buffer, 640, 480)
    for match in find_photos(build_photos(held.items()), asked):
        encode(match)
        assert all(map(math.isfinite, (match.transform.degrees, match.transform.scale, *match.transform.crop)))


def _make_print(points: NDArray[np.uint8], buffer: NDArray[np.uint8], height: int, width: int) -> PicturePrint:
    codes = np.ascontiguousarray(points[:, :8]).view(np.uint64).ravel()
    spots = np.ascontiguousarray(points[:, 8:])
    frame = Frame(height, width, 0, height, 0, width)
    return PicturePrint((), LocalPrint(LOCAL, codes, ~codes, spots, np.ascontiguousarray(buffer), frame))


def _fuzz_payload(content: bytes) -> None:
    head = payload.parse_head(content)
    fields = head.fields if head else {"content-encoding": "gzip, br", "transfer-encoding": "chunked"}
    found = payload.decode_payload(content[head.size if head else 0 :], fields, 10_000)
    assert len(found.content) <= 10_000
    payload.detect_media(fields.get("content-type", ""), found.content)


def _fuzz_warc(content: bytes) -> None:
    pages = [one for one in warc.read_warc(io.BytesIO(content)) if isinstance(one, RawPage)]
    _hold(warc.read_warc(io.BytesIO(content), name="x"))
    if pages:  # what a page says of its place is true
        again = warc.read_warc(io.BytesIO(content), start=pages[-1].position)
        first = next((one for one in again if isinstance(one, RawPage)), None)
        assert first is None or first.position == pages[-1].position


def _fuzz_sources(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content if not content.startswith(b"PAR1") else b"")  # a process each: not by thousands
        given_ones = list(islice(sources.read_source(path), _MOST))
    addresses = [one.address for one in given_ones if isinstance(one, RawPage)]
    assert len(addresses) == len(set(addresses))
    assert all(isinstance(one, RawPage | RawItem | Problem) for one in given_ones)


def _fuzz_sitemap(content: bytes) -> None:
    found = sitemap.read_sitemap(content)
    _hold([*found.pages, *found.sitemaps, *found.problems])
    seen = sitemap.Seen(most=10)
    for link in found.pages:
        if seen.is_new(link.url):
            canonical(link.url)


def _fuzz_feed(content: bytes) -> None:
    found = feed.read_feed(content, "https://example.org/feed")
    encode(found.title)
    _hold([*found.entries, *found.problems])


def _fuzz_records(content: bytes) -> None:
    """As records, a line each, and as the page that shows them; what is named stands where it is said to."""
    given = {one.record.id: one.record for one in items.read_jsonl(io.BytesIO(content)) if isinstance(one, RawItem)}
    page = extract(content, "html")
    found = find_records(
        "x", page, index_records(given.values()), lambda ids: [given[item] for item in ids], read_beside(content)
    )
    _hold(found)
    assert len(found) == len({match.item for match in found})
    for match in found:
        assert match.value == len(match.fields) > 0
        assert match.version in {None, *(version.since for version in given[match.item].versions)}
        assert all(0 <= field.target[0] <= field.target[1] <= len(page.text) for field in match.fields)


def _fuzz_seal(content: bytes) -> None:
    """As a package, as a seal beside a web archive of the same bytes, and as a ledger; openssl is not asked."""
    with tempfile.TemporaryDirectory() as name, patch.object(verify, "ask_openssl", lambda *_: Answer("not checked")):
        folder = Path(name)
        for file in ("package.zip", "seal.json", "ledger.jsonl", "capture.wacz"):
            (folder / file).write_bytes(content)
        for path in (folder / "package.zip", folder, folder / "ledger.jsonl"):
            for line in tell_report(verify.verify(path, Trust())):
                line.encode(errors="backslashreplace")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "charset": _fuzz_charset,
    "extract": _fuzz_extract,
    "feed": _fuzz_feed,
    "header": _fuzz_header,
    "image": _fuzz_image,
    "items": lambda content: _hold(items.read_jsonl(io.BytesIO(content))),
    "media": _fuzz_media,
    "payload": _fuzz_payload,
    "photos": _fuzz_photos,
    "records": _fuzz_records,
    "reference": _fuzz_reference,
    "seal": _fuzz_seal,
    "sitemap": _fuzz_sitemap,
    "sources": _fuzz_sources,
    "wacz": lambda content: _hold(wacz.read_wacz(io.BytesIO(content), name="x")),
    "warc": _fuzz_warc,
}
