"""Mail in, with a real server on loopback."""

import pytest

from cloneward.errors import InputError, Unavailable
from cloneward.fetch.imap import MOST_BYTES, Mailbox, Position, has_message, read_mail
from tests.mail import PASSWORD, USER, find_port

pytestmark = pytest.mark.server


def box(post, **changes):
    """The mailbox of Ann."""
    told = {
        "host": "127.0.0.1",
        "port": post.imap_port,
        "user": USER,
        "password": PASSWORD,
        "security": "none",
        "timeout_s": 5,
    }
    return Mailbox(**told | changes)


def mail(number):
    """The bytes of a mail."""
    return f"Subject: {number}\r\nMessage-ID: <m{number}@host.test>\r\n\r\nwords\r\n".encode()


def read(post, since=Position()):  # noqa: B008  a frozen value
    """What came since, and from where to go on."""
    found = list(read_mail(box(post), since))
    return [content for content, _ in found], found[-1][1] if found else since


def test_each_mail_comes_once(mailbox_server):
    """What came since the last position is given in its order, and nothing twice."""
    for number in range(3):
        mailbox_server.deliver(mail(number))
    contents, position = read(mailbox_server)
    assert [content.split(b"\r\n")[0] for content in contents] == [b"Subject: 0", b"Subject: 1", b"Subject: 2"]
    assert read(mailbox_server, position) == ([], position)
    mailbox_server.deliver(mail(3))
    contents, _ = read(mailbox_server, position)
    assert contents == [mail(3)]


def test_numbers_of_another_folder_mean_nothing(mailbox_server):
    """Where the folder was made anew, all is read again rather than something missed."""
    mailbox_server.deliver(mail(1))
    _, position = read(mailbox_server)
    contents, _ = read(mailbox_server, Position(validity=position.validity + 1, last=99))
    assert len(contents) == 1


def test_nothing_is_marked(mailbox_server):
    """A mail that we read is unread still for people."""
    mailbox_server.deliver(mail(1))
    read(mailbox_server)
    assert [message.get_flags() for message in mailbox_server.box] == [""]


def test_a_copy_is_found(mailbox_server):
    """Whether a letter of ours lies there is told by its Message-ID."""
    mailbox_server.deliver(mail(1))
    assert has_message(box(mailbox_server), "<m1@host.test>")
    assert not has_message(box(mailbox_server), "<m2@host.test>")


def test_a_huge_mail_is_cut(mailbox_server):
    """Of a huge mail the beginning is fetched."""
    mailbox_server.deliver(mail(1) + b"x" * (MOST_BYTES + 1_000))
    contents, _ = read(mailbox_server)
    assert len(contents[0]) == MOST_BYTES


@pytest.mark.parametrize(("changes", "what"), [({"folder": "none"}, "none"), ({"password": "wrong"}, "ann")])
def test_what_the_owner_can_mend(mailbox_server, changes, what):
    """A folder that is not there, and a password that is wrong, are told as that."""
    with pytest.raises(InputError, match=what):
        list(read_mail(box(mailbox_server, **changes), Position()))


def test_nobody_is_there(post):
    """A mailbox that cannot be reached is asked later."""
    with pytest.raises(Unavailable, match="cannot be reached"):
        has_message(box(post, port=find_port()), "<m1@host.test>")
