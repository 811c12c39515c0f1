"""Brings real photos to this machine, without root.

    python examples/pictures.py                   # what there is
    python examples/pictures.py tabler gcompris   # bring two, print their folders
    python examples/pictures.py --all

They lie in packages of Debian and npm: wallpapers, photos of a game for children, those that themes for web pages and
documentation show. Packages are downloaded into a private folder and unpacked; nothing is installed or run. Each photo
is kept as a platform keeps it: a JPEG of quality 90, at most 1,080 px long, without metadata. What is drawn, small or
nearly of one colour is left out: by name where a person had to look, by measure elsewhere.
"""

import argparse
import fnmatch
import io
import json
import shutil
import struct
import subprocess
import sys
import tarfile
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sites
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

LONG_SIDE, QUALITY = 1080, 90  # px; as platforms keep them
SHORT_SIDE_MIN = 300  # px
CLEAR_MAX = 0.02  # of the pixels may be transparent: a cut-out is no photo
SPREAD_MIN = 12.0  # grey levels, standard deviation: less is nearly of one colour
BUNDLE = b"qres"  # Qt's resource file
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp"))


@dataclass(frozen=True)
class Source:
    """A package, which of its pictures are photos (patterns of paths), and what is known of them.

    `without`: beginnings of names of those that are drawn, painted or shown twice, as a person saw.
    """

    registry: str
    package: str
    patterns: tuple[str, ...]
    licence: str
    version: str = ""
    without: tuple[str, ...] = ()


