"""Codes in letters: good once, not for long, and for nobody a code can be sent to."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import LetterCode
from netmeet.accounts.service import letters
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox.rules import Channel
from tests.world import now

SOON = timedelta(days=10)


@pytest.fixture
def hanne(world):
    world.hanne.channel = Channel.LETTER
    return world.hanne


def make(user, *, at=None, lasts=SOON):
    at = at or now()
    return letters.new_letter_code(user, until=at + lasts, at=at)


def use(user, code, *, at=None):
    return letters.use_letter_code(user.id, code, at=at or now())


def wrong(code):
    return f"{(int(code) + 1) % 10**8:08d}"


def test_it_is_eight_digits_and_good_once(hanne):
    code = make(hanne)
    assert (len(code), code.isdigit()) == (rules.LETTER_CODE_DIGITS, True)
    assert use(hanne, code)
    assert not use(hanne, code)


def test_it_ends_with_the_meeting_and_after_four_weeks_at_the_latest(hanne):
    at = now()
    code = make(hanne, at=at)
    assert not use(hanne, code, at=at + SOON)
    later = at + timedelta(hours=2)
    code = make(hanne, at=later, lasts=timedelta(days=90))
    assert not use(hanne, code, at=later + rules.LETTER_CODE_LASTS)
    assert use(hanne, code, at=later + rules.LETTER_CODE_LASTS - timedelta(seconds=1))


def test_a_new_letter_ends_the_one_before(hanne):
    old = make(hanne)
    new = make(hanne)
    assert not use(hanne, old)
    assert use(hanne, new)


def test_five_wrong_tries_in_all_and_it_is_over(hanne):
    at = now()
    code = make(hanne, at=at)
    for hours in range(rules.LETTER_CODE_TRIES):
        assert not use(hanne, wrong(code), at=at + timedelta(hours=hours))
    assert not use(hanne, code, at=at + timedelta(hours=6))


def test_it_is_kept_as_a_keyed_digest(hanne):
    code = make(hanne)
    (kept,) = db.session.scalars(select(LetterCode)).all()
    assert code.encode() not in bytes(kept.code_hash)
    assert queries.is_letter_code(hanne.id, code, at=now())
    assert not queries.is_letter_code(hanne.id, wrong(code), at=now())


def test_it_is_nobody_elses(world, hanne):
    other = world.user("Bo Lund")
    other.channel = Channel.LETTER
    assert not use(other, make(hanne))


def test_who_can_be_sent_a_code_or_has_a_password_gets_none(world, hanne):
    with pytest.raises(Refused):
        make(world.user("Bo Lund"))
    service.set_password(hanne, "en lang adgangskode")
    with pytest.raises(Refused):
        make(hanne)


def test_none_is_made_for_a_meeting_that_is_over(hanne):
    with pytest.raises(Refused):
        make(hanne, lasts=timedelta(0))


def test_three_letters_an_hour_are_enough(hanne):
    at = now()
    for _ in range(rules.LETTER_CODES_AN_HOUR):
        make(hanne, at=at)
    with pytest.raises(Refused):
        make(hanne, at=at)
    assert make(hanne, at=at + timedelta(hours=1))


def test_it_is_forgotten_when_it_is_over(hanne):
    at = now()
    make(hanne, at=at)
    service.forget(at=at + SOON)
    assert len(db.session.scalars(select(LetterCode)).all()) == 1
    service.forget(at=at + SOON + timedelta(days=2))
    assert db.session.scalars(select(LetterCode)).all() == []


def test_no_code_is_sent_to_who_has_no_mailbox(hanne):
    hanne.email = ""
    with pytest.raises(Refused):
        service.send_code(hanne, browser="this browser", at=now())
