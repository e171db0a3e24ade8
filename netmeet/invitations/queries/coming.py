"""The next meeting, for slices that know of none."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from netmeet.cases.rules import Ahead
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.invitations.queries import UPCOMING
from netmeet.meetings.models import Meeting


def ahead(case_id: str, at: datetime) -> Ahead | None:
    """Return the next meeting of the case that has not been held, with who is on its list."""
    statement = (
        select(Meeting)
        .where(Meeting.case_id == case_id, Meeting.state.in_(UPCOMING))
        .options(selectinload(Meeting.invitations))
        .order_by(Meeting.starts_local.asc().nulls_last(), Meeting.id)
    )
    today = calendar.to_local(at).date()
    for each in db.session.scalars(statement):
        on = each.starts_local.date() if each.starts_local is not None else None
        if on is None or on >= today:
            return Ahead(on=on, invited=frozenset(i.user_id for i in each.current_invitations))
    return None
