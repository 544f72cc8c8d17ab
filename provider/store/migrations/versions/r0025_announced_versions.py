"""Which releases of a tracked repository are announced."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the choice; all releases are announced, as before."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("tracked_repositories", sa.Column("announce", words, nullable=False, server_default="all"))
