"""The kinds and states of an agreement, what needs a reason, and when somebody is reminded."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum


class ActionKind(StrEnum):
    """What sort of agreement it is; what needs an authority's decision is not yet granted."""

    TASK = "task"
    CONTACT = "contact"
    APPLICATION = "application"
    NEEDS_DECISION = "needs_decision"
    REFERRAL = "referral"
    INFORMATION = "information"
    TREATMENT = "treatment"
    OWN = "own"


class Status(StrEnum):
    """How far an agreement is, as its owner reports it."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"
    DROPPED = "dropped"


class WaitingFor(StrEnum):
    """What an agreement waits for."""

    OTHERS = "others"
    DECISION = "decision"
    CONSENT = "consent"
    AGREEMENT = "agreement"


class PersonsWord(StrEnum):
    """The person's own word on whether it happened; it stands beside the owner's report."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


DOUBTS = frozenset({PersonsWord.PARTLY, PersonsWord.NO})
"""Words that say that what was promised has not quite happened."""


class PartysWord(StrEnum):
    """What the organisation that owes an agreement, or the authority that decides, says to it."""

    YES = "yes"
    NO = "no"


class Commitment(StrEnum):
    """Whether the one who must has said yes. Agreed is not granted (domain § 0, finding 6)."""

    NONE = ""
    AWAITED = "awaited"
    APPLIED_FOR = "applied_for"
    YES = "yes"
    NO = "no"


_S = Status

NEXT: Mapping[Status, frozenset[Status]] = {
    _S.NOT_STARTED: frozenset({_S.IN_PROGRESS, _S.WAITING, _S.DONE, _S.NOT_POSSIBLE, _S.DROPPED}),
    _S.IN_PROGRESS: frozenset({_S.WAITING, _S.DONE, _S.NOT_POSSIBLE, _S.DROPPED}),
    _S.WAITING: frozenset({_S.IN_PROGRESS, _S.DONE, _S.NOT_POSSIBLE, _S.DROPPED}),
    _S.DONE: frozenset({_S.IN_PROGRESS}),
    _S.NOT_POSSIBLE: frozenset({_S.IN_PROGRESS, _S.DROPPED}),
    _S.DROPPED: frozenset({_S.IN_PROGRESS}),
}
"""Every status with those it may become; one closed by mistake is taken up again."""

LIVE = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.WAITING})
"""The statuses in which somebody still owes something."""

NEEDS_REASON = frozenset({Status.NOT_POSSIBLE, Status.DROPPED})
"""The statuses that nobody may report without saying why."""

NEEDS_GRANT = frozenset({ActionKind.NEEDS_DECISION, ActionKind.APPLICATION})
"""The kinds that an authority must say yes to: agreed is not granted."""

REMINDER_DAYS = (-7, -1, 1, 7)
"""The days around the date on which the owner is reminded."""

ESCALATION_DAYS = 14
"""The days after the date on which the owner's manager sees the agreement's six fields."""


def commitment(
    kind: ActionKind, status: Status, *, needs_yes: bool, word: PartysWord | None
) -> Commitment:
    """Return whether the one who must has said yes; what has ended without needs none any more."""
    if word is not None:
        return Commitment(word.value)
    if status in NEEDS_REASON:
        return Commitment.NONE
    if status is Status.DONE:
        return Commitment.APPLIED_FOR if kind is ActionKind.APPLICATION else Commitment.NONE
    return Commitment.AWAITED if needs_yes or kind in NEEDS_GRANT else Commitment.NONE


def has_said_yes(kind: ActionKind, *, owner_is_here: bool, mandate_is_here: bool) -> bool:
    """Say whether an organisation is bound by what a meeting agrees that it does.

    Its owner may promise their own work when they are there, to apply for something too. What
    somebody else promises for them, and what must be decided, binds it only with the mandate
    (domain § 2.3, step 7).
    """
    return mandate_is_here or (owner_is_here and kind is not ActionKind.NEEDS_DECISION)


def may_move(status: Status, to: Status) -> bool:
    """Say whether the status may become ``to``."""
    return to in NEXT[status]


def is_overdue(status: Status, due_on: date, today: date) -> bool:
    """Say whether the agreement is still owed after its date; the date itself is in time."""
    return status in LIVE and due_on < today


def days_overdue(status: Status, due_on: date, today: date) -> int:
    """Return the calendar days since the date; 0 when not overdue."""
    return (today - due_on).days if is_overdue(status, due_on, today) else 0


def reminder_dates(due_on: date) -> tuple[date, ...]:
    """Return the days on which the owner of a live agreement is reminded, first to last."""
    return tuple(due_on + timedelta(days=n) for n in REMINDER_DAYS)


def escalation_on(due_on: date) -> date:
    """Return the day on which a live agreement is shown to the owner's manager."""
    return due_on + timedelta(days=ESCALATION_DAYS)
