"""Correcting minutes that were sent out: all points on one page, one reason, one new edition."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.core import Label

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.forms import minutes as forms
from netmeet.meetings.queries import minutes
from netmeet.meetings.rules import (
    KINDS,
    AnswerToPerson,
    Conclusion,
    MeetingKind,
    MinutesField,
)
from netmeet.meetings.service import corrections
from netmeet.meetings.service.corrections import Wording
from netmeet.meetings.service.minutes import Outcome, label
from netmeet.plans import exports, queries
from netmeet.plans.service import publish as publishing
from netmeet.plans.views import bp
from netmeet.plans.views.reading import HEAD
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.meetings.models import AgendaItem, Meeting

_FIELDS = (
    MinutesField.PERSON_SAYS,
    MinutesField.TALKED,
    MinutesField.ANSWER,
    MinutesField.CONCLUSION,
    MinutesField.SEEN_DIFFERENTLY,
)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point with the form over what its minutes say, and which of the fields it has."""

    item: "AgendaItem"
    form: forms.PointForm
    fields: tuple[MinutesField, ...]

    @property
    def written(self) -> list[MinutesField]:
        """Return the fields that hold something, or that something is wrong with."""
        return [
            field
            for field in self.fields
            if self.form[field.value].data
            or self.form[field.value].errors
            or (field is MinutesField.ANSWER and self.form.kind.data)
        ]

    @property
    def outcome(self) -> Outcome:
        """Return how the point is to have ended; what is not chosen anew stays."""
        chosen = self.form.conclusion.data
        if not chosen:
            return Outcome.of(self.item)
        return Outcome(
            conclusion=Conclusion(chosen),
            until=self.form.until.data,
            decider=self.form.decider.data or "",
            reason=self.form.why.data or "",
        )

    def wordings(self) -> list[Wording]:
        """Return what the fields are to say from now on."""
        kind = self.form.kind.data
        return [
            Wording(item=self.item, field=field, outcome=self.outcome)
            if field is MinutesField.CONCLUSION
            else Wording(
                item=self.item,
                field=field,
                text=self.form[field.value].data or "",
                kind=AnswerToPerson(kind) if kind and field is MinutesField.ANSWER else None,
            )
            for field in self.fields
        ]


@bp.route("/meetings/<oid:id>/correct", methods=["GET", "POST"])
@guard.needs(
    P.MINUTES_AMEND_NEW_VERSION, load=queries.meeting_with_minutes, see=P.MINUTES_READ_PUBLISHED
)
def correct(meeting: "Meeting") -> ResponseReturnValue:
    """Show what the minutes say to write in, or send the corrected minutes out and tell everybody.

    A draft is written where it stands.
    """
    if meeting.published_at is None:
        return redirect(url_for("pages.minutes", id=meeting.id), 303)
    form = forms.CorrectForm(data={"version": meeting.version, "seen": meeting.edition})
    points = [_point(item) for item in minutes.points(meeting) if _may_be_wrong(item)]
    if not form.was_sent:
        return _page(meeting, form, points)
    is_good, each = form.validate(), [point.form.validate() for point in points]
    if not all(each):
        form.form_errors.append(_("Der er noget at rette i et felt længere nede."))
    elif is_good:
        try:
            _send(meeting, form, points)
        except Refused as no:
            form.refuse(no)
        else:
            # It says who gets a letter, and what is to be filed anew.
            return redirect(url_for("plans.journal", id=meeting.id), 303)
    return _page(meeting, form, points), 422


def _send(meeting: "Meeting", form: forms.CorrectForm, points: list[Point]) -> None:
    who, at, reason = guard.actor(), clock.now(), form.reason.data or ""
    new = corrections.correct(
        meeting,
        [wording for point in points for wording in point.wordings()],
        reason=reason,
        by=who,
        at=at,
        version=form.version.data or 0,
        seen=form.seen.data or 1,
    )
    plan = queries.of_case(meeting.case_id)
    newest = plan.newest if plan is not None else None
    content = exports.corrected(newest.content, meeting) if newest is not None else {}
    said = _("Referatet er rettet: %(why)s", why=reason)
    items = [one.item for one in new]
    if publishing.renew(meeting, plan, items=items, by=who, at=at, content=content, reason=said):
        guard.note(P.PLAN_PUBLISH_VERSION, meeting)


def _may_be_wrong(item: "AgendaItem") -> bool:
    """Tell whether anything may stand wrong: of standing points most hold nothing."""
    return not item.standing or bool(item.entries)


def _point(item: "AgendaItem") -> Point:
    """Return the point with its form: a standing one has no answer, no end, no person's view."""
    fields = tuple(
        field
        for field in _FIELDS
        if (field is not MinutesField.ANSWER or item.is_persons)
        and (not item.standing or field is MinutesField.TALKED)
    )
    stored = {field.value: item.text(field) for field in fields}
    stored["kind"] = item.answer_kind.value if item.answer_kind else ""
    ended = Outcome.of(item)
    stored["conclusion"] = ended.conclusion.value if ended.conclusion else ""
    data = {**stored, "until": ended.until, "decider": ended.decider, "why": ended.reason}
    form, first = forms.PointForm(prefix=item.id, data=data), item.case.person.user.first_name
    form.kind.label = Label(form.kind.id, _("Svar til %(name)s i ét ord", name=first))
    for field in fields:
        form[field.value].label = Label(form[field.value].id, label(field, first))
    return Point(item=item, form=form, fields=fields)


def _page(meeting: "Meeting", form: forms.CorrectForm, points: list[Point]) -> str:
    plan = queries.of_case(meeting.case_id)
    newest = plan.newest if plan is not None else None
    return render_template(
        "plans/correct.html",
        form=form,
        points=points,
        meeting=meeting,
        person=meeting.case.person.user.first_name,
        asks_again=newest is not None and newest.meeting_id == meeting.id,
        days=KINDS[MeetingKind(meeting.kind)].comment_within,
        case_head=cases.head(meeting.case, current=HEAD),
    )
