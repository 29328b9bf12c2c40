"""Followers whom the platform would not tag: why, and when they are tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column('follower_tag', sa.Column('code', sa.Integer(), nullable=True))
    op.add_column('follower_tag', sa.Column('again_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column('follower_tag', 'again_at')
    op.drop_column('follower_tag', 'code')
