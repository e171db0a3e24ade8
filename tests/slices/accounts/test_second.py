"""The code app: what it takes, once, how far a clock may drift, and the codes on paper."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from netmeet.accounts import queries, rules
from netmeet.accounts.models import RecoveryCode
from netmeet.accounts.rules import devices, identity, passwords
from netmeet.accounts.service import second
from netmeet.core.access import NOT_CHOSEN, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from tests.services.provider import HIGH, LOW, Running

AT = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
STEP = rules.SECOND_STEP


@pytest.fixture
def app_of(world):
    """Return the app on Lise's phone, and the codes on her paper, set up at AT."""
    phone = pyotp.TOTP(second.propose(world.lise, at=AT).secret)
    codes = second.confirm(world.lise, phone.at(AT), at=AT)
    return phone, codes


def test_a_code_is_good_once_and_an_older_one_never_again(world, app_of):
    phone, _codes = app_of
    assert not second.use(world.lise, phone.at(AT), at=AT), "used to set the app up"
    later = AT + 2 * STEP
    assert second.use(world.lise, phone.at(later), at=later)
    assert not second.use(world.lise, phone.at(later), at=later)
    assert not second.use(world.lise, phone.at(later - STEP), at=later)


@pytest.mark.parametrize(
    ("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(world, app_of, steps, is_good):
    phone, _codes = app_of
    later = AT + timedelta(hours=1)
    assert second.use(world.lise, phone.at(later + steps * STEP), at=later) is is_good


def test_five_tries_in_a_quarter_of_an_hour(world, app_of):
    phone, _codes = app_of
    later = AT + timedelta(hours=1)
    for _try in range(rules.SECOND_TRIES):
        assert not second.use(world.lise, "000000", at=later)
    assert not second.use(world.lise, phone.at(later), at=later)
    after = later + rules.SECOND_WINDOW
    assert second.use(world.lise, phone.at(after), at=after)


def test_a_code_on_paper_is_good_once_however_it_is_spaced(world, app_of):
    _phone, codes = app_of
    assert len(set(codes)) == rules.RECOVERY_CODES
    assert second.use(world.lise, codes[0].lower().replace("-", " "), at=AT)
    assert not second.use(world.lise, codes[0], at=AT)
    assert queries.recovery_codes_left(world.lise.id) == rules.RECOVERY_CODES - 1
    kept = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not [code for code in codes if code.encode() in kept]


def test_somebody_elses_code_is_none(world, app_of):
    phone, codes = app_of
    later = AT + timedelta(hours=1)
    assert not second.use(world.jonas, phone.at(later), at=later)
    assert not second.use(world.jonas, codes[0], at=later)


def test_an_app_counts_only_once_a_code_of_it_was_shown(world):
    phone = pyotp.TOTP(second.propose(world.lise, at=AT).secret)
    assert not queries.has_second_factor(world.lise.id)
    assert not second.use(world.lise, phone.at(AT), at=AT)
    with pytest.raises(Refused, match="passer ikke"):
        second.confirm(world.lise, "000000", at=AT)
    assert not queries.has_second_factor(world.lise.id)
    second.confirm(world.lise, phone.at(AT), at=AT)
    assert queries.has_second_factor(world.lise.id)
    with pytest.raises(Refused, match="allerede"):
        second.propose(world.lise, at=AT)
    with pytest.raises(Refused, match="forfra"):
        second.confirm(world.lise, phone.at(AT), at=AT)


def test_a_removed_app_is_worth_nothing(world, app_of):
    phone, codes = app_of
    second.remove(world.lise)
    later = AT + timedelta(hours=1)
    assert not second.use(world.lise, phone.at(later), at=later)
    assert not second.use(world.lise, codes[0], at=later)
    assert second.propose(world.lise, at=later).secret != phone.secret


@pytest.mark.parametrize(
    "password",
    [
        "password1234567",
        "aaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfgh",
        "123456789012345",
        "monkeymonkeymonkey",
        "iloveyouforever1",
        "KarlaBirkholm12",
    ],
)
def test_a_leaked_or_guessable_password_is_refused_however_long(password):
    assert passwords.is_guessable(password, about=("Karla Birkholm", "karla@example.org"))


@pytest.mark.parametrize("password", ["te og rundstykker", "tre grønne cykler", "æ" * 20 + "q9v"])
def test_words_that_somebody_put_together_are_good_and_no_signs_are_asked_for(password):
    assert not passwords.is_guessable(password[::-1] + password)


def test_a_private_identity_opens_private_roles_and_one_of_work_the_others():
    by_person = {role for role in Role if rules.may_act(role, "oidc-person")}
    by_work = {role for role in Role if rules.may_act(role, "oidc-staff")}
    assert by_person == {Role.PAT, Role.PROX, Role.REL, Role.EXT, Role.INTP}
    assert by_work == set(Role) - by_person - NOT_CHOSEN
    assert {role for role in Role if rules.may_act(role, "password")} == set(Role) - NOT_CHOSEN


GOOD = {"sub": "x", "loa": HIGH, "identity_type": "professional", "auth_time": AT.timestamp()}


@pytest.mark.parametrize(
    ("changed", "no"),
    [
        ({}, None),
        ({"sub": ""}, identity.No.NO_SUBJECT),
        ({"sub": ["x"]}, identity.No.NO_SUBJECT),
        ({"loa": LOW}, identity.No.TOO_LOW),
        ({"loa": None}, identity.No.TOO_LOW),
        ({"loa": [HIGH]}, identity.No.TOO_LOW),
        ({"identity_type": "private"}, identity.No.WRONG_KIND),
        ({"identity_type": None}, identity.No.WRONG_KIND),
        ({"auth_time": AT.timestamp() - 3600}, identity.No.STALE),
        ({"auth_time": AT.timestamp() + 3600}, identity.No.STALE),
        ({"auth_time": None}, identity.No.STALE),
    ],
)
def test_a_genuine_token_must_say_enough(changed, no):
    wanted = Running("https://idp.example").settings("staff")
    began = AT - timedelta(minutes=1)
    assert identity.judge({**GOOD, **changed}, wanted=wanted, began_at=began, at=AT) is no


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
            ),
            "Edge, Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0",
            "Firefox, Android",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_what_its_user_calls_it(user_agent, name):
    assert devices.name(user_agent) == name
