"""Meetings that somebody's own calendar is given."""

from datetime import timedelta

from icalendar import Calendar
from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations import exports, queries, service
from netmeet.invitations.queries import feeds
from netmeet.meetings import service as meetings
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from tests.world import now

LATER = timedelta(minutes=1)
"""After what has just been done."""


def send(world, meeting, *, at=None):
    """Put everybody of the network on the list, and send what waits."""
    by, at = world.actor(world.lise), at or now()
    if meeting.state not in queries.OFF:
        for member in meeting.case.members:
            if meeting.invitation(member.user_id) is None:
                service.draft(meeting, member, by=by, at=at)
    service.send(meeting, version=meeting.version, by=by, at=at)


def cancel(world, meeting):
    meetings.cancel(
        meeting,
        by=world.actor(world.lise),
        at=now(),
        reason="x",
        asked_by="region",
        version=meeting.version,
    )


def postpone(world, meeting, **new):
    meetings.postpone(
        meeting,
        by=world.actor(world.lise),
        at=now(),
        reason="x",
        asked_by="region",
        version=meeting.version,
        **new,
    )


def entries(world, user, *, at=None):
    """Return what the user's calendar is given, read anew."""
    who = world.actor(user, at=at)
    db.session.flush()
    db.session.expire_all()
    return feeds.entries(who)


def standings(world, user, *, at=None):
    return [one.standing for one in entries(world, user, at=at)]


def file_of(world, user, *, at=None):
    return exports.calendar_feed(entries(world, user, at=at))


def events(world, user, *, at=None):
    return Calendar.from_ical(file_of(world, user, at=at)).walk("VEVENT")


def last_file(user):
    """Return the event of the calendar file that the user was sent last."""
    statement = select(Message).where(Message.user_id == user.id).order_by(Message.created_at)
    letter = outbox.render(db.session.scalars(statement).all()[-1], at=now())
    (found,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
    return found
