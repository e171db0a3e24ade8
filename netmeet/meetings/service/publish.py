"""Sending the minutes out."""

from datetime import datetime

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.meetings import rules
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import KINDS, MeetingKind, MeetingState
from netmeet.meetings.service.meetings import move


def publish(meeting: Meeting, *, by: Actor, at: datetime, version: int) -> None:
    """Put the minutes in force: participants have the days of its kind to comment.

    Raises ``Conflict`` when the meeting changed since the page was opened, ``Refused`` for anybody
    but the chair and for a meeting whose minutes are not a draft.
    """
    opened = _("Siden, du så")
    meeting.expect(
        version,
        mine={opened: _("Du var ved at sende det ud.")},
        theirs={opened: _("Mødet er ændret imens. Læs det igen, før du sender.")},
    )
    move(meeting, MeetingState.PUBLISHED, by=by, at=at)
    kind = KINDS[MeetingKind(meeting.kind)]
    meeting.comments_until = rules.comment_deadline(calendar.to_local(at).date(), kind=kind)
