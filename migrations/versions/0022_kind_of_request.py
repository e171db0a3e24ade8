"""Let a professional say which sort of meeting they ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said so of the requests that are there."""
    with op.batch_alter_table("meeting_request") as table:
        table.add_column(sa.Column("kind", sa.String(40), nullable=True))


def downgrade() -> None:
    """Forget which sort was asked for."""
    with op.batch_alter_table("meeting_request") as table:
        table.drop_column("kind")
