"""A service with an overview, over a database of its own."""

import pytest
from sqlalchemy import Engine

from tests.provider.overview_world import OverviewWorld
from tests.provider.store.conftest import engine

__all__ = ["engine"]


@pytest.fixture(name="world")
def made_world(engine: Engine) -> OverviewWorld:
    """Nothing is tracked."""
    return OverviewWorld(engine)
