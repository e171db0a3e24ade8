"""What the invited say: yes or no, what they can decide, a few lines beforehand."""

from datetime import datetime

from flask_babel import gettext as _

from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations import queries, rules
from netmeet.invitations.models import Answer, Mandate, WrittenInput
from netmeet.invitations.queries import written
from netmeet.invitations.rules import AnswerValue, MandateValue, Via
from netmeet.invitations.service import standing
from netmeet.meetings.models import AgendaItem, Invitation, Meeting
from netmeet.meetings.rules import Instead
from netmeet.meetings.service import preparation


def answer(
    invitation: Invitation, value: AnswerValue, *, via: Via, by: str, at: datetime
) -> Answer:
    """Note yes, maybe or no; the last one counts. ``by`` is the user who gave or entered it.

    It may confirm the meeting, or take that back. What the person wanted instead of coming ends
    with their yes or maybe.

    Raises ``Refused`` when the meeting does not lie ahead, or the invitation was withdrawn.
    """
    _check_ahead(invitation, at=at)
    row = queries.replies(invitation.meeting)[invitation.id].answer
    if row is None:
        row = Answer(invitation_id=invitation.id, value=value, at=at, via=via.value, by_id=by)
        db.session.add(row)
    row.value, row.at, row.via, row.by_id = value, at, via.value, by
    if value is not AnswerValue.NO and invitation.user_id == invitation.meeting.case.person.user_id:
        invitation.meeting.forget_instead()
    standing.settle(invitation.meeting, at=at)
    return row


def has_said_no(meeting: Meeting) -> bool:
    """Tell whether the person's answer to the time that holds is no."""
    own = meeting.invitation(meeting.case.person.user_id)
    return own is not None and queries.replies(meeting)[own.id].value is AnswerValue.NO


def choose_instead(meeting: Meeting, wish: Instead, *, by: Actor, at: datetime) -> None:
    """Keep what the person wants instead of coming, once they have said no to coming.

    To say no to the meeting itself is theirs, or of who acts for them: a helper may call it off
    when told so. Raises ``Refused`` before a no, and when the meeting has been held.
    """
    if not has_said_no(meeting):
        raise Refused(_("Svar først nej til at komme. Så kan du vælge her."))
    if wish is Instead.NO_MEETING and not preparation.speaks_for_themselves(meeting, by):
        raise Refused(_("Kun borgeren selv kan sige nej til hele mødet. Du kan aflyse det."))
    preparation.choose_instead(meeting, wish, by=by, at=at)


def _check_ahead(invitation: Invitation, *, at: datetime, field: str | None = None) -> None:
    if invitation.withdrawn_at is not None or not queries.takes_answers(invitation.meeting, at=at):
        raise Refused(_("Der kan ikke svares mere. Ring, hvis du vil noget andet."), field=field)


def declare_mandate(
    invitation: Invitation,
    item: AgendaItem,
    *,
    value: MandateValue,
    at: datetime,
    written: str = "",
    who_can: str = "",
) -> Mandate:
    """Say whether one can decide a point at the meeting.

    Raises ``Refused`` when the answer beforehand, or who can instead, is missing, and when the
    meeting does not lie ahead.
    """
    _check_ahead(invitation, at=at)
    if value is MandateValue.ANSWER_IN_WRITING and not written.strip():
        raise Refused(_("Skriv svaret."), field=f"answer-{item.id}")
    if value is MandateValue.SOMEBODY_ELSE and not who_can.strip():
        raise Refused(_("Skriv, hvem der kan."), field=f"who-{item.id}")
    row = queries.replies(invitation.meeting)[invitation.id].mandates.get(item.id)
    if row is None:
        row = Mandate(invitation_id=invitation.id, item_id=item.id, value=value, at=at)
        db.session.add(row)
    row.value, row.at = value, at
    row.answer, row.who_can = written.strip(), who_can.strip()
    db.session.flush()
    return row


def write(invitation: Invitation, *, text: str, version: int, at: datetime) -> WrittenInput:
    """Keep what somebody writes to the meeting beforehand; the person reads it too.

    Saving by itself and the button may send the same words at once: they are kept once. Raises
    ``Refused`` for more than five lines and when the meeting does not lie ahead, ``Conflict`` for a
    stale version (0: none yet).
    """
    _check_ahead(invitation, at=at, field="text")
    if rules.lines(text) > rules.MOST_LINES:
        raise Refused(_("Skriv højst fem linjer."), field="text")
    row = written.now(invitation)
    if row is None:
        row = WrittenInput(invitation_id=invitation.id, text=text.strip(), at=at)
        db.session.add(row)
    elif row.text != text.strip():
        label = _("Kort fra dig")
        row.expect(version, mine={label: text}, theirs={label: row.text})
        row.text, row.at = text.strip(), at
    db.session.flush()
    return row
