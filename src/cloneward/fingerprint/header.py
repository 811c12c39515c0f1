"""What the first bytes of a file say it is, a picture or a video, and how large a picture is. Nothing is decoded.

Cheap enough to look at every file of an owner when it is registered; whether the rest holds is told when the picture or
the video is compared.
"""

import warnings
from dataclasses import dataclass
from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from cloneward.fingerprint.image import MAX_PIXELS
from cloneward.model.content import Problem

_SNIFFED_BYTES = 64
_PICTURES: Final = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF", b"BM": "BMP"}
# Brands of a file of the ISO base media format (ISO/IEC 14496-12, 4.3): the same boxes hold films and pictures.
_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_FIRST_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide"})  # QuickTime has begun with any of them
_MATROSKA: Final = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True)
class Header:
    """What a file seems to be. `height` and `width` of a picture in px, before it is turned upright; 0 of a video."""

    is_video: bool
    height: int = 0
    width: int = 0


def read_header(file: BinaryIO) -> Header | Problem:
    """Give what a file is, from where it stands; a problem says why it is no picture or video that can be compared."""
    head = file.read(_SNIFFED_BYTES)
    if is_video(head):
        return Header(is_video=True)
    kind = _find_picture(head)
    if kind is None:
        text = f"it begins as no picture or video that is read: {head[:8]!r}"
        return Problem(code="image_unknown", page=None, text=text, hint="save it as JPEG, PNG or MP4")
    file.seek(0)
    return _measure(file, kind)


def is_video(head: bytes) -> bool:
    """Say whether bytes begin as a film in MP4, QuickTime, Matroska or WebM."""
    if head.startswith(_MATROSKA):
        return True
    return head[4:8] in _FIRST_BOXES and not _read_brands(head) & (_AVIF | _HEIF)


def _find_picture(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if _read_brands(head) & _AVIF:
        return "AVIF"
    return next((kind for mark, kind in _PICTURES.items() if head.startswith(mark)), None)


def _read_brands(head: bytes) -> frozenset[bytes]:
    """Give what a first box says the file is: its brand, and those it is compatible with."""
    if head[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset(head[at : at + 4] for at in (8, *range(16, size - 3, 4)))


def _measure(file: BinaryIO, kind: str) -> Header | Problem:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=[kind]) as image:
                width, height = image.size
    except Image.DecompressionBombError:
        return _refuse(f"over {2 * MAX_PIXELS:,} pixels")
    except UnidentifiedImageError:  # which names the file that it was given, and no reason
        text = f"it begins as {kind} and goes on as none"
        return Problem(code="image_damaged", page=None, text=text, hint="look whether it came over whole")
    except Exception as error:  # noqa: BLE001  readers of six formats raise whatever hostile bytes bring about
        text = f"it begins as {kind} and goes on as none: {type(error).__name__}: {error}"
        return Problem(code="image_damaged", page=None, text=text[:300], hint="look whether it came over whole")
    if width * height > MAX_PIXELS:
        return _refuse(f"{width:,} by {height:,} pixels")
    return Header(is_video=False, height=height, width=width)


def _refuse(size: str) -> Problem:
    hint = "if it is your own, give a smaller copy of it: what is compared is far smaller"
    return Problem(code="image_too_large", page=None, text=f"it has {size}, more than are ever decoded", hint=hint)
