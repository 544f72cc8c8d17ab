"""What is left of the requests to each host, for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Make the table; in PostgreSQL without a log: after a crash of the server each host has its whole burst again."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "host_allowances",
        sa.Column("host", sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        prefixes=["UNLOGGED"] if postgresql else [],
    )
