"""Opening a case, gathering the network, consent, links and what relatives tell."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import queries as users
from netmeet.cases import queries, service
from netmeet.cases.exports import RENDERERS
from netmeet.cases.rules import LIFE_AREAS, ConsentHow, MemberRole, Scope
from netmeet.cases.service import Place, network, rights, words
from netmeet.cases.service.network import NewCase, Newcomer, Yes
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.rules import LifeArea
from netmeet.outbox.models import Message
from tests.reader import mentions
from tests.world import now

CPR = "0102030000"


def yes(*scopes, **more):
    known = {"months": 12, "how": ConsentHow.ORAL, "asked_alone": True}
    return Yes(scopes=scopes, **{**known, **more})


def messages(kind):
    return db.session.scalars(select(Message).where(Message.kind == kind)).all()


def test_the_areas_of_life_are_the_same_as_those_of_the_meetings():
    assert set(LIFE_AREAS) == {area.value for area in LifeArea}


def test_who_opens_a_case_coordinates_it_and_is_the_contact_of_their_sector(world):
    new = NewCase(name="Omar Haddad", birth_date=date(1984, 9, 3), cpr=CPR, phone="12 34 56 78")
    case = network.begin(new, by=world.actor(world.lise), at=now())
    db.session.commit()
    read = queries.by_id(case.id)
    assert [m.role for m in read.members] == [MemberRole.PERSON, MemberRole.REGIONAL_STAFF]
    assert read.coordinator.user_id == world.lise.id
    assert read.coordinator.is_contact
    assert read.person.user.phone == "12 34 56 78"
    assert queries.person_by_cpr(CPR).id == read.person_id


def test_a_known_number_is_the_same_person_and_what_was_typed_changes_nothing(world):
    by = world.actor(world.lise)
    first = network.begin(NewCase(name="Omar Haddad", cpr=CPR), by=by, at=now())
    second = network.begin(NewCase(name="En anden", cpr=CPR), by=world.actor(world.jonas), at=now())
    assert second.person_id == first.person_id
    assert second.person.name == "Omar Haddad"


def test_a_birth_date_ahead_is_refused(world):
    tomorrow = clock.today() + timedelta(days=2)
    with pytest.raises(Refused, match="frem"):
        network.begin(NewCase(name="X", birth_date=tomorrow), by=world.actor(world.lise), at=now())


def test_whoever_gets_anything_gets_the_basic_data_and_nothing_chosen_is_refused(world):
    case = world.case(consent=(), relative=world.hanne)
    by = world.actor(world.lise)
    given = network.agree(case, yes(Scope.PLAN), by=by, at=now(), recipient_id=world.hanne.id)
    assert given.scopes == {Scope.PLAN, Scope.BASIC}
    assert given.valid_to == calendar.add_months(calendar.to_local(now()).date(), 12)
    with pytest.raises(Refused, match="Vælg mindst"):
        network.agree(case, yes(), by=by, at=now(), recipient_id=world.hanne.id)
    with pytest.raises(Refused, match="næste år"):
        network.agree(case, yes(Scope.PLAN, months=13), by=by, at=now(), recipient_id="x")


def test_a_new_yes_replaces_the_old_one_and_tells_who_must_act(world):
    case = world.case(consent=(), relative=world.hanne, relative_scopes=[Scope.PLAN])
    told = []

    def handler(case_, user_id, organisation_id, _at):
        told.append((case_.id, user_id, organisation_id))

    service.when_a_right_ends(handler)
    try:
        by = world.actor(world.lise)
        network.agree(case, yes(Scope.INVITE), by=by, at=now(), recipient_id=world.hanne.id)
        in_force = queries.consents_in_force(case, now())
        assert [c.scopes for c in in_force] == [{Scope.INVITE, Scope.BASIC}]
        service.withdraw_consent(case, in_force[0], by=by, at=now())
        service.withdraw_consent(case, in_force[0], by=by, at=now())
    finally:
        rights._on_end.remove(handler)  # noqa: SLF001 - the list is shared by all tests
    assert told == [(case.id, world.hanne.id, None)] * 2
    assert not queries.consents_in_force(case, now())


def test_a_colleague_joins_in_the_role_they_hold_and_only_once(world):
    case = world.case(staff=[])
    held = users.user_with_roles(world.jonas.id).roles[0]
    member = network.add_colleague(case, queries.colleague(held.id, now()), at=now())
    assert member.role is MemberRole.MUNICIPAL_STAFF
    assert member.organisation_id == world.office.organisation_id
    with pytest.raises(Refused, match="allerede"):
        network.add_colleague(case, queries.colleague(held.id, now()), at=now())


def test_a_manager_is_no_colleague_in_a_network(world):
    case = world.case(staff=[])
    held = users.user_with_roles(world.manager.id).roles[0]
    with pytest.raises(Refused, match="Vælg en"):
        network.add_colleague(case, queries.colleague(held.id, now()), at=now())
    found = queries.directory(case, world.office.organisation_id, now())
    assert world.manager.id not in {role.user_id for role in found}


def test_a_staff_guest_counts_for_their_sector_and_may_sign_in_for_it(world):
    case = world.case(staff=[])
    who = Newcomer(name="Dr. Bo Lind", email="bo@example.org")
    place = Place(role=MemberRole.GP, place="Lægehuset", title="læge", is_staff_guest=True)
    guest = network.add_newcomer(case, who, place=place, at=now())
    assert guest.is_staff_guest
    assert [role.role for role in users.user_with_roles(guest.user_id).roles] == [Role.GP]
    db.session.commit()
    assert queries.member_by_id(guest.id).sector == "practice"


def test_a_known_address_is_the_same_user_but_never_the_person(world):
    case = world.case()
    place = Place(role=MemberRole.RELATIVE, relation="søster")
    known = Newcomer(name="H.", email=world.hanne.email)
    assert network.add_newcomer(case, known, place=place, at=now()).user_id == world.hanne.id
    own = Newcomer(name="Mia", email=case.person.user.email)
    with pytest.raises(Refused, match="egen adresse"):
        network.add_newcomer(case, own, place=place, at=now())


def test_there_is_one_contact_person_a_sector_and_a_stale_change_is_a_conflict(world):
    case = world.case(staff=[world.jonas, world.stranger])
    rune = queries.member_by_id(case.member(world.stranger.id).id)
    said = {"is_contact": True, "reachable": "hverdage", "stand_in": "Lise Dam"}
    network.describe_contact(rune, version=rune.version, **said)
    contacts = {m.user_id for m in rune.case.members if m.is_contact}
    assert contacts == {world.stranger.id, world.jonas.id}
    with pytest.raises(Conflict) as stale:
        network.describe_contact(rune, version=rune.version - 1, **said)
    assert stale.value.theirs["Afløser"] == "Lise Dam"


def test_handing_over_takes_a_reason_and_somebody_employed(world):
    case = world.case(relative=world.hanne)
    by, jonas = world.actor(world.lise), case.member(world.jonas.id)
    with pytest.raises(Refused, match="hvorfor"):
        service.hand_over(case, to=jonas, by=by, at=now(), reason=" ")
    with pytest.raises(Refused, match="ansat"):
        service.hand_over(
            case, to=case.member(world.hanne.id), by=by, at=now(), reason="Hun kender Mia"
        )
    service.hand_over(case, to=jonas, by=by, at=now(), reason="Mia er udskrevet")
    assert case.lead_ids == {world.jonas.id}


def test_the_person_and_the_only_coordinator_cannot_be_removed(world):
    case = world.case()
    with pytest.raises(Refused, match="eget"):
        service.leave(case, case.member(case.person.user_id), at=now())
    with pytest.raises(Refused, match="koordinator"):
        service.leave(case, case.coordinator, at=now())
    service.leave(case, case.member(world.jonas.id), at=now())
    assert case.member(world.jonas.id) is None


def test_who_leaves_loses_what_they_were_allowed_and_their_link(world):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC, Scope.PLAN])
    token = network.new_link(case, case.member(world.hanne.id), at=now())
    service.leave(case, case.member(world.hanne.id), by=world.actor(world.lise), at=now())
    (consent,) = [c for c in case.consents if c.recipient_id == world.hanne.id]
    assert not consent.is_in_force(now())
    assert consent.withdrawal.by_id == world.lise.id
    assert users.link_by_token(token).revoked_at is not None
    assert len(queries.consents_in_force(case, now())) == 2


def test_a_link_is_sent_by_mail_ends_the_one_before_and_three_an_hour_are_enough(world):
    case = world.case(relative=world.hanne)
    member = case.member(world.hanne.id)
    first = network.new_link(case, member, at=now())
    network.send_link(case, member, at=now())
    assert users.link_by_token(first).revoked_at is not None
    (message,) = messages("cases.link")
    letter = RENDERERS["cases.link"](message, now())
    assert letter.to == world.hanne.email
    assert message.facts["token"] in letter.text
    assert not mentions(letter.subject + letter.text + letter.html, "Mia")
    network.send_link(case, member, at=now())
    with pytest.raises(Refused, match="Vent"):
        network.send_link(case, member, at=now())


def test_a_link_is_not_sent_to_who_has_left_or_has_no_address(world):
    case = world.case(relative=world.hanne)
    network.send_link(case, case.member(world.hanne.id), at=now())
    service.leave(case, case.member(world.hanne.id), at=now())
    db.session.commit()
    (message,) = messages("cases.link")
    assert RENDERERS["cases.link"](message, now()) is None
    place = Place(role=MemberRole.RELATIVE, relation="nabo")
    neighbour = network.add_newcomer(case, Newcomer(name="Nabo"), place=place, at=now())
    with pytest.raises(Refused, match="brev"):
        network.send_link(case, neighbour, at=now())


def test_a_law_needs_words_scopes_and_a_known_name_and_the_person_is_told(world):
    case = world.case(consent=())
    ours = {
        "by": world.actor(world.lise),
        "at": now(),
        "organisation_id": world.office.organisation_id,
        "paragraph": "43(2)2",
    }
    with pytest.raises(Refused, match="nødvendigt"):
        network.record_law(case, scopes={Scope.PLAN}, necessity=" ", **ours)
    with pytest.raises(Refused, match="Vælg mindst"):
        network.record_law(case, scopes=set(), necessity="For at …", **ours)
    basis = network.record_law(case, scopes={Scope.PLAN}, necessity="For at hjælpe", **ours)
    assert basis.is_in_force(now())
    (message,) = messages("cases.news")
    letter = RENDERERS["cases.news"](message, now())
    assert letter.to == case.person.user.email
    network.end_law(basis, at=now())
    network.end_law(basis, at=now())
    assert not basis.is_in_force(now())


def test_what_a_relative_tells_reaches_the_coordinator_as_a_neutral_mail(world):
    case = world.case(relative=world.hanne)
    by = world.actor(world.hanne)
    with pytest.raises(Refused, match="Skriv"):
        words.tell_staff(case, "  ", by=by, at=now())
    words.tell_staff(case, "Hun sover ikke.", by=by, at=now())
    assert [w.text for w in queries.told(case)] == ["Hun sover ikke."]
    assert not queries.told(case, author_id=world.lise.id)
    (message,) = messages("cases.news")
    assert message.user_id == world.lise.id
    assert "sover" not in RENDERERS["cases.news"](message, now()).text


def test_nobody_is_written_to_without_an_address(world):
    case = world.case(consent=())
    case.person.user.email = ""
    network.tell(case.person.user, case_id=case.id, about="x", at=now())
    (message,) = messages("cases.news")
    assert RENDERERS["cases.news"](message, now()) is None
