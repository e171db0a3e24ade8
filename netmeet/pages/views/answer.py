"""The whole invitation on one page, with what one promised last time."""

from typing import TYPE_CHECKING

from flask import abort, render_template, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.actions import exports as actions
from netmeet.actions import queries as owing
from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.permissions import Permission as P
from netmeet.invitations import exports, forms
from netmeet.invitations import queries as invitations
from netmeet.invitations.queries import written
from netmeet.pages.queries import front
from netmeet.pages.views import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.actions.models import Action
    from netmeet.invitations.queries.written import Wrote
    from netmeet.meetings.models import Invitation, Meeting


@bp.get("/meetings/<oid:id>/answer")
@guard.needs(P.INVITATION_RESPOND_OWN, load=invitations.meeting, see=P.MEETING_READ)
def answer(meeting: "Meeting") -> ResponseReturnValue:
    """Show the actor's own invitation: why, what to decide, what they owe, and every answer."""
    invitation = invitations.own(meeting, guard.actor().user_id)
    if invitation is None:
        abort(404)
    return page(invitation, is_saved=session.pop("decided", "") == meeting.id)


def page(
    invitation: "Invitation",
    *,
    form: forms.InputForm | None = None,
    deputy: forms.DeputyForm | None = None,
    decided: forms.Decided | None = None,
    refused: str = "",
    is_saved: bool = False,
) -> str:
    """Return the actor's invitation as a page, with what was typed where it was not taken."""
    meeting, who = invitation.meeting, guard.actor()
    is_private = who.role in PRIVATE
    parts = exports.answer_parts(invitation, who=who, allowed=guard.allowed)
    return render_template(
        "pages/answer.html" if is_private else "pages/answer_staff.html",
        case_head=None if is_private else cases.head(meeting.case, current="pages.case"),
        form=form or forms.InputForm.filled(parts["written"]),
        deputy_form=deputy or forms.DeputyForm.filled(parts["named"]),
        decided=decided,
        refused=refused,
        is_saved=is_saved,
        promised=_promised(meeting),
        wrote=_wrote_besides(meeting),
        back=url_for("pages.answer", id=meeting.id),
        **parts,
    )


def _wrote_besides(meeting: "Meeting") -> "list[Wrote]":
    """Return what others wrote beforehand that the actor may read, once they are invited."""
    who = guard.actor()
    found = written.beforehand(meeting, reader=who)
    return [one for one in found if one.author_id != who.user_id]


def _promised(meeting: "Meeting") -> "Sequence[actions.Line]":
    """Return what the actor promised at earlier meetings and may read of it, soonest first.

    The person's own agreements stand on their front page. To a relative they say whom they are
    for, so they show only while the person lets the relative know them.
    """
    who, case = guard.actor(), meeting.case
    is_closed_to = who.role is Role.REL and not guard.allowed(P.PATIENT_READ_BASIC, case)
    if is_closed_to or who.user_id == case.person.user_id:
        return ()
    found = front.promised(case, who.user_id, since=who.at - owing.SHOWN_AFTER_IT_ENDED)
    earlier = [
        one for one in found if one.meeting_id != meeting.id and guard.allowed(P.ACTION_READ, one)
    ]
    if earlier:
        guard.note(P.ACTION_READ, earlier[0])
    return _lines(earlier) if earlier else ()


def _lines(found: "Sequence[Action]") -> "Sequence[actions.Line]":
    return actions.lines(found, today=clock.today(), whom=actions.for_whom)
