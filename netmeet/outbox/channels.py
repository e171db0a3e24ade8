"""How a letter leaves the house: through a mail server, or kept for the demo's page Post."""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from urllib.parse import unquote, urlsplit

from netmeet.outbox import rules
from netmeet.outbox.rules import Letter

Send = Callable[[Letter], Mapping[str, object] | None]
"""Sends a letter and returns what to keep of it with the try (only the demo keeps anything)."""

SENDER_NAME = "Mødeplan"
_PORTS = {"smtp": 25, "smtps": 465}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class NoAddress(Exception):
    """Whoever the letter is for has no address, or none that mail can go to; trying is no use."""


class Undelivered(Exception):
    """The mail server did not take the letter; the message names the fault without addresses."""


def choose(*, mail_url: str, sender: str, is_demo: bool) -> Send:
    """Return how letters leave this installation.

    The demo keeps each letter, and mails it too when there is a mail server.
    """
    mail = partial(post, url=mail_url, sender=sender)
    if not is_demo:
        return mail
    return partial(_keep, mail=mail if mail_url else None)


def _keep(letter: Letter, *, mail: Send | None) -> Mapping[str, object]:
    """Return what the page Post shows."""
    if mail is not None and letter.to:
        mail(letter)
    return {
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "calendar": letter.calendar.decode() if letter.calendar else "",
        "method": letter.method,
    }


def post(letter: Letter, *, url: str, sender: str) -> None:
    """Give the letter to the mail server at ``url`` (smtp:// with STARTTLS, or smtps://).

    Raises ``NoAddress`` or ``Undelivered``. TLS is required and the certificate checked, except
    towards this very machine.
    """
    if not letter.to:
        raise NoAddress
    message = compose(letter, sender=sender)
    try:
        with _connect(url) as server:
            server.send_message(message)
    except smtplib.SMTPResponseException as no:
        raise Undelivered(f"{type(no).__name__} {no.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as no:
        raise Undelivered(type(no).__name__) from None


def _connect(url: str) -> smtplib.SMTP:
    """Return an open, encrypted and signed-in connection."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    seconds = rules.SEND_TIMEOUT.total_seconds()
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and (server.has_extn("starttls") or host not in _LOOPBACK):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def compose(letter: Letter, *, sender: str) -> EmailMessage:
    """Return the mail of a letter; a calendar file comes inline and attached (RFC 6047).

    Headers that hold a line break are refused by the standard library. Raises ``NoAddress``.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(SENDER_NAME, addr_spec=sender)
    message["To"] = _recipient(letter.to)
    # The library decodes what looks encoded (RFC 2047) and writes its line breaks as they are.
    message["Subject"] = letter.subject.replace("=?", "= ?")
    message["Message-ID"] = letter.message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    if letter.calendar is not None:
        message.add_alternative(
            letter.calendar,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"charset": "utf-8", "method": letter.method, "component": "VEVENT"},
        )
        message.add_attachment(
            letter.calendar,
            maintype="application",
            subtype="ics",
            filename="invite.ics",
            params={"name": "invite.ics"},
        )
    return message


def _recipient(to: str) -> Address:
    """Return the address as mail servers know it. Raises ``NoAddress`` for what is none."""
    local, _, domain = to.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except Exception:  # noqa: BLE001 - the library has a dozen ways to say no, a bug among them
        raise NoAddress from None
