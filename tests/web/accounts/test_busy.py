"""Showing when one is busy, in the browser."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts.models import BusyCalendar
from netmeet.accounts.rules.busy import Fault
from netmeet.accounts.service import busy as service
from netmeet.core.db import db
from tests.world import now

PAGE = "/account/busy"
ADDRESS = "https://kalender.example/hemmelig/jonas.ics"


@pytest.fixture
def jonas(world, client):
    world.save()
    world.sign_in(client, world.jonas)
    return client


def shown():
    db.session.expire_all()
    return db.session.scalars(select(BusyCalendar)).one_or_none()


def test_the_account_leads_to_it_and_it_says_what_others_see(jonas):
    assert f'href="{PAGE}"' in jonas.get("/account").text
    page = jonas.get(PAGE).text
    assert "Vi gemmer kun fra hvornår til hvornår." in page
    assert "Vi henter kun fra: https://kalender.example" in page


def test_showing_and_hiding(jonas):
    assert jonas.send(PAGE, {"address": f"  {ADDRESS} "}).status_code == 303
    assert shown().address == ADDRESS
    page = jonas.get(PAGE).text
    assert "Vi læser din kalender hos https://kalender.example om få minutter." in page
    assert "hemmelig" not in page
    service.keep(shown().id, [(now(), now() + timedelta(hours=1))] * 2, at=now())
    db.session.commit()
    assert "Du er optaget 2 gange de næste tre måneder." in jonas.get(PAGE).text
    assert jonas.send(f"{PAGE}/end", {}).status_code == 303
    assert shown() is None
    page = jonas.get(PAGE).text
    assert "Det, vi har læst, er slettet." in page
    assert "Skjul kalenderen igen" not in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Sæt kalenderens adresse ind."),
        ("https://ond.example/a.ics", "Adressen skal begynde med et af disse"),
        ("x" * 600, "500"),
    ],
)
def test_a_wrong_address_is_said_beside_the_field_and_kept(jonas, address, words):
    refused = jonas.send(PAGE, {"address": address})
    assert refused.status_code == 422
    assert words in refused.text
    assert address in refused.text
    assert shown() is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.CLOSED, "Vi må ikke hente kalenderen dér mere."),
        (Fault.NO_ANSWER, "Kalenderen svarer ikke."),
        (Fault.TOO_LARGE, "Kalenderen er for stor."),
        (Fault.UNREADABLE, "er ikke en kalender, vi kan læse."),
    ],
)
def test_a_fault_is_told_with_what_to_do(jonas, fault, words):
    jonas.send(PAGE, {"address": ADDRESS})
    service.keep(shown().id, [], at=now() - timedelta(days=2))
    service.note_fault(shown().id, fault)
    db.session.commit()
    page = jonas.get(PAGE).text
    assert words in page
    assert "Det er mere end et døgn siden" in page


def test_where_nothing_was_opened_there_is_no_form(app, jonas):
    known = app.config["NETMEET"]
    app.config["NETMEET"] = replace(known, calendars=frozenset())
    try:
        page = jonas.get(PAGE).text
        refused = jonas.send(PAGE, {"address": ADDRESS})
    finally:
        app.config["NETMEET"] = known
    assert "Her kan man ikke vise sin kalender endnu." in page
    assert 'name="address"' not in page
    assert refused.status_code == 422
    assert shown() is None


def test_the_person_has_no_such_page(world, client):
    person = world.case().person.user
    world.save()
    world.sign_in(client, person)
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/account").text
