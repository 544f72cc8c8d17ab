"""The cache of upstream responses, and the leases on its keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "cache_entries",
        sa.Column("key", _words(), primary_key=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("cache_entries_by_reading", "cache_entries", ["read_at", "key", "size"])
    op.create_table(
        "cache_leases",
        sa.Column("key", _words(), primary_key=True),
        sa.Column("holder", _words(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
