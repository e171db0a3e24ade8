"""Links and codes guessed at (``security.md`` T7, T8): the figures."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import OneTimeCode
from netmeet.accounts.service import letters
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.soak import dice, figure
from tests.world import now

GUESSES = 10_000
BITS = 256


@pytest.mark.soak
def test_a_link_with_one_bit_changed_leads_nowhere(world):
    chance, times = dice(), figure(GUESSES)
    token = service.make_link(world.hanne, purpose="case", subject_id="0" * 16, at=now())
    secret = base64.urlsafe_b64decode(token + "=")
    assert len(secret) * 8 == BITS
    found = 0
    for _time in range(times):
        place = chance.randrange(BITS)
        changed = bytearray(secret)
        changed[place // 8] ^= 1 << place % 8
        guess = base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("=")
        assert guess != token
        found += queries.link_by_token(guess) is not None
    print(f"T7: links with one bit changed: {times}, opened: {found}")
    assert found == 0
    assert queries.link_by_token(token) is not None


@pytest.mark.soak
def test_guessing_codes_for_days_gets_nobody_in_and_five_tries_a_window(world):
    """Whoever tries every quarter of an hour has five of a million: 5·10⁻⁶ a window."""
    chance, windows = dice(), figure(200)
    begin, tried, counted, right = now(), 0, 0, 0
    for window in range(windows):
        at = begin + window * (rules.CODE_WINDOW + timedelta(minutes=1))
        code = service.new_code(world.hanne, browser="hers", at=at)
        for _try in range(rules.CODE_TRIES + 3):
            guess = f"{chance.randrange(10**6):06d}"
            guess = guess if guess != code else f"{(int(code) + 1) % 10**6:06d}"
            right += service.use_code(world.hanne.id, guess, browser="hers", at=at)
            tried += 1
        kept = next(iter(_codes(world.hanne.id, at)))
        counted += kept.tries
        assert not service.use_code(world.hanne.id, code, browser="hers", at=at)
    print(f"T8: codes tried: {tried}, looked at: {counted}, right: {right}")
    assert (counted, right) == (windows * rules.CODE_TRIES, 0)
    assert rules.CODE_TRIES / 10**6 <= 5e-6


def _codes(user_id, at):
    statement = select(OneTimeCode).where(
        OneTimeCode.user_id == user_id, OneTimeCode.created_at == at
    )
    return db.session.scalars(statement).all()


def test_a_letter_code_is_good_for_five_tries_in_all(world):
    user = world.hanne
    user.email = ""
    service.give_role(user, Role.REL, at=now())
    code = letters.new_letter_code(user, until=now() + timedelta(days=7), at=now())
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert not any(letters.use_letter_code(user.id, wrong, at=now()) for _try in range(5))
    assert not letters.use_letter_code(user.id, code, at=now())
