"""Tests of cloneward.seal.stamps."""

from datetime import UTC, datetime, timedelta

import pytest
from rfc3161_client import decode_timestamp_response

from cloneward.errors import EvidenceError, InputError
from cloneward.seal.stamps import Authority, check_reply, make_request, read_time
from tests.authority import StampServer

CONTENT = b"what is stamped"


@pytest.fixture
def authority(stamp_servers):
    """The first authority, as the settings name it."""
    server = stamp_servers[0]
    return Authority(server.name, server.url, server.roots)


@pytest.mark.server
def test_replies(stamp_servers, authority):
    """A reply over these bytes holds, and states the time at which it was given."""
    reply = stamp_servers[0].reply(make_request(CONTENT))
    moment = check_reply(reply, CONTENT, authority)
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=30)
    assert read_time(reply) == moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.server
def test_other_bytes(stamp_servers, authority):
    """A reply over other bytes does not hold."""
    with pytest.raises(EvidenceError, match=r"the reply of one: .*message imprint mismatch"):
        check_reply(stamp_servers[0].reply(make_request(b"other")), CONTENT, authority)


@pytest.mark.server
def test_other_authorities(stamp_servers, authority, tmp_path):
    """A reply of an authority with another root does not hold, and neither does one of the same name."""
    stranger = StampServer("one", tmp_path / "stranger")
    for server in (stamp_servers[1], stranger):
        with pytest.raises(EvidenceError, match="the reply of one"):
            check_reply(server.reply(make_request(CONTENT)), CONTENT, authority)


@pytest.mark.server
@pytest.mark.parametrize("reply", [b"", b"<html>", bytes(2_000_000), b"\x30\x03\x02\x01\x02"])
def test_no_reply_at_all(authority, reply):
    """What is no reply does not hold, whatever it is, and states no time."""
    with pytest.raises(EvidenceError, match="the reply of one"):
        check_reply(reply, CONTENT, authority)
    assert read_time(reply) is None


@pytest.mark.server
def test_cut_replies(stamp_servers, authority):
    """A reply cut anywhere does not hold."""
    reply = stamp_servers[0].reply(make_request(CONTENT))
    for size in range(0, len(reply), 37):
        with pytest.raises(EvidenceError):
            check_reply(reply[:size], CONTENT, authority)


@pytest.mark.server
def test_certificates_out_of_order(tmp_path):
    """A reply whose certificates are not in the order of strict DER is read by openssl, and must hold there."""
    server = StampServer("three", tmp_path / "three")
    authority = Authority("three", "http://tsa.test/", server.roots)
    other = StampServer("four", tmp_path / "four")
    refused = []
    certificates = [server.roots.read_bytes(), other.roots.read_bytes(), (other.folder / "leaf.pem").read_bytes()]
    server.configure("certs = more.pem")
    for order in (certificates, certificates[::-1]):
        (server.folder / "more.pem").write_bytes(b"".join(order))
        reply = server.reply(make_request(CONTENT))
        try:
            decode_timestamp_response(reply)
        except ValueError as error:
            refused.append(str(error))
        assert abs(check_reply(reply, CONTENT, authority) - datetime.now(UTC)) < timedelta(seconds=30)
        assert read_time(reply) is not None
        with pytest.raises(EvidenceError):
            check_reply(reply, b"other", authority)
    assert any("InvalidSetOrdering" in text for text in refused)


def test_requests_are_the_same():
    """A request depends on nothing but what is to be stamped."""
    assert make_request(CONTENT) == make_request(CONTENT) != make_request(b"other")


@pytest.mark.parametrize("name", ["", "One", "a/b", "../a", "a.b", "a b", "-a", "a" * 50])
def test_names(name):
    """An authority's name can stand in the name of a file."""
    with pytest.raises(InputError, match="an authority named"):
        Authority(name, "http://tsa.test/")
