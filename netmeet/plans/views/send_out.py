"""Sending minutes and plan out: everything on one page, one button, then the journal text."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.cases import exports as cases
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.invitations.queries import written
from netmeet.meetings.exports.minutes import minutes_data
from netmeet.meetings.queries import files, minutes
from netmeet.plans import exports, forms, queries
from netmeet.plans.service import publish as publishing
from netmeet.plans.views import bp
from netmeet.plans.views.reading import HEAD
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.cases.models import TeamMember
    from netmeet.core.access import Actor
    from netmeet.invitations.queries.written import Wrote
    from netmeet.meetings.exports.minutes import MinutesData
    from netmeet.meetings.models import Meeting
    from netmeet.plans.queries import Facts
    from netmeet.plans.service.publish import Lack, Recipient


@bp.get("/meetings/<oid:id>/send-out")
@guard.needs(P.MINUTES_PUBLISH, load=queries.meeting_with_minutes, see=P.MINUTES_READ_DRAFT)
def send_out(meeting: "Meeting") -> ResponseReturnValue:
    """Show minutes and new plan side by side, and what each recipient will read.

    The proof of who one is comes before the page, so that its button is the last.
    """
    if meeting.published_at is not None:
        return redirect(url_for("plans.journal", id=meeting.id), 303)
    form = forms.SendForm(data={"version": meeting.version})
    return _page(meeting, form, at=clock.now(), lacks=_lacks(meeting))


def _lacks(meeting: "Meeting") -> "list[Lack]":
    return publishing.lacking(queries.drafts_of(meeting))


@bp.post("/meetings/<oid:id>/send-out")
@guard.needs(P.MINUTES_PUBLISH, load=queries.meeting_with_minutes, see=P.PLAN_EDIT_ANY_SECTION)
def publish(meeting: "Meeting") -> ResponseReturnValue:
    """Put minutes, agreements and plan in force and tell everybody, in one transaction."""
    if not guard.allowed(P.PLAN_PUBLISH_VERSION, meeting):
        abort(403)
    guard.note(P.PLAN_PUBLISH_VERSION, meeting)
    at = clock.now()
    form = forms.SendForm()
    plan = queries.of_case(meeting.case_id)
    facts = queries.facts(meeting.case, plan, meeting=meeting)
    lacks = _lacks(meeting)
    if form.validate_on_submit():
        kind = publishing.kind_after(meeting, plan)
        caller = _caller(meeting, form)
        try:
            publishing.publish(
                meeting,
                plan,
                by=guard.actor(),
                at=at,
                version=form.version.data or 0,
                content=exports.freeze(facts, kind=kind, at=at, caller=caller),
            )
            return redirect(url_for("plans.journal", id=meeting.id), 303)
        except Refused as no:
            form.refuse(no)
    return _page(meeting, form, at=at, lacks=lacks), 422


def _caller(meeting: "Meeting", form: forms.SendForm) -> "TeamMember | None":
    if not publishing.needs_caller(at=clock.now()):
        return None
    chosen = meeting.case.member(form.caller.data or "")
    return chosen if chosen is not None and chosen.role.is_staff else None


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What one recipient will read, cut for them; ``None`` where it is not open to them."""

    name: str
    user_id: str
    plan: dict[str, Any] | None
    minutes: object | None
    wrote: "list[Wrote]"


