from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select

from netmeet.actions import queries as reading
from netmeet.actions import service as actions
from netmeet.actions.rules import Status
from netmeet.cases import service as cases
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations.models import Answer
from netmeet.invitations.rules import AnswerValue
from netmeet.meetings.models import MeetingRequest, PreparationAnswer
from netmeet.meetings.rules import MeetingState, Question
from netmeet.outbox.models import Message
from netmeet.reminders import exports, jobs, queries
from tests.reader import mentions
from tests.slices.actions.making import agree, own
from tests.world import now


def at(day=0, hour=10):
    """Return ten o'clock in Copenhagen, so many days from today."""
    when = datetime.combine(clock.today() + timedelta(days=day), datetime.min.time())
    return calendar.to_instant(when.replace(hour=hour))


def messages(kind=None):
    found = db.session.scalars(select(Message).order_by(Message.key))
    return [each for each in found if kind is None or each.kind == f"reminders.{kind}"]


def render(message, when=None):
    return exports.RENDERERS[message.kind](message, when or at())


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne)


def test_a_tick_twice_or_late_changes_nothing(world, case):
    agree(world, case, world.jonas, in_days=1)
    world.save()
    assert jobs.tick(at()) == 1
    assert jobs.tick(at()) == 0
    assert jobs.tick(at(hour=18)) == 0
    (message,) = messages()
    assert message.user_id == world.jonas.id


def test_nothing_leaves_at_night(world, case):
    agree(world, case, world.jonas, in_days=1)
    assert jobs.tick(at(hour=8)) == 0
    assert jobs.tick(at(hour=19)) == 0


def test_a_moved_date_brings_its_own_reminders(world, case):
    action = agree(world, case, world.jonas, in_days=1)
    world.save()
    jobs.tick(at())
    (before,) = messages()
    action.due_on = clock.today() + timedelta(days=7)
    world.save()
    assert jobs.tick(at()) == 1
    assert render(before) is None


def test_the_mail_holds_a_date_and_a_link_and_nothing_of_the_agreement(world, case):
    action = agree(world, case, world.jonas, what="Ansøger om botilbud", in_days=1)
    world.save()
    jobs.tick(at())
    letter = render(messages()[0])
    assert letter is not None
    for text in (letter.subject, letter.text, letter.html):
        assert not mentions(text, "Mia")
        assert "botilbud" not in text
    assert f"/actions/{action.id}" in letter.text
    assert calendar.day(action.due_on) in letter.text


def test_after_the_date_it_asks_and_blames_nobody(world, case):
    agree(world, case, world.jonas, in_days=-1)
    world.save()
    jobs.tick(at())
    letter = render(messages()[0])
    assert "havde dato" in letter.text


def test_what_is_done_meanwhile_is_not_sent(world, case):
    action = agree(world, case, world.jonas, in_days=1)
    world.save()
    jobs.tick(at())
    action = reading.by_id(action.id)
    by = world.actor(world.jonas)
    actions.report(action, status=Status.DONE, by=by, at=now(), version=action.version)
    assert render(messages()[0]) is None


def test_a_consent_that_ended_drops_the_message(world, case):
    agree(world, case, world.jonas, in_days=1)
    world.save()
    jobs.tick(at())
    (message,) = messages()
    assert render(message) is not None
    consent = next(c for c in case.consents if c.organisation_id == world.office.organisation_id)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=at())
    assert render(message, at(hour=11)) is None


def test_a_relative_is_reminded_of_what_they_said_yes_to_by_a_personal_link(world, case):
    by = world.actor(case.person.user)
    cases.grant_consent(
        case,
        by=by,
        at=at(day=-1),
        scopes=[Scope.ACTIONS],
        how="digital",
        recipient_id=world.hanne.id,
    )
    action = agree(world, case, world.hanne, in_days=1)
    world.save()
    jobs.tick(at())
    (message,) = messages()
    assert render(message) is None
    actions.confirm(action, by=world.actor(world.hanne), at=now())
    assert f"/i/{message.facts['token']}" in render(message).text


