"""Writing the living plan: one section, the crisis plan, goals and the person's own scale."""

from typing import TYPE_CHECKING

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.plans import forms, queries, rules
from netmeet.plans.rules import GoalEnd, SectionKey
from netmeet.plans.service import sections
from netmeet.plans.views import bp
from netmeet.plans.views.reading import HEAD
from netmeet.web import errors, filters, guard
from netmeet.web.forms import Form, VersionedForm

if TYPE_CHECKING:
    from netmeet.plans.models import Goal, Plan, PlanSection


@bp.route("/plans/<oid:id>/sections/<key>", methods=["GET", "POST"])
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def edit_section(plan: "Plan", key: str) -> ResponseReturnValue:
    """Write one section."""
    known = {one.value: one for one in rules.WRITTEN if one is not SectionKey.CRISIS}
    if key not in known:
        abort(404)
    return _write(plan, known[key], part=_part(plan))


def _part(plan: "Plan") -> str | None:
    """Return whose part is written: one's own; who may write any names another's with ``of``."""
    named = request.values.get("of", "")
    if not named:
        return sections.own_part(plan, by=guard.actor())
    if not guard.allowed(P.PLAN_EDIT_ANY_SECTION, plan):
        abort(403)
    guard.instead(P.PLAN_EDIT_ANY_SECTION, plan)
    return named


