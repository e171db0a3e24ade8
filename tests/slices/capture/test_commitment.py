"""Who commits what: an organisation that is not there with a mandate has not said yes."""

import pytest

from netmeet.actions import exports, queries, service
from netmeet.actions.exports import history
from netmeet.actions.rules import ActionKind, Commitment, PartysWord, Status
from netmeet.actions.service import capture
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations.models import Mandate
from netmeet.invitations.rules import MandateValue
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service import room
from tests.world import World, now

LINE = "Jonas sender papirerne i morgen"


@pytest.fixture
def peter(world: World):
    return world.staff("Peter Bang", world.office, role=Role.MUN, title="leder af visitationen")


@pytest.fixture
def meeting(world: World, peter):
    case = world.case(staff=[world.jonas, peter], relative=world.hanne)
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    return made


def keep(world, meeting, line=LINE, item_id=None, **choice):
    picked = capture.Choice(**choice)
    reading = capture.read(meeting.case, line, today=clock.today(), choice=picked)
    return capture.keep(meeting, reading, by=world.actor(world.lise), at=now(), item_id=item_id)


def come(meeting, *users):
    for user in users:
        room.attend(meeting, user.id, mode="in_person", version=0)


def may_decide(meeting, user, item, value=MandateValue.YES):
    invitation = meeting.invitation(user.id)
    db.session.add(Mandate(invitation_id=invitation.id, item_id=item.id, value=value, at=now()))
    db.session.flush()


def test_before_anybody_is_noted_everybody_invited_counts_as_here(world, meeting):
    assert not keep(world, meeting).needs_yes


def test_the_owner_in_the_room_promises_their_own_work(world, meeting):
    come(meeting, world.lise, world.jonas)
    assert not keep(world, meeting).needs_yes


def test_an_absent_owner_has_not_said_yes_though_a_colleague_is_here(world, meeting, peter):
    come(meeting, world.lise, peter)
    action = keep(world, meeting)
    assert action.needs_yes
    assert action.commitment is Commitment.AWAITED
    assert exports.granted(action) == "Kommunen har ikke sagt ja endnu."


def test_a_region_that_is_not_here_has_not_said_yes_either(world, meeting):
    come(meeting, world.jonas)
    action = keep(world, meeting, "Lise ringer til Mia i morgen")
    assert exports.granted(action) == "Regionen har ikke sagt ja endnu."


@pytest.mark.parametrize(
    ("value", "needs_yes"),
    [(MandateValue.YES, False), (MandateValue.ANSWER_IN_WRITING, True)],
)
def test_somebody_of_theirs_with_the_mandate_for_the_point_binds_them(
    world, meeting, peter, value, needs_yes
):
    item = meeting.items[0]
    come(meeting, world.lise, peter)
    may_decide(meeting, peter, item, value)
    assert keep(world, meeting, item_id=item.id).needs_yes is needs_yes


def test_a_mandate_for_another_point_or_of_one_who_left_binds_nobody(world, meeting, peter):
    first = meeting.items[0]
    other = world.item(meeting, "Økonomi", by=world.jonas, raised_as=Role.MUN)
    come(meeting, world.lise, peter)
    may_decide(meeting, peter, other)
    assert keep(world, meeting, item_id=first.id).needs_yes
    assert not keep(world, meeting, item_id=other.id).needs_yes
    room.attend(meeting, peter.id, mode=None, version=1)
    assert keep(world, meeting, item_id=other.id).needs_yes


def test_after_the_meeting_those_who_came_count(world, meeting):
    come(meeting, world.lise, world.jonas)
    for row in meeting.attendances:
        row.is_in_room = False
    meeting.ended_at = now()
    db.session.flush()
    assert not keep(world, meeting).needs_yes


def test_one_may_say_that_they_must_be_asked_first_but_not_that_they_said_yes(
    world, meeting, peter
):
    come(meeting, world.lise, world.jonas)
    assert keep(world, meeting, asks_first=True).needs_yes
    come(meeting, peter)
    room.attend(meeting, world.jonas.id, mode=None, version=1)
    assert keep(world, meeting, asks_first=False).needs_yes


