"""A WACZ 1.1.1 of one capture: its WARC, the index, the pages, a list of all with their digests, and a signature."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from cloneward import __version__
from cloneward.archive.container import Content, write_container
from cloneward.archive.recorder import FILE_NAME
from cloneward.model.evidence import Capture
from cloneward.model.ids import digest_text

# Takes the digest of datapackage.json and when it was made; gives `signedData` of wacz-auth.
Sign = Callable[[str, str], Mapping[str, str]]

SOFTWARE = f"cloneward {__version__}"
_PIECE = 1024 * 1024
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def write_wacz(  # noqa: PLR0913  the parts of a package, by their names
    file: BinaryIO, capture: Capture, warc: Path, index: bytes, sign: Sign, *, texts: Mapping[str, str] = _NONE
) -> None:
    """Write the WACZ of a capture; the same parts, signed by the same key, make the same bytes.

    Args:
        file: to write and to seek in, from its beginning.
        capture: what is told of it; its `visits` are the pages, its `ended_at` the date of the package.
        warc: the finished WARC.
        index: its CDXJ.
        sign: makes the signature over the list of files.
        texts: the visible text of pages, by address.

    Raises:
        InputError: there is more than a ZIP takes.
        OSError: the WARC cannot be read, or the WACZ not be written.
    """
    contents: dict[str, Content] = {
        f"archive/{FILE_NAME}": warc,
        "indexes/index.cdx": index,
        "pages/pages.jsonl": _list_pages(capture, texts),
    }
    created = capture.ended_at[:19] + "Z"  # whole seconds: validators read no others
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": f"Capture {capture.id} of {capture.url}",
        "created": created,
        "software": SOFTWARE,
        "mainPageUrl": capture.visits[0].url if capture.visits else capture.url,
        "mainPageDate": capture.visits[0].at if capture.visits else capture.started_at,
        "resources": [_list_resource(name, content) for name, content in sorted(contents.items())],
    }
    contents["datapackage.json"] = _spell(package)
    digest = "sha256:" + hashlib.sha256(_spell(package)).hexdigest()
    signed = {"path": "datapackage.json", "hash": digest, "signedData": dict(sign(digest, created))}
    contents["datapackage-digest.json"] = _spell(signed)
    write_container(file, contents)


def _list_pages(capture: Capture, texts: Mapping[str, str]) -> bytes:
    lines = [{"format": "json-pages-1.0", "id": "pages", "title": "All pages"}]
    for visit in capture.visits:
        page = {"id": digest_text(f"{visit.at} {visit.url}")[:24], "url": visit.url, "ts": visit.at}
        text = {"text": texts[visit.url]} if visit.url in texts else {}
        lines.append({**page, "title": visit.title, **text})
    return b"".join(json.dumps(line).encode("ascii") + b"\n" for line in lines)


def _list_resource(name: str, content: Content) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    if isinstance(content, bytes):
        digest.update(content)
        size = len(content)
    else:
        with content.open("rb") as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    short = name.rpartition("/")[2]
    return {"name": short, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}


def _spell(value: object) -> bytes:
    return json.dumps(value, indent=2, sort_keys=True).encode("ascii") + b"\n"