@bp.route("/plans/<oid:id>/crisis", methods=["GET", "POST"])
@guard.needs(P.CRISIS_PLAN_WRITE, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def edit_crisis(plan: "Plan") -> ResponseReturnValue:
    """Write the crisis plan."""
    return _write(plan, SectionKey.CRISIS, part=None)


def _write(plan: "Plan", key: SectionKey, *, part: str | None) -> ResponseReturnValue:
    """Show the section to write in, or keep it: as one types for the script, else and lead on."""
    who, is_typing = guard.actor(), "autosave" in request.form
    if not sections.may_write(plan, key, by=who, part=part):
        abort(403)
    row = plan.section(key, organisation_id=part)
    form = forms.SectionForm(obj=row)
    errors.shows(lambda: {"text": _text(plan, key, part)})
    if form.validate_on_submit():
        kept = sections.write(
            plan,
            key,
            form.text.data or "",
            by=who,
            at=clock.now(),
            version=form.version.data or 0,
            part=part,
        )
        return _saved(kept) if is_typing else redirect(url_for("plans.show", id=plan.id), 303)
    if is_typing:
        return jsonify(error=next(iter(form.errors.values()))[0]), 422
    return _form_page(
        "section",
        plan,
        form=form,
        section=rules.section(key),
        here=request.full_path.rstrip("?"),
        of=request.values.get("of", ""),
        whose=_whose(plan, part),
    )


def _text(plan: "Plan", key: SectionKey, part: str | None) -> str:
    row = queries.section_now(plan, key, organisation_id=part)
    return row.text if row is not None else ""


def _whose(plan: "Plan", part: str | None) -> str:
    """Return whose part it is, ``""`` for what is common."""
    places = [m.organisation for m in plan.case.members if part and m.organisation_id == part]
    return next((place.name for place in places if place is not None), "")


def _saved(kept: "PlanSection") -> ResponseReturnValue:
    at = filters.clock_time(kept.saved_at)
    return jsonify(saved_at_text=_("Gemt kl. %(time)s", time=at), version=kept.version)


def _form_page(name: str, plan: "Plan", **facts: object) -> ResponseReturnValue:
    """Return the page of a form: 422 when it came back."""
    is_private = guard.actor().role in PRIVATE
    form = facts["form"]
    page = render_template(
        f"plans/{name}_person.html" if is_private else f"plans/{name}.html",
        plan_id=plan.id,
        first=plan.case.person.user.first_name,
        is_persons_side=queries.is_on_persons_side(guard.actor()),
        case_head=cases.head(plan.case, current=HEAD),
        **facts,
    )
    return page, 422 if isinstance(form, Form) and form.was_sent else 200


@bp.route("/plans/<oid:id>/goals", methods=["GET", "POST"])
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def add_goal(plan: "Plan") -> ResponseReturnValue:
    """Add a goal in the person's words."""
    who = guard.actor()
    if not sections.may_write(plan, SectionKey.CONTRIBUTIONS, by=who):
        abort(403)
    form = forms.GoalForm()
    if queries.is_on_persons_side(who):
        form.words.label.text = _("Med dine egne ord")
    if form.validate_on_submit():
        try:
            sections.add_goal(
                plan,
                by=who,
                at=clock.now(),
                words=form.words.data or "",
                agreed=form.agreed.data or "",
                area=form.area.data or "",
            )
            return redirect(url_for("plans.show", id=plan.id), 303)
        except Refused as no:
            form.refuse(no)
    return _form_page("goal", plan, form=form)


@bp.route("/goals/<oid:id>", methods=["GET", "POST"])
@guard.needs(P.PLAN_EDIT_ANY_SECTION, load=queries.goal_by_id, see=P.PLAN_READ_PUBLISHED)
def edit_goal(goal: "Goal") -> ResponseReturnValue:
    """Change what was agreed on a goal; the person's words stay."""
    area, agreed = rules.split_area(goal.agreed)
    form = forms.AgreedGoalForm(data={"agreed": agreed, "area": area, "version": goal.version})
    if form.validate_on_submit():
        sections.agree_goal(
            goal,
            agreed=form.agreed.data or "",
            area=form.area.data or "",
            version=form.version.data or 0,
        )
        return redirect(url_for("plans.show", id=goal.plan_id), 303)
    return _form_page("goal_agreed", goal.plan, form=form, goal=goal)


@bp.route("/goals/<oid:id>/end", methods=["GET", "POST"])
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.goal_by_id, see=P.PLAN_READ_PUBLISHED)
def end_goal(goal: "Goal") -> ResponseReturnValue:
    """Say that a goal was reached, or is not relevant any more, and since when."""
    _check_may_set_goals(goal)
    form = forms.EndGoalForm(data={"version": goal.version, "ended_on": clock.today()})
    if form.validate_on_submit() and form.ended_on.data is not None:
        try:
            sections.end_goal(
                goal,
                ended=GoalEnd(form.ended.data),
                on=form.ended_on.data,
                at=clock.now(),
                version=form.version.data or 0,
            )
            return redirect(url_for("plans.show", id=goal.plan_id), 303)
        except Refused as no:
            form.refuse(no)
    return _form_page("goal_end", goal.plan, form=form, goal=goal)


@bp.post("/goals/<oid:id>/reopen")
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.goal_by_id, see=P.PLAN_READ_PUBLISHED)
def reopen_goal(goal: "Goal") -> ResponseReturnValue:
    """Take an ended goal up again."""
    _check_may_set_goals(goal)
    form = VersionedForm()
    sections.reopen_goal(goal, version=form.version.data or 0)
    return redirect(url_for("plans.show", id=goal.plan_id), 303)


def _check_may_set_goals(goal: "Goal") -> None:
    if not sections.may_write(goal.plan, SectionKey.CONTRIBUTIONS, by=guard.actor()):
        abort(403)


@bp.route("/goals/<oid:id>/score", methods=["GET", "POST"])
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.goal_by_id, see=P.PLAN_READ_PUBLISHED)
def score(goal: "Goal") -> ResponseReturnValue:
    """Say where one is on the scale today."""
    _check_may_set_goals(goal)
    form = forms.ScoreForm()
    if form.validate_on_submit():
        sections.score(goal, on=clock.today(), value=int(form.value.data))
        return redirect(url_for("plans.show", id=goal.plan_id), 303)
    return _form_page("score", goal.plan, form=form, goal=goal)
