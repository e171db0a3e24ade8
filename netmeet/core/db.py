"""The database: one code path for SQLite and PostgreSQL."""

import enum
import sqlite3
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    String,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator

from netmeet.core import ids
from netmeet.core.refusals import Conflict

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",
)

_writes: ContextVar[bool] = ContextVar("netmeet_writes", default=True)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides, stored in UTC. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC. Raises ``ValueError`` for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant must be aware"
            raise ValueError(message)
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class LocalDateTime(TypeDecorator[datetime]):
    """Wall time in Copenhagen, naive: a change of time law must not move a meeting."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store as it is. Raises ``ValueError`` for an aware value."""
        if value is not None and value.tzinfo is not None:
            message = "wall time must be naive"
            raise ValueError(message)
        return value


def _construct(row: "Base", **values: Any) -> None:
    """Give the row its id first (sealed attributes are bound to it), then its values."""
    row.id = values.pop("id", None) or ids.new_id()
    for name, value in values.items():
        if not hasattr(type(row), name):
            message = f"{type(row).__name__} has no attribute {name}"
            raise TypeError(message)
        setattr(row, name, value)


class Base(DeclarativeBase):
    """Every table: an opaque id, known before the row is written."""

    registry: ClassVar[registry] = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        constructor=_construct,
        type_annotation_map={
            datetime: UTCDateTime(),
            enum.StrEnum: Enum(
                enum.StrEnum,
                native_enum=False,
                create_constraint=False,
                length=40,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)


class Versioned:
    """A row that people edit: every change counts ``version`` up, and a stale one is refused."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let SQLAlchemy check the version at every update."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]  # mapped classes have it

    def expect(self, version: int, *, mine: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        """Raise ``Conflict`` with both texts when the form was opened at another version."""
        if version != self.version:
            raise Conflict(mine=mine, theirs=theirs, version=self.version)


class OneDatabase(Session):
    """A session that need not look for the database of a table: there is one."""

    def get_bind(
        self,
        mapper: Any = None,
        clause: Any = None,
        bind: Engine | Connection | None = None,
        **rest: Any,
    ) -> Engine | Connection:
        """Return ``bind`` when given, else the one engine."""
        del mapper, clause, rest
        return bind if bind is not None else self._db.engine


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": OneDatabase})


def read_into(row: Base, name: str, statement: Select[Any]) -> None:
    """Read a collection of ``row`` by ``statement``, which takes the row's id as ``id``.

    What has been read already stays, as when a page is loaded in one. Statements that every page
    sends are made once, when the module is imported: making them costs more than sending them.
    """
    if name not in row.__dict__:
        found = db.session.scalars(statement, {"id": row.id}).unique().all()
        set_committed_value(row, name, found)


def refer(rows: Iterable[Base], name: str, model: type[Base]) -> None:
    """Give each row the ``model`` that its ``<name>_id`` names, as ``row.<name>``.

    What has been read already is not read again, the rest in one query: a page about one case has
    read its people once, and they stand behind nearly every row of it.
    """
    column = f"{name}_id"
    wanted = [(row, getattr(row, column)) for row in rows]
    held, key = db.session.identity_map, inspect(model).identity_key_from_primary_key
    found = {one: held.get(key((one,))) for one in {one for _row, one in wanted if one}}
    missing = [one for one, thing in found.items() if thing is None]
    if missing:
        found |= {t.id: t for t in db.session.scalars(select(model).where(model.id.in_(missing)))}
    for row, one in wanted:
        set_committed_value(row, name, found.get(one))


def only_read() -> None:
    """From here on this request's transactions only read (undone by :func:`may_write`)."""
    _writes.set(False)


def may_write() -> None:
    """From here on transactions may write: on SQLite each begins immediate."""
    _writes.set(True)


def clean() -> None:
    """Leave nothing of deleted rows in pages and files that are not used any more.

    Outside any transaction, on a connection that is closed afterwards.
    """
    db.session.remove()
    connection = db.engine.raw_connection()
    driver: Any = connection.driver_connection
    connection.detach()
    try:
        if isinstance(driver, sqlite3.Connection):
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            driver.autocommit = True
            driver.execute("VACUUM")
    finally:
        driver.close()


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    # Straight to the driver: every request begins twice.
    lite: Any = connection.connection.driver_connection
    if isinstance(lite, sqlite3.Connection):
        lite.execute("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")
