"""Putting what a meeting agreed in force."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from netmeet.actions import queries
from netmeet.actions.models import Action
from netmeet.actions.rules import Status
from netmeet.actions.service.telling import note
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def publish(meeting_id: str, *, by: Actor, at: datetime) -> list[Action]:
    """Put the meeting's drafted agreements in force and return them, in the order they were made.

    What is to happen after another that has not ended begins by waiting for it.

    Raises ``Refused`` when one lacks its owner or its date: then none of them is in force.
    """
    statement = (
        select(Action)
        .where(Action.meeting_id == meeting_id, Action.published_at.is_(None))
        .order_by(Action.created_at, Action.id)
    )
    drafts = list(db.session.scalars(statement))
    if any(draft.owner_id is None or draft.due_on is None for draft in drafts):
        raise Refused(_("Hver aftale skal have én ansvarlig og en dato."))
    first = queries.still_open({draft.after_id for draft in drafts if draft.after_id})
    for draft in drafts:
        draft.published_at = at
        draft.first_due_on = draft.first_due_on or draft.due_on
        if draft.after_id in first:
            by_id, was = by.user_id, draft.status
            note(draft, "status", by_id=by_id, at=at, was=was, became=queries.HELD)
            draft.status = Status.WAITING
    db.session.flush()
    return drafts
