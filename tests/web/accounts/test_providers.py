"""Signing in through a real OpenID provider: the person, staff, and who must stay outside."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import channels, queries, service
from netmeet.accounts.models import Identity, Session
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import identities
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.services import provider
from tests.world import now

BACK = "http://localhost/login/back"
PASSWORD = "en lang adgangskode"


@pytest.fixture
def hanne(world):
    service.give_role(world.hanne, Role.REL, at=now(), title="søster")
    world.save()
    return world.hanne


@pytest.fixture
def admin(app, world):
    pia = world.staff("Pia Torp", world.ward, role=Role.ADM, title="administrator")
    browser = app.test_client()
    world.sign_in(browser, pia)
    return browser


def open_link(client, user):
    with client.session_transaction() as browser:
        browser.update({"link_user": user.id, "link_next": "/account"})


def code_of(client):
    client.send("/code", {"action": "send"})
    return re.search(r"koden (\d{6})", client.get("/code").text).group(1)


def who_is_in(client):
    with client.session_transaction() as browser:
        return queries.load_actor(browser.get("sid", ""), now())


def first_login(human, user, name="hanne"):
    """Open the link, prove who one is at the provider, and type the code."""
    open_link(human.client, user)
    assert human.enter("person", name).location == "/code"
    assert "Næste gang er dit login nok" in human.client.get("/code").text
    return human.client.send("/code", {"code": code_of(human.client)})


def test_a_person_comes_in_by_link_provider_and_code_once_and_then_by_the_provider(human, hanne):
    assert first_login(human, hanne).location == "/account"
    human.client.send("/logout")
    assert human.enter("person", "hanne", next="/account").location == "/account"
    who = who_is_in(human.client)
    assert (who.user_id, who.role, who.signed_in_by) == (hanne.id, Role.REL, "oidc-person")
    assert who.is_stepped_up
    kept = db.session.scalars(select(Identity)).one()
    assert (kept.issuer.startswith("http://127.0.0.1"), kept.subject) == (True, "hanne")
    print("a person signed in through a real OpenID provider: 2 logins, 1 code")


def test_staff_come_in_with_the_subject_their_administrator_wrote_down(human, world, admin):
    lise = world.lise
    assert admin.send(f"/users/{lise.id}/identity", {"subject": "lise-work"}).status_code == 303
    assert human.enter("staff", "lise-work", next="/account").location == "/account"
    who = who_is_in(human.client)
    assert (who.user_id, who.role, who.signed_in_by) == (lise.id, Role.REG, "oidc-staff")
    page = human.client.get("/account").text
    assert "MitID Erhverv" in page
    print("staff signed in through a real OpenID provider: 1 login")


def test_a_private_identity_never_comes_in_as_staff(human, world, admin):
    admin.send(f"/users/{world.lise.id}/identity", {"subject": "lise-private"})
    answer = human.enter("staff", "lise-private")
    assert answer.status_code == 403
    assert "Det er en anden slags login. Log ind med MitID Erhverv." in answer.text
    assert who_is_in(human.client) is None


def test_who_came_in_privately_is_offered_no_role_of_staff_and_cannot_take_one(human, world):
    lise = world.lise
    service.give_role(lise, Role.REL, at=now(), title="mor")
    proved = identities.Proved(door=Door.PERSON, issuer=human_issuer(human), subject="lise-private")
    identities.connect(lise, proved, at=now())
    assert human.enter("person", "lise-private", next="/account").location == "/account"
    assert who_is_in(human.client).role is Role.REL
    assert world.ward.name not in human.client.get("/role").text
    staff = next(held for held in queries.current_roles(lise.id, now()) if held.role is Role.REG)
    assert human.client.send(f"/role/{staff.id}").status_code == 409
    assert who_is_in(human.client).role is Role.REL


def human_issuer(human):
    return human.client.application.config["NETMEET"].providers["person"].issuer


def test_without_a_private_role_a_private_identity_opens_nothing(human, world):
    proved = identities.Proved(door=Door.PERSON, issuer=human_issuer(human), subject="lise-private")
    identities.connect(world.lise, proved, at=now())
    assert human.enter("person", "lise-private").status_code == 403
    assert who_is_in(human.client) is None


@pytest.mark.parametrize(
    ("door", "name", "label"),
    [("person", "hanne-low", "MitID"), ("staff", "lise-low", "MitID Erhverv")],
)
def test_too_low_an_assurance_is_refused_with_words(human, door, name, label):
    answer = human.enter(door, name)
    assert answer.status_code == 403
    assert f"Log ind med {label} på et højere sikringsniveau." in answer.text
    assert who_is_in(human.client) is None


def test_an_unknown_identity_is_told_what_to_do(human):
    assert "Åbn først linket i beskeden fra os." in human.enter("person", "somebody").text
    answer = human.enter("staff", "lise-work")
    assert (answer.status_code, "Din administrator skal først" in answer.text) == (403, True)
    assert who_is_in(human.client) is None


def test_a_passed_on_link_with_anothers_identity_opens_nothing(human, hanne):
    open_link(human.client, hanne)
    assert human.enter("person", "somebody").location == "/code"
    wrong = human.client.send("/code", {"code": "000 000"})
    assert wrong.status_code == 422
    assert (who_is_in(human.client), queries.identities_of(hanne.id)) == (None, [])


def test_a_second_identity_is_not_taken_for_the_same_person(human, hanne):
    first_login(human, hanne)
    human.client.send("/logout")
    open_link(human.client, hanne)
    human.enter("person", "somebody")
    answer = human.client.send("/code", {"code": code_of(human.client)})
    assert (answer.status_code, who_is_in(human.client)) == (422, None)
    assert [each.subject for each in queries.identities_of(hanne.id)] == ["hanne"]


def test_an_identity_is_connected_while_signed_in_and_taken_away_again(human, hanne, world):
    world.sign_in(human.client, hanne)
    assert "Brug MitID næste gang" in human.client.get("/account").text
    assert human.enter("person", "hanne").location == "/account"
    (kept,) = queries.identities_of(hanne.id)
    other = human.client.application.test_client()
    world.sign_in(other, world.stranger)
    assert other.send(f"/account/identities/{kept.id}/end").status_code == 404
    human.client.send(f"/account/identities/{kept.id}/end")
    assert queries.identities_of(hanne.id) == []


def test_the_provider_proves_anew_and_only_the_same_human(human, hanne, world):
    first_login(human, hanne)
    with human.client.session_transaction() as browser:
        old = browser["sid"]
    db.session.scalars(select(Session)).one().stepped_up_at = now() - timedelta(minutes=30)
    assert "Bekræft med MitID" in human.client.get("/step-up").text
    refused = human.enter("person", "somebody", proof="1")
    assert "Det var ikke dit eget login." in refused.text
    assert human.enter("person", "hanne", proof="1", next="/account").location == "/account"
    assert who_is_in(human.client).is_stepped_up
    assert queries.load_actor(old, now()) is None


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(human, hanne):
    first_login(human, hanne)
    human.client.send("/logout")
    human.come_back("person", "hanne")
    copied = human.client.get_cookie("netmeet").value
    assert human.client.send("/login/back").status_code == 303
    human.client.send("/logout")
    human.client.set_cookie("netmeet", copied)
    assert human.client.send("/login/back").status_code == 400
    assert who_is_in(human.client) is None


def test_another_state_or_no_question_is_refused(human, client):
    assert client.get("/login/back?code=x&state=y").status_code == 400
    away = client.get("/login/with/person")
    back = provider.log_in(away.location, "hanne", back=BACK)
    planted = re.sub(r"state=[^&]+", "state=another", back.removeprefix("http://localhost"))
    assert client.get(planted).status_code == 400
    again = client.get(back.removeprefix("http://localhost"))
    assert again.status_code == 400, "the question was used up by the first answer"
    assert client.send("/login/back").status_code == 400


def test_the_answer_of_another_provider_is_not_taken(human, client):
    away = client.get("/login/with/person")
    back = provider.log_in(away.location, "hanne", back=BACK).removeprefix("http://localhost")
    assert client.get(re.sub("iss=[^&]+", "iss=https://other.example", back)).status_code == 400


def test_who_stopped_on_the_way_may_try_again(client, doors):
    del doors
    state = re.search("state=([^&]+)", client.get("/login/with/person").location).group(1)
    answer = client.get(f"/login/back?error=access_denied&state={state}")
    assert (answer.status_code, "Du stoppede undervejs." in answer.text) == (403, True)


def test_a_silent_provider_is_said_to_be_silent(app, client, doors, monkeypatch):
    silent = replace(doors.settings("person"), issuer="http://127.0.0.1:9")
    settings = replace(app.config["NETMEET"], providers={"person": silent})
    monkeypatch.setitem(app.config, "NETMEET", settings)
    answer = client.get("/login/with/person")
    assert (answer.status_code, "MitID svarer ikke lige nu." in answer.text) == (503, True)
    assert client.get("/login/with/staff").status_code == 404


def told(doors, **changes):
    """Return the question, the code for it, and the provider's settings changed so."""
    real = doors.settings("person")
    question = channels.ask(real, back=BACK)
    back = provider.log_in(question.address, "hanne", back=BACK)
    return replace(real, **changes), question, re.search("code=([^&]+)", back).group(1)


