"""Pictures as a hostile or careless site may serve them, made from one picture; nothing here reads the product.

`make_hostile` gives all that are small; `make_whole_bomb` and `make_long_animation` weigh more and are asked for.
"""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageFilter

SIDE_BOMB = 50_000  # px: 2.5 thousand million, 7.5 GB as RGB
SIZE = (400, 300)
ORIENTATION = 0x0112  # EXIF tag
LONG = 4  # type of a TIFF entry
HTML = b"<html><body><script>document.title='run'</script><p>Not a picture.</p></body></html>"
# What brings the picture from each EXIF orientation back upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
UNDO = {Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270}


@dataclass(frozen=True)
class Hostile:
    """The bytes of a file, and whether a careful reader finds the whole picture in them, upright and in its colours."""

    content: bytes
    shows_picture: bool = False


def make_picture(seed=7, size=SIZE):
    """A picture with edges and shades everywhere, the same for the same seed."""
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 256, (size[1] // 20, size[0] // 20, 3), np.uint8)
    picture = Image.fromarray(small).resize(size, Image.Resampling.NEAREST)
    shade = Image.fromarray(chance.integers(0, 256, (5, 6, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1.5)), shade, 0.4)


def encode(picture, kind="JPEG", **options):
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **({"quality": 92} if kind in {"JPEG", "WEBP"} else {}) | options)
    return file.getvalue()


def make_hostile(picture=None):
    """Every file that is small, by name."""
    picture = picture or make_picture()
    return {
        **_make_bombs(picture),
        **_make_broken(picture),
        **_make_polyglots(picture),
        **_make_animated(picture),
        **_make_modes(picture),
        **make_rotated(picture),
        **_make_metadata(picture),
    }


def _make_bombs(picture):
    """Headers that promise 2.5 thousand million pixels, or more work than the file is long."""
    return {
        "bomb.png": Hostile(write_png(SIDE_BOMB, SIDE_BOMB, zlib.compress(bytes(1000)))),
        "bomb.jpg": Hostile(resize_jpeg(encode(picture), SIDE_BOMB, SIDE_BOMB)),
        "bomb.gif": Hostile(_write_gif(SIDE_BOMB, SIDE_BOMB, 1)),
        "bomb.bmp": Hostile(_write_bmp(SIDE_BOMB, SIDE_BOMB)),
        "bomb.tiff": Hostile(_write_tiff(SIDE_BOMB, SIDE_BOMB)),
        "bomb.webp": Hostile(_write_webp(1 << 24, 1 << 24)),
        "wide.png": Hostile(write_png(0x7FFFFFFF, 1, zlib.compress(bytes(1000)))),
        "scans.jpg": Hostile(_repeat_scan(encode(picture, progressive=True), 3000)),
        "text.png": Hostile(
            _add_chunk(encode(picture, "PNG"), b"zTXt", b"note\0\0" + zlib.compress(bytes(60_000_000), 9))
        ),
        "profile.png": Hostile(
            _add_chunk(encode(picture, "PNG"), b"iCCP", b"p\0\0" + zlib.compress(bytes(60_000_000), 9))
        ),
    }


