"""Pictures and videos in files: where a record refers to one, and where a folder holds one.

Only their first bytes are looked at and their digest is taken. What a reference may lead to is a regular file below the
folder of the file it stands in; a link that leads out of it is not followed.
"""

import base64
import binascii
import hashlib
import io
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from cloneward.fingerprint.header import Header, read_header
from cloneward.model.content import Media, Problem
from cloneward.model.ids import digest_bytes

MAX_IMAGE_BYTES = 32 * 1024 * 1024
MAX_VIDEO_BYTES = 512 * 1024 * 1024
PICTURE_SUFFIXES = frozenset(".avif .bmp .gif .jpe .jpeg .jpg .png .webp".split())
VIDEO_SUFFIXES = frozenset(".m4v .mkv .mov .mp4 .webm".split())
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SHOWN_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class RawMedia:
    """A picture or a video of a source, for itself alone.

    `address` names it among what its source holds, and `media` holds or names its bytes; `height` and `width` in px, 0
    of a video. `url`, `seen_at` and `position` as of a RawPage.
    """

    address: str
    media: Media
    height: int = 0
    width: int = 0
    url: str | None = None
    seen_at: str | None = None
    position: str | None = None


def spell_reference(reference: str) -> str:
    """Give a reference as it is kept: of one that holds its data the head alone, and no half characters."""
    kept = reference.partition(",")[0][:_SHOWN_CHARS] if is_data(reference) else reference
    return kept.encode("utf-8", "backslashreplace").decode()


def is_data(reference: str) -> bool:
    """Say whether a reference holds the bytes that it refers to (RFC 2397)."""
    return reference[:5].lower() == "data:"


def read_reference(folder: Path, reference: str) -> Media | Problem:
    """Give the picture or video that a reference in a file of `folder` leads to: a path from there, or its data."""
    if is_data(reference):
        return _read_data(reference)
    if _SCHEME.match(reference) or reference.startswith("//"):
        return _tell("is an address of a kind that is not read", "write http:, https:, data:, or a path")
    try:
        top = folder.resolve(strict=True)
        path = (top / reference).resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in it, a link to itself
        why = getattr(error, "strerror", None) or str(error)
        return _tell(f"leads to nothing: {why[:_SHOWN_CHARS]}", "paths count from the file in which they stand")
    if Path(reference).is_absolute() or not path.is_relative_to(top):
        return _tell("leads out of the folder of the file", "copy what it leads to beside the file")
    found = read_media(path, spell_reference(reference))
    return found if isinstance(found, Problem) else found.media


def read_media(path: Path, address: str) -> RawMedia | Problem:
    """Give the picture or video in a file, which holds its bytes on; `address` is what it is called."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return _tell("is no file", "save what it gives to a file")
            header = _look(file, status.st_size)
            if isinstance(header, Problem):
                return header
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return _tell(f"cannot be read: {error.strerror}", "check its permissions")
    media = Media(address=address, path=path, digest=digest, is_video=header.is_video)
    return RawMedia(address=address, media=media, height=header.height, width=header.width)


def take_media(address: str, content: bytes) -> RawMedia | Problem:
    """Give the picture or video that bytes are; `address` is where they lay."""
    header = _look(io.BytesIO(content), len(content))
    if isinstance(header, Problem):
        return header
    media = Media(address=address, content=content, digest=digest_bytes(content), is_video=header.is_video)
    return RawMedia(address=address, media=media, height=header.height, width=header.width)


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; a pipe would else wait for whoever writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _look(file: BinaryIO, size: int) -> Header | Problem:
    """Give what a file seems to be, unless it is larger than one of its kind is taken."""
    if not size:
        return _tell("is empty", "look whether it came over whole")
    header = read_header(file)
    most = MAX_VIDEO_BYTES if isinstance(header, Header) and header.is_video else MAX_IMAGE_BYTES
    if isinstance(header, Header) and size > most:
        return _tell(f"has {size:,} bytes, more than the {most:,} that are taken", "give a smaller copy")
    return header


def _read_data(reference: str) -> Media | Problem:
    head, comma, data = reference.partition(",")
    if not comma:
        return _tell("has no data", "after `data:` and the type comes a comma, then the data")
    content = unquote_to_bytes(data.encode("utf-8", "replace"))  # which may hold half characters
    if head.lower().rstrip().endswith(";base64"):
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except binascii.Error as error:
            return _tell(f"holds data that cannot be read: {error}", "look whether the line came over whole")
    found = take_media(spell_reference(reference), content)
    return found if isinstance(found, Problem) else found.media


def _tell(what: str, hint: str) -> Problem:
    return Problem(code="image_unread", page=None, text=f"it {what}", hint=hint)
