"""Mail that comes back on notices: for each message its case, what it means, and whether it may be believed.

Meanings, in the words that are judged:

- `acknowledged`: received, maybe with a ticket; `resolved`: they say that it is gone; `rejected`: they will not act;
  `wants_more`: they ask us for something; `bounced`: it never arrived (RFC 3464, action failed).
- `delayed` (still on its way), `away` (out of office) and `unrelated` (spam, loops, news) change nothing: NOTHING.

A message that fails the checks of our own server, or comes from somebody else than whom we wrote to, is not believed:
it may be shown with its case for a person to look at, but it means nothing by itself. A name below the recipient's
domain is the recipient too.
A ticket number counts once an earlier message has tied it to a case; `before` are those messages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.adversary.mailbox import AUTHSERV, US, Letter, Mail

NOTHING = frozenset({"delayed", "away", "unrelated"})
MEANINGS = frozenset({"acknowledged", "resolved", "rejected", "wants_more", "bounced", *NOTHING})
TICKETS = (
    ("[#{n}]", "738291"),
    ("[Ticket#{n}]", "2026112410000123"),
    ("({n})", "CAS-10442-Q7W8E9"),
    ("[ABUSE-{n}]", "55127"),
    ("RE-{n}:", "90-812"),
    ("[{n}]", "AB1C-2DEF-3456"),
    ("##{n}##", "448120"),
    ("Case {n} -", "00417233"),
    ("[ref:{n}:ref]", "_00D30abc._5003zXYZ"),
    ("{n} |", "SR-2026-009911"),
    ("[REQ {n}]", "17_44"),
    ("Vorgang {n}:", "2026/11/884"),
)
SAID: dict[str, tuple[str, ...]] = {
    "acknowledged": (
        "Thank you for your report. We have received it and our team will review it.",
        "Your request has been received and is being reviewed by our abuse team.",
        "This is an automatic confirmation. A ticket has been opened for your complaint.",
        "We forwarded your complaint to our customer and gave them 48 hours to respond.",
        "Vielen Dank für Ihre Meldung. Wir haben sie erhalten und prüfen den Vorgang.",
        "Nous avons bien reçu votre signalement et allons l'examiner.",
        "Hemos recibido su denuncia y la estamos revisando.",
        "Ваше обращение получено и передано в работу.",
        "我们已收到您的举报，正在处理。",
        "ご報告を受け付けました。内容を確認いたします。",
    ),
    "resolved": (
        "The reported content has been removed. We consider this matter closed.",
        "We have suspended the account in question; the site is no longer reachable.",
        "Our customer has confirmed that the pages were deleted.",
        "Access to the material has been disabled. Ticket closed.",
        "Die gemeldeten Inhalte wurden entfernt. Der Fall ist damit abgeschlossen.",
        "Le contenu signalé a été supprimé.",
        "El contenido denunciado ha sido eliminado.",
        "Указанный контент удалён, доступ к сайту закрыт.",
        "您举报的内容已被删除。",
    ),
    "rejected": (
        "We have reviewed your report and found no violation of our terms. No action will be taken.",
        "This address is not on our network. Please contact the responsible provider.",
        "We are only a registrar and do not host this content, so we cannot remove it.",
        "We are unable to act on this complaint without a court order. The ticket is closed.",
        "Wir sind für diese Inhalte nicht zuständig und werden nicht tätig.",
        "Nous ne pouvons pas donner suite à votre demande.",
        "No podemos tomar medidas sobre su denuncia: el sitio no está alojado en nuestra red.",
        "Мы не являемся хостинг-провайдером этого сайта и отказываем в обработке жалобы.",
    ),
    "wants_more": (
        "Please provide the exact URLs of the infringing pages so that we can proceed.",
        "To process your complaint we need a signed statement. Please reply with it.",
        "We could not reproduce the problem. Can you send a screenshot and the time?",
        "Please send us proof that you are authorised to act for the rights holder.",
        "Bitte senden Sie uns einen Nachweis Ihrer Rechte, damit wir den Fall bearbeiten können.",
        "Merci de nous fournir les adresses exactes des pages concernées.",
        "Por favor, envíe las direcciones exactas para poder continuar.",
        "Пожалуйста, пришлите точные адреса страниц.",
    ),
}
AWAY = (
    "I am out of the office until 1 December with limited access to e-mail.",
    "Ich bin bis zum 1. Dezember nicht im Büro.",
    "Je suis absente du bureau jusqu'au 1er décembre.",
    "Estoy fuera de la oficina hasta el 1 de diciembre.",
    "Thank you for your message. Our office is closed for the holidays.",
    "Меня нет в офисе до 1 декабря.",
)
QUOTE = (
    "\n\nOn Tue, 24 Nov 2026 notices@owner.test wrote:\n> {subject}\n> {url}\n> The page has been removed? No: live.\n"
)


@dataclass(frozen=True)
class Fixture:
    """A message after others: `case` is None where it belongs to none; `before` are messages that came first."""

    name: str
    mail: bytes
    case: str | None
    meaning: str
    is_believed: bool = True
    before: tuple[bytes, ...] = ()
    ticket: str = ""


class Maker:
    """Makes fixtures on the letters that went out, one letter after the other."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = letters
        self.made: list[Fixture] = []

    def next_letter(self) -> Letter:
        return self.letters[len(self.made) % len(self.letters)]

    def add(self, name: str, mail: Mail, letter: Letter | None, meaning: str, **told: Any) -> None:
        name = f"{name}-{len(self.made):03}"
        mail = replace(mail, identity=mail.identity or f"<{name}@{mail.sender.rpartition('@')[2]}>")
        self.made.append(Fixture(name, mail.write(), letter.case if letter else None, meaning, **told))


