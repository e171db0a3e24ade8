"""HTTP of the slice: what one meeting still lacks."""

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.invitations import queries as invitations
from netmeet.invitations.queries import deputies
from netmeet.readiness import forms, queries, rules, service
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.invitations.queries.deputies import Substitution
    from netmeet.meetings.models import Meeting

bp = Blueprint("readiness", __name__)


@bp.get("/meetings/<oid:id>/readiness")
@guard.needs(Permission.READINESS_READ, load=invitations.meeting, see=Permission.MEETING_READ)
def show(meeting: "Meeting") -> ResponseReturnValue:
    """Show what the meeting lacks, worst first, each with the link that mends it."""
    form = forms.ReasonForm(formdata=None, data={"version": meeting.version})
    return _page(meeting, form)


def _page(meeting: "Meeting", form: forms.ReasonForm, *, code: int = 200) -> ResponseReturnValue:
    lines = queries.lacks(meeting, at=guard.actor().at)
    kinds = {line.missing.kind for line in lines}
    page = render_template(
        "readiness/show.html",
        meeting=meeting,
        case_head=cases.head(meeting.case, current="pages.case"),
        lines=lines,
        lacks_sector=bool(kinds & {rules.Lack.REGION, rules.Lack.MUNICIPALITY}),
        invitable=_invitable(meeting) if rules.Lack.DEPUTY in kinds else {},
        form=form,
    )
    return page, code


def _invitable(meeting: "Meeting") -> "dict[str, Substitution]":
    """Return the named deputies who may be put on the list now, by the invitation it is about."""
    said, at = invitations.replies(meeting), guard.actor().at
    may = Permission.INVITATION_CREATE_STAFF
    named = deputies.waiting(meeting, said=said, at=at)
    return {key: one for key, one in named.items() if guard.allowed(may, one)}


@bp.post("/meetings/<oid:id>/readiness/composition")
@guard.needs(
    Permission.READINESS_OVERRIDE_COMPOSITION,
    load=invitations.meeting,
    see=Permission.MEETING_READ,
)
def override(meeting: "Meeting") -> ResponseReturnValue:
    """Keep why the meeting is held without region or municipality."""
    form = forms.ReasonForm()
    if not form.validate():
        return _page(meeting, form, code=422)
    reason, version = form.reason.data or "", form.version.data or 0
    try:
        service.override_composition(
            meeting, reason=reason, version=version, by=guard.actor(), at=clock.now()
        )
    except Refused as no:
        form.refuse(no)
        return _page(meeting, form, code=422)
    guard.note(Permission.READINESS_OVERRIDE_COMPOSITION, meeting, reason=reason)
    return redirect(url_for("readiness.show", id=meeting.id), 303)
