"""Signing in by link and code, proving who one is again, and what waits meanwhile."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from netmeet.accounts import rules, service
from netmeet.accounts.models import ParkedText, User
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.outbox.models import Message
from tests.world import now

PASSWORD = "en lang adgangskode"


@pytest.fixture
def hanne(world):
    service.give_role(world.hanne, Role.REL, at=now(), title="søster")
    world.save()
    return world.hanne


def open_link(client, user, **more):
    """Do what the landing page of a personal link does."""
    with client.session_transaction() as browser:
        browser.update({"link_user": user.id, **more})


def shown_code(page):
    return re.search(r"koden (\d{6})", page.get_data(as_text=True)).group(1)


def get_code(client, **fields):
    answer = client.send("/code", {"action": "send", **fields})
    assert answer.location == "/code"
    return shown_code(client.get("/code"))


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def asked(answer):
    """Return the fields the page that asks for a proof hands on."""
    return dict(parse_qsl(urlsplit(answer.location).query))


def fields_of(page):
    """Return what waited for the proof, as its page sends it."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def test_without_a_link_one_is_told_where_it_is(client):
    assert "Åbn dit link igen" in client.get("/code").get_data(as_text=True)
    assert client.send("/code", {"action": "send"}).location == "/code"


def test_link_and_code_sign_in_and_lead_to_where_the_link_pointed(client, hanne):
    open_link(client, hanne, link_next="/account")
    code = get_code(client)
    answer = client.send("/code", {"code": f"{code[:3]} {code[3:]}"})
    assert (answer.status_code, answer.location) == (303, "/account")
    with client.session_transaction() as browser:
        assert set(browser) <= {"sid", "lang", "large_text", "has_roles", "csrf_token"}
    assert hanne.name in client.get("/account").get_data(as_text=True)


def test_a_wrong_code_is_counted_although_refused(client, hanne):
    open_link(client, hanne)
    code = get_code(client)
    for _ in range(rules.CODE_TRIES):
        assert client.send("/code", {"code": wrong(code)}).status_code == 422
    assert client.send("/code", {"code": code}).status_code == 422


@pytest.mark.parametrize("typed", ["", "12", "abcdef", "1234567"])
def test_what_is_no_code_is_no_try(client, hanne, typed):
    open_link(client, hanne)
    code = get_code(client)
    for _ in range(rules.CODE_TRIES + 1):
        assert client.send("/code", {"code": typed}).status_code == 422
    assert client.send("/code", {"code": code}).status_code == 303


def test_a_code_is_of_no_use_in_another_browser(app, client, hanne):
    open_link(client, hanne)
    code = get_code(client)
    thief = app.test_client()
    open_link(thief, hanne)
    assert thief.send("/code", {"code": code}).status_code == 422


def test_too_many_codes_are_refused(client, hanne):
    open_link(client, hanne)
    for _ in range(rules.CODES_AN_HOUR):
        get_code(client)
    answer = client.send("/code", {"action": "send"})
    assert answer.status_code == 429
    assert "Vent en time" in answer.get_data(as_text=True)


def test_somebody_without_a_role_gets_no_further(client, world):
    open_link(client, world.hanne)
    code = get_code(client)
    answer = client.send("/code", {"code": code})
    assert answer.status_code == 422
    assert "Du har ikke adgang nu" in answer.get_data(as_text=True)


def test_a_link_is_never_the_weaker_way_in_for_staff(client, world):
    service.set_password(world.lise, PASSWORD)
    open_link(client, world.lise)
    assert "Åbn dit link igen" in client.get("/code").get_data(as_text=True)


def test_staff_prove_themselves_by_password_and_get_a_new_secret(client, world):
    service.set_password(world.lise, rules.DEMO_PASSWORD)
    world.sign_in(client, world.lise, by="demo")
    with client.session_transaction() as browser:
        before = browser["sid"]
    page = client.get("/step-up?next=/account").get_data(as_text=True)
    assert rules.DEMO_PASSWORD in page
    assert client.send("/step-up", {"password": "forkert", "next": "/account"}).status_code == 422
    answer = client.send("/step-up", {"password": rules.DEMO_PASSWORD, "next": "/account"})
    assert answer.location == "/account"
    with client.session_transaction() as browser:
        assert browser["sid"] != before
    assert client.get("/step-up?next=/account").location == "/account"


def test_the_proof_is_limited_like_the_login(client, world):
    service.set_password(world.lise, PASSWORD)
    world.sign_in(client, world.lise, by="demo")
    for _ in range(rules.LOGIN_TRIES):
        client.send("/step-up", {"password": "forkert", "next": "/"})
    assert client.send("/step-up", {"password": PASSWORD, "next": "/"}).status_code == 422


