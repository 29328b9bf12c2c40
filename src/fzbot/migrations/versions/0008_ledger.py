"""The ledger: kinds, activities with villages and photos, the service log; issued yearly reports."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('organiser', sa.String(length=120), nullable=False),
    sa.Column('theme', sa.String(length=120), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('materials', sa.Integer(), nullable=True),
    sa.Column('disputes_found', sa.Integer(), nullable=True),
    sa.Column('disputes_settled', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('typed_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_activity_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_index(op.f('ix_activity_account_id_day'), 'activity', ['account_id', 'day'], unique=False)
    op.create_table('activity_kind',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('measure', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_activity_kind_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'name', name=op.f('pk_activity_kind'))
    )
    op.create_table('issued_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('issued_by', sa.String(length=80), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_issued_report_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_report')),
    sa.UniqueConstraint('account_id', 'year', 'number', name=op.f('uq_issued_report_account_id_year_number'))
    )
    op.create_table('activity_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('typed_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_photo_activity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_photo')),
    sa.UniqueConstraint('activity_id', 'digest', name=op.f('uq_activity_photo_activity_id_digest'))
    )
    op.create_index(op.f('ix_activity_photo_digest'), 'activity_photo', ['digest'], unique=False)
    op.create_table('activity_village',
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_village_activity_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_activity_village_village_id')),
    sa.PrimaryKeyConstraint('activity_id', 'village_id', name=op.f('pk_activity_village'))
    )
    op.create_index(op.f('ix_activity_village_village_id'), 'activity_village', ['village_id'], unique=False)
    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('matter', sa.String(length=500), nullable=False),
    sa.Column('way', sa.String(length=20), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('result', sa.String(length=200), nullable=False),
    sa.Column('adviser', sa.String(length=40), nullable=False),
    sa.Column('typed_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_service_account_id')),
    sa.ForeignKeyConstraint(['village_id'], ['village.id'], name=op.f('fk_service_village_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service'))
    )
    op.create_index(op.f('ix_service_account_id_at'), 'service', ['account_id', 'at'], unique=False)
    op.create_index(op.f('ix_service_village_id'), 'service', ['village_id'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f('ix_service_village_id'), table_name='service')
    op.drop_index(op.f('ix_service_account_id_at'), table_name='service')
    op.drop_table('service')
    op.drop_index(op.f('ix_activity_village_village_id'), table_name='activity_village')
    op.drop_table('activity_village')
    op.drop_index(op.f('ix_activity_photo_digest'), table_name='activity_photo')
    op.drop_table('activity_photo')
    op.drop_table('issued_report')
    op.drop_table('activity_kind')
    op.drop_index(op.f('ix_activity_account_id_day'), table_name='activity')
    op.drop_table('activity')
