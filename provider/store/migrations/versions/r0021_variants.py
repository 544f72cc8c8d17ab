"""The variants of a version: other tags of a release, and which of them its hash is of."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the columns; the next poll of a list combines the releases that are variants of one version."""
    op.add_column("tracked_releases", sa.Column("variants", sa.Text(), nullable=False, server_default=""))
    op.add_column("tracked_releases", sa.Column("tag", sa.String(), nullable=True))
