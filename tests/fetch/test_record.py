"""Tests of cloneward.fetch.record: what is read along, and that hostile bytes end it quietly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.fetch import record
from cloneward.fetch.record import Observer
from tests.fetch.hosts import JumpClock, answer

ASK = b"GET /a?b HTTP/1.1\r\nHost: x.test\r\nX-Odd: 1\r\n\r\n"


def read(*pieces):
    """The traces of a talk: pieces that were sent begin with `>`, others came."""
    observer = Observer(JumpClock())
    for piece in pieces:
        (observer.note_sent if piece[:1] == b">" else observer.note_received)(piece[1:])
    return observer.end()


def test_reads_a_request_and_its_answer():
    """A trace has both heads as they were spelt, and the bodies without their framing."""
    body = b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"
    post = b"POST /form HTTP/1.1\r\nHost: x.test\r\nContent-Length: 3\r\n\r\na=1"
    (trace,) = read(b">" + post, b"<" + answer(body, "Transfer-Encoding: chunked\r\nX-YES: ä\r\n", "200 Fine"))
    assert (trace.method, trace.target, trace.request_body) == ("POST", "/form", b"a=1")
    assert trace.request_headers == (("Host", "x.test"), ("Content-Length", "3"))
    assert (trace.status, trace.reason, trace.version) == (200, "Fine", "HTTP/1.1")
    assert ("X-YES", "ä") in trace.headers
    assert (trace.body, trace.is_whole, trace.failure) == (b"Wikipedia", True, "")


def test_what_is_of_a_next_request_is_counted():
    """Bytes behind the end of a request are told while its answer is awaited, and none before it has ended."""
    observer = Observer(JumpClock())
    observer.note_sent(ASK[:10])
    assert observer.surplus_bytes == 0
    observer.note_sent(ASK[10:] + b"GET /next")
    assert observer.surplus_bytes == len(b"GET /next")
    observer.note_received(answer(b"x"))
    assert observer.surplus_bytes == 0


def test_reads_many_on_one_connection():
    """Requests that follow one another, each in pieces of one byte, give a trace each."""
    talk = []
    for at in range(3):
        talk += [b">" + bytes([one]) for one in ASK.replace(b"/a", f"/{at}".encode())]
        talk += [b"<" + bytes([one]) for one in answer(f"body {at}".encode())]
    assert [(trace.target, trace.body) for trace in read(*talk)] == [
        (f"/{at}?b", f"body {at}".encode()) for at in range(3)
    ]


@pytest.mark.parametrize(
    ("came", "body", "failure"),
    [
        ((), b"", "ended before"),
        ((b"HTTP/1.1 200",), b"", "ended before"),
        ((answer(b"hel", length=5),), b"hel", "ended before"),
        ((answer(b"4\r\nWi", "Transfer-Encoding: chunked\r\n"),), b"Wi", "ended before"),
        ((b"not HTTP\r\n\r\n",), b"", "no HTTP/1.1"),
        ((answer(b"zz\r\nWi", "Transfer-Encoding: chunked\r\n"),), b"", "no HTTP/1.1"),
    ],
)
def test_broken_answers_are_kept_as_far_as_they_came(came, body, failure):
    """An answer that is missing, cut or no HTTP leaves what came of it, with the reason."""
    (trace,) = read(b">" + ASK, *(b"<" + piece for piece in came))
    assert trace.body == body
    assert failure in trace.failure
    assert not trace.is_whole


def test_answers_that_end_with_the_connection_are_whole():
    """An answer of no stated length is whole when the connection ends."""
    (trace,) = read(b">" + ASK, b"<HTTP/1.0 200 OK\r\n\r\nall of it")
    assert (trace.body, trace.is_whole, trace.failure) == (b"all of it", True, "")


def test_heads_alone_and_hints_before():
    """A HEAD has no body whatever length is told; what comes before an answer is no answer."""
    head = ASK.replace(b"GET", b"HEAD")
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    first, second = read(b">" + head, b"<" + answer(length=500), b">" + ASK, b"<" + hint + answer(b"x"))
    assert (first.status, first.body, first.is_whole) == (200, b"", True)
    assert (second.status, second.body) == (200, b"x")


def test_upgrades_are_named_and_not_read():
    """A connection that goes over to WebSocket has the answer that says so, and nothing of what follows."""
    ask = b"GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    switch = b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n\x81\x05hello"
    (trace,) = read(b">" + ask, b"<" + switch, b">\x82\x00", b"<\x81\x00")
    assert (trace.status, trace.upgrade, trace.body, trace.failure) == (101, "websocket", b"", "")


def test_endless_bodies_are_cut(monkeypatch):
    """Of a body that is too long the beginning is kept, and the trace says so."""
    monkeypatch.setattr(record, "MAX_BODY_BYTES", 10)
    (trace,) = read(b">" + ASK, b"<" + answer(b"x" * 50))
    assert (trace.body, trace.is_whole) == (b"x" * 10, False)
    assert "10 bytes were kept" in trace.failure


@given(st.lists(st.tuples(st.sampled_from([b">", b"<"]), st.binary(max_size=200)), max_size=20))
def test_any_bytes_are_borne(talk):
    """Whatever flows in whatever order, nothing raises and memory is bounded by what came."""
    traces = read(b">" + ASK, *(way + piece for way, piece in talk))
    assert sum(len(trace.body) for trace in traces) <= sum(len(piece) for _, piece in talk)


@given(st.data())
def test_any_cut_of_good_talk_gives_the_same(data):
    """However the network cuts two exchanges into pieces, the traces are the same."""
    replies = [answer(b"first", "X: 1\r\n"), answer(b"6\r\nsecond\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n")]
    talk = []
    for reply in replies:
        for way, whole in ((b">", ASK), (b"<", reply)):
            cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=5)))
            talk += [way + whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert [trace.body for trace in read(*talk)] == [b"first", b"second"]
