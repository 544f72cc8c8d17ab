"""The inbox of webhooks: their deliveries, the digests that they named, and when each sender was last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, _words(), nullable=False) for name in ("sender", "delivery")),
        _at(),
        *(sa.Column(name, _words(), nullable=False) for name in ("kind", "state")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("reason", "outcome", "events")),
        sa.UniqueConstraint("sender", "delivery", name="webhook_deliveries_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("webhook_deliveries_by_at", "webhook_deliveries", ["at", "id"])
    op.create_index("webhook_deliveries_by_state", "webhook_deliveries", ["state", "id"])
    op.create_table(
        "webhook_images",
        sa.Column("reference", _words(), primary_key=True),
        sa.Column("digest", _words(), nullable=False),
        _at(),
    )
    op.create_table("webhook_places", sa.Column("place", _words(), primary_key=True), _at())


def _at() -> sa.Column[object]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
