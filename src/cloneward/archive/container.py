"""A ZIP in canonical form: the same files make the same bytes, so whoever has them can make it again and compare.

Entries are stored, in the order of their names, with the first day that a ZIP can tell as their time; there is no
comment, no extra field and no right of a file. `seal/verify.py`, which stands alone, reads nothing else.
"""

import re
import shutil
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from cloneward.errors import InputError

Content = bytes | Path

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20  # what is needed to read a folder's stored files (APPNOTE 4.4.3)
_DATE = 0x21  # the first of January 1980
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]*(/[A-Za-z0-9_][A-Za-z0-9._~-]*)*")
# Beyond these a ZIP needs fields of 64 bits, and two ways to spell each number.
MAX_BYTES = 2**32 - 2
MAX_ENTRIES = 2**16 - 2
_PIECE = 1024 * 1024


def write_container(file: BinaryIO, contents: Mapping[str, Content]) -> None:
    """Write a ZIP that holds these files; a file of the disk is read as it is copied, and must not change meanwhile.

    Args:
        file: to write and to seek in, from its beginning.
        contents: bytes, or the path of a file, by plain name: ASCII letters, digits, `._~-`, and `/` between folders.

    Raises:
        InputError: a name is not plain, or there is more than a ZIP takes (4 GiB, 65,534 files).
        OSError: a file cannot be read, or the ZIP not be written.
    """
    if wrong := [name for name in contents if not _NAME.fullmatch(name)]:
        raise InputError(f"a file named {wrong[0]!r} in a package", hint="use ASCII letters, digits and ._~-")
    if len(contents) > MAX_ENTRIES:
        raise InputError(f"{len(contents):,} files in a package", hint=f"the limit is {MAX_ENTRIES:,}")
    directory = bytearray()
    for name in sorted(contents):
        place = file.tell()
        crc, size = _write_entry(file, name, contents[name])
        if file.tell() > MAX_BYTES:
            raise InputError(f"the package has over {MAX_BYTES:,} bytes", hint="take fewer pages into one capture")
        head = (b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0, 0, 0, 0, 0, place)
        directory += _CENTRAL.pack(*head) + name.encode("ascii")
    place = file.tell()
    file.write(directory)
    file.write(_END.pack(b"PK\x05\x06", 0, 0, len(contents), len(contents), len(directory), place, 0))


def pack_folder(folder: Path) -> dict[str, Content]:
    """Give the files of a folder as `write_container` takes them."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _write_entry(file: BinaryIO, name: str, content: Content) -> tuple[int, int]:
    """Write an entry and give its CRC-32 and size, which stand before the bytes and are known behind them."""
    place = file.tell()
    file.write(_spell_head(name, 0, 0))
    if isinstance(content, bytes):
        file.write(content)
    else:
        with content.open("rb") as source:
            shutil.copyfileobj(source, file, _PIECE)
    end = file.tell()
    size = end - place - _LOCAL.size - len(name)
    if size > MAX_BYTES:
        raise InputError(f"{name} has {size:,} bytes", hint=f"the limit is {MAX_BYTES:,}")
    crc = _sum_written(file, end - size, end)
    file.seek(place)
    file.write(_spell_head(name, crc, size))
    file.seek(end)
    return crc, size


def _sum_written(file: BinaryIO, begin: int, end: int) -> int:
    """Give the CRC-32 of what was written, and not of what was read: so no change in between goes unseen."""
    crc = 0
    file.seek(begin)
    while piece := file.read(min(_PIECE, end - file.tell())):
        crc = zlib.crc32(piece, crc)
    return crc


def _spell_head(name: str, crc: int, size: int) -> bytes:
    head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0)
    return head + name.encode("ascii")
