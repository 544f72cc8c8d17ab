"""What was pushed to Backstage."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "catalog_pushes",
        sa.Column("backstage", sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True),
        sa.Column("pushed", sa.String),
        sa.Column("pushed_at", sa.DateTime(timezone=True)),
        sa.Column("pushes", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
    )
