"""Erasing closed cases for good when their time is over, and keeping them longer where one must.

What belongs to a case is found by the foreign keys of the database, so that a new table is erased
without being named here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.engine import CursorResult

from netmeet.accounts.models import PersonalLink, UnitRole, User
from netmeet.audit.models import AuditEvent, Erasure
from netmeet.cases.models import Case, KeepingNote, Person, TeamMember
from netmeet.cases.queries import keeping
from netmeet.cases.rules import Keeping
from netmeet.core.access import PRIVATE
from netmeet.core.db import Base, db
from netmeet.core.refusals import Refused
from netmeet.outbox.models import Attempt, Message

_AT_ONCE = 10_000
_SEALED = "_sealed"


def note(case_id: str, kind: Keeping, words: str, *, at: datetime) -> KeepingNote:
    """Write down a hold, its end, or to which record the papers were handed over.

    Raises ``Refused`` for an unknown case or without words.
    """
    if db.session.get(Case, case_id) is None:
        message = f"There is no case {case_id}."
        raise Refused(message)
    if not words.strip():
        message = "Say why, or where to."
        raise Refused(message)
    row = KeepingNote(case_id=case_id, kind=kind, words=words, at=at)
    db.session.add(row)
    db.session.flush()
    return row


def erase(case_id: str, *, at: datetime) -> Sequence[str]:
    """Erase the case with all that belongs to it, and the people who are in no other.

    The erasure is written down first: the database lets nothing go that is kept for ever without
    it. Returns the users whose names and accounts went too.
    """
    case = db.session.get(Case, case_id)
    if keeping.erasure_of(case_id) is None:
        db.session.add(Erasure(case_id=case_id, at=at))
        db.session.flush()
    if case is None:
        return []
    owned = _owned(Case.__tablename__, {case_id})
    users = _only_here(case_id, _people_of(case))
    is_last = _is_last_of(case)
    person_id = case.person_id
    db.session.expunge_all()
    _forget_messages(case_id, users)
    _forget_links(owned)
    _delete(owned)
    if is_last:
        _delete({Person.__tablename__: {person_id}})
    _forget_accounts(users)
    _forget_reasons(case_id)
    return sorted(users)


def forget_users(users: Collection[str]) -> None:
    """Take names and accounts from users who were erased before (after an older copy was put back).

    Those who have come into another case since are left alone.
    """
    gone = _only_here("", set(users))
    _forget_messages("", gone)
    _forget_accounts(gone)


def _owned(table: str, ids: set[str]) -> Mapping[str, set[str]]:
    """Return the rows that refer to these, and to those again, by table."""
    found: dict[str, set[str]] = defaultdict(set, {table: set(ids)})
    fresh = {table: set(ids)}
    while fresh:
        beyond: dict[str, set[str]] = defaultdict(set)
        for child, column, parent in _references():
            if parent in fresh:
                beyond[child.name] |= _referring(child, column, fresh[parent]) - found[child.name]
        for name, more in beyond.items():
            found[name] |= more
        fresh = {name: more for name, more in beyond.items() if more}
    return found


def _references() -> Iterator[tuple[Table, Column[str], str]]:
    """Yield every foreign key: the table, its column, and the table that it names."""
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if "id" in table.c:
                yield table, key.parent, key.column.table.name


def _referring(table: Table, column: Column[str], ids: Collection[str]) -> set[str]:
    return {
        row_id
        for some in _parts(ids)
        for row_id in db.session.scalars(select(table.c.id).where(column.in_(some)))
    }


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    for begin in range(0, len(ordered), _AT_ONCE):
        yield ordered[begin : begin + _AT_ONCE]


def _delete(owned: Mapping[str, Collection[str]]) -> None:
    """Delete the rows, those that refer before those that are referred to.

    Raises ``RuntimeError`` when the database deleted fewer than it was told to.
    """
    for table in reversed(Base.metadata.sorted_tables):
        for some in _parts(owned.get(table.name, ())):
            gone = cast(
                "CursorResult[Any]", db.session.execute(delete(table).where(table.c.id.in_(some)))
            )
            if gone.rowcount != len(some):
                message = f"{table.name}: {gone.rowcount} of {len(some)} rows were erased"
                raise RuntimeError(message)


def _people_of(case: Case) -> set[str]:
    """Return the person and whoever is in the network."""
    person = select(Person.user_id).where(Person.id == case.person_id)
    team = select(TeamMember.user_id).where(TeamMember.case_id == case.id)
    return {*db.session.scalars(person), *db.session.scalars(team)}


def _is_last_of(case: Case) -> bool:
    others = select(Case.id).where(Case.person_id == case.person_id, Case.id != case.id)
    return db.session.scalar(others.limit(1)) is None


def _only_here(case_id: str, users: set[str]) -> set[str]:
    """Return those of the users who are private people and known in no other case."""
    staff = select(UnitRole.user_id).where(UnitRole.role.not_in(PRIVATE))
    elsewhere = select(TeamMember.user_id).where(TeamMember.case_id != case_id)
    about = (
        select(Person.user_id)
        .join(Case, Case.person_id == Person.id)
        .where(Case.id != case_id, Person.user_id.in_(users))
    )
    known = (
        select(User.id)
        .where(User.id.in_(users))
        .where(User.id.in_(staff) | User.id.in_(elsewhere) | User.id.in_(about))
    )
    return users - set(db.session.scalars(known))


def _forget_reasons(case_id: str) -> None:
    """Empty the words in the log; the chain covers their digest, which stays."""
    log = Base.metadata.tables[AuditEvent.__tablename__]
    said = (log.c.case_id == case_id) & log.c.reason_sealed.is_not(None)
    db.session.execute(update(log).where(said).values(reason_sealed=None))


def _forget_messages(case_id: str, users: Collection[str]) -> None:
    mine = select(Message.id).where(
        (Message.case_id == case_id) | Message.user_id.in_(sorted(users))
    )
    ids = set(db.session.scalars(mine))
    attempts = set(
        db.session.scalars(select(Attempt.id).where(Attempt.message_id.in_(sorted(ids))))
    )
    _delete({Message.__tablename__: ids, Attempt.__tablename__: attempts})


def _forget_links(owned: Mapping[str, Collection[str]]) -> None:
    """Delete the secret addresses that lead to what goes."""
    for ids in owned.values():
        for some in _parts(ids):
            db.session.execute(delete(PersonalLink).where(PersonalLink.subject_id.in_(some)))


def _forget_accounts(users: Collection[str]) -> None:
    """Delete what users sign in with, and empty who they are; the row itself others may name."""
    if not users:
        return
    table = Base.metadata.tables[User.__tablename__]
    own = {mapper.local_table for mapper in Base.registry.mappers if _is_account(mapper.class_)}
    for held in reversed(Base.metadata.sorted_tables):
        if held in own and "user_id" in held.c:
            db.session.execute(delete(held).where(held.c.user_id.in_(sorted(users))))
    empty = {column.name: None for column in table.c if column.name.endswith(_SEALED)}
    cleared = {**empty, "email_index": None, "password_hash": None, "active": False}
    db.session.execute(update(table).where(table.c.id.in_(sorted(users))).values(cleared))


def _is_account(model: type) -> bool:
    return model.__module__ == User.__module__