SHARE = "*/usr/share"
THEME = "*/dist/assets/img"
SOURCES = {
    "lomiri": Source(
        "debian",
        "lomiri-wallpapers-16.04",
        (f"{SHARE}/backgrounds/*.jpg",),
        "CC-BY-SA-3.0",
        without=("analogpattern", "greentock", "umang", "free_by"),
    ),
    "lomiri-20": Source("debian", "lomiri-wallpapers-20.04", (f"{SHARE}/backgrounds/Kleiber*.jpg",), "CC-BY-SA-4.0"),
    "lxqt": Source(
        "debian",
        "lxqt-themes",
        (f"{SHARE}/lxqt/wallpapers/*",),
        "LGPL-2.1+ or CC-BY-SA",
        without=("kde-plasma", "plasma", "triangles", "fog", "simple_blue", "waves"),
    ),
    "mate": Source(
        "debian",
        "mate-backgrounds",
        (f"{SHARE}/backgrounds/mate/nature/*.jpg",),
        "GPL-2+ and CC-BY-SA-4.0",
        without=("Aqua", "Blinds"),
    ),
    "palapeli": Source(
        "debian", "palapeli-data", (f"{SHARE}/palapeli/collection/*.jpg",), "GPL-2+, CC-BY-SA and public domain"
    ),
    "plasma": Source(
        "debian",
        "plasma-workspace-wallpapers",
        tuple(
            f"{SHARE}/wallpapers/{name}/contents/images/2560x1600.*"
            for name in (
                "BytheWater",
                "ColorfulCups",
                "EveningGlow",
                "FallenLeaf",
                "OneStandsOut",
                "Path",
                "summer_1am",
            )
        ),
        "LGPL-3 or CC-BY-SA-4.0",
    ),
    "darktable": Source("debian", "darktable", (f"{SHARE}/darktable/style/*.jpg",), "GPL-3+"),
    "digikam": Source("debian", "digikam-data", (f"{SHARE}/digikam/about/images/body-background.jpg",), "GPL-2+"),
    "tuxpaint": Source(
        "debian",
        "tuxpaint-data",
        (f"{SHARE}/tuxpaint/starters/*-back.*", f"{SHARE}/tuxpaint/templates/*.jpg"),
        "GPL-2+",
        without=("chessboard", "worldmap"),
    ),
    "cimg": Source(
        "debian",
        "cimg-doc",
        (f"{SHARE}/doc/cimg-dev/html/img/postcard*.jpg",),
        "CeCILL-C",
        without=("postcard37", "postcard52", "postcard70", "postcard80"),
    ),
    "vigra": Source("debian", "libvigraimpex-doc", (f"{SHARE}/doc/libvigraimpex-dev/html/bears.jpg",), "MIT"),
    "kalzium": Source(
        "debian",
        "kalzium-data",
        (f"{SHARE}/kalzium/data/toolpics/*.jpg",),
        "GPL-2+ and CC-BY-SA",
        without=("spatel",),
    ),
    "opencv": Source(
        "debian",
        "opencv-doc",
        (
            "*/examples/data/*.jpg",
            "*/examples/data/graf1.png",
            "*/examples/data/rubberwhale1.png",
            "*/examples/text/scenetext0?.jpg",
            "*/examples/alphamat/input_images/plant.jpg",
            "*/html/Background_Subtraction_Tutorial_frame.jpg",
            "*/html/pexels_double_decker_bus.jpg",
            "*/html/space_shuttle.jpg",
            "*/html/newspaper.jpg",
            "*/html/astra_color.jpg",
        ),
        "Apache-2.0",
        without=(
            "starry_night",
            "aloeR",
            "ellipses",
            "mask",
            "pic",
            "stuff",
            "text_",
            "aero3",
            "right",
            "orange",
            "Blender",
            "ela_modified",
            "pca_test",
            "left0",
            "left1",
            "leuvenB",
        ),
    ),
    "gcompris": Source(
        "debian",
        "gcompris-qt-data",
        (
            "*/categorization/*/monuments/*",
            "*/categorization/*/renewable/*",
            "*/categorization/*/others/*ball*",
            "*/clickgame/*",
            "*/details/*_background*",
            "*/erase/*",
            "*/explore_farm_animals/*",
            "*/explore_monuments/*",
            "*/explore_world_animals/*",
            "*/explore_world_music/*",
        ),
        "AGPL-3+, CC-BY-SA and public domain",
        without=("Van_Gogh", "Vincent", "Eglise", "Gogh4", "Portrait"),
    ),
    "tabler": Source(
        "npm",
        "@tabler/preview",
        ("*/static/avatars/*.jpg", "*/static/photos/*.jpg", "*/static/marketing/photo-*.jpg"),
        "MIT",
        "1.2.0",
    ),
    "adminkit": Source("npm", "@adminkit/core", ("*/dist/img/photos/*.jpg",), "MIT", "3.5.0"),
    "adminlte": Source("npm", "admin-lte", ("*/dist/assets/img/photo*",), "MIT", "4.10.0"),
    "argon": Source(
        "npm",
        "argon-design-system-free",
        ("*/assets/img/faces/*.jpg", "*/assets/img/theme/*.jpg"),
        "MIT",
        "1.2.0",
        without=("landing", "profile"),
    ),
    "argon-dashboard": Source(
        "npm", "@creative-tim-official/argon-dashboard-free", ("*/assets/img/theme/*.jpg",), "MIT", "1.2.0"
    ),
    "material": Source(
        "npm",
        "material-kit",
        ("*/assets/img/*.jpg", "*/assets/img/*.jpeg"),
        "MIT",
        "2.0.4",
        without=("landing", "profile"),
    ),
    "paper": Source(
        "npm", "paper-kit-2", ("*/assets/img/*.jpg",), "MIT", "2.1.0", without=("landing-page", "profile-page")
    ),
    "business": Source("npm", "startbootstrap-business-casual", (f"{THEME}/*.jpg",), "MIT", "7.0.9"),
    "blog": Source("npm", "startbootstrap-clean-blog", (f"{THEME}/*.jpg",), "MIT", "6.0.9"),
    "creative": Source("npm", "startbootstrap-creative", (f"{THEME}/portfolio/fullsize/*.jpg",), "MIT", "7.0.7"),
    "landing": Source("npm", "startbootstrap-landing-page", (f"{THEME}/*.jpg",), "MIT", "6.0.6"),
    "portfolio": Source("npm", "startbootstrap-stylish-portfolio", (f"{THEME}/*.jpg",), "MIT", "6.0.6"),
    "uikit": Source("npm", "uikit", ("*/tests/images/*.jpg",), "MIT", "3.25.29", without=("slider",)),
}


def find_cache() -> Path:
    """The private folder where the photos are kept: XDG's, else the user's."""
    return sites.find_cache().parent / "photos"