def answer(letter: Letter, body: str, **told: Any) -> Mail:
    """A reply as mail programs write it."""
    thread = (("In-Reply-To", letter.message_id), ("References", letter.message_id))
    headers = told.pop("headers", thread)
    told = {"sender": letter.recipient, "subject": f"Re: {letter.subject}", "headers": headers} | told
    return Mail(body=body, **told)


def list_fixtures(letters: Sequence[Letter]) -> list[Fixture]:
    """All of them on these letters, the same at each call."""
    maker = Maker(letters)
    for family in (
        _add_threads,
        _add_subjects,
        _add_tickets,
        _add_forms,
        _add_automatic,
        _add_bounces,
        _add_forgeries,
        _add_noise,
    ):
        family(maker)
    return maker.made


def _add_threads(maker: Maker) -> None:
    """Plain replies, each meaning in many words and languages, with the letter quoted below."""
    for meaning, texts in SAID.items():
        for number, text in enumerate(texts):
            letter = maker.next_letter()
            quote = QUOTE.format(subject=letter.subject, url=letter.url) if number % 2 else ""
            maker.add(f"thread-{meaning}", answer(letter, text + quote), letter, meaning)


def _add_subjects(maker: Maker) -> None:
    """No In-Reply-To: the mark of the case in the subject, or the id of the letter in the text, tells."""
    prefixes = ("Re:", "AW:", "RE: Re: FW:", "SV:", "Antw:", "回复:", "RIF:", "[EXTERNAL] Re:")
    for prefix in prefixes:
        for meaning in ("acknowledged", "resolved"):
            letter = maker.next_letter()
            mail = answer(letter, SAID[meaning][0], subject=f"{prefix} {letter.subject}", headers=())
            maker.add("subject", mail, letter, meaning)
    for meaning in SAID:
        letter = maker.next_letter()
        body = f"{SAID[meaning][1]}\n\nYour message: {letter.message_id}\n"
        mail = answer(letter, body, subject="Your abuse report", headers=())
        maker.add("text-id", mail, letter, meaning)
        letter = maker.next_letter()
        body = f"{SAID[meaning][2]}\n\nReported address: {letter.url}\n"
        maker.add("text-url", answer(letter, body, subject="Abuse complaint", headers=()), letter, meaning)
        letter = maker.next_letter()  # only References, long, with ours in the middle
        chain = (("References", f"<a@{letter.domain}>\r\n\t{letter.message_id}\r\n\t<b@{letter.domain}>"),)
        maker.add("references", answer(letter, SAID[meaning][3], subject="Re: report", headers=chain), letter, meaning)


