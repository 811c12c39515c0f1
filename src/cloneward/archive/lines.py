"""Lines of a stream, none of which may fill the memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

# A line holds one item; the text of a book of 3,000 pages has 6 MB.
MAX_LINE_BYTES = 16 * 1024 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Line:
    """One line without its end: its offset and length in bytes, and what it holds unless it is too long."""

    offset: int
    size: int
    content: bytes | None


def cut_lines(read: Callable[[int], bytes]) -> Iterator[Line]:
    """Give the lines that `read` gives in pieces; of one that is too long only where it lies and how long it is."""
    parts: list[bytes] = []
    offset = size = 0
    while piece := read(_CHUNK):
        at = 0
        while (end := piece.find(b"\n", at)) >= 0:
            size += end - at
            content = b"".join([*parts, piece[at:end]]) if size <= MAX_LINE_BYTES else None
            yield Line(offset, size, content)
            parts.clear()
            offset += size + 1
            size = 0
            at = end + 1
        size += len(piece) - at
        if size <= MAX_LINE_BYTES:
            parts.append(piece[at:])
        else:
            parts.clear()
    if size:
        yield Line(offset, size, b"".join(parts) if size <= MAX_LINE_BYTES else None)
