"""What a version freezes: everything the plan says, as plain data that JSON can hold.

Every line keeps its id, its area of life and its section, so that each reader's copy is cut from
the same version. Days are ISO dates; a meeting's start is wall time in Copenhagen.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from netmeet.actions.models import Action
from netmeet.actions.policy import party
from netmeet.actions.rules import DOUBTS, Status
from netmeet.cases.models import Case, TeamMember
from netmeet.core import calendar
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import MeetingState, MinutesField
from netmeet.plans import rules
from netmeet.plans.models import Goal, PlanSection
from netmeet.plans.queries import Facts
from netmeet.plans.rules import PlanType, SectionKey

_COMING = frozenset({MeetingState.PLANNED, MeetingState.INVITED, MeetingState.CONFIRMED})

Content = Mapping[str, Any]


def freeze(
    facts: Facts, *, kind: PlanType, at: datetime, caller: TeamMember | None = None
) -> dict[str, Any]:
    """Return what the plan says at the instant ``at``.

    Without a meeting, what the newest version took from its meeting (the answers to the person,
    what is seen differently) still holds. ``caller`` is whom the person may call over a weekend.
    """
    newest = facts.plan.newest if facts.plan is not None else None
    before: Content = newest.content if newest is not None else {}
    today = calendar.to_local(at).date()
    of_meeting = _of_meeting(facts.meeting) if facts.meeting is not None else _kept(before)
    return {
        "kind": kind.value,
        "made_on": today.isoformat(),
        "person": _person(facts.case),
        "actions": [
            _action(action, facts)
            for action in facts.actions
            if _belongs(action, since=facts.plan.agreed_at if facts.plan is not None else None)
        ],
        "goals": [_goal(goal) for goal in facts.goals if goal.closed_at is None],
        "goals_ended": [_goal(goal) for goal in facts.goals if goal.closed_at is not None],
        "sections": [
            _section(one)
            for one in (facts.plan.sections if facts.plan is not None else [])
            if one.text
        ],
        "team": [_member(member, facts.case) for member in facts.case.members],
        "next": _next(facts, today=today),
        "call": _member(caller, facts.case) if caller is not None else None,
        **of_meeting,
    }


def corrected(content: Content, meeting: Meeting) -> dict[str, Any]:
    """Return a version's content with what it took from the minutes of ``meeting`` taken anew.

    The rest stays as it was sent out: a correction lets nothing else slip into force.
    """
    return {**content, **_of_meeting(meeting)}


def _person(case: Case) -> dict[str, str]:
    person = case.person
    return {
        "name": person.name,
        "first": person.user.first_name,
        "born": person.birth_date,
        "language": person.language,
        "interpreter": person.interpreter,
    }


def _belongs(action: Action, *, since: datetime | None) -> bool:
    """Tell whether the plan holds it: open, or closed or not kept since the version before."""
    if action.status is Status.DROPPED and action.published_at is None:
        return False
    if action.closed_at is None or since is None or action.closed_at >= since:
        return True
    said_at = action.persons_word_at
    return action.persons_word in DOUBTS and said_at is not None and said_at >= since


def _action(action: Action, facts: Facts) -> dict[str, Any]:
    owner = action.owner
    member = facts.case.member(owner.id) if owner is not None else None
    item = action.item
    side = party(action, facts.case)
    return {
        "id": action.id,
        "what": action.what,
        "why": action.why,
        "area": action.life_area.value if action.life_area else "",
        "kind": action.kind.value,
        "owner": owner.name if owner is not None else "",
        "owner_id": action.owner_id or "",
        "where": member.where if member is not None else (action.unit.name if action.unit else ""),
        "is_persons": action.is_persons,
        "due": action.due_on.isoformat() if action.due_on else "",
        "party": side.value if side is not None else "",
        **action_now(action),
        "is_live": action.closed_at is None,
        "postponed": action.postponed,
        "carried": _carried(action, facts),
        "met_on": _held_on(action.meeting),
        "meeting_id": action.meeting_id or "",
        "wish": item.title if item is not None and item.is_persons else "",
        "raised_by": item.title if item is not None and not item.is_persons else "",
        "criterion": action.criterion,
        "informs": action.informs_person,
        "persons_word": action.persons_word.value if action.persons_word else "",
    }


def action_now(action: Action) -> dict[str, str]:
    """Return what of an agreement changes when it has been sent out: its status, and the yes."""
    said_at = action.partys_word_at
    return {
        "status": action.status.value,
        "commitment": action.commitment.value,
        "answered_on": calendar.to_local(said_at).date().isoformat() if said_at else "",
    }


def _carried(action: Action, facts: Facts) -> int:
    """Return how many meetings have taken it up again; one still to come has not yet."""
    is_on_the_next = any(m.follows_id and m.state in _COMING for m in facts.meetings)
    return max(action.carried - is_on_the_next, 0)


def _held_on(meeting: Meeting | None) -> str:
    if meeting is None or meeting.starts_local is None:
        return ""
    return meeting.starts_local.date().isoformat()


def _goal(goal: Goal) -> dict[str, Any]:
    area, agreed = rules.split_area(goal.agreed)
    return {
        "id": goal.id,
        "words": goal.words,
        "agreed": agreed if agreed != goal.words else "",
        "area": area,
        "version": goal.version,
        "ended": goal.ended.value if goal.ended else "",
        "ended_on": goal.ended_on.isoformat() if goal.ended_on else "",
        "scores": [[one.on.isoformat(), one.value] for one in goal.scores],
    }


def _section(row: PlanSection) -> dict[str, Any]:
    known = rules.section(row.key)
    return {
        "key": row.key.value,
        "id": row.id,
        "by": row.organisation.name if row.organisation is not None else "",
        "own_words": known.own_words or row.key is SectionKey.CRISIS,
        "is_by_person": row.author_id == row.plan.case.person.user_id,
        "saved_on": calendar.to_local(row.saved_at).date().isoformat(),
        "lines": _lines(row.text, by_area=known.by_life_area),
    }


def _lines(text: str, *, by_area: bool) -> list[dict[str, str]]:
    """Return the text line by line; where lines belong to areas of life each with its own."""
    if not by_area:
        return [{"text": text, "area": ""}]
    split = (rules.split_area(line) for line in text.splitlines() if line.strip())
    return [{"text": said, "area": area} for area, said in split]


def _member(member: TeamMember, case: Case) -> dict[str, Any]:
    unit_phone = member.unit.phone if member.unit is not None else ""
    house_phone = member.organisation.phone if member.organisation is not None else ""
    return {
        "user_id": member.user_id,
        "name": member.name,
        "first": member.user.first_name,
        "initials": member.user.initials,
        "title": member.title,
        "where": member.where,
        "relation": member.relation,
        "reach": member.reachable,
        "phone": member.user.phone if member.role.is_staff else "",
        "office": unit_phone or house_phone,
        "stand_in": member.stand_in,
        "is_staff": member.role.is_staff,
        "is_person": member.user_id == case.person.user_id,
        "is_coordinator": member.is_coordinator,
        "is_contact": member.is_contact or member.is_coordinator,
    }


def to_ring(case: Case) -> list[dict[str, Any]]:
    """Return whom the person may ring, who has a number: name, number and when, as in a plan."""
    found = (_member(one, case) for one in case.members if one.role.is_staff)
    return [one for one in found if one["is_contact"] and (one["phone"] or one["office"])]


def _next(facts: Facts, *, today: date) -> dict[str, Any] | None:
    """Return the next meeting: one that is planned, else the day agreed when the room closed."""
    for meeting in facts.meetings:
        start = meeting.starts_local
        if meeting.state in _COMING and start is not None and start.date() >= today:
            return {
                "meeting_id": meeting.id,
                "starts": start.isoformat(),
                "minutes": meeting.minutes,
                "place": meeting.place,
                "form": meeting.form.value,
            }
    agreed = facts.meeting.next_starts_local if facts.meeting is not None else None
    if agreed is None or agreed.date() < today:
        return None
    return {"meeting_id": "", "starts": agreed.isoformat(), "minutes": 0, "place": "", "form": ""}


def _of_meeting(meeting: Meeting) -> dict[str, Any]:
    held = _held_on(meeting)
    return {
        "meeting_id": meeting.id,
        "met_on": held,
        "no_next": meeting.no_next_reason,
        "wishes": [_wish(item) for item in _in_order(meeting) if item.is_persons],
        "differs": [
            {
                "id": item.id,
                "title": item.title,
                "text": item.text(MinutesField.SEEN_DIFFERENTLY),
                "area": item.life_area.value if item.life_area else "",
                "is_hidden": item.is_hidden_from_private,
            }
            for item in _in_order(meeting)
            if item.text(MinutesField.SEEN_DIFFERENTLY)
        ],
    }


def _in_order(meeting: Meeting) -> Sequence[AgendaItem]:
    return sorted(meeting.items, key=lambda item: item.position)


def _wish(item: AgendaItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "by_proxy": bool(item.proxy),
        "says": item.text(MinutesField.PERSON_SAYS),
        "answer_kind": item.answer_kind.value if item.answer_kind else "",
        "answer": item.text(MinutesField.ANSWER) or item.reason,
        "area": item.life_area.value if item.life_area else "",
    }


def _kept(before: Content) -> dict[str, Any]:
    """Return what the newest version holds of its meeting."""
    return {
        "meeting_id": before.get("meeting_id", ""),
        "met_on": before.get("met_on", ""),
        "no_next": before.get("no_next", ""),
        "wishes": before.get("wishes", []),
        "differs": before.get("differs", []),
    }
