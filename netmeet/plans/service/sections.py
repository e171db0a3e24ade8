"""Writing the living plan: sections, goals, and where the person is on the scale."""

from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.plans import rules
from netmeet.plans.models import Goal, GoalScore, Plan, PlanSection
from netmeet.plans.rules import PlanType, SectionKey

_PERSONS_SIDE = frozenset({Role.PAT, Role.PROX})


def begin(case: Case, *, at: datetime, kind: PlanType = PlanType.SHARED) -> Plan:
    """Begin the case's plan, with nothing in it and nothing published."""
    plan = Plan(
        case_id=case.id, case=case, kind=kind, begun_at=at, sections=[], goals=[], versions=[]
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def may_write(plan: Plan, key: SectionKey, *, by: Actor) -> bool:
    """Tell whether the actor may write the section.

    The person writes their own sections. Who coordinates writes the others, and down what the
    person says as long as the person has not written there themselves.
    """
    if key not in rules.WRITTEN:
        return False
    role = by.role_on(plan)
    if role in _PERSONS_SIDE:
        return key in rules.WRITTEN_BY_THE_PERSON
    if role is not Role.LEAD:
        return False
    written = plan.section(key)
    is_persons = written is not None and written.author_id == plan.case.person.user_id
    return not (rules.section(key).own_words and is_persons)


def write(
    plan: Plan, key: SectionKey, text: str, *, by: Actor, at: datetime, version: int
) -> PlanSection:
    """Keep what a section says; the next version that is published holds it.

    Raises ``Refused`` for a section that is not the actor's, ``Conflict`` with both texts when
    somebody else wrote meanwhile.
    """
    if not may_write(plan, key, by=by):
        raise Refused(_("Det er ikke dit afsnit at skrive i."), field="text")
    title = rules.section(key).title
    row = plan.section(key)
    if row is None:
        if version:
            raise Conflict(mine={title: text}, theirs={title: ""}, version=0)
        row = PlanSection(
            plan_id=plan.id, plan=plan, key=key, text=text, author_id=by.user_id, saved_at=at
        )
        db.session.add(row)
    else:
        row.expect(version, mine={title: text}, theirs={title: row.text})
        row.text, row.author_id, row.saved_at = text, by.user_id, at
    db.session.flush()
    return row


def add_goal(plan: Plan, *, by: Actor, at: datetime, words: str, agreed: str, area: str) -> Goal:
    """Add a goal in the person's words, with the agreed wording beside it.

    Raises ``Refused`` without the person's words.
    """
    if not words.strip():
        raise Refused(_("Skriv, hvad personen selv siger."), field="words")
    agreed = agreed if by.role_on(plan) is Role.LEAD else ""
    goal = Goal(
        plan_id=plan.id,
        plan=plan,
        words=words,
        agreed=rules.with_area(area, agreed or words),
        begun_at=at,
        scores=[],
    )
    db.session.add(goal)
    db.session.flush()
    return goal


def agree_goal(goal: Goal, *, agreed: str, area: str, version: int) -> None:
    """Change the agreed wording and the area of life. The person's words stay as they are.

    Raises ``Conflict`` when somebody else changed it meanwhile.
    """
    title = _("Aftalt mål")
    goal.expect(version, mine={title: agreed}, theirs={title: goal.agreed})
    goal.agreed = rules.with_area(area, agreed or goal.words)
    db.session.flush()


def score(goal: Goal, *, on: date, value: int) -> None:
    """Note where the person puts themselves today; a second answer the same day replaces it.

    Raises ``Refused`` outside 0 to 10.
    """
    if not rules.LOWEST <= value <= rules.HIGHEST:
        raise Refused(_("Vælg et tal fra 0 til 10."), field="value")
    said = next((one for one in goal.scores if one.on == on), None)
    if said is None:
        goal.scores.append(GoalScore(goal_id=goal.id, on=on, value=value))
    else:
        said.value = value
    db.session.flush()