def fetch_source(name: str, cache: Path) -> Path:
    """The folder with the photos of a package of the table, brought here if they are not here yet.

    Raises LookupError, with the reason, if the package cannot be had on this machine.
    """
    source = SOURCES[name]
    folder = cache / name
    if not (folder / "photos.json").is_file():
        fetch = {"debian": _unpack_debian, "npm": _unpack_npm}[source.registry]
        unpacked, version = fetch(source, cache)
        _keep_photos(name, source, unpacked, folder)
        about = {"package": source.package, "version": version, "licence": source.licence}
        (folder / "photos.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(unpacked)
    return folder


def list_photos(folder: Path) -> list[Path]:
    """The photos of a source brought here, in the order of their names."""
    return sorted(folder.glob("*.jpg"))


def open_photo(file: Path | io.BytesIO) -> Image.Image | None:
    """The picture as a platform would keep it, None if it is no photo: small, cut out, or nearly of one colour."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = ImageOps.exif_transpose(Image.open(file))
            is_clear = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
            if is_clear and _count_clear(picture) > CLEAR_MAX:
                return None
            picture = picture.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    if min(picture.size) < SHORT_SIDE_MIN or ImageStat.Stat(picture.convert("L")).stddev[0] < SPREAD_MIN:
        return None
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return picture


def _count_clear(picture: Image.Image) -> float:
    alpha = picture.convert("RGBA").getchannel("A")
    return sum(alpha.histogram()[:250]) / (picture.width * picture.height)


def _keep_photos(name: str, source: Source, unpacked: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    seen = set()
    for path, file in _walk_pictures(unpacked):
        stem = Path(path).stem
        is_wanted = any(fnmatch.fnmatch(path, pattern) for pattern in source.patterns)
        if not is_wanted or stem.startswith(source.without or ("\0",)):
            continue
        kept = f"{name}-{stem}"
        if source.package == "plasma-workspace-wallpapers":
            kept = f"{name}-{Path(path).parts[-4]}"  # the file is named after its size
        if kept in seen:
            kept = f"{kept}-{Path(path).parts[-2]}"
        picture = open_photo(file)
        if picture is not None:
            seen.add(kept)
            picture.save(folder / f"{kept}.jpg", quality=QUALITY)
    if not seen:
        raise LookupError(f"no photos in {source.package}: its paths have changed")


def _walk_pictures(unpacked: Path) -> Iterator[tuple[str, Path | io.BytesIO]]:
    """Each picture of a package with its path, those inside Qt's resource files too."""
    for file in sorted(path for path in unpacked.rglob("*") if path.is_file() and not path.is_symlink()):
        if file.suffix.lower() in PICTURES:
            yield file.as_posix(), file
        elif file.suffix == ".rcc":
            yield from _read_bundle(file.read_bytes(), file.stem)


def _read_bundle(content: bytes, name: str) -> Iterator[tuple[str, io.BytesIO]]:
    """The pictures of a Qt resource file; its entries are a tree of 14 or 22 bytes each, by version."""
    version, tree, data, names = struct.unpack_from(">4xIIII", content)
    if not content.startswith(BUNDLE):
        return
    size = 14 if version < 2 else 22
    pending = [(0, f"/{name}")]
    while pending:
        number, path = pending.pop()
        at = tree + number * size
        title, flags = struct.unpack_from(">IH", content, at)
        if number:
            (length,) = struct.unpack_from(">H", content, names + title)
            path += "/" + content[names + title + 6 : names + title + 6 + 2 * length].decode("utf-16-be")
        if flags & 2:
            count, first = struct.unpack_from(">II", content, at + 6)
            pending += [(child, path) for child in range(first, first + count)]
        elif Path(path).suffix in PICTURES and not flags & 4:
            start = data + struct.unpack_from(">I", content, at + 10)[0]
            (length,) = struct.unpack_from(">I", content, start)
            body = content[start + 4 : start + 4 + length]
            yield path, io.BytesIO(zlib.decompress(body[4:]) if flags & 1 else body)


def _unpack_debian(source: Source, cache: Path) -> tuple[Path, str]:
    return sites.fetch_package(source.package, cache)


def _unpack_npm(source: Source, cache: Path) -> tuple[Path, str]:
    if not shutil.which("npm"):
        raise LookupError("no npm on this machine")
    unpacked = cache / "packages" / source.package.replace("/", "_")
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(parents=True)
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"{source.package}@{source.version}"]
    done = subprocess.run(command, cwd=unpacked, check=False, capture_output=True, text=True)
    if done.returncode:
        raise LookupError(f"npm does not have {source.package} {source.version}: {done.stderr.strip()[-300:]}")
    (archive,) = unpacked.glob("*.tgz")
    with tarfile.open(archive) as files:
        files.extractall(unpacked, filter="data")
    archive.unlink()
    return unpacked, source.version


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="packages of the table; without any, the table is shown"
    )
    parser.add_argument("--all", action="store_true", help="every package of the table")
    parser.add_argument("--cache", type=Path, default=find_cache(), help="where they are kept")
    options = parser.parse_args()
    unknown = set(options.names) - set(SOURCES)
    if unknown:
        parser.error(f"no such package: {', '.join(sorted(unknown))}")
    names = list(SOURCES) if options.all else options.names
    failed = False
    for name in names:
        try:
            folder = fetch_source(name, options.cache)
        except LookupError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"{name}\t{len(list_photos(folder))}\t{folder}")
    if not names:
        for name, source in SOURCES.items():
            print(f"{name:16} {source.registry:7} {source.package:44} {source.licence}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
