"""Ending logins: one, the others, all of a user, those that act as something."""

from datetime import datetime

from sqlalchemy import ColumnElement, update

from netmeet.accounts.models import Session
from netmeet.core.db import db


def end(session_id: str, at: datetime) -> None:
    """End one login. Doing it twice changes nothing."""
    _end(Session.id == session_id, at=at)


def end_others(user_id: str, *, but: str, at: datetime) -> None:
    """End every login of the user except the session ``but``."""
    _end(Session.user_id == user_id, Session.id != but, at=at)


def end_all(user_id: str, *, at: datetime) -> None:
    """End every login of the user."""
    _end(Session.user_id == user_id, at=at)


def end_acting(role_id: str, *, at: datetime) -> None:
    """End every login that acts as the role: given again, it must not open an old one."""
    _end(Session.role_id == role_id, at=at)


def _end(*which: ColumnElement[bool], at: datetime) -> None:
    statement = update(Session).where(Session.ended_at.is_(None), *which)
    db.session.execute(statement.values(ended_at=at))
