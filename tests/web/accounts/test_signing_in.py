"""Signing in and out in a browser."""

import re

import pytest

from netmeet.accounts import service
from netmeet.core.access import Role
from tests.world import now

PASSWORD = "en lang adgangskode"


@pytest.fixture
def lise(world):
    service.set_password(world.lise, PASSWORD)
    world.save()
    return world.lise


def secret(client):
    with client.session_transaction() as browser:
        return browser.get("sid")


def log_in(client, email, password=PASSWORD, **fields):
    return client.send("/login", {"email": email, "password": password, **fields})


def test_the_login_page_names_the_acute_number_and_who_watches(client):
    page = client.get("/login").get_data(as_text=True)
    assert "tel:1813" in page
    assert "Ingen holder øje her døgnet rundt" in page
    assert re.search("<title>netmeet . side</title>", page)


def test_a_good_password_signs_in_with_a_fresh_session(client, lise):
    client.get("/login")
    with client.session_transaction() as browser:
        browser["sid"] = planted = "a secret somebody planted"
        browser["link_user"] = "x"
    answer = log_in(client, lise.email, next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert secret(client) not in {planted, None}
    with client.session_transaction() as browser:
        assert "link_user" not in browser
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_on_never_leaves_the_site(client, lise, target):
    assert log_in(client, lise.email, next=target).location == "/"


def test_known_and_unknown_addresses_are_refused_alike(client, lise):
    def answer(email):
        refused = log_in(client, email, "en forkert adgangskode")
        page = refused.get_data(as_text=True).replace(email, "")
        return refused.status_code, re.sub(r'(content|value)="[^"]*"', "", page)

    known, unknown = answer(lise.email), answer("nobody@example.org")
    assert known == unknown
    assert known[0] == 422


def test_the_sixth_try_in_a_minute_is_refused_even_when_right(client, lise):
    for _ in range(5):
        assert log_in(client, lise.email, "en forkert adgangskode").status_code == 422
    answer = log_in(client, lise.email)
    assert answer.status_code == 429
    assert "Vent et minut" in answer.get_data(as_text=True)
    assert secret(client) is None


def test_an_empty_form_says_what_is_missing(client):
    answer = log_in(client, "", "")
    assert answer.status_code == 422
    assert "Skriv din e-mail." in answer.get_data(as_text=True)


def test_somebody_without_a_role_is_refused_like_a_wrong_password(client, world):
    service.set_password(world.hanne, PASSWORD)
    answer = log_in(client, world.hanne.email)
    assert answer.status_code == 422
    assert secret(client) is None


def test_who_is_signed_in_goes_on(client, world):
    world.sign_in(client, world.lise)
    assert client.get("/login?next=/account").location == "/account"


def test_signing_in_again_for_another_tab_says_to_go_back(client, lise):
    page = client.get("/login?again=1").get_data(as_text=True)
    assert 'value="/login/again"' in page
    answer = log_in(client, lise.email, next="/login/again")
    assert "gå tilbage" in client.get(answer.location).get_data(as_text=True)


def test_logging_out_ends_the_login_for_a_copied_cookie_too(client, lise):
    log_in(client, lise.email)
    copied = secret(client)
    answer = client.send("/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.location == "/login"
    with client.session_transaction() as browser:
        browser["sid"] = copied
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize(("path", "fields"), [("/logout", {"leave": "1"}), ("/leave", {})])
def test_leaving_quickly_ends_the_login_and_shows_a_page_that_tells_nothing(
    client, world, path, fields
):
    world.sign_in(client, world.lise)
    answer = client.send(path, fields)
    assert answer.location == "/roligt"
    assert secret(client) is None
    page = client.get("/roligt").get_data(as_text=True).lower()
    assert not [word for word in ("netmeet</", "akut", "psyk", "møde", "1813") if word in page]


def test_roles_are_chosen_when_there_are_several(client, lise, world):
    manager = service.give_role(lise, Role.MGR, at=now(), unit_id=world.ward.id, title="leder")
    answer = log_in(client, lise.email, next="/account")
    assert answer.location == "/role?next=/account"
    page = client.get(answer.location).get_data(as_text=True)
    assert "Leder, Afsnit O" in re.sub(r"\s+", " ", page).replace(" ,", ",")
    chosen = client.send(f"/role/{manager.id}", {"next": "/account"})
    assert chosen.location == "/account"


def test_somebody_elses_role_is_not_there(client, world):
    other = world.role_of(world.jonas)
    world.sign_in(client, world.lise)
    assert client.send(f"/role/{other.id}").status_code == 404


def test_how_one_reads_is_kept_here_and_for_the_next_login(client, lise):
    client.send("/display", {"lang": "en", "text": "large"})
    page = client.get("/login").get_data(as_text=True)
    assert 'data-text="large"' in page
    assert 'lang="en"' in page
    log_in(client, lise.email)
    client.send("/display", {"text": "large", "next": "/account"})
    assert lise.large_text
    assert client.send("/display", {"lang": "xx"}).location == "/"
    assert lise.lang == "da"


def test_a_page_asks_for_the_login_and_comes_back(client):
    assert client.get("/account").location == "/login?next=/account"


def test_the_demos_people_are_a_button_each(client, world):
    role = world.role_of(world.lise)
    page = client.get("/login").get_data(as_text=True)
    assert "Sygeplejerske, Afsnit O, København" in page
    assert f"/demo/{role.user_id}" in page
    assert client.send(f"/demo/{world.lise.id}", {"next": "/account"}).location == "/account"
    assert world.lise.name in client.get("/account").get_data(as_text=True)
    assert client.send("/demo/0000000000000000").status_code == 404


def test_without_the_demo_there_is_neither_button_nor_post(app, client, world, monkeypatch):
    settings = app.config["NETMEET"]
    real = type(settings)(**{**vars(settings), "demo": False})
    monkeypatch.setitem(app.config, "NETMEET", real)
    world.role_of(world.lise)
    assert "/demo/" not in client.get("/login").get_data(as_text=True)
    assert client.send(f"/demo/{world.lise.id}").status_code == 404
    assert client.get("/post").status_code == 404


def test_details_are_changed_on_the_account_page(client, world):
    world.sign_in(client, world.lise)
    version = world.lise.version
    fields = {"email": "ny@example.org", "phone": "12 34 56 78", "version": version}
    assert client.send("/account", fields).status_code == 303
    assert world.lise.phone == "12 34 56 78"
    assert "Det er gemt." in client.get("/account").get_data(as_text=True)
    stale = client.send("/account", {**fields, "phone": "87 65 43 21", "own_word": "en solsort"})
    page = stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "87 65 43 21" in page
    assert "12 34 56 78" in page
    assert world.lise.phone == "12 34 56 78"
    wrong = client.send("/account", {"email": "no address", "version": world.lise.version})
    assert wrong.status_code == 422
    taken = client.send("/account", {"email": world.jonas.email, "version": world.lise.version})
    assert taken.status_code == 422


def test_other_logins_are_ended_from_the_account_page(app, client, world):
    other = app.test_client()
    world.sign_in(other, world.lise)
    world.sign_in(client, world.lise)
    client.send("/account/sessions/end")
    assert other.get("/account").status_code == 303
    assert client.get("/account").status_code == 200
