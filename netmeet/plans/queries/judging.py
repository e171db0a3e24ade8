"""What the rules say of a plan, of its parts and of what goes out with it, to whoever reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netmeet.actions.policy import RULES as ACTION_RULES
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.policy import RULES as CASE_RULES
from netmeet.cases.rules import EVERY_AREA
from netmeet.core.access import Actor, Role, earned
from netmeet.core.permissions import Permission as P
from netmeet.meetings.models import Meeting
from netmeet.meetings.policy import RULES as MEETING_RULES
from netmeet.meetings.queries import minutes
from netmeet.plans.policy import RULES as PLAN_RULES

_RULES = {**CASE_RULES, **MEETING_RULES, **ACTION_RULES, **PLAN_RULES}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A line of a plan or its whole, as the rules ask about it: whose, and in which area.

    ``leads`` is who coordinates the case, where that has been found out for many parts at once.
    """

    case: Case
    life_area: str | None = None
    author_id: str = ""
    is_live: bool = True
    is_released: bool = True
    is_hidden_from_private: bool = False
    leads: frozenset[str] | None = None

    @property
    def meeting(self) -> "Part":
        """Return what says who leads: towards a plan that is who coordinates the case."""
        return self

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids if self.leads is None else self.leads


def opens(part: Part, *, reader: Actor, permission: P) -> bool:
    """Tell whether ``permission`` opens this part of a plan to the reader.

    A consent for some areas of life opens only what lies in them; what belongs to the whole plan
    (``EVERY_AREA``) is opened by the scope alone.
    """
    return minutes.is_open(part, reader=reader, ways=_RULES[permission])


def allows(reader: Actor, permission: P, thing: Any) -> bool:
    """Tell whether the rules of cases, meetings, actions and plans let the reader do it."""
    return earned(_RULES[permission].get(reader.role_on(thing), ()), reader, thing)


def may_read_plan(case: Case, reader: Actor) -> bool:
    """Tell whether the reader may read what is published of the case's plan."""
    part = Part(case=case, life_area=EVERY_AREA)
    return opens(part, reader=reader, permission=P.PLAN_READ_PUBLISHED)


def may_read_draft(case: Case, reader: Actor) -> bool:
    """Tell whether the reader may read what has been written since the last version."""
    part = Part(case=case, life_area=EVERY_AREA)
    return opens(part, reader=reader, permission=P.PLAN_READ_DRAFT)


def may_read_minutes(meeting: Meeting, reader: Actor) -> bool:
    """Tell whether the reader may read the published minutes of the meeting."""
    return allows(reader, P.MINUTES_READ_PUBLISHED, meeting)


def is_on_persons_side(reader: Actor) -> bool:
    """Tell whether the reader is the person or acts for the person."""
    return reader.role in {Role.PAT, Role.PROX}


def readers(case: Case, *, at: datetime) -> list[tuple[TeamMember, Actor]]:
    """Return everybody in the network with how they act, the person first."""
    found = [(member, minutes.actor_of(member, at)) for member in case.members]
    return sorted(found, key=lambda pair: not is_on_persons_side(pair[1]))
