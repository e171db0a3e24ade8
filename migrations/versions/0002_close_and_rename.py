"""Close and reopen a case; rename a unit or an organisation from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add why a case was closed and opened again, and the table of names to come."""
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("close_kind", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reopen_reason_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "name_change",
        sa.Column("subject_id", sa.String(length=16), nullable=False),
        sa.Column("was", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_change")),
    )
    with op.batch_alter_table("name_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_change_subject_id"), ["subject_id"], unique=False)


def downgrade() -> None:
    """Take both away again."""
    with op.batch_alter_table("name_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_name_change_subject_id"))
    op.drop_table("name_change")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_column("reopen_reason_sealed")
        batch_op.drop_column("reopened_at")
        batch_op.drop_column("close_kind")
