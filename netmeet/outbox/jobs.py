"""Sending what waits."""

import logging
from datetime import datetime, timedelta

from netmeet.core.db import db, may_write
from netmeet.outbox import queries, rules, service
from netmeet.outbox.channels import NoAddress, Send, Undelivered
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter, State

log = logging.getLogger(__name__)


def drain(now: datetime, send: Send) -> int:
    """Send up to a batch of due messages through ``send``; return how many were taken up.

    Each is settled in a commit of its own, and nothing is held open while a mail server thinks.
    A crash between sending and settling sends once more, with the same Message-ID.
    """
    may_write()
    taken = service.claim(at=now, most=rules.BATCH)
    db.session.commit()
    for message_id in taken:
        _deliver(message_id, now=now, send=send)
    return len(taken)


def forget(now: datetime, *, years: int) -> None:
    """Delete what was settled so many years ago."""
    may_write()
    service.forget(before=now - timedelta(days=years * 366))
    db.session.commit()


def _deliver(message_id: str, *, now: datetime, send: Send) -> None:
    """Take one claimed message as far as it goes."""
    letter = _write(message_id, now=now)
    db.session.commit()
    if letter is None:
        return
    try:
        kept = send(letter)
    except NoAddress:
        _settle(message_id, State.FAILED, at=now, error="no address", for_good=True)
    except Undelivered as no:
        log.warning("message %s not delivered: %s", message_id, no)
        _settle(message_id, State.FAILED, at=now, error=str(no))
    except Exception as bug:  # noqa: BLE001 - whatever is wrong with one message, the rest leave
        log.error("message %s: %s", message_id, type(bug).__name__)  # noqa: TRY400 - no data
        _settle(message_id, State.FAILED, at=now, error=type(bug).__name__)
    else:
        service.settle(queries.by_id(message_id), State.SENT, at=now, content=kept)
        db.session.commit()


def _write(message_id: str, *, now: datetime) -> Letter | None:
    """Return the letter of a message that is to leave now; settle or put off one that is not."""
    message = queries.by_id(message_id)
    if message.expires_at is not None and message.expires_at <= now:
        service.settle(message, State.EXPIRED, at=now)
        return None
    if rules.waits_for_day(message.kind) and (later := rules.next_daytime(now)) > now:
        service.put_off(message, until=later)
        return None
    letter = _render(message, now=now)
    if letter is None and message.state is State.CLAIMED:
        service.settle(message, State.DROPPED, at=now)
    return letter


def _render(message: Message, *, now: datetime) -> Letter | None:
    """Return the message's text; one that cannot be written must not hold up the others."""
    message_id = message.id
    try:
        return service.render(message, at=now)
    except Exception as bug:  # noqa: BLE001 - whatever is wrong with one message, the rest leave
        db.session.rollback()
        log.error("message %s: %s", message_id, type(bug).__name__)  # noqa: TRY400 - no data
        service.settle(message, State.FAILED, at=now, error=type(bug).__name__)
        return None


def _settle(
    message_id: str, state: State, *, at: datetime, error: str, for_good: bool = False
) -> None:
    service.settle(queries.by_id(message_id), state, at=at, error=error, for_good=for_good)
    db.session.commit()
