"""An index for the rows behind an entry's figure, rare ones among millions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_index('ix_interaction_entry', 'interaction', ['account_id', 'entry', 'day'], unique=False, sqlite_where=sa.text('entry IS NOT NULL'), postgresql_where=sa.text('entry IS NOT NULL'))


def downgrade() -> None:
    """Take the step back."""
    op.drop_index('ix_interaction_entry', table_name='interaction', sqlite_where=sa.text('entry IS NOT NULL'), postgresql_where=sa.text('entry IS NOT NULL'))
