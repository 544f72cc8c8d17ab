"""Where and when releases were found, whose tags were moved, and which lists miss many of their releases."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

# How the columns for times store an unknown one, which comes first in their order.
_NEVER = "0001-01-01 00:00:00.000000"


def upgrade() -> None:
    """Add the columns; of earlier releases the list and the time are not known."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    time = sa.DateTime(timezone=True)
    op.add_column("tracked_releases", sa.Column("listed_in", words, nullable=False, server_default=""))
    op.add_column("tracked_releases", sa.Column("first_seen", time, nullable=False, server_default=_NEVER))
    op.add_column("tracked_releases", sa.Column("moved_from", sa.String(), nullable=True))
    op.add_column("tracked_releases", sa.Column("moved_at", time, nullable=True))
    op.add_column("tracked_repositories", sa.Column("missing_since", time, nullable=True))
    op.add_column("tracked_repositories", sa.Column("read_whole_at", time, nullable=True))
    op.add_column("tracked_repositories", sa.Column("missing_polls", sa.Integer(), nullable=False, server_default="0"))
