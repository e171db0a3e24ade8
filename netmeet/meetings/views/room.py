"""Steering the meeting: who is here, which point, pause, and the end."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries
from netmeet.meetings.exports import questions
from netmeet.meetings.forms import minutes as forms
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import AttendanceMode, Participation, Question
from netmeet.meetings.service import room as service
from netmeet.meetings.views import bp
from netmeet.web import errors, guard
from netmeet.web.forms import Form
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from datetime import datetime

    from netmeet.meetings.models import Meeting


def lead_back(meeting: "Meeting") -> None:
    """Let what is refused stay in the room while the meeting is on, and by the minutes after it."""
    if meeting.ended_at is None:
        room = url_for("pages.room", id=meeting.id)
        errors.lead_back(room, _("Tilbage til mødet"), on_screen=True)
    else:
        errors.lead_back(url_for("pages.minutes", id=meeting.id), _("Tilbage til referatet"))


@bp.get("/meetings/<oid:id>/room/people")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_people(meeting: "Meeting") -> ResponseReturnValue:
    """Show who is in the room, so that one who leaves or comes changes what the screen shows."""
    return _who_is_here(meeting, forms.Here(formdata=None))


@bp.post("/meetings/<oid:id>/attendance")
@guard.needs(P.ATTENDANCE_RECORD, load=reading.room, see=P.MEETING_READ)
def attendance(meeting: "Meeting") -> ResponseReturnValue:
    """Note that somebody is here, by which means, or has left; ask again for who is not known."""
    lead_back(meeting)
    form = forms.Here()
    code = 422
    if form.validate():
        try:
            _attend(meeting, form)
            otherwise = url_for("meetings.room_people", id=meeting.id)
            return redirect(own_path(request.form.get("next", ""), otherwise=otherwise), 303)
        except Refused as no:
            form.refuse(no)
        except Conflict:
            code = 409
            form.form_errors.append(
                _("Det er blevet rettet et andet sted. Her står det, som det er nu.")
            )
    if meeting.ended_at is not None:
        raise Refused(_errors(form)[0])
    return _who_is_here(meeting, form), code


def _attend(meeting: "Meeting", form: forms.Here) -> None:
    user_id = form.user_id.data or service.invited_id(meeting, form.name.data or "")
    mode = None if form.mode.data == forms.AWAY else AttendanceMode(form.mode.data)
    row = reading.attendance(meeting, user_id)
    is_by_name = not form.user_id.data and row is not None
    service.attend(
        meeting,
        user_id,
        mode=mode,
        version=row.version if is_by_name and row is not None else form.version.data or 0,
    )


def _who_is_here(meeting: "Meeting", form: forms.Here) -> str:
    """Return the page of who is here: before the meeting of all invited, else of those seen."""
    if meeting.started_at is None:
        return _start(meeting, " ".join(_errors(form)))
    return render_template(
        "meetings/room_people.html",
        meeting=meeting,
        form=form,
        people=reading.seen(meeting),
        paused=meeting.is_paused,
    )


@bp.post("/meetings/<oid:id>/room/start")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_start(meeting: "Meeting") -> ResponseReturnValue:
    """Begin the meeting with its first point; without the person only when told so once more."""
    missed = "" if "without" in request.form else _missed(meeting)
    if missed:
        return _start(meeting, "", missed), 422
    try:
        service.start(meeting, at=clock.now())
    except Refused as no:
        return _start(meeting, str(no)), 422
    return redirect(url_for("pages.room", id=meeting.id), 303)


def _missed(meeting: "Meeting") -> str:
    """Return what the person has said of a meeting without them, when others are here and not they.

    The look at their answer is logged.
    """
    here = {row.user_id for row in meeting.attendances if row.is_in_room}
    person = meeting.case.person.user
    if meeting.started_at is not None or not here or person.id in here:
        return ""
    if not guard.allowed(P.PREPARATION_READ, meeting):
        return str(
            _("%(name)s er her ikke. Hør mødelederen, om I må begynde.", name=person.first_name)
        )
    guard.note(P.PREPARATION_READ, meeting)
    return questions.missed(meeting, queries.said_to(meeting, Question.WITHOUT_ME))


def _start(meeting: "Meeting", refused: str, missed: str = "") -> str:
    return render_template(
        "meetings/room_start.html",
        meeting=meeting,
        people=reading.people(meeting),
        refused=refused,
        missed=missed,
        paused=False,
    )


@bp.post("/meetings/<oid:id>/room/go")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_go(meeting: "Meeting") -> ResponseReturnValue:
    """Show the next point, the one before, or a named one."""
    lead_back(meeting)
    form = forms.Step()
    if not form.validate():
        raise Refused(_errors(form)[0])
    steps = {"next": 1, "previous": -1}
    if form.to.data in steps:
        service.go(
            meeting, from_id=form.from_id.data or "", forward=steps[form.to.data], at=clock.now()
        )
    else:
        service.go_to(meeting, form.to.data or "", at=clock.now())
    return redirect(url_for("pages.room", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/room/pause")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_pause(meeting: "Meeting") -> ResponseReturnValue:
    """Turn every screen to *Vi holder pause*, or back."""
    lead_back(meeting)
    form = forms.Pause()
    if form.validate():
        service.pause(meeting, is_on=form.paused.data == "1")
    return redirect(url_for("pages.room", id=meeting.id), 303)


@bp.route("/meetings/<oid:id>/room/end", methods=["GET", "POST"])
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_end(meeting: "Meeting") -> ResponseReturnValue:
    """Settle the next meeting and how the person took part; then the minutes are a draft."""
    lead_back(meeting)
    service.check_open(meeting)
    form, at = forms.End(), clock.now()
    form.participation.label.text = _(
        "Hvordan var %(name)s med?", name=meeting.case.person.user.first_name
    )
    open_points = service.unfinished(meeting, at=at)
    if not form.was_sent:
        form.participation.data = service.seen_participation(meeting)
    elif _is_settled(meeting, form, at) and not open_points:
        service.end(meeting, by=guard.actor(), at=at, ending=_ending(form))
        return redirect(url_for("pages.minutes", id=meeting.id), 303)
    page = render_template(
        "meetings/room_end.html",
        meeting=meeting,
        form=form,
        latest=service.next_latest(meeting, today=clock.today()),
        unfinished=open_points,
        missing=service.points_missing(open_points),
        paused=meeting.is_paused,
    )
    return page, 422 if form.was_sent else 200


def _is_settled(meeting: "Meeting", form: forms.End, at: "datetime") -> bool:
    """Tell whether all is filled in, and say beside each field what is not."""
    is_valid = form.validate()
    for no in service.ending_lacks(meeting, _ending(form), at=at):
        if not form.errors.get(no.field or ""):
            form.refuse(no)
    return is_valid and not form.errors


def _errors(form: Form) -> list[str]:
    """Return what is wrong with the form, in sentences."""
    return [str(error) for found in form.errors.values() for error in found]


def _ending(form: forms.End) -> service.Ending:
    chosen = form.participation.data
    return service.Ending(
        participation=Participation(chosen) if chosen in set(Participation) else None,
        next_starts=form.next_starts,
        no_next_reason=form.no_next_reason.data or "",
        crisis_plan=form.crisis_plan.data or "",
    )
