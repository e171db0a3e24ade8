"""Nobody learns from an answer whether somebody is known here (T9)."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event

from netmeet.accounts import service as accounts
from netmeet.accounts.models import PersonalLink
from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.db import db
from netmeet.core.ids import new_token
from tests.world import now

PASSWORD = "hestevogn paraply lakrids"
_CHANCE = re.compile(r'[\w-]{40,}\.[\w-]{6}\.[\w-]{27}|(?<=name="once" value=")\w{16}')
"""A token of a form, which is another every time (``itsdangerous``)."""


@contextmanager
def work(monkeypatch):
    """Count the statements sent and the passwords hashed meanwhile."""
    done = {"statements": 0, "hashes": 0}

    def note(*_facts):
        done["statements"] += 1

    def counted(real):
        def counting(self, *values):
            done["hashes"] += 1
            return real(self, *values)

        return counting

    event.listen(Engine, "before_cursor_execute", note)
    with monkeypatch.context() as patch:
        for name in ("hash", "verify"):
            patch.setattr(PasswordHasher, name, counted(getattr(PasswordHasher, name)))
        yield done
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def quick(world, monkeypatch):
    """Let passwords be hashed in a moment: what is counted is how often."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=64))
    accounts._nobodys_hash.cache_clear()  # noqa: SLF001 - made by the slow one
    accounts.check_password("nobody@example.org", "made once, before anybody is compared")
    yield
    accounts._nobodys_hash.cache_clear()  # noqa: SLF001 - made by the quick one


@pytest.fixture
def ask(client, monkeypatch):
    """Return an asker: what an answer tells, without what was typed or is chance."""

    def asking(path, data=None, *, typed="", method="POST"):
        sent = {**(data or {}), "csrf_token": client.token()} if method == "POST" else None
        with work(monkeypatch) as done:
            answer = client.open(path, method=method, data=sent)
        said = _CHANCE.sub("", answer.get_data(as_text=True))
        if typed:
            said = said.replace(typed, "")
        heads = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        heads.pop("Content-Length", None)
        return answer.status_code, heads, len(said), said, done

    return asking


def _same(answers):
    """Assert that all answers are one: status, heads, length, text, and the work behind it."""
    first = answers[0]
    for other in answers[1:]:
        assert other == first
    return first


def test_a_cpr_search_answers_nobody_and_a_stranger_alike(world, client, ask):
    cases.create_person(name="Mia Sørensen", cpr="0104911234", at=now())
    known = cases.create_person(name="Omar Haddad", cpr="0203921234", at=now())
    cases.open_case(known, by=world.actor(world.lise), at=now(), unit_id=world.ward.id)
    world.sign_in(client, world.stranger)
    typed = ("010491-1234", "020392-1234", "030393-1234")
    said = [ask("/cases/search", {"cpr": cpr, "reason": "Indlæggelse"}, typed=cpr) for cpr in typed]
    assert _same(said)[0] == 200


def test_a_login_answers_nobody_and_everybody_with_a_wrong_password_alike(world, quick, ask):
    accounts.set_password(world.lise, PASSWORD)
    closed = world.staff("Lukket Konto", world.ward, role=world.role_of(world.lise).role)
    accounts.set_password(closed, PASSWORD)
    closed.active = False
    world.save()
    typed = [world.lise.email, closed.email, world.hanne.email, "nobody@example.org"]
    world.save()
    said = [ask("/login", {"email": email, "password": "forkert"}, typed=email) for email in typed]
    status, _heads, _length, _text, done = _same(said)
    assert (status, done["hashes"]) == (422, 1)
    print(f"T9: {len(said)} sorts of accounts, one answer with {done}")


def test_a_closed_account_with_the_right_password_is_answered_like_nobody(world, quick, ask):
    accounts.set_password(world.lise, PASSWORD)
    world.lise.active = False
    email = world.lise.email
    world.save()
    said = [
        ask("/login", {"email": one, "password": PASSWORD}, typed=one)
        for one in (email, "nobody@example.org")
    ]
    assert _same(said)[0] == 422


@pytest.fixture
def links(world):
    """Return links that lead nowhere: one never made, and ended ones of every sort."""
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    left = world.user("Gået Sørensen")
    place = cases.Place(role=MemberRole.RELATIVE)
    cases.leave(case, cases.join(case, left, place=place, at=now()), at=now())
    shut = world.user("Lukket Sørensen")
    shut.active = False

    def link(user, **more):
        return accounts.make_link(user, purpose="case", subject_id=case.id, at=now(), **more)

    ended = {
        "left": link(left),
        "expired": link(world.hanne, expires_at=now() - timedelta(days=1)),
        "closed": link(shut),
        "revoked": link(world.hanne),
    }
    row = db.session.query(PersonalLink).filter_by(user_id=world.hanne.id, expires_at=None).one()
    row.revoked_at = now()
    world.save()
    return {"never made": new_token(), **ended}


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("POST", ""), ("POST", "/code")])
def test_a_link_that_leads_nowhere_says_not_why(links, ask, method, tail):
    said = {
        name: ask(f"/i/{token}{tail}", {"answer": "yes"}, typed=token, method=method)
        for name, token in links.items()
    }
    # Who reads the case to see whether somebody has left needs more statements; the secret is one
    # of 2**256, so that nobody can come across such a link without having been sent it.
    told = {name: one[:-1] for name, one in said.items()}
    assert _same(list(told.values()))[0] == 404
    assert _same([one[-1] for name, one in said.items() if name != "left"])["hashes"] == 0


def test_without_a_link_the_page_of_codes_is_the_same_for_everybody(world, client, ask):
    accounts.set_password(world.lise, PASSWORD)
    lise_id = world.lise.id
    world.save()
    said = []
    for user_id in ("", "0" * 16, lise_id):
        with client.session_transaction() as browser:
            browser.clear()
            if user_id:
                browser["link_user"] = user_id
        said.append(ask("/code", method="GET")[:-1])
        said.append(ask("/code", method="GET")[:-1])
    assert _same(said)[0] == 200
    for user_id in ("0" * 16, lise_id):
        with client.session_transaction() as browser:
            browser["link_user"] = user_id
        assert ask("/code", {"action": "send"})[0] == 303