def test_who_signs_in_by_code_proves_it_by_a_fresh_code(client, hanne, world):
    world.sign_in(client, hanne, by="demo")
    assert "Få en kode" in client.get("/step-up?next=/account").get_data(as_text=True)
    sent = client.send("/step-up", {"action": "send", "next": "/account"})
    code = shown_code(client.get(sent.location))
    assert client.send("/step-up", {"code": wrong(code), "next": "/account"}).status_code == 422
    assert client.send("/step-up", {"code": code, "next": "/account"}).location == "/account"


def test_another_email_waits_for_a_proof_and_the_one_before_is_told(client, hanne, world):
    before = hanne.email
    world.sign_in(client, hanne, by="demo")
    typed = {"email": "Ny@example.org", "phone": "00 00 11 22", "version": hanne.version}
    answer = client.send("/account", typed)
    assert answer.location.startswith("/step-up?next=")
    assert db.session.get_one(User, hanne.id).email == before
    assert not db.session.scalars(select(Message)).all()
    sent = client.send("/step-up", {"action": "send", **asked(answer)})
    code = shown_code(client.get(sent.location))
    waits = client.send("/step-up", {"code": code, **asked(answer)}).location
    page = client.get(waits)
    assert '<p class="copy-text">Ny@example.org</p>' in page.text
    assert client.send("/account", fields_of(page)).location == "/account"
    kept = db.session.get_one(User, hanne.id)
    assert (kept.email, kept.phone) == ("Ny@example.org", "00 00 11 22")
    told = db.session.scalars(select(Message).where(Message.kind == "accounts.moved")).one()
    assert (told.user_id, told.address) == (hanne.id, before)


def test_no_email_at_all_is_refused_without_a_proof(client, hanne, world):
    world.sign_in(client, hanne, by="demo")
    answer = client.send("/account", {"email": "", "version": hanne.version})
    assert answer.status_code == 422
    assert "Skriv den e-mail, vi skal skrive til." in answer.text


def test_what_leads_nowhere_else_waits_for_no_proof(client, hanne, world):
    world.sign_in(client, hanne, by="demo")
    typed = {"email": hanne.email.upper(), "phone": "00 00 11 22", "version": hanne.version}
    assert client.send("/account", typed).location == "/account"
    assert db.session.get_one(User, hanne.id).phone == "00 00 11 22"


def test_too_many_codes_for_a_proof_are_refused(client, hanne, world):
    world.sign_in(client, hanne, by="demo")
    for _ in range(rules.CODES_AN_HOUR):
        client.send("/step-up", {"action": "send", "next": "/"})
    assert client.send("/step-up", {"action": "send", "next": "/"}).status_code == 429


def test_what_waited_for_the_proof_is_shown_and_sent_on(client, world):
    service.set_password(world.lise, PASSWORD)
    world.sign_in(client, world.lise, by="demo")
    fields = {"text": ["Det er skrevet\nmed omhu"], "version": ["3"]}
    parked = service.park(world.lise.id, "/account", fields, now())
    answer = client.send("/step-up", {"password": PASSWORD, "next": "/", "parked": parked})
    assert answer.location == f"/parked/{parked}"
    page = client.get(answer.location).get_data(as_text=True)
    assert "Det er skrevet\nmed omhu" in page
    assert '<form method="post" action="/account">' in page
    assert re.search(r'name="version"\s+value="3"', page)
    assert "Fortsæt" in page


def test_nobody_else_sees_what_waits(client, world):
    parked = service.park(world.jonas.id, "/account", {"text": ["hemmeligt ord"]}, now())
    world.sign_in(client, world.lise)
    answer = client.get(f"/parked/{parked}")
    assert answer.status_code == 404
    assert "hemmeligt" not in answer.get_data(as_text=True)


def test_text_typed_after_the_login_ran_out_is_there_after_the_new_one(client, world):
    service.set_password(world.lise, PASSWORD)
    world.sign_in(client, world.lise)
    token = client.token()
    with client.session_transaction() as browser:
        service.sign_out(browser["sid"], at=now())
    fields = {"phone": "ring på 12 34", "version": world.lise.version, "csrf_token": token}
    ended = client.post("/account", data=fields)
    assert ended.status_code == 401
    parked = db.session.scalars(select(ParkedText)).one()
    assert f"/parked/{parked.id}" in ended.get_data(as_text=True)
    way = {"email": world.lise.email, "password": PASSWORD, "next": f"/parked/{parked.id}"}
    page = client.get(client.send("/login", way).location).get_data(as_text=True)
    assert "ring på 12 34" in page
    sent = {"phone": "ring på 12 34", "version": world.lise.version, "email": world.lise.email}
    assert client.send("/account", sent).status_code == 303
    assert world.lise.phone == "ring på 12 34"


def test_the_person_whose_login_ran_out_gets_a_code_without_the_link(client, hanne, world):
    world.sign_in(client, hanne)
    with client.session_transaction() as browser:
        service.sign_out(browser["sid"], at=now())
    code = get_code(client, next="/account")
    assert client.send("/code", {"code": code}).location == "/account"
