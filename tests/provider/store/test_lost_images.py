"""An index of which rows were lost."""

import pytest
from sqlalchemy import Engine, delete

from provider.store.engine import writing
from provider.store.images import SqlImageIndex
from provider.store.tables import images
from tests.provider.web_images import base


@pytest.mark.parametrize("lost", [["app"], ["app", "node"]])
def test_an_index_does_not_have_what_it_lost(engine: Engine, lost: list[str]) -> None:
    """Rows that were deleted by hand, or by a restored backup of one table."""
    index = SqlImageIndex(engine)
    written = index.replace([base("app"), base("node")], {})
    with writing(engine) as connection:
        connection.execute(delete(images).where(images.c.name.in_(lost)))

    assert not index.has(written)
