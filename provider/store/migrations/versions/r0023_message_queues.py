"""Queues of messages: each channel has its own copy of a message, with its own receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the table again with the queue in its key; all messages belong to the main one."""
    op.drop_index("outbox_by_turn", "outbox")
    op.rename_table("outbox", "old_outbox")
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "outbox",
        sa.Column("queue", words, nullable=False),
        sa.Column("id", words, nullable=False),
        sa.Column("kind", words, nullable=False),
        sa.Column("subject", words, nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("receipt", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("queue", "id", name="outbox_of_queues_pkey"),
    )
    op.execute(
        "INSERT INTO outbox (queue, id, kind, subject, pending, put_at, tried, revision, receipt, problem, body) "
        "SELECT 'channel', id, kind, subject, pending, put_at, tried, revision, receipt, problem, body FROM old_outbox"
    )
    op.drop_table("old_outbox")
    op.create_index("outbox_by_turn", "outbox", ["queue", "pending", "put_at", "id"])
    queues = op.create_table(
        "message_queues",
        sa.Column("name", words, primary_key=True),
        sa.Column("kinds", words, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.bulk_insert(queues, [{"name": "channel", "kinds": "", "state": "{}"}])
