"""How often hosts were asked, the cache was read, and git was pushed to, with which outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Make the table; what was done before it is not counted."""
    op.create_table(
        "work_counts",
        *(
            sa.Column(name, sa.String().with_variant(sa.String(collation="C"), "postgresql"), primary_key=True)
            for name in ("kind", "name", "outcome")
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
