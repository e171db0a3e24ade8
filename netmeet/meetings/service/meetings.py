"""A meeting from draft to cancelled or followed up."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete

from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import queries, rules
from netmeet.meetings.models import AgendaItem, Attendance, Meeting, MeetingRequest
from netmeet.meetings.rules import (
    KINDS,
    Instead,
    MeetingForm,
    MeetingKind,
    MeetingState,
    Mover,
    Purpose,
    StandingPoint,
)

_UID_DOMAIN = "netmeet.invalid"
_SHORTEST, _LONGEST = 10, 240
_ANSWERED = (MeetingState.INVITED, MeetingState.CONFIRMED)
_STOPPED = (MeetingState.POSTPONED, MeetingState.NOT_COMPLETED, MeetingState.CANCELLED)
_SET_UP = (MeetingState.PLANNED, MeetingState.INVITED, MeetingState.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What is decided about a meeting. ``starts_local`` is naive wall time in Copenhagen.

    ``minutes`` 0 means the length of its kind; an empty chair means whoever creates it. Of a new
    meeting empty ground rules mean those of the template, a line each.
    """

    kind: str
    purpose: str
    starts_local: datetime | None = None
    minutes: int = 0
    form: MeetingForm = MeetingForm.IN_PERSON
    place: str = ""
    greeter: str = ""
    video_link: str = ""
    show_place: bool = False
    ground_rules: str = ""
    chair_id: str = ""
    minute_taker_id: str | None = None


def create(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    details: Details,
    request: MeetingRequest | None = None,
    follows: Meeting | None = None,
) -> Meeting:
    """Make a draft with the standing points of its kind. Raises ``Refused`` for wrong details."""
    full = _checked(_with_defaults(case, details, by), at=at)
    meeting = Meeting(
        case_id=case.id,
        case=case,
        request_id=request.id if request else None,
        follows_id=follows.id if follows else None,
        state=MeetingState.PLANNED,
        uid=f"{uuid.uuid4()}@{_UID_DOMAIN}",
        created_at=at,
        kind=full.kind,
        chair_id=full.chair_id,
        postponed=0,
        sequence=0,
        invitations=[],
        items=[],
        attendances=[],
        answers=[],
    )
    _write(meeting, full)
    db.session.add(meeting)
    _take_from_template(meeting, by=by, at=at)
    db.session.flush()
    if request is not None and full.starts_local is not None:
        request.date_set_at = at
    return meeting


def edit(
    meeting: Meeting,
    *,
    by: Actor,
    at: datetime,
    details: Details,
    version: int,
    request: MeetingRequest | None = None,
) -> None:
    """Change what is decided. A new start or length counts ``sequence`` up (RFC 5545 § 3.8.7.4).

    So does another place, form or link, which asks nobody anew but is told when one sends. Nobody
    has said yes to a new time, so a confirmed meeting is invited again; a postponed one that gets a
    time is planned again. ``request`` is what it came of: its clock stops with the first time.
    Raises ``Refused``, or ``Conflict`` for a stale ``version``.
    """
    full = _checked(_with_defaults(meeting.case, details, by), at=at, was=meeting.starts_local)
    mine, theirs = _texts(full), _texts(_details(meeting))
    meeting.expect(version, mine=mine, theirs=theirs)
    if meeting.state not in rules.MAY_GET_A_TIME:
        raise Refused(_("Mødet er holdt eller aflyst. Det kan ikke ændres."))
    is_moved = (meeting.starts_local, meeting.minutes) != (full.starts_local, full.minutes)
    where = (meeting.form, meeting.place, meeting.video_link)
    _write(meeting, full)
    if not is_moved and where != (meeting.form, meeting.place, meeting.video_link):
        meeting.sequence += 1
        meeting.places += 1
    if is_moved:
        meeting.sequence += 1
        ask_anew(meeting)
        settle(meeting, is_sure=False, at=at)
    if full.starts_local is not None:
        if meeting.state not in _SET_UP:
            move(meeting, MeetingState.PLANNED, by=by, at=at)
        if request is not None and request.date_set_at is None:
            request.date_set_at = at
    db.session.flush()


