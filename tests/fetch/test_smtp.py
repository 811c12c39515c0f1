"""Mail out, with a real server on loopback."""

import pytest

from cloneward.errors import InputError, RefusedError, Unavailable, Unsure
from cloneward.fetch.smtp import Relay, send_mail
from tests.mail import find_port

pytestmark = pytest.mark.server
CONTENT = b"Subject: notice\r\nMessage-ID: <m1@example.org>\r\n\r\nwords\r\n.\r\nmore\r\n"


def send(post, **changes):
    """Send a letter by way of the server."""
    relay = Relay(**{"host": "127.0.0.1", "port": post.smtp_port, "security": "none", "timeout_s": 5} | changes)
    return send_mail(relay, "ann@example.org", "abuse@host.test", "ann@example.org", CONTENT)


def test_a_letter_and_its_copy_go_in_one_transaction(post):
    """The server is given both recipients at once, and every byte."""
    assert send(post).startswith("250 ")
    assert post.taken == [(("abuse@host.test", "ann@example.org"), CONTENT)]
    assert len(post.box) == 1


def test_a_refused_recipient_takes_nothing_with_it(post):
    """Where one recipient is refused for good, nothing goes to anybody."""
    post.refuses.add("abuse@host.test")
    with pytest.raises(RefusedError, match="550"):
        send(post)
    assert (post.taken, len(post.box)) == ([], 0)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_later_is_later(post, command):
    """A server that says later is asked later, and nothing went."""
    post.says[command] = "451 busy"
    with pytest.raises(Unavailable, match="451") as caught:
        send(post)
    assert not isinstance(caught.value, Unsure)
    assert post.taken == []


def test_a_mail_that_is_refused_whole(post):
    """A server that will not have the words refuses for good."""
    post.says["DATA"] = "554 no"
    with pytest.raises(RefusedError, match="554"):
        send(post)


def test_a_lost_connection_leaves_it_open(post):
    """Where the connection is lost after the mail was handed over, it is said that nobody knows."""
    post.hangs_up = True
    with pytest.raises(Unsure):
        send(post)
    assert len(post.taken) == 1


def test_nobody_is_there(post):
    """A server that cannot be reached took nothing."""
    with pytest.raises(Unavailable, match="cannot be reached"):
        send(post, port=find_port())


def test_no_word_goes_in_clear_unless_asked(post):
    """A server without TLS is given nothing, unless the settings say that it may be so."""
    with pytest.raises(InputError, match="STARTTLS"):
        send(post, security="starttls")
    with pytest.raises(Unavailable):
        send(post, security="tls")
    assert post.taken == []


def test_a_user_whom_nobody_knows(post):
    """A server that knows no users says so."""
    with pytest.raises(InputError):
        send(post, user="ann", password="x")
