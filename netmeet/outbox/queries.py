"""Messages and what was sent."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from netmeet.core.db import db
from netmeet.outbox.models import Attempt, Message
from netmeet.outbox.rules import State


def by_id(message_id: str) -> Message:
    """Return the message. Raises ``NoResultFound`` when there is none."""
    return db.session.get_one(Message, message_id)


def sent(*, user_id: str = "", most: int = 60) -> Sequence[Attempt]:
    """Return what was sent, newest first, to one user or to all (kept texts are the demo's)."""
    statement = (
        select(Attempt)
        .join(Attempt.message)
        .where(Attempt.state == State.SENT)
        .options(joinedload(Attempt.message))
        .order_by(Attempt.at.desc(), Attempt.id)
        .limit(most)
    )
    if user_id:
        statement = statement.where(Message.user_id == user_id)
    return db.session.scalars(statement).all()


def receivers() -> Sequence[str]:
    """Return the users who were sent something."""
    return db.session.scalars(
        select(Message.user_id).where(Message.state == State.SENT).distinct()
    ).all()