def _add_tickets(maker: Maker) -> None:
    """Tickets: named in an acknowledgement, later the only thread there is."""
    for form, number in TICKETS:
        letter = maker.next_letter()
        ticket = f"{number}{len(maker.made) % 10}"
        shown = form.replace("{n}", ticket)
        first = answer(letter, SAID["acknowledged"][2], subject=f"{shown} Re: {letter.subject}")
        maker.add("ticket-given", first, letter, "acknowledged", ticket=ticket)
        known = (maker.made[-1].mail,)
        for meaning in ("resolved", "rejected", "wants_more"):
            mail = answer(letter, SAID[meaning][0], subject=f"{shown} Update on your report", headers=())
            maker.add(f"ticket-{meaning}", mail, letter, meaning, before=known, ticket=ticket)
    letter = maker.next_letter()
    first = answer(letter, "Your ticket number is T-5567788.\nWe will look into it.")
    maker.add("ticket-in-text", first, letter, "acknowledged", ticket="T-5567788")
    known = (maker.made[-1].mail,)
    later = answer(letter, f"T-5567788: {SAID['resolved'][0]}", subject="Ticket closed", headers=())
    maker.add("ticket-in-text-later", later, letter, "resolved", before=known, ticket="T-5567788")
    for wrong in ("738", "T-556778", "99999999"):  # a number that is none of ours, though it is part of one
        later = answer(letter, SAID["resolved"][0], subject=f"[#{wrong}] Ticket closed", headers=())
        maker.add("ticket-unknown", later, None, "resolved", is_believed=False, before=known)


