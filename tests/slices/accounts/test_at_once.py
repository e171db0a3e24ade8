"""Several workers at once: limits are exact, a code is good once, an ended login stays ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from netmeet.accounts import queries, service
from netmeet.core.db import db, may_write
from tests.soak import figure
from tests.world import now

WORKERS = 4


def at_once(app, times, do):
    """Do it in several threads, each time in a context and a transaction of its own."""

    def one(_number):
        with app.app_context():
            may_write()
            result = do()
            db.session.commit()
            return result

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(times)))


def test_the_limit_of_several_workers_is_exactly_the_limit_of_one(app):
    at = now()

    def count():
        return service.count("a key", most=5, within=timedelta(minutes=1), at=at)

    results = at_once(app, 20, count)
    assert sum(results) == 5


def test_a_code_is_good_for_one_of_many(app, world):
    at, user_id = now(), world.hanne.id
    code = service.new_code(world.hanne, browser="x", at=at)
    world.save()
    results = at_once(app, 4, lambda: service.use_code(user_id, code, browser="x", at=at))
    assert sum(results) == 1


@pytest.mark.soak
def test_a_late_request_never_revives_an_ended_login(app, world):
    """T14: logout against seven late requests, 200 times, each login its own."""
    times, alive = figure(200), 0
    for _time in range(times):
        at = now()
        secret = service.sign_in(world.lise, role=world.role_of(world.lise), by="code", at=at)
        session_id = queries.session_by_secret(secret).id
        world.save()
        moves = iter([partial(service.sign_out, secret, at=at)] + [None] * 7)
        late = partial(service.keep_awake, session_id, at + timedelta(minutes=5))

        def move(moves=moves, late=late):
            (next(moves) or late)()

        at_once(app, 8, move)
        db.session.expire_all()
        alive += queries.load_actor(secret, at) is not None
    print(f"T14: logouts against late requests: {times}, logins revived: {alive}")
    assert alive == 0
