"""What is wanted of a tracked repository: list, versions, which of them are told; labels, and what is deployed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the columns; the repositories that are tracked want everything, as before."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    for name, default in (
        ("source", ""),
        ("include", ""),
        ("exclude", ""),
        ("prereleases", "tell"),
        ("labels", ""),
        ("deployed_version", ""),
    ):
        op.add_column("tracked_repositories", sa.Column(name, words, nullable=False, server_default=default))
