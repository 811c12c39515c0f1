"""Replies: whose they are, what they answer, and what they mean."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloneward.act.replies import MOST_BYTES, Post, Sent, read_reply

SENT = Sent(
    action="a1",
    case="c1",
    message_id="<a1.1@example.org>",
    reference="CW-0123456789ab",
    recipient="abuse@host.test",
    urls=("https://copy.test/ann",),
    tickets=("H-778",),
)
OTHER = Sent(
    action="a2",
    case="c2",
    message_id="<a2.1@example.org>",
    reference="CW-ba9876543210",
    recipient="abuse@other.test",
    urls=("https://copy.test/bob",),
)
POST = Post([SENT, OTHER])
US = "mx.example.org"


def mail(text="We have received your report.", subject="Re: notice", sender="abuse@host.test", **headers):
    """The bytes of a mail."""
    lines = [f"From: {sender}", "To: ann@example.org", f"Subject: {subject}", "Message-ID: <r1@host.test>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


ANSWERS = {"In_Reply_To": "<a1.1@example.org>"}


@pytest.mark.parametrize(
    ("raw", "linked_by"),
    [
        (mail(In_Reply_To="<a1.1@example.org>"), "message"),
        (mail(References="<x@y> <A1.1@EXAMPLE.org>"), "message"),
        (mail(subject="Re: [CW-0123456789AB] copyright"), "reference"),
        (mail("Your ref cw-0123456789ab is with us."), "reference"),
        (mail(subject="Update on H-778"), "ticket"),
        (mail("hxxps://copy[.]test/ann was removed"), "address"),
    ],
)
def test_a_reply_finds_its_notice(raw, linked_by):
    """By message, reference, ticket or address, the reply is that of the notice."""
    reply = read_reply(raw, POST)
    assert (reply.action, reply.case, reply.linked_by) == ("a1", "c1", linked_by)


@pytest.mark.parametrize(
    "raw",
    [
        mail("Buy now"),
        mail("https://copy.test/annex is gone"),
        mail(subject="Update on H-7781"),
        mail(subject="Update on H-778", sender="abuse@elsewhere.test"),
        mail("https://copy.test/ann was removed", sender="abuse@elsewhere.test"),
    ],
)
def test_what_is_of_no_notice_is_linked_to_none(raw):
    """Longer names, other people's tickets and chatter link to nothing."""
    reply = read_reply(raw, POST)
    assert (reply.action, reply.meaning) == (None, "unrelated")


def test_two_notices_of_one_address_are_not_guessed():
    """Where an address fits two notices to one recipient, none is chosen."""
    twin = Sent(
        action="a3",
        case="c3",
        message_id="<a3@x>",
        reference="CW-aaaaaaaaaaaa",
        recipient="a@host.test",
        urls=SENT.urls,
    )
    assert read_reply(mail("https://copy.test/ann is gone"), Post([SENT, twin])).action is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Thank you, we have received your report.", "acknowledged"),
        ("Ticket H-9 has been created and we will investigate.", "acknowledged"),
        ("The content has been removed by our customer.", "resolved"),
        ("We have suspended the account.", "resolved"),
        ("Die Seite wurde gesperrt.", "resolved"),
        ("Thank you. This page does not violate our terms.", "rejected"),
        ("We are unable to take action on this.", "rejected"),
        ("Please provide the exact URL.", "more_wanted"),
        ("We could not reproduce it.", "more_wanted"),
        ("Thank you for your report. The site is not hosted by us.", "wrong_channel"),
        ("We only accept reports through our web form.", "wrong_channel"),
        ("Nous avons bien reçu votre message.", "acknowledged"),
        ("Blue.", "unclear"),
    ],
)
def test_what_they_mean(text, meaning):
    """The words above the quoted notice say what is meant."""
    assert read_reply(mail(text, **ANSWERS), POST).meaning == meaning


def test_what_is_quoted_means_nothing():
    """Our own words below theirs are not theirs."""
    text = "We have received it.\r\n\r\nOn Tue, Ann wrote:\r\n> please provide\r\n> it has been removed\r\n"
    assert read_reply(mail(text, **ANSWERS), POST).meaning == "acknowledged"


