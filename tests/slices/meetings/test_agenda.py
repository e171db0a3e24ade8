"""Both sides build the agenda; nobody touches the person's points."""

from datetime import time

import pytest
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries, service
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import AgendaState, AgreedHow, ItemState, LifeArea, Purpose
from netmeet.meetings.service.agenda import Point
from netmeet.outbox.models import Message
from tests.world import World, now


def propose(world: World, meeting: Meeting, title: str, **more: object) -> AgendaItem:
    by = world.actor(more.pop("by", world.jonas))
    point = Point(title=title, **more)
    return service.agenda.propose(meeting, by=by, at=now(), point=point)


def test_the_persons_points_come_first(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = meeting.case.person.user
    standing = propose(world, meeting, "Velkommen", by=world.lise)
    standing.standing = "welcome"
    proposal = propose(
        world,
        meeting,
        "Midlertidig bolig",
        purpose=Purpose.DECIDE,
        decider_id=world.jonas.id,
        phone_at=time(10, 20),
    )
    own = propose(world, meeting, "Jeg vil ikke tilbage til bostedet", by=mia)
    agenda = queries.agenda_for(meeting, world.actor(world.lise))
    assert agenda.taken == [own, standing, proposal]
    assert agenda.minutes == 30
    assert (proposal.raised_as, own.raised_as) == (Role.MUN, Role.PAT)
    assert (proposal.phone_at, proposal.decider_id) == (time(10, 20), world.jonas.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": " "}, "title"), ({"minutes": 0}, "minutes"), ({"decider_id": "x"}, "decider")],
)
def test_wrong_points_are_refused(world: World, change: dict[str, object], field: str) -> None:
    meeting = world.meeting(world.case())
    with pytest.raises(Refused) as no:
        propose(world, meeting, **{"title": "Bolig", **change})
    assert no.value.field == field


def test_without_a_decider_nobody_phones_in_or_writes(world: World) -> None:
    meeting = world.meeting(world.case())
    item = propose(world, meeting, "Bolig", phone_at=time(9), answers_in_writing=True)
    assert (item.phone_at, item.answers_in_writing) == (None, False)


def test_only_who_wrote_a_point_changes_or_takes_it_back(world: World) -> None:
    meeting = world.meeting(world.case())
    own = propose(world, meeting, "Min bolig", by=meeting.case.person.user)
    lise = world.actor(world.lise)
    with pytest.raises(Refused):
        service.agenda.edit(own, by=lise, at=now(), point=Point(title="Bolig"), version=own.version)
    with pytest.raises(Refused):
        service.agenda.withdraw(own, by=lise)
    with pytest.raises(Refused):
        service.agenda.not_taken_up(own, by=lise, reason="Ikke nu")
    assert (own.title, own.state) == ("Min bolig", ItemState.OPEN)
    mia = world.actor(meeting.case.person.user)
    service.agenda.edit(own, by=mia, at=now(), point=Point(title="Mit hjem"), version=own.version)
    assert own.title == "Mit hjem"
    with pytest.raises(Conflict):
        service.agenda.edit(own, by=mia, at=now(), point=Point(title="x"), version=own.version - 1)
    service.agenda.withdraw(own, by=mia)
    assert queries.agenda_for(meeting, mia).taken == []
    with pytest.raises(Refused):
        service.agenda.withdraw(own, by=mia)
    with pytest.raises(Refused):
        service.agenda.edit(own, by=mia, at=now(), point=Point(title="x"), version=own.version)


def test_a_proposal_not_taken_up_is_answered_with_a_reason(world: World) -> None:
    meeting = world.meeting(world.case())
    item, lise = propose(world, meeting, "Medicinlisten"), world.actor(world.lise)
    with pytest.raises(Refused) as no:
        service.agenda.not_taken_up(item, by=lise, reason="")
    assert no.value.field == "reason"
    service.agenda.not_taken_up(item, by=lise, reason="Det tager lægen i næste uge")
    agenda = queries.agenda_for(meeting, lise)
    assert (agenda.taken, agenda.not_taken_up) == ([], [item])
    with pytest.raises(Refused):
        service.agenda.not_taken_up(item, by=lise, reason="igen")


def test_a_point_changes_place_within_its_own_group(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = meeting.case.person.user
    first = propose(world, meeting, "Første", by=mia)
    other = propose(world, meeting, "Fra kommunen")
    second = propose(world, meeting, "Anden", by=mia)
    before = queries.agenda_mark(meeting)
    service.agenda.shift(second, up=1)
    agenda = queries.agenda_for(meeting, world.actor(mia))
    assert agenda.taken == [second, first, other]
    assert queries.agenda_mark(meeting) != before
    service.agenda.shift(second, up=1)
    service.agenda.shift(first, up=-1)
    assert queries.agenda_for(meeting, world.actor(mia)).taken == [second, first, other]
    service.agenda.withdraw(first, by=world.actor(mia))
    service.agenda.shift(first, up=1)
    assert queries.agenda_for(meeting, world.actor(mia)).taken == [second, other]


def test_what_is_hidden_from_relatives_is_not_shown_to_them(world: World) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE, Scope.AGENDA])
    meeting = world.meeting(case)
    propose(world, meeting, "Gæld", is_hidden_from_private=True)
    seen = propose(world, meeting, "Bolig")
    assert queries.agenda_for(meeting, world.actor(world.hanne)).taken == [seen]
    assert len(queries.agenda_for(meeting, world.actor(case.person.user)).taken) == 2


