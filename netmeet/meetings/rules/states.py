"""The states of a meeting and of a request, who moves them on, and what needs a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MeetingState(StrEnum):
    """Where a meeting stands, from the first wish to the last agreement followed up."""

    REQUESTED = "requested"
    ASSESSED = "assessed"
    DECLINED = "declined"
    PLANNED = "planned"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    NOT_COMPLETED = "not_completed"
    MINUTES_DRAFT = "minutes_draft"
    PUBLISHED = "published"
    FINAL = "final"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


class Mover(StrEnum):
    """Who takes a step: coordinator, chair, minute taker, the person, or time itself."""

    COORDINATOR = "coordinator"
    CHAIR = "chair"
    MINUTE_TAKER = "minute_taker"
    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed step: who may take it, and whether it must say why."""

    by: frozenset[Mover]
    reason: bool = False


_LEAD = frozenset({Mover.COORDINATOR, Mover.CHAIR})
_ONWARD = Step(_LEAD)
_WITH_REASON = Step(_LEAD, reason=True)
_ASKED_FOR = Step(_LEAD | {Mover.PERSON}, reason=True)
_WRITING = Step(_LEAD | {Mover.MINUTE_TAKER})
_BY_CHAIR = Step(frozenset({Mover.CHAIR}))
_BY_ITSELF = Step(_LEAD | {Mover.SYSTEM})

_S = MeetingState

NEXT: Mapping[MeetingState, Mapping[MeetingState, Step]] = {
    _S.REQUESTED: {_S.ASSESSED: _ONWARD, _S.PLANNED: _ONWARD, _S.DECLINED: _WITH_REASON},
    _S.ASSESSED: {_S.PLANNED: _ONWARD, _S.DECLINED: _WITH_REASON},
    _S.DECLINED: {},
    _S.PLANNED: {_S.INVITED: _ONWARD, _S.POSTPONED: _ASKED_FOR, _S.CANCELLED: _ASKED_FOR},
    _S.INVITED: {
        _S.CONFIRMED: _BY_ITSELF,
        _S.HELD: _ONWARD,
        _S.POSTPONED: _ASKED_FOR,
        _S.CANCELLED: _ASKED_FOR,
        _S.NOT_COMPLETED: _WITH_REASON,
    },
    _S.CONFIRMED: {
        _S.INVITED: _BY_ITSELF,
        _S.HELD: _ONWARD,
        _S.POSTPONED: _ASKED_FOR,
        _S.CANCELLED: _ASKED_FOR,
        _S.NOT_COMPLETED: _WITH_REASON,
    },
    _S.POSTPONED: {_S.PLANNED: _ONWARD, _S.CANCELLED: _ASKED_FOR},
    _S.NOT_COMPLETED: {_S.PLANNED: _ONWARD, _S.CANCELLED: _ASKED_FOR},
    _S.CANCELLED: {},
    _S.HELD: {_S.MINUTES_DRAFT: _WRITING},
    _S.MINUTES_DRAFT: {_S.PUBLISHED: _BY_CHAIR},
    _S.PUBLISHED: {_S.FINAL: _BY_ITSELF},
    _S.FINAL: {_S.PUBLISHED: _WITH_REASON, _S.FOLLOW_UP: _BY_ITSELF, _S.CLOSED: _BY_ITSELF},
    _S.FOLLOW_UP: {_S.PUBLISHED: _WITH_REASON, _S.CLOSED: _BY_ITSELF},
    _S.CLOSED: {_S.PUBLISHED: _WITH_REASON, _S.FOLLOW_UP: _BY_ITSELF},
}
"""Every state with the states it may become. Nothing leads back across publication: a change
after it is a new edition of the minutes with a reason, which is sent out and may be commented on
as the first was, also when that had become final or all that was agreed has ended."""

SENT_OUT = frozenset(
    {MeetingState.PUBLISHED, MeetingState.FINAL, MeetingState.FOLLOW_UP, MeetingState.CLOSED}
)
"""The states of a meeting whose minutes have been sent out."""

MAY_GET_A_TIME = frozenset(
    {
        MeetingState.PLANNED,
        MeetingState.INVITED,
        MeetingState.CONFIRMED,
        MeetingState.POSTPONED,
        MeetingState.NOT_COMPLETED,
    }
)
"""The states in which a meeting may be given a time, or another one."""

POSTPONED_OFTEN = 2
"""So many times put off by others than the person, a meeting is told to the unit's managers."""

FINISHED = frozenset({MeetingState.DECLINED, MeetingState.CANCELLED, MeetingState.CLOSED})


def may_move(state: MeetingState, to: MeetingState, *, by: Mover) -> bool:
    """Say whether ``by`` may take a meeting from ``state`` to ``to``."""
    step = NEXT[state].get(to)
    return step is not None and by in step.by


def needs_reason(state: MeetingState, to: MeetingState) -> bool:
    """Say whether the step must carry a reason; KeyError when there is no such step."""
    return NEXT[state][to].reason


class RequestState(StrEnum):
    """Where a request stands; a refusal carries its reason and what is offered instead."""

    REQUESTED = "requested"
    ASSESSED = "assessed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_R = RequestState

REQUEST_NEXT: Mapping[RequestState, Mapping[RequestState, Step]] = {
    _R.REQUESTED: {
        _R.ASSESSED: _ONWARD,
        _R.ACCEPTED: _ONWARD,
        _R.DECLINED: _WITH_REASON,
        _R.WITHDRAWN: Step(frozenset({Mover.PERSON, Mover.COORDINATOR})),
    },
    _R.ASSESSED: {
        _R.ACCEPTED: _ONWARD,
        _R.DECLINED: _WITH_REASON,
        _R.WITHDRAWN: Step(frozenset({Mover.PERSON, Mover.COORDINATOR})),
    },
    _R.ACCEPTED: {},
    _R.DECLINED: {},
    _R.WITHDRAWN: {},
}
"""Every state of a request with the states it may become."""
