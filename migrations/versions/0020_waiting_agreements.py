"""Let an agreement wait for another of the same case."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No agreement waits for another so far."""
    with op.batch_alter_table("action") as table:
        table.add_column(sa.Column("after_id", sa.String(16), nullable=True))
        table.create_foreign_key("fk_action_after_id", "action", ["after_id"], ["id"])
        table.create_index("ix_action_after_id", ["after_id"])


def downgrade() -> None:
    """Forget which waits for which."""
    with op.batch_alter_table("action") as table:
        table.drop_index("ix_action_after_id")
        table.drop_constraint("fk_action_after_id", type_="foreignkey")
        table.drop_column("after_id")
