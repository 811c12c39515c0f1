"""Pictures of working copies: nobody can be recognised, but in parts that a person has released."""

import io
from collections.abc import Sequence

from PIL import Image

from cloneward.fingerprint.thumbnail import Crop, make_thumbnail

_QUALITY = 80


def pixelate(content: bytes, released: Sequence[Crop] = ()) -> bytes | None:
    """Give a small JPEG of our own making, blurred as a whole but for the released parts; none where none is read.

    Never raises, whatever the bytes. An edge outside 0 to 1 is that of the picture, and a part without area is none.

    Args:
        content: a file as anybody may have made it.
        released: left, top, right and bottom edge of parts, as fractions of width and height.
    """
    blurred = make_thumbnail(content)
    if blurred is None or not released:
        return blurred.content if blurred else None
    clear = make_thumbnail(content, is_blurred=False)
    if clear is None:
        return blurred.content
    with Image.open(io.BytesIO(blurred.content)) as below, Image.open(io.BytesIO(clear.content)) as above:
        made, seen = below.convert("RGB"), above.convert("RGB").resize(below.size)
    for crop in released:
        left, top, right, bottom = (
            round(min(max(edge, 0.0), 1.0) * side) for edge, side in zip(crop, made.size * 2, strict=True)
        )
        if left < right and top < bottom:
            made.paste(seen.crop((left, top, right, bottom)), (left, top))
    file = io.BytesIO()
    made.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
