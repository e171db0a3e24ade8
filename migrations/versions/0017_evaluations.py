"""Keep what people answer in writing when a meeting is over."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STEPS = (
    *("mattered", "heard", "right_people", "who_does_what", "will_happen", "happened"),
    *("mandate", "involved"),
)


def upgrade() -> None:
    """Add one row for each user, meeting and round."""
    op.create_table(
        "meeting_evaluation",
        sa.Column("meeting_id", sa.String(16), sa.ForeignKey("meeting.id"), nullable=False),
        sa.Column("user_id", sa.String(16), sa.ForeignKey("user.id"), nullable=False),
        sa.Column("round", sa.String(40), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=True) for name in _STEPS),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_open_to_coordinator", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("meeting_id", "user_id", "round", name="uq_meeting_evaluation_once"),
    )
    op.create_index("ix_meeting_evaluation_user_id", "meeting_evaluation", ["user_id"])


def downgrade() -> None:
    """Take the table away, with what was answered."""
    op.drop_index("ix_meeting_evaluation_user_id", table_name="meeting_evaluation")
    op.drop_table("meeting_evaluation")
