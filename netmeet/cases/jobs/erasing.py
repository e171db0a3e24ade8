"""Erasing what has had its time; and again, when an older copy of the database was put back.

The ledger is a file outside the database that only grows: a line an erasure, written before the
database forgets. It names the case and users by their ids and nothing more.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect

from netmeet.audit import service as audit
from netmeet.cases import queries
from netmeet.cases.queries import keeping
from netmeet.cases.service import erasing
from netmeet.core.access import Actor, Role
from netmeet.core.db import clean, db, may_write
from netmeet.core.permissions import Permission
from netmeet.core.trail import entry


def erase_due(now: datetime, *, years: Mapping[str, int], ledger: Path) -> int:
    """Erase every closed case whose time is over, one a transaction; return how many."""
    may_write()
    due = [found.case_id for found in keeping.kept_too_long(now, years) if found.may_go]
    db.session.rollback()
    for case_id in due:
        _erase(case_id, now, ledger=ledger)
    if due:
        clean()
    return len(due)


def _erase(case_id: str, now: datetime, *, ledger: Path) -> None:
    case = queries.by_id(case_id)
    job = Permission.RETENTION_EXECUTE
    robot = Actor(user_id="", name="", role=Role.SYS, at=now, job=job)
    audit.record([entry(robot, job, case)])
    users = erasing.erase(case_id, at=now)
    _write(ledger, f"{now.isoformat()} {case_id} {','.join(users)}\n")
    db.session.commit()


def _write(ledger: Path, line: str) -> None:
    """Add a line and wait until it lies on the disk."""
    handle = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as lines:
        lines.write(line)
        lines.flush()
        os.fsync(lines.fileno())


def erase_again(now: datetime, *, ledger: Path) -> int:
    """Erase what the ledger says was erased and is here all the same; return how many cases.

    Before anybody is let in. Does nothing while the tables are still to be made.
    """
    if not ledger.exists() or not inspect(db.engine).has_table("erasure"):
        return 0
    may_write()
    returned = 0
    for case_id, users in _lines(ledger):
        if keeping.erasure_of(case_id) is None:
            erasing.erase(case_id, at=now)
            erasing.forget_users(users)
            returned += 1
            db.session.commit()
    db.session.rollback()
    if returned:
        clean()
    return returned


def _lines(ledger: Path) -> Iterator[tuple[str, list[str]]]:
    for line in ledger.read_text(encoding="ascii").splitlines():
        _at, case_id, *users = line.split(" ")
        yield case_id, [user for user in ",".join(users).split(",") if user]
