"""Who has looked, why, and the answer of somebody else than the one who looked."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.audit import queries as audit
from netmeet.cases import queries
from netmeet.cases.exports import looks
from netmeet.cases.forms import AnswerForm, AskForm
from netmeet.cases.service import words
from netmeet.cases.views.blueprint import bp
from netmeet.cases.views.own import own_case
from netmeet.core import calendar, clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import AccessQuestion, Case

_WEEKS = 12
_OLDEST = date(2000, 1, 3)
"""A Monday before any log."""


@bp.get("/access-log", defaults={"id": ""})
@needs(P.AUDIT_WHO_SAW_ME, load=own_case)
def access_log(case: "Case") -> ResponseReturnValue:
    """Show twelve weeks, one sentence a person and week; older ones behind a link."""
    return _page(case)


@bp.post("/access-log/ask", defaults={"id": ""})
@needs(P.AUDIT_ASK_WHY, load=own_case, reads=P.AUDIT_WHO_SAW_ME)
def ask_why(case: "Case") -> ResponseReturnValue:
    """Ask why somebody looked in a week."""
    form = AskForm()
    if not form.validate() or form.week.data is None:
        abort(400)
    begins = _monday_of(form.week.data)
    seen = audit.of_user_in_case(
        case.id,
        user_id=form.about.data or "",
        since=calendar.midnight(begins),
        until=calendar.midnight(begins + timedelta(days=7)),
    )
    try:
        words.ask_why(
            case, about_user_id=form.about.data or "", week=begins, looks=seen, at=clock.now()
        )
    except Refused as no:
        return _page(case, refused=str(no)), 422
    session["asked_why"] = True
    return redirect(url_for("cases.access_log"), 303)


def _page(case: "Case", *, refused: str = "") -> str:
    last = _last_monday()
    since = calendar.midnight(last - timedelta(weeks=_WEEKS - 1))
    me = case.person.user_id
    events = audit.of_case(
        case.id, since=since, until=calendar.midnight(last + timedelta(days=7)), besides=me
    )
    people = queries.users_by_id({event.user_id for event in events})
    older = last - timedelta(weeks=_WEEKS)
    return render_template(
        "cases/access_log.html",
        weeks=looks.weeks(case, events, people, queries.questions_of(case.id)),
        refused=refused,
        is_asked=session.pop("asked_why", False),
        older=older if case.opened_at < since else None,
        newer=last + timedelta(weeks=_WEEKS) if last < _this_monday() else None,
    )


def _this_monday() -> date:
    today = clock.today()
    return today - timedelta(days=today.weekday())


def _last_monday() -> date:
    """Return the Monday of the newest week to show, as the address says or else this week's."""
    try:
        asked = datetime.fromisoformat(request.args.get("week", "")).date()
    except ValueError:
        return _this_monday()
    return _monday_of(asked)


def _monday_of(day: date) -> date:
    """Return the Monday of the day's week, or the nearest one that a log may be of."""
    held = max(day, _OLDEST)
    return min(held - timedelta(days=held.weekday()), _this_monday())


@bp.get("/access-questions")
@needs(P.AUDIT_ANSWER_WHY)
def access_questions() -> ResponseReturnValue:
    """List what persons asked about looks of the unit, without saying which person."""
    found = queries.questions_for(guard.actor())
    people = queries.users_by_id({question.about_user_id for question in found})
    return render_template(
        "cases/access_questions.html", questions=found, people=people, answer_by=looks.answer_by
    )


@bp.get("/access-questions/<oid:id>")
@needs(P.AUDIT_ANSWER_WHY, load=queries.question_by_id, reads=P.AUDIT_READ_PATIENT_TRAIL)
def access_question(question: "AccessQuestion") -> ResponseReturnValue:
    """Show who looked and when, never at whom, and ask for the answer."""
    form = AnswerForm(formdata=None, version=question.version, answer=question.answer)
    return _question_page(question, form)


@bp.post("/access-questions/<oid:id>")
@needs(P.AUDIT_ANSWER_WHY, load=queries.question_by_id, reads=P.AUDIT_READ_PATIENT_TRAIL)
def answer_why(question: "AccessQuestion") -> ResponseReturnValue:
    """Answer the person."""
    form = AnswerForm()
    if not form.validate():
        return _question_page(question, form), 422
    words.answer_why(
        question,
        form.answer.data or "",
        version=form.version.data or 0,
        by=guard.actor(),
        at=clock.now(),
    )
    return redirect(url_for("cases.access_questions"), 303)


def _question_page(question: "AccessQuestion", form: AnswerForm) -> str:
    about = queries.users_by_id({question.about_user_id})[question.about_user_id]
    return render_template(
        "cases/access_question.html",
        question=question,
        about=about,
        times=looks.times_of(question),
        form=form,
    )
