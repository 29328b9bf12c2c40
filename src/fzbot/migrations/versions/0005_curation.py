"""Curation: revisions of entries, releases of them, questions that are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('release',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('overlay', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('problems', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release'))
    )
    op.create_index(op.f('ix_release_stage'), 'release', ['stage'], unique=False)
    op.create_table('settled_question',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('entry_id', sa.String(length=80), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('staff', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_settled_question_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'key', name=op.f('pk_settled_question'))
    )
    op.create_table('entry_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('base', sa.JSON(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('publisher', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['staff.id'], name=op.f('fk_entry_revision_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_revision'))
    )
    op.create_index(op.f('ix_entry_revision_entry_id_state'), 'entry_revision', ['entry_id', 'state'], unique=False)


def downgrade() -> None:
    """Take the step back."""
    op.drop_index(op.f('ix_entry_revision_entry_id_state'), table_name='entry_revision')
    op.drop_table('entry_revision')
    op.drop_table('settled_question')
    op.drop_index(op.f('ix_release_stage'), table_name='release')
    op.drop_table('release')
