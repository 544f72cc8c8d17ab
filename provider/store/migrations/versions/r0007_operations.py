"""The acts of callers, the problems of the config repository, and requests for checks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        _at("at"),
        *(sa.Column(name, _words(), nullable=False) for name in ("caller", "action", "name", "outcome")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("cve", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_at", "audit", ["at", "id"])
    op.create_table(
        "check_requests",
        sa.Column("id", sa.Integer, primary_key=True),
        _at("at"),
        sa.Column("names", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reported_problems",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("name", _words(), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("file", sa.Text),
        sa.Column("line", sa.Integer),
        sa.Column("field", sa.Text),
        _at("since"),
    )


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _words() -> sa.String:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")
