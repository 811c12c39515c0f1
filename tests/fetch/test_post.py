"""Tests of the owner's mail, with real servers on loopback."""

import pytest

from cloneward.errors import InputError
from cloneward.fetch.imap import Mailbox, Position
from cloneward.fetch.post import Post
from cloneward.fetch.smtp import Relay
from tests.mail import PASSWORD, USER

pytestmark = pytest.mark.server
LETTER = b"From: ann@example.org\r\nMessage-ID: <m1@example.org>\r\nSubject: notice\r\n\r\nwords\r\n"


def open_post(server, *, has_mailbox=True):
    """The mail of Ann."""
    box = Mailbox(host="127.0.0.1", port=server.imap_port, user=USER, password=PASSWORD, security="none", timeout_s=5)
    relay = Relay(host="127.0.0.1", port=server.smtp_port, security="none", timeout_s=5)
    return Post(relay, "ann@example.org", "ann@example.org", box if has_mailbox else None)


def test_what_went_is_found_by_its_copy(mailbox_server):
    """A letter that went lies in our own mailbox as well, and is found there; another is not."""
    post = open_post(mailbox_server)
    assert not post.has("<m1@example.org>")
    assert post.send("<m1@example.org>", "abuse@host.test", LETTER).startswith("250")
    assert (post.has("<m1@example.org>"), post.has("<m2@example.org>")) == (True, False)
    ((content, _),) = post.read(Position())
    assert b"words" in content


def test_without_a_mailbox_nothing_is_found_out(post):
    """Where the settings name no mailbox, that is told before anything is guessed."""
    with pytest.raises(InputError, match="no mailbox"):
        open_post(post, has_mailbox=False).has("<m1@example.org>")
