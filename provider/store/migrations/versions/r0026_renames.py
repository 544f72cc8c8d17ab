"""GitHub's ids of tracked repositories, and their last renames."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns; the ids are learned from the next polls."""
    op.add_column("tracked_repositories", sa.Column("source_number", sa.BigInteger(), nullable=True))
    op.add_column("tracked_repositories", sa.Column("renamed_from", sa.Text(), nullable=True))
    op.add_column("tracked_repositories", sa.Column("renamed_to", sa.Text(), nullable=True))
    op.add_column("tracked_repositories", sa.Column("renamed_at", sa.DateTime(timezone=True), nullable=True))
