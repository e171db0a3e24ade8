"""Finding a time: everybody on the list is asked, answers stay, and one time is chosen."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.invitations import exports, queries
from netmeet.invitations.models import DateVote
from netmeet.invitations.queries import links, polls
from netmeet.invitations.rules import MOST_TIMES, AnswerValue, Via
from netmeet.invitations.service import polls as polling
from netmeet.invitations.service.polls import Vote
from netmeet.meetings import service as meetings
from netmeet.meetings.rules import MeetingState
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel
from netmeet.reminders import jobs as reminders
from netmeet.reminders.exports import RENDERERS as REMINDERS
from tests.world import now

YES, MAYBE, NO = AnswerValue.YES, AnswerValue.MAYBE, AnswerValue.NO


def working(days: int, *, hour: int = 13) -> datetime:
    """Return that hour of a working day, so many from today."""
    return datetime.combine(calendar.add_working_days(clock.today(), days), time(hour))


def ask(world, meeting, *starts, answer_by=None, at=None):
    return polling.ask(
        meeting,
        starts or (working(4), working(5)),
        answer_by=answer_by or working(2).date(),
        by=world.actor(world.lise),
        at=at or now(),
    )


def vote(poll, option, user, value):
    """Return the answer as the form sends it, over the one that stands there now."""
    row = polls.vote(option, user.id)
    return Vote(value, row.version if row is not None else 0)


def say(meeting, poll, user, *values, via=Via.LOGIN):
    chosen = zip(poll.options, values, strict=False)
    said = {one.id: vote(poll, one, user, value) for one, value in chosen}
    polling.answer(meeting.invitation(user.id), poll, said, via=via, by=user.id, at=now())


def names(time):
    return {value: [one.name for one in said] for value, said in time.said.items()}


def mails(kind="invitations.poll"):
    return db.session.scalars(select(Message).where(Message.kind == kind)).all()


def test_everybody_else_on_the_list_gets_a_link_of_their_own(world, meeting):
    ask(world, meeting)
    told = mails()
    mia = meeting.case.person.user
    assert {one.user_id for one in told} == {mia.id, world.hanne.id, world.jonas.id}
    assert len({one.facts["token"] for one in told}) == 3
    for one in told:
        landing = links.landing(one.facts["token"], at=now())
        assert landing.asks_times
        assert landing.invitation.user_id == one.user_id


def test_the_mail_says_a_number_a_link_and_a_day(world, meeting):
    poll = ask(world, meeting)
    hers = next(one for one in mails() if one.user_id == world.hanne.id)
    letter = exports.render_poll(hers, now())
    said = f"{letter.subject}{letter.text}{letter.html}"
    assert str(meeting.invitation(world.hanne.id).number) in letter.subject
    assert calendar.day(poll.answer_by) in letter.text
    assert hers.facts["token"] in letter.text
    assert not [word for word in ("Mia", "Sørensen", "bo?", "sykiatri", "lokale") if word in said]


def test_a_mail_that_is_not_needed_any_more_is_not_sent(world, meeting):
    poll = ask(world, meeting)
    of = {one.user_id: one for one in mails()}
    say(meeting, poll, world.jonas, YES, NO)
    assert exports.render_poll(of[world.jonas.id], now()) is None
    assert exports.render_poll(of[world.hanne.id], now()) is not None
    given = next(one for one in meeting.case.consents if one.recipient_id == world.hanne.id)
    by = world.actor(meeting.case.person.user)
    cases.withdraw_consent(meeting.case, given, by=by, at=now())
    assert exports.render_poll(of[world.hanne.id], now()) is None
    poll.closed_at = now()
    assert exports.render_poll(of[meeting.case.person.user_id], now()) is None


def test_another_time_leaves_every_answer_alone_and_asks_about_it(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.jonas, YES, NO)
    before = {(vote.option_id, vote.value) for vote in db.session.scalars(select(DateVote))}
    first = {one.id for one in mails()}
    poll = ask(world, meeting, working(4), working(6))
    assert {(v.option_id, v.value) for v in db.session.scalars(select(DateVote))} == before
    assert [one.starts_local for one in sorted(poll.options, key=lambda o: o.starts_local)] == [
        working(4),
        working(5),
        working(6),
    ]
    assert {one.user_id for one in mails() if one.id not in first} >= {world.jonas.id}
    assert [one.starts_local for one in polls.to_answer(poll, world.jonas.id, at=now())] == [
        working(6)
    ]


def test_the_last_answer_counts_and_what_is_not_named_stays(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.hanne, YES, MAYBE)
    say(meeting, poll, world.hanne, NO)
    assert [polls.vote(one, world.hanne.id).value for one in poll.options] == [NO, MAYBE]


def test_how_an_answer_came_is_kept(world, meeting):
    poll = ask(world, meeting)
    invitation = meeting.invitation(world.hanne.id)
    said = {poll.options[0].id: Vote(YES)}
    polling.answer(invitation, poll, said, via=Via.ENTERED, by=world.lise.id, at=now())
    vote = polls.vote(poll.options[0], world.hanne.id)
    assert (vote.via, vote.by_id) == ("entered", world.lise.id)


def test_who_can_when_and_who_has_not_answered(world, meeting):
    poll = ask(world, meeting)
    mia = meeting.case.person.user
    say(meeting, poll, mia, NO, YES)
    say(meeting, poll, world.hanne, YES, MAYBE)
    say(meeting, poll, world.jonas, YES)
    found = polls.standing(meeting, poll, reader_id=world.lise.id, at=now())
    first, second = found.times
    assert names(first) == {YES: ["Hanne Sørensen", "Jonas Holm"], MAYBE: [], NO: ["Mia Sørensen"]}
    assert names(second) == {YES: ["Mia Sørensen"], MAYBE: ["Hanne Sørensen"], NO: []}
    assert {one.name for one in found.silent} == {"Lise Dam", "Jonas Holm"}
    assert found.best is second


@pytest.mark.parametrize(("hour", "is_odd"), [(7, True), (8, False), (15, False), (16, True)])
def test_a_time_outside_office_hours_says_so(world, meeting, hour, is_odd):
    poll = ask(world, meeting, working(4, hour=hour))
    assert (
        polls.standing(meeting, poll, reader_id=world.lise.id, at=now()).times[0].is_odd is is_odd
    )


def test_a_day_off_says_so(world, meeting):
    saturday = working(4) + timedelta(days=(5 - working(4).weekday()) % 7 or 7)
    poll = ask(world, meeting, saturday.replace(hour=10))
    assert polls.standing(meeting, poll, reader_id=world.lise.id, at=now()).times[0].is_odd


@pytest.mark.parametrize(
    ("starts", "answer_by", "says"),
    [
        ([], 2, "mindst én ny tid"),
        ([working(1) - timedelta(days=9) - timedelta(days=1)], 2, "ligger forude"),
        ([datetime.fromisoformat("2027-03-28T02:30")], 2, "findes ikke den dag"),
        ([working(n + 1) for n in range(MOST_TIMES + 1)], 2, "højst om 12"),
        ([working(4)], -1, "ligger forude"),
    ],
)
def test_what_nobody_can_answer_is_not_asked(world, meeting, starts, answer_by, says):
    last = clock.today() + timedelta(days=answer_by)
    with pytest.raises(Refused, match=says):
        polling.ask(meeting, starts, answer_by=last, by=world.actor(world.lise), at=now())
    assert mails() == []


def test_nobody_is_asked_before_somebody_is_on_the_list(world, meeting):
    for invitation in meeting.invitations:
        if invitation.user_id != world.lise.id:
            invitation.withdraw(at=now())
    with pytest.raises(Refused, match="hvem der skal med"):
        ask(world, meeting)


def test_nobody_is_asked_about_a_meeting_that_was_held(world, meeting):
    meeting.state = MeetingState.HELD
    with pytest.raises(Refused, match="holdt eller aflyst"):
        ask(world, meeting)


def test_choosing_gives_the_meeting_its_time_and_ends_the_asking(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.hanne, YES, MAYBE)
    by, version = world.actor(world.lise), meeting.version
    polling.choose(meeting, poll, poll.options[1].id, by=by, at=now(), version=version)
    assert meeting.starts_local == working(5)
    assert poll.closed_at is not None
    with pytest.raises(Refused, match="Tiden er fundet"):
        say(meeting, poll, world.hanne, NO)
    with pytest.raises(Refused, match="Tiden er fundet"):
        polling.choose(meeting, poll, poll.options[0].id, by=by, at=now(), version=version)


def test_a_time_that_nobody_asked_about_and_a_stale_page_are_refused(world, meeting):
    poll, by = ask(world, meeting), world.actor(world.lise)
    with pytest.raises(Refused, match="en af tiderne"):
        polling.choose(meeting, poll, "nothing", by=by, at=now(), version=meeting.version)
    with pytest.raises(Conflict):
        polling.choose(meeting, poll, poll.options[0].id, by=by, at=now(), version=99)


def test_a_time_that_was_set_otherwise_ends_the_asking(world, meeting):
    poll, by = ask(world, meeting), world.actor(world.lise)
    told = mails()[0]
    meetings.set_time(meeting, working(6), by=by, at=now(), version=meeting.version)
    assert not polls.is_open(poll, meeting)
    assert exports.render_poll(told, now()) is None
    with pytest.raises(Refused, match="Tiden er fundet"):
        say(meeting, poll, world.hanne, YES)
    with pytest.raises(Refused, match="Tiden er fundet"):
        polling.chase(meeting, poll, by=by, at=now())
    assert polls.is_open(ask(world, meeting, working(7)), meeting)


def test_another_place_leaves_the_asking_alone(world, meeting):
    poll, by = ask(world, meeting), world.actor(world.lise)
    details = meetings.Details(
        kind=meeting.kind, purpose=meeting.purpose, place="Lokale 9", chair_id=meeting.chair_id
    )
    meeting.starts_local = None
    details = replace(details, minutes=meeting.minutes)
    meetings.edit(meeting, by=by, at=now(), details=details, version=meeting.version)
    assert meeting.places == 1
    assert polls.is_open(poll, meeting)
    db.session.flush()
    db.session.expire(meeting, ["is_polled"])
    assert meeting.is_polled
    assert polls.is_open(ask(world, meeting, working(7)), meeting)


def test_an_answer_that_came_in_meanwhile_is_shown_beside_ones_own(world, meeting):
    poll = ask(world, meeting)
    first, second = poll.options
    say(meeting, poll, world.hanne, YES, YES)
    stale = {first.id: Vote(NO, 0), second.id: Vote(YES, 0)}
    invitation = meeting.invitation(world.hanne.id)
    with pytest.raises(Conflict) as conflict:
        polling.answer(invitation, poll, stale, via=Via.ENTERED, by=world.lise.id, at=now())
    time = calendar.day_and_time(first.starts_local)
    assert (conflict.value.mine, conflict.value.theirs) == ({time: "Nej"}, {time: "Ja"})
    same = {first.id: Vote(YES, 0), second.id: Vote(YES, 0)}
    polling.answer(invitation, poll, same, via=Via.ENTERED, by=world.lise.id, at=now())
    assert {polls.vote(one, world.hanne.id).via for one in poll.options} == {"login"}


def test_who_wants_letters_is_not_mailed(world, meeting):
    ask(world, meeting)
    hers = next(one for one in mails() if one.user_id == world.hanne.id)
    world.hanne.channel = Channel.LETTER
    assert exports.render_poll(hers, now()) is None
    ask(world, meeting, working(6))
    assert len([one for one in mails() if one.user_id == world.hanne.id]) == 1


def test_the_time_that_suits_the_person_comes_first(world, meeting):
    poll = ask(world, meeting, working(4), working(5), working(6))
    mia = meeting.case.person.user
    say(meeting, poll, mia, NO, YES, MAYBE)
    say(meeting, poll, world.jonas, YES, NO, MAYBE)
    say(meeting, poll, world.hanne, YES, NO, MAYBE)
    found = polls.standing(meeting, poll, reader_id=world.lise.id, at=now())
    assert found.best is found.times[1]


def test_times_that_are_over_do_not_use_the_poll_up(world, meeting):
    poll = ask(world, meeting, *(working(n) for n in range(1, MOST_TIMES + 1)))
    for option in poll.options:
        option.starts_local -= timedelta(days=60)
    assert len(ask(world, meeting, working(2)).options) == MOST_TIMES + 1


def test_the_last_day_to_answer_may_be_moved_alone(world, meeting):
    poll = ask(world, meeting)
    polling.ask(meeting, [], answer_by=working(3).date(), by=world.actor(world.lise), at=now())
    assert poll.answer_by == working(3).date()
    assert len(poll.options) == 2


def test_it_may_be_opened_again_with_a_new_time_and_the_old_answers(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.hanne, YES, MAYBE)
    by = world.actor(world.lise)
    polling.choose(meeting, poll, poll.options[0].id, by=by, at=now(), version=meeting.version)
    poll = ask(world, meeting, working(8))
    assert poll.closed_at is None
    assert polls.vote(poll.options[0], world.hanne.id).value is YES


def test_who_was_taken_off_the_list_is_neither_asked_nor_counted(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.hanne, YES, YES)
    gone = meeting.invitation(world.hanne.id)
    gone.withdraw(at=now())
    assert polls.standing(meeting, poll, reader_id=world.lise.id, at=now()).times[0].said[YES] == []
    with pytest.raises(Refused, match="ikke svares mere"):
        polling.answer(
            gone, poll, {poll.options[0].id: Vote(NO)}, via=Via.LOGIN, by=world.hanne.id, at=now()
        )
    token = next(one for one in mails() if one.user_id == world.hanne.id).facts["token"]
    assert links.landing(token, at=now()) is None


def test_who_has_not_answered_is_asked_once_more_by_hand(world, meeting):
    poll = ask(world, meeting)
    say(meeting, poll, world.jonas, YES, YES)
    say(meeting, poll, world.hanne, YES)
    before = {one.id for one in mails()}
    by, later = world.actor(world.lise), now() + timedelta(hours=1)
    assert polling.chase(meeting, poll, by=by, at=later) == 2
    again = {one.user_id for one in mails() if one.id not in before}
    assert again == {world.hanne.id, meeting.case.person.user_id}
    say(meeting, poll, world.hanne, YES, YES)
    say(meeting, poll, meeting.case.person.user, YES, YES)
    with pytest.raises(Refused, match="har svaret"):
        polling.chase(meeting, poll, by=by, at=later)


def test_who_has_no_address_is_not_mailed_but_missed(world, meeting):
    world.hanne.email = ""
    poll = ask(world, meeting)
    assert world.hanne.id not in {one.user_id for one in mails()}
    silent = polls.standing(meeting, poll, reader_id=world.lise.id, at=now()).silent
    assert world.hanne.id in {one.user_id for one in silent}


def test_the_working_day_before_the_last_reminds_who_lacks_an_answer(world, meeting):
    poll = ask(world, meeting, working(9), answer_by=working(3).date())
    say(meeting, poll, world.jonas, YES)
    db.session.commit()
    for days, told in ((1, 0), (2, 3), (3, 3)):
        with time_machine.travel(calendar.to_instant(working(days, hour=10)), tick=False):
            reminders.tick(clock.now())
            reminders.tick(clock.now())
        found = mails("reminders.poll")
        assert len(found) == told
    assert world.jonas.id not in {one.user_id for one in found}
    hers = next(one for one in found if one.user_id == world.hanne.id)
    letter = REMINDERS["reminders.poll"](hers, now())
    assert hers.facts["token"] in letter.text
    assert queries.may_be_asked(meeting.invitation(world.hanne.id), at=now())


def test_on_the_day_it_was_asked_nobody_is_reminded(world, meeting):
    morning = calendar.to_instant(working(1, hour=10))
    with time_machine.travel(morning, tick=False):
        ask(world, meeting, answer_by=working(2).date(), at=morning)
        db.session.commit()
        reminders.tick(clock.now())
    assert mails("reminders.poll") == []


def test_parents_who_live_apart_learn_nothing_of_each_other(world, meeting):
    poll = ask(world, meeting)
    for user in (world.hanne, world.jonas):
        meeting.case.member(user.id).is_apart = True
        say(meeting, poll, user, YES, YES)
    found = polls.standing(meeting, poll, reader_id=world.hanne.id, at=now())
    assert names(found.times[0])[YES] == ["Hanne Sørensen"]
    assert world.jonas.id not in {one.user_id for one in (*found.people, *found.silent)}
