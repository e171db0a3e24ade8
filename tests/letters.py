"""Every kind of message that may leave the house, written for whoever it could be to."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from flask import Flask
from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.models import Case
from netmeet.core import calendar, clock, ids
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations.models import DateOption, DatePoll
from netmeet.meetings.models import ContestedLine, Invitation, Meeting, MeetingRequest
from netmeet.meetings.rules import ContestKind, MeetingState
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel, Letter
from netmeet.plans.models import Plan, PlanVersion
from tests.world import World, now

_OF_ACTIONS = {"actions.news", "reminders.action", "reminders.own", "reminders.escalation"}
_OF_INVITATIONS = {
    *("reminders.meeting_today", "reminders.meeting_tomorrow"),
    *("reminders.poll", "reminders.evaluation"),
}
_MANAGERS = select(UnitRole).where(UnitRole.role == Role.MGR)
_THINGS = {"meeting": Meeting, "request": MeetingRequest, "contested": ContestedLine}


def add_what_the_stories_lack(app: Flask) -> None:
    """Give every open case a request, a contested line and a meeting nobody has prepared.

    Everybody on a list is asked about a time.
    """
    world = World(app)
    for case in [cases.by_id(one) for one in cases.open_ids()]:
        person, at = case.person.user, now()
        world.meeting(case, in_days=2, state=MeetingState.INVITED, invited=[person])
        known = {"case_id": case.id, "case": case, "due_on": clock.today()}
        db.session.add(
            MeetingRequest(author_id=person.id, asked_as=Role.PAT, requested_at=at, **known)
        )
        db.session.add(
            ContestedLine(
                line_kind="action", line_id=ids.new_id(), kind=ContestKind.MISTAKE, at=at, **known
            )
        )
    for meeting in db.session.scalars(select(Meeting).where(Meeting.published_at.is_(None))):
        _ask_about_a_time(meeting)
    db.session.commit()


def _ask_about_a_time(meeting: Meeting) -> None:
    poll = DatePoll(
        meeting_id=meeting.id,
        answer_by=clock.today(),
        asked_at=now(),
        asked_by_id=meeting.chair_id,
        sequence=meeting.sequence,
    )
    db.session.add(poll)
    db.session.flush()
    starts = calendar.to_local(now() + timedelta(days=9))
    db.session.add(DateOption(poll_id=poll.id, starts_local=starts, added_at=now()))


def _facts(kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield whom a message of the kind could be to, and what it could speak of."""
    if kind in _OF_ACTIONS:
        yield from _of_actions()
    elif kind.startswith("invitations.") or kind in _OF_INVITATIONS:
        for one in db.session.scalars(select(Invitation)):
            starts = db.session.get_one(Meeting, one.meeting_id).starts_local
            facts = {"invitation": one.id, "sequence": "99", "file": "1", "token": ids.new_id()}
            yield one.user_id, {**facts, "starts": starts.isoformat() if starts else ""}
    elif kind.startswith("accounts."):
        for user in db.session.scalars(select(User)):
            link = accounts.make_link(user, purpose="case", subject_id=user.id, at=now())
            yield user.id, {"code": "123456", "token": link}
    else:
        yield from _of_cases(ids.new_id())


def _of_actions() -> Iterator[tuple[str, dict[str, str]]]:
    managers = [role.user_id for role in db.session.scalars(_MANAGERS)]
    for one in db.session.scalars(select(Action)):
        facts = {"action": one.id, "due_on": str(one.due_on), "token": ids.new_id()}
        for user_id in [one.owner_id, *managers]:
            yield user_id or "", {**facts, "about": "owner"}


def _of_cases(token: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield for everybody in every case each thing of the case a message could speak of."""
    for case in [cases.by_id(one) for one in db.session.scalars(select(Case.id))]:
        facts = {"case_id": case.id, "token": token, "about": "x", "unit": case.unit_id or ""}
        for name, table in _THINGS.items():
            held = db.session.scalars(select(table).where(table.case_id == case.id)).all()
            if held:
                facts[name] = held[-1].id
            if name == "meeting" and held:
                starts = held[-1].starts_local
                facts["starts"] = starts.isoformat() if starts else ""
        versions = select(PlanVersion).join(PlanVersion.plan).where(Plan.case_id == case.id)
        for version in db.session.scalars(versions):
            facts["plan_version"] = version.id
        missing = dict.fromkeys((*_THINGS, "plan_version", "starts"), "")
        managers = [role.user_id for role in db.session.scalars(_MANAGERS)]
        for user_id in [*(m.user_id for m in case.members), *managers]:
            yield user_id, {**missing, **facts}


def _message(kind: str, user_id: str, facts: dict[str, str]) -> Message:
    key = ids.new_id()
    return Message(
        id=key,
        key=f"{kind}:{key}",
        kind=kind,
        user_id=user_id,
        case_id=facts.get("case_id"),
        channel=Channel.MAIL,
        address="",
        facts=facts,
        created_at=now(),
    )


def written(kind: str, at_random: Random, *, most: int) -> Iterator[tuple[Message, Letter]]:
    """Yield at most so many letters of the kind that would leave on one of the days around now."""
    known = [one for one in _facts(kind) if one[0]]
    at_random.shuffle(known)
    for user_id, facts in known:
        if most == 0:
            return
        message = _message(kind, user_id, facts)
        for days in (0, 1):
            letter = outbox.render(message, at=message.created_at + timedelta(days=days))
            if letter is not None:
                most -= 1
                yield message, letter
                break


def let_it_be_news(kind: str) -> None:
    """Bring meetings and invitations to where such a message would leave."""
    for meeting in db.session.scalars(select(Meeting).where(Meeting.published_at.is_(None))):
        is_off = kind == "invitations.cancelled"
        meeting.state = MeetingState.CANCELLED if is_off else MeetingState.INVITED
        meeting.ended_at = now() - timedelta(days=1) if kind == "reminders.evaluation" else None
    for invitation in db.session.scalars(select(Invitation)):
        invitation.withdrawn_at = now() if kind == "invitations.withdrawn" else None
    db.session.flush()
    db.session.expire_all()
