"""What every test of this app shares."""

import pytest

from reservations.queries import availability


@pytest.fixture(autouse=True)
def _forget_availability():
    """What a process remembers outlives a test, and ids come again."""
    availability.forget()
