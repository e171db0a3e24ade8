"""Somebody who comes instead: on the list with one act, or not, with a reason."""

import pytest
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations import queries, service
from netmeet.invitations.queries import deputies
from netmeet.invitations.rules import AnswerValue, MandateValue, Via
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import AgendaState, MeetingState, Purpose
from netmeet.outbox.models import Message
from netmeet.readiness import queries as readiness
from netmeet.readiness.rules import Lack
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case) -> Meeting:
    meeting = world.meeting(case, state=MeetingState.INVITED, agenda=AgendaState.APPROVED)
    item = world.item(meeting, "Midlertidig bolig", by=world.jonas)
    item.purpose, item.decider_id, item.decider = Purpose.DECIDE, world.jonas.id, world.jonas
    db.session.flush()
    return meeting


@pytest.fixture
def bo(world):
    return world.staff("Bo Lund", world.office, role=Role.MUN, title="socialrådgiver")


def name(world, meeting, *, who="Bo Lund", email="", has_mandate=True):
    service.name_deputy(
        meeting.invitation(world.jonas.id),
        name=who,
        email=email,
        has_mandate=has_mandate,
        by=world.actor(world.jonas),
        at=now(),
    )
    return deputies.by_invitation(meeting.invitation(world.jonas.id).id)


def invite(world, named):
    return service.invite_deputy(named, by=world.actor(world.lise), at=now())


def decline(world, named, reason="Mødet bliver for stort."):
    service.decline_deputy(named, reason=reason, by=world.actor(world.lise), at=now())


def kinds(meeting):
    return [line.missing.kind for line in readiness.lacks(meeting, at=now())]


def say(meeting, user, value):
    invitation = meeting.invitation(user.id)
    service.answer(invitation, value, via=Via.LOGIN, by=user.id, at=now())


def test_a_colleague_joins_in_their_unit_and_waits_for_the_sending(world, case, meeting, bo):
    named = name(world, meeting, email=bo.email.upper())
    assert case.member(bo.id) is None
    invited = invite(world, named)
    member = case.member(bo.id)
    assert (member.unit_id, member.is_staff_guest) == (world.office.id, False)
    assert (invited.sent_at, invited.why) == (None, meeting.invitation(world.jonas.id).why)
    assert db.session.scalars(select(Message)).all() == []
    said = queries.replies(meeting)
    assert said[meeting.invitation(world.jonas.id).id].stand_in_id == bo.id
    (original,) = queries.stood_in_for(meeting, bo.id, said=said)
    assert original.user_id == world.jonas.id


def test_somebody_unknown_comes_as_a_guest_of_the_same_workplace(world, case, meeting):
    invited = invite(world, name(world, meeting, email="bo@example.org"))
    member = case.member(invited.user_id)
    assert (member.name, member.is_staff_guest) == ("Bo Lund", True)
    assert member.role is MemberRole.MUNICIPAL_STAFF
    assert member.organisation_id == world.office.organisation_id


def test_who_is_in_the_network_already_is_only_put_on_the_list(world, case, bo):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    place = cases.Place(
        role=MemberRole.MUNICIPAL_STAFF, organisation_id=world.office.organisation_id
    )
    cases.join(case, bo, place=place, at=now())
    before = len(case.team)
    assert invite(world, name(world, meeting, email=bo.email)).user_id == bo.id
    assert len(case.team) == before


def test_a_relative_is_no_colleague(world, meeting):
    with pytest.raises(Refused):
        invite(world, name(world, meeting, email=world.hanne.email))


def test_without_consent_to_the_workplace_nobody_joins(world, bo):
    case = world.case(consent=())
    meeting = world.meeting(case, state=MeetingState.INVITED)
    with pytest.raises(Refused):
        invite(world, name(world, meeting, email=bo.email))


def test_it_is_settled_once(world, meeting, bo):
    named = name(world, meeting, email=bo.email)
    invite(world, named)
    with pytest.raises(Refused):
        invite(world, named)
    with pytest.raises(Refused):
        decline(world, named)


def test_a_no_carries_its_reason_and_tells_who_named_them(world, meeting):
    named = name(world, meeting)
    with pytest.raises(Refused) as no:
        decline(world, named, reason=" ")
    assert no.value.field == "reason"
    decline(world, named)
    assert named.deputy.reason == "Mødet bliver for stort."
    (told,) = db.session.scalars(select(Message)).all()
    assert (told.kind, told.user_id) == ("cases.news", world.jonas.id)
    assert Lack.DEPUTY not in kinds(meeting)
    again = name(world, meeting, who="Eva Krogh")
    assert again.deputy.is_waiting
    assert again.deputy.reason == ""


def test_the_same_name_again_keeps_what_was_answered(world, meeting, bo):
    invite(world, name(world, meeting, email=bo.email))
    assert name(world, meeting, email=bo.email).deputy.user_id == bo.id


def test_the_meeting_lacks_an_answer_about_them_until_then(world, meeting, bo):
    named = name(world, meeting, email=bo.email)
    assert Lack.DEPUTY in kinds(meeting)
    invite(world, named)
    assert Lack.DEPUTY not in kinds(meeting)
    assert Lack.UNSENT in kinds(meeting)


def test_who_comes_after_all_needs_no_deputy(world, meeting, bo):
    name(world, meeting, email=bo.email)
    say(meeting, world.jonas, AnswerValue.YES)
    assert Lack.DEPUTY not in kinds(meeting)


@pytest.mark.parametrize(("has_mandate", "lacks"), [(True, False), (False, True)])
def test_a_deputy_with_a_mandate_may_decide_the_point(world, meeting, bo, has_mandate, lacks):
    invite(world, name(world, meeting, email=bo.email, has_mandate=has_mandate))
    found = set(kinds(meeting))
    assert (Lack.DECISION in found) is lacks


def test_the_deputy_is_asked_what_they_can_decide(world, meeting, bo):
    invited = invite(world, name(world, meeting, email=bo.email, has_mandate=False))
    service.send(meeting, version=meeting.version, by=world.actor(world.lise), at=now())
    assert Lack.MANDATE in kinds(meeting)
    said = queries.replies(meeting)
    (item,) = queries.to_decide(meeting, bo.id, said=said)
    service.declare_mandate(invited, item, value=MandateValue.YES, at=now())
    assert not {Lack.MANDATE, Lack.DECISION} & set(kinds(meeting))
    service.declare_mandate(
        invited, item, value=MandateValue.SOMEBODY_ELSE, at=now(), who_can="chefen"
    )
    assert Lack.DECISION in kinds(meeting)


def test_a_deputy_who_cannot_come_decides_nothing(world, meeting, bo):
    invite(world, name(world, meeting, email=bo.email))
    service.send(meeting, version=meeting.version, by=world.actor(world.lise), at=now())
    assert Lack.DECISION not in kinds(meeting)
    say(meeting, bo, AnswerValue.NO)
    assert Lack.DECISION in kinds(meeting)


def test_a_deputys_yes_counts_for_the_sector(world, meeting, bo):
    invite(world, name(world, meeting, email=bo.email))
    assert meeting.state is MeetingState.INVITED
    service.send(meeting, version=meeting.version, by=world.actor(world.lise), at=now())
    say(meeting, bo, AnswerValue.YES)
    assert meeting.state is MeetingState.CONFIRMED
