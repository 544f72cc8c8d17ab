"""An index of which rows were lost."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from provider.store.engine import migrate, open_engine, writing
from provider.store.images import SqlImageIndex
from provider.store.tables import images
from tests.provider.web_images import base


@pytest.mark.parametrize("lost", [["app"], ["app", "node"]])
def test_an_index_does_not_have_what_it_lost(tmp_path: Path, lost: list[str]) -> None:
    """Rows that were deleted by hand, or by a restored backup of one table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    index = SqlImageIndex(engine)
    written = index.replace([base("app"), base("node")], {})
    with writing(engine) as connection:
        connection.execute(delete(images).where(images.c.name.in_(lost)))

    assert not index.has(written)
    engine.dispose()
