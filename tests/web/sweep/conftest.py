"""The stage of the matrix, and somebody who reads the log when an answer leaves."""

import contextvars
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from netmeet.audit.models import AuditEvent
from netmeet.core.db import db, only_read
from tests.access.conftest import dice, postgresql_stage, sqlite_stage, stage
from tests.access.stage import Stage

__all__ = ["dice", "postgresql_stage", "sqlite_stage", "stage"]

COLUMNS = ("operation", "allowed", "object_id", "case_id", "user_id", "at")


class Watch:
    """Stands in front of netmeet; ``rows`` are those that were kept before an answer began.

    It looks through a connection of its own, so that it sees only what has been committed.
    """

    def __init__(self, stage: Stage) -> None:
        self._app = stage.app
        self._inside = stage.app.wsgi_app
        with self._app.app_context():
            self._engine = db.engine
        stage.is_postgresql = self._engine.dialect.name == "postgresql"
        self.rows: list[dict] = []
        self.last = 0
        self.count()

    def __call__(self, environ, start_response):
        """Let netmeet answer, and read the log at the first line of the answer."""

        def begins(*head):
            self.rows = contextvars.copy_context().run(self._since)
            return start_response(*head)

        return self._inside(environ, begins)

    def _since(self):
        only_read()
        table = AuditEvent.__table__
        wanted = select(table.c.seq, *(table.c[name] for name in COLUMNS))
        with self._engine.connect() as line:
            found = line.execute(wanted.where(table.c.seq > self.last).order_by(table.c.seq))
            rows = [dict(row) for row in found.mappings()]
        self.last = rows[-1].pop("seq") if rows else self.last
        return rows

    def count(self) -> int:
        """Return how many rows the log has by now, and forget those before."""

        def newest():
            only_read()
            with self._engine.connect() as line:
                return line.scalar(select(func.max(AuditEvent.seq))) or 0

        self.last = contextvars.copy_context().run(newest)
        return self.last


@pytest.fixture
def watch(stage: Stage) -> Iterator[Watch]:
    """Return who reads the log when an answer of the stage leaves."""
    inside = stage.app.wsgi_app
    watching = Watch(stage)
    stage.app.wsgi_app = watching
    yield watching
    stage.app.wsgi_app = inside
