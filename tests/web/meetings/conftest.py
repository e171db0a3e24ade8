"""What these tests share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event


@pytest.fixture
def counting() -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context that lists the statements sent to the database within it."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*args: Any) -> None:
            if args[2].lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                seen.append(args[2])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return count
