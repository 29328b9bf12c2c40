"""An index that holds all that the figures of notices are made of."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.drop_index(op.f('ix_delivery_account_id_day'), table_name='delivery')
    op.create_index('ix_delivery_counted', 'delivery', ['account_id', 'day', 'notice_id', 'village_id', 'state', 'people', 'people_delivered', 'msg_id'], unique=False, sqlite_where=sa.text('day IS NOT NULL'), postgresql_where=sa.text('day IS NOT NULL'))


def downgrade() -> None:
    """Take the step back."""
    op.drop_index('ix_delivery_counted', table_name='delivery', sqlite_where=sa.text('day IS NOT NULL'), postgresql_where=sa.text('day IS NOT NULL'))
    op.create_index(op.f('ix_delivery_account_id_day'), 'delivery', ['account_id', 'day'], unique=False)
