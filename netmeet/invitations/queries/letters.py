"""What everybody invited to a meeting has been told by mail or on paper."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations.queries import told_time
from netmeet.meetings.models import Meeting
from netmeet.outbox.models import Message


def times_told(of: Meeting) -> Mapping[str, datetime]:
    """Return the time each heard of last (wall time), by the invitation's id; in one query."""
    statement = (
        select(Message)
        .where(Message.case_id == of.case_id, Message.key.startswith("invitation:"))
        .order_by(Message.created_at)
    )
    letters: dict[str, list[Message]] = defaultdict(list)
    for message in db.session.scalars(statement):
        letters[message.facts["invitation"]].append(message)
    told = {one: told_time(sent) for one, sent in letters.items()}
    return {one: time[0] for one, time in told.items() if time is not None}
