"""Keep what the minutes said before they were corrected, and which edition of them holds."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the corrections; what has been sent out is the first edition."""
    op.create_table(
        "minutes_correction",
        sa.Column("meeting_id", sa.String(16), sa.ForeignKey("meeting.id"), nullable=False),
        sa.Column("item_id", sa.String(16), sa.ForeignKey("agenda_item.id"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("was_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.UniqueConstraint("item_id", "field", "edition", name="uq_minutes_correction_once"),
    )
    op.create_index("ix_minutes_correction_meeting_id", "minutes_correction", ["meeting_id"])
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("first_comments_until", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the corrections away: what stood before them is lost."""
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.drop_column("first_comments_until")
        batch_op.drop_column("corrected_at")
        batch_op.drop_column("edition")
    op.drop_index("ix_minutes_correction_meeting_id", table_name="minutes_correction")
    op.drop_table("minutes_correction")
