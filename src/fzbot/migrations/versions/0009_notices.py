"""Notices: tokens of the platform, the outbox, quotas, receipts, tags."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
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
    op.create_table('quota_stop',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_quota_stop_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'way', name=op.f('pk_quota_stop'))
    )
    op.create_table('quota_use',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('period', sa.String(length=20), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_quota_use_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'name', 'period', name=op.f('pk_quota_use'))
    )
    op.create_table('receipt',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('msg_id', sa.String(length=32), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=True),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('status', sa.String(length=80), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_matched', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_receipt_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'msg_id', name=op.f('pk_receipt'))
    )
    op.create_table('follower_tag',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_follower_tag_account_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_follower_tag_village_id')),
    sa.PrimaryKeyConstraint('account_id', 'openid_hash', name=op.f('pk_follower_tag'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('enqueued_to', sa.Integer(), nullable=False),
    sa.Column('is_enqueued', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id')),
    sa.ForeignKeyConstraint(['approved_by'], ['staff.id'], name=op.f('fk_notice_approved_by')),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_notice_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_index(op.f('ix_notice_account_id_state'), 'notice', ['account_id', 'state'], unique=False)
    op.create_index(op.f('ix_notice_state_scheduled_at'), 'notice', ['state', 'scheduled_at'], unique=False)
    op.create_table('village_tag',
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_village_tag_account_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_village_tag_village_id')),
    sa.PrimaryKeyConstraint('village_id', name=op.f('pk_village_tag')),
    sa.UniqueConstraint('account_id', 'tag_id', name=op.f('uq_village_tag_account_id_tag_id'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('handover_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=True),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('target', sa.JSON(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claim', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('attempted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('msg_id', sa.String(length=32), nullable=True),
    sa.Column('people_delivered', sa.Integer(), nullable=False),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('reconcile_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_delivery_account_id')),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_delivery_handover_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_delivery_notice_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_delivery_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('handover_id', name=op.f('uq_delivery_handover_id')),
    sa.UniqueConstraint('notice_id', 'openid_hash', name=op.f('uq_delivery_notice_id_openid_hash'))
    )
    op.create_index(op.f('ix_delivery_account_id_day'), 'delivery', ['account_id', 'day'], unique=False)
    op.create_index(op.f('ix_delivery_account_id_msg_id'), 'delivery', ['account_id', 'msg_id'], unique=False)
    op.create_index(op.f('ix_delivery_account_id_openid_hash'), 'delivery', ['account_id', 'openid_hash'], unique=False)
    op.create_index(op.f('ix_delivery_state_id'), 'delivery', ['state', 'id'], unique=False)
    op.create_table('notice_forward',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('group_name', sa.String(length=40), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_forward_account_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_forward_notice_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_notice_forward_staff_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_notice_forward_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_forward'))
    )
    op.create_index(op.f('ix_notice_forward_account_id_day'), 'notice_forward', ['account_id', 'day'], unique=False)
    op.create_index(op.f('ix_notice_forward_notice_id'), 'notice_forward', ['notice_id'], unique=False)
    op.create_table('notice_read',
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('entry', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_read_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'village_id', 'entry', 'day', name=op.f('pk_notice_read'))
    )
    op.create_table('notice_version',
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('entries', sa.JSON(), nullable=False),
    sa.Column('picture', sa.String(length=120), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_notice_version_author_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_version_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'number', name=op.f('pk_notice_version'))
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table('notice_version')
    op.drop_table('notice_read')
    op.drop_index(op.f('ix_notice_forward_notice_id'), table_name='notice_forward')
    op.drop_index(op.f('ix_notice_forward_account_id_day'), table_name='notice_forward')
    op.drop_table('notice_forward')
    op.drop_index(op.f('ix_delivery_state_id'), table_name='delivery')
    op.drop_index(op.f('ix_delivery_account_id_openid_hash'), table_name='delivery')
    op.drop_index(op.f('ix_delivery_account_id_msg_id'), table_name='delivery')
    op.drop_index(op.f('ix_delivery_account_id_day'), table_name='delivery')
    op.drop_table('delivery')
    op.drop_table('village_tag')
    op.drop_index(op.f('ix_notice_state_scheduled_at'), table_name='notice')
    op.drop_index(op.f('ix_notice_account_id_state'), table_name='notice')
    op.drop_table('notice')
    op.drop_table('follower_tag')
    op.drop_table('receipt')
    op.drop_table('quota_use')
    op.drop_table('quota_stop')
    op.drop_table('platform_token')