def test_the_persons_own_reminder_is_gentle_and_only_before(world, case):
    own(world, case, in_days=1)
    own(world, case, in_days=-1)
    own(world, case, in_days=-14)
    world.save()
    assert jobs.tick(at()) == 1
    (message,) = messages("own")
    assert "bede om hjælp" in render(message).text
    assert render(message, at(day=1)) is None


def test_the_owners_manager_hears_after_fourteen_days_without_a_title(world, case):
    gerda = world.manager
    agree(world, case, world.jonas, what="Ansøger om botilbud", in_days=-14)
    world.save()
    jobs.tick(at())
    (message,) = messages("escalation")
    assert message.user_id == gerda.id
    letter = render(message)
    assert "/overview" in letter.text
    assert "botilbud" not in letter.text + letter.html + letter.subject
    world.role_of(gerda).until = now() - timedelta(minutes=1)
    db.session.flush()
    assert render(message, now()) is None


def test_a_meeting_is_called_to_mind_the_day_before_and_the_same_morning(world, case):
    meeting = world.meeting(case, in_days=1, state=MeetingState.INVITED, invited=[world.jonas])
    world.save()
    jobs.tick(at())
    jobs.tick(at(hour=11))
    (before,) = messages("meeting_tomorrow")
    letter = render(before)
    assert "kl. 13.00 i morgen" in letter.subject
    assert "4827" in letter.text
    jobs.tick(at(day=1))
    (same,) = messages("meeting_today")
    assert "kl. 13.00 i dag" in render(same, at(day=1)).subject
    assert jobs.tick(at(day=1, hour=14)) == 0
    meeting.starts_local += timedelta(days=7)
    db.session.flush()
    assert render(before) is None


def test_who_said_no_is_not_reminded(world, case):
    meeting = world.meeting(case, in_days=1, state=MeetingState.INVITED, invited=[world.jonas])
    (invitation,) = meeting.invitations
    db.session.add(
        Answer(
            invitation_id=invitation.id,
            value=AnswerValue.NO,
            at=now(),
            via="login",
            by_id=world.jonas.id,
        )
    )
    world.save()
    assert jobs.tick(at()) == 0


def test_the_person_is_asked_once_before_a_meeting_they_said_nothing_to(world, case):
    person = case.person.user
    meeting = world.meeting(case, in_days=3, state=MeetingState.INVITED, invited=[person])
    world.save()
    jobs.tick(at())
    jobs.tick(at(day=1))
    (message,) = messages("prepare")
    assert message.user_id == person.id
    assert render(message) is not None
    meeting.answers.append(
        PreparationAnswer(
            meeting_id=meeting.id,
            question=Question.MATTERS,
            text="Bolig",
            author_id=person.id,
            saved_at=now(),
        )
    )
    db.session.flush()
    assert render(message) is None


def test_the_coordinator_hears_on_day_four_that_a_request_has_no_date(world, case):
    asked = datetime(2026, 12, 3, 11, tzinfo=UTC)
    request = MeetingRequest(
        case_id=case.id,
        case=case,
        author_id=case.person.user_id,
        asked_as="pat",
        requested_at=asked,
        due_on=date(2026, 12, 10),
    )
    db.session.add(request)
    world.save()
    assert jobs.tick(datetime(2026, 12, 8, 10, tzinfo=UTC)) == 0
    assert jobs.tick(datetime(2026, 12, 9, 10, tzinfo=UTC)) == 1
    assert jobs.tick(datetime(2026, 12, 10, 10, tzinfo=UTC)) == 0
    (message,) = messages("request")
    assert message.user_id == world.lise.id
    day = datetime(2026, 12, 9, 10, tzinfo=UTC)
    assert "torsdag den 10. december" in render(message, day).text
    request.date_set_at = now()
    assert render(message, day) is None


def test_the_number_of_questions_to_the_database_does_not_grow(world):
    def asked():
        seen = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        db.session.expire_all()
        queries.due(at())
        return len(seen)

    def fill(name):
        case = world.case(name)
        for days in (1, -1, -14):
            agree(world, case, world.jonas, in_days=days)
        world.meeting(case, in_days=1, state=MeetingState.INVITED)
        world.save()

    fill("Mia Sørensen")
    few = asked()
    for name in ("Omar Haddad", "Karin Lund", "Per Holst"):
        fill(name)
    assert asked() == few
