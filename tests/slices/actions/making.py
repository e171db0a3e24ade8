"""Making agreements for tests."""

from datetime import timedelta

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind
from netmeet.cases import queries as cases
from netmeet.core import clock
from netmeet.core.db import db
from tests.world import now


def agree(world, case, owner, *, what="Ansøger om bostøtte", in_days=7, **facts):
    """Return an agreement in force; ``facts`` are further columns."""
    case = cases.by_id(case.id)
    member = case.member(owner.id)
    at = now() - timedelta(days=20)
    known = {
        "kind": ActionKind.TASK,
        "unit_id": member.unit_id if member is not None else None,
        "published_at": at,
        "first_due_on": clock.today() + timedelta(days=in_days),
        "postponed": 0,
        "carried": 0,
        **facts,
    }
    action = Action(
        case_id=case.id,
        case=case,
        what=what,
        owner_id=owner.id,
        owner=owner,
        due_on=clock.today() + timedelta(days=in_days),
        created_at=at,
        created_by_id=world.lise.id,
        **known,
    )
    db.session.add(action)
    db.session.flush()
    return action


def own(world, case, *, what="Bestiller tid hos lægen", in_days=7, **facts):
    """Return something the person does themselves."""
    case = cases.by_id(case.id)
    return agree(
        world,
        case,
        case.person.user,
        what=what,
        in_days=in_days,
        kind=ActionKind.OWN,
        is_persons=True,
        **facts,
    )
