"""The demo, everybody of the stories signed in, and what the stories lack."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import flask_migrate
from sqlalchemy import select
from sqlalchemy.orm import selectinload

import config
from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action
from netmeet.app import create_app
from netmeet.audit.models import FollowUp
from netmeet.cases import queries
from netmeet.cases.models import AccessQuestion, Case, KeepingNote, RelativeWord, TeamMember
from netmeet.cases.rules import Keeping
from netmeet.cli import demo
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import Base, db
from netmeet.indicators import rules as indicators
from netmeet.indicators.models import RiskNote
from netmeet.invitations.models import Deputy, Mandate, WrittenInput
from netmeet.invitations.rules import MandateValue
from netmeet.meetings.models import (
    AgendaItem,
    ContestedLine,
    Invitation,
    Meeting,
    MeetingRequest,
    Statement,
)
from netmeet.meetings.rules import ContestKind, MeetingKind, MeetingState, Question, RequestState
from netmeet.organisations.models import Committee, Unit
from netmeet.plans.models import Goal, Plan
from netmeet.plans.rules import SectionKey
from tests.access.facts import Thing
from tests.access.judge import NOBODYS
from tests.misuse.players import Players
from tests.world import now


class Told(Players):
    """The demo and its people; addresses name what belongs together."""

    dice = Random(0)
    parts: Mapping[str, Any] = {
        **dict.fromkeys(("action_id", "role_id", "user_id", "user"), NOBODYS),
        "field": "talked",
        "n": 1,
        "door": "person",
    }

    def parts_for(self, thing: Thing) -> Mapping[str, Any]:
        """Return what stands in the thing's addresses beside its id, by chance where any does."""
        any_will_do = {
            "question": self.dice.choice(list(Question)).value,
            "key": self.dice.choice(list(SectionKey)).value,
        }
        return {**self.parts, **any_will_do, **self.near.get(thing.id, {})}

    def remember(self) -> None:
        """Note the ids of all rows, and who and what belongs to which."""
        self.ids = {
            table.name: list(db.session.scalars(select(table.c.id)))
            for table in Base.metadata.sorted_tables
            if "id" in table.c
        }
        self.near: dict[str, dict[str, Any]] = {}
        for invitation in db.session.scalars(select(Invitation)):
            self.near.setdefault(invitation.meeting_id, {})["user_id"] = invitation.user_id
        for draft in db.session.scalars(select(Action).where(Action.published_at.is_(None))):
            self.near.setdefault(draft.meeting_id or "", {})["action_id"] = draft.id
        for plan in db.session.scalars(select(Plan)):
            team = select(TeamMember.user_id).where(TeamMember.case_id == plan.case_id)
            self.near[plan.id] = {"user": db.session.scalars(team).all()[-1]}
        for user in db.session.scalars(select(User)):
            self.near[user.id] = {"role_id": self.world.role_of(user).id}
        db.session.commit()

    @contextmanager
    def set_back(self) -> Iterator[None]:
        """Let everything be as it was, when the block has ended."""
        file = Path(self.app.config["NETMEET"].instance) / "netmeet.db"
        kept = file.with_suffix(".kept")
        close(self)
        shutil.copyfile(file, kept)
        try:
            yield
        finally:
            close(self)
            for tail in ("-wal", "-shm"):
                file.with_name(file.name + tail).unlink(missing_ok=True)
            kept.replace(file)


def settings(database_url: str, folder: Path) -> config.Settings:
    """Return the settings of a demo in the folder."""
    environment = {
        "NETMEET_DEMO": "1",
        "NETMEET_SECRET_KEY": "a secret key that only the tests use",
        "NETMEET_KEYS": config.new_keys(),
        "NETMEET_DATABASE_URL": database_url,
        "NETMEET_BASE_URL": "http://localhost",
    }
    return config.read(environment, instance=folder)


def stage(folder: Path) -> Told:
    """Return the demo on SQLite in the folder, with what the stories lack, everybody seated."""
    told = Told(create_app(settings(f"sqlite:///{folder / 'netmeet.db'}", folder)))
    # In front of a real netmeet somebody else hands out the files, and says how long they keep.
    told.app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    with told.app.app_context():
        flask_migrate.upgrade()
        demo.load(clock.today())
        cases = [queries.by_id(one) for one in db.session.scalars(select(Case.id)).all()]
        rows = [row for case in cases for row in _lacking(case)]
        db.session.add_all([*rows, *_of_committees(), *_of_offices()])
        told.tokens = [_link(case.person.user, case) for case in cases]
        db.session.commit()
        for user_id, name, _who, _role in demo.people():
            told.join(name, db.session.get_one(User, user_id))
        told.join_as_nobody()
        told.parts: dict[str, Any] = dict.fromkeys(
            ("action_id", "role_id", "user_id", "user"), NOBODYS
        )
        told.parts |= {"field": "talked", "n": 1, "door": "person"}
        told.remember()
        db.session.remove()
    return told


def close(told: Players) -> None:
    """Let the database go."""
    with told.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _link(user: User, case: Case) -> str:
    return accounts.make_link(user, purpose="case", subject_id=case.id, at=now())


