"""Let people's own calendars fetch their meetings by a secret address."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the addresses, of which only a digest is kept; a role has one at a time."""
    op.create_table(
        "calendar_feed",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("role_id", sa.String(16), sa.ForeignKey("unit_role.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feed_token_hash"),
    )
    op.create_index("ix_calendar_feed_user_id", "calendar_feed", ["user_id"])
    op.create_index(
        "uq_calendar_feed_live",
        "calendar_feed",
        ["role_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take the addresses away: every calendar stops fetching."""
    op.drop_index("uq_calendar_feed_live", table_name="calendar_feed")
    op.drop_index("ix_calendar_feed_user_id", table_name="calendar_feed")
    op.drop_table("calendar_feed")
