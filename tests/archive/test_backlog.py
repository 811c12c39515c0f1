"""Backlogs: addresses out of CSV, MISP and STIX."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.archive.backlog import MOST_BYTES, Wanted, read_backlog, refang
from cloneward.errors import InputError, Problem


def read(text, name="list"):
    """The addresses and the problems of a file."""
    found = list(read_backlog(text if isinstance(text, bytes) else text.encode(), name))
    return [one.url for one in found if isinstance(one, Wanted)], [one for one in found if isinstance(one, Problem)]


A, B = "https://copy.test/ann", "https://other.test/b?x=1"


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n",
        f"url\n{A}\n{B}\n",
        f"id,url,note\n1,{A},one\n2,{B},two\n",
        f"id;link;note\n1;{A};one, two, three\n2;{B};x\n",
        f"id\tdomain\n1\t{A}\n2\t{B}\n",
        f"note|address\r\nx|{A}\r\ny|{B}\r\n",
        f'"note","URL"\n"a, ""b""","{A}"\n"two\nlines","{B}"\n',
        f"# a comment\n\n{A} \n , {B}\n",
        f"first seen,comment\n2026-01-01,{A}\n2026-01-02,{B}\n",
        f"\ufeffurl\n{A}\n{B}\n",
        f"url\n{A}\n{B}\n".encode("utf-16"),
        f"url,é\n{A},é\n{B},é\n".encode("latin-1"),
    ],
)
def test_dialects(text):
    """Whatever the marks, the order of columns and the encoding, both addresses are read."""
    assert read(text) == ([A, B], [])


@pytest.mark.parametrize(
    "written",
    [
        "hxxps://copy[.]test/ann",
        "HXXPS://COPY.test/ann",
        "https://copy(dot)test/ann",
        "https[:]//copy[.]test/ann",
        "https://copy.test/ann/",
        "https://copy.test/ann?utm_source=x&fbclid=1",
        "https://copy.test/ann#top",
        "https://www.copy.test/ann",
        "http://copy.test/ann",
        "copy.test/ann",
        "copy[.]test[/]ann",
        "<https://copy.test/ann>",
    ],
)
def test_one_page_comes_once(written):
    """An address that was made harmless, or is written otherwise, is the same one."""
    assert read(f"{A}\n{written}\n") == ([A], [])


def test_names_of_other_scripts_come_once():
    """A name and its ASCII form are one."""
    assert read("https://bücher.test/\nhttps://xn--bcher-kva.test/\n")[0] == ["https://xn--bcher-kva.test/"]


def test_what_is_said_of_it_is_kept():
    """Notes and days come along, with the line that they stand in."""
    (one,) = read_backlog(f"url,comment,first_seen\n{A},scam,2026-01-02\n".encode(), "b.csv")
    assert one == Wanted(url=A, place="b.csv:2", note="scam", seen_at="2026-01-02")


def test_broken_lines_are_told_and_the_rest_goes_on():
    """Ten thousand lines of nothing take nothing with them, and are counted."""
    broken = "".join(f'"broken {number}, \x00 \n' for number in range(10_000))
    addresses, problems = read(f"{A}\n{broken}{B}\n")
    assert addresses == [A, B]
    assert len(problems) == 101
    assert problems[0].page == "list:2"
    assert "9,900 more" in problems[-1].text


def test_an_open_quote_swallows_nothing():
    """Lines after a quote that is never closed are read, whatever stands on them."""
    assert read(f'"open\n{A}\n"open, {B}\n')[0] == [A, B]
    assert read(f'x,"open\ny,{A}"\n{B}\n')[0] == [A, B]


def test_misp():
    """Attributes of an event and of its objects are read, those that were deleted or are no address are not."""
    event = {
        "Event": {
            "date": "2026-02-03",
            "Attribute": [
                {"type": "url", "value": A, "comment": "c", "uuid": "u1"},
                {"type": "ip-dst", "value": "203.0.113.7"},
                {"type": "domain", "value": "gone.test", "deleted": True},
                {"type": "url", "value": "nonsense"},
            ],
            "Object": [{"Attribute": [{"type": "domain|ip", "value": "third.test|203.0.113.9"}]}],
        }
    }
    for whole in (event, [event], {"response": [event]}):
        addresses, problems = read(json.dumps(whole))
        assert addresses == [A, "https://third.test/"]
        assert [problem.code for problem in problems] == ["backlog_unread"]


def test_stix():
    """Addresses, names and patterns of indicators are read; what was revoked is not."""
    bundle = {
        "type": "bundle",
        "objects": [
            {"type": "url", "id": "url--1", "value": A},
            {"type": "domain-name", "value": "third.test"},
            {"type": "indicator", "pattern": f"[url:value = '{B}'] OR [domain-name:value IN ('a.test', 'b.test')]"},
            {"type": "indicator", "pattern": "[file:name = 'x']"},
            {"type": "url", "value": "https://no.test/", "revoked": True},
            {"type": "identity", "name": "n"},
        ],
    }
    addresses = [A, "https://third.test/", B, "https://a.test/", "https://b.test/"]
    assert read(json.dumps(bundle)) == (addresses, [])


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"a": ' * 2_000])
def test_other_json_is_refused(text):
    """JSON that is neither is an error that says what to give."""
    with pytest.raises(InputError) as caught:
        read(text)
    assert "MISP" in str(caught.value) + caught.value.hint


def test_a_huge_file_is_refused():
    """What is larger than is read is not read in part."""
    with pytest.raises(InputError, match="bytes"):
        list(read_backlog(b"x" * (MOST_BYTES + 1)))


def test_refang():
    """What is no address is left alone."""
    assert refang("a word. Another") == "a word. Another"
    assert refang("hxxp://a[.]b[.]c:80/x") == "http://a.b.c:80/x"


@given(st.binary(max_size=400))
def test_hostile_bytes_never_raise(content):
    """Whatever a file holds, it is addresses, problems, or an error that the caller can mend."""
    try:
        found = list(read_backlog(content, "f"))
    except InputError:
        return
    assert all(isinstance(one, Wanted | Problem) for one in found)
