"""Who took part is told once that they may say how the meeting was, and never again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from netmeet.accounts.models import User
from netmeet.cases import service as cases
from netmeet.cases.models import TeamMember
from netmeet.cases.rules import CaseState, MemberRole
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import AttendanceStatus, Side
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel
from netmeet.reminders import exports, jobs
from tests.evaluations import answered, held
from tests.reader import mentions

KIND = "reminders.evaluation"


def at(day=0, hour=10):
    """Return ten o'clock in Copenhagen, so many days from today."""
    when = datetime.combine(clock.today() + timedelta(days=day), datetime.min.time())
    return calendar.to_instant(when.replace(hour=hour))


def told():
    found = db.session.scalars(select(Message).where(Message.kind == KIND))
    return {one.user_id: one for one in found}


def render(message, when=None):
    return exports.RENDERERS[message.kind](message, when or at())


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne)


@pytest.fixture
def meeting(world, case):
    made = held(world, case, there=(world.jonas, world.hanne))
    world.save()
    return made


def test_the_person_and_who_took_part_are_told_once(world, case, meeting):
    mia = case.person.user_id
    assert jobs.tick(at()) == 3
    assert set(told()) == {mia, world.jonas.id, world.hanne.id}
    assert jobs.tick(at(hour=18)) == jobs.tick(at(day=1)) == jobs.tick(at(day=27)) == 0


def test_never_on_the_day_nor_at_night_nor_long_after(world, case):
    held(world, case, days_ago=0)
    held(world, case, days_ago=4)
    world.save()
    assert jobs.tick(at()) == 0
    assert jobs.tick(at(day=1, hour=8)) == 0
    assert jobs.tick(at(day=1, hour=19)) == 0
    assert jobs.tick(at(day=1)) == 1


def test_who_cannot_be_mailed_has_answered_put_away_or_left_is_not_told(world, case, meeting):
    mia, hanne = db.session.get_one(User, case.person.user_id), world.hanne.id
    answered(meeting, world.jonas, Side.STAFF)
    answered(meeting, mia, Side.PERSON).answered_at = None
    db.session.get_one(User, hanne).channel = Channel.LETTER
    world.save()
    assert jobs.tick(at()) == 0
    place = select(TeamMember).where(TeamMember.user_id == hanne)
    db.session.scalars(place).one().left_at = at()
    db.session.get_one(User, hanne).channel = Channel.MAIL
    world.save()
    assert jobs.tick(at()) == 0


def test_an_interpreter_and_whoever_did_not_come_are_not_told(world, case):
    tolk = world.user("Ali Tolk")
    cases.join(case, tolk, place=cases.Place(role=MemberRole.INTERPRETER), at=at(day=-9))
    meeting = held(world, case, there=(tolk, world.jonas))
    meeting.attendances[-1].status = AttendanceStatus.REGRETS
    mia = case.person.user_id
    world.save()
    jobs.tick(at())
    assert set(told()) == {mia}


def test_nobody_is_told_in_a_case_that_was_closed(world, case, meeting):
    case.state = CaseState.CLOSED
    world.save()
    assert jobs.tick(at()) == 0


def test_what_was_said_meanwhile_is_not_asked_for(world, case, meeting):
    jobs.tick(at())
    message = told()[case.person.user_id]
    assert render(message) is not None
    answered(meeting, case.person.user, Side.PERSON)
    assert render(message) is None
    assert render(told()[world.jonas.id], at(day=28)) is None


def test_the_mail_holds_a_number_and_a_link_and_nothing_of_the_meeting(world, case, meeting):
    number = next(i.number for i in meeting.invitations if i.user_id == world.hanne.id)
    jobs.tick(at())
    message = told()[world.hanne.id]
    letter = render(message)
    assert letter.subject == f"Du har en besked om møde {number}"
    for text in (letter.subject, letter.text, letter.html):
        assert not [word for word in ("Mia", "Lise", "Hanne", "Jonas") if mentions(text, word)]
    assert f"/i/{message.facts['token']}" in letter.text
    assert "Vi sender ikke flere mails om det." in letter.text


def test_telling_takes_as_many_queries_for_few_as_for_many(world):
    def asked():
        seen = []

        def note(*args):
            if args[2].lstrip().upper().startswith("SELECT"):
                seen.append(args[2])

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        jobs.queries.due(at())
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    cases_ = [world.case(name) for name in ("Omar Haddad", "Per Dal", "Ida Vang", "Bo Ek")]
    for days, one in enumerate(cases_, start=1):
        held(world, one, days_ago=9 * days - 8, there=(world.jonas, world.lise))
    db.session.commit()
    few = asked()
    db.session.execute(update(Meeting).values(ended_at=at(day=-1)))
    db.session.commit()
    assert asked() == few
