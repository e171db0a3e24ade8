"""The invitation on paper, for who has no e-mail; with a code to sign in by, made to be printed."""

from typing import TYPE_CHECKING

from flask import abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import queries as accounts
from netmeet.cases import exports as cases
from netmeet.cases.service import network
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.formats import pdf
from netmeet.invitations import exports, queries, service
from netmeet.invitations.views.blueprint import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.meetings.models import Invitation, Meeting


def _sent(meeting: "Meeting", user_id: str) -> "Invitation":
    """Return the invitation, or 404 when nothing was sent; the person gets only their own."""
    who = guard.actor()
    invitation = meeting.invitation(user_id)
    if who.role in PRIVATE and user_id != meeting.case.person.user_id:
        guard.hide()
    if invitation is None or not queries.still_holds(invitation, at=who.at):
        abort(404)
    return invitation


def _facts(invitation: "Invitation", login_code: str = "") -> dict[str, object]:
    time, token = exports.when(invitation), queries.letter_token(invitation)
    if time is None or not token:
        abort(404)
    return exports.letter_facts(invitation, time, token=token, login_code=login_code)


def _page(
    invitation: "Invitation", *, login_code: str = "", refused: str = "", code: int = 200
) -> ResponseReturnValue:
    meeting, case = invitation.meeting, invitation.case
    member = case.member(invitation.user_id)
    leads = guard.allowed(Permission.NETWORK_SEND_PERSONAL_LINK, meeting)
    page = render_template(
        "invitations/letter.html",
        **_facts(invitation, login_code),
        case_head=cases.head(case, current="pages.case"),
        meeting=meeting,
        may_have_code=leads and member is not None and network.gets_letter_code(member),
        printed=login_code,
        refused=refused,
        page_url=url_for("invitations.letter", id=meeting.id, user_id=invitation.user_id),
        pdf_url=url_for("invitations.letter_pdf", id=meeting.id, user_id=invitation.user_id),
    )
    return page, code


@bp.get("/meetings/<oid:id>/letters/<oid:user_id>")
@guard.needs(Permission.INVITATION_PRINT_LETTER, load=queries.meeting, see=Permission.MEETING_READ)
def letter(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Show the letter before it is printed."""
    return _page(_sent(meeting, user_id))


@bp.post("/meetings/<oid:id>/letters/<oid:user_id>")
@guard.needs(
    Permission.NETWORK_SEND_PERSONAL_LINK, load=queries.meeting, see=Permission.MEETING_READ
)
def letter_with_code(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Make a code and show the letter with it, this once; an earlier letter's code ends."""
    invitation = _sent(meeting, user_id)
    try:
        login_code = service.code_for_letter(invitation, at=clock.now())
    except Refused as no:
        return _page(invitation, refused=str(no), code=422)
    guard.note(Permission.INVITATION_PRINT_LETTER, invitation)
    return _page(invitation, login_code=login_code)


@bp.get("/meetings/<oid:id>/letters/<oid:user_id>.pdf")
@guard.needs(Permission.INVITATION_PRINT_LETTER, load=queries.meeting, see=Permission.MEETING_READ)
def letter_pdf(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Return the letter as a tagged PDF, one page."""
    return _printed(_facts(_sent(meeting, user_id)))


@bp.post("/meetings/<oid:id>/letters/<oid:user_id>.pdf")
@guard.needs(
    Permission.NETWORK_SEND_PERSONAL_LINK, load=queries.meeting, see=Permission.MEETING_READ
)
def letter_with_code_pdf(meeting: "Meeting", user_id: str) -> ResponseReturnValue:
    """Return the letter with the code that was just made, which the page sends along."""
    invitation, login_code = _sent(meeting, user_id), request.form.get("code", "")
    if not accounts.is_letter_code(user_id, login_code, at=guard.actor().at):
        abort(404)
    guard.instead(Permission.INVITATION_PRINT_LETTER, invitation)
    return _printed(_facts(invitation, login_code))


def _printed(facts: dict[str, object]) -> ResponseReturnValue:
    """Return the letter as a file; printing starts when the transaction has ended."""
    html = render_template("invitations/print/letter.html", **facts)
    css = exports.styles()
    queries.end_reading()
    guard.count_paper()
    answer = make_response(pdf.render(html, css=css, title=_("Brev")))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="brev.pdf"'
    return answer
