"""All that a picture is known again by: the bits of the whole, and points of which a part is enough."""

from dataclasses import dataclass

from cloneward.fingerprint.image import Picture, trim_borders
from cloneward.fingerprint.local import MOST_ASKED, MOST_KEPT, LocalPrint, fingerprint_local
from cloneward.fingerprint.pdq import PhotoPrint, fingerprint_photo


@dataclass(frozen=True, eq=False)
class PicturePrint:
    """The fingerprints of one picture: `photos` of the whole and, where it has borders, of what is within them."""

    photos: tuple[PhotoPrint, ...]
    local: LocalPrint


def fingerprint_picture(picture: Picture, most: int = MOST_KEPT) -> PicturePrint:
    """Give all fingerprints of a picture; `most` is `MOST_KEPT` for one to protect, `MOST_ASKED` for one to look up."""
    inner = trim_borders(picture)
    shown = (picture,) if inner is picture else (picture, inner)
    return PicturePrint(tuple(map(fingerprint_photo, shown)), fingerprint_local(picture, most))


def fingerprint_within(picture: Picture) -> PicturePrint | None:
    """Give, to look it up, what is left without borders that are written on; nothing where it has no such ones."""
    inner = trim_borders(picture, written=True)
    if inner.grey.shape == trim_borders(picture).grey.shape:
        return None
    return PicturePrint((fingerprint_photo(inner),), fingerprint_local(picture, MOST_ASKED, written=True))
