"""A row of every kind for a case, each text of it marked."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind
from netmeet.cases.models import AccessQuestion, Case, RelativeWord
from netmeet.cases.rules import MemberRole
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import (
    Attachment,
    ContestedLine,
    FilePart,
    Meeting,
    MeetingRequest,
    MinutesEntry,
    PreparationAnswer,
    Statement,
)
from netmeet.meetings.models.files import digest_of
from netmeet.meetings.rules import (
    AgendaState,
    AnswerToPerson,
    Conclusion,
    ContestKind,
    FileKind,
    LifeArea,
    MeetingState,
    MinutesField,
    Question,
)
from netmeet.plans import queries as plans
from netmeet.plans.exports import freeze
from netmeet.plans.models import Goal, Plan, PlanSection, PlanVersion
from netmeet.plans.rules import SectionKey
from tests import hostile
from tests.world import World, now


def fill(world: World, case: Case, mark: str) -> None:
    """Give the case a row of every kind, each text of it marked."""
    person, lead = case.person.user, case.coordinator
    assert lead is not None
    case.person.interpreter, case.person.language = f"{mark} tolk", f"{mark} sprog"
    person.address, person.phone = f"{mark}vej 7", "30 40 50 60"
    meetings = _meetings(world, case, mark)
    plan = Plan(case_id=case.id, case=case, begun_at=now())
    db.session.add(plan)
    db.session.flush()
    by = lead.user
    db.session.add_all([*_plan_rows(plan, by, mark), *_words(case, by, mark)])
    for number, member in enumerate(case.members):
        _agreements(case, meetings[number % len(meetings)], member.user, by, f"{mark} {number}")
    db.session.flush()


def _meetings(world: World, case: Case, mark: str) -> list[Meeting]:
    """Return meetings ahead, today, in draft, called off, sent out, and long past."""
    long_past = {"ext_after_window", "staff_guest_after_window"}
    users = {m.user.name.split()[0]: m.user for m in case.members}
    ahead = [user for name, user in users.items() if name not in {*long_past, "gp_not_invited"}]
    kinds: list[tuple[int, MeetingState, AgendaState]] = [
        (10, MeetingState.PLANNED, AgendaState.SHARED),
        (0, MeetingState.INVITED, AgendaState.APPROVED),
        (20, MeetingState.PLANNED, AgendaState.DRAFT),
        (12, MeetingState.CANCELLED, AgendaState.SHARED),
        (-2, MeetingState.PUBLISHED, AgendaState.APPROVED),
        (-40, MeetingState.FINAL, AgendaState.APPROVED),
    ]
    made = []
    for days, state, agenda in kinds:
        invited = ahead if days >= -2 else list(users.values())
        meeting = world.meeting(case, in_days=days, state=state, agenda=agenda, invited=invited)
        _mark(world, meeting, users, mark)
        made.append(meeting)
    return made


def _mark(world: World, meeting: Meeting, users: dict[str, User], mark: str) -> None:
    meeting.purpose, meeting.place = f"{mark} formål", f"{mark} sted"
    lead = meeting.case.coordinator
    assert lead is not None
    meeting.chair_id = users.get("reg_chair", lead.user).id
    if "reg_in" in users and meeting.state is not MeetingState.PLANNED:
        meeting.minute_taker_id = users["reg_in"].id
    if meeting.state in {MeetingState.PUBLISHED, MeetingState.FINAL}:
        held = calendar.to_instant(meeting.starts_local)
        meeting.started_at = meeting.ended_at = meeting.published_at = held
        meeting.comments_until = held.date() + timedelta(days=10)
    if meeting.agenda_state is AgendaState.APPROVED:
        meeting.agenda_approved_at = meeting.created_at
    meeting.invitations[-1].withdrawn_at = now()
    authors = [meeting.case.person.user, lead.user]
    authors += [
        users[name] for name in ("rel_all_scopes", "reg_in", "ext_in_window") if name in users
    ]
    for number, author in enumerate(authors):
        item = world.item(meeting, f"{mark} punkt {number}", by=author)
        item.is_hidden_from_private = number == 1
        item.life_area = LifeArea.HOUSING
        item.answer_kind, item.conclusion = AnswerToPerson.IN_PART, Conclusion.AGREED
        item.entries.append(_entry(item.id, lead.user, mark))
    db.session.add_all(_said(meeting, lead.user, mark))
    db.session.add_all(_files(meeting, authors, mark))


def _entry(item_id: str, by: User, mark: str) -> MinutesEntry:
    return MinutesEntry(
        item_id=item_id,
        field=MinutesField.TALKED,
        text=f"{mark} referat",
        author_id=by.id,
        saved_at=now(),
    )


def _said(meeting: Meeting, by: User, mark: str) -> list[Any]:
    """Return what the person prepared, and what is said to the minutes."""
    return [
        PreparationAnswer(
            meeting_id=meeting.id,
            question=Question.MATTERS,
            text=f"{mark} svar",
            author_id=meeting.case.person.user_id,
            saved_at=now(),
        ),
        Statement(meeting_id=meeting.id, author_id=by.id, text=f"{mark} udtalelse", at=now()),
    ]


def _files(meeting: Meeting, authors: list[User], mark: str) -> list[Attachment]:
    """Return papers of several people: beside the meeting, a point and a hidden one, and hidden."""
    paper = hostile.pdf(words=f"{mark} papir")
    places = [(None, False), (meeting.items[0].id, False), (meeting.items[1].id, False)]
    made = []
    for number, (item_id, is_kept) in enumerate([*places, (None, True)]):
        row = Attachment(
            meeting_id=meeting.id,
            item_id=item_id,
            author_id=authors[number % len(authors)].id,
            raised_as=Role.PAT,
            title=f"{mark} bilag {number}",
            kind=FileKind.PDF,
            size=len(paper),
            digest=digest_of(paper),
            is_kept_from_private=is_kept,
            added_at=now(),
        )
        row.parts = [FilePart(n=0, body=paper)]
        made.append(row)
    return made


def _plan_rows(plan: Plan, by: User, mark: str) -> list[Any]:
    common = {"plan_id": plan.id, "author_id": by.id, "saved_at": now()}
    return [
        PlanSection(key=SectionKey.SITUATION, text=f"{mark} situation", **common),
        Goal(plan_id=plan.id, words=f"{mark} mål", agreed=f"{mark} aftalt", begun_at=now()),
    ]


def publish(case_id: str) -> None:
    """Freeze the plan as sending it out would."""
    db.session.commit()
    db.session.expunge_all()
    plan = plans.of_case(case_id)
    assert plan is not None
    held = (Meeting.case_id == case_id, Meeting.state == MeetingState.PUBLISHED)
    meeting = plans.meeting_with_minutes(db.session.scalars(select(Meeting.id).where(*held)).one())
    assert meeting is not None
    known = plans.facts(meeting.case, plan, meeting=meeting)
    version = PlanVersion(
        plan_id=plan.id,
        n=1,
        meeting_id=meeting.id,
        published_at=now() - timedelta(days=3),
        published_by_id=meeting.chair_id,
        comments_until=now().date() + timedelta(days=7),
        content=freeze(known, kind=plan.kind, at=now()),
    )
    db.session.add(version)
    db.session.commit()


def _words(case: Case, by: User, mark: str) -> list[Any]:
    """Return wishes, what relatives told, questions and contested lines."""
    at, today = now(), now().date()
    asked = {"requested_at": at, "due_on": today, "case_id": case.id, "unit_id": case.unit_id}
    rows: list[Any] = [
        MeetingRequest(author_id=by.id, asked_as=Role.REG, about=f"{mark} ønske", **asked),
        AccessQuestion(
            case_id=case.id,
            about_user_id=by.id,
            unit_id=case.unit_id,
            asked_at=at,
            words=f"{mark} hvorfor",
            looks={"week": 0, "times": []},
        ),
        ContestedLine(
            case_id=case.id,
            line_kind="section",
            line_id=case.id,
            line=f"{mark} linje",
            kind=ContestKind.MISTAKE,
            words=f"{mark} forkert",
            at=at,
            due_on=today,
        ),
    ]
    for member in case.members:
        if member.role is MemberRole.RELATIVE:
            who = member.user_id
            rows.append(RelativeWord(case_id=case.id, author_id=who, text=f"{mark} fortalt", at=at))
            rows.append(
                MeetingRequest(author_id=who, asked_as=Role.REL, about=f"{mark} ønske", **asked)
            )
    return rows


def _agreements(case: Case, meeting: Meeting, owner: User, by: User, mark: str) -> None:
    """Add an agreement in force, one done and one in draft, owed by ``owner``."""
    at = now()
    place = case.member(owner.id)
    for state in ("open", "done", "draft"):
        db.session.add(
            Action(
                case_id=case.id,
                meeting_id=meeting.id,
                what=f"{mark} aftale {state}",
                kind=ActionKind.TASK,
                owner_id=owner.id,
                unit_id=place.unit_id if place is not None else None,
                due_on=at.date(),
                created_at=at,
                created_by_id=by.id,
                published_at=at if state != "draft" else None,
                closed_at=at if state == "done" else None,
            )
        )
