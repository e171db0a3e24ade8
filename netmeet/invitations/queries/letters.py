"""What everybody invited to a meeting has been told by mail or on paper, and what is on its way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations.queries import told_time
from netmeet.meetings.models import Meeting
from netmeet.outbox.models import Message
from netmeet.outbox.rules import State


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The time somebody heard of last (wall time, minutes), and when word of another leaves (UTC).

    ``time`` is of what has left the house; where nothing has, of what was written.
    """

    time: tuple[datetime, int] | None = None
    leaves_at: datetime | None = None


def heard(of: Meeting) -> Mapping[str, Heard]:
    """Return what each has heard, by the invitation's id; in one query."""
    statement = (
        select(Message)
        .where(Message.case_id == of.case_id, Message.key.startswith("invitation:"))
        .order_by(Message.created_at)
    )
    letters: dict[str, list[Message]] = defaultdict(list)
    for message in db.session.scalars(statement):
        letters[message.facts["invitation"]].append(message)
    return {one: _heard(sent) for one, sent in letters.items()}


def _heard(letters: Sequence[Message]) -> Heard:
    left = [one for one in letters if one.state is State.SENT]
    waiting = [one.send_after for one in letters if one.state is State.WAITING]
    return Heard(time=told_time(left or letters), leaves_at=max(waiting, default=None))


def is_on_its_way(letters: Sequence[Message]) -> bool:
    """Tell whether the newest of somebody's messages has not left yet."""
    return bool(letters) and letters[-1].state in {State.WAITING, State.CLAIMED}
