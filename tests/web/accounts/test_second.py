"""The code app at the login, on the account page and as a renewed proof."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from netmeet.accounts import queries, service
from netmeet.accounts.models import SecondFactor, Session
from netmeet.accounts.service import second
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.world import now

PASSWORD = "en lang adgangskode"


@pytest.fixture
def lise(world):
    service.set_password(world.lise, PASSWORD)
    world.save()
    return world.lise


@pytest.fixture
def phone(lise):
    """Return Lise's app, set up a while ago."""
    at = now() - timedelta(minutes=30)
    app = pyotp.TOTP(second.propose(lise, at=at).secret)
    second.confirm(lise, app.at(at), at=at)
    db.session.commit()
    return app


@pytest.fixture
def strict(app, monkeypatch):
    """Ask everybody with a password for a second proof, as outside the demo."""
    real = replace(app.config["NETMEET"], needs_second_factor=True)
    monkeypatch.setitem(app.config, "NETMEET", real)


def log_in(client, user, target="/account"):
    fields = {"email": user.email, "password": PASSWORD, "next": target}
    return client.send("/login", fields)


def secret(client):
    with client.session_transaction() as browser:
        return browser.get("sid")


def test_the_password_alone_begins_no_session_and_the_code_does(client, lise, phone):
    assert log_in(client, lise).location == "/login/second"
    assert secret(client) is None
    assert client.get("/account").status_code == 303
    wrong = client.send("/login/second", {"code": "000000"})
    assert (wrong.status_code, "Koden passer ikke." in wrong.text) == (422, True)
    assert client.send("/login/second", {"code": ""}).status_code == 422
    answer = client.send("/login/second", {"code": phone.at(now())})
    assert (answer.status_code, answer.location) == (303, "/account")
    who = queries.load_actor(secret(client), now())
    assert (who.signed_in_by, who.is_stepped_up) == ("second", True)


def test_the_same_code_does_not_sign_in_twice(app, client, lise, phone):
    code = phone.at(now())
    log_in(client, lise)
    client.send("/login/second", {"code": code})
    other = app.test_client()
    log_in(other, lise)
    assert other.send("/login/second", {"code": code}).status_code == 422
    assert secret(other) is None


def test_without_a_password_before_it_there_is_nothing_to_prove(client, lise, phone):
    assert client.get("/login/second").location == "/login"
    assert client.send("/login/second", {"code": phone.at(now())}).location == "/login"
    with client.session_transaction() as browser:
        long_ago = now().timestamp() - 600
        browser["waiting"] = {"user": lise.id, "next": "/", "at": long_ago}
    assert client.send("/login/second", {"code": phone.at(now())}).location == "/login"
    assert secret(client) is None


def test_somebody_deactivated_meanwhile_stays_outside(client, lise, phone):
    log_in(client, lise)
    lise.active = False
    assert client.send("/login/second", {"code": phone.at(now())}).location == "/login"


@pytest.mark.usefixtures("strict")
def test_outside_the_demo_the_first_login_sets_an_app_up(client, lise):
    assert log_in(client, lise).location == "/login/second"
    page = client.get("/login/second").text
    assert "<svg" in page
    kept = db.session.scalars(select(SecondFactor)).one()
    assert kept.secret in page.replace(" ", "")
    assert client.send("/login/second", {"code": "000000"}).status_code == 422
    codes = client.send("/login/second", {"code": pyotp.TOTP(kept.secret).at(now())})
    assert len(re.findall(r"<li>[2-9A-Z]{5}-[2-9A-Z]{5}</li>", codes.text)) == 8
    assert client.get("/account").status_code == 200
    client.send("/logout")
    paper = re.search(r"<li>([2-9A-Z]{5}-[2-9A-Z]{5})</li>", codes.text).group(1)
    log_in(client, lise)
    assert client.send("/login/second", {"code": paper}).status_code == 303


@pytest.mark.usefixtures("strict")
def test_somebody_without_a_role_is_refused_like_a_wrong_password(client, world):
    service.set_password(world.hanne, PASSWORD)
    assert log_in(client, world.hanne).status_code == 422


def test_an_app_is_set_up_and_taken_away_on_the_account_page(client, world, lise):
    world.sign_in(client, lise)
    assert "Sæt en kode-app op" in client.get("/account/second").text
    client.send("/account/second")
    kept = db.session.scalars(select(SecondFactor)).one()
    assert client.send("/account/second/confirm", {"code": ""}).status_code == 422
    assert client.send("/account/second/confirm", {"code": "000000"}).status_code == 422
    code = pyotp.TOTP(kept.secret).at(now())
    assert "Gem de her koder" in client.send("/account/second/confirm", {"code": code}).text
    assert "8 koder tilbage" in re.sub(r"\s+", " ", client.get("/account/second").text)
    client.send("/account/second/end")
    assert not queries.has_second_factor(lise.id)


def test_old_proof_is_renewed_before_the_app_is_touched(client, world, lise, phone):
    world.sign_in(client, lise)
    db.session.scalars(select(Session)).one().stepped_up_at = now() - timedelta(minutes=30)
    for path in ("", "/confirm", "/end"):
        asked = client.send(f"/account/second{path}", {"code": "1"})
        assert asked.location == "/step-up?next=/account/second"
    assert queries.has_second_factor(lise.id)
    before = secret(client)
    assert "kode-app" in client.get("/step-up").text
    assert client.send("/step-up", {"code": "000000"}).status_code == 422
    proved = client.send("/step-up", {"code": phone.at(now()), "next": "/account/second"})
    assert proved.location == "/account/second"
    assert secret(client) != before
    assert client.get("/account/second").status_code == 200


def test_without_a_password_there_is_no_app(client, world):
    world.sign_in(client, world.jonas)
    assert client.get("/account/second").status_code == 404


def test_an_administrator_lets_somebody_who_lost_the_phone_begin_anew(app, world, lise, phone):
    del phone
    pia = world.staff("Pia Torp", world.ward, role=Role.ADM, title="administrator")
    admin = app.test_client()
    world.sign_in(admin, pia)
    assert "Fjern kode-app" in admin.get(f"/users/{lise.id}").text
    assert admin.send(f"/users/{lise.id}/second/end").status_code == 303
    assert not queries.has_second_factor(lise.id)
