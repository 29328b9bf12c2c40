"""The touch screens of a village: the hash of the word that their device shows."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; a village has no registered touch screen until staff register one."""
    op.add_column("village", sa.Column("kiosk_hash", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_village_kiosk_hash"), "village", ["kiosk_hash"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f("ix_village_kiosk_hash"), "village")
    with op.batch_alter_table("village") as table:
        table.drop_column("kiosk_hash")
