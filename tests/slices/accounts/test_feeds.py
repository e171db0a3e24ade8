"""The secret address that somebody's own calendar fetches from, from its making to its end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from netmeet.accounts import queries as accounts
from netmeet.accounts import service
from netmeet.accounts.models import CalendarFeed
from netmeet.accounts.queries import feeds
from netmeet.accounts.service import feeds as making
from netmeet.accounts.service import staff
from netmeet.cases.service import erasing
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.world import now


@pytest.fixture
def role(world):
    """Return what Jonas is here as."""
    return world.role_of(world.jonas)


def test_only_a_digest_of_a_long_secret_is_kept(role):
    token = making.renew(role, at=now())
    (row,) = db.session.scalars(select(CalendarFeed))
    assert len(token) >= 43
    assert bytes(row.token_hash) == accounts.digest(token) != token.encode()
    assert feeds.by_token(token, at=now()).user_id == role.user_id
    assert feeds.by_token(token[:-1], at=now()) is None


def test_a_new_one_ends_the_one_before_at_once(role):
    first, second = making.renew(role, at=now()), making.renew(role, at=now())
    assert first != second
    assert feeds.by_token(first, at=now()) is None
    assert feeds.by_token(second, at=now()) is not None


def test_a_stopped_one_is_over(role):
    token = making.renew(role, at=now())
    making.end(role.id, at=now())
    making.end(role.id, at=now())
    assert feeds.by_token(token, at=now()) is None
    assert feeds.of_role(role.id) is None


def test_each_role_has_its_own(world, role):
    other = service.give_role(world.jonas, Role.REL, at=now())
    first, second = making.renew(role, at=now()), making.renew(other, at=now())
    held = [feeds.holder(feeds.by_token(t, at=now()), at=now()) for t in (first, second)]
    assert [(one.role, one.unit_id) for one in held] == [
        (Role.MUN, world.office.id),
        (Role.REL, None),
    ]
    assert held[0].organisation_id == world.office.organisation_id
    assert {one.user_id for one in held} == {world.jonas.id}


def test_the_database_itself_keeps_a_role_from_having_two(role):
    making.renew(role, at=now())
    twice = CalendarFeed(token_hash=b"x", user_id=role.user_id, role_id=role.id, created_at=now())
    db.session.add(twice)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_nobody_who_was_deactivated_has_one(world, role):
    token = making.renew(role, at=now())
    world.jonas.active = False
    db.session.flush()
    assert feeds.by_token(token, at=now()) is None


def test_it_ends_with_the_role_and_does_not_come_back_with_it(world, role):
    admin = world.actor(world.staff("Pia Torp", world.office, role=Role.ADM))
    token = making.renew(role, at=now())
    role.until = now() + timedelta(hours=1)
    db.session.flush()
    assert feeds.by_token(token, at=now()) is not None
    assert feeds.by_token(token, at=now() + timedelta(hours=2)) is None
    staff.end(role, by=admin, at=now())
    service.give_role(world.jonas, Role.MUN, at=now(), unit_id=world.office.id)
    db.session.flush()
    assert feeds.by_token(token, at=now()) is None


def test_it_ends_with_the_organisation(world, role):
    token = making.renew(role, at=now())
    world.office.organisation.valid_to = clock.today() - timedelta(days=1)
    db.session.flush()
    assert feeds.by_token(token, at=now()) is None


def test_it_is_erased_with_the_account(world):
    case = world.case()
    token = making.renew(world.role_of(case.person.user), at=now())
    kept = making.renew(world.role_of(world.jonas), at=now())
    assert case.person.user_id in erasing.erase(case.id, at=now())
    assert feeds.by_token(token, at=now()) is None
    (left,) = db.session.scalars(select(CalendarFeed))
    assert bytes(left.token_hash) == accounts.digest(kept)
