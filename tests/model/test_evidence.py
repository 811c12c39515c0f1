"""Tests of what shows that a claim holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.model.codec import decode, encode
from cloneward.model.evidence import Attachment, Capture, Exchange, FileDigest, Proof, Seal, Token, Visit, capture_id

AT = "2026-11-24T04:14:52.000Z"
EXCHANGE = Exchange(
    url="https://a.test/",
    requested_at=AT,
    request_headers=(("Accept", "*/*"),),
    status=200,
    response_headers=(("set-cookie", "a=1"), ("set-cookie", "b=2")),
    body=b"\x00<p>\xff",
    address="192.0.2.7:443",
)
CAPTURE = Capture(
    id="c" * 25,
    url="https://a.test/",
    vantage="plain",
    mode="browser",
    bodies="decoded",
    started_at=AT,
    ended_at=AT,
    operator="ana",
    purpose="capture",
    visits=(Visit(url="https://a.test/", at=AT),),
    not_recorded={"websocket": "frames are not kept"},
    files={"capture.wacz": FileDigest(digest="d" * 64, size_bytes=7)},
)
SEAL = Seal(
    id="1" * 64,
    subject="c" * 25,
    manifest="2" * 64,
    signature="3" * 128,
    key="4" * 64,
    sealed_at=AT,
    state="pending",
    tokens=(Token(authority="one", time=AT, digest="5" * 64),),
)
ATTACHMENT = Attachment(url="https://a.test/", kind="view", media_type="image/png", made_at=AT, content=b"\x89PNG")


def test_a_proof_returns():
    """A proof is written as one record and read back as it was; before it is on record it has no times."""
    proof = Proof(domain="a.test", method="dns", evidence='_cloneward.a.test TXT "x"', digest="d" * 64)
    assert decode(encode(proof), Proof) == proof
    assert (proof.first_proven_at, proof.last_proven_at) == (None, None)


@pytest.mark.parametrize("noun", [EXCHANGE, CAPTURE, SEAL, ATTACHMENT], ids=lambda noun: type(noun).__name__)
def test_evidence_returns(noun):
    """Each noun of a capture is written as one record and read back as it was, bytes and repeated headers included."""
    assert decode(encode(noun), type(noun)) == noun


def test_a_capture_has_one_id():
    """The same step of a workflow gives the same id, and none of its four parts can be moved into another."""
    parts = ["https://a.test/", "plain", "w1", "s1"]
    assert capture_id(*parts) == "ccc22bfed21a6001346642c52"
    for place in range(4):
        assert capture_id(*parts[:place], "other", *parts[place + 1 :]) != capture_id(*parts)


@given(st.tuples(*[st.text(max_size=3)] * 4), st.tuples(*[st.text(max_size=3)] * 4))
def test_ids_of_captures_differ(left, right):
    """Two captures have one id only where address, vantage, workflow and step are the same."""
    assert (capture_id(*left) == capture_id(*right)) == (left == right)
