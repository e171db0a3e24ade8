"""The person's own data: who reads and changes it, and the number nobody sees by accident."""

import pytest
from sqlalchemy import select

from netmeet.accounts.models import Session
from netmeet.audit.models import AuditEvent
from netmeet.cases import queries
from netmeet.core import sealed
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.outbox.rules import Channel

CPR = "1204910002"
HOME = "Kastanievej 12, 2. tv."


@pytest.fixture
def case(world):
    made = world.case()
    made.person.cpr = CPR
    made.person.cpr_index = sealed.keyring().index(CPR, kind="cpr")
    made.person.user.address = HOME
    made.person.user.phone = "00 00 11 22"
    db.session.flush()
    return made


def typed(case, **facts):
    case = queries.by_id(case.id)
    user = case.person.user
    form = {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "address": user.address,
        "interpreter": "",
        "channel": "mail",
        "version": case.person.version + user.version,
    }
    return form | facts


def path_of(case):
    return f"/cases/{case.id}/person"


def looks(operation):
    return db.session.scalars(
        select(AuditEvent).where(AuditEvent.operation == operation, AuditEvent.allowed)
    ).all()


def test_the_coordinator_changes_how_the_person_is_reached(world, client, case):
    world.sign_in(client, world.lise)
    page = client.get(path_of(case))
    assert HOME in page.text
    form = typed(case, name="Mia Holm Sørensen", phone="00 00 33 44", interpreter="arabisk")
    answer = client.send(path_of(case), form | {"email": "", "channel": "letter"})
    assert (answer.status_code, answer.location) == (303, path_of(case))
    person = queries.by_id(case.id).person
    assert (person.name, person.user.phone) == ("Mia Holm Sørensen", "00 00 33 44")
    assert (person.interpreter, person.user.channel) == ("arabisk", Channel.LETTER)
    assert (person.user.email, person.user.email_index) == ("", None)
    assert "Det er gemt." in client.get(answer.location).text


def test_another_email_of_the_person_waits_for_a_proof(world, client, case):
    before = case.person.user.email
    world.sign_in(client, world.lise, by="demo")
    answer = client.send(path_of(case), typed(case, email="ny@example.org"))
    assert answer.location.startswith("/step-up?next=")
    assert queries.by_id(case.id).person.user.email == before
    assert not looks("patient.update_contact")
    assert client.send(path_of(case), typed(case, name="Mia Holm")).location == path_of(case)
    assert len(looks("patient.update_contact")) == 1


def test_a_second_person_may_have_no_address_either(world, client, case):
    other = world.case("Omar Haddad")
    world.sign_in(client, world.lise)
    for each in (case, other):
        form = typed(each, email="", channel="letter")
        assert client.send(path_of(each), form).status_code == 303


def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(world, client, case):
    world.sign_in(client, world.lise)
    form = typed(case, name="", address="Ny vej 7", email="ikke en adresse")
    answer = client.send(path_of(case), form)
    assert answer.status_code == 422
    assert "Skriv noget her." in answer.text
    assert 'value="Ny vej 7"' in answer.text
    no_way = client.send(path_of(case), typed(case, email=""))
    assert "Skriv en mailadresse, eller vælg brev." in no_way.text
    taken = client.send(path_of(case), typed(case, email=world.lise.email))
    assert taken.status_code == 422
    assert "Den e-mail kan ikke bruges her." in taken.text


def test_a_stale_version_is_409_with_both_texts(world, client, case):
    world.sign_in(client, world.lise)
    stale = typed(case, address="Min nye vej 1")
    assert client.send(path_of(case), typed(case, address="Deres nye vej 2")).status_code == 303
    answer = client.send(path_of(case), stale)
    assert answer.status_code == 409
    assert "Min nye vej 1" in answer.text
    assert "Deres nye vej 2" in answer.text
    assert queries.by_id(case.id).person.user.address == "Deres nye vej 2"


def test_a_protected_address_is_shown_to_the_person_alone(world, client, case):
    case.person.is_protected = True
    world.sign_in(client, world.lise)
    for path in (path_of(case), f"/cases/{case.id}/team"):
        page = client.get(path).text
        assert HOME not in page
        assert "00 00 11 22" not in page
    form = typed(case, address="", phone="", is_protected="y", interpreter="polsk")
    assert client.send(path_of(case), form).status_code == 303
    user = queries.by_id(case.id).person.user
    assert (user.address, user.phone) == (HOME, "00 00 11 22")
    stale = client.send(path_of(case), form)
    assert stale.status_code == 409
    assert HOME not in stale.text
    world.sign_in(client, user)
    assert HOME in client.get(path_of(case)).text


def test_only_the_coordinator_or_the_person_lifts_the_protection(world, client, case):
    case.person.is_protected = True
    world.sign_in(client, world.jonas)
    answer = client.send(path_of(case), typed(case))
    assert answer.status_code == 422
    assert "ophæve beskyttelsen" in answer.text
    world.sign_in(client, world.lise)
    assert client.send(path_of(case), typed(case)).status_code == 303


def test_the_number_is_masked_until_asked_for_and_each_look_is_logged(world, client, case):
    world.sign_in(client, world.jonas)
    page = client.get(path_of(case)).text
    assert "120491-****" in page
    assert "0002" not in page
    assert looks("patient.reveal_cpr") == []
    shown = client.send(f"/cases/{case.id}/cpr", {})
    assert shown.status_code == 200
    assert "120491-0002" in shown.text
    client.send(f"/cases/{case.id}/cpr", {})
    seen = looks("patient.reveal_cpr")
    assert [(each.user_id, each.case_id) for each in seen] == [(world.jonas.id, case.id)] * 2


def test_the_number_takes_a_fresh_proof(world, client, case):
    world.sign_in(client, world.jonas)
    login = db.session.scalars(select(Session)).one()
    login.stepped_up_at = None
    world.save()
    answer = client.send(f"/cases/{case.id}/cpr", {})
    assert answer.status_code == 303
    assert "/step-up" in answer.location
    assert looks("patient.reveal_cpr") == []


def test_a_doctor_reads_and_does_not_change(world, client):
    ellen = world.staff("Ellen Brandt", world.office, role=Role.GP)
    case = world.case("Omar Haddad", staff=[ellen])
    case.person.user.address = HOME
    world.sign_in(client, ellen)
    page = client.get(path_of(case))
    assert HOME in page.text
    assert client.send(path_of(case), typed(case)).status_code == 403


def test_strangers_and_relatives_find_nothing(world, client, case):
    world.add_relative(case, world.hanne, scopes=("basic", "network"))
    for user in (world.stranger, world.hanne, world.manager):
        world.sign_in(client, user)
        assert client.get(path_of(case)).status_code in {403, 404}
        assert client.send(f"/cases/{case.id}/cpr", {}).status_code in {403, 404}


def test_the_page_asks_no_more_with_a_larger_network(world, client, case, count_queries):
    colleagues = [world.staff(f"Kollega {n}", world.office, role=Role.MUN) for n in range(8)]
    large = world.case("Omar Haddad", staff=colleagues)
    world.sign_in(client, world.lise)
    with count_queries() as few:
        client.get(path_of(case))
    with count_queries() as many:
        client.get(path_of(large))
    assert len(many) == len(few)
    assert len(many) <= 12
