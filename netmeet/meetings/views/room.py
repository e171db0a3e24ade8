"""Steering the meeting: who is here, which point, pause, and the end."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.forms import minutes as forms
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import AttendanceMode, Participation
from netmeet.meetings.service import room as service
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


@bp.post("/meetings/<oid:id>/attendance")
@guard.needs(P.ATTENDANCE_RECORD, load=reading.room, see=P.MEETING_READ)
def attendance(meeting: "Meeting") -> ResponseReturnValue:
    """Note that somebody is here, by which means, or has left."""
    form = forms.Here()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0])
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
    otherwise = url_for("pages.room_people", id=meeting.id)
    return redirect(own_path(request.form.get("next", ""), otherwise=otherwise), 303)


@bp.post("/meetings/<oid:id>/room/start")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_start(meeting: "Meeting") -> ResponseReturnValue:
    """Begin the meeting with its first point."""
    service.start(meeting, at=clock.now())
    return redirect(url_for("pages.room", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/room/go")
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_go(meeting: "Meeting") -> ResponseReturnValue:
    """Show the next point, the one before, or a named one."""
    form = forms.Step()
    if not form.validate():
        raise Refused(next(iter(form.errors.values()))[0])
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
    form = forms.Pause()
    if form.validate():
        service.pause(meeting, is_on=form.paused.data == "1")
    return redirect(url_for("pages.room", id=meeting.id), 303)


@bp.route("/meetings/<oid:id>/room/end", methods=["GET", "POST"])
@guard.needs(P.ROOM_STEER, load=reading.room, see=P.ROOM_FOLLOW, reads=P.MEETING_READ)
def room_end(meeting: "Meeting") -> ResponseReturnValue:
    """Settle the next meeting and how the person took part; then the minutes are a draft."""
    form = forms.End()
    if not form.was_sent:
        form.participation.data = service.seen_participation(meeting)
    elif form.validate():
        try:
            service.end(meeting, by=guard.actor(), at=clock.now(), ending=_ending(form))
            return redirect(url_for("pages.minutes", id=meeting.id), 303)
        except Refused as no:
            form.refuse(no)
    page = render_template(
        "meetings/room_end.html",
        meeting=meeting,
        form=form,
        latest=service.next_latest(meeting, today=clock.today()),
        unfinished=service.unfinished(meeting, at=clock.now()),
        paused=meeting.is_paused,
    )
    return page, 422 if form.was_sent else 200


def _ending(form: forms.End) -> service.Ending:
    chosen = form.participation.data
    return service.Ending(
        participation=Participation(chosen) if chosen else None,
        next_starts=form.next_starts,
        no_next_reason=form.no_next_reason.data or "",
        crisis_plan=form.crisis_plan.data or "",
    )