def _page(meeting: "Meeting", form: forms.SendForm, *, at: datetime, lacks: "list[Lack]") -> str:
    plan = queries.of_case(meeting.case_id)
    facts = queries.facts(meeting.case, plan, meeting=meeting)
    content = exports.freeze(facts, kind=publishing.kind_after(meeting, plan), at=at)
    queries.as_if_published(meeting, at=at)
    told = publishing.recipients(meeting, at=at)
    wanted = request.args.get("reader", told[0].member.user_id if told else "")
    shown = next((one for one in told if one.member.user_id == wanted), None)
    form.caller.choices = forms.options(_callers(meeting))
    return render_template(
        "plans/send_out.html",
        form=form,
        meeting=meeting,
        lacks=lacks,
        needs_caller=publishing.needs_caller(at=at),
        counts=_counts(told),
        copies=_tabs(meeting, told, shown),
        copy=_copy(meeting, content, shown, facts) if shown is not None else None,
        new=_new(facts, content, meeting),
        unanswered=[w["title"] for w in content["wishes"] if not w["answer_kind"]],
        plan_id="",
        may_contest=False,
        may_answer_contested=False,
        case_head=cases.head(meeting.case, current=HEAD),
    )


def _callers(meeting: "Meeting") -> list[tuple[str, str]]:
    staff = [(one.user_id, one.name) for one in meeting.case.members if one.role.is_staff]
    return [("", _("Vælg en")), *staff]


def _tabs(
    meeting: "Meeting", told: "list[Recipient]", shown: "Recipient | None"
) -> list[tuple[str, str, bool]]:
    return [
        (
            exports.reader_name(one.member, to_person=False),
            url_for("plans.send_out", id=meeting.id, reader=one.member.user_id),
            one is shown,
        )
        for one in told
    ]


def _copy(meeting: "Meeting", content: dict[str, Any], one: "Recipient", facts: "Facts") -> Copy:
    """Return the true filtered pages of one recipient."""
    plan = exports.cut(content, case=meeting.case, reader=one.reader, contested=facts.contested)
    return Copy(
        name=exports.reader_name(one.member, to_person=False),
        user_id=one.member.user_id,
        plan=plan if one.reads_plan else None,
        minutes=_minutes(meeting, reader=one.reader) if one.reads_minutes else None,
        wrote=written.beforehand(meeting, reader=one.reader),
    )


def _new(facts: "Facts", content: dict[str, Any], meeting: "Meeting") -> exports.Changes:
    """Return what the new version changes, as the sender sees it."""
    newest = facts.plan.newest if facts.plan is not None else None
    reader = guard.actor()
    before = (
        exports.cut(newest.content, case=meeting.case, reader=reader)
        if newest is not None
        else None
    )
    return exports.changes(before, exports.cut(content, case=meeting.case, reader=reader))


def _counts(told: "list[Recipient]") -> list[tuple[str, int]]:
    """Return how many are told by which channel, as the button says it."""
    found: dict[str, int] = {}
    for one in told:
        found[one.channel.value] = found.get(one.channel.value, 0) + 1
    return sorted(found.items())


def _minutes(meeting: "Meeting", *, reader: "Actor") -> "MinutesData":
    return minutes_data(
        meeting,
        reader=reader,
        files=files.of_meetings([meeting]),
        corrections=minutes.corrections(meeting),
    )


@bp.get("/meetings/<oid:id>/journal")
@guard.needs(P.MINUTES_READ_PUBLISHED, load=queries.meeting_with_minutes)
def journal(meeting: "Meeting") -> ResponseReturnValue:
    """Show the agreements as plain text to copy into the record, and who gets a letter."""
    may_file = guard.allowed(P.MINUTES_TICK_JOURNALISED, meeting)
    if not may_file:
        guard.hide()
    version = queries.version_of_meeting(meeting.id)
    if meeting.published_at is None or version is None:
        abort(404)
    reader = guard.actor()
    plan = exports.cut(version.content, case=meeting.case, reader=reader)
    told = publishing.recipients(meeting, at=reader.at)
    return render_template(
        "plans/journal.html",
        meeting=meeting,
        text=exports.journal_text(_minutes(meeting, reader=reader), plan),
        counts=_counts(told),
        letters=[one for one in told if one.channel.value == "letter"],
        plan_id=version.plan_id,
        may_print=guard.allowed(P.PLAN_EDIT_ANY_SECTION, meeting),
        case_head=cases.head(meeting.case, current=HEAD),
    )
