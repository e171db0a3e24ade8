"""Finding a time: whom it suits, one's own answer, and choosing one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.core import Label

from netmeet.cases import exports as cases
from netmeet.core import calendar, clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.invitations import forms, queries, rules
from netmeet.invitations.queries import polls
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.invitations.service import polls as service
from netmeet.invitations.service.polls import Vote
from netmeet.invitations.views.blueprint import bp
from netmeet.meetings import queries as meetings
from netmeet.meetings.forms.meeting import WhenForm
from netmeet.web import filters, guard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from netmeet.invitations.models import DateOption, DatePoll
    from netmeet.meetings.models import Invitation, Meeting

_ROWS = 4
"""The times one may write at once."""
_DAYS_TO_ANSWER = 2
"""The working days people get to answer, when nothing else is chosen: the clock has five."""


@bp.get("/meetings/<oid:id>/times")
@guard.needs(P.POLL_READ, load=queries.meeting, see=P.MEETING_READ)
def times(meeting: "Meeting") -> ResponseReturnValue:
    """Show which times suit whom, and what may be done; the person goes to their own answer.

    With ``free`` in the address the form proposes times at which no calendar says busy.
    """
    if guard.actor().role in PRIVATE:
        return redirect(url_for("invitations.own_times", id=meeting.id), 303)
    return _page(meeting, proposes="free" in request.args)


def _page(
    meeting: "Meeting",
    *,
    form: forms.AskForm | None = None,
    rows: "Sequence[WhenForm]" = (),
    refused: str = "",
    proposes: bool = False,
) -> str:
    """Return the page, with the form and its rows as they were sent when something is wrong."""
    at, poll = guard.actor().at, polls.of_meeting(meeting.id)
    may_ask = guard.allowed(P.POLL_CREATE, meeting)
    people = polls.asked(meeting, at=at)
    calendars = polls.calendars(people, at) if may_ask else polls.NO_CALENDARS
    free = _free(meeting, poll, calendars) if proposes and calendars else []
    return render_template(
        "invitations/times.html",
        meeting=meeting,
        standing=_standing(meeting, poll, calendars),
        people=people,
        showing=[one for one in people if one.user_id in calendars],
        free=free,
        proposes=proposes,
        form=form or _ask_form(meeting, poll),
        reachable=polls.reachable,
        is_person_asked=meeting.invitation(meeting.case.person.user_id) is not None,
        rows=rows or _time_forms(free),
        refused=refused,
        due_on=_due_on(meeting),
        may_ask=may_ask,
        is_private=False,
        may_choose=guard.allowed(P.MEETING_UPDATE, meeting),
        may_drop=may_ask,
        may_enter=guard.allowed(P.INVITATION_SEND, meeting),
        may_answer=_may_answer(meeting),
        case_head=cases.head(meeting.case, current="pages.case"),
    )


def _standing(
    meeting: "Meeting", poll: "DatePoll | None", calendars: rules.Calendars
) -> polls.Standing | None:
    who = guard.actor()
    if poll is None:
        return None
    return polls.standing(meeting, poll, reader_id=who.user_id, at=who.at, calendars=calendars)


def _ask_form(meeting: "Meeting", poll: "DatePoll | None") -> forms.AskForm:
    """Return a fresh form with the day by which people are to answer."""
    today = clock.today()
    answer_by = calendar.add_working_days(today, _DAYS_TO_ANSWER)
    if poll is not None and polls.is_open(poll, meeting):
        answer_by = max(poll.answer_by, today)
    return forms.AskForm(formdata=None, data={"answer_by": answer_by})


def _due_on(meeting: "Meeting") -> "date | None":
    """Return by when a time must be agreed that somebody asked for, ``None`` once one is."""
    asked_for = meetings.request_by_id(meeting.request_id) if meeting.request_id else None
    return asked_for.due_on if asked_for is not None and not asked_for.date_set_at else None


def _may_answer(meeting: "Meeting") -> bool:
    is_listed = meeting.invitation(guard.actor().user_id) is not None
    return is_listed and guard.allowed(P.POLL_ANSWER_OWN, meeting)


def _free(
    meeting: "Meeting", poll: "DatePoll | None", calendars: rules.Calendars
) -> "list[datetime]":
    """Return new times at which no calendar says busy, once people have had the days to answer."""
    first = calendar.add_working_days(clock.today(), _DAYS_TO_ANSWER + 1)
    asked = {option.starts_local for option in poll.options} if poll is not None else set()
    if poll is not None and polls.is_open(poll, meeting):
        first = max(first, calendar.add_working_days(poll.answer_by, 1))
    return rules.free_times(
        calendars, first=first, minutes=meeting.minutes, most=_ROWS, besides=asked
    )


def _time_forms(proposed: "Sequence[datetime]" = ()) -> "list[WhenForm]":
    """Return the forms of fresh times, the first filled with what is proposed."""
    rows = [_time_form(n, is_sent=False) for n in range(_ROWS)]
    for row, starts in zip(rows, proposed, strict=False):
        row.date.data, row.time.data = starts.date(), starts.time()
    return rows


def _time_form(n: int, *, is_sent: bool = True) -> WhenForm:
    """Return the form of one time, its number in its labels: there are several on the page."""
    prefix = f"t{n}"
    form = WhenForm(prefix=prefix) if is_sent else WhenForm(None, prefix=prefix)
    form.date.label = Label(form.date.id, _("%(n)d. forslag: dag", n=n + 1))
    form.time.label = Label(form.time.id, _("%(n)d. forslag: klokken", n=n + 1))
    return form


@bp.post("/meetings/<oid:id>/times")
@guard.needs(P.POLL_CREATE, load=queries.meeting, see=P.POLL_READ)
def ask_times(meeting: "Meeting") -> ResponseReturnValue:
    """Ask everybody on the list which of these times suit them, or of more times."""
    form, rows = forms.AskForm(), [_time_form(n) for n in range(_ROWS)]
    checked = [form.validate(), *(row.is_complete() for row in rows)]
    if not all(checked) or form.answer_by.data is None:
        return _page(meeting, form=form, rows=rows), 422
    starts = [row.starts_local for row in rows if row.starts_local is not None]
    try:
        service.ask(
            meeting, starts, answer_by=form.answer_by.data, by=guard.actor(), at=clock.now()
        )
    except Refused as no:
        form.refuse(no)
        return _page(meeting, form=form, rows=rows), 422
    return _back(meeting)


def _poll(meeting: "Meeting") -> "DatePoll":
    """Return the meeting's poll, or 404: nobody was asked."""
    return polls.of_meeting(meeting.id) or abort(404)


