"""What tests of finding a time begin with; others make a meeting of their own."""

import pytest


@pytest.fixture
def meeting(world):
    """A meeting without a time; all four of the network stand on its list."""
    return world.meeting_without_time()