def _make_broken(picture):
    """Cut off, empty, out of order, or of no size."""
    whole = {kind: encode(picture, kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")}
    halves = {f"half.{kind.lower()}": Hostile(content[: len(content) // 2]) for kind, content in whole.items()}
    heads = {f"head.{kind.lower()}": Hostile(content[:24]) for kind, content in whole.items()}
    png = bytearray(whole["PNG"])
    png[20] ^= 0xFF  # within the header, whose checksum no longer holds
    return {
        **halves,
        **heads,
        "empty.jpg": Hostile(b""),
        "zeros.jpg": Hostile(bytes(4096)),
        "checksum.png": Hostile(bytes(png)),
        "none.png": Hostile(write_png(0, 0, zlib.compress(b""))),
        "none.jpg": Hostile(resize_jpeg(whole["JPEG"], 0, 0)),
        "one.png": Hostile(encode(Image.new("RGB", (1, 1), "red"), "PNG")),
        "one.gif": Hostile(encode(Image.new("P", (1, 1)), "GIF")),
        "line.png": Hostile(encode(Image.new("RGB", (1, 20_000), "white"), "PNG")),
        "uniform.jpg": Hostile(encode(Image.new("RGB", SIZE, (200, 200, 200)))),
        "html.jpg": Hostile(HTML),
        "drawing.png": Hostile(b'<svg xmlns="http://www.w3.org/2000/svg" width="50000" height="50000"></svg>'),
    }


def _make_polyglots(picture):
    """Files that are two things."""
    jpeg, png = encode(picture), encode(picture, "PNG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.html", HTML)
    comment = struct.pack(">BBH", 0xFF, 0xFE, len(HTML) + 2) + HTML
    return {
        "zip.jpg": Hostile(jpeg + archive.getvalue(), shows_picture=True),
        "html.png": Hostile(png + HTML, shows_picture=True),
        "comment.jpg": Hostile(jpeg[:2] + comment + jpeg[2:], shows_picture=True),
        "script.gif": Hostile(b"GIF89a=1;/*" + HTML + b"*/"),
        "named.png": Hostile(jpeg, shows_picture=True),
    }


def _make_animated(picture):
    """Several frames; the first is the picture."""
    others = [make_picture(seed) for seed in (8, 9)]
    several = {"save_all": True, "append_images": others, "duration": 80, "loop": 0}
    return {
        "animated.gif": Hostile(encode(picture, "GIF", **several), shows_picture=True),
        "animated.webp": Hostile(encode(picture, "WEBP", **several), shows_picture=True),
        "animated.png": Hostile(encode(picture, "PNG", **several), shows_picture=True),
        "pages.tiff": Hostile(encode(picture, "TIFF", save_all=True, append_images=others), shows_picture=True),
    }


def _make_modes(picture):
    """Other depths, other colours, and what is not there."""
    grey = picture.convert("L")
    deep = np.asarray(grey, np.uint16) * 257
    colours = np.asarray(picture, np.uint16) * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in colours)
    palette = picture.quantize(200)
    palette.info["transparency"] = bytes([0, 128, *[255] * 198])
    glass = picture.convert("RGBA")
    glass.putalpha(Image.linear_gradient("L").resize(picture.size))
    return {
        "grey16.png": Hostile(encode(Image.fromarray(deep), "PNG")),
        "grey16.tiff": Hostile(encode(Image.fromarray(deep), "TIFF")),
        "colour16.png": Hostile(write_png(*picture.size, zlib.compress(rows), depth=16), shows_picture=True),
        "float.tiff": Hostile(encode(grey.convert("F"), "TIFF")),
        "cmyk.jpg": Hostile(encode(picture.convert("CMYK")), shows_picture=True),
        "cmyk.tiff": Hostile(encode(picture.convert("CMYK"), "TIFF"), shows_picture=True),
        "grey.jpg": Hostile(encode(grey)),
        "ycbcr444.jpg": Hostile(encode(picture, subsampling=0), shows_picture=True),
        "progressive.jpg": Hostile(encode(picture, progressive=True), shows_picture=True),
        "bilevel.png": Hostile(encode(picture.convert("1"), "PNG")),
        "palette.png": Hostile(encode(palette, "PNG", transparency=palette.info["transparency"]), shows_picture=True),
        "palette.gif": Hostile(encode(picture.quantize(200), "GIF", transparency=0), shows_picture=True),
        "glass.png": Hostile(encode(glass, "PNG")),
        "glass.webp": Hostile(encode(glass, "WEBP")),
        "lab.tiff": Hostile(encode(_convert_lab(picture), "TIFF")),
    }


def make_rotated(picture):
    """The picture in each of the eight EXIF orientations, from which a viewer turns it upright; and in a ninth."""
    files = {}
    for orientation in (1, *TURNS, 9):
        turn = TURNS.get(orientation)
        stored = picture if turn is None else picture.transpose(UNDO.get(turn, turn))
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        files[f"exif{orientation}.jpg"] = Hostile(encode(stored, exif=exif), shows_picture=True)
    return files


def _make_metadata(picture):
    """Profiles and EXIF that are right, wrong or endless."""
    right = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    head = b"II*\0\x08\0\0\0"
    loop = b"Exif\0\0" + head + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)
    many = b"Exif\0\0" + head + struct.pack("<H", 1) + struct.pack("<HHII", ORIENTATION, 3, 0x7FFFFFFF, 26) + bytes(8)
    return {
        "profile.jpg": Hostile(encode(picture, icc_profile=right), shows_picture=True),
        "profile_broken.jpg": Hostile(encode(picture, icc_profile=b"no profile at all" * 50), shows_picture=True),
        "profile_long.jpg": Hostile(encode(picture, icc_profile=bytes(2_000_000)), shows_picture=True),
        "exif_loop.jpg": Hostile(encode(picture, exif=loop), shows_picture=True),
        "exif_many.jpg": Hostile(encode(picture, exif=many), shows_picture=True),
        "exif_cut.jpg": Hostile(encode(picture, exif=loop[:15]), shows_picture=True),
    }


def make_whole_bomb():
    """A PNG of 50,000 by 50,000 pixels whose data are all there, in some 300 KB."""
    packer = zlib.compressobj(9)
    row = bytes(1 + SIDE_BOMB // 8)
    body = b"".join(packer.compress(row * 1000) for _ in range(SIDE_BOMB // 1000)) + packer.flush()
    return write_png(SIDE_BOMB, SIDE_BOMB, body, depth=1, colours=0)


def make_long_animation(frames=1_000_000):
    """A GIF with so many frames of one pixel, 15 bytes each."""
    return _write_gif(1, 1, frames)


def write_png(width, height, body, *, depth=8, colours=2):
    """A PNG of that size, by its header; `body` are its packed rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def resize_jpeg(content, width, height):
    """The JPEG with another size in its frame header."""
    at = next(place for mark in (b"\xff\xc0", b"\xff\xc2") if (place := content.find(mark)) >= 0)
    return content[: at + 5] + struct.pack(">HH", min(height, 65535), min(width, 65535)) + content[at + 9 :]


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _add_chunk(png, kind, body):
    """The chunk right behind the header, where readers look for it."""
    return png[:33] + _chunk(kind, body) + png[33:]


def _write_gif(width, height, frames):
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\0"
    return head + frame * frames + b";"


def _write_bmp(width, height):
    return (
        b"BM"
        + struct.pack("<IHHI", 154, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
        + bytes(100)
    )


def _write_tiff(width, height):
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 16))
    entries = b"".join(struct.pack("<HHII", tag, LONG, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0) + bytes(16)


def _write_webp(width, height):
    """The extended header alone: its canvas is told in 24 bits a side."""
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _repeat_scan(content, times):
    """The last scan of a progressive JPEG again and again: each is decoded over the whole picture."""
    at = content.rfind(b"\xff\xda")
    return content[:at] + content[at:-2] * times + content[-2:]


def _convert_lab(picture):
    profiles = (ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"))
    return ImageCms.profileToProfile(picture, *profiles, outputMode="LAB")
