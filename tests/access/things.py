"""A row of every kind for a case, each text of it with a word that is there once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, Status
from netmeet.cases.models import AccessQuestion, Case, RelativeWord
from netmeet.cases.rules import MemberRole
from netmeet.core import calendar, clock, sealed
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations.models import DateOption, DatePoll, DateVote
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings.models import (
    Attachment,
    Attendance,
    ContestedLine,
    Correction,
    FilePart,
    Meeting,
    MeetingEvaluation,
    MeetingRequest,
    MinutesEntry,
    PreparationAnswer,
    Statement,
)
from netmeet.meetings.models.files import digest_of
from netmeet.meetings.rules import (
    PERSONS_SIDE,
    AgendaState,
    AnswerToPerson,
    AttendanceStatus,
    Conclusion,
    ContestKind,
    EvaluationRound,
    FileKind,
    LifeArea,
    MeetingState,
    MinutesField,
    Question,
    evaluation,
)
from netmeet.plans import queries as plans
from netmeet.plans.exports import freeze
from netmeet.plans.models import Goal, Plan, PlanSection, PlanVersion
from netmeet.plans.rules import AREA_NAMES, SectionKey
from tests import hostile
from tests.access.canary import Mint
from tests.world import World, now

AHEAD, TODAY, DRAFT, OFF, SENT_OUT, LONG_AGO = 10, 0, 20, 12, -2, -40
KINDS: dict[int, tuple[MeetingState, AgendaState]] = {
    AHEAD: (MeetingState.INVITED, AgendaState.SHARED),
    TODAY: (MeetingState.INVITED, AgendaState.APPROVED),
    DRAFT: (MeetingState.PLANNED, AgendaState.DRAFT),
    OFF: (MeetingState.CANCELLED, AgendaState.SHARED),
    SENT_OUT: (MeetingState.PUBLISHED, AgendaState.APPROVED),
    LONG_AGO: (MeetingState.FINAL, AgendaState.APPROVED),
}
"""The meetings of a case: in how many days each is, and how far it has come."""
HELD = frozenset({SENT_OUT, LONG_AGO})
_OFF = frozenset({MeetingState.CANCELLED})
AREAS = (LifeArea.HOUSING, LifeArea.ECONOMY, None)
LONG_PAST = {"ext_after_window", "staff_guest_after_window"}
AUTHORS = ("rel_all_scopes", "reg_in", "ext_in_window", "staff_guest_in_window")


def fill(world: World, case: Case, mint: Mint, *, days: Sequence[int] = tuple(KINDS)) -> None:
    """Give the case a row of every kind, with the meetings of these days."""
    person, lead = case.person.user, case.coordinator
    assert lead is not None
    case.person.interpreter, case.person.language = mint("tolk"), mint("sprog")
    case.court_order = mint("dom")
    person.address, person.phone = mint("Vej 7"), "30 40 50 60"
    case.person.cpr = mint.cpr()
    case.person.cpr_index = sealed.keyring().index(case.person.cpr, kind="cpr")
    meetings = [_meeting(world, case, day, mint) for day in days]
    for day, meeting in zip(days, meetings, strict=True):
        if day == AHEAD:
            _asked_about_times(meeting, lead.user)
        if day == LONG_AGO:
            _corrected(meeting, lead.user, mint)
        if day in HELD:
            _evaluated(meeting, mint, is_opened=day == LONG_AGO)
    plan = Plan(case_id=case.id, case=case, begun_at=now())
    db.session.add(plan)
    db.session.flush()
    by = lead.user
    db.session.add_all([*_plan_rows(plan, by, mint), *_words(case, by, mint)])
    for member in case.members:
        _agreements(case, [one for one in meetings if one.state not in _OFF], member.user, mint)
    db.session.flush()


def _first_names(case: Case) -> dict[str, User]:
    """Return everybody who is or was in the network by what they are called on the stage."""
    return {m.user.name.split()[0]: m.user for m in case.team}


def _meeting(world: World, case: Case, days: int, mint: Mint) -> Meeting:
    users, (state, agenda) = _first_names(case), KINDS[days]
    here = {m.user_id for m in case.members}
    # Who left had been invited to what lay behind; what lies ahead has been called off for them.
    missing = {"gp_not_invited", *(LONG_PAST if days >= SENT_OUT else ())}
    invited = [
        user
        for name, user in users.items()
        if name not in missing and (user.id in here or days < TODAY)
    ]
    meeting = world.meeting(case, in_days=days, state=state, agenda=agenda, invited=invited)
    lead = case.coordinator
    assert lead is not None
    if "reg_chair" in users:
        chair = "chair_removed_yesterday" if days in {SENT_OUT, OFF} else "reg_chair"
        meeting.chair_id = users[chair].id
    if "reg_in" in users and state is not MeetingState.PLANNED:
        meeting.minute_taker_id = users["reg_in"].id
    if state in {MeetingState.PUBLISHED, MeetingState.FINAL}:
        held = calendar.to_instant(meeting.starts_local)
        meeting.started_at = meeting.ended_at = meeting.published_at = held
        meeting.comments_until = held.date() + timedelta(days=10)
    if agenda is AgendaState.APPROVED:
        meeting.agenda_approved_at = meeting.created_at
    meeting.purpose, meeting.place = mint("formål"), mint("sted")
    meeting.ground_rules = mint("regel")
    for invitation in meeting.invitations:
        invitation.why = mint("hvorfor")
        if invitation.user.name.startswith("rel_withdrawn"):
            invitation.withdrawn_at = now()
    _points(world, meeting, users, lead.user, mint)
    db.session.add_all(_said(meeting, lead.user, mint))
    return meeting


def _points(world: World, meeting: Meeting, users: dict[str, User], lead: User, mint: Mint) -> None:
    authors = [meeting.case.person.user, lead, *(users[n] for n in AUTHORS if n in users)]
    for number, author in enumerate(authors):
        item = world.item(meeting, mint("punkt"), by=author)
        item.raised_as = Role.PAT if number == 0 else Role.REG
        item.is_hidden_from_private = number == 1
        item.life_area = AREAS[number % len(AREAS)]
        item.answer_kind, item.conclusion = AnswerToPerson.IN_PART, Conclusion.AGREED
        for field in (MinutesField.TALKED, MinutesField.PERSON_SAYS, MinutesField.SEEN_DIFFERENTLY):
            item.entries.append(
                MinutesEntry(
                    item_id=item.id,
                    field=field,
                    text=mint(field.value),
                    author_id=lead.id,
                    saved_at=now(),
                )
            )
    db.session.flush()
    db.session.add_all(_files(meeting, authors[:2], mint))


def _asked_about_times(meeting: Meeting, by: User) -> None:
    """Let the people on the list be asked about two times, and half of them have answered one."""
    poll = DatePoll(
        meeting_id=meeting.id,
        answer_by=clock.today(),
        asked_at=now(),
        asked_by_id=by.id,
        sequence=meeting.sequence,
    )
    db.session.add(poll)
    db.session.flush()
    for hour in (10, 13):
        starts = meeting.starts_local.replace(hour=hour)
        option = DateOption(poll_id=poll.id, starts_local=starts, added_at=now())
        db.session.add(option)
        db.session.flush()
        for invitation in meeting.invitations[::2] if hour == 10 else ():
            said = {"value": AnswerValue.YES, "at": now(), "via": Via.LOGIN.value}
            who = {"user_id": invitation.user_id, "by_id": invitation.user_id}
            db.session.add(DateVote(option_id=option.id, **said, **who))


def _corrected(meeting: Meeting, by: User, mint: Mint) -> None:
    """Let every point have been corrected once."""
    meeting.edition, meeting.corrected_at = 2, meeting.published_at
    for item in meeting.items:
        row = Correction(
            meeting_id=meeting.id,
            item_id=item.id,
            edition=2,
            field=MinutesField.TALKED,
            was=mint("stod før"),
            reason=mint("rettet fordi"),
            by_id=by.id,
            at=now(),
        )
        db.session.add(row)


def _evaluated(meeting: Meeting, mint: Mint, *, is_opened: bool) -> None:
    """Let everybody have been there, and half of them have said how it was, the person among them.

    Of the older meeting the person, and who acts for them, has opened it to who leads.
    """
    person_id = meeting.case.person.user_id
    roles = {member.user_id: member.role.access for member in meeting.case.team}
    for number, invitation in enumerate(meeting.invitations):
        who, side = invitation.user_id, evaluation.side_of(roles[invitation.user_id])
        here = {"user_id": who, "status": AttendanceStatus.WHOLE}
        db.session.add(Attendance(meeting_id=meeting.id, **here))
        if side is None or (number % 2 and who != person_id):
            continue
        is_latest = is_opened and side in PERSONS_SIDE
        row = MeetingEvaluation(
            meeting_id=meeting.id,
            user_id=who,
            round=EvaluationRound.LATER if is_latest else EvaluationRound.FIRST,
            side=side,
            heard=5,
            text=mint("efter mødet"),
            is_open_to_coordinator=is_latest,
            created_at=now(),
            updated_at=now(),
            answered_at=now(),
        )
        db.session.add(row)


def _said(meeting: Meeting, by: User, mint: Mint) -> list[Any]:
    """Return what the person prepared, and what is said to the minutes."""
    common = {"meeting_id": meeting.id, "author_id": meeting.case.person.user_id}
    asked = (Question.MATTERS, Question.NOT_TALK)
    return [
        *(
            PreparationAnswer(question=one, text=mint("svar"), saved_at=now(), **common)
            for one in asked
        ),
        Statement(meeting_id=meeting.id, author_id=by.id, text=mint("udtalelse"), at=now()),
    ]


def _files(meeting: Meeting, authors: list[User], mint: Mint) -> list[Attachment]:
    """Return papers of several people: beside the meeting, a point and a hidden one, and hidden."""
    places = [(None, False), (meeting.items[0].id, False), (meeting.items[1].id, False)]
    made = []
    for number, (item_id, is_kept) in enumerate([*places, (None, True)]):
        title = mint("bilag")
        paper = hostile.pdf(words=title)
        row = Attachment(
            meeting_id=meeting.id,
            item_id=item_id,
            author_id=authors[number % len(authors)].id,
            raised_as=Role.PAT,
            title=title,
            kind=FileKind.PDF,
            size=len(paper),
            digest=digest_of(paper),
            is_kept_from_private=is_kept,
            added_at=now(),
        )
        row.parts = [FilePart(n=0, body=paper)]
        made.append(row)
    return made


def _plan_rows(plan: Plan, by: User, mint: Mint) -> list[Any]:
    common = {"plan_id": plan.id, "author_id": by.id, "saved_at": now()}
    home, money = LifeArea.HOUSING.value, LifeArea.ECONOMY.value
    lines = [f"{AREA_NAMES[area]}: {mint('linje', area=area)}" for area in (home, money)]
    said = "\n".join([*lines, mint("linje")])
    goals = [(home, f"{AREA_NAMES[home]}: "), (money, f"{AREA_NAMES[money]}: "), ("", "")]
    return [
        PlanSection(key=SectionKey.SITUATION, text=said, **common),
        PlanSection(key=SectionKey.OTHER_PLANS, text=mint("andre planer", area="*"), **common),
        PlanSection(key=SectionKey.CRISIS, text=mint("krise", area="*"), **common),
        *(
            Goal(
                plan_id=plan.id,
                words=mint("mål", area=area),
                agreed=f"{prefix}{mint('aftalt', area=area)}",
                begun_at=now() - timedelta(minutes=number),
            )
            for number, (area, prefix) in enumerate(goals)
        ),
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
        comments_until=clock.today() + timedelta(days=7),
        content=freeze(known, kind=plan.kind, at=now()),
    )
    db.session.add(version)
    db.session.commit()


def _words(case: Case, by: User, mint: Mint) -> list[Any]:
    """Return wishes, what relatives told, questions and contested lines."""
    at, today = now(), clock.today()
    asked = {"requested_at": at, "due_on": today, "case_id": case.id, "unit_id": case.unit_id}
    rows: list[Any] = [
        MeetingRequest(author_id=by.id, asked_as=Role.REG, about=mint("ønske"), **asked),
        AccessQuestion(
            case_id=case.id,
            about_user_id=by.id,
            unit_id=case.unit_id,
            asked_at=at,
            words=mint("hvorfor"),
            looks={"week": 0, "times": []},
        ),
        ContestedLine(
            case_id=case.id,
            line_kind="section",
            line_id=case.id,
            line=mint("linje"),
            kind=ContestKind.MISTAKE,
            words=mint("forkert"),
            at=at,
            due_on=today,
        ),
    ]
    for member in case.members:
        if member.role is MemberRole.RELATIVE:
            who = member.user_id
            rows.append(RelativeWord(case_id=case.id, author_id=who, text=mint("fortalt"), at=at))
            rows.append(
                MeetingRequest(author_id=who, asked_as=Role.REL, about=mint("ønske"), **asked)
            )
    return rows


def _agreements(case: Case, meetings: Sequence[Meeting], owner: User, mint: Mint) -> None:
    """Add what ``owner`` owes: an agreement that is open, one that is done, and one in draft.

    What is in force was sent out with the minutes of a meeting; what is not stands in the draft of
    one that was not.
    """
    at, lead, place = now(), case.coordinator, case.member(owner.id)
    assert lead is not None
    out = next((one for one in meetings if one.published_at is not None), None)
    ahead = next(one for one in reversed(meetings) if one.published_at is None)
    for area, state in zip(AREAS, ("open", "done", "draft"), strict=True):
        meeting = ahead if state == "draft" else out
        db.session.add(
            Action(
                case_id=case.id,
                meeting_id=meeting.id if meeting is not None else None,
                what=mint(state),
                kind=ActionKind.TASK,
                life_area=area,
                owner_id=owner.id,
                unit_id=place.unit_id if place is not None else None,
                due_on=at.date(),
                created_at=at,
                created_by_id=lead.user_id,
                published_at=at if state != "draft" else None,
                closed_at=at if state == "done" else None,
                status=Status.DONE if state == "done" else Status.NOT_STARTED,
            )
        )
