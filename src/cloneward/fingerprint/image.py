"""Bytes of an image file to its brightness as a viewer shows it, within bounds, whatever the bytes are.

A photo is compared by some 256 rows, so a JPEG is decoded as small as still serves: libjpeg then leaves out most of
the work, and colours altogether. Other kinds are made as small when they have been decoded. Colour profiles are not
applied: they move all of a picture alike, and the reference of PDQ does not either. What is transparent is shown on
white. Of several pictures the first counts. What is damaged or cut has no pixels at all: half a picture would be taken
for another one.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from cloneward.model.content import Problem

LEAST_SIDE = 256
"""px: none is made smaller than this on its shorter side; PDQ then stays within 4 bits of that at full size."""
MAX_PIXELS = 89_478_485
"""Of a file: what Pillow takes for a bomb. A JPEG of that size is decoded to an eighth of its sides."""
MAX_WHOLE_PIXELS = 32_000_000
"""Of a file that cannot be decoded in part: 4 to 16 bytes of memory each, by its kind."""
MAX_SCANS = 200
"""Of a progressive JPEG: encoders make about ten; each may cost as much as the whole picture."""

_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")  # what browsers show; no TIFF: its readers are many
_JPEGS: Final = ("JPEG", "MPO")  # MPO: as phones keep photos with their depth
_SCAN: Final = b"\xff\xda"  # begins each scan of a JPEG, and stands nowhere within one
_SCALES: Final = (8, 4, 2, 1)
_STRIP_ROWS = 256  # a multiple of all of them
_LUMA: Final = np.array((0.299, 0.587, 0.114), np.float32)  # of red, green and blue: ITU-R BT.601
_BORDER_SHARE = 0.4  # of the lines, at most on each side
_PLAIN_SHARES: Final = (0.04, 0.5, 0.96)  # of a line, by brightness: a few pixels may differ
_WRITTEN_SHARES: Final = (0.25, 0.5, 0.75)  # a quarter may be light letters, a quarter dark ones
_BORDER_SPREAD = 12  # grey levels between the first and the last of these shares
_BORDER_SHIFT = 6  # grey levels between the middle of a line and that of the outermost
_BORDER_BLUR = 2  # lines more: compression blurs the edge
_UPRIGHT = 1
# EXIF orientations, by what brings the stored picture upright: transpose, then turn rows and columns around.
_TURNS: Final = {
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


@dataclass(frozen=True, eq=False)
class Picture:
    """The brightness of a picture, upright.

    `grey`: float32, shape (rows, columns), 0 to 255: pixels, or means of squares of them `scale` px wide, of which the
    last ones may be cut. `height` and `width` are those of the whole picture, in px.
    """

    grey: NDArray[np.float32]
    height: int
    width: int
    scale: int = 1

    def cut(self, top: int, bottom: int, left: int, right: int) -> "Picture":
        """Give a part, by half-open rows and columns of `grey`."""
        return Picture(
            np.ascontiguousarray(self.grey[top:bottom, left:right]),
            min(bottom * self.scale, self.height) - top * self.scale,
            min(right * self.scale, self.width) - left * self.scale,
            self.scale,
        )


def read_image(content: bytes) -> tuple[Picture | None, tuple[Problem, ...]]:
    """Give the picture in a file, or none, and what was wrong; never raises, and takes half a gigabyte at most."""
    problems: list[Problem] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(content, problems), tuple(problems)
    except Image.DecompressionBombError:
        return None, (_refuse_size(f"it has more than {2 * MAX_PIXELS:,} pixels"),)
    except UnidentifiedImageError:
        text = f"these {len(content):,} bytes are no image of a kind that is read"
        return None, (Problem(code="image_unknown", page=None, text=text, hint=f"read are {', '.join(_FORMATS)}"),)
    except Exception as error:  # noqa: BLE001  readers of six formats raise whatever hostile bytes bring about
        text = f"the image is damaged or cut: {type(error).__name__}: {error}"
        return None, (Problem(code="image_damaged", page=None, text=text, hint="look whether it came over whole"),)


def _read(content: bytes, problems: list[Problem]) -> Picture | None:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        refused = _find_excess(image, content)
        if refused:
            problems.append(refused)
            return None
        if image.format != "MPO" and getattr(image, "is_animated", False):
            text = "the image holds several pictures; the first one was read"
            problems.append(Problem(code="image_animated", page=None, text=text))
        orientation = _read_orientation(image)
        height, width = image.height, image.width
        scale = next(scale for scale in _SCALES if scale == 1 or min(height, width) >= scale * LEAST_SIDE)
        try:
            grey = _decode(image, scale, drafts=scale > 1)
        except OSError:
            if image.format not in _JPEGS:
                raise
            with Image.open(io.BytesIO(content), formats=_FORMATS) as whole:  # as one whose three planes are no YCbCr
                grey = _decode(whole, scale, drafts=False)
    return _turn_upright(Picture(grey, height, width, scale), orientation)


def _find_excess(image: Image.Image, content: bytes) -> Problem | None:
    """Tell why a file must not be decoded, by what its header says."""
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        return _refuse_size(f"it has {image.width:,} by {image.height:,} pixels")
    if pixels > MAX_WHOLE_PIXELS and (image.format not in _JPEGS or "progressive" in image.info):
        return _refuse_size(f"it has {image.width:,} by {image.height:,} pixels and can be decoded only as a whole")
    if "progressive" in image.info and content.count(_SCAN) > MAX_SCANS:
        return _refuse_size(f"it is decoded in more than {MAX_SCANS} scans")
    return None


def _refuse_size(text: str) -> Problem:
    hint = "if it is your own, give a smaller copy of it: what is compared is far smaller"
    return Problem(code="image_too_large", page=None, text=f"the image was not decoded: {text}", hint=hint)


def _read_orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, _UPRIGHT))
    except Exception:  # noqa: BLE001  viewers show a picture whose metadata are broken, as it is stored
        return _UPRIGHT


def _decode(image: Image.Image, scale: int, *, drafts: bool) -> NDArray[np.float32]:
    """Give the grey pixels; in strips, since Pillow's conversions hold several copies of what they are given."""
    if drafts and image.draft("L", (LEAST_SIDE, LEAST_SIDE)):
        scale = 1
    image.load()
    parts = []
    for top in range(0, image.height, _STRIP_ROWS):
        strip = flatten(image.crop((0, top, image.width, min(top + _STRIP_ROWS, image.height))))
        pixels = np.asarray(strip.reduce(scale) if scale > 1 else strip, np.float32)
        parts.append(pixels @ _LUMA if strip.mode == "RGB" else pixels)
    return np.concatenate(parts)


