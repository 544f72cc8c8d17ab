"""Who asked for each rebuild, for which vulnerability, and how long it took, in columns to filter and count by."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
_INDEXED = ["at", "image", "id", "conclusion", "requested_by", "cve", "took", "beyond"]


def upgrade() -> None:
    """Add the columns; the next round fills them, because no image has its fingerprints any more."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    for name in ("requested_by", "cve"):
        op.add_column("image_rebuilds", sa.Column(name, words, nullable=False, server_default=""))
    for name in ("took", "beyond"):
        op.add_column("image_rebuilds", sa.Column(name, sa.Integer, nullable=False, server_default="-1"))
    op.drop_index("image_rebuilds_by_at", "image_rebuilds")
    op.create_index("image_rebuilds_by_at", "image_rebuilds", _INDEXED)
    op.execute("UPDATE images SET fingerprint = '', histories_fingerprint = ''")
