"""Who reads the committee's report, and of which committees."""

import pytest

from netmeet.core import clock, ids
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.indicators import rules
from netmeet.organisations.models import Committee
from netmeet.organisations.rules import CommitteeKind
from tests.world import LONG_AGO


def sits(world, name, *organisations):
    row = Committee(
        code=f"test-{ids.new_id()}",
        name=name,
        kind=CommitteeKind.ADULT,
        area="byen",
        valid_from=LONG_AGO,
        organisations=list(organisations),
    )
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def vibeke(world):
    return world.staff("Vibeke Skov", world.ward, role=Role.COM)


def test_a_member_reads_the_report_of_own_committees(world, client, vibeke):
    own = sits(world, "Udvalget i byen", world.ward.organisation)
    other = sits(world, "Udvalget i syd", world.office.organisation)
    world.sign_in(client, vibeke)
    assert "/committee" in client.get("/").text
    page = client.get("/committee")
    assert "Udvalget i byen" in page.text
    assert "Udvalget i syd" not in page.text
    assert "Der blev ikke holdt møder i det kvartal." in page.text
    assert "0 %" not in page.text
    others = client.get(f"/committee?committee={other.code}&quarter=nonsense")
    assert "Udvalget i syd" not in others.text
    quarter = rules.past_quarters(clock.today())[3]
    earlier = client.get(f"/committee?committee={own.code}&quarter={quarter.key}")
    assert f"{quarter.number}. kvartal {quarter.year}:" in earlier.text


def test_without_a_committee_it_says_so(world, client, vibeke):
    world.sign_in(client, vibeke)
    assert "er ikke med i et udvalg lige nu" in client.get("/committee").text


def test_nobody_else_reads_it(world, client):
    sits(world, "Udvalget i byen", world.ward.organisation, world.office.organisation)
    mia = world.case().person.user
    for user in (world.lise, world.manager, mia):
        world.sign_in(client, user)
        assert client.get("/committee").status_code == 404


def test_a_member_of_a_committee_opens_no_overview_and_no_case(world, client, vibeke):
    case = world.case()
    world.sign_in(client, vibeke)
    for path in ("/overview", f"/cases/{case.id}", "/actions"):
        assert client.get(path).status_code == 404


def test_an_organisation_writes_its_risks_and_the_others_read_them(world, client, vibeke):
    own = sits(world, "Udvalget i byen", world.ward.organisation, world.office.organisation)
    bodil = world.staff("Bodil Vest", world.office, role=Role.COM)
    world.sign_in(client, vibeke)
    quarter = rules.past_quarters(clock.today())[0]
    path = f"/committee?committee={own.code}&quarter={quarter.key}"
    assert "Ingen har skrevet om risici i det kvartal." in client.get(path).text
    which = {"committee": own.code, "quarter": quarter.key, "version": 0}
    form = which | {"text": "Der mangler tolke."}
    assert client.send("/committee", form).status_code == 303
    assert "Der mangler tolke." in client.get(path).text
    stale = client.send("/committee", form | {"text": "Der mangler biler."})
    assert stale.status_code == 409
    assert "Der mangler tolke." in stale.text
    assert "Der mangler biler." in stale.text
    assert f'name="quarter" value="{quarter.key}"' in stale.text
    assert client.send("/committee", form | {"text": "a" * 4001}).status_code == 422
    earlier = rules.past_quarters(clock.today())[1]
    assert "tolke" not in client.get(f"/committee?quarter={earlier.key}").text
    world.sign_in(client, bodil)
    assert "Der mangler tolke." in client.get(path).text
    other = which | {"text": "Der mangler boliger."}
    assert client.send("/committee", other).status_code == 303
    both = client.get(path).text
    assert both.index("Frederiksberg Kommune") < both.index("Der mangler boliger.")
    assert both.index("Psykiatrisk Center København") < both.index("Der mangler tolke.")


def test_nobody_else_writes_risks(world, client, vibeke):
    other = sits(world, "Udvalget i syd", world.office.organisation)
    own = sits(world, "Udvalget i byen", world.ward.organisation)
    quarter = rules.past_quarters(clock.today())[0].key
    form = {"committee": other.code, "quarter": quarter, "text": "Ikke vores.", "version": 0}
    world.sign_in(client, vibeke)
    assert client.send("/committee", form).status_code == 404
    unknown = form | {"committee": own.code, "quarter": "1999-1"}
    assert client.send("/committee", unknown).status_code == 404
    world.sign_in(client, world.manager)
    assert client.send("/committee", form).status_code == 404
