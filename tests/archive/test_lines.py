"""Tests of cloneward.archive.lines."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive import lines as module
from cloneward.archive.lines import Line, cut_lines


def cut(content):
    """The lines of some bytes."""
    return list(cut_lines(io.BytesIO(content).read))


@given(st.binary(max_size=200).map(lambda content: content.replace(b"a", b"\n")), st.integers(1, 20))
def test_lines(content, chunk):
    """Lines come with their offsets however the pieces fall, as any other reader cuts them."""
    file = io.BytesIO(content)
    found = list(cut_lines(lambda _: file.read(chunk)))
    expected = content.split(b"\n")
    expected = expected[:-1] if expected[-1] == b"" else expected
    assert [line.content for line in found] == expected
    assert all(content[line.offset :].startswith(line.content) and len(line.content) == line.size for line in found)


@pytest.mark.parametrize("size", [9, 10, 11, 1_000])
def test_long_lines(monkeypatch, size):
    """A line that is too long is told by place and length, and those around it are given."""
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 10)
    for chunk in [1, 7, 5_000]:
        monkeypatch.setattr(module, "_CHUNK", chunk)
        content = b"x" * size if size <= 10 else None
        assert cut(b"one\n" + b"x" * size + b"\ntwo") == [
            Line(0, 3, b"one"),
            Line(4, size, content),
            Line(5 + size, 3, b"two"),
        ]
        assert cut(b"x" * size) == [Line(0, size, content)]


@pytest.mark.timeout(20)
def test_a_line_of_200_mb_is_not_held():
    """A line of 200 MB takes no more memory than the longest line that is read."""
    pieces = iter([*[bytes(1 << 20).replace(b"\0", b"x")] * 200, b"\nlast"])
    tracemalloc.start()
    found = list(cut_lines(lambda _: next(pieces, b"")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(line.size, line.content) for line in found] == [(200 << 20, None), (4, b"last")]
    assert peak < 3 * module.MAX_LINE_BYTES
