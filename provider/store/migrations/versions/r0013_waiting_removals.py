"""The images whose removal waits until an admin allows it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column."""
    op.add_column("reported_problems", sa.Column("removes", sa.Text, nullable=False, server_default="[]"))
