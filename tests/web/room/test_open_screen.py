"""A screen that stays open asks anew: it waits for nobody who writes, and the rules are asked."""

from contextlib import contextmanager

from sqlalchemy import func, select, text

from netmeet.audit import service as audit
from netmeet.audit.models import AuditEvent
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from netmeet.meetings.queries import minutes as reading
from tests.web.room.holding import begin
from tests.world import now

REFRESH = {"X-Refresh": "1", "Accept": "text/html"}


@contextmanager
def somebody_writes():
    """Somebody holds the lock that writers of the log take, on a connection of their own."""
    connection = db.engine.connect()
    try:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE audit_event IN EXCLUSIVE MODE"))
        else:
            connection.exec_driver_sql("UPDATE audit_event SET seq = seq WHERE seq < 0")
        yield
    finally:
        connection.rollback()
        connection.close()


def test_a_screen_that_asks_anew_waits_for_nobody_who_writes(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.jonas)
    where = f"/meetings/{meeting.id}/room"
    assert client.get(where).status_code == 200
    with somebody_writes():
        first = client.get(where, headers=REFRESH)
        tag = {"If-None-Match": first.headers["ETag"]}
        assert first.status_code == 200
        assert client.get(where, headers={**REFRESH, **tag}).status_code == 304


def test_who_has_left_sees_no_unchanged_screen(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.jonas)
    where = f"/meetings/{meeting.id}/room"
    tag = {"If-None-Match": client.get(where, headers=REFRESH).headers["ETag"]}
    assert client.get(where, headers={**REFRESH, **tag}).status_code == 304
    reading.room(meeting.id).case.member(world.jonas.id).left_at = now()
    world.save()
    assert client.get(where, headers={**REFRESH, **tag}).status_code == 404
    denied = select(func.count()).where(
        AuditEvent.user_id == world.jonas.id, AuditEvent.allowed.is_(False)
    )
    assert db.session.scalar(denied) == 1


def test_what_is_changed_is_a_row_of_its_own_although_it_calls_itself_a_refresh(
    world, client, meeting
):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    where = f"/meetings/{meeting.id}/room/pause"
    for paused in ("1", "0"):
        changed = client.send(where, {"paused": paused}, headers=REFRESH)
        assert changed.status_code == 303
    rows = select(func.count()).where(AuditEvent.operation == P.ROOM_STEER.value)
    assert db.session.scalar(rows) == 2


def test_only_refreshes_of_what_was_opened_are_covered(world, meeting):
    actor = world.actor(world.jonas)
    opened, refreshed, other = (
        entry(actor, P.ROOM_FOLLOW, meeting),
        entry(actor, P.ROOM_FOLLOW, meeting, is_refresh=True),
        entry(actor, P.AGENDA_READ, meeting, is_refresh=True),
    )
    assert not audit.is_covered([])
    assert not audit.is_covered([refreshed])
    audit.record([opened])
    assert audit.is_covered([refreshed])
    assert not audit.is_covered([opened])
    assert not audit.is_covered([refreshed, other])
