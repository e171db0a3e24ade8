"""Passwords, codes, counts: what a proof of identity holds and what it does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import OneTimeCode, ParkedText, PersonalLink, RateCount
from netmeet.accounts.service import contact, sessions
from netmeet.core import ids
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.outbox.models import Message
from tests.world import now

PASSWORD = "en lang adgangskode"
BROWSER = "this browser"


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_password_is_proved_by_address_and_password_together(world):
    service.set_password(world.lise, PASSWORD)
    assert service.check_password(world.lise.email.upper(), PASSWORD) is world.lise
    assert service.check_password(world.lise.email, "en anden adgangskode") is None
    assert service.check_password("nobody@example.org", PASSWORD) is None


def test_somebody_without_a_password_cannot_sign_in_by_one(world):
    assert service.check_password(world.hanne.email, "") is None
    assert not service.proves_password(world.hanne, "")


def test_a_short_password_is_refused(world):
    with pytest.raises(Refused) as no:
        service.set_password(world.lise, "x" * (rules.SHORTEST_PASSWORD - 1))
    assert no.value.field == "password"


def test_the_deactivated_cannot_sign_in(world):
    service.set_password(world.lise, PASSWORD)
    world.lise.active = False
    assert service.check_password(world.lise.email, PASSWORD) is None


def test_a_code_is_good_once_within_ten_minutes_from_the_same_browser(world):
    at = now()
    code = service.new_code(world.hanne, browser=BROWSER, at=at)
    assert not service.use_code(world.hanne.id, code, browser="another", at=at)
    assert service.use_code(world.hanne.id, code, browser=BROWSER, at=at + rules.CODE_LASTS)
    assert not service.use_code(world.hanne.id, code, browser=BROWSER, at=at)


def test_an_old_code_is_bad(world):
    at = now()
    code = service.new_code(world.hanne, browser=BROWSER, at=at)
    late = at + rules.CODE_LASTS + timedelta(seconds=1)
    assert not service.use_code(world.hanne.id, code, browser=BROWSER, at=late)


def test_a_code_is_nobody_elses(world):
    code = service.new_code(world.hanne, browser=BROWSER, at=now())
    assert not service.use_code(world.lise.id, code, browser=BROWSER, at=now())


def test_after_five_tries_no_code_helps_for_a_quarter_of_an_hour(world):
    at = now()
    code = service.new_code(world.hanne, browser=BROWSER, at=at)
    for _ in range(rules.CODE_TRIES):
        assert not service.use_code(world.hanne.id, wrong(code), browser=BROWSER, at=at)
    assert not service.use_code(world.hanne.id, code, browser=BROWSER, at=at)
    soon = at + timedelta(minutes=1)
    fresh = service.new_code(world.hanne, browser=BROWSER, at=soon)
    assert not service.use_code(world.hanne.id, fresh, browser=BROWSER, at=soon)
    later = soon + rules.CODE_WINDOW
    fresh = service.new_code(world.hanne, browser=BROWSER, at=later)
    assert service.use_code(world.hanne.id, fresh, browser=BROWSER, at=later)


def test_a_code_is_stored_as_a_keyed_digest_and_sent_sealed(world):
    code = service.send_code(world.hanne, browser=BROWSER, at=now())
    db.session.flush()
    kept = db.session.scalars(select(OneTimeCode)).one()
    message = db.session.scalars(select(Message)).one()
    assert code.encode() not in bytes(kept.code_hash)
    assert code.encode() not in bytes(message.facts_sealed)
    assert message.kind == "accounts.code"
    assert message.expires_at == kept.expires_at


def test_six_codes_an_hour_are_enough(world):
    at = now()
    for _ in range(rules.CODES_AN_HOUR):
        service.send_code(world.hanne, browser=BROWSER, at=at)
    with pytest.raises(Refused):
        service.send_code(world.hanne, browser=BROWSER, at=at)
    service.send_code(world.hanne, browser=BROWSER, at=at + timedelta(hours=1))


def test_a_link_is_256_bits_kept_as_a_digest_only(world):
    token = service.make_link(world.hanne, purpose="case", subject_id=ids.new_id(), at=now())
    assert len(token) == 43
    link = queries.link_by_token(token)
    assert link.user_id == world.hanne.id
    assert token.encode() not in bytes(link.token_hash)
    assert queries.link_by_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None


def test_revoking_ends_the_users_links_to_the_subject(world):
    subject = ids.new_id()
    token = service.make_link(world.hanne, purpose="case", subject_id=subject, at=now())
    other = service.make_link(world.lise, purpose="case", subject_id=subject, at=now())
    service.revoke_links(subject_id=subject, user_id=world.hanne.id, at=now())
    assert queries.link_by_token(token).revoked_at is not None
    assert queries.link_by_token(other).revoked_at is None


def test_a_sent_link_waits_in_the_outbox(world):
    service.send_link(world.hanne, purpose="case", subject_id=ids.new_id(), at=now())
    message = db.session.scalars(select(Message)).one()
    assert queries.link_by_token(message.facts["token"]) is not None
    assert len(db.session.scalars(select(PersonalLink)).all()) == 1


@pytest.mark.usefixtures("world")
def test_a_count_lets_exactly_so_many_through_a_window():
    at = now()
    window = timedelta(minutes=1)
    results = [service.count("a key", most=3, within=window, at=at) for _ in range(5)]
    assert results == [True, True, True, False, False]
    assert service.count("another", most=3, within=window, at=at)
    assert service.count("a key", most=3, within=window, at=at + window)
    assert len(db.session.scalars(select(RateCount)).all()) == 2


@pytest.mark.usefixtures("world")
def test_tries_are_counted_per_account_and_per_address():
    at = now()
    for number in range(rules.LOGIN_TRIES):
        assert service.may_try_password("a@example.org", address=f"10.0.0.{number}", at=at)
    assert not service.may_try_password("A@example.org ", address="10.0.0.9", at=at)
    assert service.may_try_password("b@example.org", address="10.0.0.9", at=at)
    for number in range(3):
        assert service.may_try_password(f"c{number}@example.org", address="10.0.0.9", at=at)
    assert not service.may_try_password("d@example.org", address="10.0.0.9", at=at)


def test_what_has_had_its_time_is_forgotten(world):
    long_ago = now() - timedelta(days=2)
    service.park(world.lise.id, "/x", {"text": ["skrevet", ""], "password": ["hemmelig"]}, long_ago)
    fresh = service.park(world.lise.id, "/x", {"text": ["nu"]}, now())
    service.new_code(world.hanne, browser=BROWSER, at=long_ago)
    service.count("a key", most=1, within=timedelta(minutes=1), at=long_ago)
    service.forget(at=now())
    assert [text.id for text in db.session.scalars(select(ParkedText))] == [fresh]
    assert not db.session.scalars(select(OneTimeCode)).all()
    assert not db.session.scalars(select(RateCount)).all()


def test_parked_text_is_the_users_own_without_passwords_for_an_hour(world):
    at = now()
    fields = {"text": ["skrevet"], "password": ["hemmelig"], "csrf_token": ["x"]}
    kept = service.park(world.lise.id, "/x", fields, at)
    assert queries.parked(kept, user_id=world.lise.id, at=at).fields == {"text": ["skrevet"]}
    assert queries.parked(kept, user_id=world.jonas.id, at=at) is None
    late = at + rules.PARKED_LASTS + timedelta(seconds=1)
    assert queries.parked(kept, user_id=world.lise.id, at=late) is None


def test_details_are_kept_and_a_stale_version_is_a_conflict(world):
    details = contact.Details(email="ny@example.org", phone="12 34 56 78", own_word="solsort")
    version = world.hanne.version
    contact.update_own(world.hanne, details, version=version, at=now())
    assert queries.by_email("NY@example.org") is world.hanne
    assert world.hanne.own_word == "solsort"
    with pytest.raises(Conflict) as conflict:
        contact.update_own(world.hanne, details, version=version, at=now())
    assert conflict.value.theirs["Dit eget ord"] == "solsort"


def test_an_address_is_one_users_alone_and_is_not_taken_away(world):
    taken = contact.Details(email=world.lise.email, phone="", own_word="")
    with pytest.raises(Refused):
        contact.update_own(world.hanne, taken, version=world.hanne.version, at=now())
    none = contact.Details(email="", phone="", own_word="")
    with pytest.raises(Refused):
        contact.update_own(world.hanne, none, version=world.hanne.version, at=now())


def test_a_session_admits_until_it_is_idle_too_old_ended_or_its_holder_gone(world):
    at = now()
    role = world.role_of(world.lise)

    def secret():
        return service.sign_in(world.lise, role=role, by="password", at=at)

    held = secret()
    assert queries.load_actor(held, at + rules.IDLE_STAFF).user_id == world.lise.id
    assert queries.load_actor(held, at + rules.IDLE_STAFF + timedelta(seconds=1)) is None
    session = queries.session_by_secret(held)
    service.keep_awake(session.id, at + rules.ABSOLUTE)
    db.session.refresh(session)
    assert queries.load_actor(held, at + rules.ABSOLUTE) is not None
    assert queries.load_actor(held, at + rules.ABSOLUTE + timedelta(seconds=1)) is None
    service.sign_out(held, at=at)
    assert queries.load_actor(held, at) is None
    service.keep_awake(session.id, at)
    db.session.refresh(session)
    assert session.ended_at is not None
    other = secret()
    role.until = at
    assert queries.load_actor(other, at) is None
    role.until = None
    world.lise.active = False
    assert queries.load_actor(other, at) is None


def test_stepping_up_changes_the_secret(world):
    at = now()
    old = service.sign_in(world.lise, role=world.role_of(world.lise), by="demo", at=at)
    assert not queries.load_actor(old, at).is_stepped_up
    fresh = service.step_up(old, at=at)
    db.session.flush()
    assert queries.load_actor(old, at) is None
    assert queries.load_actor(fresh, at).is_stepped_up
    with pytest.raises(Refused):
        service.step_up("nobody's", at=at)


def test_only_ones_own_role_can_be_chosen_and_it_is_to_be_proved_anew(world):
    at = now()
    secret = service.sign_in(world.lise, role=world.role_of(world.lise), by="password", at=at)
    with pytest.raises(Refused):
        service.choose_role(secret, world.role_of(world.manager), at=at)
    fresh = service.choose_role(secret, world.role_of(world.lise), at=at)
    assert not queries.load_actor(fresh, at).is_stepped_up
    assert queries.load_actor(secret, at) is None


def test_other_logins_end_and_this_one_stays(world):
    at = now()
    role = world.role_of(world.lise)
    here, there = (service.sign_in(world.lise, role=role, by="demo", at=at) for _ in range(2))
    own = queries.session_by_secret(here)
    assert len(queries.open_sessions(world.lise.id, at)) == 2
    sessions.end_others(world.lise.id, but=own.id, at=at)
    db.session.expire_all()
    assert queries.load_actor(here, at) is not None
    assert queries.load_actor(there, at) is None
