"""The demo on a stage of its own, whose texts a test may replace."""

from collections.abc import Iterator

import pytest

from netmeet.core import sealed
from tests.misuse import told
from tests.misuse.told import Told


@pytest.fixture(scope="session")
def told_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Return the stage, built once a run: what is written does not depend on the database."""
    stage = told.stage(tmp_path_factory.mktemp("told"))
    yield stage
    told.close(stage)


@pytest.fixture
def stage(told_stage: Told) -> Iterator[Told]:
    """Return the stage with its own keys in use; what a test does to it is undone."""
    sealed.install(told_stage.app.config["NETMEET"].keyring)
    told_stage.forgets = True
    with told_stage.set_back():
        yield told_stage
