"""Keep how people talk at a meeting, as it was agreed with the person."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the ground rules."""
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("ground_rules_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("meeting") as table:
        table.drop_column("ground_rules_sealed")