def set_time(
    meeting: Meeting,
    starts_local: datetime,
    *,
    by: Actor,
    at: datetime,
    version: int,
    request: MeetingRequest | None = None,
) -> None:
    """Give the meeting a time, all else as it is. Raises as :func:`edit`."""
    details = replace(_details(meeting), starts_local=starts_local)
    edit(meeting, by=by, at=at, details=details, version=version, request=request)


def move(meeting: Meeting, to: MeetingState, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Take the meeting to its next state, as ``rules.NEXT`` allows, and set that state's instant.

    Raises ``Refused`` when there is no such step, the actor may not take it, or a reason lacks.
    """
    step = rules.NEXT[meeting.state].get(to)
    if step is None:
        raise Refused(_("Det kan mødet ikke blive nu. Hent siden igen."))
    if not step.by & movers(meeting, by):
        raise Refused(_who_may(step, meeting))
    if step.reason and not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    meeting.state = to
    meeting.state_reason = reason
    if to is MeetingState.HELD:
        meeting.ended_at = meeting.ended_at or at
    elif to is MeetingState.PUBLISHED:
        meeting.published_at, meeting.final_at = meeting.published_at or at, None
    elif to is MeetingState.FINAL:
        meeting.final_at = meeting.final_at or at
    elif to in _STOPPED:  # the room is closed and empty: held another day, it begins anew
        meeting.started_at = meeting.current_item_id = meeting.item_started_at = None
        db.session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
        db.session.expire(meeting, ["attendances"])
    db.session.flush()


def _who_may(step: rules.Step, meeting: Meeting) -> str:
    if step.by == {Mover.CHAIR}:
        return str(_("Det er %(name)s, der ledte mødet og kan gøre det.", name=meeting.chair.name))
    return str(_("Det er mødelederen eller koordinatoren, der kan gøre det."))


def settle(meeting: Meeting, *, is_sure: bool, at: datetime) -> None:
    """Confirm an invited meeting that is sure to be held; one that is not is invited again.

    It happens by itself (domain § 2.2), so that nobody need remember it. Twice changes nothing.
    """
    to = MeetingState.CONFIRMED if is_sure else MeetingState.INVITED
    if meeting.state in _ANSWERED and meeting.state is not to:
        move(meeting, to, by=Actor(user_id="", name="", role=Role.SYS, at=at), at=at)


def movers(meeting: Meeting, by: Actor) -> frozenset[Mover]:
    """Return what the actor is to the meeting: coordinator, chair, minute taker, the person.

    When the chair has left the network the coordinator is in the chair: nothing may lie undone.
    """
    leads = by.user_id in meeting.case.lead_ids
    chairs = by.user_id == meeting.chair_id
    hats = {
        Mover.SYSTEM: by.role is Role.SYS,
        Mover.COORDINATOR: leads,
        Mover.CHAIR: chairs or (leads and meeting.case.member(meeting.chair_id) is None),
        Mover.MINUTE_TAKER: by.user_id == meeting.minute_taker_id,
        Mover.PERSON: by.user_id == meeting.case.person.user_id,
    }
    return frozenset(hat for hat, is_theirs in hats.items() if is_theirs)


def ask_anew(meeting: Meeting) -> None:
    """Forget what the person wanted instead of coming at the old time; a no to it all stands."""
    if meeting.instead is not Instead.NO_MEETING:
        meeting.forget_instead()


def draft_follow_up(
    meeting: Meeting, *, by: Actor, at: datetime, starts_local: datetime | None = None
) -> Meeting:
    """Draft the meeting that follows this one up: same chair, minute taker, place and form.

    Returns the draft that is there already when there is one. A time that has passed is left open,
    and who acts leads it when the chair has left the network: nothing keeps back what was agreed.
    """
    drafted = queries.following(meeting)
    if drafted is not None:
        return drafted
    agreed = starts_local or meeting.next_starts_local
    is_ahead = agreed is not None and calendar.to_instant(agreed) > at
    chair = meeting.case.member(meeting.chair_id)
    details = replace(
        _details(meeting),
        chair_id=chair.user_id if chair is not None else by.user_id,
        kind=MeetingKind.FOLLOW_UP,
        purpose=_("Vi følger op på det, vi aftalte sidst."),
        starts_local=agreed if is_ahead else None,
        minutes=0,
    )
    return create(meeting.case, by=by, at=at, details=details, follows=meeting)


def _with_defaults(case: Case, details: Details, by: Actor) -> Details:
    needs_interpreter = bool(case.person.interpreter)
    kind = KINDS.get(MeetingKind(details.kind)) if details.kind in set(MeetingKind) else None
    length = kind.minutes_with(interpreter=needs_interpreter) if kind else 0
    return replace(
        details, minutes=details.minutes or length, chair_id=details.chair_id or by.user_id
    )


def _checked(details: Details, *, at: datetime, was: datetime | None = None) -> Details:
    if details.kind not in set(MeetingKind):
        raise Refused(_("Vælg en slags møde fra listen."), field="kind")
    if not details.purpose.strip():
        raise Refused(
            _("Skriv formålet i én sætning, som den, det handler om, forstår."), field="purpose"
        )
    if not _SHORTEST <= details.minutes <= _LONGEST:
        raise Refused(_("Et møde varer mellem 10 minutter og 4 timer."), field="minutes")
    if details.starts_local is not None:
        check_start(details.starts_local, at=at, was=was)
    return details


def check_start(start: datetime, *, at: datetime, was: datetime | None) -> None:
    """Raise ``Refused`` for a new start that the clock skips or that is not after ``at``."""
    if start == was:
        return
    if not calendar.exists_locally(start):
        raise Refused(_("Det klokkeslæt findes ikke den dag. Uret stilles frem."), field="time")
    if calendar.to_instant(start) <= at:
        raise Refused(_("Vælg en tid, der ligger forude."), field="date")


def _write(meeting: Meeting, details: Details) -> None:
    meeting.kind = details.kind
    meeting.purpose = details.purpose
    meeting.starts_local = details.starts_local
    meeting.minutes = details.minutes
    meeting.form = details.form
    meeting.place, meeting.greeter = details.place, details.greeter
    meeting.video_link = details.video_link
    meeting.show_place = details.show_place
    meeting.ground_rules = details.ground_rules.strip()
    meeting.minute_taker_id = details.minute_taker_id
    chair = meeting.case.member(details.chair_id)
    if chair is None or not chair.role.is_staff:
        raise Refused(_("Mødelederen skal være med i netværket som ansat."), field="chair")
    meeting.chair_id, meeting.chair = chair.user_id, chair.user


def as_it_is(meeting: Meeting) -> str:
    """Return what the meeting says now, a line a field, to set beside a reason for stopping it."""
    said = _texts(_details(meeting))
    return "\n".join(f"{label}: {text}" for label, text in said.items() if text)


def _details(meeting: Meeting) -> Details:
    return Details(
        kind=meeting.kind,
        purpose=meeting.purpose,
        starts_local=meeting.starts_local,
        minutes=meeting.minutes,
        form=meeting.form,
        place=meeting.place,
        greeter=meeting.greeter,
        video_link=meeting.video_link,
        show_place=meeting.show_place,
        ground_rules=meeting.ground_rules,
        chair_id=meeting.chair_id,
        minute_taker_id=meeting.minute_taker_id,
    )


def _texts(details: Details) -> dict[str, str]:
    start = details.starts_local
    return {
        _("Formål"): details.purpose,
        _("Tid"): calendar.day_and_time(start) if start else "-",
        _("Sted"): details.place,
        _("Hvem tager imod"): details.greeter,
        _("Link til video"): details.video_link,
        _("Sådan taler vi sammen"): details.ground_rules,
    }


def _take_from_template(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Add the template's standing points, and its ground rules where none are given.

    The person's own points stand for themselves, and only a follow-up has a last time.
    """
    template = queries.template_for(meeting.kind, calendar.to_local(at).date())
    content = (template.content or {}) if template else {}
    meeting.ground_rules = meeting.ground_rules or "\n".join(content.get("ground_rules", []))
    for point in content.get("standing", []):
        is_first = meeting.follows_id is None and point["key"] == StandingPoint.LAST_TIME
        if is_first or point["key"] == StandingPoint.PERSONS_POINTS:
            continue
        meeting.items.append(
            AgendaItem(
                meeting_id=meeting.id,
                position=len(meeting.items),
                standing=point["key"],
                title=point["title"],
                author_id=by.user_id,
                raised_as=by.role_on(meeting),
                purpose=Purpose(point["purpose"]),
                minutes=point["minutes"],
                entries=[],
            )
        )
