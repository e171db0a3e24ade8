"""The agenda, built by both sides at once."""

import hashlib
from typing import TYPE_CHECKING

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from netmeet.cases.exports import head
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings import queries, service
from netmeet.meetings.exports.files import file_data
from netmeet.meetings.exports.questions import in_words
from netmeet.meetings.forms.agenda import ApproveForm, NotTakenUpForm, OwnPointForm, PointForm
from netmeet.meetings.forms.choices import options
from netmeet.meetings.queries import files
from netmeet.meetings.rules import ItemState, Question
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.meetings.models import AgendaItem, Attachment, Meeting

AnyPointForm = OwnPointForm | PointForm

_READS_ALL = frozenset({Role.PAT, Role.PROX, Role.LEAD})
"""To everybody else the list may be a part of the agenda, and says that it is what they see."""


@bp.get("/meetings/<oid:id>/agenda")
@needs(P.AGENDA_READ, load=queries.for_agenda, see=P.MEETING_READ)
def agenda(meeting: "Meeting") -> ResponseReturnValue:
    """Show the points; to private people also the one field of a new one."""
    is_private = guard.actor().role in PRIVATE
    return _page(meeting, OwnPointForm() if is_private else None)


@bp.get("/meetings/<oid:id>/agenda/new")
@needs(P.AGENDA_ADD_ITEM, load=queries.for_agenda, see=P.MEETING_READ)
def new_item(meeting: "Meeting") -> ResponseReturnValue:
    """Ask staff about their point; private people write theirs on the agenda itself."""
    if guard.actor().role in PRIVATE:
        return _to_agenda(meeting)
    return _new_page(meeting, _point_form(meeting, None))


@bp.get("/meetings/<oid:id>/agenda/list")
@needs(P.AGENDA_READ, load=queries.for_agenda, see=P.MEETING_READ)
def agenda_list(meeting: "Meeting") -> ResponseReturnValue:
    """Hand an open screen the points when they have changed (ETag), else 304."""
    answer = make_response()
    answer.set_etag(_tag(meeting, files.of_meetings([meeting])))
    if answer.make_conditional(request).status_code == 304:  # noqa: PLR2004 - not modified
        return answer
    answer.set_data(render_template("meetings/_agenda_list.html", **_facts(meeting)))
    return answer


@bp.post("/meetings/<oid:id>/agenda")
@needs(P.AGENDA_ADD_ITEM, load=queries.for_agenda, see=P.MEETING_READ)
def propose(meeting: "Meeting") -> ResponseReturnValue:
    """Add a point."""
    form = _point_form(meeting, None)
    if not form.validate():
        return _new_page(meeting, form), 422
    try:
        service.agenda.propose(meeting, by=guard.actor(), at=clock.now(), point=form.point)
    except Refused as no:
        form.refuse(no)
        return _new_page(meeting, form), 422
    return _to_agenda(meeting)


@bp.get("/agenda/items/<oid:id>")
@needs(P.AGENDA_EDIT_OWN_ITEM, load=queries.item_by_id, see=P.AGENDA_READ)
def own_item(item: "AgendaItem") -> ResponseReturnValue:
    """Show one's own point, to change it."""
    return _item_page(item, _point_form(item.meeting, item))


@bp.post("/agenda/items/<oid:id>")
@needs(P.AGENDA_EDIT_OWN_ITEM, load=queries.item_by_id, see=P.AGENDA_READ)
def edit_item(item: "AgendaItem") -> ResponseReturnValue:
    """Keep what is changed in one's own point."""
    form = _point_form(item.meeting, None)
    if not form.validate():
        return _item_page(item, form), 422
    try:
        service.agenda.edit(
            item,
            by=guard.actor(),
            at=clock.now(),
            point=form.point,
            version=form.version.data or 0,
        )
    except Refused as no:
        form.refuse(no)
        return _item_page(item, form), 422
    return _to_agenda(item.meeting)


