"""Who is invited: the draft, the one act of sending, the answers."""

from collections import Counter
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.invitations import forms, queries, service
from netmeet.invitations.policy import Candidate
from netmeet.invitations.queries import deputies
from netmeet.invitations.rules import AnswerValue, Delivery, Via
from netmeet.invitations.views.blueprint import bp
from netmeet.meetings import queries as preparing
from netmeet.web import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.invitations.queries.deputies import Substitution
    from netmeet.meetings.models import Invitation, Meeting


@bp.get("/meetings/<oid:id>/invitations")
@guard.needs(
    Permission.INVITATION_READ_RESPONSES, load=queries.meeting, see=Permission.MEETING_READ
)
def edit(meeting: "Meeting") -> ResponseReturnValue:
    """Show who is invited and what they answered; who leads may change and send."""
    return _page(meeting)


def _page(
    meeting: "Meeting",
    *,
    form: forms.PartForm | forms.DeclineDeputyForm | None = None,
    of: str = "",
    refused: str = "",
    code: int = 200,
) -> ResponseReturnValue:
    """Return the page; ``form`` is the one to show with its errors, of the invitation ``of``."""
    rows = queries.rows(meeting, at=guard.actor().at)
    invited = [row for row in rows if row.invitation is not None]
    if guard.actor().role in PRIVATE:
        return render_template("invitations/people.html", meeting=meeting, invited=invited)
    leads = guard.allowed(Permission.INVITATION_SEND, meeting)
    page = render_template(
        "invitations/edit.html",
        meeting=meeting,
        case_head=cases.head(meeting.case, current="pages.case"),
        invited=invited,
        others=[row for row in rows if row.invitation is None],
        leads=leads,
        unwanted=_unwanted(meeting) if leads else frozenset(),
        forms={
            **(_forms(meeting) if leads else {}),
            **({of: form} if isinstance(form, forms.PartForm) else {}),
        },
        failed=of,
        invitable=_invitable(meeting, rows) if leads else frozenset(),
        decline_form=form
        if isinstance(form, forms.DeclineDeputyForm)
        else forms.DeclineDeputyForm(formdata=None),
        going=Counter((row.gets, row.by) for row in invited if row.gets is not Delivery.NOTHING),
        is_off=meeting.state in queries.OFF,
        takes_answers=queries.takes_answers(meeting, at=guard.actor().at),
        items={item.id: item for item in meeting.items},
        person=meeting.case.person.user.first_name,
        refused=refused,
    )
    return page, code


def _unwanted(meeting: "Meeting") -> frozenset[str]:
    """Return whom the person does not want there, where the actor may read it, and log the look."""
    if not guard.allowed(Permission.PREPARATION_READ, meeting):
        return frozenset()
    guard.note(Permission.PREPARATION_READ, meeting)
    return preparing.unwanted(meeting)


def _invitable(meeting: "Meeting", rows: "Sequence[queries.Row]") -> frozenset[str]:
    """Return the invitations whose named deputy the person's consent, or a law, lets in."""
    said = {row.invitation.id: row.reply for row in rows if row.invitation is not None}
    named = deputies.waiting(meeting, said=said, at=guard.actor().at)
    may = Permission.INVITATION_CREATE_STAFF
    return frozenset(key for key, one in named.items() if guard.allowed(may, one))


def _forms(meeting: "Meeting") -> dict[str, forms.PartForm]:
    return {invitation.id: _form(invitation) for invitation in meeting.current_invitations}


def _form(invitation: "Invitation") -> forms.PartForm:
    return forms.PartForm(
        formdata=None,
        prefix=invitation.id,
        data={
            "version": invitation.version,
            "why": invitation.why,
            "is_required": invitation.is_required,
            "begins": invitation.part_from,
            "ends": invitation.part_to,
        },
    )


