"""Rollups: counts by day, people by day and gap; whether an interaction is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('daily_count',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('facet', sa.String(length=16), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_daily_count_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'facet', 'village_id', 'day', 'key', name=op.f('pk_daily_count')),
    sqlite_with_rowid=False
    )
    op.create_table('people_gap',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('previous_day', sa.Date(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_people_gap_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'village_id', 'day', 'previous_day', name=op.f('pk_people_gap')),
    sqlite_with_rowid=False
    )
    op.create_table('person_day',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_person_day_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'village_id', 'openid_hash', 'day', name=op.f('pk_person_day')),
    sqlite_with_rowid=False
    )
    op.add_column('interaction', sa.Column('counted', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_interaction_uncounted', 'interaction', ['id'], unique=False, sqlite_where=sa.text('counted = 0'), postgresql_where=sa.text('NOT counted'))


def downgrade() -> None:
    """Take the step back."""
    op.drop_index('ix_interaction_uncounted', table_name='interaction', sqlite_where=sa.text('counted = 0'), postgresql_where=sa.text('NOT counted'))
    op.drop_column('interaction', 'counted')
    op.drop_table('person_day')
    op.drop_table('people_gap')
    op.drop_table('daily_count')
