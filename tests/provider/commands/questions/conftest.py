"""A service with three images."""

import pytest

from provider.composition.parts import Parts, utc_now
from provider.settings import read_settings
from tests.population.filling import fill


@pytest.fixture(name="three")
def filled(workplace: object) -> None:
    """node:22 changed two days ago; base-node waits for its delay, and payments-api for base-node."""
    with Parts.open(read_settings({})) as parts:
        fill(parts.engine, 3, utc_now())