@bp.post("/agenda/items/<oid:id>/withdraw")
@needs(P.AGENDA_DELETE_OWN_ITEM, load=queries.item_by_id, see=P.AGENDA_READ)
def withdraw_item(item: "AgendaItem") -> ResponseReturnValue:
    """Take one's own point back."""
    service.agenda.withdraw(item, by=guard.actor())
    return _to_agenda(item.meeting)


@bp.get("/agenda/items/<oid:id>/answer")
@needs(P.AGENDA_DEFER_ITEM, load=queries.item_by_id, see=P.AGENDA_READ)
def ask_why_not(item: "AgendaItem") -> ResponseReturnValue:
    """Ask for the reason why a proposal does not come on the agenda."""
    return _why_not_page(item, NotTakenUpForm())


@bp.post("/agenda/items/<oid:id>/answer")
@needs(P.AGENDA_DEFER_ITEM, load=queries.item_by_id, see=P.AGENDA_READ)
def not_taken_up(item: "AgendaItem") -> ResponseReturnValue:
    """Answer a proposal that does not come on the agenda."""
    form = NotTakenUpForm()
    if not form.validate():
        return _why_not_page(item, form), 422
    try:
        service.agenda.not_taken_up(item, by=guard.actor(), reason=form.reason.data or "")
    except Refused as no:
        form.refuse(no)
        return _why_not_page(item, form), 422
    return _to_agenda(item.meeting)


@bp.post("/agenda/items/<oid:id>/move")
@needs(P.AGENDA_REORDER, load=queries.item_by_id, see=P.AGENDA_READ)
def move_item(item: "AgendaItem") -> ResponseReturnValue:
    """Let the point change places with its neighbour."""
    steps = {"up": 1, "down": -1}
    given = request.form.get("to", "")
    if given not in steps:
        abort(400)
    service.agenda.shift(item, up=steps[given])
    return redirect(f"{_address(item.meeting)}#point-{item.id}", 303)


@bp.post("/meetings/<oid:id>/agenda/share")
@needs(P.MEETING_UPDATE, load=queries.for_agenda, see=P.MEETING_READ)
def share_agenda(meeting: "Meeting") -> ResponseReturnValue:
    """Show the agenda to the person, and tell them."""
    service.agenda.share(meeting, by=guard.actor(), at=clock.now())
    return _to_agenda(meeting)


@bp.post("/meetings/<oid:id>/agenda/approve")
@needs(P.AGENDA_APPROVE, load=queries.for_agenda, see=P.MEETING_READ)
def approve_agenda(meeting: "Meeting") -> ResponseReturnValue:
    """Keep the person's yes, given here or to a helper."""
    form = ApproveForm()
    service.agenda.approve(
        meeting,
        by=guard.actor(),
        at=clock.now(),
        how=form.agreed,
        seen=form.seen.data or "",
    )
    return _to_agenda(meeting)


def _address(meeting: "Meeting") -> str:
    return url_for("meetings.agenda", id=meeting.id)


def _to_agenda(meeting: "Meeting") -> Response:
    return redirect(_address(meeting), 303)


def _point_form(meeting: "Meeting", item: "AgendaItem | None") -> AnyPointForm:
    """Return the form of a point: one field for private people, all of them for staff."""
    if guard.actor().role in PRIVATE:
        return OwnPointForm(obj=item)
    form = PointForm(data=_values(item))
    staff = [(m.user_id, f"{m.name}, {m.where}") for m in meeting.case.members if m.role.is_staff]
    form.decider.choices = options([("", _("Ingen skal beslutte noget")), *staff])
    return form


def _values(item: "AgendaItem | None") -> dict[str, object]:
    """Return what stands in the form of a staff member's point; who decides stands by id."""
    if item is None:
        return {}
    same = ("version", "title", "purpose", "minutes", "phone_at")
    decides = "in_writing" if item.answers_in_writing else "at_meeting"
    return {
        **{name: getattr(item, name) for name in same},
        "decider": item.decider_id or "",
        "life_area": item.life_area or "",
        "decides": "by_phone" if item.phone_at else decides,
        "hidden": item.is_hidden_from_private,
    }


