"""Until when hosts limit polls of tracked repositories, and since when polls fail."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the columns; a repository that fails now counts as failing from its next poll on."""
    time = sa.DateTime(timezone=True)
    op.add_column("tracked_repositories", sa.Column("waiting_until", time, nullable=True))
    op.add_column("tracked_repositories", sa.Column("waiting_for", sa.Text(), nullable=True))
    op.add_column("tracked_repositories", sa.Column("failing_since", time, nullable=True))
    op.add_column(
        "tracked_repositories", sa.Column("failure_told", sa.Boolean(), nullable=False, server_default=sa.false())
    )
