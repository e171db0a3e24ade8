"""Putting a meeting off, calling it off, and noting that it could not be held."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.cases import queries as cases
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import rules
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service.meetings import as_it_is, ask_anew, check_start, move
from netmeet.outbox import service as outbox


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What is noted besides, as words of the forms: what sort of reason, how the person knows."""

    why: str = ""
    told: str = ""


def postpone(
    meeting: Meeting,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    asked_by: str,
    version: int,
    new_start: datetime | None = None,
    noted: Noted = Noted(),
) -> None:
    """Put the meeting off, to ``new_start`` or to a time not yet known; the agenda is kept.

    ``asked_by`` is person, relative, region, municipality or other; what the person asks for is
    never counted, and from the second time that is the managers of the coordinating unit hear of
    it (domain § 2.6). Raises ``Refused`` without a reason or for a time that is past.
    """
    meeting.expect(version, mine={_("Hvorfor"): reason}, theirs={_("Hvorfor"): as_it_is(meeting)})
    if new_start is not None:
        check_start(new_start, at=at, was=None)
    move(meeting, MeetingState.POSTPONED, by=by, at=at, reason=reason)
    meeting.moved_by, meeting.moved_why, meeting.told_how = asked_by, noted.why, noted.told
    if asked_by != "person":
        meeting.postponed += 1
        _tell_managers(meeting, at=at)
    meeting.starts_local = new_start
    meeting.sequence += 1
    ask_anew(meeting)
    if new_start is not None:
        move(meeting, MeetingState.PLANNED, by=by, at=at, reason=reason)
    db.session.flush()


def _tell_managers(meeting: Meeting, *, at: datetime) -> None:
    """Let those who can help hear that a meeting was put off again; no name, no reason."""
    if meeting.postponed < rules.POSTPONED_OFTEN:
        return
    coordinator = meeting.case.coordinator
    unit_id = (coordinator.unit_id if coordinator else None) or meeting.case.unit_id
    for manager in cases.managers_of(unit_id, at):
        outbox.put(
            key=f"postponed:{meeting.id}:{meeting.postponed}:{manager.id}",
            kind="meetings.news_postponed",
            user_id=manager.id,
            case_id=meeting.case_id,
            at=at,
            facts={"meeting": meeting.id, "unit": unit_id or ""},
        )


def cancel(
    meeting: Meeting,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    asked_by: str,
    version: int,
    noted: Noted = Noted(),
) -> None:
    """Call the meeting off for good. Raises ``Refused`` without a reason."""
    meeting.expect(version, mine={_("Hvorfor"): reason}, theirs={_("Hvorfor"): as_it_is(meeting)})
    move(meeting, MeetingState.CANCELLED, by=by, at=at, reason=reason)
    meeting.moved_by, meeting.moved_why, meeting.told_how = asked_by, noted.why, noted.told
    meeting.sequence += 1
    db.session.flush()


def told(meeting: Meeting, *, how: str) -> None:
    """Note how the person has been told that the meeting does not take place as planned."""
    meeting.told_how = how
    db.session.flush()


def not_held(meeting: Meeting, *, by: Actor, at: datetime, reason: str, version: int) -> None:
    """Note that people came and the meeting could not be held; it may get another time.

    Raises ``Refused`` without a reason, or before the day of the meeting.
    """
    meeting.expect(version, mine={_("Hvorfor"): reason}, theirs={_("Hvorfor"): as_it_is(meeting)})
    starts = meeting.starts_local
    if starts is None or starts.date() > calendar.to_local(at).date():
        raise Refused(_("Mødet er ikke endnu. Udsæt eller aflys det i stedet."))
    move(meeting, MeetingState.NOT_COMPLETED, by=by, at=at, reason=reason)
    meeting.moved_by = meeting.moved_why = meeting.told_how = ""
    meeting.starts_local = None
    meeting.sequence += 1
    ask_anew(meeting)
    db.session.flush()
