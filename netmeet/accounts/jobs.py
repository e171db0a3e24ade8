"""Forgetting what has had its time, and reading the calendars that staff show."""

from collections.abc import Collection
from datetime import datetime

from netmeet.accounts import channels, service
from netmeet.accounts.queries import busy as calendars
from netmeet.accounts.rules import busy as rules
from netmeet.accounts.rules.busy import Fault
from netmeet.accounts.service import busy as showing
from netmeet.core.db import db, may_write, only_read
from netmeet.formats import busy


def tidy(now: datetime) -> None:
    """Delete parked texts, codes and counts that are too old to matter."""
    may_write()
    service.forget(at=now)
    db.session.commit()


def read_calendars(now: datetime, *, allowed: Collection[str]) -> None:
    """Read the calendars whose turn it is; each in a commit of its own.

    Nothing is held open while another server thinks. ``allowed`` are the origins.
    """
    only_read()
    due = calendars.due(now)
    db.session.rollback()
    for calendar_id, address in due:
        _read(calendar_id, address, now=now, allowed=allowed)


def _read(calendar_id: str, address: str, *, now: datetime, allowed: Collection[str]) -> None:
    fault, spans = None, []
    try:
        data = channels.calendar_at(address, allowed=allowed)
        spans = busy.spans(data, since=now, until=now + rules.AHEAD)
    except channels.NotFetched as no:
        fault = no.why
    except busy.Unreadable:
        fault = Fault.UNREADABLE
    may_write()
    if fault is None:
        showing.keep(calendar_id, spans, at=now)
    else:
        showing.note_fault(calendar_id, fault, at=now)
    db.session.commit()
