"""Pictures that no camera took, to fill up an index: photo-like in their edges, shades and grain.

Half are mixes and collages of parts of tuning photos, half are landscapes and still lifes made of noise and shapes.
Each depends on its number alone, so one can be made without the others. No reporting photo is in any.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

SIZES = ((480, 360), (480, 320), (360, 450), (400, 400), (512, 288))
GRAIN = (1.0, 5.0)  # grey levels, standard deviation

Grey = NDArray[np.float32]


def make_picture(number: int, photos: Sequence[Path], seed: int) -> Image.Image:
    """The picture of that number."""
    rng = Random(f"{seed}/made/{number}")
    size = rng.choice(SIZES)
    kinds = (_mix, _collage, _draw_landscape, _draw_still) if photos else (_draw_landscape, _draw_still)
    kind = kinds[number % len(kinds)]
    picture = kind(size, photos, rng)
    return _add_grain(picture, rng)


def _mix(size: tuple[int, int], photos: Sequence[Path], rng: Random) -> Image.Image:
    """A part of one photo runs into a part of another along a soft, winding edge."""
    below, above = _take_part(size, photos, rng), _take_part(size, photos, rng)
    field = _make_noise(size, rng, 2.6)
    mask = Image.fromarray((255 / (1 + np.exp(-8 * field))).astype(np.uint8))
    return Image.composite(above, below, mask)


def _collage(size: tuple[int, int], photos: Sequence[Path], rng: Random) -> Image.Image:
    """Four parts of four photos, side by side, the corner where they meet anywhere."""
    width, height = size
    across, down = round(width * rng.uniform(0.3, 0.7)), round(height * rng.uniform(0.3, 0.7))
    picture = Image.new("RGB", size)
    for left, top, right, bottom in (
        (0, 0, across, down),
        (across, 0, width, down),
        (0, down, across, height),
        (across, down, width, height),
    ):
        picture.paste(_take_part((right - left, bottom - top), photos, rng), (left, top))
    return picture


def _take_part(size: tuple[int, int], photos: Sequence[Path], rng: Random) -> Image.Image:
    """A third to two thirds of a photo, turned over or not, in other colours."""
    photo = Image.open(rng.choice(photos))
    photo.draft("RGB", (640, 640))
    photo = photo.convert("RGB")
    share = rng.uniform(0.35, 0.65)
    width, height = round(photo.width * share), round(photo.height * share)
    left, top = rng.randint(0, photo.width - width), rng.randint(0, photo.height - height)
    part = photo.crop((left, top, left + width, top + height))
    part = ImageOps.fit(part, size)
    if rng.random() < 0.5:
        part = ImageOps.mirror(part)
    part = ImageEnhance.Color(part).enhance(rng.uniform(0.5, 1.6))
    part = ImageEnhance.Brightness(part).enhance(rng.uniform(0.7, 1.3))
    return ImageEnhance.Contrast(part).enhance(rng.uniform(0.7, 1.3))


def _draw_landscape(size: tuple[int, int], _: Sequence[Path], rng: Random) -> Image.Image:
    """A sky with clouds and two to five ridges, each with its own slope, colour and growth."""
    width, height = size
    sky = _colour_field(_make_noise(size, rng, rng.uniform(1.8, 2.6)), rng)
    picture = sky.filter(ImageFilter.GaussianBlur(rng.uniform(0, 3)))
    ridges = rng.randint(2, 5)
    for number in range(ridges):
        base = height * (0.3 + 0.6 * number / ridges)
        bumps = _make_noise((width, 8), rng, 1.2 + rng.random())[0]
        line = base + bumps * height * rng.uniform(0.03, 0.12)
        mask = Image.new("L", size, 0)
        edge = [(x, float(y)) for x, y in enumerate(line)]
        ImageDraw.Draw(mask).polygon([(0, height), *edge, (width, height)], fill=255)
        picture.paste(_colour_field(_make_noise(size, rng, rng.uniform(0.8, 1.8)), rng), (0, 0), mask)
    return picture


def _draw_still(size: tuple[int, int], _: Sequence[Path], rng: Random) -> Image.Image:
    """Shaded and textured things, large and small, one before the other, with shadows."""
    width, height = size
    picture = _colour_field(_make_noise(size, rng, rng.uniform(1.4, 2.6)), rng)
    for _number in range(rng.randint(12, 40)):
        extent = round(min(size) * rng.uniform(0.06, 0.45))
        side = (extent, max(8, round(extent * rng.uniform(0.4, 1.6))))
        thing = _colour_field(_make_noise(side, rng, rng.uniform(0.8, 2.4)), rng)
        mask = Image.new("L", side, 0)
        draw = ImageDraw.Draw(mask)
        if rng.random() < 0.5:
            draw.ellipse((0, 0, side[0] - 1, side[1] - 1), fill=255)
        else:
            corners = rng.randint(3, 6)
            draw.polygon([(rng.uniform(0, side[0]), rng.uniform(0, side[1])) for _corner in range(corners)], fill=255)
        place = (rng.randint(-extent // 2, width), rng.randint(-extent // 2, height))
        shadow = mask.filter(ImageFilter.GaussianBlur(extent / 12)).point(lambda value: value // 2)
        picture.paste((0, 0, 0), (place[0] + extent // 12, place[1] + extent // 10), shadow)
        picture.paste(thing, place, mask.rotate(rng.uniform(0, 360)))
    return picture


def _make_noise(size: tuple[int, int], rng: Random, slope: float) -> Grey:
    """Noise whose power falls with the frequency to that power, as it does in photos; mean 0, spread 1."""
    width, height = size
    chance = np.random.default_rng(rng.getrandbits(64))
    across = np.fft.rfftfreq(width)[None, :]
    down = np.fft.fftfreq(height)[:, None]
    radius = np.hypot(across, down)
    radius[0, 0] = 1
    spectrum = np.fft.rfft2(chance.standard_normal((height, width))) / radius**slope
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, (height, width))
    return (field / max(float(field.std()), 1e-9)).astype(np.float32)


def _colour_field(field: Grey, rng: Random) -> Image.Image:
    """A field of noise between three colours."""
    colours = np.array([_choose_colour(rng) for _ in range(3)], np.float32)
    place = np.clip((field + 2.2) / 2.2, 0, 1.999)
    low = place.astype(np.intp)
    part = (place - low)[..., None]
    return Image.fromarray((colours[low] * (1 - part) + colours[low + 1] * part).astype(np.uint8))


def _choose_colour(rng: Random) -> list[float]:
    """Any brightness, mostly pale: photos are seldom of one pure colour."""
    light, pale = rng.uniform(20, 235), rng.random() ** 0.5
    return [pale * light + (1 - pale) * rng.uniform(0, 255) for _ in range(3)]


def _add_grain(picture: Image.Image, rng: Random) -> Image.Image:
    chance = np.random.default_rng(rng.getrandbits(64))
    pixels = np.asarray(picture, np.float32)
    grain = chance.standard_normal(pixels.shape[:2], np.float32)[..., None] * rng.uniform(*GRAIN)
    return Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))
