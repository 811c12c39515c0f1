"""What viewer sites do to a photo, each edit and each ordered pair of two, by Pillow alone.

Written without reading the detector. Every edit takes a seed and tells what it did. The result is a JPEG of quality 80,
as a viewer site serves it; of quality 30 where that is the edit.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

QUALITY, LOW_QUALITY = 80, 30
CROP = (0.05, 0.25)  # off both width and height
BORDER = (0.02, 0.10)  # of the long side, on every edge
BAR = (0.10, 0.30)  # of the height, over the picture
ROTATION = (0.5, 3.0)  # degrees, either way
THUMBNAIL = 150  # px, the long side
COLOURS = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (225, 48, 108), (24, 119, 242))
CAPTIONS = (
    "View all stories of this user",
    "@summer.daily - 2 days ago",
    "DOWNLOAD IN HD - no login needed",
    "Follow for more, link in bio",
    "See who viewed your profile",
    "1,204 likes, 87 comments",
)
MARKS = ("storyview.example", "PREVIEW", "© insta-viewer", "SAVED WITH PICGRAB", "viewer24")


@dataclass
class Edited:
    """A picture on its way through edits, and what was done to it: what a detector ought to tell of it."""

    picture: Image.Image
    quality: int = QUALITY
    done: list[dict[str, Any]] = field(default_factory=list)

    def become(self, picture: Image.Image, **what: Any) -> None:
        self.picture = picture
        self.done.append(what)

    def encode(self) -> bytes:
        """The file as it is served."""
        file = io.BytesIO()
        self.picture.save(file, "JPEG", quality=self.quality)
        return file.getvalue()


def crop(edited: Edited, rng: Random) -> None:
    """Up to a quarter off width and height, at a random place."""
    share = rng.uniform(*CROP)
    width, height = edited.picture.size
    left, top = rng.uniform(0, share), rng.uniform(0, share)
    box = [left, top, 1 - share + left, 1 - share + top]
    edges = (round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height))
    edited.become(edited.picture.crop(edges), edit="crop", box=[round(edge, 4) for edge in box])


def square(edited: Edited, rng: Random) -> None:
    """The greatest square: half of them from the middle, half from anywhere."""
    width, height = edited.picture.size
    side = min(width, height)
    place = rng.choice((0.5, rng.random()))
    left, top = round((width - side) * place), round((height - side) * place)
    box = [left / width, top / height, (left + side) / width, (top + side) / height]
    picture = edited.picture.crop((left, top, left + side, top + side))
    edited.become(picture, edit="square", box=[round(edge, 4) for edge in box])


def border(edited: Edited, rng: Random) -> None:
    """An edge of one colour on each side, or of the picture itself, blurred and larger."""
    picture = edited.picture
    edge = max(1, round(rng.uniform(*BORDER) * max(picture.size)))
    colour = rng.choice((*COLOURS, None))
    if colour is not None:
        edited.become(ImageOps.expand(picture, edge, colour), edit="border", px=edge, fill=list(colour))
        return
    size = (picture.width + 2 * edge, picture.height + 2 * edge)
    around = picture.resize(size).filter(ImageFilter.GaussianBlur(max(size) / 40))
    around.paste(picture, (edge, edge))
    edited.become(around, edit="border", px=edge, fill="blurred")


def cover(edited: Edited, rng: Random) -> None:
    """A bar of one colour over the top or the bottom, with words on half of them."""
    picture = edited.picture.copy()
    height = max(1, round(rng.uniform(*BAR) * picture.height))
    top = 0 if rng.random() < 0.5 else picture.height - height
    colour = rng.choice(COLOURS)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, top, picture.width, top + height), fill=colour)
    if rng.random() < 0.5:
        font = ImageFont.load_default(max(10, round(height * 0.3)))
        ink = (0, 0, 0) if sum(colour) > 380 else (255, 255, 255)
        draw.text((picture.width * 0.04, top + height * 0.3), rng.choice(CAPTIONS), fill=ink, font=font)
    edited.become(picture, edit="bar", top=round(top / picture.height, 4), height=round(height / picture.height, 4))


def rotate(edited: Edited, rng: Random) -> None:
    """A slight turn: half with corners filled in one colour, half cut to what is inside."""
    degrees = rng.choice((-1, 1)) * rng.uniform(*ROTATION)
    picture = edited.picture
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=rng.choice(COLOURS))
    is_cut = rng.random() < 0.5
    if is_cut:
        # What a turn by a few degrees takes from each edge is the other side times the sine.
        sine = abs(degrees) * 3.14159265 / 180
        across, down = round(picture.height * sine / 2) + 1, round(picture.width * sine / 2) + 1
        turned = turned.crop((across, down, picture.width - across, picture.height - down))
    edited.become(turned, edit="rotation", degrees=round(degrees, 3), is_cut=is_cut)


def mirror(edited: Edited, _: Random) -> None:
    """Left is right."""
    edited.become(ImageOps.mirror(edited.picture), edit="mirror")


def write_over(edited: Edited, rng: Random) -> None:
    """A caption strip, one great watermark across, or a small one all over."""
    kind = rng.choice(("caption", "diagonal", "tiled"))
    layer = Image.new("RGBA", edited.picture.size, (0, 0, 0, 0))
    {"caption": _write_caption, "diagonal": _write_diagonal, "tiled": _write_tiled}[kind](layer, rng)
    picture = Image.alpha_composite(edited.picture.convert("RGBA"), layer).convert("RGB")
    edited.become(picture, edit="text", kind=kind)


def _write_caption(layer: Image.Image, rng: Random) -> None:
    width, height = layer.size
    size = max(10, round(height * rng.uniform(0.04, 0.07)))
    top = round(height * rng.uniform(0.1, 0.85))
    draw = ImageDraw.Draw(layer)
    draw.rectangle((0, top, width, top + 2 * size), fill=(0, 0, 0, rng.randint(110, 255)))
    font = ImageFont.load_default(size)
    draw.text((width / 2, top + size), rng.choice(CAPTIONS), (255, 255, 255, 255), font, anchor="mm")


def _write_diagonal(layer: Image.Image, rng: Random) -> None:
    width, height = layer.size
    text = rng.choice(MARKS)
    side = int((width**2 + height**2) ** 0.5)
    wide = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    font = ImageFont.load_default(max(12, round(1.5 * side / len(text) * 0.8)))
    ink = (*rng.choice(((255, 255, 255), (0, 0, 0))), rng.randint(70, 160))
    ImageDraw.Draw(wide).text((side / 2, side / 2), text, ink, font, anchor="mm")
    wide = wide.rotate(rng.choice((-1, 1)) * rng.uniform(20, 45))
    left, top = (side - width) // 2, (side - height) // 2
    layer.paste(wide.crop((left, top, left + width, top + height)))


def _write_tiled(layer: Image.Image, rng: Random) -> None:
    width, height = layer.size
    size = max(10, round(max(width, height) * rng.uniform(0.02, 0.035)))
    font = ImageFont.load_default(size)
    text = rng.choice(MARKS)
    ink = (255, 255, 255, rng.randint(70, 150))
    draw = ImageDraw.Draw(layer)
    step = round(draw.textlength(text, font) * 1.3)
    for row, top in enumerate(range(0, height, 4 * size)):
        for left in range(-step // 2 * (row % 2), width, step):
            draw.text((left, top), text, ink, font)


def lower_quality(edited: Edited, _: Random) -> None:
    """JPEG of quality 30; if it is the last edit that is what is served, else it is decoded and goes on."""
    file = io.BytesIO()
    edited.picture.save(file, "JPEG", quality=LOW_QUALITY)
    edited.become(Image.open(file).convert("RGB"), edit="q30")


def shrink(edited: Edited, _: Random) -> None:
    """A thumbnail of 150 px on the long side."""
    picture = edited.picture.copy()
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    edited.become(picture, edit="r150")


EDITS: Mapping[str, Callable[[Edited, Random], None]] = {
    "crop": crop,
    "square": square,
    "border": border,
    "bar": cover,
    "rotation": rotate,
    "mirror": mirror,
    "text": write_over,
    "q30": lower_quality,
    "r150": shrink,
}
PAIRS = tuple(permutations(EDITS, 2))


def list_edits() -> list[str]:
    """Every edit, then every ordered pair as `first+second`."""
    return [*EDITS, *(f"{first}+{second}" for first, second in PAIRS)]


def edit_photo(photo: Image.Image, name: str, rng: Random) -> tuple[bytes, list[dict[str, Any]]]:
    """The file that a viewer site would serve, and what was done to it."""
    parts = name.split("+")
    edited = Edited(photo.convert("RGB"), LOW_QUALITY if parts[-1] == "q30" else QUALITY)
    for part in parts:
        if part == "q30" and part == parts[-1]:
            edited.done.append({"edit": "q30"})  # the file that is served is of that quality
        else:
            EDITS[part](edited, rng)
    return edited.encode(), edited.done
