"""Keep what the person wants instead of coming, several municipalities, and a court's decision."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing is known of what lies behind."""
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("instead", sa.String(40), nullable=True))
        table.add_column(sa.Column("instead_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("moved_why", "told_how"):
            table.add_column(sa.Column(name, sa.String(20), nullable=False, server_default=""))
    with op.batch_alter_table("case") as table:
        for name in ("paying_id", "home_id"):
            table.add_column(sa.Column(name, sa.String(16), nullable=True))
            table.create_foreign_key(f"fk_case_{name}", "organisation", [name], ["id"])
        table.add_column(sa.Column("court_order_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("case") as table:
        table.drop_column("court_order_sealed")
        for name in ("home_id", "paying_id"):
            table.drop_constraint(f"fk_case_{name}", type_="foreignkey")
            table.drop_column(name)
    with op.batch_alter_table("meeting") as table:
        table.drop_column("told_how")
        table.drop_column("moved_why")
        table.drop_column("instead_at")
        table.drop_column("instead")
