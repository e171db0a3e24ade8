"""The invitation on paper, for who has no e-mail."""

from typing import TYPE_CHECKING

from flask import abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import exports as cases
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission
from netmeet.formats import pdf
from netmeet.invitations import exports, queries
from netmeet.invitations.views.blueprint import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


def _facts(meeting: "Meeting", user_id: str) -> dict[str, object]:
    """Return what the letter says, or 404 when nothing was sent; the person gets only their own."""
    who = guard.actor()
    invitation = meeting.invitation(user_id)
    is_anothers = who.role in PRIVATE and user_id != meeting.case.person.user_id
    if invitation is None or is_anothers or not queries.still_holds(invitation, at=who.at):
        abort(404)
    time, token = exports.when(invitation), queries.letter_token(invitation)
    if time is None or not token:
        abort(404)
    return exports.letter_facts(invitation, time, token=token)


@bp.get("/meetings/<oid:id>/letters/<oid:user_id>")
@guard.needs(Permission.INVITATION_PRINT_LETTER, load=queries.meeting, see=Permission.MEETING_READ)
def letter(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Show the letter before it is printed."""
    facts = _facts(meeting, user_id)
    return render_template(
        "invitations/letter.html",
        **facts,
        case_head=cases.head(meeting.case, current="pages.case"),
        meeting=meeting,
        pdf_url=url_for("invitations.letter_pdf", id=meeting.id, user_id=user_id),
    )


@bp.get("/meetings/<oid:id>/letters/<oid:user_id>.pdf")
@guard.needs(Permission.INVITATION_PRINT_LETTER, load=queries.meeting, see=Permission.MEETING_READ)
def letter_pdf(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Return the letter as a tagged PDF, one page."""
    html = render_template("invitations/print/letter.html", **_facts(meeting, user_id))
    body = pdf.render(html, css=exports.styles(), title=_("Brev"))
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="brev.pdf"'
    return answer
