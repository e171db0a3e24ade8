"""An agreement that waits for another: asked in the line, held in force, freed when that ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions import queries, service
from netmeet.actions.exports import history
from netmeet.actions.rules import Status, WaitingFor
from netmeet.actions.service import capture, publish
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
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


def rewrite(meeting, action, line, **choice):
    meeting = there(meeting)
    picked = capture.Choice(**choice)
    reading = capture.read(meeting.case, line, today=clock.today(), choice=picked)
    capture.rewrite(action, reading, at=now(), version=action.version)


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
    assert first not in capture.to_wait_for(there(meeting), at=now(), by=first)
    assert second not in capture.to_wait_for(there(meeting), at=now(), by=first)
    line = "Jonas sender afgørelsen om 14 dage, når samtalen er booket"
    for wrong in (second, first):
        with pytest.raises(Refused):
            rewrite(meeting, first, line, after_id=wrong.id)
    assert first.after_id is None


def test_the_choice_is_changed_with_the_line(world, meeting):
    first = keep(world, meeting, DECISION)
    second = keep(world, meeting, AFTER_IT, after_id=first.id)
    rewrite(meeting, second, "Lise booker første samtale om 21 dage", after_id=first.id)
    assert second.after_id is None
    rewrite(meeting, second, AFTER_IT, after_id=first.id)
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
    offered = capture.to_wait_for(there(meeting), at=now() + timedelta(seconds=1))
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
