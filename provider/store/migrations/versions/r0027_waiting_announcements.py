"""Announcements of new releases that wait to go out together."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the table."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "waiting_announcements",
        sa.Column("id", words, primary_key=True),
        sa.Column("subject", words, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
