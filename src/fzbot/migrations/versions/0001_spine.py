"""The spine: accounts, villages, followers, conversation sessions, interactions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('app_id', sa.String(length=64), nullable=False),
    sa.Column('token_sealed', sa.String(length=400), nullable=False),
    sa.Column('secret_sealed', sa.String(length=400), nullable=False),
    sa.Column('aes_key_sealed', sa.String(length=400), nullable=False),
    sa.Column('previous_aes_key_sealed', sa.String(length=400), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('slug', name=op.f('uq_account_slug'))
    )
    op.create_table('session',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('last_entry', sa.String(length=80), nullable=True),
    sa.Column('offered', sa.JSON(), nullable=False),
    sa.Column('near', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_session_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'openid_hash', name=op.f('pk_session'))
    )
    op.create_table('village',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('scene', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_village_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_village')),
    sa.UniqueConstraint('account_id', 'name', name=op.f('uq_village_account_id_name')),
    sa.UniqueConstraint('account_id', 'scene', name=op.f('uq_village_account_id_scene'))
    )
    op.create_table('follower',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('openid_sealed', sa.String(length=300), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unfollowed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_follower_account_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_follower_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follower')),
    sa.UniqueConstraint('account_id', 'openid_hash', name=op.f('uq_follower_account_id_openid_hash'))
    )
    op.create_table('interaction',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('question', sa.Text(), nullable=True),
    sa.Column('decision', sa.String(length=16), nullable=True),
    sa.Column('entry', sa.String(length=80), nullable=True),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('about_entry', sa.String(length=80), nullable=True),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.Column('reply_bytes', sa.Integer(), nullable=False),
    sa.Column('latency_ms', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_interaction_account_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_interaction_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interaction')),
    sa.UniqueConstraint('account_id', 'key', name=op.f('uq_interaction_account_id_key'))
    )
    op.create_index(op.f('ix_interaction_account_id_day'), 'interaction', ['account_id', 'day'], unique=False)
    op.create_index(op.f('ix_interaction_account_id_openid_hash'), 'interaction', ['account_id', 'openid_hash'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f('ix_interaction_account_id_openid_hash'), table_name='interaction')
    op.drop_index(op.f('ix_interaction_account_id_day'), table_name='interaction')
    op.drop_table('interaction')
    op.drop_table('follower')
    op.drop_table('village')
    op.drop_table('session')
    op.drop_table('account')
