"""Pictures and papers beside a meeting: putting one there, fetching it, taking it away."""

from typing import TYPE_CHECKING

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases.exports import head
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.exports import files as exports
from netmeet.meetings.exports.questions import together
from netmeet.meetings.forms.files import FileForm
from netmeet.meetings.queries import files as queries
from netmeet.meetings.service import files as service
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.guard import needs
from netmeet.web.headers import SANDBOX
from netmeet.web.uploads import takes_a_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config import Settings
    from netmeet.meetings.models import AgendaItem, Attachment, Meeting


@bp.get("/meetings/<oid:id>/files")
@needs(P.FILE_UPLOAD, load=queries.for_adding, see=P.MEETING_READ)
def files(meeting: "Meeting") -> ResponseReturnValue:
    """Ask for a picture or a paper; who will see it stands there by name."""
    return _page(meeting, FileForm(point=request.args.get("point", "")))


@bp.post("/meetings/<oid:id>/files")
@needs(P.FILE_UPLOAD, load=queries.for_adding, see=P.MEETING_READ)
@takes_a_file
def attach(meeting: "Meeting") -> ResponseReturnValue:
    """Make what was sent harmless, outside any transaction, and keep it."""
    form, id_ = FileForm(), meeting.id
    if not form.validate():
        return _page(meeting, form), 422
    try:
        service.check_takes_files(meeting)
        content = _made_harmless(form)
        fresh = _judged_again(id_)
        kept = service.attach(
            fresh,
            _sent(fresh, form, content),
            by=guard.actor(),
            at=clock.now(),
            most=_settings().files_a_meeting,
        )
    except Refused as no:
        form.refuse(no)
        return _page(_judged_again(id_), form), 422
    point = kept.item_id
    return redirect(url_for("meetings.files", id=id_, point=point, added=kept.id), 303)


@bp.get("/files/<oid:id>")
@needs(P.FILE_READ, load=queries.by_id)
def file(attachment: "Attachment") -> ResponseReturnValue:
    """Hand out the file, to be kept and not to be opened here, under a name that tells nothing."""
    answer = make_response(queries.content(attachment))
    name = f"bilag.{exports.SUFFIXES[attachment.kind]}"
    answer.headers["Content-Type"] = exports.TYPES[attachment.kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@bp.post("/files/<oid:id>/remove")
@needs(P.FILE_DELETE_OWN_UNPUBLISHED, load=queries.by_id, see=P.FILE_READ, reads=P.MEETING_READ)
def remove_file(attachment: "Attachment") -> ResponseReturnValue:
    """Take one's own file away, as long as it has not been sent out; ask first."""
    if "sure" not in request.form:
        service.check_may_go(attachment)
        is_private = guard.actor().role in PRIVATE
        page = render_template(
            "meetings/remove_file_person.html" if is_private else "meetings/remove_file.html",
            file=attachment,
            may_add=guard.allowed(P.FILE_UPLOAD, attachment.meeting),
            case_head=None if is_private else head(attachment.meeting.case, current=""),
        )
        return page, 422
    meeting_id = attachment.meeting_id
    service.remove(attachment)
    return redirect(url_for("meetings.files", id=meeting_id), 303)


def _settings() -> "Settings":
    settings: Settings = current_app.config["NETMEET"]
    return settings


def _made_harmless(form: FileForm) -> bytes:
    """Return what was sent as it may be kept. Raises ``Refused`` for what may not, or too often."""
    queries.end_reading()
    if not guard.may_send_file():
        raise Refused(
            _("Du har sendt mange filer på kort tid. Prøv igen om ti minutter."), field="file"
        )
    return service.make_harmless(form.sent, megabytes=_settings().file_megabytes)


def _judged_again(meeting_id: str) -> "Meeting":
    """Return the meeting as it is now: opening a file takes a while, and rights end meanwhile."""
    meeting = queries.for_adding(meeting_id)
    guard.judge_again(P.FILE_UPLOAD, meeting, see=P.MEETING_READ)
    return meeting if meeting is not None else abort(404)


def _point(meeting: "Meeting", form: FileForm) -> "AgendaItem | None":
    points = queries.points_for_files(meeting, guard.actor())
    return next((item for item in points if item.id == form.point.data), None)


def _sent(meeting: "Meeting", form: FileForm, content: bytes) -> service.Sent:
    """Return what is to be kept.

    Raises ``Refused`` when its point is gone: beside the whole meeting others would read it.
    """
    point = _point(meeting, form)
    if form.point.data and point is None:
        raise Refused(_("Punktet er lukket eller taget væk. Se, hvem der kan læse det nu."))
    return service.Sent(
        content=content,
        title=form.title.data or "",
        item_id=point.id if point is not None else None,
        is_kept_from_private=bool(form.kept.data),
    )


def _page(meeting: "Meeting", form: FileForm) -> str:
    """Show what is there already and the form, with who will see what is sent."""
    actor = guard.actor()
    point = _point(meeting, form)
    form.point.data = point.id if point is not None else ""
    readers = queries.readers(meeting, point, by=actor)
    shown = exports.file_data(queries.of_meetings([meeting]), reader=actor)
    form.kept.label.text = _kept_from([one for one in readers if one.may_be_left_out])
    is_private = actor.role in PRIVATE
    return render_template(
        "meetings/files_person.html" if is_private else "meetings/files.html",
        meeting=meeting,
        case_head=head(meeting.case, current=""),
        form=form,
        point=point,
        points=queries.points_for_files(meeting, actor),
        readers=_said(readers),
        may_leave_out=any(one.may_be_left_out for one in readers),
        takes=queries.takes_files(meeting),
        files=shown,
        added=next((one for one in shown if one.id == request.args.get("added")), None),
        megabytes=_settings().file_megabytes,
        may_agenda=guard.allowed(P.AGENDA_READ, meeting),
    )


def _said(readers: "Sequence[queries.Reader]") -> str:
    """Return who will see it, by name."""
    now = together([one.name for one in readers if not one.waits])
    later = together([one.name for one in readers if one.waits])
    told = [
        _("%(names)s kan se det.", names=now) if now else _("Kun du kan se det."),
        _("%(names)s kan se det, når dagsordenen er delt.", names=later) if later else "",
    ]
    return " ".join(part for part in told if part)


def _kept_from(readers: "Sequence[queries.Reader]") -> str:
    names = together([one.name for one in readers])
    return str(_("%(names)s skal ikke kunne se det", names=names))
