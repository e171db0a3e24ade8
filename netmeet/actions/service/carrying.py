"""What lives on: agreements that go on to the next meeting, or stop and go on with a consent."""

from datetime import datetime

from netmeet.actions import queries
from netmeet.actions.models import Action
from netmeet.actions.policy import owner_may_act
from netmeet.actions.rules import Status, WaitingFor
from netmeet.actions.service.telling import leads, note, tell
from netmeet.cases.models import Case
from netmeet.cases.rules import Follows
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


def follow_rights(
    case: Case, user_id: str | None, organisation_id: str | None, at: datetime
) -> None:
    """Let what the user or the organisation owes wait without a right to know of it, else go on.

    Registered with ``cases`` at the start; the consents are those of ``case`` as they stand now.
    The history names the person: it is their consent. What goes on is as far as it was, and its
    owner and who coordinates are told.
    """
    concerned = queries.owned_by(case, user_id=user_id, organisation_id=organisation_id)
    asked = queries.asked(concerned)
    for action in concerned:
        last = asked.get(action.id, queries.Asked())
        is_paused = last.waits_for is WaitingFor.CONSENT
        may_act = owner_may_act(action, at)
        if is_paused and may_act:
            _resume(action, last.was or Status.NOT_STARTED, at=at)
        elif not (is_paused or may_act):
            _pause(action, last, at=at)
    db.session.flush()


def would_wait(
    case: Case, user_id: str | None, organisation_id: str | None, at: datetime
) -> Follows | None:
    """Tell whether something that is owed would wait as the consents of ``case`` stand now.

    Registered with ``cases`` at the start; asked before a consent is taken back.
    """
    concerned = queries.owned_by(case, user_id=user_id, organisation_id=organisation_id)
    waits = any(not owner_may_act(action, at) for action in concerned)
    return Follows.AGREEMENTS if waits else None


def _pause(action: Action, last: queries.Asked, *, at: datetime) -> None:
    by_id = action.case.person.user_id
    was = f"{action.status}:{last.waits_for}" if last.waits_for is not None else action.status
    note(action, "status", by_id=by_id, at=at, was=was, became=queries.PAUSED)
    action.status, action.status_at = Status.WAITING, at


def _resume(action: Action, was: str, *, at: datetime) -> None:
    by_id = action.case.person.user_id
    if was == queries.HELD and not queries.waits_still(action):
        was = Status.NOT_STARTED
    status = Status(was.partition(":")[0])
    became = f"{Status.WAITING}:{WaitingFor.OTHERS}" if was == Status.WAITING else was
    note(action, "resumed", by_id=by_id, at=at, was=queries.PAUSED, became=became)
    action.status, action.status_at = status, at
    tell(action, [action.owner, *leads(action)], about="resumed", at=at, but=by_id)