def test_what_private_people_and_nobody_do_takes_no_organisations_yes(world, meeting):
    come(meeting, world.lise)
    assert not keep(world, meeting, "Mia ringer til lægen i morgen").needs_yes
    assert not keep(world, meeting, "Hanne henter katten i morgen").needs_yes
    assert not keep(world, meeting, "Finder en bolig i morgen").needs_yes


def test_the_kind_is_read_out_of_the_words_and_may_be_corrected(world, meeting):
    come(meeting, world.lise, world.jonas)
    read = keep(world, meeting, "Jonas søger om bostøtte i morgen")
    assert read.kind is ActionKind.APPLICATION
    assert exports.granted(read) == "Kommunen har ikke sagt ja endnu."
    assert keep(world, meeting, "Jonas ringer til udlejer i morgen").kind is ActionKind.CONTACT
    assert keep(world, meeting).kind is ActionKind.TASK
    picked = keep(world, meeting, kind=ActionKind.NEEDS_DECISION)
    assert picked.kind is ActionKind.NEEDS_DECISION
    assert picked.needs_yes
    own = keep(world, meeting, "Mia søger om bolig i morgen", kind=ActionKind.REFERRAL)
    assert own.kind is ActionKind.OWN


def test_writing_the_line_anew_asks_again_who_is_bound(world, meeting):
    come(meeting, world.lise, world.jonas)
    action = keep(world, meeting)
    room.attend(meeting, world.jonas.id, mode=None, version=1)
    again = capture.read(meeting.case, LINE, today=clock.today())
    capture.rewrite(action, again, by=world.actor(world.lise), version=action.version)
    assert action.needs_yes


@pytest.fixture
def awaited(world, meeting, peter):
    come(meeting, world.lise, peter)
    action = keep(world, meeting)
    action.published_at = now()
    db.session.flush()
    return action


def test_the_owner_says_yes_once_and_it_stands(world, awaited):
    jonas = world.actor(world.jonas)
    service.answer(awaited, PartysWord.YES, by=jonas, at=now())
    assert awaited.commitment is Commitment.YES
    assert awaited.status is Status.NOT_STARTED
    assert exports.granted(awaited).startswith("Kommunen har sagt ja, ")
    assert history.events(awaited)[0].text == "Jonas skrev, at der er sagt ja"
    with pytest.raises(Refused):
        service.answer(awaited, PartysWord.NO, by=jonas, at=now())


def test_a_no_ends_it_with_the_words_that_came_along(world, awaited):
    service.answer(
        awaited, PartysWord.NO, by=world.actor(world.jonas), at=now(), words="Det er regionens."
    )
    assert awaited.status is Status.NOT_POSSIBLE
    assert awaited.closed_at is not None
    assert awaited.comment == "Det er regionens."
    assert exports.granted(awaited).startswith("Kommunen har sagt nej, ")
    assert history.events(awaited)[0].text == "Jonas skrev, at der er sagt nej"


def test_what_is_applied_for_is_answered_after_it_is_done(world, meeting):
    action = keep(world, meeting, "Jonas søger om bostøtte i morgen")
    action.published_at = now()
    jonas = world.actor(world.jonas)
    service.report(action, status=Status.DONE, by=jonas, at=now(), version=action.version)
    assert action.commitment is Commitment.APPLIED_FOR
    service.answer(action, PartysWord.NO, by=jonas, at=now())
    assert action.status is Status.DONE
    assert action.commitment is Commitment.NO


def test_giving_it_to_another_organisation_takes_their_yes(world, awaited, peter):
    awaited.needs_yes = False
    awaited.unit = world.office
    db.session.flush()

    def give(to, by):
        found = queries.candidates(awaited, actor=world.actor(by))
        target = next(one for one in found if one.user.id == to.id)
        service.reassign(awaited, to=target, by=world.actor(by), at=now(), version=awaited.version)

    give(peter, by=world.lise)
    assert not awaited.needs_yes
    give(world.lise, by=world.lise)
    assert not awaited.needs_yes
    awaited.unit = world.ward
    db.session.flush()
    give(world.jonas, by=world.lise)
    assert awaited.needs_yes
