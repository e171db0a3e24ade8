"""The log: numbered, chained, anchored, and refused to be changed by the database itself (T27)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from netmeet.audit import service
from netmeet.audit.models import AuditEvent, Erasure
from netmeet.audit.service import verifying
from netmeet.core import ids, sealed
from netmeet.core.db import db, may_write
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from tests import world as worlds
from tests.soak import dice, figure

KEPT = (
    "audit_event",
    "audit_anchor",
    "erasure",
    "plan_version",
    "consent",
    "consent_withdrawal",
    "minutes_correction",
)
LONG = 120
"""Rows of the log that is tampered with."""


def _three_rows(world):
    actor = world.actor(world.lise)
    case = world.case()
    service.record([entry(actor, P.CASE_READ, case), entry(actor, P.MEETING_READ, case)])
    service.record([entry(actor, P.PLAN_READ_PUBLISHED, case, allowed=False, reason="På vagt")])
    world.save()
    return case


def test_rows_are_numbered_without_gaps_and_the_chain_holds(world):
    _three_rows(world)
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.allowed for row in rows] == [True, True, False]
    assert verifying.broken_at() is None


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit_event SET allowed = true",
        "UPDATE audit_event SET reason_sealed = NULL WHERE seq = 3",
        "UPDATE audit_event SET reason_sealed = (SELECT chain FROM audit_event WHERE seq = 1)",
        "DELETE FROM audit_event",
        "UPDATE audit_anchor SET seq = 1",
        "DELETE FROM audit_anchor",
        "UPDATE erasure SET case_id = 'x'",
        "DELETE FROM erasure",
        "DELETE FROM consent",
        "UPDATE consent SET scope_list = 'plan'",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete(world, attempt):
    _three_rows(world)
    service.anchor(at=worlds.now())
    db.session.add(Erasure(case_id="somewhere0000000", at=worlds.now()))
    world.save()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(attempt))
    db.session.rollback()
    assert verifying.broken_at() is None


@pytest.mark.parametrize("table", KEPT)
def test_postgresql_refuses_to_empty_a_table_that_is_kept(world, table):
    if db.session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))
        db.session.rollback()
    else:
        # SQLite has no TRUNCATE: emptying is a DELETE, which its trigger refuses.
        named = text("SELECT count(*) FROM sqlite_master WHERE name = :name")
        assert db.session.scalar(named, {"name": f"{table}_no_delete"}) == 1


def test_an_anchor_shows_a_cut_tail(world):
    _three_rows(world)
    service.anchor(at=worlds.now())
    world.save()
    _without_triggers("DELETE FROM audit_event WHERE seq = 3")
    assert verifying.broken_at() == 3


def test_a_changed_row_is_located(world):
    _three_rows(world)
    _without_triggers("UPDATE audit_event SET user_id = 'somebodyelse0000' WHERE seq = 2")
    assert verifying.broken_at() == 2


def test_a_row_put_before_the_first_is_located(world):
    _three_rows(world)
    _without_triggers("UPDATE audit_event SET seq = -1 WHERE seq = 3")
    assert verifying.broken_at() == 1


def test_the_words_of_a_reason_go_with_an_erased_case_and_the_chain_holds(world):
    case = _three_rows(world)
    _without_triggers("UPDATE audit_event SET reason_sealed = NULL")
    assert verifying.broken_at() == 3
    db.session.add(Erasure(case_id=case.id, at=worlds.now()))
    world.save()
    assert verifying.broken_at() is None


def test_a_refresh_within_a_quarter_of_an_hour_is_covered_by_the_opening(world):
    actor, case = world.actor(world.lise), world.case()
    service.record([entry(actor, P.ROOM_FOLLOW, case)])
    service.record([entry(actor, P.ROOM_FOLLOW, case, is_refresh=True)])
    world.save()
    assert len(db.session.scalars(select(AuditEvent)).all()) == 1


def test_a_denial_is_a_row_of_its_own_although_it_calls_itself_a_refresh(world):
    actor, case = world.actor(world.lise), world.case()
    service.record([entry(actor, P.ROOM_FOLLOW, case)])
    denied = entry(actor, P.ROOM_FOLLOW, case, allowed=False, is_refresh=True)
    assert not service.is_covered([denied])
    service.record([denied])
    world.save()
    assert [row.allowed for row in db.session.scalars(select(AuditEvent))] == [True, False]


@pytest.mark.soak
def test_many_writers_make_one_chain_without_gaps_or_forks(world):
    actor, case = world.actor(world.lise), world.case()
    entries = [entry(actor, P.CASE_READ, case)]
    world.save()
    rows, writers = figure(10_000), 16

    def write(count: int) -> None:
        with world.app.app_context():
            may_write()
            for _row in range(count):
                service.record(entries)
                db.session.commit()

    shares = [rows // writers + (n < rows % writers) for n in range(writers)]
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, shares))
    numbers = db.session.scalars(select(AuditEvent.seq).order_by(AuditEvent.seq)).all()
    assert numbers == list(range(1, rows + 1))
    assert verifying.broken_at() is None
    print(f"T27: {writers} writers, {rows} rows, 0 gaps, 0 forks")


# tampering -------------------------------------------------------------------------------------


def _do(statement: str, **values: object) -> None:
    db.session.execute(text(statement), values)


@dataclass
class Tampering:
    """Somebody with the database in hand and without the keys; returns the row they touched."""

    chance: object

    def change(self) -> int:
        row = self.chance.randint(1, LONG)
        column, value = self.chance.choice(
            [
                ("user_id", "somebodyelse0000"),
                ("role", "nobody"),
                ("unit_id", "elsewhere0000000"),
                ("session_id", "another000000000"),
                ("operation", "case.update"),
                ("case_id", "another000000000"),
                ("object_kind", "nothing"),
                ("object_id", "another000000000"),
                ("at", "2001-02-03 04:05:06.000000"),
                ("id", ids.new_id()),
                ("chain", b"0" * 32),
                ("reason_sealed", b"\x01" + b"0" * 40),
                ("reason_digest", b"0" * 32),
            ]
        )
        cast = "CAST(:value AS TIMESTAMPTZ)" if column == "at" and _is_postgresql() else ":value"
        changing = f"UPDATE audit_event SET {column} = {cast} WHERE seq = :row"  # noqa: S608 - ours
        _do(changing, value=value, row=row)
        return row

    def allow(self) -> int:
        row = self.chance.randint(1, LONG)
        _do("UPDATE audit_event SET allowed = NOT allowed WHERE seq = :row", row=row)
        return row

    def delete(self) -> int:
        row = self.chance.randint(1, LONG)
        _do("DELETE FROM audit_event WHERE seq = :row", row=row)
        return row

    def delete_and_number_anew(self) -> int:
        row = self.delete()
        self._shift(row, -1)
        return row

    def insert(self) -> int:
        row = self.chance.randint(1, LONG)
        self._shift(row - 1, 1)
        names = "at, user_id, role, unit_id, session_id, operation, allowed, case_id, object_kind"
        _do(
            f"INSERT INTO audit_event (id, seq, {names}, object_id, chain) "  # noqa: S608 - ours
            f"SELECT :id, :row, {names}, object_id, chain FROM audit_event WHERE seq = :like",
            id=ids.new_id(),
            row=row,
            like=row + 1,
        )
        return row

    def swap(self) -> int:
        first, second = sorted(self.chance.sample(range(1, LONG + 1), 2))
        for before, after in ((first, -1), (second, first), (-1, second)):
            _do("UPDATE audit_event SET seq = :a WHERE seq = :b", a=after, b=before)
        return first

    def cut_the_tail(self) -> int:
        row = self.chance.randint(1, LONG)
        _do("DELETE FROM audit_event WHERE seq >= :row", row=row)
        return row

    def chain_anew(self) -> int:
        """Change a row and make every link after it anew, with a key of their own."""
        row = self.change_user()
        real = sealed.keyring()
        sealed.install(sealed.Keyring(keys=real.keys, index_key=b"x" * 32))
        self.link_from(row)
        sealed.install(real)
        return row

    def change_user(self) -> int:
        row = self.chance.randint(1, LONG)
        _do("UPDATE audit_event SET user_id = 'somebodyelse0000' WHERE seq = :row", row=row)
        return row

    def link_from(self, row: int) -> None:
        before = db.session.scalar(select(AuditEvent.chain).where(AuditEvent.seq == row - 1)) or b""
        for found in list(verifying.rows())[row - 1 :]:
            facts = verifying.facts_of(
                {**found, "reason_sealed": None, "reason_digest": None}, set()
            )
            before = service.link(facts, before)
            _do("UPDATE audit_event SET chain = :c WHERE id = :id", c=before, id=found["id"])

    def _shift(self, after: int, by: int) -> None:
        """Number the rows after ``after`` anew without meeting a number that is taken."""
        far = 1_000_000
        _do("UPDATE audit_event SET seq = seq + :far WHERE seq > :after", far=far, after=after)
        _do("UPDATE audit_event SET seq = seq - :far + :by WHERE seq > :far", far=far, by=by)


WAYS = (
    *(Tampering.change, Tampering.allow, Tampering.delete, Tampering.delete_and_number_anew),
    *(Tampering.insert, Tampering.swap, Tampering.cut_the_tail, Tampering.chain_anew),
)


@pytest.mark.soak
def test_every_tampering_is_found_and_located(world):
    case, chance = world.case(), dice()
    actors = [world.actor(user) for user in (world.lise, world.jonas)]
    for number in range(LONG):
        reason = "På vagt" if number % 3 == 0 else ""
        told = entry(actors[number % 2], P.CASE_READ, case, reason=reason)
        service.record([told])
    service.anchor(at=worlds.now())
    world.save()
    found = 0
    for number in range(figure(200)):
        _let_triggers_rest()
        way = WAYS[number % len(WAYS)]
        row = way(Tampering(chance))
        db.session.flush()
        assert verifying.broken_at() == row, way.__name__
        db.session.rollback()
        found += 1
    assert verifying.broken_at() is None
    print(f"T27: {found} tamperings, {found} found and located")


def test_a_chain_made_anew_with_the_key_shows_against_the_anchor_outside(world):
    _three_rows(world)
    kept = service.anchor(at=worlds.now())
    outside = verifying.heads([f"{kept.at.isoformat()} {kept.seq} {kept.chain.hex()}"])
    world.save()
    _let_triggers_rest()
    _do("UPDATE audit_event SET user_id = 'somebodyelse0000' WHERE seq = 1")
    _do("UPDATE audit_event SET reason_sealed = NULL, reason_digest = NULL")
    Tampering(None).link_from(1)
    _do("DELETE FROM audit_anchor")
    assert verifying.broken_at() is None
    assert verifying.broken_at(outside) == 3
    db.session.rollback()


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _let_triggers_rest() -> None:
    """Do what only somebody with the database in hand can do, until the next roll-back."""
    if _is_postgresql():
        _do("SET LOCAL session_replication_role = replica")
        return
    for table in ("audit_event", "audit_anchor"):
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
        for name in db.session.scalars(names, {"table": table}).all():
            _do(f"DROP TRIGGER {name}")


def _without_triggers(statement: str) -> None:
    _let_triggers_rest()
    _do(statement)
    db.session.commit()
    db.session.expire_all()
