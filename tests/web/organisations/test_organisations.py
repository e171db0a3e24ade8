"""The administrator's own organisation and units: names, days, ends, and everybody else's."""

import re
from datetime import timedelta

import pytest

from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.organisations import jobs, queries
from netmeet.organisations.rules import code_of
from tests.world import now

LONG = "Center for Socialpsykiatri, Beskæftigelse, Rusmidler og Hjemløshed på Frederiksberg"


@pytest.fixture
def admin(world, client):
    pia = world.staff("Pia Torp", world.office, role=Role.ADM)
    world.sign_in(client, pia)
    return client


def typed(row, **facts):
    form = {
        "name": row.name,
        "name_from": clock.today().isoformat(),
        "phone": "",
        "valid_to": "",
        "version": row.version,
    }
    return form | facts


def day(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def test_the_page_shows_the_own_organisation_and_its_units(world, admin):
    world.unit(LONG, world.office.organisation)
    gone = world.unit("Det gamle kontor", world.office.organisation)
    gone.valid_to = clock.today() - timedelta(days=1)
    ward = world.ward
    world.save()
    text = admin.get("/organisation").text
    assert "Frederiksberg Kommune" in text
    assert LONG in text
    assert text.index("Én enhed er sluttet") < text.index("Det gamle kontor")
    assert ward.name not in text


def test_a_unit_is_added_with_a_code_of_its_name(world, admin):
    first = {"name": "Bostøtte på Nørrebro", "name_from": day(3), "initiative": "F-ACT"}
    assert admin.send("/units/new", first).status_code == 303
    made = queries.units_of(world.office.organisation_id)
    added = next(unit for unit in made if unit.name == "Bostøtte på Nørrebro")
    assert added.code.endswith("-bostoett") or "bostoette" in added.code
    assert (added.initiative, added.valid_from) == ("F-ACT", clock.today() + timedelta(days=3))
    assert added not in queries.units(clock.today())
    twice = admin.send("/units/new", first)
    assert twice.status_code == 422
    assert "Der er allerede en enhed med det navn." in twice.text
    wrong = admin.send("/units/new", {"name": "Ny", "name_from": day(0), "valid_to": day(-1)})
    assert "Den sidste dag ligger før den første." in wrong.text


def test_a_name_holds_from_its_day(world, admin):
    unit = world.office
    path = f"/units/{unit.id}/edit"
    later = typed(unit, name="Voksne og Ældre", name_from=day(5), phone="00 00 55 66")
    assert admin.send(path, later).status_code == 303
    assert queries.unit(unit.id).name == "Socialafdelingen, Frederiksberg"
    assert "hedder Voksne og Ældre fra" in admin.get("/organisation").text
    assert 'value="Voksne og Ældre"' in admin.get(path).text
    jobs.rename(now() + timedelta(days=4))
    assert queries.unit(unit.id).name == "Socialafdelingen, Frederiksberg"
    jobs.rename(now() + timedelta(days=5))
    assert queries.unit(unit.id).name == "Voksne og Ældre"
    assert queries.names_to_come([unit.id]) == {}


def test_a_name_from_today_holds_at_once_and_a_planned_one_gives_way(world, admin):
    unit = world.office
    path = f"/units/{unit.id}/edit"
    admin.send(path, typed(unit, name="Senere", name_from=day(5)))
    unit = queries.unit(unit.id)
    assert admin.send(path, typed(unit, name=LONG)).status_code == 303
    assert queries.unit(unit.id).name == LONG
    assert queries.names_to_come([unit.id]) == {}


def test_a_unit_ends_and_is_offered_no_more(world, admin):
    unit = world.unit("Det gamle kontor", world.office.organisation)
    world.save()
    answer = admin.send(f"/units/{unit.id}/edit", typed(unit, valid_to=day(0)))
    assert answer.status_code == 303
    ended = queries.unit(unit.id)
    assert ended in queries.units(clock.today())
    assert ended not in queries.units(clock.today() + timedelta(days=1))


def test_a_stale_version_is_409_and_nothing_is_lost(world, admin):
    unit = world.office
    path = f"/units/{unit.id}/edit"
    stale = typed(unit, name="Mit navn")
    assert admin.send(path, typed(unit, name="Deres navn")).status_code == 303
    answer = admin.send(path, stale)
    assert answer.status_code == 409
    assert "Mit navn" in answer.text
    assert "Deres navn" in answer.text
    empty = admin.send(path, typed(queries.unit(unit.id), name="", phone="00 00 77 88"))
    assert empty.status_code == 422
    assert "00 00 77 88" in empty.text


def test_the_organisation_itself_is_renamed(world, admin):
    ours = world.office.organisation
    path = f"/organisations/{ours.id}/edit"
    assert "initiative" not in admin.get(path).text
    assert admin.send(path, typed(ours, name="Frederiksberg")).status_code == 303
    assert queries.organisation(ours.id).name == "Frederiksberg"


def test_others_are_read_and_not_changed(world, client, admin):
    ward = world.ward
    world.save()
    text = admin.get("/organisations").text
    assert "Psykiatrisk Center København" in text
    assert "Frederiksberg Kommune" in text
    for path in (f"/units/{ward.id}/edit", f"/organisations/{ward.organisation_id}/edit"):
        assert admin.get(path).status_code == 404
        assert admin.send(path, typed(ward, name="Mit")).status_code == 404
    world.sign_in(client, world.manager)
    assert client.get("/organisation").status_code == 200
    assert "Ret" not in client.get("/organisation").text.split("<main")[1].split("</main>")[0]
    assert client.get("/units/new").status_code == 404
    mia = world.case().person.user
    world.sign_in(client, mia)
    assert client.get("/organisation").status_code == 404


def test_the_page_of_lists_says_what_a_file_holds_and_no_command(admin):
    text = admin.get("/organisation/import").text
    for said in ("Organisationer", "Enheder", "Brugere", "email, name, role, unit, title, phone"):
        assert said in text
    assert not re.search(r"netmeet (import|export)|fil\.csv", text)


def test_a_code_is_plain_and_short():
    assert code_of("Bostøtte på Ærø", within="147") == "147-bostoette-paa-aeroe"
    assert code_of("¤¤¤", within="147") == "147-enhed"
    assert len(code_of(LONG, within="147")) <= 32


def test_an_empty_organisation_says_so(world, client):
    lonely = world.staff("Ida Kok", world.office, role=Role.ADM)
    for unit in queries.units_of(world.office.organisation_id):
        unit.valid_to = clock.today() - timedelta(days=1)
    db.session.flush()
    world.sign_in(client, lonely)
    assert "Organisationen har ingen enheder endnu." in client.get("/organisation").text