def test_every_claim_of_the_protocol_is_checked(doors):
    """Nonce, audience, expiry, code and verifier: each alone spoils the answer."""
    settings, question, code = told(doors)
    claims = channels.claims(settings, question, code=code, back=BACK, at=now())
    assert claims["sub"] == "hanne"
    spoilt = [
        lambda s, q, c: (s, replace(q, nonce="another"), c, now()),
        lambda s, q, c: (s, replace(q, verifier="v" * 64), c, now()),
        lambda s, q, _c: (s, q, "another", now()),
        lambda s, q, c: (replace(s, client_secret="another"), q, c, now()),
        lambda s, q, c: (s, q, c, now() + timedelta(hours=2)),
        lambda s, q, c: (s, q, c, now() - timedelta(hours=2)),
    ]
    for spoil in spoilt:
        provider_, question, code, at = spoil(*told(doors))
        with pytest.raises(channels.UntrustedError):
            channels.claims(provider_, question, code=code, back=BACK, at=at)
    print(f"answers of the provider spoilt in one place: {len(spoilt)}, believed: 0")


def test_no_address_or_name_leads_to_a_user(human, hanne):
    """The subject alone counts: who calls himself by her address is nobody."""
    proved = identities.Proved(door=Door.PERSON, issuer=human_issuer(human), subject=hanne.email)
    assert queries.identity(proved.issuer, proved.subject) is None
    assert human.enter("person", "somebody").status_code == 403


def test_staff_with_an_identity_do_not_come_in_by_a_mere_code(client, world):
    proved = identities.Proved(door=Door.STAFF, issuer="https://idp.example", subject="x")
    identities.connect(world.lise, proved, at=now())
    open_link(client, world.lise)
    assert "Åbn dit link igen" in client.get("/code").text


def test_an_administrator_cannot_open_what_another_organisation_gave(admin, doors, world):
    del doors
    service.give_role(world.lise, Role.MUN, at=now(), unit_id=world.office.id)
    answer = admin.send(f"/users/{world.lise.id}/identity", {"subject": "lise-work"})
    assert (answer.status_code, queries.identities_of(world.lise.id)) == (422, [])


def test_a_taken_away_identity_lets_nobody_in(human, world, admin):
    path = f"/users/{world.lise.id}/identity"
    admin.send(path, {"subject": "lise-work"})
    human.enter("staff", "lise-work")
    assert "Brugeren kan logge ind sådan." in admin.get(f"/users/{world.lise.id}").text
    assert admin.send(f"{path}/end").status_code == 303
    assert who_is_in(human.client) is None
    assert human.enter("staff", "lise-work").status_code == 403
    assert admin.send(path, {"subject": ""}).status_code == 422
