"""Codes printed in letters, and the answer to a named deputy."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "letter_code",
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_letter_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_code")),
    )
    with op.batch_alter_table("letter_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_code_user_id"), ["user_id"], unique=False)
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_column("declined_at")
        batch_op.drop_column("reason_sealed")
    with op.batch_alter_table("letter_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_code_user_id"))
    op.drop_table("letter_code")
