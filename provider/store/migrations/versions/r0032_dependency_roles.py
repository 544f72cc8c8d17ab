"""What a build needs a dependency for, and how it is known from which digest the image was built."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the columns; the next round fills them, because no image has its fingerprint any more.

    Until then every dependency counts as one that the build needs, of which nothing is known.
    """
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("dependencies", sa.Column("role", words, nullable=False, server_default="final"))
    op.add_column("dependencies", sa.Column("evidence", words, nullable=False, server_default=""))
    op.execute("UPDATE images SET fingerprint = ''")