def flatten(image: Image.Image) -> Image.Image:
    """Give what is seen of a picture, in grey or in colours of 8 bits, on white where it is transparent."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return image if image.mode == "L" else image.convert("RGB")


def _turn_upright(picture: Picture, orientation: int) -> Picture:
    if orientation not in _TURNS:
        return picture
    whole = picture.cut(0, picture.height // picture.scale, 0, picture.width // picture.scale)
    transposes, flips_rows, flips_columns = _TURNS[orientation]
    grey, height, width = whole.grey, whole.height, whole.width
    if transposes:
        grey, height, width = grey.T, width, height
    grey = grey[:: -1 if flips_rows else 1, :: -1 if flips_columns else 1]
    return Picture(np.ascontiguousarray(grey), height, width, whole.scale)


def trim_borders(picture: Picture, *, written: bool = False) -> Picture:
    """Give the picture without borders, as `find_inner` tells them: letter boxes, frames; itself where it has none."""
    top, bottom, left, right = find_inner(picture, written=written)
    return picture if (bottom - top, right - left) == picture.grey.shape else picture.cut(top, bottom, left, right)


def find_inner(picture: Picture, *, written: bool = False) -> tuple[int, int, int, int]:
    """Give what borders of one colour enclose: first row, end of the rows, first column, end of the columns of `grey`.

    A border line is nearly of one brightness, which is that of the outermost line. Rows are looked at before columns
    and again after them, since a frame all around hides either. With `written`, a quarter of a line may be
    brighter and a quarter darker, as where a bar has words on it; plain parts of the picture then go with it sooner.
    """
    shares = _WRITTEN_SHARES if written else _PLAIN_SHARES
    top = left = 0
    bottom, right = picture.grey.shape
    for axis in (0, 1, 0):
        seen = picture.grey[top:bottom, left:right]
        before, after = _find_borders(seen if axis == 0 else seen.T, shares)
        if axis == 0:
            top, bottom = top + before, bottom - after
        else:
            left, right = left + before, right - after
    return top, bottom, left, right


def _find_borders(lines: NDArray[np.float32], shares: Sequence[float]) -> tuple[int, int]:
    """Give how many lines to leave out before and after."""
    return _count_border(lines, shares), _count_border(lines[::-1], shares)


def _count_border(lines: NDArray[np.float32], shares: Sequence[float]) -> int:
    most = int(lines.shape[0] * _BORDER_SHARE)
    count = 0
    outermost = None
    while count < most:
        low, middle, high = _measure_line(lines[count], shares)
        outermost = middle if outermost is None else outermost
        if high - low > _BORDER_SPREAD or abs(middle - outermost) > _BORDER_SHIFT:
            break
        count += 1
    return min(count + _BORDER_BLUR, most) if count else 0


def _measure_line(line: NDArray[np.float32], shares: Sequence[float]) -> tuple[float, float, float]:
    """Give the brightness below which each of three shares of the line is."""
    places = [int(line.size * share) for share in shares]
    parted = np.partition(line, places)
    low, middle, high = (float(parted[place]) for place in places)
    return low, middle, high
