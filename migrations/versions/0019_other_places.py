"""Tell of another place without asking anybody anew."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count places by themselves; whoever was told was asked at that time."""
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("places", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("sent_places", sa.Integer(), nullable=True))
        table.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE invitation SET asked_at = sent_at")


def downgrade() -> None:
    """Take the counts away."""
    with op.batch_alter_table("invitation") as table:
        table.drop_column("asked_at")
        table.drop_column("sent_places")
    with op.batch_alter_table("meeting") as table:
        table.drop_column("places")