def _tag(meeting: "Meeting", attached: "Sequence[Attachment]") -> str:
    """Return what changes when the list does: for this reader, this meeting and these points."""
    actor = guard.actor()
    parts = (
        *(actor.user_id, actor.role, str(meeting.version), queries.agenda_mark(meeting)),
        *(file.id for file in attached),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _facts(meeting: "Meeting") -> dict[str, object]:
    """Return what the list shows, and what it offers the reader."""
    actor, may_read = guard.actor(), guard.allowed(P.PREPARATION_READ, meeting)
    matters = queries.answer_to(meeting, Question.MATTERS) if may_read else None
    seen = queries.agenda_for(meeting, actor)
    points = [*seen.taken, *seen.not_taken_up]
    there = {item.id for item in seen.taken}
    attached = files.of_meetings([meeting])
    shown = file_data(attached, reader=actor)
    is_open = {item.id for item in points if item.state is ItemState.OPEN}
    return {
        "meeting": meeting,
        "agenda": seen,
        "first_name": meeting.case.person.user.first_name,
        "matters": in_words(matters),
        "is_person": service.preparation.speaks_for_themselves(meeting, actor),
        "may_edit": {i.id for i in points if guard.allowed(P.AGENDA_EDIT_OWN_ITEM, i)} & is_open,
        "reads_all": actor.role_on(meeting) in _READS_ALL,
        "may_reorder": guard.allowed(P.AGENDA_REORDER, meeting),
        "may_answer": guard.allowed(P.AGENDA_DEFER_ITEM, meeting),
        "may_approve": guard.allowed(P.AGENDA_APPROVE, meeting),
        "etag": f'"{_tag(meeting, attached)}"',
        "seen": queries.agenda_mark(meeting),
        "files_of": {one: [file for file in shown if file.item_id == one] for one in there},
        "files": [file for file in shown if file.item_id not in there],
    }


def _new_page(meeting: "Meeting", form: AnyPointForm) -> str:
    """Show the form of a new point: on the agenda, or for staff on a page of its own."""
    if isinstance(form, OwnPointForm):
        return _page(meeting, form)
    first_name = meeting.case.person.user.first_name
    return render_template(
        "meetings/propose.html",
        meeting=meeting,
        form=form,
        first_name=first_name,
        case_head=head(meeting.case, current=""),
    )


def _page(meeting: "Meeting", form: OwnPointForm | None) -> str:
    is_private = guard.actor().role in PRIVATE
    template = "meetings/agenda_person.html" if is_private else "meetings/agenda.html"
    # Who may add a point before the agenda is shared is shown this page when theirs has a fault.
    is_open = guard.allowed(P.AGENDA_READ, meeting)
    return render_template(
        template,
        **_facts(meeting),
        rules=meeting.ground_rules if is_open else "",
        form=form,
        case_head=head(meeting.case, current=""),
        may_add=guard.allowed(P.AGENDA_ADD_ITEM, meeting),
        may_attach=files.takes_files(meeting) and guard.allowed(P.FILE_UPLOAD, meeting),
        may_share=guard.allowed(P.MEETING_UPDATE, meeting),
    )


def _item_page(item: "AgendaItem", form: AnyPointForm) -> str:
    is_private = guard.actor().role in PRIVATE
    template = "meetings/point_person.html" if is_private else "meetings/point.html"
    return render_template(
        template, item=item, form=form, case_head=head(item.meeting.case, current="")
    )


def _why_not_page(item: "AgendaItem", form: NotTakenUpForm) -> str:
    return render_template(
        "meetings/not_taken_up.html",
        item=item,
        form=form,
        case_head=head(item.meeting.case, current=""),
    )
