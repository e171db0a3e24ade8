"""Forgetting what has had its time, and reading the calendars that staff show."""

import logging
from collections.abc import Collection
from datetime import datetime

from netmeet.accounts import channels, service
from netmeet.accounts.queries import busy as calendars
from netmeet.accounts.rules import busy as rules
from netmeet.accounts.rules.busy import Fault
from netmeet.accounts.service import busy as showing
from netmeet.core.db import db, may_write
from netmeet.formats import busy

log = logging.getLogger(__name__)


def tidy(now: datetime) -> None:
    """Delete parked texts, codes, counts and busy times that are too old to matter."""
    may_write()
    service.forget(at=now)
    showing.forget(at=now)
    db.session.commit()


def read_calendars(now: datetime, *, allowed: Collection[str]) -> None:
    """Read the calendars whose turn it is; what is wrong with one does not keep the others waiting.

    Nothing is held open while another server thinks. ``allowed`` are the origins.
    """
    may_write()
    due = calendars.due(now)
    db.session.commit()
    for calendar_id in due:
        try:
            _read(calendar_id, now=now, allowed=allowed)
        except Exception as bug:  # noqa: BLE001 - whatever is wrong with one calendar, go on
            db.session.rollback()
            log.error("calendar %s: %s", calendar_id, type(bug).__name__)  # noqa: TRY400 - no data


def _read(calendar_id: str, *, now: datetime, allowed: Collection[str]) -> None:
    showing.begin(calendar_id, at=now)
    db.session.commit()
    address = calendars.address(calendar_id)
    db.session.commit()
    if not address:
        return
    try:
        data = channels.calendar_at(address, allowed=allowed)
        spans = busy.spans(data, since=now, until=now + rules.AHEAD)
    except channels.NotFetched as no:
        showing.note_fault(calendar_id, no.why)
    except busy.Unreadable:
        showing.note_fault(calendar_id, Fault.UNREADABLE)
    else:
        showing.keep(calendar_id, spans, at=now)
    db.session.commit()
