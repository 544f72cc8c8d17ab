"""What was last written to the image index, so that a writer sees whether it still has what it wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the column; empty is what no writer has written."""
    op.add_column("catalog_state", sa.Column("written", sa.String, nullable=False, server_default=""))
