"""What shall happen when the person does not come: theirs to say, once they have said no."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.invitations.service import replies
from netmeet.invitations.views.blueprint import bp
from netmeet.meetings import queries as meetings
from netmeet.meetings.exports import questions
from netmeet.meetings.rules import Instead, Question
from netmeet.meetings.service import preparation
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


@bp.get("/meetings/<oid:id>/instead")
@needs(P.PREPARATION_WRITE, load=meetings.with_answers, see=P.MEETING_READ, reads=P.MEETING_READ)
def instead(meeting: "Meeting") -> ResponseReturnValue:
    """Ask what shall happen when the person does not come."""
    return _page(meeting)


@bp.post("/meetings/<oid:id>/instead")
@needs(P.PREPARATION_WRITE, load=meetings.with_answers, see=P.MEETING_READ)
def choose_instead(meeting: "Meeting") -> ResponseReturnValue:
    """Keep what the person wants instead of coming, and say what it leads to."""
    given = request.form.get("instead", "")
    if given not in set(Instead):
        return redirect(url_for("invitations.instead", id=meeting.id), 303)
    wish = Instead(given)
    try:
        replies.choose_instead(meeting, wish, by=guard.actor(), at=clock.now())
    except Refused as no:
        return _page(meeting, refused=str(no)), 422
    if wish is Instead.OTHER_WAY:
        return redirect(
            url_for("meetings.question", id=meeting.id, question=Question.PRACTICAL), 303
        )
    return redirect(url_for("invitations.instead", id=meeting.id), 303)


def _page(meeting: "Meeting", *, refused: str = "") -> str:
    helper = not preparation.speaks_for_themselves(meeting, guard.actor())
    answers = questions.instead(meeting, today=clock.today())
    return render_template(
        "invitations/instead.html",
        meeting=meeting,
        helper=helper,
        answers=[one for one in answers if not helper or one[0] is not Instead.NO_MEETING],
        is_asked=replies.has_said_no(meeting),
        may_write=guard.allowed(P.WRITTEN_INPUT_ADD_OWN, meeting),
        refused=refused,
    )
