"""Let staff show in which hours they are busy."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the calendars, one for each who shows theirs, and the times read from them."""
    op.create_table(
        "busy_calendar",
        sa.Column("user_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(20), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.UniqueConstraint("user_id", name="uq_busy_calendar_user_id"),
    )
    op.create_index("ix_busy_calendar_tried_at", "busy_calendar", ["tried_at"])
    op.create_table(
        "busy_time",
        sa.Column("calendar_id", sa.String(16), sa.ForeignKey("busy_calendar.id"), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
    )
    op.create_index("ix_busy_time_calendar_starts", "busy_time", ["calendar_id", "starts"])


def downgrade() -> None:
    """Forget calendars and times."""
    op.drop_index("ix_busy_time_calendar_starts", table_name="busy_time")
    op.drop_table("busy_time")
    op.drop_index("ix_busy_calendar_tried_at", table_name="busy_calendar")
    op.drop_table("busy_calendar")