def _add_forms(maker: Maker) -> None:
    """One meaning in the shapes that mail has."""
    picture = ("proof.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(200))
    hostile = ("report.pdf.exe", "application/octet-stream", b"MZ" + bytes(500))
    mail_file = (
        "original.eml",
        "message/rfc822",
        b"Subject: inner\r\nFrom: a@b.test\r\n\r\nThe content was removed.\r\n",
    )
    for meaning in SAID:
        text, own = SAID[meaning][0], SAID[meaning][4]
        page = f"<html><style>p{{color:red}}</style><body><p>{text}</p><!-- removed suspended --></body></html>"
        shapes: dict[str, Mapping[str, Any]] = {
            "html-only": {"body": "", "html": page},
            "html-both": {"body": text, "html": page},
            "base64": {"body": text, "coding": "base64"},
            "quoted-printable": {"body": own, "coding": "quoted-printable"},
            "latin-1": {"body": own, "charset": "iso-8859-1"},
            "utf-16": {"body": text, "charset": "utf-16", "coding": "base64"},
            "picture": {"body": text, "files": (picture,)},
            "hostile-file": {"body": text, "files": (hostile,)},
            "mail-file": {"body": text, "files": (mail_file,)},
            "bare-newlines": {"body": text, "newline": "\n"},
            "named": {"body": text, "name": "Bereitschaft für Missbrauch", "subject": "Re: Ihre Meldung ✓"},
            "subdomain": {"body": text},
        }
        for shape, told in shapes.items():
            letter = maker.next_letter()
            sender = f"noreply@tickets.{letter.domain}" if shape == "subdomain" else letter.recipient
            maker.add(shape, answer(letter, **{"sender": sender, **told}), letter, meaning)


def _add_automatic(maker: Maker) -> None:
    marks: tuple[tuple[tuple[str, str], ...], ...] = (
        (("Auto-Submitted", "auto-replied"),),
        (("X-Autoreply", "yes"), ("Precedence", "auto_reply")),
        (("X-Auto-Response-Suppress", "All"), ("Auto-Submitted", "auto-replied (vacation)")),
    )
    for number, text in enumerate(AWAY):
        letter = maker.next_letter()
        headers = (*marks[number % len(marks)], ("In-Reply-To", letter.message_id))
        maker.add(
            "away", answer(letter, text, subject=f"Out of office: {letter.subject}", headers=headers), letter, "away"
        )
    for number, text in enumerate(SAID["acknowledged"][:6]):  # automatic, and still an acknowledgement
        letter = maker.next_letter()
        headers = (*marks[number % len(marks)], ("In-Reply-To", letter.message_id))
        maker.add("auto", answer(letter, text, headers=headers), letter, "acknowledged")


def _add_bounces(maker: Maker) -> None:
    """Delivery reports (RFC 3464), and those of servers that know none."""
    codes = ("5.1.1", "5.2.2", "5.7.1", "5.1.10", "5.4.4", "5.3.4", "4.4.7")
    for code in codes:
        for has_head in (True, False):
            letter = maker.next_letter()
            report = _report(letter, "failed", code)
            returned = f"Message-ID: {letter.message_id}\nSubject: {letter.subject}\n" if has_head else ""
            headers = () if has_head else (("References", letter.message_id),)
            maker.add("bounce", _daemon(letter, report, returned, headers), letter, "bounced")
    for action, meaning in (("delayed", "delayed"), ("relayed", "unrelated"), ("delivered", "unrelated")):
        for _ in range(3):
            letter = maker.next_letter()
            report = _report(letter, action, "4.4.1" if action == "delayed" else "2.0.0")
            mail = _daemon(letter, report, f"Message-ID: {letter.message_id}\n", ())
            maker.add(f"report-{action}", mail, letter, meaning)
    texts = (
        "Hi. This is the mail program at mail.example. I'm afraid I wasn't able to deliver your message.",
        "Delivery to the following recipient failed permanently: {to}\n550 5.1.1 No such user",
        "This mailbox is not monitored. Please use the form at https://form.test/abuse. Your message was not read.",
        "Diese Adresse existiert nicht mehr. Ihre Nachricht wurde nicht zugestellt.",
    )
    for text in texts:
        letter = maker.next_letter()
        body = f"{text.format(to=letter.recipient)}\n\n--- Below is a copy.\nMessage-ID: {letter.message_id}\n"
        sender = f"MAILER-DAEMON@{letter.domain}"
        mail = answer(letter, body, sender=sender, subject="failure notice", headers=())
        maker.add("bounce-text", mail, letter, "bounced")


def _report(letter: Letter, action: str, code: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Final-Recipient", f"rfc822; {letter.recipient}"),
        ("Action", action),
        ("Status", code),
        ("Diagnostic-Code", f"smtp; {code[0]}50 {code} as the server says"),
    )


def _daemon(letter: Letter, report: tuple[tuple[str, str], ...], returned: str, headers: tuple[Any, ...]) -> Mail:
    """What our own server says of a letter: it comes from ours, hence no checks."""
    return Mail(
        f"MAILER-DAEMON@{AUTHSERV}",
        "Delivery Status Notification",
        "See the report below.",
        headers=(*headers, ("Auto-Submitted", "auto-replied")),
        report=report,
        returned=returned,
        checks="none",
    )


def _add_forgeries(maker: Maker) -> None:
    """Messages that claim to be from whom we wrote to."""
    passed = f"{AUTHSERV}; spf=pass smtp.mailfrom=first-host.test; dkim=pass header.d=first-host.test; dmarc=pass"
    ways: dict[str, Callable[[Letter], Mapping[str, Any]]] = {
        "failed-checks": lambda _: {"checks": "fail"},
        "soft-failed": lambda _: {"checks": "softfail"},
        "other-server": lambda it: {
            "checks": "fail",
            "extra_checks": (f"mx.evil.test; dkim=pass header.d={it.domain}",),
        },
        "claimed-server": lambda _: {"checks": "fail", "extra_checks": (passed,)},  # ours stands on top
        "stranger": lambda it: {"sender": "abuse@stranger.test", "headers": (), "subject": f"Re: {it.subject}"},
        "like-name": lambda it: {"sender": it.recipient.replace("host", "h0st"), "headers": ()},
        "shown-name": lambda it: {"sender": "x@stranger.test", "name": f'"{it.recipient}"', "headers": ()},
        "under-name": lambda it: {"sender": f"abuse@{it.domain}.stranger.test", "headers": ()},
        "as-us": lambda _: {"sender": US, "checks": "fail"},
    }
    for way, tell in ways.items():
        for meaning in ("resolved", "rejected"):
            letter = maker.next_letter()
            mail = answer(letter, **{"body": SAID[meaning][0], **tell(letter)})
            maker.add(f"forged-{way}", mail, letter, meaning, is_believed=False)
    for _ in range(2):  # a forged report of delivery, by somebody who does not know the letter
        letter = maker.next_letter()
        mail = replace(
            _daemon(letter, _report(letter, "failed", "5.1.1"), "", ()), sender="daemon@evil.test", checks="fail"
        )
        maker.add("forged-bounce", mail, letter, "bounced", is_believed=False)


def _add_noise(maker: Maker) -> None:
    """What belongs to no case, or comes round again."""
    letter = maker.letters[0]
    texts = ("Buy cheap hosting now!", "Our newsletter of November", "Satisfaction survey: how did we do?", "")
    for text in texts:
        for sender in ("news@stranger.test", letter.recipient):
            maker.add("noise", Mail(sender, "News", text), None, "unrelated")
    for text in SAID["resolved"][:3]:  # it means something, but two cases could be meant
        two = next(it for it in maker.letters if sum(it.recipient == other.recipient for other in maker.letters) > 1)
        maker.add("which", Mail(two.recipient, "Your report", text), None, "resolved", is_believed=False)
    for number in range(4):  # our own words come back
        letter = maker.next_letter()
        loop = (
            ("Auto-Submitted", "auto-generated"),
            ("X-Loop", US),
            ("Received", "from mx.owner.test by mx.owner.test"),
        )
        copy = f"Please confirm the state of {letter.url}." * (number + 1)
        mail = answer(letter, copy, sender=US, subject=letter.subject, headers=loop, identity=letter.message_id)
        maker.add("loop", mail, letter, "unrelated")
    for kind in ("twice", "many"):  # the same message again means nothing more
        letter = maker.next_letter()
        mail = replace(answer(letter, SAID["acknowledged"][0]), identity=f"<same-{kind}@{letter.domain}>")
        again = (mail.write(),) * (1 if kind == "twice" else 20)
        maker.add(kind, mail, letter, "acknowledged", before=again)


def judge_reply(fixture: Fixture, said: Mapping[str, Any]) -> list[str]:
    """What is wrong in what was said of a message: `case`, `meaning`, `is_believed`, and `ticket` where there is one.

    What is not believed may be said to belong to its case or to none, and its meaning is free, if it is said not to be
    believed or to mean nothing. What changes nothing may be called by any word of NOTHING, and tied to its case or not.
    """
    meaning, case = said.get("meaning"), said.get("case")
    faults = []
    if meaning not in MEANINGS:
        faults.append(f"{meaning!r} is no meaning")
    if case not in {fixture.case, None}:
        faults.append(f"the case is {fixture.case}, said {case}")
    if not fixture.is_believed:
        if said.get("is_believed") is not False and meaning not in NOTHING:
            faults.append(f"it was believed to be {meaning}")
        return faults
    if fixture.meaning in NOTHING:
        return [*faults, f"it means nothing, said {meaning}"] if meaning not in NOTHING else faults
    if said.get("is_believed") is False:
        faults.append("it was not believed")
    if case is None:
        faults.append(f"the case {fixture.case} was not found")
    if meaning != fixture.meaning:
        faults.append(f"it means {fixture.meaning}, said {meaning}")
    if fixture.ticket and said.get("ticket") != fixture.ticket:
        faults.append(f"the ticket is {fixture.ticket}, said {said.get('ticket')}")
    return faults


def is_linked(fixture: Fixture, said: Mapping[str, Any]) -> bool:
    """Whether a reply that has a case was tied to it: the figure that is tracked."""
    return fixture.case is not None and said.get("case") == fixture.case


def tell_truth(fixture: Fixture) -> dict[str, Any]:
    """The right answer, in the form that is judged."""
    told = {"case": fixture.case, "meaning": fixture.meaning, "is_believed": fixture.is_believed}
    return told | {"ticket": fixture.ticket or None}
