"""The order in which images need attention, and an index for the counts of values to filter by."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column and the indexes; the next round fills it, because no image has its fingerprint any more."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("images", sa.Column("attention", words, nullable=False, server_default=""))
    op.execute("UPDATE images SET fingerprint = ''")
    op.create_index("images_by_attention", "images", ["attention", "name"])
    op.create_index("images_by_facets", "images", ["role", "registry", "owner", "status"])
