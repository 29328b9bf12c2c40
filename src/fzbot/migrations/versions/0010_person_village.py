"""Which villages a person was counted under."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table('person_village',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('village_id', sa.Integer(), nullable=False),
    sa.Column('openid_hash', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_person_village_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'village_id', 'openid_hash', name=op.f('pk_person_village')),
    sqlite_with_rowid=False
    )
    op.execute(
        "INSERT INTO person_village (account_id, village_id, openid_hash)"
        " SELECT DISTINCT account_id, village_id, openid_hash FROM person_day WHERE village_id <> 0"
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table('person_village')
