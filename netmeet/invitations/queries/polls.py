"""The times people are asked about, who can when, and who has not answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from netmeet.accounts.models import User
from netmeet.accounts.queries import busy
from netmeet.cases.models import TeamMember
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.invitations import rules
from netmeet.invitations.models import DateOption, DatePoll, DateVote
from netmeet.invitations.policy import may_be_invited
from netmeet.invitations.rules import AnswerValue, Calendars, Via, channel
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.rules import MAY_GET_A_TIME
from netmeet.outbox.rules import Channel

NO_CALENDARS: Calendars = {}


@dataclass(frozen=True, kw_only=True)
class Said:
    """Somebody's answer to one time; ``is_entered`` when somebody else wrote it down."""

    name: str
    is_entered: bool


@dataclass(frozen=True, kw_only=True)
class Time:
    """One time with who can, who maybe and who cannot, by name in the order of the list.

    ``is_odd``: no working day, or outside the hours in which offices are open; ``suits_person``:
    they have not said no; ``busy`` are the names of those whose calendar says that they are.
    """

    option: DateOption
    said: Mapping[AnswerValue, Sequence[Said]]
    suits_person: bool
    is_over: bool
    is_odd: bool
    busy: Sequence[str]

    @property
    def starts(self) -> datetime:
        """Return when it begins: wall time in Copenhagen."""
        return self.option.starts_local


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a poll stands; ``silent`` are those who lack an answer to a time that lies ahead."""

    poll: DatePoll
    is_open: bool
    times: Sequence[Time]
    people: Sequence[TeamMember]
    silent: Sequence[TeamMember]

    @property
    def best(self) -> Time | None:
        """Return the time ahead that most can come to, above all the person, if somebody can."""
        ahead = [one for one in self.times if not one.is_over and one.said[AnswerValue.YES]]
        return max(ahead, key=_by_answers, default=None)


def _by_answers(time: Time) -> tuple[bool, int, int]:
    yes, no = time.said[AnswerValue.YES], time.said[AnswerValue.NO]
    return time.suits_person, len(yes), -len(no)


def of_meeting(meeting_id: str, *, to_change: bool = False) -> DatePoll | None:
    """Return the meeting's poll with its times and every answer, if people were asked.

    ``to_change`` waits for whoever changes its times now, and reads what they have left.
    """
    statement = (
        select(DatePoll)
        .where(DatePoll.meeting_id == meeting_id)
        .options(selectinload(DatePoll.options).selectinload(DateOption.votes))
    )
    if to_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one_or_none()


def is_open(poll: DatePoll, meeting: Meeting) -> bool:
    """Tell whether people are being asked: no time was chosen, nor given to the meeting since."""
    is_ahead = meeting.state in MAY_GET_A_TIME
    return (
        poll.closed_at is None and is_ahead and poll.sequence == meeting.sequence - meeting.places
    )


def asked(meeting: Meeting, *, at: datetime) -> list[TeamMember]:
    """Return who is asked: everybody on the list who may be invited now, the person first."""
    person_id = meeting.case.person.user_id
    members = [
        meeting.case.member(one.user_id)
        for one in meeting.current_invitations
        if may_be_invited(meeting.case, one.user_id, at)
    ]
    there = [one for one in members if one is not None]
    return sorted(there, key=lambda one: (one.user_id != person_id, one.name))


def calendars(people: Iterable[TeamMember], at: datetime) -> Calendars:
    """Return when those of the people who are staff are busy, of those who show it; two queries."""
    return busy.shown_by({one.user_id for one in people if one.role.is_staff}, at)


def standing(
    meeting: Meeting,
    poll: DatePoll,
    *,
    reader_id: str,
    at: datetime,
    calendars: Calendars = NO_CALENDARS,
) -> Standing:
    """Return how the poll stands among those on the list now whom the reader may know of.

    ``calendars`` are for who may see when others are busy: :func:`calendars` has them.
    """
    unknown = meeting.case.apart_from(reader_id)
    people = [one for one in asked(meeting, at=at) if one.user_id not in unknown]
    person_id = meeting.case.person.user_id

    def time_of(option: DateOption) -> Time:
        starts, minutes = option.starts_local, meeting.minutes
        taken = rules.busy_at(calendars, starts=starts, minutes=minutes)
        names = [one.name for one in people if one.user_id in taken]
        return _time(option, people, person_id=person_id, at=at, busy=names)

    return Standing(
        poll=poll,
        is_open=is_open(poll, meeting),
        times=[time_of(one) for one in poll.options],
        people=people,
        silent=[one for one in people if to_answer(poll, one.user_id, at=at)],
    )


def to_answer(poll: DatePoll, user_id: str, *, at: datetime) -> list[DateOption]:
    """Return the times ahead that the user has not answered."""
    return [
        option
        for option in poll.options
        if not _is_over(option, at=at) and vote(option, user_id) is None
    ]


def has_answered(poll: DatePoll, user_id: str) -> bool:
    """Tell whether the user has answered any of the times."""
    return any(vote(option, user_id) is not None for option in poll.options)


def ahead(poll: DatePoll, *, at: datetime) -> list[DateOption]:
    """Return the times that lie ahead."""
    return [option for option in poll.options if not _is_over(option, at=at)]


def vote(option: DateOption, user_id: str) -> DateVote | None:
    """Return what the user answered to a time, if anything."""
    return next((one for one in option.votes if one.user_id == user_id), None)


def _is_over(option: DateOption, *, at: datetime) -> bool:
    return calendar.to_instant(option.starts_local) <= at


def _time(
    option: DateOption,
    people: Sequence[TeamMember],
    *,
    person_id: str,
    at: datetime,
    busy: Sequence[str],
) -> Time:
    given, starts = {one.user_id: one for one in option.votes}, option.starts_local
    said: dict[AnswerValue, list[Said]] = {value: [] for value in AnswerValue}
    for one in people:
        row = given.get(one.user_id)
        if row is not None:
            said[row.value].append(Said(name=one.name, is_entered=row.via == Via.ENTERED))
    theirs = given.get(person_id)
    return Time(
        option=option,
        said=said,
        suits_person=theirs is None or theirs.value is not AnswerValue.NO,
        is_over=_is_over(option, at=at),
        is_odd=not (
            calendar.is_working_day(starts.date())
            and rules.WORK_BEGINS <= starts.time() < rules.WORK_ENDS
        ),
        busy=busy,
    )


def open_between(first: date, last: date) -> Sequence[tuple[DatePoll, Meeting]]:
    """Return the open polls to be answered from ``first`` to ``last``, with their meetings' lists.

    Times and answers come with them; the queries do not grow with the polls.
    """
    statement = (
        select(DatePoll, Meeting)
        .join(Meeting, Meeting.id == DatePoll.meeting_id)
        .where(DatePoll.closed_at.is_(None), DatePoll.answer_by.between(first, last))
        .options(
            selectinload(DatePoll.options).selectinload(DateOption.votes),
            selectinload(Meeting.invitations).joinedload(Invitation.user),
        )
    )
    found = [(poll, meeting) for poll, meeting in db.session.execute(statement)]
    return [(poll, meeting) for poll, meeting in found if is_open(poll, meeting)]


def reachable(user: User) -> bool:
    """Tell whether the user gets mails; who has no address, or wants letters, is rung."""
    return channel(wished=user.channel, has_email=bool(user.email)) is Channel.MAIL
