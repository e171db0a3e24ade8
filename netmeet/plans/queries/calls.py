"""Whom the coordinator has promised to ring, because they said no to the plan."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.meetings.rules import AgreedHow
from netmeet.plans.models import Acceptance, Plan, PlanVersion
from netmeet.plans.rules import AcceptanceAnswer, call_deadline
from netmeet.readiness.queries import Call


def owes_call(answer: Acceptance | None) -> bool:
    """Tell whether the answer is a no that nobody has talked with the person about.

    What is said on the page is a no to be rung about; what staff write down was said to them.
    """
    return (
        answer is not None
        and answer.answer is AcceptanceAnswer.REJECTED
        and answer.how == AgreedHow.DIGITAL
    )


def calls_owed(case_ids: Sequence[str]) -> Mapping[str, Call]:
    """Return by case who waits for a call about the newest version of their plan.

    A version that only corrects the minutes, and nobody has answered, takes no call away.
    """
    later, to_later = aliased(PlanVersion), aliased(Acceptance)
    is_answered = exists().where(to_later.plan_version_id == later.id)
    is_other = later.meeting_id.is_distinct_from(PlanVersion.meeting_id)
    is_older = exists().where(
        later.plan_id == Plan.id, later.n > PlanVersion.n, is_other | is_answered
    )
    statement = (
        select(Plan.case_id, Plan.id, Acceptance.at)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .join(Acceptance, Acceptance.plan_version_id == PlanVersion.id)
        .where(
            Plan.case_id.in_(case_ids),
            ~is_older,
            Acceptance.answer == AcceptanceAnswer.REJECTED,
            Acceptance.how == AgreedHow.DIGITAL,
        )
    )
    return {
        case_id: Call(plan_id=plan_id, due_on=call_deadline(calendar.to_local(said_at).date()))
        for case_id, plan_id, said_at in db.session.execute(statement)
    }
