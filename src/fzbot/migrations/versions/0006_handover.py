"""Handovers: questions passed to people, and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('handover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=200), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_handover_account_id')),
    sa.ForeignKeyConstraint(['answered_by'], ['staff.id'], name=op.f('fk_handover_answered_by')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_handover_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    sa.UniqueConstraint('account_id', 'key', name=op.f('uq_handover_account_id_key'))
    )
    op.create_index(op.f('ix_handover_account_id_state'), 'handover', ['account_id', 'state'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f('ix_handover_account_id_state'), table_name='handover')
    op.drop_table('handover')
