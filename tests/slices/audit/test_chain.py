import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from netmeet.audit import service
from netmeet.audit.models import AuditEvent
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from tests import world as worlds


def _three_rows(world):
    actor = world.actor(world.lise)
    case = world.case()
    service.record([entry(actor, P.CASE_READ, case), entry(actor, P.MEETING_READ, case)])
    service.record([entry(actor, P.PLAN_READ_PUBLISHED, case, allowed=False)])
    world.save()


def test_rows_are_numbered_without_gaps_and_the_chain_holds(world):
    _three_rows(world)
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.allowed for row in rows] == [True, True, False]
    assert service.broken_at() is None


def test_the_database_itself_refuses_to_change_or_delete_a_row(world):
    _three_rows(world)
    for attempt in ("UPDATE audit_event SET allowed = true", "DELETE FROM audit_event"):
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(attempt))
        db.session.rollback()


def test_an_anchor_shows_a_cut_tail(world):
    _three_rows(world)
    service.anchor(at=worlds.now())
    world.save()
    _without_triggers("DELETE FROM audit_event WHERE seq = 3")
    assert service.broken_at() == 3


def test_a_changed_row_is_located(world):
    _three_rows(world)
    _without_triggers("UPDATE audit_event SET user_id = 'somebodyelse0000' WHERE seq = 2")
    assert service.broken_at() == 2


def test_a_refresh_within_a_quarter_of_an_hour_is_covered_by_the_opening(world):
    actor, case = world.actor(world.lise), world.case()
    service.record([entry(actor, P.ROOM_FOLLOW, case)])
    service.record([entry(actor, P.ROOM_FOLLOW, case, is_refresh=True)])
    world.save()
    assert len(db.session.scalars(select(AuditEvent)).all()) == 1


def _without_triggers(statement: str) -> None:
    """Do what only somebody with the database in hand can do."""
    session = db.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        session.execute(text(statement))
        session.execute(text("ALTER TABLE audit_event ENABLE TRIGGER USER"))
    else:
        session.execute(text("DROP TRIGGER audit_event_no_update"))
        session.execute(text("DROP TRIGGER audit_event_no_delete"))
        session.execute(text(statement))
    session.commit()
    session.expire_all()
