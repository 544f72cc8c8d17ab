"""The vulnerabilities for which people asked to rebuild images, to find the images by."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the table; the next round fills it, because no image has its fingerprint any more."""
    words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "image_cves",
        sa.Column("image", words, sa.ForeignKey("images.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("cve", words, primary_key=True),
    )
    op.create_index("image_cves_by_cve", "image_cves", ["cve", "image"])
    op.execute("UPDATE images SET fingerprint = ''")
