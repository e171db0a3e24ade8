"""What agendas and minutes are made of, and when a point may be closed."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum


class Purpose(StrEnum):
    """What a point on the agenda is for."""

    INFORM = "inform"
    DISCUSS = "discuss"
    DECIDE = "decide"
    AGREE = "agree"


class AgendaState(StrEnum):
    """How far the agenda is agreed with the person; silence is not an approval."""

    DRAFT = "draft"
    SHARED = "shared"
    APPROVED = "approved"
    NO_POSITION = "no_position"


class AgreedHow(StrEnum):
    """In which way the person agreed to something."""

    DIGITAL = "digital"
    ORAL = "oral"
    WRITTEN = "written"


class WithoutPerson(StrEnum):
    """The person's answer to whether the meeting may go on without them."""

    YES = "yes"
    NO = "no"
    ONLY_IF = "only_if"


class Instead(StrEnum):
    """What the person wants when they do not come (``domain.md`` § 2.6); none needs a reason."""

    OTHER_DAY = "other_day"
    OTHER_WAY = "other_way"
    WITHOUT_ME = "without_me"
    NO_MEETING = "no_meeting"


class Question(StrEnum):
    """The seven questions of the person's preparation, a page each, in their order."""

    MATTERS = "matters"
    HELP = "help"
    GOES_WELL = "goes_well"
    NOT_TALK = "not_talk"
    WHO = "who"
    PRACTICAL = "practical"
    WITHOUT_ME = "without_me"


FOR_A_CHILD = (
    Question.MATTERS,
    Question.HELP,
    Question.NOT_TALK,
    Question.PRACTICAL,
    Question.WITHOUT_ME,
)
"""What a child under 15 is asked: who comes is for those with custody to say."""


class PreparationMode(StrEnum):
    """How the person wants to answer; what others wrote down waits for the person's yes."""

    SELF = "self"
    HELPER = "helper"
    CALL = "call"
    PAPER = "paper"
    NOT_TODAY = "not_today"


class MeetingForm(StrEnum):
    """How people meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"
    HYBRID = "hybrid"


class ItemState(StrEnum):
    """Where a point on the agenda stands; one that is not taken up says why."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_TAKEN_UP = "not_taken_up"
    WITHDRAWN = "withdrawn"


class FileKind(StrEnum):
    """What a file is by its content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class MinutesField(StrEnum):
    """The fields of the minutes of one point; the person's words are a field of their own."""

    TALKED = "talked"
    PERSON_SAYS = "person_says"
    ANSWER = "answer"
    CONCLUSION = "conclusion"
    SEEN_DIFFERENTLY = "seen_differently"


class ContestKind(StrEnum):
    """Why the person says that a line is wrong."""

    MISTAKE = "mistake"
    HURTS = "hurts"
    MUST_NOT_STAND = "must_not_stand"


class LifeArea(StrEnum):
    """The twelve areas of life that points, goals and agreements belong to."""

    HOUSING = "housing"
    EVERYDAY = "everyday"
    TREATMENT = "treatment"
    HEALTH = "health"
    SUBSTANCES = "substances"
    ECONOMY = "economy"
    WORK = "work"
    FAMILY = "family"
    NETWORK = "network"
    TRANSPORT = "transport"
    LEGAL = "legal"
    OTHER = "other"


class Conclusion(StrEnum):
    """How a point ended; what awaits a decision is never shown as granted."""

    AGREED = "agreed"
    DECIDED = "decided"
    AWAITING = "awaiting"
    DEFERRED = "deferred"
    NOT_DEALT_WITH = "not_dealt_with"


class AnswerToPerson(StrEnum):
    """The answer to a wish of the person's; the last two say why in the text beside."""

    YES = "yes"
    IN_PART = "in_part"
    NO_BECAUSE = "no_because"


class Participation(StrEnum):
    """How the person took part in the meeting."""

    WHOLE = "whole"
    PART = "part"
    SPEAKER = "speaker"
    WRITING = "writing"
    CHOSE_NOT = "chose_not"
    COULD_NOT = "could_not"


PERSON_WAS_THERE = frozenset({Participation.WHOLE, Participation.PART})


class AttendanceStatus(StrEnum):
    """Whether somebody invited was there; regrets, no-shows and a deputy are different things."""

    WHOLE = "whole"
    PART = "part"
    REGRETS = "regrets"
    NO_SHOW = "no_show"
    WRITTEN_INPUT = "written_input"
    DEPUTY = "deputy"


class AttendanceMode(StrEnum):
    """How somebody took part."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"


class StandingPoint(StrEnum):
    """The points every ordinary meeting has, in their order."""

    WELCOME = "welcome"
    LAST_TIME = "last_time"
    PERSONS_POINTS = "persons_points"
    ROUND = "round"
    PRIORITIES = "priorities"
    CRISIS_PLAN = "crisis_plan"
    NEXT_MEETING = "next_meeting"
    CLOSING = "closing"


SAYS_NOTHING = frozenset({StandingPoint.WELCOME, StandingPoint.NEXT_MEETING, StandingPoint.CLOSING})
"""Standing points that say nothing about anybody."""


STANDING_POINTS = tuple(StandingPoint)


def agenda_order(are_persons: Sequence[bool]) -> list[int]:
    """Return the points' indices as they are taken: the person's first, each group as it stood."""
    return sorted(range(len(are_persons)), key=lambda n: not are_persons[n])


class PointLack(StrEnum):
    """What a point still needs before it can be closed."""

    CONCLUSION = "conclusion"
    ANSWER = "answer"
    ANSWER_TEXT = "answer_text"
    DECIDER = "decider"
    DATE = "date"
    REASON = "reason"


def may_close_point(
    *,
    is_persons: bool,
    conclusion: Conclusion | None,
    answer: AnswerToPerson | None = None,
    answer_text: str = "",
    decider: str = "",
    until: date | None = None,
    reason: str = "",
) -> frozenset[PointLack]:
    """Return what the point still lacks; nothing lacking means that it may be closed.

    A point of the person's is answered before it is closed; an answer other than yes says why.
    A decision that is awaited names who decides and by when, a deferred point its date, and a
    point not dealt with its reason.
    """
    lacks = {
        PointLack.CONCLUSION: conclusion is None,
        PointLack.ANSWER: is_persons and answer is None,
        PointLack.ANSWER_TEXT: is_persons
        and answer in {AnswerToPerson.IN_PART, AnswerToPerson.NO_BECAUSE}
        and not answer_text.strip(),
        PointLack.DECIDER: conclusion is Conclusion.AWAITING and not decider.strip(),
        PointLack.DATE: conclusion in {Conclusion.AWAITING, Conclusion.DEFERRED} and until is None,
        PointLack.REASON: conclusion is Conclusion.NOT_DEALT_WITH and not reason.strip(),
    }
    return frozenset(lack for lack, is_missing in lacks.items() if is_missing)
