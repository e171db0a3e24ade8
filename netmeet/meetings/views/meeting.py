"""Planning a meeting: new, changed, put off, called off."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import queries as cases
from netmeet.cases.exports import head
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings import queries, service
from netmeet.meetings.exports.files import file_data
from netmeet.meetings.forms.choices import options
from netmeet.meetings.forms.meeting import (
    KINDS,
    MOVED_WHY,
    TOLD,
    TOLD_HOW,
    CancelForm,
    MeetingForm,
    NotHeldForm,
    PutOffForm,
)
from netmeet.meetings.queries import files
from netmeet.meetings.rules import Instead, new_date_deadline
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case
    from netmeet.meetings.models import Meeting


@bp.get("/meetings/<oid:id>")
@needs(P.MEETING_READ, load=queries.with_answers)
def show(meeting: "Meeting") -> ResponseReturnValue:
    """Show when, where and with whom; what is left to do depends on who looks."""
    is_private = guard.actor().role in PRIVATE
    template = "meetings/show.html" if is_private else "meetings/show_staff.html"
    may_prepare = guard.allowed(P.PREPARATION_READ, meeting)
    return render_template(
        template,
        meeting=meeting,
        place=queries.place_for(meeting, guard.actor()),
        case_head=head(meeting.case, current=""),
        kind=dict(KINDS)[meeting.kind],
        progress=queries.progress(meeting) if may_prepare else None,
        may=_offers(meeting),
        moved_why=dict(MOVED_WHY).get(meeting.moved_why, ""),
        told_how=[pair for pair in TOLD_HOW if pair[0] in TOLD],
        is_the_day=meeting.starts_local is not None
        and meeting.starts_local.date() <= clock.today(),
        mine=meeting.invitation(guard.actor().user_id),
        files=file_data(files.of_meetings([meeting]), reader=guard.actor()),
    )


@bp.get("/cases/<oid:id>/meetings/new")
@needs(P.MEETING_CREATE, load=cases.by_id, see=P.CASE_READ)
def new(case: "Case") -> ResponseReturnValue:
    """Show the form of a new meeting."""
    return _form_page(case, None, _choices(MeetingForm(chair=guard.actor().user_id), case))


@bp.post("/cases/<oid:id>/meetings/new")
@needs(P.MEETING_CREATE, load=cases.by_id, see=P.CASE_READ)
def create(case: "Case") -> ResponseReturnValue:
    """Make the draft, and show it."""
    form = _choices(MeetingForm(), case)
    if not form.is_complete():
        return _form_page(case, None, form), 422
    try:
        meeting = service.create(case, by=guard.actor(), at=clock.now(), details=form.details)
    except Refused as no:
        form.refuse(no)
        return _form_page(case, None, form), 422
    return redirect(url_for("meetings.show", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/edit")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def edit(meeting: "Meeting") -> ResponseReturnValue:
    """Show what is decided, to change it."""
    form = MeetingForm(data=_values(meeting))
    return _form_page(meeting.case, meeting, _choices(form, meeting.case))


@bp.post("/meetings/<oid:id>/edit")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def save(meeting: "Meeting") -> ResponseReturnValue:
    """Keep what is changed."""
    form = _choices(MeetingForm(), meeting.case)
    if not form.is_complete():
        return _form_page(meeting.case, meeting, form), 422
    try:
        service.edit(
            meeting,
            by=guard.actor(),
            at=clock.now(),
            details=form.details,
            version=form.version.data or 0,
            request=queries.request_by_id(meeting.request_id) if meeting.request_id else None,
        )
    except Refused as no:
        form.refuse(no)
        return _form_page(meeting.case, meeting, form), 422
    return redirect(url_for("meetings.show", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/postpone")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def put_off(meeting: "Meeting") -> ResponseReturnValue:
    """Ask why the meeting is put off, and to when."""
    return _reason_page("meetings/put_off.html", meeting, PutOffForm(**_as_wished(meeting)))


@bp.post("/meetings/<oid:id>/postpone")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def postpone(meeting: "Meeting") -> ResponseReturnValue:
    """Put the meeting off; agenda and answers are kept."""
    form = PutOffForm()
    if not form.is_complete():
        return _reason_page("meetings/put_off.html", meeting, form), 422
    try:
        service.postpone(
            meeting,
            by=guard.actor(),
            at=clock.now(),
            reason=form.reason.data or "",
            asked_by=form.asked_by.data,
            noted=service.Noted(why=form.moved_why.data, told=form.told_how.data),
            version=form.version.data or 0,
            new_start=form.starts_local,
        )
    except Refused as no:
        form.refuse(no)
        return _reason_page("meetings/put_off.html", meeting, form), 422
    return redirect(url_for("meetings.show", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/cancel")
@needs(P.MEETING_CANCEL, load=queries.by_id, see=P.MEETING_READ)
def call_off(meeting: "Meeting") -> ResponseReturnValue:
    """Ask why the meeting is called off."""
    return _reason_page("meetings/call_off.html", meeting, CancelForm(**_as_wished(meeting)))


@bp.post("/meetings/<oid:id>/cancel")
@needs(P.MEETING_CANCEL, load=queries.by_id, see=P.MEETING_READ)
def cancel(meeting: "Meeting") -> ResponseReturnValue:
    """Call the meeting off."""
    form = CancelForm()
    if not form.validate():
        return _reason_page("meetings/call_off.html", meeting, form), 422
    try:
        service.cancel(
            meeting,
            by=guard.actor(),
            at=clock.now(),
            reason=form.reason.data or "",
            asked_by=form.asked_by.data,
            noted=service.Noted(why=form.moved_why.data, told=form.told_how.data),
            version=form.version.data or 0,
        )
    except Refused as no:
        form.refuse(no)
        return _reason_page("meetings/call_off.html", meeting, form), 422
    return redirect(url_for("meetings.show", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/not-held")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def was_not_held(meeting: "Meeting") -> ResponseReturnValue:
    """Ask why the meeting could not be held."""
    return _reason_page("meetings/not_held.html", meeting, NotHeldForm(version=meeting.version))


@bp.post("/meetings/<oid:id>/not-held")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def note_not_held(meeting: "Meeting") -> ResponseReturnValue:
    """Note that people came and the meeting could not be held."""
    form = NotHeldForm()
    if not form.validate():
        return _reason_page("meetings/not_held.html", meeting, form), 422
    try:
        service.not_held(
            meeting,
            by=guard.actor(),
            at=clock.now(),
            reason=form.reason.data or "",
            version=form.version.data or 0,
        )
    except Refused as no:
        form.refuse(no)
        return _reason_page("meetings/not_held.html", meeting, form), 422
    return redirect(url_for("meetings.show", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/told")
@needs(P.MEETING_UPDATE, load=queries.by_id, see=P.MEETING_READ)
def note_told(meeting: "Meeting") -> ResponseReturnValue:
    """Note how the person has been told."""
    how = request.form.get("how", "")
    if how in TOLD:
        service.told(meeting, how=how)
    return redirect(url_for("meetings.show", id=meeting.id), 303)


def _as_wished(meeting: "Meeting") -> dict[str, object]:
    """Return what is known of why a meeting stops: the person has asked for it themselves."""
    has_asked = meeting.instead in {Instead.OTHER_DAY, Instead.NO_MEETING}
    asked = {"asked_by": "person", "moved_why": "person"} if has_asked else {}
    return {"version": meeting.version, **asked}


def _values(meeting: "Meeting") -> dict[str, object]:
    """Return what stands in the form of a meeting; people stand there by their ids."""
    start = meeting.starts_local
    same = (
        "version",
        "purpose",
        "kind",
        "minutes",
        "form",
        "place",
        "greeter",
        "video_link",
        "ground_rules",
    )
    return {
        **{name: getattr(meeting, name) for name in same},
        "show_place": meeting.show_place,
        "date": start.date() if start else None,
        "time": start.time() if start else None,
        "chair": meeting.chair_id,
        "minute_taker": meeting.minute_taker_id or "",
    }


def _choices(form: MeetingForm, case: "Case") -> MeetingForm:
    """Hand in who may chair and take minutes: staff of the network."""
    staff = [(m.user_id, f"{m.name}, {m.where}") for m in case.members if m.role.is_staff]
    form.chair.choices = options(staff)
    form.minute_taker.choices = options([("", _("Ikke valgt endnu")), *staff])
    return form


def _offers(meeting: "Meeting") -> dict[str, bool]:
    """Return what the page offers the actor."""
    allowed = guard.allowed
    return {
        "edit": allowed(P.MEETING_UPDATE, meeting),
        "cancel": allowed(P.MEETING_CANCEL, meeting),
        "invitations": allowed(P.INVITATION_READ_RESPONSES, meeting),
        "times": allowed(P.POLL_READ, meeting),
        "prepare": allowed(P.PREPARATION_WRITE, meeting),
        "agenda": allowed(P.AGENDA_READ, meeting),
        "room": allowed(P.ROOM_STEER, meeting),
        "follow": allowed(P.ROOM_FOLLOW, meeting),
        "minutes": allowed(P.MINUTES_READ_PUBLISHED, meeting),
        "subscribe": allowed(P.ICAL_ROTATE_FEED_TOKEN),
        "evaluate": meeting.held_on is not None and allowed(P.EVALUATION_ANSWER_OWN, meeting),
        "evaluated": meeting.held_on is not None
        and allowed(P.EVALUATION_READ_OWN_MEETING, meeting),
        "attach": files.takes_files(meeting) and allowed(P.FILE_UPLOAD, meeting),
    }


def _form_page(case: "Case", meeting: "Meeting | None", form: MeetingForm) -> str:
    return render_template(
        "meetings/edit.html",
        case=case,
        meeting=meeting,
        form=form,
        case_head=head(case, current=""),
    )


def _reason_page(
    template: str, meeting: "Meeting", form: PutOffForm | CancelForm | NotHeldForm
) -> str:
    return render_template(
        template,
        meeting=meeting,
        form=form,
        case_head=head(meeting.case, current=""),
        new_date_by=new_date_deadline(clock.today()),
    )
