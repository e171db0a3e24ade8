"""The minutes as plain data, filtered for one reader: the same on page, paper and in the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.cases.models import TeamMember
from netmeet.cases.policy import RULES as CASE_RULES
from netmeet.core.access import STAFF, Actor, Role, Way, earned
from netmeet.core.permissions import Permission
from netmeet.meetings.exports.files import FileData, readable_data
from netmeet.meetings.models import AgendaItem, Attachment, Correction, Meeting, Statement
from netmeet.meetings.policy import RULES
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.queries import place_for
from netmeet.meetings.rules import (
    AnswerToPerson,
    AttendanceMode,
    AttendanceStatus,
    Conclusion,
    ItemState,
    LifeArea,
    MinutesField,
    Participation,
    PointLack,
)
from netmeet.meetings.service.minutes import label, lacks


@dataclass(frozen=True, kw_only=True)
class CorrectedData:
    """How a field stood before it was corrected, who did it and why; ``was`` may be empty.

    So is ``why`` to somebody who reads an extract.
    """

    item_id: str
    edition: int
    heading: str
    was: str
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PointData:
    """What the minutes say of one point; the person's words and the answer are fields of their own.

    ``proxy`` is the first name of who raised it on behalf of the person, if somebody did.

    ``decider`` is who decides by ``until``; ``reason`` why a point was put off or not reached.
    """

    id: str
    title: str
    standing: str
    is_persons: bool
    proxy: str
    raised_by: str
    life_area: LifeArea | None
    person_says: str
    talked: str
    answer_kind: AnswerToPerson | None
    answer: str
    conclusion: Conclusion | None
    conclusion_text: str
    until: date | None
    decider: str
    reason: str
    seen_differently: str
    not_taken_up: bool
    corrected: Sequence[CorrectedData]

    @property
    def says_something(self) -> bool:
        """Tell whether anything is written on the point (standing ones often hold nothing)."""
        texts = (self.person_says, self.talked, self.answer, self.seen_differently, self.reason)
        return any(texts) or bool(self.conclusion or self.conclusion_text)


@dataclass(frozen=True, kw_only=True)
class ParticipantData:
    """Who was invited and how they took part."""

    name: str
    title: str
    where: str
    status: AttendanceStatus
    mode: AttendanceMode
    is_person: bool


@dataclass(frozen=True, kw_only=True)
class StatementData:
    """What somebody said to the published minutes."""

    who: str
    text: str
    at: datetime
    disagrees: bool


@dataclass(frozen=True, kw_only=True)
class MinutesData:
    """The minutes of one meeting for one reader. Meeting times are wall time in Copenhagen.

    ``is_extract`` says that something is left out, and is only ever said to staff. ``edition`` is
    the number of the minutes: more than 1 when they were corrected since, last at ``corrected_at``.
    """

    meeting_id: str
    person: str
    person_first: str
    purpose: str
    starts_local: datetime | None
    minutes: int
    place: str
    chair: str
    participation: Participation | None
    participants: Sequence[ParticipantData]
    points: Sequence[PointData]
    not_taken_up: Sequence[PointData]
    statements: Sequence[StatementData]
    crisis_plan: str
    next_starts_local: datetime | None
    no_next_reason: str
    published_at: datetime | None
    comments_until: date | None
    edition: int
    corrected_at: datetime | None
    is_extract: bool
    files: Sequence[FileData]


def reading_rule(meeting: Meeting) -> Permission:
    """Return the operation that reading these minutes is: of the draft, or of the published."""
    if meeting.published_at is None:
        return Permission.MINUTES_READ_DRAFT
    return Permission.MINUTES_READ_PUBLISHED


def minutes_data(
    meeting: Meeting,
    *,
    reader: Actor,
    statements: Sequence[Statement] = (),
    files: Sequence[Attachment] = (),
    corrections: Sequence[Correction] = (),
    is_paper: bool = False,
) -> MinutesData:
    """Return what ``reader`` may read of the minutes of a meeting loaded by ``minutes.room``.

    Points hidden from relatives and guests, and those outside the life areas of the consent that
    opens the minutes, are left out. The person and who leads read everything.
    """
    ways = RULES[reading_rule(meeting)]
    person = meeting.case.person
    left_out = [i for i in meeting.items if not reading.is_open(i, reader=reader, ways=ways)]
    refused = [i for i in meeting.items if i.state is ItemState.NOT_TAKEN_UP]
    corrected = _corrected(corrections, meeting, left_out)
    return MinutesData(
        meeting_id=meeting.id,
        person=person.name,
        person_first=person.user.first_name,
        purpose=meeting.purpose,
        starts_local=meeting.starts_local,
        minutes=meeting.minutes,
        place=place_for(meeting, None if is_paper else reader),
        chair=meeting.chair.name,
        participation=meeting.participation,
        participants=_participants(meeting, reader=reader),
        points=[_point(i, corrected) for i in reading.points(meeting) if i not in left_out],
        not_taken_up=[_point(i, corrected) for i in refused if i not in left_out],
        statements=_open_statements(meeting, statements, reader=reader, ways=ways),
        crisis_plan=meeting.crisis_plan,
        next_starts_local=meeting.next_starts_local,
        no_next_reason=meeting.no_next_reason,
        published_at=meeting.published_at,
        comments_until=meeting.comments_until,
        edition=max((one.edition for one in corrected), default=1),
        corrected_at=max((one.at for one in corrected), default=None),
        is_extract=bool(left_out) and reader.role_on(meeting) in STAFF,
        files=readable_data(files, reader=reader),
    )


def _point(item: AgendaItem, corrected: Sequence[CorrectedData]) -> PointData:
    return PointData(
        id=item.id,
        title=item.title,
        standing=item.standing,
        is_persons=item.is_persons,
        proxy=item.proxy,
        raised_by=item.author.name,
        life_area=item.life_area,
        person_says=item.text(MinutesField.PERSON_SAYS),
        talked=item.text(MinutesField.TALKED),
        answer_kind=item.answer_kind,
        answer=item.text(MinutesField.ANSWER),
        conclusion=item.conclusion,
        conclusion_text=item.text(MinutesField.CONCLUSION),
        until=item.conclude_on,
        decider=item.decider.name if item.decider is not None else "",
        reason=item.reason,
        seen_differently=item.text(MinutesField.SEEN_DIFFERENTLY),
        not_taken_up=item.state is ItemState.NOT_TAKEN_UP,
        corrected=[one for one in corrected if one.item_id == item.id],
    )


def _corrected(
    corrections: Sequence[Correction], meeting: Meeting, left_out: Sequence[AgendaItem]
) -> list[CorrectedData]:
    """Return what was corrected in what the reader may read.

    One reason may speak of several points, so it is told to whom the whole is open.
    """
    first, hidden = meeting.case.person.user.first_name, {item.id for item in left_out}
    return [
        CorrectedData(
            item_id=one.item_id,
            edition=one.edition,
            heading=label(one.field, first),
            was=one.was,
            who=one.by.name,
            why="" if hidden else one.reason,
            at=one.at,
        )
        for one in corrections
        if one.item_id not in hidden
    ]


def _participants(meeting: Meeting, *, reader: Actor) -> list[ParticipantData]:
    """Return who was invited; somebody who may not read the network sees only themselves."""
    ways = CASE_RULES[Permission.NETWORK_READ_MEMBERS].get(reader.role_on(meeting), ())
    may_see_all = earned(ways, reader, meeting.case)
    unknown = meeting.case.apart_from(reader.user_id)
    found = []
    for row in meeting.attendances:
        if not may_see_all and row.user_id != reader.user_id:
            continue
        if row.user_id in unknown:
            continue
        member = _member(meeting, row.user_id)
        found.append(
            ParticipantData(
                name=row.user.name,
                title=member.title or member.relation if member is not None else "",
                where=member.where if member is not None and member.role.is_staff else "",
                status=row.status,
                mode=row.mode,
                is_person=row.user_id == meeting.case.person.user_id,
            )
        )
    return sorted(found, key=lambda one: (not one.is_person, one.name))


def _member(meeting: Meeting, user_id: str) -> TeamMember | None:
    """Return the user's latest place in the network, left or not: they were there that day."""
    places = [member for member in meeting.case.team if member.user_id == user_id]
    return places[-1] if places else None


