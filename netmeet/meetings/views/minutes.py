"""Writing the minutes, and what participants say to them."""

from typing import TYPE_CHECKING

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.exports import lack_words
from netmeet.meetings.forms import minutes as forms
from netmeet.meetings.queries import meetings as queries
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import AnswerToPerson, Conclusion, MinutesField
from netmeet.meetings.service import minutes as service
from netmeet.meetings.views import bp, room
from netmeet.web import errors, filters, guard
from netmeet.web.forms import Form

if TYPE_CHECKING:
    from netmeet.meetings.models import AgendaItem, Meeting

_FIELDS = {
    field.value: field
    for field in (MinutesField.TALKED, MinutesField.PERSON_SAYS, MinutesField.SEEN_DIFFERENTLY)
}


@bp.post("/points/<oid:id>/minutes/<field>")
@guard.needs(P.MINUTES_WRITE_DRAFT, load=reading.point, see=P.MINUTES_READ_DRAFT)
def write_entry(item: "AgendaItem", field: str) -> ResponseReturnValue:
    """Keep one field of the minutes as it is typed."""
    room.lead_back(item.meeting)
    if field not in _FIELDS:
        raise NotFound
    form = forms.Entry()
    errors.shows(lambda: {"text": item.text(_FIELDS[field])})
    if not form.validate():
        return _unsaved(form)
    try:
        version = service.write(
            item,
            _FIELDS[field],
            form.text.data or "",
            by=guard.actor(),
            at=clock.now(),
            version=form.version.data or 0,
        )
    except Refused as no:
        return _unsaved(form, no)
    return _saved(item, version)


@bp.post("/points/<oid:id>/answer")
@guard.needs(P.MINUTES_WRITE_DRAFT, load=reading.point, see=P.MINUTES_READ_DRAFT)
def answer(item: "AgendaItem") -> ResponseReturnValue:
    """Keep the answer to the person's wish; only what is sent changes."""
    room.lead_back(item.meeting)
    kind = item.answer_kind.value if item.answer_kind else None
    form = forms.Answer(data={"kind": kind, "text": item.text(MinutesField.ANSWER)})
    errors.shows(lambda: {"kind": item.answer_kind or "", "text": item.text(MinutesField.ANSWER)})
    if not form.validate():
        return _unsaved(form)
    try:
        version = service.answer(
            item,
            kind=AnswerToPerson(form.kind.data) if form.kind.data else None,
            text=form.text.data or "",
            by=guard.actor(),
            at=clock.now(),
            version=form.version.data or 0,
        )
    except Refused as no:
        return _unsaved(form, no)
    return _saved(item, version, MinutesField.ANSWER)


@bp.post("/points/<oid:id>/outcome")
@guard.needs(P.MINUTES_WRITE_DRAFT, load=reading.point, see=P.MINUTES_READ_DRAFT)
def conclude(item: "AgendaItem") -> ResponseReturnValue:
    """Keep how the point ended; only what is sent changes."""
    room.lead_back(item.meeting)
    form = forms.Outcome(data={**_ended(item), "until": item.conclude_on})
    errors.shows(lambda: _ended(item))
    if not form.validate():
        return _unsaved(form)
    outcome = service.Outcome(
        conclusion=Conclusion(form.conclusion.data) if form.conclusion.data else None,
        until=form.until.data,
        decider=form.decider.data or "",
        reason=form.reason.data or "",
    )
    try:
        version = service.conclude(
            item,
            outcome=outcome,
            by=guard.actor(),
            at=clock.now(),
            version=form.version.data or 0,
        )
    except Refused as no:
        return _unsaved(form, no)
    return _saved(item, version, MinutesField.CONCLUSION)


def _ended(item: "AgendaItem") -> dict[str, str]:
    """Return how the point ended by the names of the form's fields."""
    ended = service.Outcome.of(item)
    return {
        "conclusion": ended.conclusion or "",
        "until": ended.until.isoformat() if ended.until else "",
        "decider": ended.decider,
        "reason": ended.reason,
    }


@bp.post("/meetings/<oid:id>/statements")
@guard.needs(P.MINUTES_ADD_OWN_STATEMENT, load=queries.by_id, see=P.MINUTES_READ_PUBLISHED)
def add_statement(meeting: "Meeting") -> ResponseReturnValue:
    """Add one's own words to the published minutes."""
    return _say(meeting, disagrees=False)


@bp.post("/meetings/<oid:id>/disagree")
@guard.needs(P.MINUTES_DISAGREE_COMMENT, load=queries.by_id, see=P.MINUTES_READ_PUBLISHED)
def disagree(meeting: "Meeting") -> ResponseReturnValue:
    """Note that the person sees the minutes differently, in their own words."""
    return _say(meeting, disagrees=True)


@bp.post("/meetings/<oid:id>/journalised")
@guard.needs(P.MINUTES_TICK_JOURNALISED, load=queries.by_id, see=P.MINUTES_READ_PUBLISHED)
def journalised(meeting: "Meeting") -> ResponseReturnValue:
    """Note that one's own organisation has filed the minutes."""
    service.journalise(meeting, by=guard.actor(), at=clock.now())
    return redirect(url_for("pages.minutes", id=meeting.id), 303)


def _say(meeting: "Meeting", *, disagrees: bool) -> ResponseReturnValue:
    form = forms.Say()
    if form.validate():
        service.state(
            meeting,
            by=guard.actor(),
            at=clock.now(),
            text=form.text.data or "",
            disagrees=disagrees,
        )
        return redirect(url_for("pages.minutes", id=meeting.id, _anchor="said"), 303)
    raise Refused(next(iter(form.errors.values()))[0])


def _saved(
    item: "AgendaItem", version: int, field: MinutesField = MinutesField.TALKED
) -> ResponseReturnValue:
    """Answer a script with the new version and what the field still needs; else show the page."""
    if request.accept_mimetypes.best == "application/json":
        said = _("Gemt kl. %(time)s", time=filters.clock_time(clock.now()))
        needed = lack_words(item, field)
        return jsonify(saved_at_text=said, version=version, lacks_text=needed)
    page = "pages.minutes" if item.meeting.ended_at else "pages.room"
    return redirect(url_for(page, id=item.meeting.id), 303)


def _unsaved(form: Form, refusal: Refused | None = None) -> ResponseReturnValue:
    """Answer a script with why it was not kept; without one, show the sentence on a page."""
    reasons = [str(error) for errors in form.errors.values() for error in errors]
    reason = str(refusal) if refusal is not None else " ".join(reasons)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=reason), 422
    raise Refused(reason)