def _back(meeting: "Meeting") -> Response:
    return redirect(url_for("invitations.edit", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/invitations/add")
@guard.needs(Permission.INVITATION_CREATE_STAFF, load=queries.meeting, see=Permission.MEETING_READ)
def add(meeting: "Meeting") -> ResponseReturnValue:
    """Put one member of the network on the list, or all who may be invited and are wanted."""
    wanted = request.form.get("user_id", "")
    besides = frozenset() if wanted else _unwanted(meeting)
    chosen = [
        row.member
        for row in queries.rows(meeting, at=guard.actor().at)
        if row.invitation is None
        and (row.member.user_id == wanted if wanted else row.may)
        and row.member.user_id not in besides
    ]
    try:
        for member in chosen:
            candidate = Candidate(case=meeting.case, member=member)
            guard.instead(candidate.permission, candidate)
            service.draft(meeting, member, by=guard.actor(), at=clock.now())
    except Refused as no:
        return _page(meeting, refused=str(no), code=422)
    return _back(meeting)


@bp.post("/meetings/<oid:id>/invitations/send")
@guard.needs(Permission.INVITATION_SEND, load=queries.meeting, see=Permission.MEETING_READ)
def send(meeting: "Meeting") -> ResponseReturnValue:
    """Send what waits, after the page has said how many get what by which channel."""
    version = request.form.get("version", type=int, default=0)
    try:
        service.send(meeting, version=version, by=guard.actor(), at=clock.now())
    except Refused as no:
        return _page(meeting, refused=str(no), code=422)
    return _back(meeting)


@bp.post("/invitations/<oid:id>")
@guard.needs(Permission.INVITATION_SEND, load=queries.by_id, see=Permission.MEETING_READ)
def change(invitation: "Invitation") -> ResponseReturnValue:
    """Say anew why somebody is invited, and to which part."""
    form = forms.PartForm(prefix=invitation.id)
    if not form.validate():
        return _page(invitation.meeting, form=form, of=invitation.id, code=422)
    part = service.Part(
        why=form.why.data or "",
        is_required=form.is_required.data,
        begins=form.begins.data,
        ends=form.ends.data,
    )
    version = form.version.data or 0
    try:
        service.change(invitation, part=part, version=version, by=guard.actor(), at=clock.now())
    except Refused as no:
        form.refuse(no)
        return _page(invitation.meeting, form=form, of=invitation.id, code=422)
    return _back(invitation.meeting)


@bp.post("/invitations/<oid:id>/withdraw")
@guard.needs(
    Permission.INVITATION_REVOKE_RELATIVE_OR_GUEST,
    load=queries.by_id,
    see=Permission.MEETING_READ,
)
def withdraw(invitation: "Invitation") -> ResponseReturnValue:
    """Take an invitation back. The person may do so with relatives and guests, not with staff."""
    member = invitation.case.member(invitation.user_id)
    is_staff = member is not None and member.role.is_staff
    if is_staff and not guard.allowed(Permission.INVITATION_SEND, invitation):
        abort(403)
    service.withdraw(invitation, by=guard.actor(), at=clock.now())
    return _back(invitation.meeting)


@bp.post("/invitations/<oid:id>/entered")
@guard.needs(Permission.INVITATION_SEND, load=queries.by_id, see=Permission.MEETING_READ)
def enter(invitation: "Invitation") -> ResponseReturnValue:
    """Enter what somebody answered by telephone or in person; marked as entered."""
    value = request.form.get("answer", "")
    if value not in set(AnswerValue):
        abort(400)
    try:
        service.answer(
            invitation,
            AnswerValue(value),
            via=Via.ENTERED,
            by=guard.actor().user_id,
            at=clock.now(),
        )
    except Refused as no:
        return _page(invitation.meeting, refused=str(no), code=422)
    return _back(invitation.meeting)


@bp.post("/invitations/<oid:id>/deputy/invite")
@guard.needs(
    Permission.INVITATION_CREATE_STAFF, load=deputies.by_invitation, see=Permission.MEETING_READ
)
def invite_deputy(named: "Substitution") -> ResponseReturnValue:
    """Put the named deputy on the list; they get the invitation when the list is sent."""
    if not guard.allowed(named.permission, named):
        abort(403)
    guard.instead(named.permission, named)
    try:
        service.invite_deputy(named, by=guard.actor(), at=guard.actor().at)
    except Refused as no:
        return _page(named.meeting, refused=str(no), code=422)
    return redirect(url_for("invitations.edit", id=named.meeting.id, _anchor="send"), 303)


@bp.post("/invitations/<oid:id>/deputy/decline")
@guard.needs(Permission.INVITATION_SEND, load=deputies.by_invitation, see=Permission.MEETING_READ)
def decline_deputy(named: "Substitution") -> ResponseReturnValue:
    """Say no to the named deputy, with why."""
    form, of = forms.DeclineDeputyForm(), named.invitation.id
    if not form.validate():
        return _page(named.meeting, form=form, of=of, code=422)
    reason = form.reason.data or ""
    try:
        service.decline_deputy(named, reason=reason, by=guard.actor(), at=clock.now())
    except Refused as no:
        form.refuse(no)
        return _page(named.meeting, form=form, of=of, code=422)
    return _back(named.meeting)
