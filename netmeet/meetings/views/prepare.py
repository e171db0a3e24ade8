"""The person's preparation: one page a question, saved as one types."""

from typing import TYPE_CHECKING

from flask import Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Conflict
from netmeet.meetings import queries, service
from netmeet.meetings.exports import questions, sheet
from netmeet.meetings.forms import prepare as forms
from netmeet.meetings.rules import PreparationMode, Question
from netmeet.meetings.service.preparation import Said
from netmeet.meetings.views import bp
from netmeet.web import errors, filters, guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting, PreparationAnswer

_ENOUGH = 2
"""So many answered questions are enough for a good meeting, and the page says so."""


@bp.get("/meetings/<oid:id>/prepare")
@needs(P.PREPARATION_READ, load=queries.with_answers, see=P.MEETING_READ)
def prepare(meeting: "Meeting") -> ResponseReturnValue:
    """Ask how the person wants to answer, or go on where they left."""
    return render_template(
        "meetings/prepare.html",
        meeting=meeting,
        **_writer(meeting),
        progress=queries.progress(meeting),
        leads=questions.lead_names(queries.leads(meeting)),
        is_paused="pause" in request.args,
    )


@bp.post("/meetings/<oid:id>/prepare")
@needs(P.PREPARATION_WRITE, load=queries.with_answers, see=P.MEETING_READ)
def choose_way(meeting: "Meeting") -> ResponseReturnValue:
    """Keep how the person wants to answer, and lead there."""
    given = request.form.get("way", "")
    if given not in set(PreparationMode):
        return redirect(url_for("meetings.prepare", id=meeting.id), 303)
    way = PreparationMode(given)
    service.preparation.choose_way(meeting, way, by=guard.actor(), at=clock.now())
    if way is PreparationMode.SELF:
        begin = queries.progress(meeting).next or Question.MATTERS
        return redirect(url_for("meetings.question", id=meeting.id, question=begin), 303)
    return redirect(url_for("meetings.prepare", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/prepare/<question>")
@needs(P.PREPARATION_READ, load=queries.with_answers, see=P.MEETING_READ)
def question(meeting: "Meeting", question: str) -> ResponseReturnValue:
    """Show one question."""
    asked = _known(meeting, question)
    if asked is Question.NOT_TALK:
        guard.note(P.PREPARATION_READ_NOT_TO_DISCUSS, meeting)
    return _question_page(meeting, asked, _form(meeting, asked))


@bp.post("/meetings/<oid:id>/prepare/<question>")
@needs(P.PREPARATION_WRITE, load=queries.with_answers, see=P.MEETING_READ)
def answer_question(meeting: "Meeting", question: str) -> ResponseReturnValue:
    """Keep the answer: as one types for the script, or with a button that leads on."""
    asked, is_typing = _known(meeting, question), "autosave" in request.form
    form = _form(meeting, asked)
    if not form.validate():
        if is_typing:
            return jsonify(error=next(iter(form.errors.values()))[0]), 422
        return _question_page(meeting, asked, form), 422
    go = request.form.get("go", "next")
    kept = _keep(meeting, asked, None if go == "skip" else form.said, form.version.data or 0)
    return _saved(kept) if is_typing else redirect(_onward(meeting, asked, go), 303)


def _keep(
    meeting: "Meeting", asked: Question, said: Said | None, version: int
) -> "PreparationAnswer":
    """Keep what is said, or pass the question by without it."""
    actor, at = guard.actor(), clock.now()
    errors.shows(lambda: forms.laid_out(_stored(meeting, asked), members=_members(meeting)))
    try:
        if said is None:
            return service.preparation.skip(meeting, asked, by=actor, at=at, version=version)
        return service.preparation.answer(
            meeting, asked, by=actor, at=at, said=said, version=version
        )
    except Conflict as conflict:
        raise questions.with_choices(conflict, meeting, asked, said or Said()) from None


@bp.get("/meetings/<oid:id>/prepare/all")
@needs(P.PREPARATION_READ_NOT_TO_DISCUSS, load=queries.with_answers, see=P.MEETING_READ)
def prepared(meeting: "Meeting") -> ResponseReturnValue:
    """Show everything that was answered on one page."""
    guard.note(P.PREPARATION_READ, meeting)
    return render_template(
        "meetings/prepared.html",
        meeting=meeting,
        **_writer(meeting),
        may_confirm=service.preparation.speaks_for_themselves(meeting, guard.actor()),
        progress=queries.progress(meeting),
        answers=questions.told(meeting, guard.actor().at),
    )


@bp.post("/meetings/<oid:id>/prepare/confirm")
@needs(P.PREPARATION_WRITE, load=queries.with_answers, see=P.MEETING_READ)
def confirm_prepared(meeting: "Meeting") -> ResponseReturnValue:
    """Keep the person's yes to what a helper wrote."""
    service.preparation.confirm(meeting, by=guard.actor(), at=clock.now())
    return redirect(url_for("meetings.prepared", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/prepare/paper.pdf")
@needs(P.PREPARATION_READ, load=queries.with_answers, see=P.MEETING_READ)
def question_sheet(meeting: "Meeting") -> ResponseReturnValue:
    """Hand out the questions to fill in by hand."""
    body = sheet.question_sheet(meeting, at=guard.actor().at, count=guard.count_paper)
    return Response(
        body,
        mimetype="application/pdf",
        headers={"Content-Disposition": 'inline; filename="netmeet.pdf"'},
    )


def _known(meeting: "Meeting", word: str) -> Question:
    if word not in queries.questions(meeting):
        abort(404)
    return Question(word)


def _writer(meeting: "Meeting") -> dict[str, bool]:
    """Return whether who asks writes for the person: as a helper, or with their mandate."""
    who = guard.actor()
    return {
        "helper": not service.preparation.speaks_for_themselves(meeting, who),
        "is_proxy": who.role is Role.PROX,
    }


def _stored(meeting: "Meeting", asked: Question) -> Said:
    stored = queries.answer_to(meeting, asked)
    return Said(text=stored.text, data=stored.said) if stored is not None else Said()


def _members(meeting: "Meeting") -> list[str]:
    person_id = meeting.case.person.user_id
    return [one.user_id for one in meeting.case.members if one.user_id != person_id]


def _form(meeting: "Meeting", asked: Question) -> forms.QuestionForm:
    stored = queries.answer_to(meeting, asked)
    words = questions.asked(asked, meeting, guard.actor().at)
    form = forms.read(
        asked,
        stored=_stored(meeting, asked),
        version=stored.version if stored is not None else 0,
        posted=request.form if request.method == "POST" else None,
        words=words.taps,
        members=_members(meeting),
    )
    form.text.label.text = words.label
    return form


def _question_page(meeting: "Meeting", asked: Question, form: forms.QuestionForm) -> str:
    order = queries.questions(meeting)
    progress = queries.progress(meeting)
    place = order.index(asked)
    is_who = isinstance(form, forms.WhoForm)
    return render_template(
        "meetings/question.html",
        meeting=meeting,
        form=form,
        asked=questions.asked(asked, meeting, guard.actor().at),
        **_writer(meeting),
        progress=progress,
        total=len(order),
        is_enough=place == _ENOUGH and progress.answered >= _ENOUGH,
        ask_if_alone=is_who and "alone" not in request.args and request.method != "POST",
        after=_onward(meeting, asked, "next"),
        people=[m for m in meeting.case.members if m.user_id != meeting.case.person.user_id],
        leads=questions.lead_names(queries.leads(meeting)),
    )


def _onward(meeting: "Meeting", asked: Question, go: str) -> str:
    """Return where a button leads: the next page, the one before, or a pause."""
    order = queries.questions(meeting)
    if go == "pause":
        return url_for("meetings.prepare", id=meeting.id, pause=1)
    place = order.index(asked) + (-1 if go == "back" else 1)
    if place < 0:
        return url_for("meetings.prepare", id=meeting.id)
    if place == len(order):
        return url_for("meetings.prepared", id=meeting.id)
    return url_for("meetings.question", id=meeting.id, question=order[place])


def _saved(kept: "PreparationAnswer") -> Response:
    saved_at = filters.clock_time(kept.saved_at)
    return jsonify(saved_at_text=_("Gemt kl. %(time)s", time=saved_at), version=kept.version)
