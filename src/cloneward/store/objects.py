"""Files named by the SHA-256 of what they hold: originals and extracted texts, each kept once, compressed."""

import ctypes
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import zstandard

from cloneward.errors import EvidenceError, InputError, Unavailable
from cloneward.model.ids import digest_bytes

# zstd's own default: HTML shrinks to a fifth, and a faster level would save less than the file system costs.
LEVEL = 3
# The largest video that is taken; a file on disk that claims more is a bomb.
MAX_OBJECT_BYTES = 512 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_HEADER_BYTES = 18  # of a zstd frame, at most


class ObjectStore:
    """A folder of objects, `ab/cdef….zst`. Whatever stands under a name has that digest, or is refused.

    A file appears under its name by one rename, so a process killed at any point leaves it whole or absent.
    Against a power cut `sync` flushes everything put before it: one flush for a batch, where a flush a file
    would cost more than all the rest. Not for use by several threads at once.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_OBJECT_BYTES) -> None:
        self.folder = folder
        self._max_bytes = max_bytes
        self._halfway = folder / "tmp"
        self._made: set[Path] = set()
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()

    def put(self, content: bytes) -> str:
        """Keep `content` and give its digest. What is there already is read, and written anew if damaged.

        Raises:
            InputError: larger than the store takes.
            Unavailable: the disk is full or cannot be written.
        """
        self._expect_room(len(content))
        digest = digest_bytes(content)
        if not self._holds(digest):
            try:
                self._write(digest, self._compressor.compress(content))
            except OSError as error:
                hint = "free some space or mend the folder's rights, then run it again"
                raise Unavailable(f"cannot write to {self.folder}: {error.strerror}", hint=hint) from error
        return digest

    def put_file(self, path: Path, digest: str) -> None:
        """Keep what a file holds, under the digest that was taken of it: a piece at a time, so of any size.

        Raises:
            InputError: larger than the store takes.
            Unavailable: the file is not what it was when its digest was taken, or the disk is full.
        """
        halfway = self._halfway / digest
        try:
            self._make_room(digest)
            found = self._pack(path, halfway)
        except (OSError, zstandard.ZstdError) as error:
            hint = "free some space or mend the rights, then run it again"
            raise Unavailable(f"cannot copy {path} to {self.folder}: {error}", hint=hint) from error
        if found != digest:
            halfway.unlink()
            raise Unavailable(f"{path} changed while it was read", hint="run it again")
        halfway.replace(self.locate(digest))

    def get(self, digest: str) -> bytes:
        """Give the content of that digest.

        Raises:
            EvidenceError: it is missing, damaged or larger than the store takes.
        """
        try:
            with self.locate(digest).open("rb") as file:
                content = self._unpack(digest, file)
        except OSError as error:
            raise _broken(digest, f"cannot be read: {error.strerror}") from error
        if digest_bytes(content) != digest:
            raise _broken(digest, "holds other bytes than its name says")
        return content

    def locate(self, digest: str) -> Path:
        """Give the path of that object, there or not."""
        return self.folder / digest[:2] / f"{digest[2:]}.zst"

    def sync(self) -> None:
        """Return when everything put so far is on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            _flush(descriptor)
        finally:
            os.close(descriptor)

    def sweep(self) -> None:
        """Delete what a killed writer left half-written. Only for the one writer."""
        for path in self._halfway.glob("*"):
            path.unlink()

    def _holds(self, digest: str) -> bool:
        if not self.locate(digest).exists():
            return False
        try:
            self.get(digest)
        except EvidenceError:
            return False
        return True

    def _write(self, digest: str, packed: bytes) -> None:
        halfway = self._halfway / digest
        self._make_room(digest)
        halfway.write_bytes(packed)
        halfway.replace(self.locate(digest))

    def _expect_room(self, size: int) -> None:
        if size > self._max_bytes:
            raise InputError(f"an object of {size} bytes", hint=f"the limit is {self._max_bytes} bytes")

    def _make_room(self, digest: str) -> None:
        for folder in {self._halfway, self.locate(digest).parent} - self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def _pack(self, path: Path, target: Path) -> str:
        """Give the digest of what was read and packed; the frame states its size, by which it is bounded when read."""
        whole = hashlib.sha256()
        with path.open("rb") as source, target.open("wb") as file:
            size = os.fstat(source.fileno()).st_size
            self._expect_room(size)
            with self._compressor.stream_writer(file, size=size, closefd=False) as packer:
                while piece := source.read(_PIECE_BYTES):
                    whole.update(piece)
                    packer.write(piece)
        return whole.hexdigest()

    def _unpack(self, digest: str, file: BinaryIO) -> bytes:
        """Give what a file unpacks to, a piece at a time: of a video, memory holds no second copy that is packed."""
        try:
            size = zstandard.get_frame_parameters(file.read(_HEADER_BYTES)).content_size
            # taken at its word when it is read, so it is checked before; each object of ours states it
            if size > self._max_bytes:
                raise _broken(digest, f"would unpack to over {self._max_bytes} bytes, or does not say to how many")
            file.seek(0)
            with self._decompressor.stream_reader(file, closefd=False) as unpacked:
                return unpacked.read(size)
        except zstandard.ZstdError as error:
            raise _broken(digest, f"cannot be unpacked: {error}") from error


def _broken(digest: str, what: str) -> EvidenceError:
    return EvidenceError(f"object {digest} {what}", hint="restore it from a backup, or add its source again")


def _flush(descriptor: int) -> None:
    """Flush the one file system that holds the folder; where the C library cannot, all of them."""
    syncfs = getattr(ctypes.CDLL(None), "syncfs", None)
    if syncfs is None or syncfs(descriptor) != 0:
        os.sync()
