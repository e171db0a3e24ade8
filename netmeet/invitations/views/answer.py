"""What one says behind the login: yes or no, what to decide, a few lines, a deputy."""

from typing import TYPE_CHECKING

from flask import abort, jsonify, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.core import clock
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.formats import ical
from netmeet.invitations import exports, forms, queries, service
from netmeet.invitations.queries import written
from netmeet.invitations.rules import AnswerValue, MandateValue, Via
from netmeet.invitations.views.blueprint import bp
from netmeet.web import errors, filters, guard
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from netmeet.meetings.models import Invitation, Meeting


def _own(meeting: "Meeting") -> "Invitation":
    """Return the actor's own invitation, or 404: who leads may be in without one."""
    invitation = queries.own(meeting, guard.actor().user_id)
    if invitation is None:
        abort(404)
    return invitation


_page: "list[Callable[..., str]]" = []


def show_with(page: "Callable[..., str]") -> None:
    """Register what shows the whole invitation, also what lies above this slice.

    It takes the invitation, and by name what :func:`_again` has.
    """
    _page[:] = [page]


def _again(
    invitation: "Invitation",
    *,
    form: forms.InputForm | None = None,
    deputy: forms.DeputyForm | None = None,
    decided: forms.Decided | None = None,
    refused: str = "",
) -> ResponseReturnValue:
    """Show the page as it was, with what was typed and why it was not taken."""
    (page,) = _page
    shown = page(invitation, form=form, deputy=deputy, decided=decided, refused=refused)
    return shown, 422


def _back(meeting: "Meeting") -> ResponseReturnValue:
    """Go where one came from, else to the whole invitation."""
    here = url_for("pages.answer", id=meeting.id)
    return redirect(own_path(request.form.get("next", ""), otherwise=here), 303)


@bp.post("/meetings/<oid:id>/answer")
@guard.needs(Permission.INVITATION_RESPOND_OWN, load=queries.meeting, see=Permission.MEETING_READ)
def respond(meeting: "Meeting") -> ResponseReturnValue:
    """Note the actor's own yes, maybe or no."""
    invitation, value = _own(meeting), request.form.get("answer", "")
    if value not in set(AnswerValue):
        abort(400)
    who = guard.actor()
    try:
        service.answer(
            invitation, AnswerValue(value), via=Via.LOGIN, by=who.user_id, at=clock.now()
        )
    except Refused as no:
        return _again(invitation, refused=str(no))
    if value == AnswerValue.NO and invitation.user_id == meeting.case.person.user_id:
        return redirect(url_for("invitations.instead", id=meeting.id), 303)
    return _back(meeting)


@bp.post("/meetings/<oid:id>/answer/decide")
@guard.needs(Permission.MANDATE_DECLARE_OWN, load=queries.meeting, see=Permission.MEETING_READ)
def decide(meeting: "Meeting") -> ResponseReturnValue:
    """Say of each point one is named for whether one can decide it at the meeting."""
    invitation = _own(meeting)
    if not guard.allowed(Permission.AGENDA_READ, meeting):
        abort(403)
    to_decide = queries.to_decide(meeting, invitation.user_id, said=queries.replies(meeting))
    given = forms.Decided(request.form)
    for item in to_decide:
        said = given[item.id]
        if said.value not in set(MandateValue):
            continue
        try:
            service.declare_mandate(
                invitation,
                item,
                value=MandateValue(said.value),
                at=clock.now(),
                written=said.answer,
                who_can=said.who_can,
            )
        except Refused as no:
            if no.field is None:
                raise  # the page that refuses gives back what was written
            given.wrong[no.field] = str(no)
    if given.wrong:
        return _again(invitation, decided=given)
    session["decided"] = meeting.id
    return _back(meeting)


@bp.post("/meetings/<oid:id>/answer/input")
@guard.needs(Permission.WRITTEN_INPUT_ADD_OWN, load=queries.meeting, see=Permission.MEETING_READ)
def write(meeting: "Meeting") -> ResponseReturnValue:
    """Keep the few lines, as they are typed or when they are sent."""
    invitation = _own(meeting)
    form = forms.InputForm(prefix="input")
    errors.shows(lambda: {form.text.name: _written(invitation)})
    wants_json = request.accept_mimetypes.best == "application/json"
    version = request.form.get("version", type=int) or form.version.data or 0
    kept = None
    if form.validate():
        try:
            kept = service.write(
                invitation, text=form.text.data or "", version=version, at=clock.now()
            )
        except Refused as no:
            form.refuse(no)
    if kept is None:
        if wants_json:
            return jsonify(error=str(form.text.errors[0])), 422
        return _again(invitation, form=form)
    if wants_json:
        saved = _("Gemt kl. %(time)s", time=filters.clock_time(kept.at))
        return jsonify(saved_at_text=saved, version=kept.version)
    return _back(meeting)


def _written(invitation: "Invitation") -> str:
    kept = written.now(invitation)
    return kept.text if kept is not None else ""


@bp.post("/meetings/<oid:id>/deputy")
@guard.needs(Permission.INVITATION_NAME_DEPUTY, load=queries.meeting, see=Permission.MEETING_READ)
def deputy(meeting: "Meeting") -> ResponseReturnValue:
    """Name who comes instead, with or without a mandate."""
    invitation = _own(meeting)
    form = forms.DeputyForm(prefix="deputy")
    if not form.validate():
        return _again(invitation, deputy=form)
    try:
        service.name_deputy(
            invitation,
            name=form.name.data or "",
            email=form.email.data or "",
            has_mandate=form.has_mandate.data,
            by=guard.actor(),
            at=clock.now(),
        )
    except Refused as no:
        form.refuse(no)
        return _again(invitation, deputy=form)
    return _back(meeting)


@bp.get("/meetings/<oid:id>.ics")
@guard.needs(
    Permission.ICAL_DOWNLOAD_OWN_MEETING, load=queries.meeting, see=Permission.MEETING_READ
)
def ics(meeting: "Meeting") -> ResponseReturnValue:
    """Return the actor's own calendar file; the actor is its only attendee."""
    invitation = _own(meeting)
    time = exports.when(invitation)
    if time is None or not exports.has_file(invitation):
        abort(404)
    body = exports.calendar_file(
        invitation,
        time,
        sequence=queries.file_sequence(invitation),
        at=guard.actor().at,
        make=ical.request,
    )
    answer_ = make_response(body)
    answer_.headers["Content-Type"] = "text/calendar; charset=utf-8; method=REQUEST"
    answer_.headers["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return answer_
