"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fingerprint.charset import decode, to_utf8


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße".encode(), "Grüße"),
        (b"\xef\xbb\xbfabc", "abc"),
        ("Grüße".encode("utf-16"), "Grüße"),
        (b'<meta charset="windows-1251">' + "Привет".encode("cp1251"), '<meta charset="windows-1251">Привет'),
        (b'<meta charset="iso-8859-1">caf\xe9 \x93x\x94', '<meta charset="iso-8859-1">café “x”'),
        (b"<meta charset=iso-2022-jp>" + "日本".encode("iso2022_jp"), "<meta charset=iso-2022-jp>日本"),
        ('<meta charset="latin1">Grüße'.encode(), '<meta charset="latin1">Grüße'),
        (b"<meta charset=utf-16>plain", "<meta charset=utf-16>plain"),
    ],
)
def test_decodes_as_a_browser_would(content, text):
    """A mark, valid UTF-8, the declaration and a guess are believed in that order, and wrong declarations are not."""
    assert decode(content) == (text, True)


@pytest.mark.parametrize("name", [b"rot13", b"base64", b"zlib", b"idna", b"nonsense", b"utf-7", b"unicode_escape"])
def test_declared_codecs_that_are_no_charsets_do_no_harm(name):
    """A page cannot make us run a codec that is not of text, nor raise."""
    text, _ = decode(b"<meta charset=" + name + b">caf\xe9 + \\x41")
    assert "caf" in text


@given(st.binary(max_size=2000))
def test_any_bytes_give_text(content):
    """No bytes raise."""
    text, is_clean = decode(content)
    assert isinstance(text, str)
    assert isinstance(is_clean, bool)


def test_broken_bytes_are_reported():
    """Bytes that make no sense are replaced, and it is said."""
    assert decode(b"<meta charset=shift_jis>ok \x81") == ("<meta charset=shift_jis>ok \ufffd", False)


@pytest.mark.parametrize(
    ("content", "told", "text"),
    [
        ("Привет".encode("cp1251"), "windows-1251", "Привет"),
        (b'<meta charset="latin1">' + "Привет".encode("koi8-r"), "koi8-r", '<meta charset="latin1">Привет'),
        ("Grüße".encode(), "latin1", "Grüße"),
        (b"caf\xe9", "nonsense", "café"),
        (b"caf\xe9", "utf-7", "café"),
    ],
)
def test_the_server_is_believed_before_the_page(content, told, text):
    """The charset of the answer goes before the one in the page, and after valid UTF-8."""
    assert decode(content, told) == (text, True)


@given(st.binary(max_size=2000) | st.text(max_size=500).map(str.encode), st.sampled_from([None, "utf-8", "koi8-r"]))
def test_utf8_is_the_same_text(content, told):
    """The text in UTF-8 is the text as it is decoded; what is UTF-8 already is not copied."""
    html, is_clean = to_utf8(content, told)
    assert (html.decode(), is_clean) == decode(content, told)
    assert html is content or html != content
