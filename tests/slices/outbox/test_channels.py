"""Mails on the wire: what a real mail server takes in."""

import pytest

from netmeet.outbox import channels
from netmeet.outbox.channels import NoAddress, Undelivered
from netmeet.outbox.rules import Letter

SENDER = "moede@netmeet.example"
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def letter(**changes):
    facts = {
        "to": "mia@example.org",
        "subject": "Møde 4827",
        "text": "Du har en besked. Æ, ø og å.\n",
        "html": "<p>Du har en besked.</p>",
        "message_id": "<invitation.1.0@netmeet.example>",
        **changes,
    }
    return Letter(**facts)


def test_a_mail_arrives_with_its_headers(smtp_sink):
    channels.post(letter(in_reply_to="<first@netmeet.example>"), url=smtp_sink.url, sender=SENDER)
    received = smtp_sink.messages[0]
    mail = received.message
    assert received.recipients == ("mia@example.org",)
    assert received.sender == SENDER
    assert str(mail["From"]) == f"Mødeplan <{SENDER}>"
    assert mail["Subject"] == "Møde 4827"
    assert mail["Message-ID"] == "<invitation.1.0@netmeet.example>"
    assert mail["In-Reply-To"] == "<first@netmeet.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines() == ["Du har en besked. Æ, ø og å."]


def test_a_calendar_file_comes_inline_and_attached_byte_for_byte(smtp_sink):
    with_file = letter(calendar=CALENDAR, method="REQUEST")
    channels.post(with_file, url=smtp_sink.url, sender=SENDER)
    mail = smtp_sink.messages[0].message
    assert mail.get_content_type() == "multipart/mixed"
    alternative, attached = mail.iter_parts()
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    inline = list(alternative.iter_parts())[-1]
    told = inline["Content-Type"].params
    assert (told["method"], told["component"], told["charset"]) == ("REQUEST", "VEVENT", "utf-8")
    assert inline["Content-Transfer-Encoding"] == "base64"
    assert inline.get_payload(decode=True) == CALENDAR
    assert attached.get_content_type() == "application/ics"
    assert attached["Content-Type"].params["name"] == "invite.ics"
    assert attached.get_payload(decode=True) == CALENDAR


@pytest.mark.parametrize("field", ["subject", "to", "message_id", "in_reply_to"])
@pytest.mark.parametrize("breach", ["\r\nBcc: thief@example.org", "\nBcc: thief@example.org"])
def test_a_line_break_never_becomes_a_header(smtp_sink, field, breach):
    clean = letter(in_reply_to="<first@netmeet.example>")
    broken = letter(**{"in_reply_to": clean.in_reply_to, field: getattr(clean, field) + breach})
    with pytest.raises((ValueError, NoAddress)):
        channels.post(broken, url=smtp_sink.url, sender=SENDER)
    assert smtp_sink.messages == []


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?x=0D=0ABcc:_thief=40example.org?=",
        "=?utf-8?b?eA0KQmNjOiB0aGllZkBleGFtcGxlLm9yZw==?=",
        "=?iso-8859-1?q?=0A?= =?utf-8?q?Subject:_x?=",
        "==?utf-8?q?=0D=0AX-Odd:_1?=",
    ],
)
def test_a_word_that_is_encoded_as_in_mail_stays_what_was_written(smtp_sink, word):
    channels.post(letter(), url=smtp_sink.url, sender=SENDER)
    channels.post(letter(subject=f"Møde 4827 ({word})"), url=smtp_sink.url, sender=SENDER)
    plain, odd = (received.message for received in smtp_sink.messages)
    assert odd.keys() == plain.keys()
    assert odd["Subject"].replace("= ?", "=?") == f"Møde 4827 ({word})"


def test_a_refusal_is_told_without_the_address(smtp_sink):
    smtp_sink.reply = "451 mia@example.org: try later"
    with pytest.raises(Undelivered) as fault:
        channels.post(letter(), url=smtp_sink.url, sender=SENDER)
    assert str(fault.value) == "SMTPDataError 451"


def test_a_server_that_is_not_there_is_a_fault_to_try_again():
    with pytest.raises(Undelivered, match="ConnectionRefusedError"):
        channels.post(letter(), url="smtp://127.0.0.1:1", sender=SENDER)


def test_a_server_that_speaks_no_tls_is_a_fault(smtp_sink):
    with pytest.raises(Undelivered):
        channels.post(letter(), url=smtp_sink.url.replace("smtp:", "smtps:"), sender=SENDER)


def test_somebody_without_an_address_is_not_reached(smtp_sink):
    with pytest.raises(NoAddress):
        channels.post(letter(to=""), url=smtp_sink.url, sender=SENDER)


def test_the_demo_keeps_what_it_would_have_sent(smtp_sink):
    keep = channels.choose(mail_url="", sender=SENDER, is_demo=True)
    kept = keep(letter(calendar=CALENDAR, method="REQUEST"))
    assert kept["text"].startswith("Du har en besked.")
    assert kept["calendar"] == CALENDAR.decode()
    both = channels.choose(mail_url=smtp_sink.url, sender=SENDER, is_demo=True)
    assert both(letter())["calendar"] == ""
    assert both(letter(to=""))["to"] == ""
    assert len(smtp_sink.messages) == 1


def test_outside_the_demo_nothing_is_kept(smtp_sink):
    send = channels.choose(mail_url=smtp_sink.url, sender=SENDER, is_demo=False)
    assert send(letter()) is None
    assert len(smtp_sink.messages) == 1
