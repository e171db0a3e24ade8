"""Count how often somebody's own part of a meeting has moved, so that they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count; nobody's part is known to have moved."""
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("moved", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take the count away: a moved part is told to nobody again."""
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_column("moved")
