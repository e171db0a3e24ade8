"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import postgres, smtp


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database that only this worker uses."""
    own = tmp_path_factory.getbasetemp()
    meeting_place: Path = own if worker_id == "master" else own.parent
    with postgres.cluster(meeting_place) as cluster:
        yield cluster.create_database()


@pytest.fixture
def smtp_sink() -> Iterator[smtp.Sink]:
    """A mail server that keeps what it is sent."""
    with smtp.running() as sink:
        yield sink
