"""The account that the county's staff chose to look at, and whose a draft of an entry is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column('sign_in', sa.Column('account_id', sa.Integer(), nullable=True))
    op.add_column('entry_revision', sa.Column('account_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column('entry_revision', 'account_id')
    op.drop_column('sign_in', 'account_id')
