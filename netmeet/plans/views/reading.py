"""Reading the plan: now, as somebody else sees it, an older version, two versions beside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.cases import exports as cases
from netmeet.cases import queries as loading
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Actor
from netmeet.core.permissions import Permission as P
from netmeet.meetings.exports.files import FileData, readable_data
from netmeet.meetings.queries import files as attached
from netmeet.plans import exports, forms, queries, rules
from netmeet.plans.service import sections
from netmeet.plans.views import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.plans.models import Plan
    from netmeet.plans.queries import Facts, NoPlan

HEAD = "plans.of_case"


@bp.get("/cases/<oid:id>/plan")
@guard.needs(P.PLAN_READ_PUBLISHED, load=queries.plan_or_none_yet)
def of_case(plan: "Plan | NoPlan") -> ResponseReturnValue:
    """Go on to the case's plan, or say that there is none yet. Creates nothing."""
    if not isinstance(plan, queries.NoPlan):
        return redirect(url_for("plans.show", id=plan.id), 303)
    return _none(plan)


def _none(plan: "Plan | NoPlan", may_write: Sequence[tuple[rules.Section, str, str]] = ()) -> str:
    """Return the page that says that there is nothing to read yet, with what may be written."""
    is_private = guard.actor().role in PRIVATE
    is_begun = not isinstance(plan, queries.NoPlan)
    return render_template(
        "plans/none_person.html" if is_private else "plans/none.html",
        case_id=plan.case_id,
        plan_id=plan.id,
        may_begin=not is_begun and guard.allowed(P.PLAN_EDIT_OWN_SECTION, plan),
        may_write=may_write,
        case_head=cases.head(plan.case, current=HEAD),
    )


@bp.post("/cases/<oid:id>/plan")
@guard.needs(P.PLAN_EDIT_OWN_SECTION, load=queries.plan_or_none_yet, see=P.PLAN_READ_PUBLISHED)
def begin(plan: "Plan | NoPlan") -> ResponseReturnValue:
    """Begin the plan before the first meeting; doing it twice changes nothing."""
    if isinstance(plan, queries.NoPlan):
        plan = sections.begin(plan.case, at=clock.now())
    return redirect(url_for("plans.show", id=plan.id), 303)


@bp.get("/plans/<oid:id>")
@guard.needs(P.PLAN_READ_PUBLISHED, load=queries.by_id)
def show(plan: "Plan") -> ResponseReturnValue:
    """Show the living plan, page one first."""
    reader = guard.actor()
    facts = queries.facts(plan.case, plan)
    reading = exports.Reading(plan.case, reader)
    shown = reading.living(plan, facts)
    if shown is None:
        return _none(plan, _may_write(plan, reader=reader))
    page = "plans/show_person.html" if reader.role in PRIVATE else "plans/show.html"
    return render_template(
        page,
        plan=shown,
        new=_new(plan, reading),
        **_page(plan, reader=reader),
    )


def _page(plan: "Plan", *, reader: Actor) -> dict[str, Any]:
    """Return what the page shows around the plan."""
    on_persons_side = queries.is_on_persons_side(reader)
    newest = plan.newest
    may_approve = guard.allowed(P.PLAN_APPROVE, plan)
    return {
        "plan_id": plan.id,
        "case_id": plan.case_id,
        "version": newest,
        "acceptance": newest.acceptance if newest is not None else None,
        "reads_history": guard.allowed(P.PLAN_HISTORY, plan),
        "sharing": exports.sharing(plan.case, at=reader.at) if on_persons_side else [],
        "readers": exports.readers(plan.case, at=reader.at)
        if may_approve and not on_persons_side
        else [],
        "may_contest": guard.allowed(P.LINE_CONTEST_OWN, plan),
        "may_answer": newest is not None and may_approve,
        "may_print": guard.allowed(P.PLAN_EXPORT_PDF, plan),
        "may_answer_contested": guard.allowed(P.LINE_ANSWER_CONTEST, plan),
        "may_write": _may_write(plan, reader=reader),
        "may_add_goal": sections.may_write(plan, rules.SectionKey.CONTRIBUTIONS, by=reader),
        "is_persons_side": on_persons_side,
        "is_relative": reader.role in PRIVATE and not on_persons_side,
        "case_head": cases.head(plan.case, current=HEAD),
    }


def _files(facts: "Facts", *, reader: Actor) -> list[FileData]:
    """Return what was put beside meetings that have been sent out, where it is open to the reader.

    Without any it asks for nothing.
    """
    sent_out = [meeting for meeting in facts.meetings if meeting.published_at is not None]
    return readable_data(attached.of_meetings(sent_out), reader=reader)


def _may_write(plan: "Plan", *, reader: Actor) -> list[tuple[rules.Section, str, str]]:
    """Return each section the reader may write, with the organisation whose part it is.

    One's own part and what is common carry no organisation.
    """
    if not guard.allowed(P.PLAN_EDIT_OWN_SECTION, plan):
        return []
    return [
        (rules.section(key), house.id, house.name) if house else (rules.section(key), "", "")
        for key, house in sections.writable(plan, by=reader)
    ]


def _new(plan: "Plan", reading: exports.Reading) -> exports.Changes | None:
    """Return what the newest version changed, ``None`` when there is none before it."""
    if len(plan.versions) < 2:  # noqa: PLR2004 - a pair
        return None
    return exports.changes(*(reading.gist(one.content) for one in plan.versions[-2:]))


