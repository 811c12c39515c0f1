"""Bytes of an image file to a small picture of our own making, for a reader: blurred unless asked for.

What comes out was encoded here from pixels, so no byte of the file reaches whoever looks at it. A blurred one is made
from so few pixels that nothing can be won back from it: the eye knows a familiar face from some 18 by 24.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from cloneward.fingerprint.image import flatten, read_image

SIDE: Final = 320
"""px: longer side of a thumbnail at most."""
BLURRED_SIDE: Final = 16
"""px: longer side of all that is kept of a picture before it is blurred."""

Crop = tuple[float, float, float, float]
"""Left, top, right and bottom edge of a part, as fractions of width and height."""

_WHOLE: Final = (0.0, 0.0, 1.0, 1.0)
_ALL_BUT = 0.01  # of width and height, at each edge: where less is left out, all is shown, as far as it was measured
_BLUR = 0.8  # of those few px
_QUALITY = 80
_PENS: Final = (("white", 5), ("black", 1))  # px: an outline that is seen on any ground


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """A JPEG of our own making: its bytes, its size in px, whether it was blurred and has an outline drawn on it."""

    content: bytes
    width: int
    height: int
    is_blurred: bool
    is_outlined: bool = False


def make_thumbnail(content: bytes, *, is_blurred: bool = True, crop: Crop | None = None) -> Thumbnail | None:
    """Give a picture of at most `SIDE` px, upright and in colours; none where `read_image` reads none. Never raises.

    Args:
        content: a file as anybody may have made it.
        is_blurred: whether people must not be recognised in it.
        crop: a part to draw an outline around, unless it is all of it.
    """
    if read_image(content)[0] is None:  # it has the limits, and decodes all of what it gives
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _decode(content)
    except Exception:  # noqa: BLE001  readers of six formats raise whatever hostile bytes bring about
        return None
    if is_blurred:
        image = _blur(image)
    is_outlined = crop is not None and _draw_outline(image, crop)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return Thumbnail(
        content=file.getvalue(),
        width=image.width,
        height=image.height,
        is_blurred=is_blurred,
        is_outlined=is_outlined,
    )


def _decode(content: bytes) -> Image.Image:
    """Give the small picture; made small first, since each conversion of a large one takes its size again."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft(None, (SIDE, SIDE))
        image.load()
        small = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode in {"P", "1"} else image
        small.thumbnail((SIDE, SIDE))
        try:
            turned = ImageOps.exif_transpose(small)
        except Exception:  # noqa: BLE001  viewers show a picture whose metadata are broken, as it is stored
            turned = small
        shown = flatten(turned).convert("RGB")
    return Image.fromarray(np.asarray(shown))  # without comments and profiles, which would be written


def _blur(image: Image.Image) -> Image.Image:
    """Give a picture of the same size, or of the largest, from a few blurred pixels."""
    size = _fit(image.size, SIDE)
    few = image.resize(_fit(image.size, BLURRED_SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(_BLUR))
    return few.resize(size, Image.Resampling.BICUBIC)


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Give a size of the same proportions whose longer side is at most so long."""
    scale = min(1.0, side / max(size))
    width, height = size
    return max(1, round(width * scale)), max(1, round(height * scale))


def _draw_outline(image: Image.Image, crop: Crop) -> bool:
    """Draw around a part; false where it is no part of the picture, or all of it."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in crop)
    width, height = image.width - 1, image.height - 1
    corners = (left * width, top * height, right * width, bottom * height)
    is_whole = all(abs(edge - whole) < _ALL_BUT for edge, whole in zip((left, top, right, bottom), _WHOLE, strict=True))
    if is_whole or not (left < right and top < bottom):
        return False
    pen = ImageDraw.Draw(image)
    for colour, thickness in _PENS:
        pen.rectangle(corners, outline=colour, width=thickness)
    return True