def _back(meeting: "Meeting") -> ResponseReturnValue:
    return redirect(url_for("invitations.times", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/times/again")
@guard.needs(P.POLL_CREATE, load=queries.meeting, see=P.POLL_READ)
def chase(meeting: "Meeting") -> ResponseReturnValue:
    """Ask those once more who have not answered."""
    try:
        service.chase(meeting, _poll(meeting), by=guard.actor(), at=clock.now())
    except Refused as no:
        return _page(meeting, refused=str(no)), 422
    return _back(meeting)


@bp.post("/meetings/<oid:id>/times/choose")
@guard.needs(P.MEETING_UPDATE, load=queries.meeting, see=P.POLL_READ)
def choose_time(meeting: "Meeting") -> ResponseReturnValue:
    """Give the meeting one of the times; then the invitations can be sent."""
    version = request.form.get("version", type=int, default=0)
    option_id = request.form.get("option", "")
    try:
        service.choose(
            meeting, _poll(meeting), option_id, by=guard.actor(), at=clock.now(), version=version
        )
    except Refused as no:
        return _page(meeting, refused=str(no)), 422
    return redirect(url_for("invitations.edit", id=meeting.id, _anchor="send"), 303)


@bp.post("/meetings/<oid:id>/times/drop")
@guard.needs(P.POLL_CREATE, load=queries.meeting, see=P.POLL_READ)
def drop_time(meeting: "Meeting") -> ResponseReturnValue:
    """Take a time out again that does not suit after all."""
    try:
        service.drop(meeting, _poll(meeting), request.form.get("option", ""), at=guard.actor().at)
    except Refused as no:
        return _page(meeting, refused=str(no)), 422
    return _back(meeting)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """One time with the form for somebody's answer to it."""

    option: "DateOption"
    form: forms.VoteForm


def ballots(poll: "DatePoll", user_id: str, *, is_sent: bool) -> list[Ballot]:
    """Return a form for each time ahead, filled with what the user answered or with what was sent.

    The time itself is the legend of its group of radio buttons.
    """
    found = []
    for option in polls.ahead(poll, at=guard.actor().at):
        given = polls.vote(option, user_id)
        data = {
            "value": given.value.value if given is not None else None,
            "version": given.version if given is not None else 0,
        }
        form = (
            forms.VoteForm(prefix=option.id, data=data)
            if is_sent
            else forms.VoteForm(prefix=option.id, data=data, formdata=None)
        )
        said = filters.day_and_time(option.starts_local)
        form.value.label = Label(form.value.id, said[:1].upper() + said[1:])
        found.append(Ballot(option=option, form=form))
    return found


def take(found: "Sequence[Ballot]") -> dict[str, Vote]:
    """Return what was answered, by the times' ids. Raises ``Refused`` for what is no answer."""
    if not all([one.form.validate() for one in found]):  # noqa: C419 - each says what is wrong
        raise Refused(_("Vælg et af svarene."))
    return {
        one.option.id: Vote(AnswerValue(one.form.value.data), one.form.version.data or 0)
        for one in found
        if one.form.value.data
    }


@bp.get("/meetings/<oid:id>/times/own")
@guard.needs(P.POLL_ANSWER_OWN, load=queries.meeting, see=P.MEETING_READ)
def own_times(meeting: "Meeting") -> ResponseReturnValue:
    """Ask which times suit oneself."""
    return _own_page(meeting, _own(meeting), ballots_of=guard.actor().user_id)


def _own(meeting: "Meeting") -> "Invitation":
    """Return the actor's place on the list, sent or not, or 404: who leads may be in without."""
    return meeting.invitation(guard.actor().user_id) or abort(404)


def _own_page(
    meeting: "Meeting", invitation: "Invitation", *, ballots_of: str, refused: str = ""
) -> str:
    poll, who = polls.of_meeting(meeting.id), guard.actor()
    if poll is not None and not polls.is_open(poll, meeting):
        poll = None
    may_read = guard.allowed(P.POLL_READ, meeting)
    is_private = who.role in PRIVATE
    return render_template(
        "invitations/own_times_person.html" if is_private else "invitations/own_times.html",
        meeting=meeting,
        poll=poll,
        ballots=ballots(poll, ballots_of, is_sent=bool(refused)) if poll else [],
        standing=polls.standing(meeting, poll, reader_id=who.user_id, at=who.at)
        if poll and may_read
        else None,
        may_choose=False,
        may_drop=False,
        instead_of=invitation.user.name if ballots_of != who.user_id else "",
        invitation=invitation,
        is_answered=poll is not None and polls.has_answered(poll, ballots_of),
        refused=refused,
        is_private=is_private,
    )


@bp.post("/meetings/<oid:id>/times/own")
@guard.needs(P.POLL_ANSWER_OWN, load=queries.meeting, see=P.MEETING_READ)
def answer_times(meeting: "Meeting") -> ResponseReturnValue:
    """Note which times suit oneself; they may be changed until one is chosen."""
    return _take(meeting, _own(meeting), via=Via.LOGIN)


def _take(meeting: "Meeting", invitation: "Invitation", *, via: Via) -> ResponseReturnValue:
    who, poll = guard.actor(), _poll(meeting)
    try:
        said = take(ballots(poll, invitation.user_id, is_sent=True))
        service.answer(invitation, poll, said, via=via, by=who.user_id, at=clock.now())
    except Refused as no:
        page = _own_page(meeting, invitation, ballots_of=invitation.user_id, refused=str(no))
        return page, 422
    if via is Via.ENTERED:
        return _back(meeting)
    return redirect(url_for("invitations.own_times", id=meeting.id), 303)


@bp.route("/invitations/<oid:id>/times", methods=["GET", "POST"])
@guard.needs(P.INVITATION_SEND, load=queries.by_id, see=P.MEETING_READ)
def enter_times(invitation: "Invitation") -> ResponseReturnValue:
    """Enter what somebody said by telephone or in person; marked as entered."""
    if invitation.withdrawn_at is not None or polls.of_meeting(invitation.meeting_id) is None:
        abort(404)
    if request.method == "GET":
        return _own_page(invitation.meeting, invitation, ballots_of=invitation.user_id)
    return _take(invitation.meeting, invitation, via=Via.ENTERED)
