"""An agreement that waits for another: asked in the line, held in force, freed when that ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions import queries, service
from netmeet.actions.exports import history
from netmeet.actions.rules import Status, WaitingFor
from netmeet.actions.service import capture, carrying, closing, publish
from netmeet.cases import service as cases
from netmeet.cases.rules import CloseKind, ConsentHow, Scope
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings.queries import minutes
from netmeet.meetings.rules import LifeArea, MeetingState
from netmeet.meetings.service import room
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.reminders import exports as reminders
from tests.slices.actions.making import agree
from tests.world import World, now

DECISION = "Jonas sender afgørelsen om bostøtte om 14 dage"
AFTER_IT = "Lise booker første samtale om 21 dage, når afgørelsen er kommet"


@pytest.fixture
def meeting(world: World):
    case = world.case(relative=world.hanne)
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    world.item(made, "Jeg vil have hjælp derhjemme.", by=case.person.user)
    world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    for user in (case.person.user, world.lise, world.jonas):
        room.attend(made, user.id, mode="in_person", version=0)
    room.start(made, at=now())
    return made


def there(meeting):
    return minutes.room(meeting.id)


def keep(world, meeting, line, **choice):
    meeting = there(meeting)
    picked = capture.Choice(**choice)
    reading = capture.read(meeting.case, line, today=clock.today(), choice=picked)
    return capture.keep(meeting, reading, by=world.actor(world.lise), at=now())


def rewrite(world, meeting, action, line, **choice):
    meeting = there(meeting)
    picked = capture.Choice(**choice)
    reading = capture.read(meeting.case, line, today=clock.today(), choice=picked)
    by = world.actor(world.lise)
    capture.rewrite(action, reading, by=by, version=action.version)


def put_in_force(world, meeting):
    publish.publish(meeting.id, by=world.actor(world.lise), at=now())
    found = {action.what: action for action in queries.of_meeting(meeting.id)}
    return found["Sender afgørelsen om bostøtte"], found[
        "Booker første samtale, når afgørelsen er kommet"
    ]


@pytest.fixture
def pair(world, meeting):
    """Return the decision and what waits for it, both in force."""
    first = keep(world, meeting, DECISION)
    keep(world, meeting, AFTER_IT, after_id=first.id)
    return put_in_force(world, meeting)


def report(world, action, status, user, **facts):
    by = world.actor(user)
    service.report(action, status=status, by=by, at=now(), version=action.version, **facts)


def waits_for(action):
    return queries.asked([action])[action.id].waits_for


def test_what_waits_is_held_when_it_is_put_in_force(pair):
    first, after = pair
    assert after.after_id == first.id
    assert after.status is Status.WAITING
    assert waits_for(after) is WaitingFor.AGREEMENT
    assert first.status is Status.NOT_STARTED
    assert history.events(after)[0].text == "Aftalen venter på en anden aftale"


def test_a_line_that_says_it_waits_may_wait_for_no_agreement(world, meeting):
    keep(world, meeting, DECISION)
    keep(world, meeting, AFTER_IT)
    _first, after = put_in_force(world, meeting)
    assert after.after_id is None
    assert after.status is Status.NOT_STARTED


def test_a_line_that_does_not_say_so_never_waits(world, meeting):
    first = keep(world, meeting, DECISION)
    action = keep(world, meeting, "Lise booker første samtale i morgen", after_id=first.id)
    assert action.after_id is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.DONE, "Det, aftalen ventede på, er sket"),
        (Status.NOT_POSSIBLE, "Det, aftalen ventede på, kunne ikke lade sig gøre"),
        (Status.DROPPED, "Det, aftalen ventede på, skal ikke ske alligevel"),
    ],
)
def test_it_goes_on_when_the_other_ends_however_that_is(world, pair, status, words):
    first, after = pair
    report(world, first, status, world.jonas, comment="Se brevet.")
    assert after.status is Status.NOT_STARTED
    assert history.events(after)[0].text == words
    told = {message.user_id for message in db.session.scalars(select(Message))}
    assert world.lise.id in told


def test_a_step_on_the_way_frees_nothing(world, pair):
    first, after = pair
    report(world, first, Status.IN_PROGRESS, world.jonas)
    assert waits_for(after) is WaitingFor.AGREEMENT


def test_what_its_owner_has_begun_meanwhile_stays_as_it_is(world, pair):
    first, after = pair
    report(world, after, Status.IN_PROGRESS, world.lise)
    report(world, first, Status.DONE, world.jonas)
    assert after.status is Status.IN_PROGRESS


def test_what_waits_for_others_since_then_is_not_freed(world, pair):
    first, after = pair
    report(world, after, Status.IN_PROGRESS, world.lise)
    report(world, after, Status.WAITING, world.lise, waits_for=WaitingFor.OTHERS)
    report(world, first, Status.DONE, world.jonas)
    assert waits_for(after) is WaitingFor.OTHERS


def test_a_cancelled_agreement_frees_too(world, pair):
    first, after = pair
    by = world.actor(world.lise)
    service.cancel(first, by=by, at=now(), reason="Aftalt igen.", version=first.version)
    assert after.status is Status.NOT_STARTED


def test_of_two_in_a_row_only_the_next_is_freed(world, meeting):
    first = keep(world, meeting, DECISION)
    second = keep(world, meeting, AFTER_IT, after_id=first.id)
    keep(world, meeting, "Jonas ringer om 28 dage, når samtalen er booket", after_id=second.id)
    publish.publish(meeting.id, by=world.actor(world.lise), at=now())
    first, second, third = sorted(queries.of_meeting(meeting.id), key=lambda one: one.due_on)
    report(world, first, Status.DONE, world.jonas)
    assert second.status is Status.NOT_STARTED
    assert waits_for(third) is WaitingFor.AGREEMENT


def test_two_cannot_wait_for_each_other(world, meeting):
    first = keep(world, meeting, DECISION)
    second = keep(world, meeting, AFTER_IT, after_id=first.id)
    assert first not in capture.to_wait_for(
        there(meeting), reader=world.actor(world.lise), by=first
    )
    assert second not in capture.to_wait_for(
        there(meeting), reader=world.actor(world.lise), by=first
    )
    line = "Jonas sender afgørelsen om 14 dage, når samtalen er booket"
    for wrong in (second, first):
        with pytest.raises(Refused):
            rewrite(world, meeting, first, line, after_id=wrong.id)
    assert first.after_id is None


def test_the_choice_is_changed_with_the_line(world, meeting):
    first = keep(world, meeting, DECISION)
    second = keep(world, meeting, AFTER_IT, after_id=first.id)
    rewrite(world, meeting, second, "Lise booker første samtale om 21 dage", after_id=first.id)
    assert second.after_id is None
    rewrite(world, meeting, second, AFTER_IT, after_id=first.id)
    assert second.after_id == first.id


def test_a_draft_that_is_deleted_is_not_waited_for(world, meeting):
    first = keep(world, meeting, DECISION)
    second = keep(world, meeting, AFTER_IT, after_id=first.id)
    capture.remove(first)
    db.session.expire_all()
    assert second.after_id is None


def test_an_agreement_from_before_may_be_waited_for_and_may_end_first(world, meeting):
    case = there(meeting).case
    before = agree(world, case, world.jonas, what="Søger om boligindskud", meeting_id=None)
    keep(world, meeting, DECISION)
    keep(world, meeting, AFTER_IT, after_id=before.id)
    report(world, before, Status.DONE, world.jonas)
    _first, after = put_in_force(world, meeting)
    assert after.status is Status.NOT_STARTED


def test_what_not_everybody_here_may_see_is_not_offered(world, meeting):
    case = there(meeting).case
    hidden = agree(world, case, world.jonas, what="Søger om gæld", life_area=LifeArea.ECONOMY)
    seen = agree(world, case, world.jonas, what="Søger bolig", life_area=LifeArea.HOUSING)
    given = {Scope.INVITE, Scope.AGENDA, Scope.MINUTES, Scope.ACTIONS}
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=given,
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
        life_areas=[LifeArea.HOUSING],
    )
    room.attend(there(meeting), world.hanne.id, mode="in_person", version=0)
    offered = capture.to_wait_for(
        there(meeting), reader=world.actor(world.lise, at=now() + timedelta(seconds=1))
    )
    assert seen in offered
    assert hidden not in offered


def test_something_of_another_case_is_refused(world, meeting):
    other = world.case("Per Prøve")
    foreign = agree(world, other, world.lise)
    with pytest.raises(Refused):
        keep(world, meeting, AFTER_IT, after_id=foreign.id)


def test_its_owner_is_not_reminded_while_it_waits(world, pair):
    first, after = pair
    facts = {"action": after.id, "due_on": str(after.due_on), "token": ""}
    message = outbox.put(
        key="x",
        kind="reminders.action",
        user_id=world.lise.id,
        case_id=after.case_id,
        at=now(),
        facts=facts,
    )
    assert reminders.render_action(message, now()) is None
    report(world, first, Status.DONE, world.jonas)
    assert reminders.render_action(message, now()) is not None


def test_what_the_writer_may_not_read_is_not_offered(world, meeting):
    """The room is not asked alone: in an empty one everything would be open."""
    keep(world, meeting, DECISION)
    case = world.case("Per Prøve", consent=(Scope.INVITE,))
    agree(world, case, world.lise)
    empty = there(world.meeting(case, in_days=5, invited=[]))
    assert capture.to_wait_for(empty, reader=world.actor(world.jonas)) == []
    assert len(capture.to_wait_for(empty, reader=world.actor(world.lise))) == 1


def test_a_wait_that_began_before_stays_when_it_is_hidden_and_goes_when_it_has_ended(
    world, meeting
):
    case = there(meeting).case
    before = agree(world, case, world.jonas, life_area=LifeArea.ECONOMY)
    action = keep(world, meeting, AFTER_IT, after_id=before.id)
    room.attend(there(meeting), world.hanne.id, mode="in_person", version=0)
    assert capture.to_wait_for(there(meeting), reader=world.actor(world.lise), by=action) == []
    rewrite(world, meeting, action, AFTER_IT, after_id=before.id)
    assert action.after_id == capture.first_of(action) == before.id
    report(world, before, Status.DONE, world.jonas)
    assert capture.first_of(action) == ""
    rewrite(world, meeting, action, AFTER_IT, after_id=before.id)
    assert action.after_id is None


def test_a_hidden_one_in_the_middle_makes_no_circle(world, meeting):
    case = there(meeting).case
    first = keep(world, meeting, DECISION)
    middle = agree(world, case, world.jonas, life_area=LifeArea.ECONOMY, after_id=first.id)
    last = keep(world, meeting, AFTER_IT, after_id=middle.id)
    room.attend(there(meeting), world.hanne.id, mode="in_person", version=0)
    line = "Jonas sender afgørelsen om 14 dage, når samtalen er booket"
    with pytest.raises(Refused):
        rewrite(world, meeting, first, line, after_id=last.id)


def test_who_only_writes_a_word_still_waits(world, pair):
    first, after = pair
    report(world, after, Status.WAITING, world.lise, comment="Jeg holder øje med det.")
    assert waits_for(after) is WaitingFor.AGREEMENT
    report(world, first, Status.DONE, world.jonas)
    assert after.status is Status.NOT_STARTED


def test_a_call_for_help_does_not_end_the_wait(world, meeting):
    first = keep(world, meeting, DECISION)
    keep(world, meeting, "Mia ringer om 21 dage, når afgørelsen er kommet", after_id=first.id)
    publish.publish(meeting.id, by=world.actor(world.lise), at=now())
    first, own = sorted(queries.of_meeting(meeting.id), key=lambda one: one.due_on)
    person = own.case.person.user
    service.ask_for_help(own, by=world.actor(person), at=now(), version=own.version)
    found = queries.asked([own])[own.id]
    assert (found.wants_help, found.waits_for) == (True, WaitingFor.AGREEMENT)
    report(world, first, Status.DONE, world.jonas)
    assert own.status is Status.NOT_STARTED


def test_what_was_freed_and_waits_for_a_decision_does_so_after_a_pause(world, pair):
    first, after = pair
    report(world, first, Status.DONE, world.jonas)
    report(world, after, Status.WAITING, world.lise, waits_for=WaitingFor.DECISION)
    carrying._pause(after, queries.asked([after])[after.id], at=now())  # noqa: SLF001 - a right ends
    last = queries.asked([after])[after.id]
    assert last.waits_for is WaitingFor.CONSENT
    carrying._resume(after, last.was, at=now() + timedelta(seconds=1))  # noqa: SLF001 - and is back
    assert waits_for(after) is WaitingFor.DECISION


@pytest.mark.parametrize("is_over", [True, False])
def test_a_pause_keeps_the_wait_unless_that_is_over(world, pair, is_over):
    first, after = pair
    carrying._pause(after, queries.asked([after])[after.id], at=now())  # noqa: SLF001 - a right ends
    if is_over:
        report(world, first, Status.DONE, world.jonas)
    was = queries.asked([after])[after.id].was
    carrying._resume(after, was, at=now() + timedelta(seconds=1))  # noqa: SLF001 - and is back
    expected = (Status.NOT_STARTED, None) if is_over else (Status.WAITING, WaitingFor.AGREEMENT)
    assert (after.status, waits_for(after)) == expected


def test_what_was_left_waiting_goes_on_by_the_hour(world, pair):
    first, after = pair
    first.closed_at, first.status = now(), Status.DONE
    db.session.flush()
    service.go_on_where_left(at=now())
    service.go_on_where_left(at=now())
    assert after.status is Status.NOT_STARTED
    assert [event.text for event in history.events(after)].count(
        "Det, aftalen ventede på, er sket"
    ) == 1


def test_a_case_that_ends_with_all_that_is_owed_frees_nothing(world, pair):
    first, after = pair
    case = first.case
    first.meeting.state = MeetingState.PUBLISHED
    closing.close_case(
        case,
        closing.Closing(kind=CloseKind.DEATH, reason="Død", on=clock.today(), lapses=True),
        by=world.actor(world.lise),
        at=now(),
        version=case.version,
    )
    assert {first.status, after.status} == {Status.DROPPED}
    assert "freed" not in {change.what for change in queries.history(after)}


def test_a_manager_is_not_told_while_it_waits(world, pair):
    first, after = pair
    boss = world.staff("Bo Chef", world.ward, role=Role.MGR)
    after.unit_id = world.ward.id
    facts = {"action": after.id, "due_on": str(after.due_on)}
    message = outbox.put(
        key="y", kind="reminders.escalation", user_id=boss.id, at=now(), facts=facts
    )
    assert reminders.render_escalation(message, now()) is None
    report(world, first, Status.DONE, world.jonas)
    assert reminders.render_escalation(message, now()) is not None