def _open_statements(
    meeting: Meeting,
    statements: Sequence[Statement],
    *,
    reader: Actor,
    ways: Mapping[Role, Sequence[Way]],
) -> list[StatementData]:
    """Return what is said to the whole of the minutes: all of it to whom the whole is open.

    A statement may speak of any point, so somebody who reads an extract sees only their own.
    """
    unknown = meeting.case.apart_from(reader.user_id)
    reads_all = all(reading.is_open(i, reader=reader, ways=ways) for i in meeting.items)
    return [
        StatementData(who=s.author.name, text=s.text, at=s.at, disagrees=s.disagrees)
        for s in statements
        if s.author_id not in unknown
        if reads_all or s.author_id == reader.user_id
    ]


def lack_words(item: AgendaItem, field: MinutesField) -> str:
    """Return what the field still needs before the meeting can end, ``""`` when nothing.

    That nothing has been chosen yet is not said: only what a choice asks for.
    """
    if item.meeting.ended_at is not None:
        return ""
    why = _("Skriv hvorfor, før mødet kan slutte.")
    words: dict[PointLack, tuple[MinutesField, str]] = {
        PointLack.ANSWER_TEXT: (MinutesField.ANSWER, why),
        PointLack.REASON: (MinutesField.CONCLUSION, why),
        PointLack.DECIDER: (
            MinutesField.CONCLUSION,
            _("Skriv, hvem der svarer, før mødet kan slutte."),
        ),
        PointLack.DATE: (MinutesField.CONCLUSION, _("Vælg en dag, før mødet kan slutte.")),
    }
    missing = lacks(item)
    found = (text for lack, (of, text) in words.items() if lack in missing and of == field)
    return str(next(found, ""))