def _may_preview(plan: "Plan | NoPlan") -> bool:
    return guard.allowed(P.PLAN_APPROVE, plan)


@bp.get("/plans/<oid:id>/as/<oid:user>")
@guard.needs(P.PLAN_HISTORY, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def as_seen_by(plan: "Plan", user: str) -> ResponseReturnValue:
    """Show the person and the coordinator exactly what somebody else reads."""
    if not _may_preview(plan):
        guard.hide()
    seen = queries.readers(plan.case, at=guard.actor().at)
    theirs = next(((m, reader) for m, reader in seen if m.user_id == user), None)
    if theirs is None:
        abort(404)
    member, reader = theirs
    loading.see_as(plan.case, user)
    shown = None
    if queries.may_read_plan(plan.case, reader):
        shown = exports.living(plan, queries.facts(plan.case, plan), reader=reader)
    is_private = guard.actor().role in PRIVATE
    return render_template(
        "plans/as_person.html" if is_private else "plans/as.html",
        plan=shown,
        member=member,
        plan_id=plan.id,
        may_contest=False,
        may_answer_contested=False,
        copies=reader_tabs(plan, seen, current=user, to_person=is_private),
        case_head=cases.head(plan.case, current=HEAD),
    )


def reader_tabs(
    plan: "Plan", seen: list[Any], *, current: str, to_person: bool
) -> list[tuple[str, str, bool]]:
    """Return the tabs "Det ser Mia · din søster · kommunen · egen læge"."""
    return [
        (
            exports.reader_name(member, to_person=to_person),
            url_for("plans.as_seen_by", id=plan.id, user=member.user_id),
            member.user_id == current,
        )
        for member, _reader in seen
    ]


@bp.get("/cases/<oid:id>/copies")
@guard.needs(P.PLAN_HISTORY, load=queries.plan_or_none_yet, see=P.PLAN_READ_PUBLISHED)
def copies(plan: "Plan | NoPlan") -> ResponseReturnValue:
    """Show who has which version: what was sent or read cannot be called back."""
    who = guard.actor()
    if not _may_preview(plan):
        guard.hide()
    found = [] if isinstance(plan, queries.NoPlan) else exports.held(plan, at=who.at)
    is_private = who.role in PRIVATE
    return render_template(
        "plans/copies_person.html" if is_private else "plans/copies.html",
        held=found,
        case_id=plan.case_id,
        case_head=cases.head(plan.case, current=HEAD),
    )


@bp.get("/plans/<oid:id>/history")
@guard.needs(P.PLAN_HISTORY, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def history(plan: "Plan") -> ResponseReturnValue:
    """Show how it has gone: meetings, versions, kept agreements; and every version to open."""
    reader = guard.actor()
    facts = queries.facts(plan.case, plan, is_whole=True)
    is_private = reader.role in PRIVATE
    return render_template(
        "plans/history_person.html" if is_private else "plans/history.html",
        plan_id=plan.id,
        timeline=exports.timeline(facts, reader=reader, today=clock.today()),
        files=_files(facts, reader=reader),
        versions=list(reversed(plan.versions)),
        is_persons_side=queries.is_on_persons_side(reader),
        case_head=cases.head(plan.case, current=HEAD),
    )


@bp.get("/plans/<oid:id>/versions/<int:n>")
@guard.needs(P.PLAN_HISTORY, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def version(plan: "Plan", n: int) -> ResponseReturnValue:
    """Show a published version as it was, cut for the reader by what is open to them now."""
    found = next((one for one in plan.versions if one.n == n), None)
    if found is None:
        abort(404)
    reader = guard.actor()
    shown = exports.cut(
        found.content,
        case=plan.case,
        reader=reader,
        contested=queries.contested_of(plan.case),
    )
    is_private = reader.role in PRIVATE
    return render_template(
        "plans/version_person.html" if is_private else "plans/version.html",
        plan=shown,
        plan_id=plan.id,
        version=found,
        acceptance=found.acceptance,
        newest=plan.newest,
        may_contest=False,
        may_answer_contested=False,
        case_head=cases.head(plan.case, current=HEAD),
    )


@bp.get("/plans/<oid:id>/compare")
@guard.needs(P.PLAN_HISTORY, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def compare(plan: "Plan") -> ResponseReturnValue:
    """Lay any two versions beside each other, word by word."""
    reader = guard.actor()
    by_number = {one.n: one for one in plan.versions}
    if not by_number:
        abort(404)
    form = forms.CompareForm(request.args)
    labels = forms.options((one.n, exports.version_name(one)) for one in plan.versions)
    form.a.choices = form.b.choices = labels
    last = max(by_number)
    a = form.a.data if form.a.data in by_number else max(last - 1, min(by_number))
    b = form.b.data if form.b.data in by_number else last
    form.a.data, form.b.data = a, b
    reading = exports.Reading(plan.case, reader)
    old, new = (reading.gist(by_number[n].content) for n in (a, b))
    is_private = reader.role in PRIVATE
    return render_template(
        "plans/compare_person.html" if is_private else "plans/compare.html",
        form=form,
        passages=exports.word_by_word(old, new),
        is_same=a == b,
        plan_id=plan.id,
        case_head=cases.head(plan.case, current=HEAD),
    )
