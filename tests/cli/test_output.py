"""Tests of cloneward.cli.output."""

import io
import os
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from cloneward.cli import output
from cloneward.errors import Unavailable


@given(st.text(st.characters()))
def test_any_text_is_one_harmless_line(text):
    """Whatever a title or file name holds, what is written is one line that commands no terminal and can be written."""
    line = output.spell_out(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_readable_text_stays(text):
    """Letters, marks, signs and blanks of any script are written as they are."""
    assert output.spell_out(text) == text


def test_control_characters_are_spelt():
    """An escape sequence can be seen for what it is."""
    assert output.spell_out("a\x1b[2Jb\nc\ud800\u202e") == "a\\x1b[2Jb\\nc\\ud800\\u202e"


def test_what_goes_where(capfdbinary):
    """Records, lines and texts go to stdout in UTF-8, what is told to stderr."""
    output.write_record(b'{"a":1}')
    output.write_line("eins\nzwei é")
    output.write_text("eins\nzwei")
    output.tell("drei\n")
    said = capfdbinary.readouterr()
    assert said.out.decode() == '{"a":1}\neins\\nzwei é\neins\nzwei\n'
    assert said.err == b"drei\\n\n"


@pytest.mark.parametrize(("error", "ending"), [(BrokenPipeError(), typer.Exit), (OSError(28, "No space"), Unavailable)])
def test_a_stdout_that_fails(monkeypatch, tmp_path, error, ending):
    """A reader who has gone ends the run in peace, a full disk with an error of ours; neither fails again at exit."""
    with (tmp_path / "out").open("wb") as file:

        class Failing(io.RawIOBase):
            def writable(self):
                return True

            def write(self, content):
                raise error

            def fileno(self):
                return file.fileno()

        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(Failing()), write_through=True))
        with pytest.raises(ending) as ended:
            output.write_line("words")
        assert os.fstat(file.fileno()).st_rdev == Path(os.devnull).stat().st_rdev
    assert getattr(ended.value, "exit_code", 0) in {0, 75}
