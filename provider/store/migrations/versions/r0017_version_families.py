"""The component and the scheme of numbers of each release: one of each gives the latest. And the rules of the order."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns; the next poll of a repository computes them, because its order has other rules."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("tracked_releases", sa.Column("family", words, nullable=False, server_default=""))
    op.add_column("tracked_releases", sa.Column("scheme", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tracked_repositories", sa.Column("order_rules", sa.Integer(), nullable=False, server_default="0"))
