"""Which lost deliveries of GitHub's webhooks were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table("webhook_redeliveries", sa.Column("guid", _words(), primary_key=True), _at())
    op.create_table(
        "webhook_looks",
        sa.Column("hook", _words(), primary_key=True),
        _at(),
        sa.Column("problem", sa.Text, nullable=False),
    )


def _at() -> sa.Column[object]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
