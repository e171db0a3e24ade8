"""Taking a time out of a poll again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, time
from threading import Barrier

import pytest
from sqlalchemy import select

from netmeet.core import calendar, clock
from netmeet.core.db import db, may_write
from netmeet.core.refusals import Refused
from netmeet.invitations.models import DateVote
from netmeet.invitations.queries import polls
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.invitations.service import polls as polling
from netmeet.invitations.service.polls import Vote
from netmeet.meetings import queries as meetings
from tests.world import now

YES, NO = AnswerValue.YES, AnswerValue.NO


def working(days: int) -> datetime:
    return datetime.combine(calendar.add_working_days(clock.today(), days), time(13))


def ask(world, meeting, *starts):
    by = world.actor(world.lise)
    return polling.ask(meeting, starts, answer_by=working(2).date(), by=by, at=now())


def say(meeting, poll, user, *values):
    said = {one.id: Vote(value) for one, value in zip(poll.options, values, strict=True)}
    invitation = meeting.invitation(user.id)
    polling.answer(invitation, poll, said, via=Via.LOGIN, by=user.id, at=now())


def test_a_time_taken_out_takes_its_answers_and_no_others(world, meeting):
    poll = ask(world, meeting, working(4), working(5))
    say(meeting, poll, world.jonas, YES, NO)
    first, second = poll.options
    polling.drop(meeting, poll, first.id, at=now())
    poll = polls.of_meeting(meeting.id)
    assert [one.starts_local for one in poll.options] == [working(5)]
    assert [one.option_id for one in db.session.scalars(select(DateVote))] == [second.id]
    polling.drop(meeting, poll, first.id, at=now())
    assert len(polls.of_meeting(meeting.id).options) == 1


def test_the_last_time_stays_and_a_poll_that_is_over_stays_as_it_was(world, meeting):
    poll = ask(world, meeting, working(4))
    with pytest.raises(Refused):
        polling.drop(meeting, poll, poll.options[0].id, at=now())
    poll = ask(world, meeting, working(5))
    poll.closed_at = now()
    with pytest.raises(Refused):
        polling.drop(meeting, poll, poll.options[0].id, at=now())
    assert len(polls.of_meeting(meeting.id).options) == 2


def test_two_who_take_out_both_times_at_once_leave_one(app, world, meeting):
    poll, meeting_id = ask(world, meeting, working(4), working(5)), meeting.id
    options = [one.id for one in poll.options]
    world.save()
    # SQLite lets one begin after the other; here both have read the poll before either takes out.
    ready = Barrier(1 if db.engine.dialect.name == "sqlite" else 2)

    def drop(option_id):
        with app.app_context():
            may_write()
            fresh, there = meetings.by_id(meeting_id), polls.of_meeting(meeting_id)
            ready.wait(timeout=30)
            with suppress(Refused):
                polling.drop(fresh, there, option_id, at=now())
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(drop, options))
    db.session.expire_all()
    assert len(polls.of_meeting(meeting_id).options) == 1
