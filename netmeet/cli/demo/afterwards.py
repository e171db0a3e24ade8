"""Telling what comes after a meeting: plan, publication, the person's answer, what was done."""

from collections.abc import Sequence

from netmeet.actions import queries as actions
from netmeet.actions.rules import PersonsWord, Status, WaitingFor
from netmeet.actions.service import progress
from netmeet.audit import service as audit
from netmeet.cases import queries as cases
from netmeet.cli.demo.cast import Cast, Told
from netmeet.core import trail
from netmeet.core.db import db
from netmeet.core.permissions import Permission
from netmeet.core.trail import Entry
from netmeet.meetings import queries as meetings
from netmeet.meetings import service as meetings_service
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service import minutes
from netmeet.plans import exports, queries, service
from netmeet.plans.models import Plan
from netmeet.plans.rules import AcceptanceAnswer, PlanType, SectionKey


def write_plan(case_id: str, row: Told, people: Cast) -> None:
    """Begin the plan and write its sections and goals."""
    at = people.clock.instant(row["on"])
    case = cases.by_id(case_id)
    if case is None:
        raise LookupError(case_id)
    kind = PlanType(row.get("kind", PlanType.SHARED))
    plan = service.sections.begin(case, at=at, kind=kind)
    db.session.flush()
    for section in row.get("sections", ()):
        written = _plan(case_id)
        by = people.actor(section["by"], at)
        key = SectionKey(section["key"])
        service.sections.write(written, key, section["text"].strip(), by=by, at=at, version=0)
        db.session.expire_all()
    for told in row.get("goals", ()):
        _goal(_plan(plan.case_id), told, people)
        db.session.expire_all()


def _plan(case_id: str) -> Plan:
    plan = queries.of_case(case_id)
    if plan is None:
        raise LookupError(case_id)
    return plan


def _goal(plan: Plan, told: Told, people: Cast) -> None:
    at = people.clock.instant(told["on"])
    goal = service.sections.add_goal(
        plan,
        by=people.actor(told["by"], at),
        at=at,
        words=told["words"],
        agreed=told.get("agreed", ""),
        area=told["area"],
    )
    for on, value in told.get("scores", {}).items():
        service.sections.score(goal, on=people.clock.day(on), value=value)


def publish(meeting_id: str, row: Told, people: Cast) -> None:
    """Send minutes and plan out; much later the minutes are final."""
    meeting = queries.meeting_with_minutes(meeting_id)
    if meeting is None:
        raise LookupError(meeting_id)
    at = people.clock.instant(row["on"])
    by = people.actor(people.key(meeting.chair_id), at)
    plan = queries.of_case(meeting.case_id)
    kind = service.publish.kind_after(meeting, plan)
    facts = queries.facts(meeting.case, plan, meeting=meeting)
    caller = meeting.case.member(people.user(row["call"]).id) if "call" in row else None
    content = exports.freeze(facts, kind=kind, at=at, caller=caller)
    service.publish.publish(meeting, plan, by=by, at=at, version=meeting.version, content=content)
    for key in row.get("journalised", ()):
        minutes.journalise(meeting, by=people.actor(key, at), at=at)
    for said in row.get("statements", ()):
        when = people.clock.instant(said["on"])
        who = people.actor(said["by"], when)
        differs = said.get("disagrees", False)
        minutes.state(meeting, by=who, at=when, text=said["text"], disagrees=differs)
    if "final" in row:
        when = people.clock.instant(row["final"])
        meetings_service.move(meeting, MeetingState.FINAL, by=by, at=when)


def answer_plan(meeting_id: str, row: Told, people: Cast) -> None:
    """Let the person answer the version that went out with the meeting."""
    version = queries.version_of_meeting(meeting_id)
    if version is None:
        raise LookupError(meeting_id)
    at = people.clock.instant(row["on"])
    service.answers.answer(
        version,
        by=people.actor(row["by"], at),
        at=at,
        said=AcceptanceAnswer(row["says"]),
        words=row.get("words", ""),
    )


def finish(meeting_id: str, row: Told, people: Cast) -> None:
    """Close the meeting: everything that was agreed has been followed up."""
    meeting = meetings.by_id(meeting_id)
    if meeting is None:
        raise LookupError(meeting_id)
    at = people.clock.instant(row["on"])
    by = people.actor(people.key(meeting.chair_id), at)
    meetings_service.move(meeting, MeetingState.CLOSED, by=by, at=at)


def looks(case_id: str, rows: Sequence[Told], people: Cast) -> list[Entry]:
    """Return what the access log holds of those who looked at the case."""
    case = cases.by_id(case_id)
    plan = queries.of_case(case_id)
    entries = []
    for row in rows:
        operation = Permission(row["did"])
        about = plan if plan is not None and operation.startswith("plan.") else case
        allowed = row.get("allowed", True)
        for moment in row["on"]:
            at = people.clock.instant(moment)
            who = people.actor(row["who"], at)
            entries.append(trail.entry(who, operation, about, allowed=allowed))
    return entries


def keep_log(entries: Sequence[Entry]) -> None:
    """Write the access log of all stories in the order in which it happened."""
    audit.record(sorted(entries, key=lambda one: one.at))


def report(meeting_id: str, rows: Sequence[Told], people: Cast) -> None:
    """Let owners report what they agreed to at the meeting, and the person say what happened."""
    for row in sorted(rows, key=lambda one: people.clock.instant(one["on"])):
        _report(meeting_id, row, people)
        db.session.expire_all()


def _report(meeting_id: str, row: Told, people: Cast) -> None:
    at = people.clock.instant(row["on"])
    agreed = actions.of_meeting(meeting_id)
    action = next(one for one in agreed if one.what.startswith(row["what"]))
    if "said" in row:
        by = people.actor(people.key(action.case.person.user_id), at)
        word = PersonsWord(row["said"])
        progress.said(action, word, by=by, at=at, words=row.get("words", ""))
        return
    progress.report(
        action,
        status=Status(row["status"]),
        by=people.actor(row["by"], at),
        at=at,
        version=action.version,
        comment=row.get("comment", ""),
        waits_for=WaitingFor(row.get("waits_for", WaitingFor.DECISION)),
    )
