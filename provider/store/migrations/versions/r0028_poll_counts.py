"""How many polls of each host had which outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the table; polls before it are not counted."""
    op.create_table(
        "tracked_poll_counts",
        sa.Column("type", sa.String(), primary_key=True),
        sa.Column("host", sa.String(), primary_key=True),
        sa.Column("outcome", sa.String(), primary_key=True),
        sa.Column("polls", sa.BigInteger(), nullable=False),
    )
