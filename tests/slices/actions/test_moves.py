from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions import exports, queries, service
from netmeet.actions.exports import history
from netmeet.actions.rules import PersonsWord, Status, WaitingFor
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.rules import MeetingState
from netmeet.outbox.models import Message
from tests.slices.actions.making import agree, own
from tests.world import now


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def action(world, case):
    return agree(world, case, world.jonas)


def later(days=14):
    return clock.today() + timedelta(days=days)


def postpone(world, action, **facts):
    known = {"to": later(), "reason": "Der er ferie.", "version": action.version, **facts}
    service.postpone(action, by=world.actor(world.jonas), at=now(), **known)


def candidate(world, action, user):
    found = queries.candidates(action, actor=world.actor(world.lise))
    return next(one for one in found if one.user.id == user.id)


def test_a_later_date_counts_as_put_off(world, action):
    postpone(world, action)
    assert action.due_on == later()
    assert action.postponed == 1
    assert action.first_due_on < action.due_on
    postpone(world, action, to=later(3))
    assert action.postponed == 1


def test_what_the_person_puts_off_is_not_counted(world, case):
    action = own(world, case)
    postpone(world, action)
    assert action.postponed == 0


def test_a_new_date_needs_a_reason_and_lies_ahead(world, action):
    with pytest.raises(Refused) as no:
        postpone(world, action, reason=" ")
    assert no.value.field == "reason"
    with pytest.raises(Refused) as no:
        postpone(world, action, to=later(-1))
    assert no.value.field == "due_on"


def test_a_stale_move_is_a_conflict(world, action):
    stale = action.version
    postpone(world, action)
    with pytest.raises(Conflict):
        postpone(world, action, version=stale)


def test_handing_over_tells_the_new_owner_the_old_and_the_coordinator(world, case, action):
    rikke = world.staff("Rikke Lund", world.office, role=Role.MUN)
    place = cases.Place(
        role=case.member(world.jonas.id).role,
        organisation_id=world.office.organisation_id,
        unit_id=world.office.id,
    )
    cases.join(case, rikke, place=place, at=now())
    service.reassign(
        action,
        to=candidate(world, action, rikke),
        by=world.actor(world.stranger),
        at=now(),
        version=action.version,
    )
    assert action.owner_id == rikke.id
    told = {message.user_id for message in db.session.scalars(select(Message))}
    assert told == {rikke.id, world.jonas.id, world.lise.id}
    assert "gav aftalen videre til Rikke Lund" in history.events(action)[0].text


def test_nobody_without_consent_gets_an_agreement(world):
    case = world.case(consent=[])
    action = agree(world, case, world.lise)
    to = candidate(world, action, world.jonas)
    with pytest.raises(Refused) as no:
        service.reassign(
            action, to=to, by=world.actor(world.lise), at=now(), version=action.version
        )
    assert no.value.field == "to"


def test_a_manager_chooses_among_the_own_unit(world, action):
    rikke = world.staff("Rikke Lund", world.office, role=Role.MUN)
    found = queries.candidates(action, actor=world.actor(world.manager))
    assert [one.user.id for one in found] == [rikke.id]


def test_what_the_person_does_becomes_a_task_when_somebody_takes_it_over(world, case):
    action = own(world, case)
    to = candidate(world, action, world.lise)
    service.reassign(action, to=to, by=world.actor(world.lise), at=now(), version=action.version)
    assert not action.is_persons


def test_staff_say_why_it_shall_not_happen_and_the_person_need_not(world, case, action):
    with pytest.raises(Refused):
        service.cancel(
            action, by=world.actor(world.lise), at=now(), reason="", version=action.version
        )
    mine = own(world, case)
    by = world.actor(case.person.user)
    service.cancel(mine, by=by, at=now(), reason="", version=mine.version)
    assert mine.status is Status.DROPPED
    with pytest.raises(Refused):
        service.cancel(mine, by=by, at=now(), reason="", version=mine.version)


def test_open_agreements_go_on_as_the_same_rows(world, case):
    first = world.meeting(case, in_days=-20, state=MeetingState.PUBLISHED)
    follow_up = world.meeting(case, in_days=10)
    action = agree(world, case, world.jonas, meeting_id=first.id, meeting=first)
    mine = own(world, case, meeting_id=first.id, meeting=first)
    ended = agree(world, case, world.jonas, closed_at=now(), status=Status.DONE)
    by = world.actor(world.lise)
    carried = service.carry_over(first, to=follow_up, by=by, at=now())
    service.carry_over(first, to=follow_up, by=by, at=now())
    assert {each.id for each in carried} == {action.id, mine.id}
    assert action.carried == 1
    assert action.meeting_id == first.id
    assert mine.carried == 0
    assert ended.carried == 0
    assert "tages op på næste møde" in exports.origin(action)
    third = world.meeting(case, in_days=60)
    service.carry_over(follow_up, to=third, by=by, at=now())
    assert "taget med videre 2 gange" in exports.origin(action)


