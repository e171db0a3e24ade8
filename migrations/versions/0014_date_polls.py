"""Ask everybody on a meeting's list which times suit them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add polls, their times and the answers."""
    op.create_table(
        "date_poll",
        sa.Column("meeting_id", sa.String(16), sa.ForeignKey("meeting.id"), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("meeting_id", name="uq_date_poll_meeting_id"),
    )
    op.create_table(
        "date_option",
        sa.Column("poll_id", sa.String(16), sa.ForeignKey("date_poll.id"), nullable=False),
        sa.Column("starts_local", sa.DateTime(timezone=False), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.UniqueConstraint("poll_id", "starts_local", name="uq_date_option_once"),
    )
    op.create_table(
        "date_vote",
        sa.Column("option_id", sa.String(16), sa.ForeignKey("date_option.id"), nullable=False),
        sa.Column("user_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via", sa.String(20), nullable=False),
        sa.Column("by_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("option_id", "user_id", name="uq_date_vote_once"),
    )
    op.create_index("ix_date_vote_user_id", "date_vote", ["user_id"])


def downgrade() -> None:
    """Take the polls away, with what was answered."""
    op.drop_index("ix_date_vote_user_id", table_name="date_vote")
    op.drop_table("date_vote")
    op.drop_table("date_option")
    op.drop_table("date_poll")
