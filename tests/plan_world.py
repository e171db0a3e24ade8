"""A held meeting with minutes and drafted agreements, ready to be sent out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind
from netmeet.cases.models import Case
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.meetings.models import Attendance, Meeting, MinutesEntry
from netmeet.meetings.rules import (
    AnswerToPerson,
    AttendanceStatus,
    Conclusion,
    LifeArea,
    MeetingState,
    MinutesField,
)
from netmeet.plans import exports, queries
from netmeet.plans.models import PlanVersion
from netmeet.plans.service import publish
from tests.world import World, now

OPEN_TO_HANNE = (Scope.BASIC, Scope.PLAN, Scope.ACTIONS)


@dataclass
class Held:
    """The case of Mia, the meeting that was held, and who was there."""

    world: World
    case: Case
    meeting: Meeting
    mia: User
    item_id: str

    def agree(
        self, what: str, owner: User | None, *, in_days: int | None = 7, **more: Any
    ) -> Action:
        """Return a drafted agreement of the meeting."""
        due = clock.today() + timedelta(days=in_days) if in_days is not None else None
        action = Action(
            case_id=self.case.id,
            case=self.case,
            meeting_id=self.meeting.id,
            item_id=self.item_id,
            what=what,
            owner_id=owner.id if owner is not None else None,
            due_on=due,
            created_at=now(),
            created_by_id=self.world.lise.id,
            **more,
        )
        db.session.add(action)
        db.session.flush()
        return action

    def actor(self, user: User) -> Actor:
        """Return the user acting now."""
        return self.world.actor(user)

    def cut(self, user: User) -> dict[str, Any]:
        """Return what the user would read if it were sent out now."""
        plan = queries.of_case(self.case.id)
        meeting = queries.meeting_with_minutes(self.meeting.id)
        facts = queries.facts(self.case, plan, meeting=meeting)
        content = exports.freeze(facts, kind=publish.kind_after(meeting, plan), at=now())
        return exports.cut(content, case=self.case, reader=self.actor(user))

    def send(self, *, at: datetime | None = None, caller: User | None = None) -> PlanVersion:
        """Send minutes and plan out as the chair, and forget what was loaded."""
        when = at or on_a_tuesday()
        meeting = queries.meeting_with_minutes(self.meeting.id)
        plan = queries.of_case(self.case.id)
        facts = queries.facts(meeting.case, plan, meeting=meeting)
        member = meeting.case.member(caller.id) if caller is not None else None
        made = publish.publish(
            meeting,
            plan,
            by=self.actor(self.world.lise),
            at=when,
            version=meeting.version,
            content=exports.freeze(
                facts, kind=publish.kind_after(meeting, plan), at=when, caller=member
            ),
        )
        db.session.commit()
        return self.reload(made.id)

    def reload_case(self) -> None:
        """Load the case as a request does."""
        plan = queries.plan_or_none_yet(self.case.id)
        assert plan is not None
        self.case = plan.case
        queries.meeting_with_minutes(self.meeting.id)

    def reload(self, version_id: str) -> PlanVersion:
        """Return the version as a request loads it, with everything around it fresh."""
        db.session.expire_all()
        found = queries.version_by_id(version_id)
        assert found is not None
        self.case = found.case
        queries.meeting_with_minutes(self.meeting.id)
        return found


def on_a_tuesday() -> datetime:
    """Return an instant on a quiet Tuesday morning in the near future."""
    day = clock.today()
    while day.weekday() != 1 or not calendar.is_working_day(day + timedelta(days=1)):
        day += timedelta(days=1)
    return calendar.to_instant(datetime.combine(day, datetime.min.time()).replace(hour=10))


def on_a_friday() -> datetime:
    """Return an instant on a Friday at three."""
    day = date(2026, 11, 27)
    return calendar.to_instant(datetime.combine(day, datetime.min.time()).replace(hour=15))


def held(world: World, *, relative_scopes: tuple[Scope, ...] = OPEN_TO_HANNE) -> Held:
    """Return a meeting of today with one point of the person's, answered and concluded."""
    case = world.case(relative=world.hanne, relative_scopes=relative_scopes)
    meeting = world.meeting(case, in_days=0, state=MeetingState.MINUTES_DRAFT)
    meeting.ended_at = now()
    mia = case.person.user
    item = world.item(meeting, "Jeg vil ikke tilbage til bostedet", by=mia)
    item.life_area = LifeArea.HOUSING
    item.answer_kind, item.conclusion = AnswerToPerson.IN_PART, Conclusion.AGREED
    texts = {
        MinutesField.PERSON_SAYS: "Jeg vil ikke tilbage til bostedet.",
        MinutesField.ANSWER: "Du ser to steder først.",
        MinutesField.SEEN_DIFFERENTLY: "Lise: gerne personale om natten.",
    }
    for field, text in texts.items():
        entry = MinutesEntry(
            item_id=item.id, field=field, text=text, author_id=world.lise.id, saved_at=now()
        )
        item.entries.append(entry)
    for invitation in meeting.invitations:
        meeting.attendances.append(
            Attendance(
                meeting_id=meeting.id,
                user_id=invitation.user_id,
                user=invitation.user,
                status=AttendanceStatus.WHOLE,
            )
        )
    db.session.flush()
    return Held(world, case, meeting, mia, item.id)


def agreed(world: World, *, relative_scopes: tuple[Scope, ...] = OPEN_TO_HANNE) -> Held:
    """Return :func:`held` with three agreements: one each of town, ward and the person."""
    story = held(world, relative_scopes=relative_scopes)
    story.agree(
        "Ansøger om midlertidig bolig",
        world.jonas,
        life_area=LifeArea.HOUSING,
        kind=ActionKind.NEEDS_DECISION,
    )
    story.agree("Ringer dagen efter", world.lise, life_area=LifeArea.TREATMENT)
    story.agree(
        "Bestiller tid hos lægen",
        story.mia,
        life_area=LifeArea.HEALTH,
        is_persons=True,
        kind=ActionKind.OWN,
    )
    return story
