"""Writing the living plan: sections, goals, and where the person is on the scale."""

from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.core.access import STAFF, Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.organisations.models import Organisation
from netmeet.plans import queries, rules
from netmeet.plans.models import Goal, GoalScore, Plan, PlanSection
from netmeet.plans.rules import GoalEnd, PlanType, SectionKey

_PERSONS_SIDE = frozenset({Role.PAT, Role.PROX})


def begin(case: Case, *, at: datetime, kind: PlanType = PlanType.SHARED) -> Plan:
    """Begin the case's plan, with nothing in it and nothing published."""
    plan = Plan(
        case_id=case.id, case=case, kind=kind, begun_at=at, sections=[], goals=[], versions=[]
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def own_part(plan: Plan, *, by: Actor) -> str | None:
    """Return the organisation whose part the actor writes, ``None`` for the common one.

    The person and who coordinates write what is common, other staff what is their organisation's.
    """
    return by.organisation_id if by.role_on(plan) in STAFF - {Role.LEAD} else None


def may_write(plan: Plan, key: SectionKey, *, by: Actor, part: str | None = None) -> bool:
    """Tell whether the actor may write the section, or the ``part`` of an organisation.

    The person writes their own sections. Who coordinates writes the others, down what the person
    says as long as the person has not written there themselves, and any part there is. Other staff
    write the part of their own organisation.
    """
    return _may_write(plan, key, by, by.role_on(plan), part)


def writable(plan: Plan, *, by: Actor) -> list[tuple[SectionKey, Organisation | None]]:
    """Return each section the actor may write, with the organisation when the part is another's."""
    role, own = by.role_on(plan), own_part(plan, by=by)
    return [
        *((key, None) for key in rules.WRITTEN if _may_write(plan, key, by, role, own)),
        *(
            (one.key, one.organisation)
            for one in plan.sections
            if one.organisation_id not in {None, own}
            and _may_write(plan, one.key, by, role, one.organisation_id)
        ),
    ]


def _may_write(plan: Plan, key: SectionKey, by: Actor, role: Role, part: str | None) -> bool:
    if key not in rules.WRITTEN:
        return False
    if role in _PERSONS_SIDE:
        return key in rules.WRITTEN_BY_THE_PERSON and part is None
    if role is not Role.LEAD:
        is_own = part is not None and part == by.organisation_id
        return role in STAFF and is_own and key in rules.WRITTEN_BY_EACH
    written = plan.section(key, organisation_id=part)
    if part is not None:
        return written is not None
    is_persons = written is not None and written.author_id == plan.case.person.user_id
    return not (rules.section(key).own_words and is_persons)


def write(
    plan: Plan,
    key: SectionKey,
    text: str,
    *,
    by: Actor,
    at: datetime,
    version: int,
    part: str | None = None,
) -> PlanSection:
    """Keep what a section, or an organisation's part of it, says; the next version holds it.

    The same words come twice when the answer to the first was lost on the way. Raises ``Refused``
    for a section that is not the actor's, ``Conflict`` with both texts when somebody else wrote
    meanwhile.
    """
    if not may_write(plan, key, by=by, part=part):
        raise Refused(_("Den del skriver andre i."), field="text")
    title = rules.section(key).title
    row = queries.section_now(plan, key, organisation_id=part)
    if row is None:
        if version:
            raise Conflict(mine={title: text}, theirs={title: ""}, version=0)
        row = PlanSection(
            plan_id=plan.id,
            plan=plan,
            key=key,
            organisation_id=part,
            text=text,
            author_id=by.user_id,
            saved_at=at,
        )
        db.session.add(row)
    else:
        if row.text != text:
            row.expect(version, mine={title: text}, theirs={title: row.text})
        row.text, row.author_id, row.saved_at = text, by.user_id, at
    db.session.flush()
    return row


def add_goal(plan: Plan, *, by: Actor, at: datetime, words: str, agreed: str, area: str) -> Goal:
    """Add a goal in the person's words, with the agreed wording beside it.

    Raises ``Refused`` without the person's words.
    """
    if not words.strip():
        raise Refused(_("Skriv det med egne ord."), field="words")
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


def end_goal(goal: Goal, *, ended: GoalEnd, on: date, at: datetime, version: int) -> None:
    """End a goal: it was reached, or is not relevant any more, since a day.

    Raises ``Refused`` for a day that lies ahead, ``Conflict`` when somebody else changed it.
    """
    title = _("Målet")
    goal.expect(version, mine={title: goal.words}, theirs={title: goal.words})
    if on > calendar.to_local(at).date():
        raise Refused(_("Vælg en dag, der ikke ligger fremme."), field="ended_on")
    goal.ended, goal.ended_on, goal.closed_at = ended, on, at
    db.session.flush()


def reopen_goal(goal: Goal, *, version: int) -> None:
    """Take an ended goal up again, with its scores. Raises ``Conflict`` when it was changed."""
    title = _("Målet")
    goal.expect(version, mine={title: goal.words}, theirs={title: goal.words})
    goal.ended = goal.ended_on = goal.closed_at = None
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
