"""The workers that live."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Make the table; in PostgreSQL without a log: after a crash of the server each worker says again that it lives."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "live_workers",
        sa.Column("worker", sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True),
        sa.Column("until", sa.Double(), nullable=False),
        prefixes=["UNLOGGED"] if postgresql else [],
    )
