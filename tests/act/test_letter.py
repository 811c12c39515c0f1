"""Letters: what leaves as a mail."""

import json
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.letter import Envelope, name_message, write_letter
from cloneward.act.papers import write_notice
from cloneward.errors import InputError
from cloneward.model.notice import Notice
from tests.act.briefs import SENDER, brief

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTICE = write_notice(brief())
FIRST = Envelope(recipient="abuse@host.test", at=NOON)


def read(letter):
    """The mail as others read it."""
    return BytesParser(policy=policy.default).parsebytes(letter.content)


def test_a_notice_is_a_mail():
    """The text is what people read, the report lies beside it, and replies come to the sender."""
    letter = write_letter(NOTICE, SENDER, FIRST)
    mail = read(letter)
    assert mail.get_body().get_content().replace("\r\n", "\n") == NOTICE.text
    (report,) = mail.iter_attachments()
    assert json.loads(report.get_content()) == json.loads(NOTICE.report)
    assert (mail["To"], mail["Message-ID"]) == ("abuse@host.test", letter.message_id)
    assert mail["From"].addresses[0].addr_spec == "ann@example.org"
    assert mail["Date"].datetime == NOON


def test_it_is_the_same_when_it_is_written_again():
    """After a crash the same letter is the same bytes, attachments too."""
    assert write_letter(NOTICE, SENDER, FIRST) == write_letter(NOTICE, SENDER, FIRST)


def test_a_later_letter_answers_the_earlier_ones():
    """A follow-up stands in the thread of the notice, by a name of its own."""
    first = write_letter(NOTICE, SENDER, FIRST)
    later = Envelope(recipient="abuse@host.test", at=NOON, kind="follow_up", earlier=("<a@b>", first.message_id))
    mail = read(write_letter(NOTICE, SENDER, later))
    assert mail["In-Reply-To"] == first.message_id
    assert mail["References"] == f"<a@b> {first.message_id}"
    assert mail["Subject"].startswith("Re: [CW-")
    assert mail["Message-ID"] != first.message_id


def test_names_tell_letters_apart():
    """Each action, kind and number has a Message-ID of its own, on our own domain."""
    names = {
        name_message(action, kind, number, SENDER)
        for action in "ab"
        for kind in ("notice", "resolved")
        for number in (1, 2)
    }
    assert len(names) == 8
    assert all(name.endswith("@example.org>") for name in names)


def test_a_notice_without_a_report():
    """Without a report the mail is its text alone."""
    mail = read(write_letter(Notice(action="a1", subject="s", text="t\n"), SENDER, FIRST))
    assert not mail.is_multipart()


@pytest.mark.parametrize("recipient", ["", "nobody", "a@b\r\nBcc: c@d", "a b@c"])
def test_what_is_no_address_is_refused(recipient):
    """An address that is none, or that would write headers of its own, makes no letter."""
    with pytest.raises(InputError, match="no mail address"):
        write_letter(NOTICE, SENDER, Envelope(recipient=recipient, at=NOON))


@given(st.text(max_size=60).map(lambda text: " ".join(text.split())), st.text(max_size=200))
def test_no_text_writes_headers(subject, text):
    """Whatever a notice holds, the mail has the headers that we wrote, one of each."""
    clean = "".join(one for one in subject if one.isprintable())
    words = text.encode("utf-8", "replace").decode()
    mail = read(write_letter(Notice(action="a1", subject=clean, text=words), SENDER, FIRST))
    assert sorted(set(mail.keys())) == sorted(mail.keys())
    assert "bcc" not in {name.lower() for name in mail}
