"""What lives on: agreements that go on to the next meeting, or stop with a consent."""

from datetime import datetime

from netmeet.actions import queries
from netmeet.actions.models import Action
from netmeet.actions.policy import owner_may_act
from netmeet.actions.rules import Status, WaitingFor
from netmeet.actions.service.progress import put_at
from netmeet.actions.service.telling import note
from netmeet.cases.models import Case
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.meetings.models import Meeting


def carry_over(before: Meeting, *, to: Meeting, by: Actor, at: datetime) -> list[Action]:
    """Carry what is still owed to the meeting ``to`` that follows ``before``, and return it.

    The agreements stay the same rows and keep the meeting they come from; each counts how often
    it was carried, except what the person does. Doing it twice changes nothing.
    """
    there = queries.was_carried(to.id)
    carried = list(queries.open_before(to))
    for action in carried:
        if action.id in there:
            continue
        note(action, "carried", by_id=by.user_id, at=at, was=before.id, became=to.id)
        if not action.is_persons:
            action.carried += 1
    db.session.flush()
    return carried


def pause_for(case: Case, user_id: str | None, organisation_id: str | None, at: datetime) -> None:
    """Let what the user or the organisation owes wait, where no right to know of it is left.

    Registered with ``cases`` at the start; the consents are those of ``case`` as they stand now.
    The history names the person: it is their consent.
    """
    concerned = queries.owned_by(case, user_id=user_id, organisation_id=organisation_id)
    asked = queries.asked(concerned)
    for action in concerned:
        is_paused = action.id in asked and asked[action.id].waits_for is WaitingFor.CONSENT
        if is_paused or owner_may_act(action, at):
            continue
        note(
            action,
            "status",
            by_id=case.person.user_id,
            at=at,
            was=action.status,
            became=queries.PAUSED,
        )
        put_at(action, Status.WAITING, at=at)
    db.session.flush()