def _lacking(case: Case) -> Iterator[Any]:
    """Yield rows of the kinds that no story holds, beside what the case has."""
    at, today, person = now(), clock.today(), case.person.user_id
    lead = case.coordinator or case.members[0]
    common = {"case_id": case.id, "at": at, "due_on": today, "kind": ContestKind.MISTAKE}
    for kind, line_id in _lines(case):
        for answered in (None, at):
            yield ContestedLine(
                line_kind=kind,
                line_id=line_id,
                words="Det er ikke rigtigt.",
                answered_at=answered,
                answered_by_id=lead.user_id if answered else None,
                **common,
            )
    for answered in (None, at):
        yield AccessQuestion(
            case_id=case.id,
            about_user_id=lead.user_id,
            unit_id=case.unit_id,
            asked_at=at,
            words="Hvorfor?",
            looks={"week": 0, "times": []},
            answered_at=answered,
            answered_by_id=lead.user_id if answered else None,
        )
    yield KeepingNote(case_id=case.id, kind=Keeping.COPIED, words="Journalen", at=at)
    yield RelativeWord(case_id=case.id, author_id=case.members[-1].user_id, text="Hej", at=at)
    yield from _not_held(case)
    case.reopened_at = at
    for meeting in db.session.scalars(select(Meeting).where(Meeting.case_id == case.id)):
        yield Statement(meeting_id=meeting.id, author_id=person, text="Hej", at=at)
        yield from _answers(meeting)


def _not_held(case: Case) -> Iterator[Any]:
    """Yield meetings that were called off and put off, and a wish that was declined."""
    at, lead = now(), case.coordinator or case.members[0]
    for state in (MeetingState.CANCELLED, MeetingState.POSTPONED):
        meeting = Meeting(
            case_id=case.id,
            kind=MeetingKind.OUTPATIENT,
            uid=f"{state}-{case.id}@netmeet.example",
            chair_id=lead.user_id,
            created_at=at,
            state=state,
        )
        for number, member in enumerate(case.members):
            meeting.invitations.append(
                Invitation(user_id=member.user_id, number=number, created_at=at, sent_at=at)
            )
        yield meeting
    yield MeetingRequest(
        case_id=case.id,
        author_id=case.person.user_id,
        asked_as=Role.PAT,
        requested_at=at,
        due_on=clock.today(),
        state=RequestState.DECLINED,
        decided_at=at,
    )


def _lines(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what the person may say is wrong: kind and id."""
    for action in db.session.scalars(select(Action.id).where(Action.case_id == case.id)):
        yield "action", action
    of_case = select(Goal.id).join(Plan, Goal.plan_id == Plan.id).where(Plan.case_id == case.id)
    for goal in db.session.scalars(of_case):
        yield "goal", goal
    points = select(AgendaItem.id).join(Meeting, AgendaItem.meeting_id == Meeting.id)
    for item in db.session.scalars(points.where(Meeting.case_id == case.id)):
        yield "item", item


def _answers(meeting: Meeting) -> Iterator[Any]:
    """Yield what the invited may write, where nobody did."""
    invited = db.session.scalars(select(Invitation).where(Invitation.meeting_id == meeting.id))
    item = db.session.scalars(
        select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).limit(1)
    ).first()
    for number, invitation in enumerate(invited.all()):
        known = {"invitation_id": invitation.id, "at": now()}
        if not _has(WrittenInput, invitation):
            yield WrittenInput(text="Hej", **known)
        if number % 2 and not _has(Deputy, invitation):
            is_refused = number % 4 == 1
            yield Deputy(
                name="En anden",
                declined_at=now() if is_refused else None,
                reason="Nej" if is_refused else "",
                **known,
            )
        if item is not None and not _has(Mandate, invitation):
            yield Mandate(item_id=item.id, value=MandateValue.SOMEBODY_ELSE, **known)


def _has(table: Any, invitation: Invitation) -> bool:
    wanted = select(table.id).where(table.invitation_id == invitation.id)
    return db.session.scalars(wanted.limit(1)).first() is not None


def _of_committees() -> Iterator[Any]:
    """Yield what every organisation wrote under its committees' reports."""
    every = select(Committee).options(selectinload(Committee.organisations))
    for committee in db.session.scalars(every).all():
        for organisation in committee.organisations:
            for quarter in indicators.past_quarters(clock.today())[:1]:
                yield RiskNote(
                    committee_id=committee.id,
                    organisation_id=organisation.id,
                    quarter=quarter.key,
                    text="Travlt",
                )


def _of_offices() -> Iterator[Any]:
    """Yield what an auditor looked into, of everybody who works somewhere."""
    held = select(UnitRole.user_id, Unit.organisation_id).join(Unit, UnitRole.unit_id == Unit.id)
    for user_id, organisation_id in db.session.execute(held).all():
        yield FollowUp(
            organisation_id=organisation_id,
            user_id=user_id,
            day=clock.today(),
            words="Set efter",
            by_id=user_id,
            at=now(),
        )