def test_a_consent_for_one_area_opens_only_its_points_and_ones_own(world: World) -> None:
    case = world.case(relative=world.hanne)
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=[Scope.INVITE, Scope.AGENDA],
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
        life_areas=["housing"],
    )
    meeting = world.meeting(case)
    propose(world, meeting, "Medicinen", life_area=LifeArea.TREATMENT)
    propose(world, meeting, "Noget uden område")
    home = propose(world, meeting, "Boligen", life_area=LifeArea.HOUSING)
    own = propose(world, meeting, "Hvem henter hunden?", by=world.hanne)
    assert queries.agenda_for(meeting, world.actor(world.hanne)).taken == [home, own]


def test_sharing_tells_the_person_without_a_word_of_what_it_is(world: World) -> None:
    meeting = world.meeting(world.case(), agenda=AgendaState.DRAFT)
    service.agenda.share(meeting, by=world.actor(world.lise), at=now())
    assert meeting.agenda_state is AgendaState.SHARED
    message = db.session.scalars(select(Message)).one()
    assert (message.kind, message.user_id) == (
        "meetings.news_agenda",
        meeting.case.person.user_id,
    )
    assert set(message.facts) == {"meeting"}


def test_the_persons_yes_is_to_what_was_seen(world: World) -> None:
    meeting = world.meeting(world.case())
    mia, lise = world.actor(meeting.case.person.user), world.actor(world.lise)
    seen = queries.agenda_mark(meeting)
    propose(world, meeting, "Bolig")
    with pytest.raises(Conflict) as both:
        service.agenda.approve(meeting, by=mia, at=now(), how=AgreedHow.DIGITAL, seen=seen)
    assert both.value.theirs == {"Dagsorden": "Bolig"}
    seen = queries.agenda_mark(meeting)
    with pytest.raises(Refused):
        service.agenda.approve(meeting, by=lise, at=now(), how=AgreedHow.DIGITAL, seen=seen)
    service.agenda.approve(meeting, by=lise, at=now(), how=AgreedHow.ORAL, seen=seen)
    assert meeting.agenda_approved_how.startswith("oral")
    service.agenda.approve(meeting, by=mia, at=now(), how=AgreedHow.DIGITAL, seen=seen)
    assert (meeting.agenda_state, meeting.agenda_approved_how) == (
        AgendaState.APPROVED,
        "digital",
    )


def test_what_others_add_after_the_yes_asks_for_it_again(world: World) -> None:
    meeting = world.meeting(world.case(), agenda=AgendaState.APPROVED)
    propose(world, meeting, "Mere om boligen", by=meeting.case.person.user)
    assert meeting.agenda_state is AgendaState.APPROVED
    propose(world, meeting, "Noget nyt")
    assert meeting.agenda_state is AgendaState.SHARED
