"""Logins (``security.md`` T14, T16): fixation, replay, where one is in, and the cookie."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import Session
from netmeet.accounts.service import staff
from netmeet.app import create_app
from netmeet.audit.models import AuditEvent
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.reader import StrictClient
from tests.soak import figure
from tests.world import now

PASSWORD = "en lang adgangskode"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
LARGEST_COOKIE = 4096
READERS = 4


@pytest.fixture
def lise(world):
    service.set_password(world.lise, PASSWORD)
    world.save()
    return world.lise


@pytest.fixture
def pia(world):
    return world.staff("Pia Torp", world.ward, role=Role.ADM, title="administrator")


@pytest.fixture
def admin(app, world, pia):
    browser = app.test_client()
    world.sign_in(browser, pia)
    return browser


def log_in(client, user):
    fields = {"email": user.email, "password": PASSWORD, "next": "/account"}
    return client.send("/login", fields, headers={"User-Agent": FIREFOX})


def secret(client):
    with client.session_transaction() as browser:
        return browser.get("sid")


def is_in(client):
    return client.get("/account").status_code == 200


def own_session():
    return db.session.scalars(select(Session).where(Session.ended_at.is_(None))).one()


def test_every_rise_in_trust_changes_the_secret_and_spends_the_old_one(client, lise, world):
    planted = "planted"
    with client.session_transaction() as browser:
        browser["sid"] = planted
    manager = service.give_role(lise, Role.MGR, at=now(), unit_id=world.ward.id)
    log_in(client, lise)
    secrets = [planted, secret(client)]
    own_session().stepped_up_at = None
    client.send("/step-up", {"password": PASSWORD})
    secrets.append(secret(client))
    client.send(f"/role/{manager.id}")
    secrets.append(secret(client))
    path = "/account/password"
    client.send(path, {"password": PASSWORD, "fresh": "fire blå lastbiler"})
    secrets.append(secret(client))
    assert len(set(secrets)) == len(secrets)
    old = [each for each in secrets[:-1] if queries.load_actor(each, now()) is not None]
    print(f"T14: secrets before a login, proof, role or password: {len(secrets) - 1}, good: 0")
    assert old == []
    assert is_in(client)


def ends(client, world, admin):
    """Return what ends a login, by name: each leaves the copied cookie worthless."""
    lise = world.lise

    def idle():
        own = own_lise()
        own.seen_at = now() - rules.IDLE_STAFF - timedelta(seconds=1)

    def absolute():
        own = own_lise()
        own.created_at = now() - rules.ABSOLUTE - timedelta(seconds=1)

    def own_lise():
        statement = select(Session).where(Session.user_id == lise.id, Session.ended_at.is_(None))
        return db.session.scalars(statement).one()

    def deactivate():
        lise.active = False

    def end_and_give_again():
        held = world.role_of(lise)
        assert admin.send(f"/users/{lise.id}/roles/{held.id}/end").status_code == 303
        staff.give(
            lise,
            staff.Post(role=held.role, unit_id=held.unit_id, title="x"),
            by=world.actor(world.made["Pia Torp"]),
            at=now(),
        )

    return {
        "logout": lambda: client.send("/logout"),
        "leave": lambda: client.send("/leave"),
        "idle": idle,
        "absolute": absolute,
        "deactivated": deactivate,
        "role ended and given again": end_and_give_again,
        "ended by the administrator": lambda: admin.send(f"/users/{lise.id}/sessions/end"),
        "closed by the administrator": lambda: admin.send(f"/users/{lise.id}/close"),
    }


@pytest.mark.parametrize(
    "how",
    [
        *("logout", "leave", "idle", "absolute", "deactivated", "role ended and given again"),
        *("ended by the administrator", "closed by the administrator"),
    ],
)
def test_a_copied_cookie_is_worthless_after(app, client, world, lise, admin, how):
    log_in(client, lise)
    copy = app.test_client()
    copy.set_cookie("netmeet", client.get_cookie("netmeet").value)
    assert is_in(copy)
    ends(client, world, admin)[how]()
    world.save()
    assert not is_in(copy)
    assert not is_in(client)


def test_a_private_login_ends_after_ten_idle_minutes(client, world):
    world.case(relative=world.hanne)
    world.sign_in(client, world.hanne)
    assert is_in(client)
    own_session().seen_at = now() - rules.IDLE_PRIVATE - timedelta(seconds=1)
    world.save()
    assert not is_in(client)
    ends = (rules.IDLE_PRIVATE, rules.IDLE_STAFF, rules.ABSOLUTE)
    assert [end.total_seconds() / 60 for end in ends] == [10, 15, 480]


def at_once(app, cookie, token):
    """Log out among requests with the same cookie; return what all of them were answered."""
    # Not the strict client: several ask at once, each in a context of its own.
    browsers = [FlaskClient(app, app.response_class) for _each in range(READERS + 1)]
    for browser in browsers:
        browser.set_cookie("netmeet", cookie)
    leaving, *others = browsers
    with ThreadPoolExecutor(len(browsers)) as pool:
        first = [pool.submit(browser.get, "/account") for browser in others[:2]]
        out = pool.submit(leaving.post, "/logout", data={"csrf_token": token})
        last = [pool.submit(browser.get, "/account") for browser in others[2:]]
        assert out.result().status_code == 303
        met = [each.result().status_code for each in (*first, *last)]
        after = [pool.submit(browser.get, "/account").result().status_code for browser in browsers]
    return met, after


@pytest.mark.soak
def test_a_logout_among_requests_is_the_end(app, world):
    """T14: whatever cookie a late answer sets, the login it names stays ended."""
    times, met, after = figure(200), Counter(), Counter()
    for _time in range(times):
        client = app.test_client()
        world.sign_in(client, world.lise)
        token, cookie = client.token(), client.get_cookie("netmeet").value
        world.save()
        for counted, statuses in zip((met, after), at_once(app, cookie, token), strict=True):
            counted.update(statuses)
    print(f"T14: {times} logouts among {met.total()} requests {dict(met)}, {after[200]} revived")
    assert after[200] == 0


def test_a_new_password_ends_every_other_login(app, client, lise):
    log_in(client, lise)
    other = app.test_client()
    log_in(other, lise)
    client.send("/account/password", {"password": PASSWORD, "fresh": "fire blå lastbiler"})
    assert (is_in(client), is_in(other)) == (True, False)


def test_a_guessable_new_password_is_refused(client, lise):
    log_in(client, lise)
    fields = {"password": PASSWORD, "fresh": "password1234567"}
    answer = client.send("/account/password", fields)
    assert (answer.status_code, "nem at gætte" in answer.text) == (422, True)


def test_the_page_tells_device_since_and_last_used_and_ends_one(app, client, world, lise):
    log_in(client, lise)
    other = app.test_client()
    world.sign_in(other, lise)
    page = re.sub(r"\s+", " ", client.get("/account/sessions").text)
    assert "Firefox, Linux <span" in page
    assert "Ukendt enhed" in page
    assert (page.count("Siden "), page.count("Sidst brugt ")) == (2, 2)
    theirs = queries.session_by_secret(secret(other)).id
    assert client.send(f"/account/sessions/{theirs}/end").location == "/account/sessions"
    assert (is_in(client), is_in(other)) == (True, False)
    own = queries.session_by_secret(secret(client)).id
    answer = client.send(f"/account/sessions/{own}/end")
    assert (answer.location, "Clear-Site-Data" in answer.headers) == ("/login", True)
    assert not is_in(client)


def test_somebody_elses_login_cannot_be_ended(app, client, world, lise):
    log_in(client, lise)
    other = app.test_client()
    world.sign_in(other, world.jonas)
    theirs = queries.session_by_secret(secret(other)).id
    assert client.send(f"/account/sessions/{theirs}/end").status_code == 404
    assert is_in(other)


def test_the_chosen_role_stands_in_the_header_and_in_the_log(client, world, lise):
    manager = service.give_role(lise, Role.MGR, at=now(), unit_id=world.ward.id)
    assert log_in(client, lise).location == "/role?next=/account"
    client.send(f"/role/{manager.id}", {"next": "/account"})
    row = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.operation == "role.choose_own", AuditEvent.allowed)
        .order_by(AuditEvent.seq.desc())
    ).first()
    assert (row.object_kind, row.object_id) == ("unit_role", manager.id)
    header = client.get("/account").text.split("<main")[0]
    assert "Leder" in header
    assert 'href="/role"' in header


def test_who_is_one_thing_alone_is_offered_no_other(client, lise):
    log_in(client, lise)
    assert 'href="/role"' not in client.get("/account").text


def test_an_administrator_closes_the_way_in_of_somebody_and_never_their_own(admin, world, pia):
    lise = world.lise
    assert admin.send(f"/users/{lise.id}/close").location == "/users"
    assert (lise.active, queries.current_roles(lise.id, now())) == (False, [])
    assert f"{lise.name} kan ikke logge ind hos jer mere." in admin.get("/users").text
    assert admin.send(f"/users/{pia.id}/close").status_code == 422
    assert is_in(admin)
    assert admin.send(f"/users/{world.jonas.id}/close").status_code == 404


def test_who_works_elsewhere_too_stays_there(admin, world):
    lise = world.lise
    service.give_role(lise, Role.MUN, at=now(), unit_id=world.office.id)
    admin.send(f"/users/{lise.id}/close")
    assert lise.active
    assert [held.role for held in queries.current_roles(lise.id, now())] == [Role.MUN]


def test_the_cookie_over_https_is_exact_and_small(app, lise):
    """T16: ``__Host-``, Secure, HttpOnly, SameSite=Lax, the whole site, no domain, no lifetime."""
    name = "__Host-netmeet"
    https = replace(app.config["NETMEET"], base_url="https://localhost")
    served = create_app(https)
    served.test_client_class = StrictClient
    client = served.test_client()
    token = client.get("/login/token", base_url=https.base_url).get_json()["csrf_token"]
    fields = {"email": lise.email, "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": "https://localhost/login"}
    answer = client.post("/login", data=fields, base_url=https.base_url, headers=headers)
    assert answer.status_code == 303
    with served.app_context():
        db.engine.dispose()
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert len(cookie) < LARGEST_COOKIE
    value, *attributes = cookie.split("; ")
    assert value.startswith(f"{name}=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