def test_a_withdrawn_consent_lets_what_the_organisation_owes_wait(world, case, action):
    kept = agree(world, case, world.lise)
    mine = own(world, case)
    consent = next(c for c in case.consents if c.organisation_id == world.office.organisation_id)
    at = now()
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=at)
    for _ in range(2):
        service.follow_rights(case, None, world.office.organisation_id, at)
    assert action.status is Status.WAITING
    assert queries.asked([action])[action.id].waits_for is WaitingFor.CONSENT
    assert len(queries.history(action)) == 1
    assert kept.status is Status.NOT_STARTED
    assert mine.status is Status.NOT_STARTED


def test_a_consent_that_was_replaced_pauses_nothing(world, case, action):
    service.follow_rights(case, None, world.office.organisation_id, now())
    assert action.status is Status.NOT_STARTED


def test_a_consent_given_again_lets_it_go_on_where_it_was(world, case, action):
    office = world.office.organisation_id
    person = world.actor(case.person.user)
    service.report(
        action,
        status=Status.IN_PROGRESS,
        by=world.actor(world.jonas),
        at=now(),
        version=action.version,
    )
    consent = next(c for c in case.consents if c.organisation_id == office)
    cases.withdraw_consent(case, consent, by=person, at=now())
    assert queries.asked([action])[action.id].waits_for is WaitingFor.CONSENT
    cases.grant_consent(
        case,
        by=person,
        at=now(),
        scopes=[Scope.BASIC, Scope.ACTIONS],
        how=ConsentHow.DIGITAL,
        organisation_id=office,
    )
    assert action.status is Status.IN_PROGRESS
    assert queries.asked([action])[action.id].waits_for is None
    assert history.events(action)[0].text == ("Aftalen går videre, fordi samtykket er givet igen")
    told = db.session.scalars(select(Message.user_id).where(Message.kind == "actions.news"))
    assert {world.jonas.id, world.lise.id} <= set(told)
    service.follow_rights(case, None, office, now())
    assert len(queries.history(action)) == 3


def test_what_ended_meanwhile_is_not_taken_up_again(world, case, action):
    office = world.office.organisation_id
    consent = next(c for c in case.consents if c.organisation_id == office)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=now())
    service.cancel(
        action, by=world.actor(world.lise), at=now(), reason="Væk", version=action.version
    )
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=[Scope.BASIC],
        how=ConsentHow.DIGITAL,
        organisation_id=office,
    )
    assert action.status is Status.DROPPED


def doubted(world, case, action):
    by = world.actor(case.person.user)
    service.said(action, PersonsWord.NO, by=by, at=now(), words="Ingen har ringet.")
    assert action.is_doubted


def done_again(world, action):
    for status in (Status.IN_PROGRESS, Status.DONE):
        by = world.actor(world.jonas)
        service.report(action, status=status, by=by, at=now(), version=action.version)


def given_on(world, action):
    to = candidate(world, action, world.lise)
    by = world.actor(world.lise)
    service.reassign(action, to=to, by=by, at=now(), version=action.version)


@pytest.mark.parametrize("act", [done_again, postpone, given_on])
def test_who_acts_on_a_doubt_settles_it_and_the_person_is_asked_anew(world, case, action, act):
    doubted(world, case, action)
    act(world, action)
    assert not action.is_doubted
    agreed = exports.agreed([action], today=clock.today())
    assert len(agreed.asked) == (action.status is Status.DONE)
    assert not agreed.ended
    assert "Ingen har ringet." in {event.reason for event in history.events(action)}


def test_a_pause_is_nobodys_answer_to_a_doubt(world, case, action):
    doubted(world, case, action)
    consent = case.consents[1]
    at = now()
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=at)
    service.follow_rights(case, None, world.office.organisation_id, at)
    assert action.status is Status.WAITING
    assert action.is_doubted


def test_a_doubt_stands_on_the_owners_list_for_as_long_as_nobody_acts(world, case, action):
    by = world.actor(world.jonas)
    service.report(action, status=Status.DONE, by=by, at=now(), version=action.version)
    doubted(world, case, action)
    action.closed_at = now() - timedelta(days=99)
    db.session.flush()
    assert list(queries.mine(by)) == [action]


def test_what_was_not_possible_and_is_doubted_stands_once(world, case, action):
    by = world.actor(world.jonas)
    report = {"status": Status.NOT_POSSIBLE, "comment": "Der er ingen.", "by": by, "at": now()}
    service.report(action, version=action.version, **report)
    doubted(world, case, action)
    agreed = exports.agreed([action], today=clock.today())
    assert [len(agreed.others), len(agreed.ended)] == [1, 0]
