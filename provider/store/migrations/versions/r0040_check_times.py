"""When each reference was checked, for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "check_times",
        sa.Column("reference", sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True),
        sa.Column("asked", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
    )
    op.create_index("ix_check_times_noted_at", "check_times", ["noted_at"])
