"""Showing when one is busy, and hiding it again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from netmeet.accounts.models import BusyCalendar, BusyTime
from netmeet.accounts.queries import busy as queries
from netmeet.accounts.rules import busy as rules
from netmeet.accounts.rules.busy import Fault
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def show(user_id: str, address: str, *, allowed: Collection[str], at: datetime) -> BusyCalendar:
    """Let the calendar at the address tell when the user is busy; another before it is forgotten.

    Raises ``Refused`` for an address that calendars may not be fetched from (``allowed`` are
    origins).
    """
    address = address.strip()
    if not rules.may_be_fetched(address, allowed=allowed):
        raise Refused(
            _("Adressen skal begynde med et af disse: %(list)s", list=", ".join(sorted(allowed))),
            field="address",
        )
    hide(user_id)
    calendar = BusyCalendar(user_id=user_id, address=address, shown_at=at)
    db.session.add(calendar)
    db.session.flush()
    return calendar


def hide(user_id: str) -> None:
    """Forget the user's calendar and every time that was read from it."""
    calendar = queries.of_user(user_id)
    if calendar is None:
        return
    db.session.execute(delete(BusyTime).where(BusyTime.calendar_id == calendar.id))
    db.session.delete(calendar)
    db.session.flush()


def keep(calendar_id: str, spans: Iterable[tuple[datetime, datetime]], *, at: datetime) -> None:
    """Let the calendar say just these times; nothing when it is hidden by now."""
    calendar = db.session.get(BusyCalendar, calendar_id)
    if calendar is None:
        return
    db.session.execute(delete(BusyTime).where(BusyTime.calendar_id == calendar_id))
    db.session.add_all(
        BusyTime(calendar_id=calendar_id, starts=starts, ends=ends) for starts, ends in spans
    )
    calendar.fetched_at, calendar.fault = at, ""
    db.session.flush()


def begin(calendar_id: str, *, at: datetime) -> None:
    """Note that the calendar is tried now, whatever comes of it."""
    calendar = db.session.get(BusyCalendar, calendar_id)
    if calendar is not None:
        calendar.tried_at = at
        db.session.flush()


def note_fault(calendar_id: str, fault: Fault) -> None:
    """Note why the calendar could not be read; what was read before stays for a day."""
    calendar = db.session.get(BusyCalendar, calendar_id)
    if calendar is not None:
        calendar.fault = fault.value
        db.session.flush()


def forget(*, at: datetime) -> None:
    """Delete the times of calendars that could not be read for a day: they say nothing now."""
    stale = select(BusyCalendar.id).where(BusyCalendar.fetched_at < at - rules.GOOD_FOR)
    db.session.execute(delete(BusyTime).where(BusyTime.calendar_id.in_(stale)))
