"""The auditor: what stands out, a sample by lot, search with a reason, and following up."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from netmeet.audit import service as audit
from netmeet.audit.models import AuditEvent
from netmeet.cases import rules
from netmeet.cases.queries import auditing
from netmeet.cases.rules import Oddity
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from tests.reader import mentions
from tests.web.cases.reading import words_of
from tests.world import now

MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - wall time


def look(world, user, case, operation=P.PLAN_READ_PUBLISHED, *, days_ago=0, reason=""):
    actor = world.actor(user, at=now() - timedelta(days=days_ago))
    audit.record([entry(actor, operation, case, reason=reason)])


@pytest.fixture
def auditor(world):
    return world.staff("Ole Bo", world.ward, role=Role.AUD, title="revisor")


def search(client, **told):
    today = clock.today().isoformat()
    good = {"who": "", "since": today, "until": today, "reason": "Stikprøve"}
    return client.send("/audit/search", {**good, **told})


def reasons():
    found = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq))
    return [(row.operation, row.reason) for row in found if row.reason]


def test_a_search_shows_the_own_organisation_and_its_reason_is_logged(world, client, auditor):
    case = world.case()
    look(world, world.lise, case)
    look(world, world.jonas, case)
    look(world, world.lise, case, P.CASE_UPDATE, reason="Ny adresse")
    world.sign_in(client, auditor)
    text = words_of(search(client).text)
    assert "Lise Dam" in text
    assert "læste: plan" in text
    assert "skrev eller ændrede: forløb" in text
    assert "Begrundelse: Ny adresse" in text
    assert "Jonas" not in text
    assert not mentions(text, "Mia")
    assert (P.AUDIT_READ_ORG_METADATA, "Stikprøve") in reasons()
    assert "ingen opslag" in search(client, since="2020-01-01", until="2020-01-02").text


def test_a_search_needs_a_reason(world, client, auditor):
    world.sign_in(client, auditor)
    assert search(client, reason="").status_code == 422
    assert not reasons()


def test_many_rows_come_page_by_page(world, client, auditor):
    case = world.case()
    actor = world.actor(world.lise)
    audit.record([entry(actor, P.CASE_READ, case) for _n in range(130)])
    world.sign_in(client, auditor)
    today = clock.today().isoformat()
    told = {"who": world.lise.id, "since": today, "until": today, "reason": "Klage"}
    first = client.send("/audit/search", told)
    assert first.text.count('class="rows-name"') == 100
    path = re.search(r'action="(/audit/search\?page=1)"', first.text)[1]
    assert client.send(path, told).text.count('class="rows-name"') == 30


def test_the_trail_of_a_case_needs_a_reason_that_the_person_reads(world, client, auditor):
    case = world.case()
    mia = case.person.user
    look(world, world.lise, case)
    world.sign_in(client, auditor)
    path = f"/audit/trails/{case.id}"
    assert "Hvorfor vil du se hele sporet" in client.get(path).text
    assert client.send(path, {"reason": ""}).status_code == 422
    shown = client.send(path, {"reason": "Klage fra en borger"})
    assert "Lise Dam" in shown.text
    assert not mentions(shown.text, "Mia")
    world.sign_in(client, mia)
    mine = words_of(client.get("/access-log").text)
    assert "Ole, revisor, har læst hvem der har set din plan" in mine
    assert "Begrundelse: Klage fra en borger" in mine


def test_a_trail_elsewhere_and_other_roles_find_nothing(world, client, auditor):
    elsewhere = world.case("Omar Haddad", staff=[])
    omar = elsewhere.person.user
    elsewhere.member(world.lise.id).organisation_id = world.office.organisation_id
    world.sign_in(client, auditor)
    assert client.get(f"/audit/trails/{elsewhere.id}").status_code == 404
    for user in (world.lise, world.manager, omar):
        world.sign_in(client, user)
        assert client.get("/audit").status_code == 404


def test_what_stands_out_is_listed_and_followed_up_once(world, client, auditor):
    kin = world.staff("Bo Sørensen", world.ward, role=Role.REG, title="læge")
    case = world.case()
    look(world, kin, case)
    look(world, world.lise, case)
    world.sign_in(client, auditor)
    page = client.get("/audit")
    text = words_of(page.text)
    assert "Bo Sørensen" in text
    assert "har samme efternavn som en, der blev slået op" in text
    assert not mentions(text, "Mia")
    form = {"about": kin.id, "day": clock.today().isoformat(), "words": "Aftalt med lederen"}
    assert client.send("/audit/follow-up", {**form, "words": ""}).status_code == 422
    assert client.send("/audit/follow-up", form).status_code == 303
    assert "Aftalt med lederen" in client.get("/audit").text
    assert client.send("/audit/follow-up", form).status_code == 422


def test_only_days_in_the_own_log_are_followed_up(world, client, auditor):
    look(world, world.lise, world.case())
    world.sign_in(client, auditor)
    today = clock.today().isoformat()
    for about, day, status in (
        (world.lise.id, today, 303),
        (world.lise.id, "2020-01-01", 404),
        (world.jonas.id, today, 404),
        ("0" * 16, today, 404),
        ("'><img src=x>", today, 404),
        (world.lise.id, "9999-12-31", 404),
    ):
        form = {"about": about, "day": day, "words": "Aftalt med lederen"}
        assert client.send("/audit/follow-up", form).status_code == status, (about, day)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_searched_too(world, client, auditor, day):
    world.sign_in(client, auditor)
    form = {"who": "", "since": day, "until": day, "reason": "Prøve"}
    assert client.send("/audit/search", form).status_code == 200
    assert client.send(f"/audit/search?page={10**20}", form).status_code == 200


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        ({"is_own": True}, [Oddity.OWN]),
        ({"others": [("Mia Dam", "")]}, [Oddity.SURNAME]),
        ({"others": [("Mia Krag", " birkevej 3")]}, [Oddity.ADDRESS]),
        ({"cases": rules.MOST_CASES_A_DAY}, []),
        ({"cases": rules.MOST_CASES_A_DAY + 1}, [Oddity.MANY]),
        ({"times": [MONDAY.replace(hour=6)]}, [Oddity.OFF_HOURS]),
        ({"times": [MONDAY.replace(hour=18)]}, [Oddity.OFF_HOURS]),
        ({"times": [MONDAY - timedelta(days=1)]}, [Oddity.OFF_HOURS]),
    ],
)
def test_a_day_stands_out_for_what_the_threat_model_names(facts, found):
    usual = {
        "is_own": False,
        "own": ("Lise Dam", "Birkevej 3"),
        "others": [("Mia Krag", "")],
        "times": [MONDAY],
        "cases": 1,
    }
    assert rules.oddities(**{**usual, **facts}) == found


def test_the_sample_is_the_same_all_day_and_another_the_next(world):
    cases = [world.case(f"Person {n} Efternavn{n}") for n in range(15)]
    for days_ago in (1, 2):
        for case in cases:
            look(world, world.lise, case, days_ago=days_ago)
    world.save()
    organisation, today = world.ward.organisation_id, clock.today()
    scope = auditing.wanted(organisation, since=today, until=today)
    drawn = [auditing.sample(scope, organisation, today - timedelta(days=d)) for d in (1, 1, 2)]
    assert len(drawn[0]) == 10
    assert drawn[0] == drawn[1]
    assert {one.case_id for one in drawn[0]} != {one.case_id for one in drawn[2]}


def test_the_page_takes_as_many_queries_for_many_as_for_few(world, client, auditor, count_queries):
    world.sign_in(client, auditor)
    counts = []
    for name in ("Mia Dam", "Omar Krag", "Sara Dam"):
        case = world.case(name)
        for user in (world.lise, world.stranger):
            look(world, user, case)
            look(world, user, case, days_ago=1)
        with count_queries() as asked:
            assert client.get("/audit").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] <= 12
