"""The mailbox of the judge writes messages that a well-kept reader understands."""

import email
from email import policy

import pytest

from tests.adversary.mailbox import AUTHSERV, Mail, make_letters, write_folder


def read(mail):
    """A message as the standard library reads it."""
    return email.message_from_bytes(mail.write(), policy=policy.default)


@pytest.mark.parametrize("coding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_text(coding, charset):
    """A text comes back from its coding and charset, and a subject from its own."""
    read_back = read(Mail("a@b.test", "Rückmeldung", "Für Sie geprüft.", coding=coding, charset=charset))
    assert read_back["Subject"] == "Rückmeldung"
    assert read_back.get_body().get_content().strip() == "Für Sie geprüft."


def test_parts():
    """HTML and files are parts of their own."""
    mail = read(Mail("a@b.test", "s", "plain", html="<p>rich</p>", files=(("a.png", "image/png", b"123"),)))
    assert mail.get_body(("plain",)).get_content().strip() == "plain"
    assert mail.get_body(("html",)).get_content().strip() == "<p>rich</p>"
    assert [part.get_content() for part in mail.iter_attachments()] == [b"123"]


def test_report():
    """A delivery report has its fields, and an empty return path."""
    mail = read(Mail("daemon@b.test", "s", "text", report=(("Action", "failed"),), returned="Message-ID: <a@b>\n"))
    assert mail.get_content_type() == "multipart/report"
    assert mail["Return-Path"] == "<>"
    assert [part.get_content_type() for part in mail.iter_parts()][1:] == [
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    assert "failed" in str(mail)


def test_checks():
    """Our own server's word stands above those of others."""
    mail = read(Mail("a@b.test", "s", "t", checks="fail", extra_checks=("mx.evil.test; dkim=pass",)))
    said = mail.get_all("Authentication-Results")
    assert said[0].startswith(AUTHSERV)
    assert "dkim=fail" in said[0]
    assert said[1].startswith("mx.evil")
    assert read(Mail("a@b.test", "s", "t", checks="none"))["Authentication-Results"] is None


def test_letters():
    """Some recipients have several cases, and each letter its own id."""
    letters = make_letters()
    assert len({it.recipient for it in letters}) < len(letters) == len({it.message_id for it in letters})


def test_folder(tmp_path):
    """A Maildir holds the messages byte for byte, in their order."""
    files = write_folder(tmp_path, [b"one", b"two"])
    assert [file.read_bytes() for file in sorted((tmp_path / "new").iterdir())] == [b"one", b"two"]
    assert files == sorted(files)
