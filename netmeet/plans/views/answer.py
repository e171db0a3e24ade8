"""What the person answers: to the plan as a whole, and of one line that it is wrong."""

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.rules import AgreedHow, ContestKind
from netmeet.plans import exports, forms, queries
from netmeet.plans.service import answers
from netmeet.plans.views import bp
from netmeet.plans.views.reading import HEAD
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.meetings.models import ContestedLine
    from netmeet.plans.models import Plan


@bp.route("/plans/<oid:id>/answer", methods=["GET", "POST"])
@guard.needs(P.PLAN_APPROVE, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def answer(plan: "Plan") -> ResponseReturnValue:
    """Ask "Er det her din plan?", alone, with nothing chosen beforehand."""
    newest = plan.newest
    if newest is None:
        abort(404)
    who = guard.actor()
    on_persons_side = queries.is_on_persons_side(who)
    given = newest.acceptance
    form = forms.AnswerForm(data={"version": given.version if given is not None else 0})
    if form.was_sent and form.asks_for_words:
        return redirect(url_for("plans.answer", id=plan.id, answer=form.answer.data), 303)
    if form.validate_on_submit() and form.said is not None:
        how = AgreedHow.DIGITAL if on_persons_side else AgreedHow(form.how.data)
        try:
            answers.answer(
                newest,
                by=who,
                at=clock.now(),
                said=form.said,
                words=form.words.data or "",
                how=how,
                row_version=form.version.data or 0,
            )
            return redirect(url_for("plans.answer", id=plan.id), 303)
        except Refused as no:
            form.refuse(no)
    return _answer_page(plan, form), 422 if form.was_sent else 200


def _answer_page(plan: "Plan", form: forms.AnswerForm) -> str:
    newest = plan.newest
    given = newest.acceptance if newest is not None else None
    coordinator, today = plan.case.coordinator, clock.today()
    lead = coordinator.user.first_name if coordinator is not None else ""
    is_private = guard.actor().role in PRIVATE
    return render_template(
        "plans/answer_person.html" if is_private else "plans/answer.html",
        form=form,
        asks_words="answer" in request.args or bool(form.words.errors),
        plan_id=plan.id,
        name=exports.name_of(plan.kind, to_person=True),
        first=plan.case.person.user.first_name,
        given=given,
        reason=newest.reason if newest is not None else "",
        choices=exports.answer_choices(),
        leads=exports.leads_to(
            plan.kind, coordinator=lead, today=today, is_ordered=bool(plan.case.court_order)
        ),
        promised=exports.call_promised(given, coordinator=lead, today=today),
        case_head=cases.head(plan.case, current=HEAD),
    )


@bp.route("/plans/<oid:id>/contest", methods=["GET", "POST"])
@guard.needs(P.LINE_CONTEST_OWN, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def contest(plan: "Plan") -> ResponseReturnValue:
    """Let the person say that a line is wrong."""
    form = forms.ContestForm() if request.method == "POST" else forms.ContestForm(request.args)
    shown = exports.living(plan, queries.facts(plan.case, plan), reader=guard.actor())
    where = {"kind": form.line_kind.data or "", "line_id": form.line_id.data or ""}
    line = shown and exports.find_line(shown, n=form.n.data or 0, **where)
    if not line:
        abort(404)
    if form.validate_on_submit():
        try:
            answers.contest(
                plan,
                at=clock.now(),
                line_kind=where["kind"],
                line_id=where["line_id"],
                line=line,
                kind=ContestKind(form.kind.data),
                words=form.words.data or "",
            )
            return redirect(url_for("plans.show", id=plan.id), 303)
        except Refused as no:
            form.refuse(no)
    coordinator = plan.case.coordinator
    page = render_template(
        "plans/contest_person.html",
        form=form,
        line=line,
        plan_id=plan.id,
        coordinator=coordinator.user.first_name if coordinator is not None else "",
    )
    return page, 422 if form.was_sent else 200


@bp.route("/contested/<oid:id>", methods=["GET", "POST"])
@guard.needs(P.LINE_ANSWER_CONTEST, load=queries.contested_by_id, reads=P.PLAN_READ_PUBLISHED)
def answer_contested(said: "ContestedLine") -> ResponseReturnValue:
    """Answer what the person says of a line."""
    form = forms.ContestAnswerForm(data={"text": said.answer, "version": said.version})
    if form.validate_on_submit():
        answers.answer_contested(
            said,
            by=guard.actor(),
            at=clock.now(),
            text=form.text.data or "",
            version=form.version.data or 0,
        )
        return redirect(url_for("plans.of_case", id=said.case_id), 303)
    page = render_template(
        "plans/answer_contested.html",
        form=form,
        said=said,
        first=said.case.person.user.first_name,
        case_head=cases.head(said.case, current=HEAD),
    )
    return page, 422 if form.was_sent else 200
