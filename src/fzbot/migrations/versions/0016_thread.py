"""What was said last in a conversation, so that the next message can be read with it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("said", "said_at", "awaits", "misses", "repeats")


def upgrade() -> None:
    """Apply the step; the version before goes on writing rows without these."""
    op.add_column("session", sa.Column("said", sa.String(length=200), server_default="", nullable=False))
    op.add_column("session", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("session", sa.Column("awaits", sa.String(length=20), nullable=True))
    op.add_column("session", sa.Column("misses", sa.Integer(), server_default="0", nullable=False))
    op.add_column("session", sa.Column("repeats", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("session") as table:
        for column in COLUMNS:
            table.drop_column(column)
