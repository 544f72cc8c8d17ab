"""When the Dockerfile of each image was last read."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "source_read_times",
        sa.Column("image", sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
