"""Sessions keep the person who signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the column; the sessions that are open were opened with service tokens."""
    op.add_column("browser_sessions", sa.Column("person", sa.Text()))
