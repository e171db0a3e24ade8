"""What a request writes, as the database hears it before it is rolled back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import event

from netmeet.core.db import db
from tests.access.routes import NOBODYS
from tests.access.stage import OUTLIVES, Stage

_WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def heard(stage: Stage) -> Iterator[Counter[Any]]:
    """Collect what is written meanwhile: each statement with its values, but what chance gives.

    Of an instant, of what is sealed and of an id that is new it counts that it is there.
    """
    known = {one for ids in stage.ids.values() for one in ids}
    found: Counter[Any] = Counter()

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        verb, is_many = statement.lstrip().split(" ", 1)[0].upper(), rest[1]
        if verb in _WRITES and not any(table in _words(statement) for table in OUTLIVES):
            for one in values if is_many else [values]:
                found[statement, _plain(one, known)] += 1

    with stage.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _words(statement: str) -> list[str]:
    return statement.replace('"', " ").replace("(", " ").split()[:4]


def _plain(values: Any, known: set[str]) -> str:
    """Return the values without what is another every time."""
    found = values.values() if isinstance(values, dict) else values
    return str([_kept(value, known) for value in found])


def _kept(value: Any, known: set[str]) -> Any:
    if isinstance(value, datetime) or not isinstance(value, str | int | date | None):
        return type(value).__name__
    is_long = isinstance(value, str) and len(value) >= len(NOBODYS)
    return "text" if is_long and value not in known else value
