"""The administrator's staff: who is listed, added, and given and deprived of roles."""

import re

import pytest
from sqlalchemy import select

from netmeet.accounts import queries, service
from netmeet.accounts.models import Session, UnitRole
from netmeet.accounts.service import staff
from netmeet.audit.models import AuditEvent
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from tests.world import now


@pytest.fixture
def pia(world):
    return world.staff("Pia Torp", world.office, role=Role.ADM, title="administrator")


@pytest.fixture
def admin(world, client, pia):
    world.sign_in(client, pia)
    return client


def typed(world, **facts):
    form = {
        "name": "Karla Birkholm-Østergaard",
        "email": "karla@example.org",
        "role": "mun",
        "unit_id": world.office.id,
        "title": "sagsbehandler",
    }
    return form | facts


def roles_of(user):
    return {(held.role, held.until is None) for held in queries.user_with_roles(user.id).roles}


def password_on(page):
    return re.search(r"<code>(.+?)</code>", page)[1]


def test_the_list_is_the_own_organisations(world, admin):
    world.save()
    text = admin.get("/users").text
    jonas, lise = world.jonas, world.lise
    world.save()
    text = admin.get("/users").text
    assert jonas.name in text
    assert "Medarbejder i kommunen, Socialafdelingen, Frederiksberg" in text
    assert lise.name not in text
    assert "dig selv" in text


def test_a_new_user_signs_in_with_the_password_shown_once(world, admin, client):
    answer = admin.send("/users/new", typed(world))
    assert answer.status_code == 200
    password = password_on(answer.text)
    assert len(password) >= 15
    assert "Karla Birkholm-Østergaard" in admin.get("/users").text
    assert password not in admin.get("/users").text
    client.send("/logout", {})
    login = {"email": "karla@example.org", "password": password}
    assert client.send("/login", login).status_code == 303
    assert "Medarbejder" not in client.get("/").text


def test_a_known_address_gets_the_role_and_keeps_its_password(world, admin):
    lise = world.lise
    hash_before = lise.password_hash
    world.save()
    answer = admin.send("/users/new", typed(world, email=lise.email, role="aud"))
    assert answer.status_code == 200
    assert "<code>" not in answer.text
    assert lise.name not in answer.text
    assert queries.user_with_roles(lise.id).password_hash == hash_before
    assert (Role.AUD, True) in roles_of(lise)


def test_what_is_wrong_stands_beside_the_field(world, admin):
    answer = admin.send("/users/new", typed(world, email="nej", role="", unit_id=""))
    assert answer.status_code == 422
    for words in ("Skriv en e-mail som navn@sted.dk.", "Vælg en rolle.", "Vælg en enhed."):
        assert words in answer.text
    assert "Karla Birkholm-Østergaard" in answer.text


@pytest.mark.parametrize("role", ["pat", "sys", "lead", "rel"])
def test_only_roles_of_the_office_are_given(world, admin, role):
    assert admin.send("/users/new", typed(world, role=role)).status_code == 422
    assert queries.by_email("karla@example.org") is None


def test_units_of_others_are_not_offered(world, admin):
    ward = world.ward
    world.save()
    assert admin.send("/users/new", typed(world, unit_id=ward.id)).status_code == 422


def test_a_role_is_given_and_ended_and_ends_at_once(world, client, admin, pia):
    jonas = world.jonas
    world.save()
    path = f"/users/{jonas.id}"
    form = {"role": "mgr", "unit_id": world.office.id, "title": "leder"}
    assert admin.send(path, form).status_code == 303
    assert roles_of(jonas) == {(Role.MUN, True), (Role.MGR, True)}
    world.sign_in(client, jonas, role=world.role_of(jonas))
    assert client.get("/actions").status_code == 200
    jonas_browser = client.get_cookie("netmeet").value
    world.sign_in(client, pia)
    held = world.role_of(jonas)
    assert admin.send(f"{path}/roles/{held.id}/end", {}).status_code == 303
    assert roles_of(jonas) == {(Role.MUN, False), (Role.MGR, True)}
    client.set_cookie("netmeet", jonas_browser)
    assert client.get("/actions").status_code == 303
    logged = db.session.scalars(
        select(AuditEvent).where(AuditEvent.operation == "user.assign_role", AuditEvent.allowed)
    ).all()
    assert {each.user_id for each in logged} == {pia.id}


def test_nobody_changes_their_own_roles(world, admin, pia):
    held = world.role_of(pia)
    world.save()
    assert admin.get(f"/users/{pia.id}").status_code == 403
    assert admin.send(f"/users/{pia.id}/roles/{held.id}/end", {}).status_code == 403
    answer = admin.send("/users/new", typed(world, email=pia.email, role="mgr"))
    assert answer.status_code == 422
    assert "Ingen kan ændre sine egne roller." in answer.text
    assert roles_of(pia) == {(Role.ADM, True)}


def test_the_last_administrator_stays(world, pia):
    other = world.staff("Bo Rask", world.office, role=Role.ADM)
    elsewhere = world.staff("Ane Skov", world.ward, role=Role.ADM)
    by, at = world.actor(elsewhere), now()
    staff.end(world.role_of(other), by=by, at=at)
    with pytest.raises(Refused, match="Der skal altid være en administrator"):
        staff.end(world.role_of(pia), by=by, at=at)
    assert world.role_of(pia).until is None


def test_roles_elsewhere_are_neither_shown_nor_ended(world, admin):
    jonas = world.staff("Jonas Holm", world.ward, role=Role.REG)
    world.save()
    jonas = world.jonas
    elsewhere = db.session.scalars(
        select(UnitRole).where(UnitRole.user_id == jonas.id, UnitRole.unit_id == world.ward.id)
    ).one()
    world.save()
    page = admin.get(f"/users/{jonas.id}")
    assert "Afsnit O" not in page.text
    assert admin.send(f"/users/{jonas.id}/roles/{elsewhere.id}/end", {}).status_code == 404


def test_others_organisations_and_other_roles_find_nothing(world, client, admin):
    lise = world.lise
    world.save()
    assert admin.get(f"/users/{lise.id}").status_code in {403, 404}
    for user in (world.jonas, world.manager):
        world.sign_in(client, user)
        for path in ("/users", "/users/new", f"/users/{lise.id}"):
            assert client.get(path).status_code == 404


def test_giving_a_role_takes_a_fresh_proof(world, admin):
    for login in db.session.scalars(select(Session)):
        login.stepped_up_at = None
    world.save()
    assert "/step-up" in admin.get("/users/new").location
    assert admin.get("/users").status_code == 200


def test_a_password_is_changed_by_who_knows_it(world, client):
    jonas = world.jonas
    service.set_password(jonas, "tre grønne cykler")
    world.sign_in(client, jonas, by="password")
    assert "Skift adgangskode" in client.get("/account").text
    path = "/account/password"
    wrong = client.send(path, {"password": "noget andet", "fresh": "fire blå lastbiler"})
    assert (wrong.status_code, "Adgangskoden passer ikke." in wrong.text) == (422, True)
    short = client.send(path, {"password": "tre grønne cykler", "fresh": "kort"})
    assert "mindst 15 tegn" in short.text
    changed = client.send(path, {"password": "tre grønne cykler", "fresh": "fire blå lastbiler"})
    assert changed.status_code == 303
    assert service.check_password(jonas.email, "fire blå lastbiler") is not None
    assert service.check_password(jonas.email, "tre grønne cykler") is None
