"""How critical images are, and since when they are behind, to filter and sort by."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the columns and their indexes; the next round fills them, because no image has its fingerprint any more."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("images", sa.Column("criticality", words, nullable=False, server_default=""))
    op.add_column(
        "images",
        sa.Column(
            "behind_since", sa.DateTime(timezone=True), nullable=False, server_default="9000-01-01 00:00:00.000000"
        ),
    )
    op.execute("UPDATE images SET fingerprint = ''")
    op.create_index("images_by_criticality", "images", ["criticality", "name"])
    op.create_index("images_by_behind_since", "images", ["behind_since", "name"])
    op.drop_index("images_by_facets")
    op.create_index("images_by_facets", "images", ["role", "registry", "owner", "status", "criticality"])
