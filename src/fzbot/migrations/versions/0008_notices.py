"""Notices: tokens of the platform, the outbox, quotas, receipts, tags."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('platform_token',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('value_sealed', sa.String(length=1200), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('forced_on', sa.Date(), nullable=True),
    sa.Column('forced', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_platform_token_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_platform_token'))
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table('platform_token')
