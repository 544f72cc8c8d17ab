"""What people ask for: rebuilds, emergencies, holds and skipped digests."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "person_requests",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("name", words, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("person_requests_by_closed_at", "person_requests", ["closed_at", "position"])