def test_out_of_office():
    """An automatic answer that somebody is away is that, whatever else it says."""
    raw = mail("Thank you for your mail. I am out of office.", Auto_Submitted="auto-replied", **ANSWERS)
    assert read_reply(raw, POST).meaning == "automatic"


DSN = """\
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; abuse@host.test
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: <a1.1@example.org>
Subject: notice
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "meaning"), [("failed", "5.1.1", "bounced"), ("delayed", "4.4.1", "delayed")]
)
def test_a_bounce_is_of_the_mail_inside_it(action, status, meaning):
    """A report on delivery names our mail by its Message-ID, and whether it failed or is late."""
    reply = read_reply(DSN.format(action=action, status=status).encode(), POST)
    assert (reply.meaning, reply.action, reply.counts) == (meaning, "a1", True)


RESULTS = {"pass": "dkim=pass header.d=host.test; spf=pass; dmarc=pass", "fail": "spf=fail; dkim=fail; dmarc=fail"}


@pytest.mark.parametrize(
    ("raw", "trusted", "trust"),
    [
        (mail(**ANSWERS, Authentication_Results=f"{US}; {RESULTS['pass']}"), US, "authenticated"),
        (mail(**ANSWERS, Authentication_Results=f"{US}; {RESULTS['fail']}"), US, "forged"),
        (mail(**ANSWERS, Authentication_Results=f"evil.test; {RESULTS['pass']}"), US, "unproven"),
        (mail(**ANSWERS, Authentication_Results="rubbish ;;; ="), US, "unproven"),
        (mail(**ANSWERS), US, "unproven"),
        (mail(**ANSWERS), "", "authenticated"),
        (mail(**ANSWERS, sender="x@elsewhere.test"), "", "unproven"),
        (mail("copy.test/ann was removed"), "", "unproven"),
    ],
)
def test_whose_it_is(raw, trusted, trust):
    """Only our own server's word counts; without one, that the mail names what a reader of ours alone can know."""
    reply = read_reply(raw, POST, trusted=trusted)
    assert reply.trust == trust
    assert reply.counts is (trust == "authenticated")


@pytest.mark.parametrize(
    ("subject", "text", "ticket"),
    [
        ("[Ticket ID: 448812] Abuse", "", "448812"),
        ("Re: notice (Case #AB-1203)", "", "AB-1203"),
        ("##20931## report", "", "20931"),
        ("[CW-0123456789ab] notice", "Your ticket number is INC0012345.", "INC0012345"),
        ("Vorgang 2026-55-1", "", "2026-55-1"),
        ("Re: notice", "We looked at 203.0.113.7 on 2026-11-24.", None),
        ("Re: notice", "Thank you for your report.", None),
    ],
)
def test_tickets(subject, text, ticket):
    """Their own number is found in subject or text; ours, addresses and days are none."""
    assert read_reply(mail(text, subject, **ANSWERS), POST).ticket == ticket


def test_html_alone_is_read():
    """A mail of HTML says what its text says."""
    raw = mail("<p>The page <b>has been removed</b>.</p>", **ANSWERS, Content_Type="text/html; charset=latin-1")
    assert read_reply(raw, POST).meaning == "resolved"


def test_the_same_bytes_are_one_reply():
    """A mail that is read twice has one id."""
    assert read_reply(mail(), POST).id == read_reply(mail(), POST).id != read_reply(mail("x"), POST).id


@given(st.binary(max_size=600), st.sampled_from([b"", mail(**ANSWERS)[:120], DSN.encode()[:300]]))
def test_hostile_bytes_never_raise(raw, start):
    """Whatever is in a mail, something is read and nothing is raised."""
    assert read_reply(start + raw, POST, trusted=US).meaning


def test_a_huge_mail_is_cut():
    """What lies beyond the limit is not read."""
    raw = mail("x" * (MOST_BYTES + 10) + " has been removed", **ANSWERS)
    assert len(read_reply(raw, POST).text) <= 50_000


def test_every_meaning_has_words():
    """The file of words holds each meaning that words tell, in the order in which they count."""
    said = tomllib.loads(files("cloneward.act").joinpath("replies.toml").read_text("utf-8"))
    assert list(said) == ["wrong_channel", "rejected", "more_wanted", "resolved", "acknowledged", "automatic"]
