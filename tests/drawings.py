"""Pictures with enough to see in them to be told apart, made from a number."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def draw(number, width=480, height=360):
    """A picture of soft shades, shapes and grain; another one for each number."""
    rng = np.random.default_rng(number)
    shades = Image.fromarray(rng.integers(0, 255, (9, 12, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)
    pen = ImageDraw.Draw(shades)
    for _ in range(60):
        x, y = (int(rng.integers(0, side)) for side in (width, height))
        across, down = (int(rng.integers(8, 70)) for _ in range(2))
        colour = tuple(int(value) for value in rng.integers(0, 255, 3))
        if rng.random() < 0.5:
            pen.ellipse((x, y, x + across, y + down), fill=colour)
        else:
            pen.polygon([(x, y), (x + across, y + down // 3), (x + across // 4, y + down)], fill=colour)
    return shades.filter(ImageFilter.GaussianBlur(0.7))


def write(picture, kind="JPEG", **options):
    """The bytes of a picture's file."""
    stream = io.BytesIO()
    picture.save(stream, kind, **({"quality": 88} | options if kind == "JPEG" else options))
    return stream.getvalue()
