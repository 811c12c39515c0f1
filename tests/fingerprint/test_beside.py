"""What a page says outside its visible text."""

import json

import pytest

from cloneward.fingerprint.beside import MOST_CHARACTERS, read_beside

PAGE = """<html><head><title>t</title><meta name="description" content="59 Followers -  Ana">
<meta property="og:title" content="Ana (@ana.b)"><meta charset="utf-8"></head><body>seen
<script type="application/json">{"user": {"name": "Ana", "counts": [59, 2.5], "is_private": true}}</script>
<script type="application/ld+json">{"@type": "Person", "url": "https://a.test/"}</script>
<script>var name = "not data";</script></body></html>"""


def test_descriptions_and_data_are_read():
    """The values of meta elements and of data in scripts come one a line, each once; programs and text are left."""
    lines = read_beside(PAGE.encode()).split("\n")
    expected = ["59 Followers - Ana", "Ana (@ana.b)", "Ana", "59", "2.5", "Person", "https://a.test/"]
    assert lines == expected


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "{broken",
        "\x00\xff",
        json.dumps(["v" * 50 + str(number) for number in range(50_000)]),
        "1e999",
        "9" * 5_000,
    ],
)
def test_hostile_data_is_bounded(data):
    """Data nested without end, broken, or larger than a page's text gives what can be read of it, and no error."""
    page = f'<meta name="description" content="kept"><script type="application/json">{data}</script>'
    told = read_beside(page.encode())
    assert told.startswith("kept")
    assert len(told) <= MOST_CHARACTERS


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"<meta content>", b"<script type='application/json'>"])
def test_nothing_is_told_of_nothing(content):
    """Bytes without a description or data give an empty text."""
    assert not read_beside(content)
