"""How the installation is: whether the database answers, and counts that name nobody."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from netmeet.accounts.models import Session
from netmeet.audit.models import AuditEvent
from netmeet.core.db import db
from netmeet.outbox.models import Message
from netmeet.outbox.rules import State


def is_reachable() -> bool:
    """Tell whether the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def counts(at: datetime) -> list[tuple[str, str, int]]:
    """Return name, label and number of what is worth watching at the instant."""
    grouped = select(Message.state, func.count(Message.id)).group_by(Message.state)
    by_state = {row[0]: row[1] for row in db.session.execute(grouped)}
    oldest = db.session.scalar(
        select(func.min(Message.send_after)).where(Message.state == State.WAITING)
    )
    waited = max(0, int((at - oldest).total_seconds())) if oldest is not None else 0
    logins = select(func.count(Session.id)).where(Session.ended_at.is_(None))
    rows = select(func.max(AuditEvent.seq))
    return [
        *(("netmeet_messages", f'{{state="{state}"}}', by_state.get(state, 0)) for state in State),
        ("netmeet_oldest_message_seconds", "", waited),
        ("netmeet_open_sessions", "", db.session.scalar(logins) or 0),
        ("netmeet_audit_rows", "", db.session.scalar(rows) or 0),
    ]
