"""Which sign-ins with a provider were used, so that each is used once."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Make the table; nobody had signed in with a provider before it."""
    op.create_table(
        "used_sign_ins",
        sa.Column("state", sa.String(), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
